#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs clang-tidy over the C files of a build folder made by clang: check-tidy.sh BUILD [FILE...]
build=$(readlink -f -- "${1:?usage: check-tidy.sh BUILD [FILE...]}") || exit 1
shift
cd "$(dirname -- "$(readlink -f -- "$0")")/.." || exit 1
[ -f "$build/compile_commands.json" ] || {
    echo "check-tidy.sh: $build has no compile_commands.json" >&2
    exit 1
}
# Only files that this build compiles: the database says how.
if [ $# -eq 0 ]; then
    git ls-files -z -- '*.c' | python3 -c '
import json, os, sys
built = {os.path.realpath(os.path.join(e["directory"], e["file"])) for e in json.load(open(sys.argv[1]))}
names = [n for n in sys.stdin.read().split("\0") if n and os.path.realpath(n) in built]
sys.stdout.write("".join(n + "\0" for n in names))' "$build/compile_commands.json"
else
    printf '%s\0' "$@"
fi | xargs -0 -r -n 4 -P "$(getconf _NPROCESSORS_ONLN)" clang-tidy -p "$build" --quiet --warnings-as-errors='*'
