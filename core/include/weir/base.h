/* SPDX-License-Identifier: MIT */
/* weir/base.h - the two shapes that bytes come in: a span to read, a buffer to fill. */
#ifndef WEIR_BASE_H
#define WEIR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_VERSION "0.1.0"

/* Bytes that somebody else owns: never NUL-terminated, `p` may be NULL when `len` is 0. */
typedef struct {
    const char *p;
    size_t len;
} weir_str;

/* Memory of the caller that is being filled: bytes [0, len) are written, `cap` is its size. */
typedef struct {
    char *p;
    size_t len, cap;
} weir_buf;

/* The span of a string literal, to initialise with, constants too; as a value in C it is
 * (weir_str)WEIR_STR_INIT("text"). */
#define WEIR_STR_INIT(literal)         \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* The span of a NUL-terminated string. */
static inline weir_str weir_str_of(const char *text)
{
    weir_str s = {text, 0};
    while (text[s.len] != '\0')
        s.len++;
    return s;
}

/* Same length, same bytes. */
static inline bool weir_str_equal(weir_str a, weir_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* `c` in lower case if it is an ASCII letter; every other byte as it is. */
static inline unsigned char weir_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

/* Equal but for the case of ASCII letters, as names and tokens compare (RFC 9110 §5.1). */
static inline bool weir_str_equal_nocase(weir_str a, weir_str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (weir_lower((unsigned char)a.p[i]) != weir_lower((unsigned char)b.p[i])) return false;
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
