#!/bin/sh
# SPDX-License-Identifier: MIT
# Fails where clang-format would change a C file of the project.
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
. "$root/tools/common.sh"
cd "$root" || exit 1
files=$(mktemp) || exit 1
trap 'rm -f "$files"' EXIT
source_files '*.c' '*.h' >"$files"
[ -s "$files" ] || {
    say "no C files found"
    exit 1
}
xargs -0 clang-format --dry-run -Werror <"$files"
