#!/bin/sh
# SPDX-License-Identifier: MIT
# The documents keep up with the program: check-docs.sh [PROGRAM]
#
# Links between files lead somewhere, man pages are well formed, and the man page of weir names every
# option that the program's help names, and no other.
set -u
cd "$(dirname -- "$(readlink -f -- "$0")")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: >"$work/bad"

# Links of the form [text](path), without those that lead out of the tree.
find . -path ./build -prune -o -path ./.git -prune -o -name '*.md' -type f -print | sort >"$work/pages"
while IFS= read -r page; do
    grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -vE '^[a-z]+:' | while IFS= read -r link; do
        [ -e "$(dirname -- "$page")/$link" ] || echo "$page: no such file: $link" >>"$work/bad"
    done
done <"$work/pages"

for page in docs/man/*.[0-9]; do
    [ -f "$page" ] || continue
    if command -v mandoc >/dev/null 2>&1; then
        mandoc -T lint -W warning "$page" >>"$work/bad" 2>&1
    elif command -v groff >/dev/null 2>&1; then
        groff -man -ww -z "$page" >>"$work/bad" 2>&1
    fi
done

# Options: help and man page say the same.
program=${1-}
if [ -n "$program" ]; then
    {
        "$program" --help
        for command in serve parse replay; do "$program" "$command" --help; done
    } >"$work/help" 2>&1
    options() { grep -oE -- '(^|[^-[:alnum:]])--[a-z][a-z-]+' "$1" | grep -oE -- '--[a-z][a-z-]+' | sort -u; }
    sed -e 's/\\-/-/g' -e 's/curl --[a-z-]*//' docs/man/weir.1 >"$work/man"
    options "$work/help" >"$work/help.options"
    options "$work/man" >"$work/man.options"
    comm -23 "$work/help.options" "$work/man.options" | sed 's/$/: in the help, not in docs\/man\/weir.1/' >>"$work/bad"
    comm -13 "$work/help.options" "$work/man.options" | sed 's/$/: in docs\/man\/weir.1, not in the help/' >>"$work/bad"
    [ -s "$work/help.options" ] || echo "the help of $program names no option" >>"$work/bad"
fi

if [ -s "$work/bad" ]; then
    cat "$work/bad"
    exit 1
fi
echo "$(wc -l <"$work/pages") pages checked"
