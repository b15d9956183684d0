/* SPDX-License-Identifier: MIT */
/* internal.h - what the core does when its own reasoning is wrong: it stops, without libc. */
#ifndef WEIR__INTERNAL_H
#define WEIR__INTERNAL_H

#include "weir/base.h"

/* Keeps a function of its own what is rarely called: its caller then needs no stack. */
#if defined(__GNUC__) || defined(__clang__)
#define WEIR__APART __attribute__((noinline))
#else
#define WEIR__APART
#endif

/* Ends the program at once. Going on with a state that cannot be would be worse. */
static inline _Noreturn void weir_trap(void)
{
#if defined(__GNUC__) || defined(__clang__)
    __builtin_trap();
#elif defined(_MSC_VER)
    __fastfail(7); /* FAST_FAIL_FATAL_APP_EXIT */
#else
    volatile char *nowhere = NULL;
    for (;;)
        *nowhere = 0;
#endif
}

/* Stands where no input can get. */
static inline _Noreturn void weir_unreachable(void)
{
    weir_trap();
}

/* What must hold whatever the peer sends. Stays on in releases; no input may make it false. */
static inline void weir_assert(bool holds)
{
    if (!holds) weir_trap();
}

#endif
