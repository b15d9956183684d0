/* SPDX-License-Identifier: MIT */
/* weir/date.h - HTTP dates without the C library's time functions (RFC 9110 §5.6.7). */
#ifndef WEIR_DATE_H
#define WEIR_DATE_H

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_DATE_BYTES 29 /* "Sun, 06 Nov 1994 08:49:37 GMT" */

/* Years 0001 to 9999 are what the format can hold, as seconds since 1970-01-01 00:00:00 UTC. */
#define WEIR_DATE_MIN (-62135596800)
#define WEIR_DATE_MAX 253402300799

/* Writes the preferred form, WEIR_DATE_BYTES octets, no NUL. Outside MIN..MAX it is clamped. */
void weir_date_write(int64_t seconds, char out[WEIR_DATE_BYTES]);

/*
 * Reads any of the three forms. `now`, seconds since 1970, decides the century of the form with
 * two-digit years: more than 50 years ahead is in the past. The weekday must be a weekday's name,
 * and need not be the right one. A leap second (":60") is the second after ":59".
 * WEIR_OK, or WEIR_ERR_DATE and `seconds` is untouched.
 */
weir_error weir_date_parse(weir_str text, int64_t now, int64_t *seconds);

#ifdef __cplusplus
}
#endif

#endif
