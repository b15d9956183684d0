/* SPDX-License-Identifier: MIT */
/* weir/error.h - every result a weir function can give, and what to tell a person about it. */
#ifndef WEIR_ERROR_H
#define WEIR_ERROR_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Who has to change something. */
typedef enum {
    WEIR_FAULT_NONE,   /* no error */
    WEIR_FAULT_PEER,   /* the message breaks a rule */
    WEIR_FAULT_LIMIT,  /* the message keeps the rules and is more than the limits allow */
    WEIR_FAULT_CALLER, /* the program called with what cannot be sent, or at the wrong time */
} weir_fault;

/*
 * One row a rule: code, whose fault, the status that a server answers (502 for what a client
 * or gateway meets in a response; 0: nothing to answer), RFC section, sentence.
 * ORDER weir_error: the first five are no errors.
 */
#define WEIR_ERRORS(X)                                                                             \
    X(OK, NONE, 0, "", "go on")                                                                    \
    X(MORE, NONE, 0, "", "more input is needed")                                                   \
    X(SPACE, NONE, 0, "", "the output buffer is full: flush it and repeat the call")               \
    X(BLOCKED, NONE, 0, "", "the other side has to move first")                                    \
    X(END, NONE, 0, "", "complete")                                                                \
    X(ERR_START_LINE, PEER, 400, "RFC 9112 §3",                                                    \
      "a request line has a method, one space, a target, one space and a version, and this one "   \
      "has not, such as \"GET /\"")                                                                \
    X(ERR_METHOD, PEER, 400, "RFC 9110 §9.1",                                                      \
      "a method is a token, and this octet is in none, such as \"G@T\"")                           \
    X(ERR_TARGET, PEER, 400, "RFC 9112 §3.2",                                                      \
      "the request target is none of the four forms, or has an octet that no URI has or a broken " \
      "percent-encoding, such as \"/a#b\" or \"/%zz\"")                                            \
    X(ERR_TARGET_FORM, PEER, 400, "RFC 9112 §3.2",                                                 \
      "the form of the target does not go with the method, such as \"GET *\"")                     \
    X(ERR_USERINFO, PEER, 400, "RFC 9110 §4.2.4",                                                  \
      "the target's authority has a user name, such as \"http://user@host/\"")                     \
    X(ERR_VERSION, PEER, 400, "RFC 9112 §2.3",                                                     \
      "the version is not \"HTTP/\", a digit, a dot and a digit, such as \"http/1.1\"")            \
    X(ERR_VERSION_UNSUPPORTED, PEER, 505, "RFC 9110 §15.6.6",                                      \
      "the major version is not 1, such as \"HTTP/2.0\"")                                          \
    X(ERR_STATUS_LINE, PEER, 502, "RFC 9112 §4",                                                   \
      "a status line has a version, one space, three digits, one space and a reason, and this "    \
      "one has not, such as \"HTTP/1.1 200\"")                                                     \
    X(ERR_STATUS, PEER, 502, "RFC 9110 §15",                                                       \
      "a status is three digits from 100 on, and this one is not, such as \"099\"")                \
    X(ERR_REASON, PEER, 502, "RFC 9112 §4", "the reason phrase has a control octet, such as NUL")  \
    X(ERR_LINE_END, PEER, 400, "RFC 9112 §2.2", "a line ends with LF alone instead of CR LF")      \
    X(ERR_BARE_CR, PEER, 400, "RFC 9112 §2.2", "a CR is not followed by LF")                       \
    X(ERR_LEADING_SPACE, PEER, 400, "RFC 9112 §2.2",                                               \
      "there is whitespace between the start line and the first field line")                       \
    X(ERR_FIELD_LINE, PEER, 400, "RFC 9112 §5", "a field line has no colon, such as \"Host\"")     \
    X(ERR_FIELD_NAME, PEER, 400, "RFC 9110 §5.1",                                                  \
      "a field name is empty or not a token, such as \"a/b: c\"")                                  \
    X(ERR_NAME_SPACE, PEER, 400, "RFC 9112 §5.1",                                                  \
      "there is whitespace between a field name and its colon, such as \"Host : h\"")              \
    X(ERR_FIELD_VALUE, PEER, 400, "RFC 9110 §5.5",                                                 \
      "a field value has a control octet, such as NUL")                                            \
    X(ERR_FOLD, PEER, 400, "RFC 9112 §5.2", "a field line continues the one before it")            \
    X(ERR_HOST_MISSING, PEER, 400, "RFC 9112 §3.2", "an HTTP/1.1 request has no Host field")       \
    X(ERR_HOST_REPEATED, PEER, 400, "RFC 9112 §3.2", "a request has more than one Host field")     \
    X(ERR_HOST, PEER, 400, "RFC 9112 §3.2",                                                        \
      "the Host field is not a host with an optional port, such as \"a b\"")                       \
    X(ERR_CONTENT_LENGTH, PEER, 400, "RFC 9112 §6.3",                                              \
      "a Content-Length is not one decimal number, such as \"+5\", or two of them differ")         \
    X(ERR_LENGTH_REPEATED, PEER, 400, "RFC 9112 §6.3",                                             \
      "the same Content-Length is given several times, such as \"5, 5\"")                          \
    X(ERR_LENGTH_RANGE, PEER, 413, "RFC 9110 §8.6", "a Content-Length is above 2^63-1")            \
    X(ERR_TRANSFER_CODING, PEER, 400, "RFC 9112 §6.3",                                             \
      "chunked is not the last transfer coding, comes twice, or has parameters")                   \
    X(ERR_CODING_UNKNOWN, PEER, 501, "RFC 9112 §6.1",                                              \
      "a transfer coding other than chunked is used, such as \"gzip, chunked\"")                   \
    X(ERR_LENGTH_AND_CODING, PEER, 400, "RFC 9112 §6.1",                                           \
      "Content-Length and Transfer-Encoding stand in one message")                                 \
    X(ERR_CODING_IN_10, PEER, 400, "RFC 9112 §6.1", "an HTTP/1.0 message has Transfer-Encoding")   \
    X(ERR_CONNECTION, PEER, 400, "RFC 9110 §7.6.1",                                                \
      "Connection names a framing field, such as \"Content-Length\"")                              \
    X(ERR_CHUNK_SIZE, PEER, 400, "RFC 9112 §7.1",                                                  \
      "a chunk size is not hexadecimal digits, such as \"0x5\"")                                   \
    X(ERR_CHUNK_RANGE, PEER, 413, "RFC 9112 §7.1", "a chunk size is above 2^63-1")                 \
    X(ERR_CHUNK_EXT, PEER, 400, "RFC 9112 §7.1.1",                                                 \
      "a chunk extension is outside the grammar, such as \"5;=a\"")                                \
    X(ERR_CHUNK_DATA, PEER, 400, "RFC 9112 §7.1", "chunk data is not followed by CR LF")           \
    X(ERR_UNEXPECTED, PEER, 502, "RFC 9112 §9.2", "a response came that nothing asked for")        \
    X(ERR_SWITCH, PEER, 502, "RFC 9110 §15.2.2",                                                   \
      "101 answers a request that had no Upgrade, or has none itself")                             \
    X(ERR_TRUNCATED, PEER, 400, "RFC 9112 §8", "the connection ended inside a message")            \
    X(ERR_TIMEOUT, PEER, 408, "RFC 9110 §15.5.9", "the message did not arrive in time")            \
    X(ERR_HEAD_BYTES, LIMIT, 431, "RFC 6585 §5", "the head is larger than head_bytes_max")         \
    X(ERR_METHOD_BYTES, LIMIT, 501, "RFC 9112 §3", "the method is longer than method_bytes_max")   \
    X(ERR_TARGET_BYTES, LIMIT, 414, "RFC 9110 §15.5.15",                                           \
      "the request target is longer than target_bytes_max")                                        \
    X(ERR_LINE_BYTES, LIMIT, 431, "RFC 6585 §5",                                                   \
      "a line of the head or of the trailers is longer than line_bytes_max")                       \
    X(ERR_FIELDS, LIMIT, 431, "RFC 6585 §5", "there are more fields than the array has room for")  \
    X(ERR_EMPTY_LINES, LIMIT, 400, "RFC 9112 §2.2",                                                \
      "there are more empty lines before a request than empty_lines_max")                          \
    X(ERR_CHUNK_EXT_BYTES, LIMIT, 413, "RFC 9112 §7.1.1",                                          \
      "chunk extensions are longer than chunk_ext_bytes_max")                                      \
    X(ERR_CHUNK_EXT_LINE_BYTES, LIMIT, 413, "RFC 9112 §7.1.1",                                     \
      "the extensions of one chunk are longer than chunk_ext_line_bytes_max")                      \
    X(ERR_TRAILERS, LIMIT, 431, "RFC 9112 §7.1.2",                                                 \
      "there are more trailer fields than trailers_max")                                           \
    X(ERR_TRAILER_BYTES, LIMIT, 431, "RFC 9112 §7.1.2",                                            \
      "trailers are longer than trailer_bytes_max")                                                \
    X(ERR_PAYLOAD_BYTES, LIMIT, 413, "RFC 9110 §15.5.14",                                          \
      "the payload is larger than payload_bytes_max")                                              \
    X(ERR_LIST, PEER, 400, "RFC 9110 §5.6.1", "a list or its members are outside the grammar")     \
    X(ERR_DATE, PEER, 400, "RFC 9110 §5.6.7", "a date is in none of the three forms")              \
    X(ERR_WEIGHT, PEER, 400, "RFC 9110 §12.4.2",                                                   \
      "a weight is not 0 to 1 with at most three decimals, or is given twice, such as \"q=1.5\"")  \
    X(ERR_MEDIA_TYPE, PEER, 400, "RFC 9110 §8.3.1",                                                \
      "a media type is not type, slash, subtype and parameters, such as \"text\" or "              \
      "\"text/html; a b\"")                                                                        \
    X(ERR_COOKIE, PEER, 400, "RFC 6265 §4.2.1",                                                    \
      "cookies are not name, \"=\" and value with \"; \" between them, or one has an octet that "  \
      "none may have, such as \"a=b c\"")                                                          \
    X(ERR_FORWARDED, PEER, 400, "RFC 7239 §4",                                                     \
      "a Forwarded element is not pairs of name, \"=\" and value with \";\" between them, or has " \
      "one of them twice, such as \"for = a\"")                                                    \
    X(ERR_PATH, PEER, 400, "RFC 3986 §2.1",                                                        \
      "a path has a broken percent-encoding, or an encoded NUL or slash, such as \"/a%2Fb\"")      \
    X(ERR_CALL_ORDER, CALLER, 0, "", "this call is not possible now, such as responding twice")    \
    X(ERR_CALL_EXCHANGE, CALLER, 0, "", "no such exchange is under way")                           \
    X(ERR_CALL_OPTIONS, CALLER, 0, "", "the options are outside what limits.h allows")             \
    X(ERR_CALL_METHOD, CALLER, 0, "RFC 9110 §9.1", "the method to send is not a token")            \
    X(ERR_CALL_TARGET, CALLER, 0, "RFC 9112 §3.2",                                                 \
      "the target to send is none of the four forms, or not one that goes with the method")        \
    X(ERR_CALL_HOST, CALLER, 0, "RFC 9112 §3.2", "the request to send has no single valid Host")   \
    X(ERR_CALL_STATUS, CALLER, 0, "RFC 9110 §15", "the status to send is not one that fits here")  \
    X(ERR_CALL_REASON, CALLER, 0, "RFC 9112 §4", "the reason to send has a forbidden octet")       \
    X(ERR_CALL_FIELD_NAME, CALLER, 0, "RFC 9110 §5.1", "a field name to send is not a token")      \
    X(ERR_CALL_FIELD_VALUE, CALLER, 0, "RFC 9110 §5.5",                                            \
      "a field value to send has a forbidden octet, or whitespace at an end")                      \
    X(ERR_CALL_FRAMING, CALLER, 0, "RFC 9112 §6",                                                  \
      "a framing field is among the fields to send: use `length` and `close`")                     \
    X(ERR_CALL_EXPECT, CALLER, 0, "RFC 9110 §10.1.1",                                              \
      "100-continue is expected by a request to send that has no content")                         \
    X(ERR_CALL_CONTENT, CALLER, 0, "RFC 9110 §9.3.8, §15.3.6",                                     \
      "a TRACE request or a 205 response to send has content")                                     \
    X(ERR_CALL_TRAILER, CALLER, 0, "RFC 9110 §6.5.1",                                              \
      "a trailer to send may not be one, or the message is not chunked")                           \
    X(ERR_CALL_LENGTH, CALLER, 0, "RFC 9110 §8.6",                                                 \
      "the payload sent is longer or shorter than the announced length")

typedef enum {
#define WEIR_ERROR_CODE(code, fault, status, rfc, sentence) WEIR_##code,
    WEIR_ERRORS(WEIR_ERROR_CODE)
#undef WEIR_ERROR_CODE
    WEIR_ERROR_COUNT
} weir_error;

typedef struct {
    const char *name;     /* "ERR_CHUNK_SIZE"; NUL-terminated, like the others */
    const char *sentence; /* what is wrong, for a person */
    const char *rfc;      /* "RFC 9112 §7.1"; empty where no RFC speaks */
    uint16_t status;      /* to answer or, in a response received, to report; 0: none */
    weir_fault fault;
} weir_error_facts;

/* The facts of a result. Static; never NULL (an unknown number gets those of ERR_CALL_ORDER). */
const weir_error_facts *weir_error_info(weir_error error);

/* True for everything but the five results OK, MORE, SPACE, BLOCKED and END. */
static inline bool weir_is_error(weir_error error)
{
    return error > WEIR_END;
}

#ifdef __cplusplus
}
#endif

#endif
