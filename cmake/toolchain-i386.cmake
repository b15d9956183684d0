# SPDX-License-Identifier: MIT
# 32-bit x86 by this machine's gcc, which runs what it builds (Debian: gcc-12-multilib; the package
# gcc-multilib excludes the cross compilers).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_C_COMPILER gcc)
set(CMAKE_C_FLAGS_INIT -m32)
