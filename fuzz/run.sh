#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzz harnesses and runs them one after the other.
#
#   fuzz/run.sh [HARNESS...|all] [--seconds N]     60 seconds each, unless told otherwise
#
# Prints a line a harness: executions, executions a second, finds. Inputs that are found stay in
# build/fuzz/finds. The status is not 0 when something was found or a harness did not run.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 1
. "$root/tools/common.sh"

seconds=60 wanted=''
while [ $# -gt 0 ]; do
    case $1 in
    --seconds)
        shift
        seconds=${1-}
        ;;
    --seconds=*) seconds=${1#*=} ;;
    -h | --help)
        sed -n '3,8s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    -*)
        say "unknown option '$1'; there is only --seconds N"
        exit 64
        ;;
    all) ;;
    *) wanted="$wanted $1" ;;
    esac
    [ $# -eq 0 ] || shift
done
case $seconds in
'' | *[!0-9]* | 0)
    say "--seconds takes a number above 0"
    exit 64
    ;;
esac
known=$(sed -n 's/^weir_fuzz(\([a-z_]*\).*/\1/p' "$root/fuzz/CMakeLists.txt")
[ -n "$wanted" ] || wanted=$known
targets=''
for name in $wanted; do
    if ! printf '%s\n' "$known" | grep -qx -- "$name"; then
        say "no harness '$name'; there are: $(echo "$known" | tr '\n' ' ')"
        exit 64
    fi
    targets="$targets fuzz_$name"
done

command -v clang >/dev/null 2>&1 || need_packages clang cmake || exit 1
build=$root/build/fuzz
cd "$root" || exit 1
lock_build
forget_moved_build "$build"
mkdir -p "$build"
log=$build/run.log
# shellcheck disable=SC2046,SC2086
if ! { cmake --preset fuzz $(generator "$build") &&
    cmake --build "$build" --parallel "$(cpus)" --target $targets; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    say "the build failed; all of it is in $log"
    exit 1
fi
unlock_build

temporary=$(mktemp -d) || exit 1
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM HUP
finds=$build/finds
mkdir -p "$finds"

status=0
printf '%-20s %12s %10s  %s\n' harness execs execs/s finds
for name in $wanted; do
    mkdir -p "$temporary/$name"
    output=$temporary/$name.log
    set -- "$temporary/$name"
    for folder in corpus regressions; do
        [ ! -d "$root/fuzz/$folder/$name" ] || set -- "$@" "$root/fuzz/$folder/$name"
    done
    "$build/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=20 -print_final_stats=1 \
        -dict="$root/fuzz/http.dict" -artifact_prefix="$finds/$name-" "$@" >"$output" 2>&1
    result=$?
    execs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$output")
    rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$output")
    found=$(sed -n 's/.*Test unit written to //p' "$output" | tail -n 1)
    if [ $result -eq 0 ] && [ "${execs:-0}" -gt 0 ]; then
        printf '%-20s %12s %10s  none\n' "$name" "$execs" "$rate"
        continue
    fi
    status=1
    printf '%-20s %12s %10s  %s\n' "$name" "${execs:--}" "${rate:--}" "${found:-it did not run}"
    cp "$output" "$finds/$name.log"
    grep -E 'does not hold|SUMMARY|runtime error' "$output" | sort -u | sed 's/^/    /'
    echo "    all it said:   $finds/$name.log"
    [ -z "$found" ] || echo "    to replay it:  $build/fuzz/fuzz_$name '$found'"
done
exit $status
