#!/bin/sh
# SPDX-License-Identifier: MIT
# core is pure: check-purity.sh LIBRARY [plain|instrumented]
#
# Of libc it uses mem* alone, and it has no data that can be written. Sanitizers and coverage add
# symbols and counters of their own, so an instrumented build has nothing to say: status 77, skipped.
set -u
export LC_ALL=C
library=${1:?usage: check-purity.sh LIBRARY [plain|instrumented]}
if [ "${2-plain}" != plain ]; then
    echo "skipped: an instrumented build"
    exit 77
fi
[ -f "$library" ] || {
    echo "no such library: $library" >&2
    exit 1
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

case $library in
*.a) dynamic= ;;
*) dynamic=--dynamic ;;
esac
# shellcheck disable=SC2086
nm $dynamic --undefined-only --no-sort --format=posix "$library" >"$work/undefined.raw" &&
    nm $dynamic --defined-only --no-sort --format=posix "$library" >"$work/defined.raw" || exit 1
awk '$2 ~ /^[Uwv]$/ { sub(/@.*/, "", $1); print $1 }' "$work/undefined.raw" | sort -u >"$work/undefined"
awk 'NF > 2 || $2 ~ /^[A-TV-Za-tx-z]$/ { print $1 }' "$work/defined.raw" | sort -u >"$work/defined"
[ -s "$work/defined" ] || {
    echo "nothing is defined in $library" >&2
    exit 1
}

# Beside mem*: what compilers and linkers bring along by their own choice of options, and how a
# 32-bit machine divides 64-bit numbers.
sort >"$work/allowed" <<'END'
memchr
memcmp
memcpy
memmove
memset
_GLOBAL_OFFSET_TABLE_
_ITM_deregisterTMCloneTable
_ITM_registerTMCloneTable
__cxa_finalize
__divdi3
__divmoddi4
__gmon_start__
__moddi3
__stack_chk_fail
__udivdi3
__udivmoddi4
__umoddi3
END
sort -u "$work/allowed" "$work/defined" >"$work/known"
comm -23 "$work/undefined" "$work/known" >"$work/foreign"
if [ -s "$work/foreign" ]; then
    bad=1
    echo "core uses what it may not:"
    while read -r symbol; do
        printf '  %s\n' "$symbol"
        nm -A $dynamic --undefined-only "$library" 2>/dev/null | grep -w -- "$symbol" | sed 's/^/    in /'
    done <"$work/foreign"
fi

# Sections that a running program could write to. Constant tables of pointers lie in .data.rel.ro.
if [ -z "$dynamic" ]; then
    readelf --sections --wide "$library" >"$work/sections" || exit 1
    awk '/^File:/ { file = $2 }
        {
            line = $0
            sub(/^ *\[ *[0-9]+\] */, "", line)
            n = split(line, f, " +")
            if (n < 7 || f[1] !~ /^\.(data|bss|tdata|tbss|tm_clone_table|init_array|fini_array|sdata|sbss|ldata|lbss)/) next
            if (f[1] ~ /^\.data\.rel\.ro/) next
            if (f[2] == "PROGBITS" || f[2] == "NOBITS" || f[2] ~ /ARRAY/)
                if (f[5] !~ /^0+$/) printf "  %s %s: 0x%s bytes\n", file, f[1], f[5]
        }' "$work/sections" >"$work/writable"
    # Uninitialised globals of old compilers are "common" and in no section.
    awk '$2 == "C" { printf "  common symbol %s\n", $1 }' "$work/defined.raw" >>"$work/writable"
    if [ -s "$work/writable" ]; then
        bad=1
        echo "core has data that can be written:"
        cat "$work/writable"
        objdump -t "$library" | grep -E '[[:space:]]\.t?(data|bss)' | grep -v '\.data\.rel\.ro' |
            awk 'NF > 1 && $NF !~ /^\./ { print "    " $NF }'
    fi
fi

[ $bad -ne 0 ] || echo "pure: $(wc -l <"$work/defined") symbols, of libc only: $(comm -12 "$work/undefined" "$work/allowed" | grep '^mem' | tr '\n' ' ')"
exit $bad
