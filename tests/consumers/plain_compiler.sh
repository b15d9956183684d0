#!/bin/sh
# SPDX-License-Identifier: MIT
# core/ without any build system: cc -std=c11 core/*.c, freestanding, and its headers as C++17.
. "$(dirname -- "$0")/common.sh"
cp -R "$WEIR_SOURCE/core" "$work/core"
cd "$work"

$CC -std=c11 -Wall -Wextra -Wpedantic -Werror -Icore/include core/*.c "$here/core.c" -o consumer
./consumer

# Freestanding: of libc no more than mem*, whatever the compiler makes of a loop.
mkdir freestanding
for source in core/*.c; do
    $CC -std=c11 -ffreestanding -O2 -Icore/include -c "$source" \
        -o "freestanding/$(basename "$source" .c).o"
done

ar cr libcore.a freestanding/*.o
"$WEIR_SOURCE/tools/check-purity.sh" libcore.a

# Each header alone, as C11 and as C++17: it includes what it needs.
: >headers.inc
for header in core/include/weir/*.h; do
    name=weir/${header##*/}
    printf '#include "%s"\n#include "%s"\n' "$name" "$name" >one.c
    $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -Icore/include -fsyntax-only one.c
    cp one.c one.cpp
    $CXX -std=c++17 -Wall -Wextra -Wpedantic -Werror -Icore/include -fsyntax-only one.cpp
    printf '#include "%s"\n' "$name" >>headers.inc
done
$CXX -std=c++17 -Wall -Wextra -Werror -I. -Icore/include -c "$here/headers.cpp" -o headers.o
$CXX headers.o libcore.a -o headers
./headers
