#!/bin/sh
# SPDX-License-Identifier: MIT
# core/ by a compiler that is told as little as possible: check-core.sh COMPILER [FLAGS...]
#
# Strict C11 with every warning an error; freestanding and linked without a libc, where it has to
# answer a request (by the help of WEIR_EMULATOR, where that is set); and, for each instruction set
# that can be built in alone, no more text at -Os than a small machine can spare: 48 KiB with its
# constants, or WEIR_TEXT_MAX octets. Tables for unwinding, of no use to C, are left out.
set -u
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
. "$root/tools/common.sh"
text_max=${WEIR_TEXT_MAX-$((48 * 1024))}
[ $# -gt 0 ] || {
    say "usage: check-core.sh COMPILER [FLAGS...]"
    exit 64
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 1
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror'
compiler=$*
bad=0

failed()
{
    bad=1
    say "$*"
}

# objects FOLDER FLAGS... - every module into a folder of its own.
objects()
{
    folder=$work/$1
    shift
    mkdir -p "$folder" || return 1
    for source in core/*.c; do
        # shellcheck disable=SC2086
        $compiler -std=c11 -pedantic $warnings -Icore/include "$@" -c "$source" \
            -o "$folder/$(basename -- "$source" .c).o" || return 1
    done
}
objects strict -O2 || failed "$compiler: -std=c11 -pedantic"

# A position-independent program and stack protectors would ask for more than there is.
# shellcheck disable=SC2086
if objects bare -O2 -ffreestanding -fno-stack-protector -fno-pie &&
    $compiler -std=c11 -pedantic $warnings -O2 -ffreestanding -fno-stack-protector -fno-pie \
        -Icore/include -c tests/support/bare.c -o "$work/bare/bare.o" &&
    $compiler -nostdlib -static -Wl,--entry=bare_start "$work"/bare/*.o -lgcc \
        -o "$work/bare/program"; then
    timeout 60 ${WEIR_EMULATOR-} "$work/bare/program" ||
        failed "$compiler: the program without a libc ended with status $?"
else
    failed "$compiler: -ffreestanding -nostdlib"
fi

# An instruction set that the target has not, or that has no reader yet, does not compile.
measured=0
for isa in SCALAR SSE42 AVX2 AVX512 AVX512VBMI NEON; do
    if ! objects "$isa" -Os -fno-asynchronous-unwind-tables \
        -fno-unwind-tables -DWEIR_ISA_ONLY="$isa" 2>"$work/why"; then
        [ "$isa" != SCALAR ] && grep -q 'this target has no such instruction set' "$work/why" && continue
        head -n 20 "$work/why" >&2
        failed "$compiler: -DWEIR_ISA_ONLY=$isa"
        break
    fi
    text=$(size "$work/$isa"/*.o | awk 'NR > 1 { sum += $1 } END { print sum + 0 }')
    echo "$compiler, $isa: $text octets of text at -Os, of $text_max"
    measured=$((measured + 1))
    if [ "$text" -eq 0 ] || [ "$text" -ge "$text_max" ]; then
        failed "$compiler, $isa: $text octets of text"
    fi
done
[ $measured -gt 0 ] || failed "nothing was measured"
exit $bad
