/* SPDX-License-Identifier: MIT */
/* weir/range.h - byte ranges against a representation of known size (RFC 9110 §14). */
#ifndef WEIR_RANGE_H
#define WEIR_RANGE_H

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Octets [first, last] of the representation: both are in it. */
typedef struct {
    uint64_t first, last;
} weir_range;

typedef enum {
    WEIR_RANGE_WHOLE, /* another unit, no byte range, or the last octets of none: ignore it */
    WEIR_RANGE_PARTS, /* at least one: answer 206 */
    WEIR_RANGE_UNSATISFIABLE, /* none lies in the representation: answer 416 */
} weir_range_kind;

/*
 * Reads a Range field for a representation of `size` octets.
 *
 *   ranges, max  what is found: apart from each other, in the order in which they were asked for.
 *                Those that overlap or touch are joined in the place of the first, so that no octet
 *                is sent twice (RFC 9110 §15.3.7.2); those beyond the representation are left out.
 *                Work is proportional to the members and to `max`: a few dozen are plenty.
 *   count        how many there are.
 *
 * One range is answered as such, several as multipart/byteranges (§14.6). More than `max` of them,
 * at any time while they are read, are a broken client or an attack (§14.2, §17.15):
 * WEIR_RANGE_WHOLE. However many digits a position has, it is never wrapped.
 */
weir_range_kind weir_range_parse(weir_str value, uint64_t size, weir_range *ranges, size_t max,
                                 size_t *count);

#ifdef __cplusplus
}
#endif

#endif
