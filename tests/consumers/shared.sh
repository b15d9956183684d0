#!/bin/sh
# SPDX-License-Identifier: MIT
# BUILD_SHARED_LIBS: sonames, the installed program finds its libraries, a consumer links them.
. "$(dirname -- "$0")/common.sh"
cmake -S "$WEIR_SOURCE" -B "$work/build" -DCMAKE_C_COMPILER="$CC" -DBUILD_SHARED_LIBS=ON \
    -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_FUZZ=OFF >"$work/log" || { cat "$work/log" && exit 1; }
cmake --build "$work/build" >"$work/log" || { cat "$work/log" && exit 1; }
WEIR_BUILD=$work/build
install_to "$work/prefix"
lib=$(dirname "$(find "$work/prefix" -name libweir_core.so)")
version=$(sed -n 's/^project(weir VERSION \([0-9]*\.[0-9]*\).*/\1/p' "$WEIR_SOURCE/CMakeLists.txt")
for room in core transports; do
    readelf -d "$lib/libweir_$room.so" | grep -F "soname: [libweir_$room.so.$version]"
done
"$WEIR_SOURCE/tools/check-purity.sh" "$lib/libweir_core.so"
if [ -e "$work/prefix/bin/weir" ]; then
    env -u LD_LIBRARY_PATH "$work/prefix/bin/weir" --version
fi
cmake -S "$here/find_package" -B "$work/consumer" -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_PREFIX_PATH="$work/prefix"
cmake --build "$work/consumer"
"$work/consumer/core"
"$work/consumer/transports"
