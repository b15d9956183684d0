/* SPDX-License-Identifier: MIT */
/* scan.c - passes over octets of a class, one at a time. */
#include "scan.h"

const char *weir__scan_while(const char *p, const char *end, unsigned bits)
{
    while (p != end && weir__is((unsigned char)*p, bits))
        p++;
    return p;
}
