/* SPDX-License-Identifier: MIT */
/* scan_tables.h - the classes of ascii.h in the shapes in which vector registers look them up. The
 * unit tests hold them against weir__ascii. */
#ifndef WEIR__SCAN_TABLES_H
#define WEIR__SCAN_TABLES_H

#include "scan_lines.h"

/*
 * An octet's class is low[its low nibble] & high[its high nibble]: each bit stands for a row of
 * sixteen octets, and is in `low` at the columns that belong to the class. From 0x80 on there is none.
 */
typedef struct {
    _Alignas(16) uint8_t low[16];
    _Alignas(16) uint8_t high[16];
} scan_nibbles;

enum {
    SCAN_NIBBLE_TCHAR =
        0x1f, /* tokens: rows 2, 3, 4, 5 and 7; row 6, all of it, as 3 and 4 together */
    SCAN_NIBBLE_CTL = 0xe0, /* controls but for HTAB: rows 0 and 1, and DEL in row 7 */
    SCAN_NIBBLE_CTL_MIN = 0x20
};

static const scan_nibbles scan_line_nibbles = {
    {0x7a, 0x7f, 0x7e, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7e, 0x5e, 0x7d, 0x65, 0x74, 0x65, 0x7d,
     0xec},
    {0x20, 0x40, 0x01, 0x02, 0x04, 0x08, 0x06, 0x90, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
     0x00},
};

/* What a URI has in its path and query as it is, "?" included, "%" not (RFC 3986 §3.3, §3.4): a bit a
 * row. */
static const scan_nibbles scan_uri_nibbles = {
    {0x2e, 0x3f, 0x3e, 0x3e, 0x3f, 0x3e, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x17, 0x15, 0x17, 0x35,
     0x1f},
    {0x00, 0x00, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
     0x00},
};

#endif
