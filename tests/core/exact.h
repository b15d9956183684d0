/* SPDX-License-Identifier: MIT */
/* exact.h - copies with nothing behind them: a sanitizer sees the first octet read too far. */
#ifndef WEIR_TESTS_EXACT_H
#define WEIR_TESTS_EXACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weir/base.h"

#define COUNT_OF(table) (sizeof(table) / sizeof(table)[0])

/* A copy on the heap of exactly `len` octets. The caller frees it. */
static inline char *exact_copy(const void *from, size_t len)
{
    char *copy = malloc(len);
    if (copy == NULL && len > 0) abort();
    if (len > 0) memcpy(copy, from, len);
    return copy;
}

/* The span of a literal that may have NUL in it. */
#define SPAN(literal) ((weir_str)WEIR_STR_INIT(literal))

#endif
