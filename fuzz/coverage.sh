#!/bin/sh
# SPDX-License-Identifier: MIT
# How much the committed inputs run: coverage.sh [BUILD_FOLDER] (default build/fuzz-corpora)
#
# Replays all of them by clang and prints lines and branches of core/, and of the server's sessions, timers
# and limits, by file. Status 1 below the bar: 99 % of core's lines and 95 % of its branches, 90 % of the
# server's lines. With WEIR_COVERAGE_MISSING=1 it also lists what no input has run.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 1
. "$root/tools/common.sh"
build=$(readlink -m -- "${1:-$root/build/fuzz-corpora}")

# llvm-cov reads what the clang of its own version writes; Debian names it by that version.
llvm()
{
    tool=$1-$(clang -dumpversion | cut -d. -f1)
    shift
    command -v "$tool" >/dev/null 2>&1 || tool=${tool%-*}
    "$tool" "$@"
}

cd "$root" || exit 1
forget_moved_build "$build"
mkdir -p "$build" || exit 1
# shellcheck disable=SC2046
run_logged "$build/build.log" cmake -S . -B "$build" $(generator "$build") -DCMAKE_C_COMPILER=clang \
    -DCMAKE_BUILD_TYPE=Debug -DWEIR_COVERAGE=ON -DWEIR_BUILD_FUZZ=ON -DWEIR_BUILD_TESTS=OFF \
    -DWEIR_BUILD_TOOLS=OFF || exit 1
run_logged "$build/build.log" cmake --build "$build" --parallel "$(cpus)" || exit 1

profiles=$build/profiles
rm -rf "$profiles"
set -- # the programs, whatever blanks their paths have
for program in "$build"/fuzz/replay_*; do
    name=${program##*/replay_}
    [ -x "$program" ] && [ -d "fuzz/corpus/$name" ] || continue
    set -- "$@" "--object=$program"
    inputs=
    for kind in corpus regressions minimised; do
        [ ! -d "fuzz/$kind/$name" ] || inputs="$inputs fuzz/$kind/$name"
    done
    # shellcheck disable=SC2086
    LLVM_PROFILE_FILE=$profiles/$name.profraw run_logged "$build/replay.log" "$program" $inputs || exit 1
done
llvm llvm-profdata merge -sparse "$profiles"/*.profraw -o "$build/all.profdata" || exit 1

# export_as FORMAT PROGRAMS... - what llvm-cov knows of core/ and the server.
export_as()
{
    format=$1
    shift
    llvm llvm-cov export --format="$format" --instr-profile="$build/all.profdata" \
        "$build/fuzz/replay_date" "$@" "$root/core" "$root/tools/server"
}
export_as lcov "$@" >"$build/coverage.lcov" && export_as text "$@" >"$build/coverage.json" || exit 1
status=0
python3 tools/coverage.py "$build/coverage.lcov" "$build/coverage.json" --borrowed --lines 99 \
    tests/core/coverage-excluded.txt || status=1
python3 tools/coverage.py "$build/coverage.lcov" "$build/coverage.json" --borrowed --lines 90 --branches 0 \
    --folder tools/server --only 'session*.c' --only timers.c --only lease.c --only worker.c \
    tests/core/coverage-excluded.txt || status=1
exit $status
