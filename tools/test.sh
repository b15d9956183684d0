#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and tests weir in every way that a release must pass.
#
#   tools/test.sh           everything: sanitizers, valgrind, other machines, coverage, format and lint
#                           too (15 to 20 minutes)
#   tools/test.sh --quick   one release build and the quick tests (under 2 minutes)
#
# Installs what is missing. The last line is "N passed, N failed"; the status is 0 only when nothing
# failed and something passed. A build that breaks or a step that crashes counts as a failure.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 1
. "$root/tools/common.sh"

quick=no
case ${1-} in
'') ;;
--quick) quick=yes ;;
-h | --help)
    sed -n '4,10s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
*)
    say "unknown option '$1'; there is only --quick"
    exit 64
    ;;
esac

need_packages gcc:gcc g++:g++ libc6-dev cmake:cmake ninja-build:ninja pkg-config:pkg-config patch:patch \
    libssl-dev libcmocka-dev binutils:nm python3:python3 curl:curl openssl:openssl git:git || exit 1
if [ $quick = no ]; then
    need_packages clang:clang clang-format:clang-format clang-tidy:clang-tidy valgrind:valgrind \
        chromium:chromium libnss3-tools:certutil llvm:llvm-cov qemu-user-static:qemu-s390x-static \
        || exit 1
    # gcc for 32 bits and for other machines, of the version that gcc itself has. The package
    # gcc-multilib would exclude the cross compilers.
    gcc_version=$(gcc -dumpversion | cut -d. -f1)
    need_packages "gcc-$gcc_version-multilib" \
        "gcc-$gcc_version-aarch64-linux-gnu" libc6-dev-arm64-cross \
        "gcc-$gcc_version-s390x-linux-gnu" libc6-dev-s390x-cross || exit 1
    # The sanitizers' runtime is a package of its own, named after the compiler's version.
    if ! printf 'int main(void){return 0;}' |
        clang -x c -fsanitize=address,undefined -o /dev/null - 2>/dev/null; then
        need_packages "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev" || exit 1
    fi
fi

passed=0 failed=0 skipped=0 failures=''
started=$(date +%s)
logs=$root/build/logs
mkdir -p "$logs"
cd "$root" || exit 1

# shellcheck disable=SC2317 # called by a trap
finish()
{
    trap - EXIT
    [ -z "$failures" ] || printf '\nFailed:\n%s' "$failures"
    [ $((passed + failed)) -gt 0 ] || { failed=1 && echo "No test ran."; }
    printf '\nIn %s seconds:\n' $(($(date +%s) - started))
    printf '%s passed, %s failed' "$passed" "$failed"
    [ "$skipped" -eq 0 ] || printf ', %s skipped' "$skipped"
    printf '\n'
    [ "$failed" -eq 0 ]
    exit $?
}
# shellcheck disable=SC2317 # called by a trap
interrupted()
{
    failed=$((failed + 1))
    failures="$failures  interrupted
"
    finish
}
trap interrupted INT TERM HUP
trap finish EXIT

step() { printf '\n== %s (after %s s)\n' "$*" $(($(date +%s) - started)); }

fail()
{
    failed=$((failed + 1))
    failures="$failures  $1
"
    printf 'FAILED: %s\n' "$1"
}

# check NAME COMMAND... - one test: a command that succeeds.
check()
{
    check_name=$1
    shift
    if "$@" >"$logs/$check_name.log" 2>&1; then
        passed=$((passed + 1))
        printf 'ok: %s\n' "$check_name"
    else
        tail -n 60 "$logs/$check_name.log"
        fail "$check_name"
    fi
}

# build PRESET [options] - counts only when it breaks.
build()
{
    preset=$1
    shift
    step "build: $preset"
    lock_build
    forget_moved_build "$root/build/$preset"
    # shellcheck disable=SC2046
    cmake --preset "$preset" $(generator "$root/build/$preset") "$@" >"$logs/$preset.log" 2>&1 &&
        cmake --build "build/$preset" --parallel "$(cpus)" >>"$logs/$preset.log" 2>&1
    build_status=$?
    unlock_build
    [ $build_status -ne 0 ] || return 0
    tail -n 60 "$logs/$preset.log"
    fail "build $preset"
    return 1
}

# run PRESET [options of ctest] - every test inside it counts.
run()
{
    preset=$1
    shift
    step "tests: $preset"
    junit=$logs/$preset.xml
    rm -f "$junit"
    ctest --test-dir "build/$preset" --parallel "$(cpus)" --timeout 300 --output-on-failure \
        --no-tests=error --output-junit "$junit" --test-output-size-passed 4000000 \
        --test-output-size-failed 4000000 "$@"
    ctest_status=$?
    if ! counts=$(python3 "$root/tools/tally.py" "$junit"); then
        fail "ctest of $preset (it left no report)"
        return
    fi
    # shellcheck disable=SC2046
    set -- $(printf '%s\n' "$counts" | head -n 1)
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    for name in $(printf '%s\n' "$counts" | tail -n +2); do
        failures="$failures  $name ($preset)
"
    done
    if [ $ctest_status -ne 0 ] && [ "$2" -eq 0 ]; then fail "ctest of $preset (status $ctest_status)"; fi
}

compiler_options="-DWEIR_BUILD_TESTS=ON -DWEIR_BUILD_FUZZ=ON -DWEIR_BUILD_TOOLS=ON -DCMAKE_C_COMPILER=gcc"
# shellcheck disable=SC2086
if [ $quick = yes ]; then
    build release $compiler_options -DWEIR_VALGRIND=OFF && run release --label-exclude slow
    exit
fi

# shellcheck disable=SC2086
build release $compiler_options -DWEIR_VALGRIND=ON && run release

# Tests labelled `plain` look at the build itself: they have nothing to say of another build.
ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
build asan && run asan --label-exclude plain
build msan && run msan --label-exclude plain

# fuzz_shortly PROGRAM - from its seeds, in a folder of its own; what it finds is left with the logs.
fuzz_shortly()
{
    harness=${1##*/fuzz_}
    scratch=$(mktemp -d) || return 1
    set -- "$1" "$scratch"
    for kind in corpus regressions minimised; do
        if [ -d "fuzz/$kind/$harness" ]; then set -- "$@" "fuzz/$kind/$harness"; fi
    done
    "$@" -max_total_time=4 -timeout=20 -dict=fuzz/http.dict "-artifact_prefix=$logs/$harness-"
    fuzz_status=$?
    rm -rf "$scratch"
    return $fuzz_status
}
if build fuzz; then
    step 'each harness for some seconds'
    for program in "$root"/build/fuzz/fuzz/fuzz_*; do
        if [ "${program##*/}" = fuzz_empty ] || [ ! -x "$program" ]; then continue; fi
        check "${program##*/}" fuzz_shortly "$program"
    done
fi

# The core on machines of other widths and with the octets of a number in the other order.
for machine in i386 aarch64 s390x; do
    build $machine && run $machine --exclude-regex '^(docs|licence_lines|rooms_include.*)$'
done

step 'the core alone'
check core_gcc tools/check-core.sh gcc
# 32-bit machines hold a number of 64 bits in two registers: some 2 KiB more.
check core_gcc_-m32 env WEIR_TEXT_MAX=53248 tools/check-core.sh gcc -m32
# clang takes -Os less at its word: some 5 KiB more.
check core_clang env WEIR_TEXT_MAX=55296 tools/check-core.sh clang
# NEON has no bit for each octet of a mask; its line reader is some 2 KiB longer.
check core_aarch64 env WEIR_EMULATOR=qemu-aarch64-static WEIR_TEXT_MAX=53248 \
    tools/check-core.sh "aarch64-linux-gnu-gcc-$gcc_version"
# Its instructions are long, and it is no small machine.
check core_s390x env WEIR_EMULATOR=qemu-s390x-static WEIR_TEXT_MAX=65536 \
    tools/check-core.sh "s390x-linux-gnu-gcc-$gcc_version"

step 'coverage of the core by its unit tests'
check coverage tools/coverage.sh
head -n 40 "$logs/coverage.log"

step 'format and lint'
check format tools/check-format.sh
check tidy tools/check-tidy.sh "$root/build/asan"
exit
