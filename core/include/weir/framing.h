/* SPDX-License-Identifier: MIT */
/* weir/framing.h - how a message's payload ends and what becomes of the connection; every rule
 * against request smuggling lives behind these functions (RFC 9112 §6, §9, §11). */
#ifndef WEIR_FRAMING_H
#define WEIR_FRAMING_H

#include "weir/head.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    WEIR_FRAMING_NONE,    /* no payload */
    WEIR_FRAMING_LENGTH,  /* Content-Length says */
    WEIR_FRAMING_CHUNKED, /* chunked, trailers behind it */
    WEIR_FRAMING_CLOSE,   /* until the connection ends (responses) */
    WEIR_FRAMING_TUNNEL,  /* no HTTP any more: 2xx to CONNECT, 101 */
} weir_framing_kind;

/* ORDER framing_rules: the numbered rules of RFC 9112 §6.3 that can decide. */
typedef enum {
    WEIR_RULE_NONE,
    WEIR_RULE_BODILESS,  /* 1: HEAD, 1xx, 204, 304 */
    WEIR_RULE_CONNECT,   /* 2: 2xx to CONNECT; and 101, RFC 9110 §15.2.2 */
    WEIR_RULE_CODING,    /* 4: Transfer-Encoding ends in chunked */
    WEIR_RULE_LENGTH,    /* 6: a valid Content-Length */
    WEIR_RULE_REQUEST,   /* 7: a request with neither has none */
    WEIR_RULE_UNTIL_END, /* 8: a response with neither */
} weir_framing_rule;

typedef struct {
    weir_framing_kind kind;
    weir_framing_rule rule;
    uint64_t length;       /* LENGTH: octets of payload; otherwise 0 */
    bool persistent;       /* the connection outlives the message by what the message says */
    bool expects_continue; /* a request's "Expect: 100-continue", where a payload is to come */
    bool upgrade;          /* Upgrade is there and Connection names it, in HTTP/1.1 */
    uint32_t field;        /* on an error: index of the field at fault, or field_count */
    uint32_t at;           /* on an error: offset in the head of the octet or value at fault */
} weir_framing;

/*
 * What a request's head says of its payload and its connection; also checks Host, which RFC 9112
 * §3.2 makes a condition of every request. `out` is filled on WEIR_OK; on an error, `field` and
 * `at` alone are.
 *
 *   WEIR_OK, WEIR_ERR_HOST*, WEIR_ERR_CONTENT_LENGTH, WEIR_ERR_LENGTH_*,
 *   WEIR_ERR_TRANSFER_CODING, WEIR_ERR_CODING_*, WEIR_ERR_LENGTH_AND_CODING, WEIR_ERR_CONNECTION.
 *
 * An expectation other than 100-continue is ignored, as RFC 9110 §10.1.1 lets a server do.
 */
weir_error weir_request_framing(const weir_request *req, weir_framing *out);

/* The same for a response to a request with the method `asked`. */
weir_error weir_response_framing(const weir_response *res, weir_method asked, weir_framing *out);

/*
 * How a message to be sent is framed, from its `length`, `has_payload` and `close`.
 * WEIR_OK; WEIR_ERR_CALL_FRAMING: a framing field stands among its fields; WEIR_ERR_CALL_EXPECT,
 * WEIR_ERR_CALL_CONTENT: it has no content, or may have none; WEIR_ERR_CALL_LENGTH: too large;
 * WEIR_ERR_CALL_HOST (requests); WEIR_ERR_CALL_STATUS: not 100 to 599.
 * A response to HTTP/1.0 (`peer_minor` 0) is never chunked. `persistent` is what the message
 * will say; HEAD, 304 and the like have kind NONE, though the head may announce a length.
 */
weir_error weir_request_send_framing(const weir_request *req, weir_framing *out);
weir_error weir_response_send_framing(const weir_response *res, weir_method asked,
                                      uint8_t peer_minor, weir_framing *out);

/* The deciding rule in a sentence, such as "Content-Length says so (RFC 9112 §6.3, rule 6)". */
const char *weir_framing_rule_text(weir_framing_rule rule);

/* True for a field that must not be sent as a trailer: framing, routing, request modifiers,
 * authentication, content and control data (RFC 9110 §6.5.1). Received ones stay trailers. */
bool weir_is_trailer_forbidden(weir_field_id id);

#ifdef __cplusplus
}
#endif

#endif
