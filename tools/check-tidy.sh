#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs clang-tidy over the C files of a build folder made by clang: check-tidy.sh BUILD [FILE...]
build=$(readlink -f -- "${1:?usage: check-tidy.sh BUILD [FILE...]}") || exit 1
shift
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
. "$root/tools/common.sh"
cd "$root" || exit 1
[ -f "$build/compile_commands.json" ] || {
    say "$build has no compile_commands.json"
    exit 1
}
files=$(mktemp) || exit 1
trap 'rm -f "$files"' EXIT
# Only files that this build compiles: its database says how.
if [ $# -eq 0 ]; then
    source_files '*.c' | python3 -c '
import json, os, sys
built = {os.path.realpath(os.path.join(e["directory"], e["file"])) for e in json.load(open(sys.argv[1]))}
names = [n for n in sys.stdin.read().split("\0") if n and os.path.realpath(n) in built]
sys.stdout.write("".join(n + "\0" for n in names))' "$build/compile_commands.json" >"$files"
else
    printf '%s\0' "$@" >"$files"
fi
[ -s "$files" ] || {
    say "no C files found"
    exit 1
}
xargs -0 -n 4 -P "$(cpus)" clang-tidy -p "$build" --quiet --warnings-as-errors='*' <"$files"
