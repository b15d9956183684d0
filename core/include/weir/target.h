/* SPDX-License-Identifier: MIT */
/* weir/target.h - request targets, authorities and paths (RFC 9112 §3.2, RFC 3986). */
#ifndef WEIR_TARGET_H
#define WEIR_TARGET_H

#include "weir/error.h"
#include "weir/limits.h"
#include "weir/name.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    WEIR_TARGET_ORIGIN,    /* /path?query */
    WEIR_TARGET_ABSOLUTE,  /* http://host/path?query */
    WEIR_TARGET_AUTHORITY, /* host:port, CONNECT alone */
    WEIR_TARGET_ASTERISK,  /* *, OPTIONS alone */
} weir_target_form;

/* A target and its parts. Spans point into the target; what it does not have is empty. */
typedef struct {
    weir_str scheme;    /* "http", absolute form alone */
    weir_str authority; /* "host:port" */
    weir_str host;      /* "host", or "[::1]" with its brackets */
    weir_str port;      /* decimal digits */
    weir_str path;      /* as sent, not decoded; "" for authority and asterisk form */
    weir_str query;     /* behind the "?" */
    weir_target_form form;
    bool has_query; /* "/a?" has an empty one, "/a" has none */
} weir_target;

/*
 * Reads a request target as the method makes it be read (RFC 9112 §3.2).
 *
 *   at  on an error, the offset in `text` of the octet at fault.
 *
 *   WEIR_OK               out is filled.
 *   WEIR_ERR_TARGET       none of the four forms, or an octet that no URI has: "/a b", "/%zz".
 *   WEIR_ERR_TARGET_FORM  "GET *", "CONNECT /".
 *   WEIR_ERR_USERINFO     "http://user@host/" (RFC 9110 §4.2.4).
 */
weir_error weir_target_parse(weir_str text, weir_method method, weir_target *out, size_t *at);

/* The same with leniencies: of those in `allow` (limits.h), WEIR_ALLOW_RAW_QUERY matters here. Where
 * it was used, *allowed has its bit set. */
weir_error weir_target_parse_allowing(weir_str text, weir_method method, uint32_t allow,
                                      weir_target *out, uint32_t *allowed, size_t *at);

/*
 * Reads `host [":" port]`, what Host and CONNECT have (RFC 9110 §7.2, RFC 3986 §3.2.2-3).
 * WEIR_OK or WEIR_ERR_HOST with the offset of the octet at fault. An empty host is accepted
 * here; whether it may be empty is the caller's question.
 */
weir_error weir_authority_parse(weir_str text, weir_str *host, weir_str *port, size_t *at);

/*
 * Appends a path as a file system would walk it: percent-decoded exactly once, then "." and
 * ".." segments removed exactly once (RFC 3986 §5.2.4), and ".." never above the root.
 * The result begins with "/"; every octet but NUL and the encoded slash is an ordinary one.
 *
 *   WEIR_OK; WEIR_SPACE: `out` has no room for path.len octets, nothing is written.
 *   WEIR_ERR_PATH: not beginning with "/", "%zz", "%00" or "%2F"; `at` is its offset;
 *   nothing is written.
 */
weir_error weir_path_decode(weir_str path, weir_buf *out, size_t *at);

#ifdef __cplusplus
}
#endif

#endif
