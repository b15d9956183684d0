# SPDX-License-Identifier: MIT
# 64-bit ARM, little-endian, by Debian's cross compiler; what is built runs under qemu-user-static.
set(WEIR_MACHINE aarch64)
include("${CMAKE_CURRENT_LIST_DIR}/toolchain-qemu.cmake")
