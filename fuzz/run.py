#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the fuzz harnesses for run.sh, whose head says how it is called."""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(os.environ.get("WEIR_ROOT", pathlib.Path(__file__).resolve().parent.parent))
FUZZ = ROOT / "fuzz"
FINDS = ROOT / "build/fuzz/finds"
CORPUS = ROOT / "build/fuzz/corpus"
AFL_DRIVER = "/usr/lib/afl/libAFLDriver.a"


def known():
    text = (FUZZ / "CMakeLists.txt").read_text()
    return re.findall(r"^\s*weir_fuzz\(([a-z_]+)", text, re.MULTILINE)


def wire():
    """Those whose input has the wire in it, which is changed by its grammar."""
    return re.search(r"set\(weir_fuzz_wire ([^)]*)\)", (FUZZ / "CMakeLists.txt").read_text())[1].split()


class Interrupt:
    """Ctrl-C only says that it is time to end: whoever waits looks here. A second one ends at once."""

    asked = False

    @classmethod
    def listen(cls):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, cls.heard)

    @classmethod
    def heard(cls, number, frame):
        if cls.asked:
            raise KeyboardInterrupt
        cls.asked = True

    @classmethod
    def wait(cls, process):
        """Until it ends; True when it did by itself."""
        while process.poll() is None:
            if cls.asked:
                process.terminate()
                process.wait()
                return False
            time.sleep(0.1)
        return not cls.asked


def quietly(command, **options):
    """Runs it to its end or to Ctrl-C, in a session of its own that does not hear the terminal's."""
    null = subprocess.DEVNULL
    return Interrupt.wait(
        subprocess.Popen(command, stdout=null, stderr=null, start_new_session=True, **options)
    )


def arguments():
    names = [n for n in known() if n != "empty"]
    p = argparse.ArgumentParser(
        prog="run.sh",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Fuzzes the harnesses and prints a table. Debian packages that are missing are\n"
        "installed first, by apt-get, as root or with sudo.",
        epilog=f"""harnesses: {' '.join(names[:8])}
           {' '.join(names[8:])}

finds stay in build/fuzz/finds, those of libFuzzer and AFL++'s crashes shortened (hangs are kept as they
are), each with the command that shows it under gdb. WEIR_FUZZ_ISA=NAME lets one instruction set read heads.

Ctrl-C ends the run with the table; a second one, at once.

exit status: 0 nothing was found; 1 something was, or a harness did not run; 2 the command line is wrong;
130 Ctrl-C before the first run.""",
    )
    p.add_argument("harness", nargs="*", help="which; all of them where none or 'all' is named")
    p.add_argument("--seconds", type=int, default=60, metavar="N",
                   help="how long each is fuzzed (default: %(default)s)")
    p.add_argument("--engine", choices=("libfuzzer", "afl"), default="libfuzzer",
                   help="libfuzzer (clang) or afl (AFL++, persistent) (default: %(default)s)")
    p.add_argument("--jobs", type=int, default=1, metavar="N",
                   help="how many processes run side by side; where fewer harnesses are named, several work "
                   "on one harness and share its corpus (default: %(default)s)")
    p.add_argument("--corpus", type=pathlib.Path, default=CORPUS, metavar="DIR",
                   help="where what reaches something new is kept, in DIR/HARNESS, and taken up by the next "
                   "run (default: build/fuzz/corpus)")
    p.add_argument("--fresh", action="store_true",
                   help="begin with the committed inputs alone, not with what earlier runs kept")
    p.add_argument("--json", action="store_true", help="a line of JSON a harness instead of the table")
    args = p.parse_args()
    wanted = names if not args.harness or "all" in args.harness else list(dict.fromkeys(args.harness))
    for name in (*args.harness, *wanted):
        if name not in (*names, "all"):
            p.error(f"no harness '{name}'; there are: {' '.join(names)}")
    if args.seconds < 1 or args.jobs < 1:
        p.error("--seconds and --jobs take a number above 0")
    args.harness = wanted
    args.corpus = args.corpus.resolve()
    if args.corpus == FUZZ / "corpus" or FUZZ in args.corpus.parents:
        p.error(f"--corpus takes a folder outside of {FUZZ}: many files are written there")
    return args


def need(*packages):
    """Installs what is missing, as the other scripts do."""
    script = 'root=$1; shift; . "$root/tools/common.sh"; need_packages "$@"'
    if subprocess.run(["sh", "-c", script, "run.sh", ROOT, *packages]).returncode:
        sys.exit(130 if Interrupt.asked else 1)


def build(folder, options, targets, environment=None):
    """One configuration into build/FOLDER. The log tells what went wrong."""
    where = ROOT / "build" / folder
    where.mkdir(parents=True, exist_ok=True)
    log = where / "run.log"
    jobs = str(os.cpu_count() or 1)
    with open(log, "w") as out:
        for command in (
            ["cmake", *options, "-S", ROOT, "-B", where],
            ["cmake", "--build", where, "--parallel", jobs, "--target", *targets],
        ):
            env = {**os.environ, **(environment or {})}
            status = subprocess.run(command, stdout=out, stderr=out, env=env, cwd=ROOT).returncode
            if Interrupt.asked:
                sys.exit(130)
            if status:
                print("\n".join(log.read_text().splitlines()[-40:]), file=sys.stderr)
                print(f"run.sh: the build failed; all of it is in {log}", file=sys.stderr)
                sys.exit(1)
    return where / "fuzz"


def build_engine(engine, names):
    targets = [f"fuzz_{n}" for n in names]
    if engine == "libfuzzer":
        need("clang:clang", "cmake:cmake", "libssl-dev")
        return build("fuzz", ["--preset", "fuzz"], targets)
    need("clang:clang", "cmake:cmake", "afl++:afl-fuzz", "libssl-dev")
    environment = {
        "CC": "afl-clang-fast",
        "CXX": "afl-clang-fast++",
        "LIB_FUZZING_ENGINE": AFL_DRIVER,
        "AFL_QUIET": "1",
        "CFLAGS": "-O2 -g -fsanitize=address",
        "CXXFLAGS": "-O2 -g -fsanitize=address",
    }
    options = ["-DCMAKE_BUILD_TYPE=None", "-DWEIR_BUILD_TESTS=OFF", "-DWEIR_BUILD_TOOLS=OFF"]
    programs = build("fuzz-afl", options, targets, environment)
    core = [*(ROOT / "core").glob("*.c"), f"-I{ROOT}/core/include", f"-I{ROOT}/core"]
    parts = [FUZZ / f"{name}.c" for name in ("afl_mutator", "mutator", "support")]
    library = programs / "afl_mutator.so"
    subprocess.run(["clang", "-std=c11", "-O2", "-shared", "-fPIC", *parts, *core, "-o", library], check=True)
    return programs


def seeds_of(name):
    folders = [FUZZ / kind / name for kind in ("corpus", "regressions", "minimised")]
    return [f for f in folders if f.is_dir()]


class Run:
    """One harness under an engine, by one process or several, from its start to its row in the table."""

    def __init__(self, name, programs, place, args, workers=1):
        self.name = name
        self.program = programs / f"fuzz_{name}"
        self.seconds = args.seconds
        self.workers = workers
        self.place = place / name
        self.corpus = self.place / "corpus"
        self.corpus.mkdir(parents=True)
        self.kept = args.corpus / name
        self.kept_before = [] if args.fresh or not self.kept.is_dir() else sorted(self.kept.iterdir())
        self.saved = set()
        self.logs = [self.place / f"log{i}" for i in range(workers)]
        self.row = {"harness": name, "execs": 0, "execs_per_second": 0, "corpus": 0, "finds": []}
        if workers > 1:
            self.row["workers"] = workers
        self.is_stopping = False
        self.started = self.ended = time.monotonic()
        self.prepare()
        self.processes = []
        for i, log in enumerate(self.logs):
            with open(log, "w") as out:
                self.processes.append(
                    subprocess.Popen(self.command(i), stdout=out, stderr=out, cwd=self.place,
                                     env=self.environment(), start_new_session=True)
                )

    def environment(self):
        return dict(os.environ)

    def seeds(self):
        """The folders it starts from."""
        folders = seeds_of(self.name)
        return [*folders, self.kept] if self.kept_before else folders

    def is_over(self):
        """When one worker has found something the others have no more to do."""
        states = [p.poll() for p in self.processes]
        if any(states):
            self.stop()
        if None in states:
            return False
        self.ended = time.monotonic()
        return True

    def stop(self):
        if self.is_stopping:
            return
        self.is_stopping = True
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)  # it prints its figures, then ends

    def wait(self):
        while not self.is_over():
            time.sleep(0.1)

    def text(self):
        return "\n".join(log.read_text(errors="replace") for log in self.logs)

    def found_new(self):
        """What this run adds to the corpus, by the name it is kept under."""
        return {path.name: path for path in self.corpus.iterdir()}

    def save(self):
        """Keeps what is new; what it had kept, and a shorter input has replaced, goes again."""
        before = {path.name for path in self.kept_before}
        new = self.found_new()
        self.kept.mkdir(parents=True, exist_ok=True)
        for name in new.keys() - self.saved - before:
            try:
                shutil.copy(new[name], self.kept / name)
                self.saved.add(name)
            except FileNotFoundError:
                pass  # replaced in this moment
        for name in self.saved - new.keys():
            (self.kept / name).unlink(missing_ok=True)
            self.saved.discard(name)

    def count(self):
        self.count_runs()
        took = max(self.ended - self.started, 0.001)
        self.row["execs_per_second"] = round(self.row["execs"] / took)
        folders = [*self.seeds(), self.corpus]
        self.row["corpus"] = len({path.name for folder in folders for path in folder.iterdir()})

    def is_sound(self):
        return self.row["execs"] > 0 and not self.row["finds"]


class LibFuzzer(Run):
    def prepare(self):
        FINDS.mkdir(parents=True, exist_ok=True)

    def command(self, worker):
        return [
            self.program,
            f"-max_total_time={self.seconds}",
            "-timeout=20",
            "-print_final_stats=1",
            "-len_control=100",  # as without a mutator of one's own: short inputs first
            f"-dict={FUZZ / 'http.dict'}",
            f"-artifact_prefix={FINDS}/{self.name}-",
            self.corpus,  # each looks there for what the others found
            *self.seeds(),
        ]

    def progress(self):
        lines = re.findall(r"^#(\d+).*?cov: (\d+).*?exec/s: (\d+)", self.text(), re.MULTILINE)
        return f"{lines[-1][0]} runs, {lines[-1][1]} edges" if lines else "starting"

    def count_runs(self):
        for log in self.logs:
            text = log.read_text(errors="replace")
            runs = re.findall(r"^#(\d+)", text, re.MULTILINE)
            stats = dict(re.findall(r"^stat::(\w+): *(\d+)", text, re.MULTILINE))
            self.row["execs"] += int(stats.get("number_of_executed_units", runs[-1] if runs else 0))

    def finds(self):
        return sorted(set(re.findall(r"Test unit written to (\S+)", self.text())))

    def shorten(self, found):
        short = found + ".short"
        command = [self.program, "-minimize_crash=1", "-runs=50000", "-max_total_time=30"]
        quietly([*command, f"-exact_artifact_path={short}", found], cwd=self.place)
        return short if os.path.exists(short) else found


class Afl(Run):
    def prepare(self):
        seeds = self.place / "seeds"
        seeds.mkdir()
        for folder in self.seeds():
            for seed in folder.iterdir():
                shutil.copy(seed, seeds / f"{folder.parent.name}-{seed.name}")
        if not any(seeds.iterdir()):
            (seeds / "one").write_text("x")

    def outputs(self):
        names = ["default"] if self.workers == 1 else [f"worker{i}" for i in range(self.workers)]
        return [self.place / "out" / name for name in names]

    def command(self, worker):
        role = []
        if self.workers > 1:
            role = ["-S" if worker else "-M", f"worker{worker}"]
        command = ["afl-fuzz", "-V", str(self.seconds), "-m", "none", "-t", "5000+", *role]
        command += ["-i", self.place / "seeds", "-o", self.place / "out", "-x", FUZZ / "http.dict"]
        return [*command, "--", self.program]

    def environment(self):
        quiet = ("NO_UI", "SKIP_CPUFREQ", "I_DONT_CARE_ABOUT_MISSING_CRASHES", "NO_AFFINITY", "QUIET")
        environment = {**os.environ, **{f"AFL_{word}": "1" for word in quiet}}
        if self.name in wire():
            environment["AFL_CUSTOM_MUTATOR_LIBRARY"] = str(self.program.parent / "afl_mutator.so")
        return environment

    def stats(self):
        paths = [folder / "fuzzer_stats" for folder in self.outputs()]
        texts = [path.read_text() for path in paths if path.exists()]
        return [dict(re.findall(r"^(\w+) *: *(.*)$", text, re.MULTILINE)) for text in texts]

    def runs(self):
        return sum(int(stats.get("execs_done", 0)) for stats in self.stats())

    def progress(self):
        return f"{self.runs()} runs" if self.stats() else "starting"

    def count_runs(self):
        self.row["execs"] = self.runs()
        for name, path in self.found_new().items():
            shutil.copy(path, self.corpus / name)

    def found_new(self):
        new = {}
        for folder in self.outputs():
            for path in folder.glob("queue/id:*"):
                if "orig:" not in path.name and "sync:" not in path.name:
                    new[hashlib.sha1(path.read_bytes()).hexdigest()] = path
        return new

    def finds(self):
        FINDS.mkdir(parents=True, exist_ok=True)
        finds = []
        for kind in ("crashes", "hangs"):
            for folder in self.outputs():
                for path in folder.glob(f"{kind}/id:*"):
                    name = hashlib.sha1(path.read_bytes()).hexdigest()
                    kept = FINDS / f"{self.name}-{kind}-{name}"
                    shutil.copy(path, kept)
                    finds.append(str(kept))
        return sorted(set(finds))

    def shorten(self, found):
        if "-hangs-" in found:
            return found
        short = found + ".short"
        command = ["timeout", "60", "afl-tmin", "-m", "none", "-t", "5000", "-i", found, "-o", short]
        quietly([*command, "--", self.program], cwd=self.place, env=self.environment())
        return short if os.path.exists(short) else found


def measure_coverage(rows, runs):
    """Lines and branches of core/ that each corpus covers, by a build that counts them."""
    need("llvm:llvm-cov")
    options = ["-DCMAKE_C_COMPILER=clang", "-DCMAKE_BUILD_TYPE=Debug", "-DWEIR_COVERAGE=ON"]
    options += ["-DWEIR_BUILD_TESTS=OFF", "-DWEIR_BUILD_TOOLS=OFF"]
    programs = build("fuzz-coverage", options, [f"replay_{r['harness']}" for r in rows])
    for row, run in zip(rows, runs):
        if Interrupt.asked:
            return
        raw, merged = run.place / "raw", run.place / "merged"
        program = programs / f"replay_{row['harness']}"
        folders = [f for f in (run.corpus, *run.seeds()) if any(f.iterdir())]
        quietly([program, *folders], env={**os.environ, "LLVM_PROFILE_FILE": str(raw)})
        if not raw.exists():
            continue
        subprocess.run(["llvm-profdata", "merge", "-o", merged, raw], check=True)
        out = subprocess.run(
            ["llvm-cov", "export", "-summary-only", "-instr-profile", merged, program, ROOT / "core"],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        totals = json.loads(out)["data"][0]["totals"]
        row["core_lines_percent"] = round(totals["lines"]["percent"], 1)
        row["core_branches_percent"] = round(totals["branches"]["percent"], 1)


def show(rows, as_json):
    if as_json:
        for row in rows:
            print(json.dumps(row))
        return
    print(f"\n{'harness':20}{'execs':>13}{'execs/s':>10}{'share':>8}{'lines':>8}{'branches':>10}"
          f"{'corpus':>8}  finds")
    for row in rows:
        percent = [row.get(f"core_{what}_percent", "-") for what in ("lines", "branches")]
        print(f"{row['harness']:20}{row['execs']:13}{row['execs_per_second']:10}"
              f"{row.get('share', '-'):>8}{percent[0]:>8}{percent[1]:>10}{row['corpus']:8}"
              f"  {len(row['finds']) or 'none'}")


def show_finds(runs, out):
    for run in runs:
        said = set(re.findall(r".*(?:does not hold|SUMMARY|runtime error).*", run.text()))
        for found in run.row["finds"]:
            print(f"\n{run.name} found {found} ({os.path.getsize(found)} octets)", file=out)
            for line in sorted(said):
                print(f"    {line.strip()}", file=out)
            print(f"    gdb --args '{run.program}' '{found}'", file=out)
        if run.row["execs"] == 0:
            print(f"\n{run.name} did not run:\n{run.text()[-2000:]}", file=out)


def engine_of(args):
    return LibFuzzer if args.engine == "libfuzzer" else Afl


def fuzz(args, programs, place, out):
    """Runs all of them, so many at a time; Ctrl-C ends it early."""
    waiting, running, done = list(args.harness), [], []
    workers = max(1, args.jobs // len(waiting))
    shown = time.monotonic()
    while running or (waiting and not Interrupt.asked):
        while waiting and not Interrupt.asked and (len(running) + 1) * workers <= args.jobs:
            running.append(engine_of(args)(waiting.pop(0), programs, place, args, workers))
        time.sleep(0.2)
        for run in [r for r in running if r.is_over()]:
            running.remove(run)
            done.append(run)
            run.save()
        if Interrupt.asked:
            print("\ninterrupted: this is what there is", file=out, flush=True)
            for run in running:
                run.stop()
            for run in running:
                run.wait()
                run.save()
            return done + running
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            for run in running:
                run.save()
                print(f"{run.name}: {run.progress()}", file=out, flush=True)
    return done


def empty_speed(args, programs, place):
    yardstick = argparse.Namespace(seconds=min(args.seconds, 10), corpus=place / "kept", fresh=True)
    run = engine_of(args)("empty", programs, place, yardstick)
    while not run.is_over():
        if Interrupt.asked:
            run.stop()
        time.sleep(0.1)
    run.count()
    return run.row["execs_per_second"]


def report(args, runs, base, out):
    for run in runs:
        run.count()
        run.row["finds"] = run.finds()
        if base:
            run.row["share"] = round(run.row["execs_per_second"] / run.workers / base, 3)
    for run in runs:
        run.row["finds"] = [found if Interrupt.asked else run.shorten(found) for found in run.row["finds"]]
    rows = [run.row for run in runs]
    if shutil.which("clang") and rows and not Interrupt.asked:
        try:
            measure_coverage(rows, runs)
        except SystemExit:
            if not Interrupt.asked:
                raise
    show(rows, args.json)
    show_finds(runs, out)
    if rows:
        print(f"\nwhat reached something new is kept in {args.corpus}", file=out)
    return all(run.is_sound() for run in runs) and len(rows) == len(args.harness)


def main():
    args = arguments()
    out = sys.stderr if args.json else sys.stdout
    Interrupt.listen()
    programs = build_engine(args.engine, [*args.harness, "empty"])
    # In memory where it can be: an engine writes and removes thousands of small files.
    memory = "/dev/shm" if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK) else None
    place = pathlib.Path(tempfile.mkdtemp(prefix="weir-fuzz-", dir=memory))
    try:
        base = empty_speed(args, programs, place)
        if Interrupt.asked:
            return 130
        return 0 if report(args, fuzz(args, programs, place, out), base, out) else 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
