#!/bin/sh
# SPDX-License-Identifier: MIT
# How much of core/ its unit tests alone run: coverage.sh [BUILD_FOLDER] (default build/coverage)
#
# Builds core and tests/core by clang, runs the tests, and prints lines and branches by file. Status 1
# below the bar (tools/coverage.py), or where a line of tests/core/coverage-excluded.txt is stale.
# With WEIR_COVERAGE_MISSING=1 it also lists what no test has run.
set -u
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
. "$root/tools/common.sh"
build=$(readlink -m -- "${1:-$root/build/coverage}")

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
run_logged "$build/build.log" cmake --preset coverage -B "$build" $(generator "$build") || exit 1
run_logged "$build/build.log" cmake --build "$build" --parallel "$(cpus)" || exit 1

profiles=$build/profiles
rm -rf "$profiles"
LLVM_PROFILE_FILE=$profiles/%p.profraw
export LLVM_PROFILE_FILE
run_logged "$build/tests.log" ctest --test-dir "$build" --label-regex unit --parallel "$(cpus)" \
    --no-tests=error --output-on-failure || exit 1
llvm llvm-profdata merge -sparse "$profiles"/*.profraw -o "$build/all.profdata" || exit 1

set -- # the programs, whatever blanks their paths have
for program in "$build"/tests/core/test_*; do
    if [ -f "$program" ] && [ -x "$program" ]; then set -- "$@" "--object=$program"; fi
done
# export_as FORMAT PROGRAMS... - what llvm-cov knows of core/.
export_as()
{
    format=$1
    shift
    llvm llvm-cov export --format="$format" --instr-profile="$build/all.profdata" \
        "$build/tests/core/test_error" "$@" "$root/core"
}
export_as lcov "$@" >"$build/coverage.lcov" && export_as text "$@" >"$build/coverage.json" || exit 1
python3 tools/coverage.py "$build/coverage.lcov" "$build/coverage.json" \
    tests/core/coverage-excluded.txt
