#!/bin/sh
# SPDX-License-Identifier: MIT
# A consumer by find_package(weir), from a prefix with a space in its name.
. "$(dirname -- "$0")/common.sh"
prefix="$work/a prefix"
install_to "$prefix"
for alone in OFF ON; do
    cmake -S "$here/find_package" -B "$work/build-$alone" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_PREFIX_PATH="$prefix" -DCORE_ALONE=$alone
    grep -F "weir_DIR:PATH=$prefix" "$work/build-$alone/CMakeCache.txt" # not some other weir
    cmake --build "$work/build-$alone"
    "$work/build-$alone/core"
done
"$work/build-OFF/transports"
if [ -x "$WEIR_BUILD/bin/weir" ]; then
    "$prefix/bin/weir" --version
    test -f "$prefix/share/man/man1/weir.1"
fi
