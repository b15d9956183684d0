#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the fuzz harnesses for run.sh, whose head says how it is called."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(os.environ.get("WEIR_ROOT", pathlib.Path(__file__).resolve().parent.parent))
FUZZ = ROOT / "fuzz"
FINDS = ROOT / "build/fuzz/finds"
AFL_DRIVER = "/usr/lib/afl/libAFLDriver.a"


def known():
    text = (FUZZ / "CMakeLists.txt").read_text()
    return re.findall(r"^\s*weir_fuzz\(([a-z_]+)", text, re.MULTILINE)


def arguments():
    p = argparse.ArgumentParser(prog="run.sh", description="Fuzzes the harnesses and prints a table.")
    p.add_argument("harness", nargs="*", help="which, or all")
    p.add_argument("--seconds", type=int, default=60)
    p.add_argument("--engine", choices=("libfuzzer", "afl"), default="libfuzzer")
    p.add_argument("--jobs", type=int, default=1)
    p.add_argument("--json", action="store_true")
    args = p.parse_args()
    names = [n for n in known() if n != "empty"]
    wanted = [n for n in args.harness if n != "all"] or names
    for name in wanted:
        if name not in names:
            p.error(f"no harness '{name}'; there are: {' '.join(names)}")
    if args.seconds < 1 or args.jobs < 1:
        p.error("--seconds and --jobs take a number above 0")
    args.harness = wanted
    return args


def need(*packages):
    """Installs what is missing, as the other scripts do."""
    script = 'root=$1; shift; . "$root/tools/common.sh"; need_packages "$@"'
    if subprocess.run(["sh", "-c", script, "run.sh", ROOT, *packages]).returncode:
        sys.exit(1)


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
            if subprocess.run(command, stdout=out, stderr=out, env=env, cwd=ROOT).returncode:
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
    return build("fuzz-afl", options, targets, environment)


def seeds_of(name):
    folders = [FUZZ / kind / name for kind in ("corpus", "regressions", "minimised")]
    return [f for f in folders if f.is_dir()]


class Run:
    """One harness under an engine, from its start to its row in the table."""

    def __init__(self, name, programs, seconds, place):
        self.name = name
        self.program = programs / f"fuzz_{name}"
        self.seconds = seconds
        self.place = place / name
        self.corpus = self.place / "corpus"
        self.corpus.mkdir(parents=True)
        self.log = self.place / "log"
        self.row = {"harness": name, "execs": 0, "execs_per_second": 0, "corpus": 0, "finds": []}
        self.started = time.monotonic()
        with open(self.log, "w") as out:
            self.process = subprocess.Popen(
                self.command(), stdout=out, stderr=out, cwd=self.place, env=self.environment()
            )

    def environment(self):
        return dict(os.environ)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()

    def text(self):
        return self.log.read_text(errors="replace")


class LibFuzzer(Run):
    def command(self):
        FINDS.mkdir(parents=True, exist_ok=True)
        return [
            self.program,
            f"-max_total_time={self.seconds}",
            "-timeout=20",
            "-print_final_stats=1",
            "-len_control=100",  # as without a mutator of one's own: short inputs first
            f"-dict={FUZZ / 'http.dict'}",
            f"-artifact_prefix={FINDS}/{self.name}-",
            self.corpus,
            *seeds_of(self.name),
        ]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(2)  # it prints its figures, then ends

    def progress(self):
        lines = re.findall(r"^#(\d+).*?cov: (\d+).*?exec/s: (\d+)", self.text(), re.MULTILINE)
        return f"{lines[-1][0]} runs, {lines[-1][1]} edges" if lines else "starting"

    def finish(self):
        text = self.text()
        stats = dict(re.findall(r"^stat::(\w+): *(\d+)", text, re.MULTILINE))
        runs = re.findall(r"^#(\d+)", text, re.MULTILINE)
        self.row["execs"] = int(stats.get("number_of_executed_units", runs[-1] if runs else 0))
        took = max(time.monotonic() - self.started, 0.001)
        speed = int(stats.get("average_exec_per_sec", 0)) or self.row["execs"] / took
        self.row["execs_per_second"] = round(speed)
        self.row["corpus"] = sum(len(list(f.iterdir())) for f in (self.corpus, *seeds_of(self.name)))
        for found in re.findall(r"Test unit written to (\S+)", text):
            self.row["finds"].append(self.shorten(found))
        return self.row["execs"] > 0 and not self.row["finds"]

    def shorten(self, found):
        short = found + ".short"
        command = [self.program, "-minimize_crash=1", "-runs=50000", "-max_total_time=30"]
        subprocess.run(
            [*command, f"-exact_artifact_path={short}", found],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.place,
        )
        return short if os.path.exists(short) else found


class Afl(Run):
    def command(self):
        seeds = self.place / "seeds"
        seeds.mkdir()
        for folder in seeds_of(self.name):
            for seed in folder.iterdir():
                shutil.copy(seed, seeds / f"{folder.parent.name}-{seed.name}")
        if not any(seeds.iterdir()):
            (seeds / "one").write_text("x")
        command = ["afl-fuzz", "-V", str(self.seconds), "-m", "none", "-t", "5000+", "-i", seeds]
        return [*command, "-o", self.place / "out", "-x", FUZZ / "http.dict", "--", self.program]

    def environment(self):
        quiet = ("NO_UI", "SKIP_CPUFREQ", "I_DONT_CARE_ABOUT_MISSING_CRASHES", "NO_AFFINITY", "QUIET")
        return {**os.environ, **{f"AFL_{word}": "1" for word in quiet}}

    def stats(self):
        path = self.place / "out/default/fuzzer_stats"
        if not path.exists():
            return {}
        return dict(re.findall(r"^(\w+) *: *(.*)$", path.read_text(), re.MULTILINE))

    def progress(self):
        stats = self.stats()
        return f"{stats['execs_done']} runs" if "execs_done" in stats else "starting"

    def finish(self):
        stats = self.stats()
        self.row["execs"] = int(stats.get("execs_done", 0))
        self.row["execs_per_second"] = round(float(stats.get("execs_per_sec", 0)))
        queue = self.place / "out/default/queue"
        if queue.is_dir():
            for path in queue.glob("id:*"):
                shutil.copy(path, self.corpus)
        self.row["corpus"] = len(list(self.corpus.iterdir()))
        FINDS.mkdir(parents=True, exist_ok=True)
        for kind in ("crashes", "hangs"):
            for path in sorted((self.place / "out/default" / kind).glob("id:*")):
                kept = FINDS / f"{self.name}-{kind}-{path.name[3:9]}"
                shutil.copy(path, kept)
                self.row["finds"].append(str(kept))
        return self.row["execs"] > 0 and not self.row["finds"]


def measure_coverage(rows, runs):
    """Lines and branches of core/ that each corpus covers, by a build that counts them."""
    need("llvm:llvm-cov")
    options = ["-DCMAKE_C_COMPILER=clang", "-DCMAKE_BUILD_TYPE=Debug", "-DWEIR_COVERAGE=ON"]
    options += ["-DWEIR_BUILD_TESTS=OFF", "-DWEIR_BUILD_TOOLS=OFF"]
    programs = build("fuzz-coverage", options, [f"replay_{r['harness']}" for r in rows])
    for row, run in zip(rows, runs):
        raw, merged = run.place / "raw", run.place / "merged"
        program = programs / f"replay_{row['harness']}"
        folders = [f for f in (run.corpus, *seeds_of(row["harness"])) if any(f.iterdir())]
        subprocess.run(
            [program, *folders],
            env={**os.environ, "LLVM_PROFILE_FILE": str(raw)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
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


def fuzz(args, programs, place, out):
    """Runs all of them, so many at a time; Ctrl-C ends it early."""
    engine = LibFuzzer if args.engine == "libfuzzer" else Afl
    waiting, running, done = list(args.harness), [], []
    shown = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < args.jobs:
                running.append(engine(waiting.pop(0), programs, args.seconds, place))
            time.sleep(0.2)
            for run in [r for r in running if r.process.poll() is not None]:
                running.remove(run)
                done.append(run)
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                for run in running:
                    print(f"{run.name}: {run.progress()}", file=out, flush=True)
    except KeyboardInterrupt:
        print("\ninterrupted: this is what there is", file=out)
        for run in running:
            run.stop()
        for run in running:
            run.process.wait()
            done.append(run)
    return done


def empty_speed(args, programs, place):
    engine = LibFuzzer if args.engine == "libfuzzer" else Afl
    run = engine("empty", programs, min(args.seconds, 10), place)
    run.process.wait()
    run.finish()
    return run.row["execs_per_second"]


def main():
    args = arguments()
    out = sys.stderr if args.json else sys.stdout
    programs = build_engine(args.engine, [*args.harness, "empty"])
    # In memory where it can be: an engine writes and removes thousands of small files.
    memory = "/dev/shm" if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK) else None
    place = pathlib.Path(tempfile.mkdtemp(prefix="weir-fuzz-", dir=memory))
    try:
        try:
            base = empty_speed(args, programs, place)
        except KeyboardInterrupt:
            return 130
        runs = fuzz(args, programs, place, out)
        sound = all([run.finish() for run in runs])
        rows = [run.row for run in runs]
        for row in rows:
            if base:
                row["share"] = round(row["execs_per_second"] / base, 3)
        if shutil.which("clang") and rows:
            try:
                measure_coverage(rows, runs)
            except KeyboardInterrupt:
                pass
        show(rows, args.json)
        show_finds(runs, out)
        return 0 if sound and len(rows) == len(args.harness) else 1
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
