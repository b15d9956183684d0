# SPDX-License-Identifier: MIT
# What every target of weir is compiled with: warnings, sanitizers, coverage.

# Link it PRIVATE, as $<BUILD_INTERFACE:weir_warnings> from a library that is installed.
add_library(weir_warnings INTERFACE)
target_compile_options(weir_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wcast-align -Wwrite-strings -Wundef
    -Wvla -Wformat=2 -Wpointer-arith -Wimplicit-fallthrough -Wdouble-promotion
    # clang alone complains of functions that hand a va_list on; gcc knows better.
    $<$<C_COMPILER_ID:Clang,AppleClang>:-Wno-format-nonliteral>
    $<$<BOOL:${WEIR_WERROR}>:-Werror>)

# Assertions stay on in releases: an assertion that fails is a bug in weir or in its caller.
add_compile_options(-UNDEBUG)

if(WEIR_SANITIZE)
    string(REPLACE ";" "," weir_sanitizers "${WEIR_SANITIZE}")
    set(weir_sanitize_flags -fsanitize=${weir_sanitizers} -fno-omit-frame-pointer -g)
    if(weir_sanitizers MATCHES "undefined")
        list(APPEND weir_sanitize_flags -fno-sanitize-recover=undefined)
    endif()
    if(weir_sanitizers MATCHES "memory")
        list(APPEND weir_sanitize_flags -fsanitize-memory-track-origins)
    endif()
    add_compile_options(${weir_sanitize_flags})
    add_link_options(-fsanitize=${weir_sanitizers})
endif()

if(WEIR_COVERAGE)
    if(CMAKE_C_COMPILER_ID MATCHES "Clang")
        set(weir_coverage_flags -fprofile-instr-generate -fcoverage-mapping)
    else()
        set(weir_coverage_flags --coverage)
    endif()
    add_compile_options(${weir_coverage_flags})
    add_link_options(${weir_coverage_flags})
endif()
