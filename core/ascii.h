/* SPDX-License-Identifier: MIT */
/* ascii.h - what an octet may be part of: one table, a bit per RFC production. */
#ifndef WEIR__ASCII_H
#define WEIR__ASCII_H

#include "weir/base.h"

/*
 * The productions, as bits of weir__ascii. Several may be asked for at once: the question is then
 * whether the octet belongs to any of them.
 */
enum {
    WEIR__TCHAR = 1 << 0,  /* of a token (RFC 9110 §5.6.2) */
    WEIR__FIELD = 1 << 1,  /* of a field value: HTAB, SP, VCHAR, obs-text (RFC 9110 §5.5) */
    WEIR__QDTEXT = 1 << 2, /* of a quoted-string, neither quote nor backslash (RFC 9110 §5.6.4) */
    WEIR__TARGET = 1 << 3, /* of a path with its query: pchar, "/", "?"; "%" starts a pct-encoded */
    WEIR__PATH = 1 << 4,   /* of a path: pchar and "/" (RFC 3986 §3.3) */
    WEIR__REGNAME = 1 << 5, /* of a reg-name, "%" included (RFC 3986 §3.2.2) */
    WEIR__SCHEME = 1 << 6,  /* of a scheme behind its first letter (RFC 3986 §3.1) */
    WEIR__ALPHA = 1 << 7,   /* of either case (RFC 5234 B.1) */
    WEIR__DIGIT = 1 << 8,   /* 0 to 9 (RFC 5234 B.1) */
    WEIR__HEX = 1 << 9,     /* of either case (RFC 3986 §2.1, RFC 9112 §7.1) */
    WEIR__URI = 1 << 10,    /* of a path, as it is: without "%" */

    WEIR__REASON = WEIR__FIELD, /* of a reason phrase: the same octets (RFC 9112 §4) */
    WEIR__QPAIR = WEIR__FIELD,  /* behind the backslash of a quoted-pair (RFC 9110 §5.6.4) */
};

extern const uint16_t weir__ascii[256];

/* Does `c` belong to one of the productions in `bits`? */
static inline bool weir__is(unsigned char c, unsigned bits)
{
    return (weir__ascii[c] & bits) != 0;
}

#endif
