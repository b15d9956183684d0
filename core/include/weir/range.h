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
    WEIR_RANGE_WHOLE,         /* another unit, or no byte range: ignore the field */
    WEIR_RANGE_PARTS,         /* at least one: answer 206 */
    WEIR_RANGE_UNSATISFIABLE, /* none lies in the representation: answer 416 */
} weir_range_kind;

/*
 * Reads a Range field for a representation of `size` octets. Ranges beyond it are left out; those
 * that overlap or touch the one before them are joined to it, so that no octet is asked for twice
 * in a row. More than `max` that remain are not worth it: WEIR_RANGE_WHOLE (RFC 9110 §14.2). However
 * many digits a position has, it is never wrapped.
 */
weir_range_kind weir_range_parse(weir_str value, uint64_t size, weir_range *ranges, size_t max,
                                 size_t *count);

#ifdef __cplusplus
}
#endif

#endif
