#!/bin/sh
# SPDX-License-Identifier: MIT
# A consumer by pkg-config and a compiler, no build system.
. "$(dirname -- "$0")/common.sh"
install_to "$work/prefix"
pc=$(find "$work/prefix" -name weir-core.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export LD_LIBRARY_PATH
pkg-config --validate weir-core weir-transports
test "$(pkg-config --modversion weir-core)" = "$(sed -n 's/^project(weir VERSION \([0-9.]*\).*/\1/p' "$WEIR_SOURCE/CMakeLists.txt")"
cd "$work" # a flag that names the source tree by a relative path would be seen
for room in core transports; do
    # shellcheck disable=SC2046
    $CC -std=c11 -Wall -Wextra -Werror "$here/$room.c" -o "$room" \
        $(pkg-config --cflags --libs "weir-$room")
    "./$room"
done
