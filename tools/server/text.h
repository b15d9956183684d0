/* SPDX-License-Identifier: MIT */
/* text.h - small texts put together in a buffer. What does not fit is left out, and is told. */
#ifndef WEIR_TEXT_H
#define WEIR_TEXT_H

#include "weir/base.h"

/* Each appends all or nothing; false: no room. */
bool weir_text_span(weir_buf *out, weir_str s);
bool weir_text_put(weir_buf *out, const char *text);
bool weir_text_number(weir_buf *out, uint64_t n);
bool weir_text_hex(weir_buf *out, uint64_t n);

/* As the text of an HTML element or of an attribute in double quotes. */
bool weir_text_html(weir_buf *out, weir_str s);

/* As one segment of a path (RFC 3986 §3.3): all but unreserved octets percent-encoded. */
bool weir_text_segment(weir_buf *out, weir_str s);

/* As what it is, but for octets that no URI has as they are: these are percent-encoded. */
bool weir_text_uri(weir_buf *out, weir_str s);

/* What was appended so far. */
static inline weir_str weir_text_of(const weir_buf *b)
{
    return (weir_str){b->p, b->len};
}

#endif
