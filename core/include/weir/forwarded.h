/* SPDX-License-Identifier: MIT */
/* weir/forwarded.h - what proxies on the way say of a request (RFC 7239). */
#ifndef WEIR_FORWARDED_H
#define WEIR_FORWARDED_H

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What one proxy says. Each is a token or a quoted string with its quotes (see weir_unquote), or
 * empty where it is not said: only a quoted string without anything in it is said and empty.
 */
typedef struct {
    weir_str by;       /* where the proxy took the request: weir_forwarded_node_parse() */
    weir_str for_node; /* "for", whom from: likewise */
    weir_str host;     /* the Host that came */
    weir_str proto;    /* the scheme that it came by, such as "https" */
    weir_str pairs;    /* all of the element, for weir_forwarded_pair_next() */
} weir_forwarded;

/*
 * Takes the next element off a Forwarded field's value (RFC 7239 §4): the first one is that of the
 * proxy nearest to the client, and nothing before that of a proxy of one's own can be believed (§8.1).
 * `list` moves behind it. Lines of the field are one list: read them in turn.
 *
 *   at  on an error, the offset of the octet at fault from where `list` stood.
 *
 *   WEIR_OK             out is filled.
 *   WEIR_END            the list is used up; out is untouched, as it is on errors.
 *   WEIR_ERR_FORWARDED  "for", "for =a", "for=a; by=b", "for=[::1]" without quotes, a quoted string
 *                       that does not end, one of the four names twice.
 *
 * After an error `list` stands behind the element at fault, or at the end where it has none. What
 * comes behind must not be taken for the whole: an element at fault is still a proxy on the way.
 */
weir_error weir_forwarded_next(weir_str *list, weir_forwarded *out, size_t *at);

/* Takes the next pair off an element's `pairs`, extensions included. WEIR_OK or WEIR_END; pairs of
 * another origin may be malformed: WEIR_ERR_FORWARDED, and `pairs` stands where it stood. */
weir_error weir_forwarded_pair_next(weir_str *pairs, weir_str *name, weir_str *value);

typedef enum {
    WEIR_NODE_IPV4,    /* "192.0.2.1" */
    WEIR_NODE_IPV6,    /* "2001:db8::1": name is without its brackets */
    WEIR_NODE_UNKNOWN, /* "unknown" */
    WEIR_NODE_HIDDEN,  /* "_secret": a name that the proxy made up */
} weir_node_kind;

typedef struct {
    weir_node_kind kind;
    weir_str name;
    weir_str port; /* digits, or "_" and a name that was made up; empty: none */
} weir_node;

/*
 * Reads "for" or "by", with its quotes or without (RFC 7239 §6). A port has one to five digits; an
 * escape inside the quotes, which no node needs, is refused.
 * WEIR_OK, or WEIR_ERR_FORWARDED with the offset of the octet at fault; out is untouched.
 */
weir_error weir_forwarded_node_parse(weir_str text, weir_node *out, size_t *at);

#ifdef __cplusplus
}
#endif

#endif
