# SPDX-License-Identifier: MIT
# 64-bit and big-endian, by Debian's cross compiler; what is built runs under qemu-user-static.
set(WEIR_MACHINE s390x)
include("${CMAKE_CURRENT_LIST_DIR}/toolchain-qemu.cmake")
