/* SPDX-License-Identifier: MIT */
/* build_written.h - facts to be written, in short, and what a writer does with them in any room. */
#ifndef WEIR_TEST_BUILD_WRITTEN_H
#define WEIR_TEST_BUILD_WRITTEN_H

#include "exact.h"

#include "weir/build.h"

/* ---- facts, in short ---- */

#define FIELD(n, v)                                         \
    {                                                       \
        .name = WEIR_STR_INIT(n), .value = WEIR_STR_INIT(v) \
    }
#define FIELDS(...)                              \
    .fields = (const weir_field[]){__VA_ARGS__}, \
    .field_count = sizeof((const weir_field[]){__VA_ARGS__}) / sizeof(weir_field)
#define START(m, t) .method = WEIR_STR_INIT(m), .target = WEIR_STR_INIT(t), .minor = 1

#define NONE                                          \
    {                                                 \
        .kind = WEIR_FRAMING_NONE, .persistent = true \
    }
#define LENGTH(n)                                                      \
    {                                                                  \
        .kind = WEIR_FRAMING_LENGTH, .length = (n), .persistent = true \
    }
#define CHUNKED                                          \
    {                                                    \
        .kind = WEIR_FRAMING_CHUNKED, .persistent = true \
    }
#define CLOSING(k)                                    \
    {                                                 \
        .kind = WEIR_FRAMING_##k, .persistent = false \
    }

/* Hands `facts` to one function of weir/build.h, in exact-size copies. */
typedef weir_error writing(const void *facts, weir_buf *out);

/* With every room from none to more than enough: an error never depends on it; what fits is written
 * whole, and else nothing. `wire` is NULL where `err` is not WEIR_OK. */
void check_written(const char *name, writing *write, const void *facts, weir_error err,
                   const char *wire);

/* Exact-size copies on the heap of what is to be written; copies_free() when it is. */
typedef struct {
    char *spans[24];
    size_t count;
    weir_field fields[8];
} copies;

weir_str copy_span(copies *c, weir_str s);
const weir_field *copy_fields(copies *c, const weir_field *fields, size_t count);
void copies_free(copies *c);

#endif
