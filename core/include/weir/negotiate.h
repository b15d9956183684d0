/* SPDX-License-Identifier: MIT */
/* weir/negotiate.h - which representation a client likes best (RFC 9110 §12.5). */
#ifndef WEIR_NEGOTIATE_H
#define WEIR_NEGOTIATE_H

#include "weir/head.h"
#include "weir/media_type.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_WEIGHT_MAX 1000u /* weights are in thousandths: that is "q=1", and 0 excludes */

/* One member of Accept, Accept-Charset, Accept-Encoding or Accept-Language. */
typedef struct {
    weir_str range;        /* without its parameters: "text/html", "utf-8", "gzip", "en-GB", "*" */
    weir_media_type media; /* of Accept; its parameters have the "q" among them */
    unsigned weight;       /* WEIR_WEIGHT_MAX where none is given */
} weir_preference;

/*
 * Takes the next member off the value of one of these four fields; `list` moves behind it.
 *
 *   at  on an error, the offset of the octet at fault from where `list` stood.
 *
 *   WEIR_OK              out is filled.
 *   WEIR_END             the list is used up; out is untouched, as it is on errors.
 *   WEIR_ERR_WEIGHT      "gzip;q=2", or two weights.
 *   WEIR_ERR_MEDIA_TYPE  in Accept: "text", or a subtype of any type, such as "*" + "/html".
 *   WEIR_ERR_LIST        in the others: "g@zip", "gzip;level=9", "e" + "-US" without letters, "en-"; in
 *                        all of them a quoted string that does not end; for any other field.
 *
 * After an error `list` stands behind the member at fault, or at the end where it has none: who
 * wants to may go on.
 */
weir_error weir_preference_next(weir_field_id id, weir_str *list, weir_preference *out, size_t *at);

/*
 * How much the client likes `offer`: 0 not acceptable, to WEIR_WEIGHT_MAX. `fields` are those of the
 * request, `id` says which field of them is asked: the lines of it are one list.
 *
 * Of the members that fit, the most specific one decides, and of equally specific ones the greatest
 * weight; what no member fits is not acceptable. Members outside the grammar count for nothing.
 * Without the field, or where it has no member, everything is liked alike.
 *
 *   Accept           a media type: weir_media_type_match() tells what is more specific.
 *   Accept-Charset   "*" is for those that are not named.
 *   Accept-Encoding  a coding, or "identity" for none: that is acceptable unless "identity" or "*"
 *                    excludes it, and where nothing names it liked least (1). An empty field accepts
 *                    it alone. "x-gzip" and "gzip" are one coding, as are "x-compress" and
 *                    "compress" (§8.4.1).
 *   Accept-Language  a language tag; a range fits it and what it is the beginning of ("en" fits
 *                    "en-GB"; RFC 4647 §3.3.1), the longest one best. Where none does, "en" is as
 *                    good as "en-GB" that was asked for (RFC 4647 §3.4); then comes "*".
 *
 * An `id` of another field is about nothing of the offer: WEIR_WEIGHT_MAX.
 */
unsigned weir_negotiate_weight(const weir_field *fields, size_t count, weir_field_id id,
                               weir_str offer);

/* The index of the offer liked best, of equals the first; offer_count: none is acceptable, so answer
 * 406, or send one all the same (§15.5.7). */
size_t weir_negotiate(const weir_field *fields, size_t count, weir_field_id id,
                      const weir_str *offers, size_t offer_count);

#ifdef __cplusplus
}
#endif

#endif
