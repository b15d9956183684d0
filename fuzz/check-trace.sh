#!/bin/sh
# SPDX-License-Identifier: MIT
# Whether replay_server_world gives the same traces, octet for octet, as a build by another compiler.
#
#   fuzz/check-trace.sh REPLAY COMPILER      the program, and the name of what compiled it (GNU, Clang)
#
# Status 77: there is no other compiler here.
set -u
unset LIB_FUZZING_ENGINE CFLAGS LDFLAGS
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
replay=$1
case $2 in
GNU) other=clang ;;
*) other=gcc ;;
esac
if ! command -v "$other" >/dev/null 2>&1; then
    echo "check-trace: no $other here: nothing to compare with"
    exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# As little as can be: neither tests nor OpenSSL.
if ! { cmake -S "$root" -B "$work/build" -DCMAKE_C_COMPILER="$other" -DCMAKE_BUILD_TYPE=Debug \
    -DWEIR_BUILD_TRANSPORTS=OFF -DWEIR_BUILD_TESTS=OFF -DWEIR_FUZZ_ENGINE= &&
    cmake --build "$work/build" --parallel 2 --target replay_server_world; } >"$work/log" 2>&1; then
    tail -n 20 "$work/log"
    echo "check-trace: the build by $other failed"
    exit 1
fi

set -- "$root/fuzz/corpus/server_world"
[ ! -d "$root/fuzz/regressions/server_world" ] || set -- "$@" "$root/fuzz/regressions/server_world"
WEIR_FUZZ_TRACE=1 "$replay" "$@" >"$work/one" || exit 1
WEIR_FUZZ_TRACE=1 "$work/build/fuzz/replay_server_world" "$@" >"$work/two" || exit 1
lines=$(wc -l <"$work/one")
if [ "$lines" -lt 1000 ]; then
    echo "check-trace: no more than $lines lines: that is no trace"
    exit 1
fi
cmp "$work/one" "$work/two" || exit 1
echo "check-trace: $lines lines are the same"
