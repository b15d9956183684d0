/* SPDX-License-Identifier: MIT */
/* weir/name.h - methods, field names and statuses that weir knows, as numbers (RFC 9110). */
#ifndef WEIR_NAME_H
#define WEIR_NAME_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Methods (RFC 9110 §9, RFC 5789, RFC 4918). Any other token is a method too: WEIR_METHOD_OTHER. */
#define WEIR_METHODS(X) \
    X(GET)              \
    X(HEAD)             \
    X(POST)             \
    X(PUT)              \
    X(DELETE)           \
    X(CONNECT)          \
    X(OPTIONS)          \
    X(TRACE)            \
    X(PATCH)            \
    X(PROPFIND)         \
    X(PROPPATCH)        \
    X(MKCOL)            \
    X(COPY)             \
    X(MOVE)             \
    X(LOCK)             \
    X(UNLOCK)           \
    X(SEARCH)           \
    X(REPORT)

typedef enum {
    WEIR_METHOD_OTHER,
#define WEIR_METHOD_ID(name) WEIR_METHOD_##name,
    WEIR_METHODS(WEIR_METHOD_ID)
#undef WEIR_METHOD_ID
    WEIR_METHOD_COUNT
} weir_method;

/* Field names, in any order. core/gen/name_table.py makes core/name_table.c and .h of both lists: run it
 * after a change, without arguments. */
#define WEIR_FIELDS(X)                                            \
    X(ACCEPT, "Accept")                                           \
    X(ACCEPT_CHARSET, "Accept-Charset")                           \
    X(ACCEPT_ENCODING, "Accept-Encoding")                         \
    X(ACCEPT_LANGUAGE, "Accept-Language")                         \
    X(ACCEPT_RANGES, "Accept-Ranges")                             \
    X(ACCESS_CONTROL_ALLOW_ORIGIN, "Access-Control-Allow-Origin") \
    X(AGE, "Age")                                                 \
    X(ALLOW, "Allow")                                             \
    X(ALT_SVC, "Alt-Svc")                                         \
    X(AUTHORIZATION, "Authorization")                             \
    X(CACHE_CONTROL, "Cache-Control")                             \
    X(CONNECTION, "Connection")                                   \
    X(CONTENT_DISPOSITION, "Content-Disposition")                 \
    X(CONTENT_ENCODING, "Content-Encoding")                       \
    X(CONTENT_LANGUAGE, "Content-Language")                       \
    X(CONTENT_LENGTH, "Content-Length")                           \
    X(CONTENT_LOCATION, "Content-Location")                       \
    X(CONTENT_RANGE, "Content-Range")                             \
    X(CONTENT_SECURITY_POLICY, "Content-Security-Policy")         \
    X(CONTENT_TYPE, "Content-Type")                               \
    X(COOKIE, "Cookie")                                           \
    X(DATE, "Date")                                               \
    X(ETAG, "ETag")                                               \
    X(EXPECT, "Expect")                                           \
    X(EXPIRES, "Expires")                                         \
    X(FORWARDED, "Forwarded")                                     \
    X(FROM, "From")                                               \
    X(HOST, "Host")                                               \
    X(IF_MATCH, "If-Match")                                       \
    X(IF_MODIFIED_SINCE, "If-Modified-Since")                     \
    X(IF_NONE_MATCH, "If-None-Match")                             \
    X(IF_RANGE, "If-Range")                                       \
    X(IF_UNMODIFIED_SINCE, "If-Unmodified-Since")                 \
    X(KEEP_ALIVE, "Keep-Alive")                                   \
    X(LAST_MODIFIED, "Last-Modified")                             \
    X(LINK, "Link")                                               \
    X(LOCATION, "Location")                                       \
    X(MAX_FORWARDS, "Max-Forwards")                               \
    X(ORIGIN, "Origin")                                           \
    X(PRAGMA, "Pragma")                                           \
    X(PROXY_AUTHENTICATE, "Proxy-Authenticate")                   \
    X(PROXY_AUTHORIZATION, "Proxy-Authorization")                 \
    X(PROXY_CONNECTION, "Proxy-Connection")                       \
    X(RANGE, "Range")                                             \
    X(REFERER, "Referer")                                         \
    X(RETRY_AFTER, "Retry-After")                                 \
    X(SEC_WEBSOCKET_ACCEPT, "Sec-WebSocket-Accept")               \
    X(SEC_WEBSOCKET_KEY, "Sec-WebSocket-Key")                     \
    X(SEC_WEBSOCKET_PROTOCOL, "Sec-WebSocket-Protocol")           \
    X(SEC_WEBSOCKET_VERSION, "Sec-WebSocket-Version")             \
    X(SERVER, "Server")                                           \
    X(SET_COOKIE, "Set-Cookie")                                   \
    X(STRICT_TRANSPORT_SECURITY, "Strict-Transport-Security")     \
    X(TE, "TE")                                                   \
    X(TRAILER, "Trailer")                                         \
    X(TRANSFER_ENCODING, "Transfer-Encoding")                     \
    X(UPGRADE, "Upgrade")                                         \
    X(UPGRADE_INSECURE_REQUESTS, "Upgrade-Insecure-Requests")     \
    X(USER_AGENT, "User-Agent")                                   \
    X(VARY, "Vary")                                               \
    X(VIA, "Via")                                                 \
    X(WWW_AUTHENTICATE, "WWW-Authenticate")                       \
    X(X_FORWARDED_FOR, "X-Forwarded-For")                         \
    X(X_FORWARDED_PROTO, "X-Forwarded-Proto")                     \
    X(X_REQUESTED_WITH, "X-Requested-With")

typedef enum {
    WEIR_FIELD_OTHER,
#define WEIR_FIELD_ID(id, text) WEIR_FIELD_##id,
    WEIR_FIELDS(WEIR_FIELD_ID)
#undef WEIR_FIELD_ID
    WEIR_FIELD_COUNT
} weir_field_id;

/* Methods are compared with case (RFC 9110 §9.1): "get" is WEIR_METHOD_OTHER. */
weir_method weir_method_find(weir_str name);

/* "GET" for WEIR_METHOD_GET; an empty span for WEIR_METHOD_OTHER. Static. */
weir_str weir_method_name(weir_method method);

/* Field names are compared without case (RFC 9110 §5.1); WEIR_FIELD_OTHER when unknown. */
weir_field_id weir_field_find(weir_str name);

/* The usual spelling, "Content-Length"; an empty span for WEIR_FIELD_OTHER. Static. */
weir_str weir_field_name(weir_field_id id);

/* The reason phrase of RFC 9110 §15 (and RFC 6585), "Not Found"; empty when unknown. Static. */
weir_str weir_status_reason(unsigned status);

#ifdef __cplusplus
}
#endif

#endif
