/* SPDX-License-Identifier: MIT */
/* ascii.c - the productions written as the RFCs write them; the compiler makes the table. */
#include "ascii.h"

#define ASCII_UPPER(c) ((c) >= 'A' && (c) <= 'Z')
#define ASCII_LOWER(c) ((c) >= 'a' && (c) <= 'z')
#define ASCII_ALPHA(c) (ASCII_UPPER(c) || ASCII_LOWER(c))
#define ASCII_DIGIT(c) ((c) >= '0' && (c) <= '9')
#define ASCII_HEX(c) (ASCII_DIGIT(c) || ((c) >= 'A' && (c) <= 'F') || ((c) >= 'a' && (c) <= 'f'))
#define ASCII_VCHAR(c) ((c) >= 0x21 && (c) <= 0x7e)
#define ASCII_OBS_TEXT(c) ((c) >= 0x80)
#define ASCII_BLANK(c) ((c) == ' ' || (c) == '\t')

/* RFC 9110 §5.6.2, §5.5, §5.6.4 */
#define ASCII_TCHAR(c)                                                                           \
    (ASCII_ALPHA(c) || ASCII_DIGIT(c) || (c) == '!' || (c) == '#' || (c) == '$' || (c) == '%' || \
     (c) == '&' || (c) == '\'' || (c) == '*' || (c) == '+' || (c) == '-' || (c) == '.' ||        \
     (c) == '^' || (c) == '_' || (c) == '`' || (c) == '|' || (c) == '~')
#define ASCII_FIELD(c) (ASCII_BLANK(c) || ASCII_VCHAR(c) || ASCII_OBS_TEXT(c))
#define ASCII_QDTEXT(c)                                               \
    (ASCII_BLANK(c) || (c) == 0x21 || ((c) >= 0x23 && (c) <= 0x5b) || \
     ((c) >= 0x5d && (c) <= 0x7e) || ASCII_OBS_TEXT(c))

/* RFC 3986 §2.2, §2.3, §3.1-3.4 */
#define ASCII_UNRESERVED(c) \
    (ASCII_ALPHA(c) || ASCII_DIGIT(c) || (c) == '-' || (c) == '.' || (c) == '_' || (c) == '~')
#define ASCII_SUB_DELIM(c)                                                                \
    ((c) == '!' || (c) == '$' || (c) == '&' || (c) == '\'' || (c) == '(' || (c) == ')' || \
     (c) == '*' || (c) == '+' || (c) == ',' || (c) == ';' || (c) == '=')
#define ASCII_REGNAME(c) (ASCII_UNRESERVED(c) || ASCII_SUB_DELIM(c) || (c) == '%')
#define ASCII_PATH(c) (ASCII_REGNAME(c) || (c) == ':' || (c) == '@' || (c) == '/')
#define ASCII_TARGET(c) (ASCII_PATH(c) || (c) == '?')
#define ASCII_SCHEME(c) (ASCII_ALPHA(c) || ASCII_DIGIT(c) || (c) == '+' || (c) == '-' || (c) == '.')

#define ASCII_CELL(c)                                                                 \
    (ASCII_TCHAR(c) ? WEIR__TCHAR : 0) | (ASCII_FIELD(c) ? WEIR__FIELD : 0) |         \
        (ASCII_QDTEXT(c) ? WEIR__QDTEXT : 0) | (ASCII_TARGET(c) ? WEIR__TARGET : 0) | \
        (ASCII_PATH(c) ? WEIR__PATH : 0) | (ASCII_REGNAME(c) ? WEIR__REGNAME : 0) |   \
        (ASCII_SCHEME(c) ? WEIR__SCHEME : 0) | (ASCII_ALPHA(c) ? WEIR__ALPHA : 0) |   \
        (ASCII_DIGIT(c) ? WEIR__DIGIT : 0) | (ASCII_HEX(c) ? WEIR__HEX : 0) |         \
        (ASCII_PATH(c) && (c) != '%' ? WEIR__URI : 0)
#define ASCII_4(c) ASCII_CELL(c), ASCII_CELL((c) + 1), ASCII_CELL((c) + 2), ASCII_CELL((c) + 3)
#define ASCII_16(c) ASCII_4(c), ASCII_4((c) + 4), ASCII_4((c) + 8), ASCII_4((c) + 12)

const uint16_t weir__ascii[256] = {
    ASCII_16(0x00), ASCII_16(0x10), ASCII_16(0x20), ASCII_16(0x30), ASCII_16(0x40), ASCII_16(0x50),
    ASCII_16(0x60), ASCII_16(0x70), ASCII_16(0x80), ASCII_16(0x90), ASCII_16(0xa0), ASCII_16(0xb0),
    ASCII_16(0xc0), ASCII_16(0xd0), ASCII_16(0xe0), ASCII_16(0xf0),
};
