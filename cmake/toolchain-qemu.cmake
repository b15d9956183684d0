# SPDX-License-Identifier: MIT
# What the toolchains of WEIR_MACHINE have in common. Debian: gcc-12-MACHINE-linux-gnu,
# libc6-dev-ARCHITECTURE-cross, qemu-user-static.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${WEIR_MACHINE})
# Debian names a cross compiler by its version, unless a package without one is there too.
find_program(WEIR_CROSS_COMPILER
    NAMES ${WEIR_MACHINE}-linux-gnu-gcc ${WEIR_MACHINE}-linux-gnu-gcc-15
        ${WEIR_MACHINE}-linux-gnu-gcc-14 ${WEIR_MACHINE}-linux-gnu-gcc-13
        ${WEIR_MACHINE}-linux-gnu-gcc-12)
if(NOT WEIR_CROSS_COMPILER)
    message(FATAL_ERROR "${WEIR_MACHINE}-linux-gnu-gcc is missing")
endif()
set(CMAKE_C_COMPILER "${WEIR_CROSS_COMPILER}")
# Static, so that the emulator needs no loader and no library of the other machine.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
find_program(WEIR_EMULATOR NAMES qemu-${WEIR_MACHINE}-static qemu-${WEIR_MACHINE})
if(WEIR_EMULATOR)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${WEIR_EMULATOR}")
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
