/* SPDX-License-Identifier: MIT */
/* weir/value.h - taking field values apart: lists, tokens, parameters (RFC 9110 §5.6). */
#ifndef WEIR_VALUE_H
#define WEIR_VALUE_H

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* True for one or more token characters (RFC 9110 §5.6.2), such as "gzip". */
bool weir_is_token(weir_str s);

/* True for a whole quoted-string with its quotes (RFC 9110 §5.6.4), such as "\"a b\"". */
bool weir_is_quoted(weir_str s);

/* `s` without the spaces and tabs around it. */
weir_str weir_trim(weir_str s);

/*
 * Takes the next member off a comma-separated list (RFC 9110 §5.6.1); commas inside quoted
 * strings do not part members, empty members are passed over. `list` moves behind it, `member`
 * comes without the whitespace around it.
 *
 *   WEIR_OK        member has at least one byte.
 *   WEIR_END       the list is used up; member is untouched.
 *   WEIR_ERR_LIST  a quoted string does not end, such as "\"a"; list stands where it began.
 */
weir_error weir_list_next(weir_str *list, weir_str *member);

/*
 * Takes the next parameter off what follows a member's first token (RFC 9110 §5.6.6):
 * `*( OWS ";" OWS [ name "=" value ] )`. `value` keeps its quotes; see weir_unquote().
 *
 *   WEIR_OK, WEIR_END as above; WEIR_ERR_LIST when it is not a parameter, such as ";a = b".
 */
weir_error weir_param_next(weir_str *params, weir_str *name, weir_str *value);

/*
 * Reads a weight (RFC 9110 §12.4.2), what stands behind "q=", in thousandths: 250 for "0.25".
 * WEIR_OK; WEIR_ERR_WEIGHT for what is none, such as "1.5", "0.1234" or ".5": `weight` is untouched
 * and `at` is the offset of the octet at fault.
 */
weir_error weir_weight_parse(weir_str text, unsigned *weight, size_t *at);

/*
 * Appends the meaning of a token or quoted string to `out` (RFC 9110 §5.6.4).
 * WEIR_OK; WEIR_SPACE when it does not fit; WEIR_ERR_LIST when it is neither. Writes all or none.
 */
weir_error weir_unquote(weir_str value, weir_buf *out);

/*
 * True when two words, each a token or a quoted string, mean the same, such as "utf-8" and
 * "\"utf-8\"" (RFC 9110 §5.6.6). What is neither equals nothing.
 */
bool weir_word_equal(weir_str a, weir_str b);
bool weir_word_equal_nocase(weir_str a, weir_str b);

/* True when the list has `token` as a member, without case: "keep-alive" in "TE, Keep-Alive". */
bool weir_list_has(weir_str list, weir_str token);

#ifdef __cplusplus
}
#endif

#endif
