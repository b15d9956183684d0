#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keeps of many inputs the few that reach something new: minimise.py HARNESS FOLDER...

What the seeds of fuzz/corpus/HARNESS and the regressions do not reach of core/ and of the server, and some
input of the folders does, is reached afterwards by fuzz/minimised/HARNESS, which is written anew: at each
step the input that adds most edges, the shortest of these. Its own inputs of before are candidates, too.
What run.sh kept of HARNESS is in build/fuzz/corpus/HARNESS. Missing Debian packages are installed by apt-get.
"""
import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

import run  # how harnesses are built, and where seeds lie

ALLOWED = "src:*/core/*\nsrc:*/tools/server/*\nfun:*\n"


def program(harness):
    where = run.ROOT / "build/fuzz-edges"
    where.mkdir(parents=True, exist_ok=True)
    (where / "allowed.txt").write_text(ALLOWED)
    subprocess.run(["clang", "-O1", "-c", run.FUZZ / "edges.c", "-o", where / "edges.o"], check=True)
    coverage = "-fsanitize-coverage=edge,no-prune,trace-pc-guard"
    options = ["-DCMAKE_C_COMPILER=clang", "-DCMAKE_BUILD_TYPE=None", "-DWEIR_BUILD_FUZZ=ON",
               "-DWEIR_BUILD_TESTS=OFF", "-DWEIR_BUILD_TOOLS=OFF",
               f"-DCMAKE_C_FLAGS=-O0 {coverage} '-fsanitize-coverage-allowlist={where}/allowed.txt'",
               f"-DCMAKE_EXE_LINKER_FLAGS='{where}/edges.o'"]
    return run.build("fuzz-edges", options, [f"replay_{harness}"]) / f"replay_{harness}"


def reached(replay, path):
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run([replay, path], env={**os.environ, "WEIR_EDGES": out.name},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path, frozenset(out.read().split()) if done.returncode == 0 else frozenset()


def choose(have, candidates):
    chosen = []
    while True:
        candidates = [(p, edges - have) for p, edges in candidates if edges - have]
        if not candidates:
            return chosen
        path, edges = min(candidates, key=lambda c: (-len(c[1]), c[0].stat().st_size, c[0].name))
        chosen.append(path)
        have |= edges


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    harness, kept = sys.argv[1], run.FUZZ / "minimised" / sys.argv[1]
    run.need("clang:clang", "cmake:cmake", "libssl-dev")
    replay = program(harness)
    folders = [pathlib.Path(f) for f in sys.argv[2:]] + ([kept] if kept.is_dir() else [])
    seeds = [p for f in run.seeds_of(harness) if f != kept for p in f.iterdir()]
    others = [p for f in folders for p in f.iterdir() if p.is_file()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda p: reached(replay, p), seeds + others))
    have = set().union(*(edges for _, edges in results[:len(seeds)]))
    before = len(have)
    contents = [path.read_bytes() for path in choose(have, results[len(seeds):])]
    kept.mkdir(parents=True, exist_ok=True)
    for old in kept.iterdir():
        old.unlink()
    for content in contents:
        (kept / hashlib.sha1(content).hexdigest()[:16]).write_bytes(content)
    print(f"{harness}: the seeds reach {before} edges; with {len(contents)} inputs, "
          f"{sum(map(len, contents))} octets, {len(have)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
