#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom (docs/design.md), read from the #include lines: check-includes.sh [TREE]
set -u
cd "${1:-$(dirname -- "$(readlink -f -- "$0")")/..}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016
# file:line: header - one line an #include of one file type, comments left out.
includes()
{
    find "$@" -type f \( -name '*.c' -o -name '*.h' -o -name '*.inc' \) -print0 2>/dev/null | sort -z |
        xargs -0 -r awk '
            /^[ \t]*#[ \t]*include/ {
                header = $0
                sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
                if (match(header, /^(<[^>]*>|"[^"]*")/)) header = substr(header, 1, RLENGTH)
                print FILENAME ":" FNR ": " header
            }'
}

# own ROOM HEADER - is "x.h", "weir/x.h" or <weir/x.h> a header of that room?
own()
{
    name=$(printf '%s' "$2" | tr -d '<>"')
    [ -n "$(find "$1" -path "*/include/$name" -print 2>/dev/null)" ] ||
        [ -n "$(find "$1" -name "${name##*/}" -path "*/${name#../}" -print 2>/dev/null)" ]
}

refuse() { printf '%s: %s\n' "$1" "$2" >>"$work/bad"; }
: >"$work/bad"
[ -d core ] || {
    echo "no core here: $(pwd)" >&2
    exit 1
}

# core: headers that exist freestanding, mem* of string.h, its own; the compiler's headers for vectors
# in scan*, and for asking the machine in isa.c.
includes core >"$work/core"
[ -s "$work/core" ] || refuse core "no #include found: is this the right folder?"
while read -r where header; do
    file=${where%%:*}
    case $header in
    '<stddef.h>' | '<stdint.h>' | '<stdbool.h>' | '<limits.h>' | '<string.h>') ;;
    '<stdalign.h>' | '<stdarg.h>' | '<stdnoreturn.h>' | '<iso646.h>' | '<float.h>') ;;
    '<immintrin.h>' | '<emmintrin.h>' | '<arm_neon.h>')
        case ${file##*/} in
        scan*) ;;
        *) refuse "$where" "$header belongs in scan*" ;;
        esac
        ;;
    '<cpuid.h>') [ "${file##*/}" = isa.c ] || refuse "$where" "$header belongs in isa.c" ;;
    *) own core "$header" || refuse "$where" "core may not include $header" ;;
    esac
done <"$work/core"

# transports: nothing of core; OpenSSL in tls*.c alone.
includes transports >"$work/transports"
while read -r where header; do
    file=${where%%:*}
    case $header in
    '<openssl/'* | '"openssl/'*)
        case $file in
        transports/tls*.c | transports/tls*.h) ;;
        *) refuse "$where" "$header belongs in transports/tls*.c" ;;
        esac
        ;;
    '<weir/'* | '"'*)
        own transports "$header" || refuse "$where" "transports may not include $header"
        ;;
    esac
done <"$work/transports"

# OpenSSL outside of transports: programs that make certificates only.
includes tools >"$work/tools"
while read -r where header; do
    file=${where%%:*}
    case $header in
    '<openssl/'* | '"openssl/'*)
        case $file in
        *cert*.c | *devca*.c | *dev_ca*.c) ;;
        *) refuse "$where" "$header belongs in transports/tls*.c" ;;
        esac
        ;;
    esac
done <"$work/tools"

# tools/server: only session*.c knows both the engine and a transport.
if [ -d tools/server ]; then
    find tools/server -type f \( -name '*.c' -o -name '*.h' \) | sort >"$work/server"
    while read -r file; do
        case ${file##*/} in session*) continue ;; esac
        engine=$(includes "$file" | grep -E '[<"]weir/conn\.h[>"]' | head -n 1)
        stream=$(includes "$file" | grep -E '[<"]weir/transport\.h[>"]' | head -n 1)
        [ -z "$engine" ] || [ -z "$stream" ] ||
            refuse "$file" "includes both the engine and a transport: that is session.c's part"
    done <"$work/server"
fi

if [ -s "$work/bad" ]; then
    cat "$work/bad"
    exit 1
fi
echo "$(cat "$work/core" "$work/transports" "$work/tools" | wc -l) includes, each where it may be"
