/* SPDX-License-Identifier: MIT */
/* scan.h - the first octet of a span that is not of a class. */
#ifndef WEIR__SCAN_H
#define WEIR__SCAN_H

#include "ascii.h"

/*
 * The first octet in [p, end) that belongs to none of the productions in `bits` (WEIR__TCHAR and
 * the like, of ascii.h), or `end`. Reads nothing at or behind `end`; p == end is an empty span.
 */
const char *weir__scan_while(const char *p, const char *end, unsigned bits);

#endif
