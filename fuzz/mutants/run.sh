#!/bin/sh
# SPDX-License-Identifier: MIT
# Plants each bug of this folder in a scratch copy, and says what catches it, and how fast.
#
#   fuzz/mutants/run.sh [NAME...] [--seconds N]    all of them; N seconds of fuzzing each: 60
#   fuzz/mutants/run.sh --check                    only: does every patch still apply?
#   fuzz/mutants/run.sh --fuzz [NAME...]           what do the harnesses see without the tests?
#
# First the tests of ctest (but the slow ones) run until one is red; then, where none is, the harnesses under
# fuzz/run.sh's build, from their seeds, until one fires; they share the seconds. A bug that nothing catches
# survives. The status is not 0 when a patch does not apply, does not build, or survives.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/../.." && pwd -P) || exit 1
. "$root/tools/common.sh"
here=$root/fuzz/mutants

seconds=60 only_check=no only_fuzz=no names=''
while [ $# -gt 0 ]; do
    case $1 in
    --check) only_check=yes ;;
    --fuzz) only_fuzz=yes ;;
    --seconds)
        shift
        seconds=${1-}
        ;;
    -h | --help)
        sed -n '3,12s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *) names="$names $1" ;;
    esac
    [ $# -eq 0 ] || shift
done
case $seconds in
'' | *[!0-9]*)
    say "--seconds takes a number"
    exit 64
    ;;
esac
[ -n "$names" ] || names=$(cd "$here" && for f in *.patch; do printf '%s ' "${f%.patch}"; done)
for name in $names; do
    [ -f "$here/$name.patch" ] || {
        say "no bug '$name' here"
        exit 64
    }
done

temporary=$(mktemp -d) || exit 1
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM HUP
copy=$temporary/weir

# What is in the work tree, committed or not.
(cd "$root" && tar -cf - --exclude=./build --exclude=./.git .) | (mkdir "$copy" && cd "$copy" && tar -xf -)

plant() { (cd "$copy" && patch -s -p1 --no-backup-if-mismatch -F2 $2 <"$here/$1.patch") >"$temporary/patch.log" 2>&1; }

if [ $only_check = yes ]; then
    status=0
    for name in $names; do
        if ! plant "$name" --dry-run; then
            printf '%s does not apply:\n' "$name"
            cat "$temporary/patch.log"
            status=1
        fi
    done
    exit $status
fi

need_packages clang:clang cmake:cmake libcmocka-dev libssl-dev patch:patch || exit 1
build() { cmake --build "$1" --parallel "$(cpus)" >"$temporary/build.log" 2>&1; }
prepare()
{
    cmake -S "$copy" -B "$temporary/tests" -DCMAKE_BUILD_TYPE=Debug -DWEIR_BUILD_FUZZ=ON &&
        cmake -S "$copy" -B "$temporary/fuzz" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo \
            -DWEIR_SANITIZE=address,undefined,fuzzer-no-link -DWEIR_FUZZ_ENGINE=-fsanitize=fuzzer \
            -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_TOOLS=OFF
}
prepare >"$temporary/prepare.log" 2>&1 && build "$temporary/tests" || {
    tail -n 20 "$temporary/prepare.log" "$temporary/build.log" >&2
    exit 1
}

# What of ctest is red first; nothing where all is green.
red_test()
{
    ctest --test-dir "$temporary/tests" --parallel "$(cpus)" --timeout 60 --stop-on-failure \
        --label-exclude 'slow|plain' 2>/dev/null | sed -n 's/.*Test *#[0-9]*: \([A-Za-z0-9_]*\) .*\*\*\*.*/\1/p' | head -n 1
}

# The harness that fires first, of those that can see the bug: what is not the core's is the worlds' to find.
red_harness()
{
    harnesses='reference server_connection client_connection body request_head response_head round_trip pair
        target range precondition value date'
    if grep -q '^+++ b/\(tools\|transports\)/' "$here/$1.patch"; then harnesses='server_world tls_server'; fi
    build "$temporary/fuzz" || return
    for harness in $harnesses; do
        mkdir -p "$temporary/found"
        "$temporary/fuzz/fuzz/fuzz_$harness" -max_total_time=$((1 + seconds / $(echo "$harnesses" | wc -w))) \
            -timeout=10 -dict="$copy/fuzz/http.dict" -artifact_prefix="$temporary/found/" \
            "$temporary/found" "$copy/fuzz/corpus/$harness" >"$temporary/fuzz.log" 2>&1 || {
            echo "fuzz_$harness"
            break
        }
    done
    rm -rf "$temporary/found"
}

caught=0 survived=0 broken=0
printf '%-28s %-28s %8s  %s\n' bug 'caught by' seconds 'what it is'
for name in $names; do
    what=$(head -n 1 "$here/$name.patch")
    started=$(date +%s)
    if ! plant "$name" '' || { [ $only_fuzz = no ] && ! build "$temporary/tests"; }; then
        broken=$((broken + 1))
        by='DOES NOT APPLY OR BUILD'
    else
        by=''
        [ $only_fuzz = yes ] || by=$(red_test)
        [ -n "$by" ] || by=$(red_harness "$name")
        if [ -n "$by" ]; then
            caught=$((caught + 1))
        else
            survived=$((survived + 1))
            by='- survives'
        fi
    fi
    printf '%-28s %-28s %8s  %s\n' "$name" "$by" $(($(date +%s) - started)) "$what"
    plant "$name" -R || (cd "$root" && tar -cf - --exclude=./build --exclude=./.git .) | (cd "$copy" && tar -xf -)
done
printf '\n%s caught, %s survived, %s broken\n' "$caught" "$survived" "$broken"
[ $((survived + broken)) -eq 0 ]
