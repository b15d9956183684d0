/* SPDX-License-Identifier: MIT */
/* weir/cookie.h - the cookies of a request (RFC 6265 §4.2.1, §5.4). */
#ifndef WEIR_COOKIE_H
#define WEIR_COOKIE_H

#include "weir/head.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One cookie; spans point into the field's value. Names compare with case. */
typedef struct {
    weir_str name;  /* a token */
    weir_str value; /* may be empty; without the quotes around it, if there were any */
    bool is_quoted; /* there were: a client that was given quotes sends them back (§5.2, §5.4) */
} weir_cookie;

/*
 * Takes the next cookie off a Cookie field's value: `name "=" value *( "; " name "=" value )`, where
 * one space follows each semicolon. `cookies` moves behind it and its "; ".
 *
 *   at  on an error, the offset of the octet at fault from where `cookies` stood; its length where
 *       more had to come.
 *
 *   WEIR_OK          cookie is filled.
 *   WEIR_END         there is none left; cookie is untouched, as it is on errors.
 *   WEIR_ERR_COOKIE  a name that is no token, no "=", an octet that no value has (blank, comma,
 *                    quote, backslash, control, above 0x7F), a quote without its other, no single
 *                    space behind a semicolon, or nothing behind it: "a", "a=b c", "a=\"b", "a=b;c=d".
 *
 * After an error `cookies` stands behind the next semicolon and its blanks: who wants to may go on.
 */
weir_error weir_cookie_next(weir_str *cookies, weir_cookie *cookie, size_t *at);

/*
 * The first cookie of that name in a request's fields. A client sends one Cookie line (§5.4); where
 * there are several, they are read in turn. What is malformed is passed over. False: there is none,
 * and cookie is untouched. Of several of one name nobody knows which was meant for whom (§4.2.2).
 */
bool weir_cookie_find(const weir_field *fields, size_t count, weir_str name, weir_cookie *cookie);

#ifdef __cplusplus
}
#endif

#endif
