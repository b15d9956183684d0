/* SPDX-License-Identifier: MIT */
/* weir/media_type.h - media types and media ranges (RFC 9110 §8.3.1, §12.5.1). */
#ifndef WEIR_MEDIA_TYPE_H
#define WEIR_MEDIA_TYPE_H

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "text/html; charset=utf-8" taken apart. Spans point into the text; names compare without case. */
typedef struct {
    weir_str type, subtype; /* "text", "html"; either may be "*" in a media range */
    weir_str params; /* " ;charset=utf-8": for weir_param_next(), which finds no error in it */
} weir_media_type;

/*
 * Reads a whole media type, or a media range, as in Content-Type: no whitespace around it.
 *
 *   at  on an error, the offset in `text` of the octet at fault; the length where more had to come.
 *
 *   WEIR_OK              out is filled.
 *   WEIR_ERR_MEDIA_TYPE  "text", "text/", "text /html", "text/html;charset = utf-8",
 *                        "text/html charset=utf-8"; out is untouched.
 */
weir_error weir_media_type_parse(weir_str text, weir_media_type *out, size_t *at);

/* The value of the first parameter of that name, without case; it keeps its quotes (weir_unquote).
 * False: there is none, and value is untouched. */
bool weir_media_type_param(const weir_media_type *type, weir_str name, weir_str *value);

/*
 * How well `range` fits `type` (RFC 9110 §12.5.1): 0 not at all; the greater, the more specific:
 * "*" + "/" + "*" < "text/" + "*" < "text/html" < "text/html;level=1" < with two parameters. `type`
 * must have each parameter of the range, whatever else it has. Parameters named "q" are weights and
 * are passed over. Values compare with case, those of "charset" without (§8.3.2).
 */
unsigned weir_media_type_match(const weir_media_type *range, const weir_media_type *type);

#ifdef __cplusplus
}
#endif

#endif
