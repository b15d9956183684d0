/* SPDX-License-Identifier: MIT */
/* blank.h - takes what is nobody's business out of the octets of a client: what stays has the same
 * length, and is read the same way. Pure: no I/O, no allocation. */
#ifndef WEIR_BLANK_H
#define WEIR_BLANK_H

#include "weir/base.h"

/*
 * One stream of requests being blanked. Zero-initialised it is at the beginning of a connection.
 * The fields are private.
 *
 * It reads line by line on its own, more coarsely than the engine does, so that octets can be kept
 * before the engine has seen them, in which case a crash does not lose them. Whatever it has
 * a doubt about, it blanks: an unusual framing, all that follows CONNECT, all that is not
 * HTTP/1.
 */
typedef struct {
    uint64_t left;   /* octets of payload, or of a chunk, still to come */
    uint64_t length; /* of this message, by Content-Length */
    uint8_t state;
    uint8_t value;  /* what to do with the value of the field at hand */
    uint8_t digits; /* of a number so far */
    uint8_t name_len;
    uint8_t line_len;                   /* octets of `line` */
    bool has_length, has_coding;        /* fields that this head had */
    bool is_value_begun, is_value_over; /* its first word */
    bool is_trailer;
    bool is_connect;
    bool is_doubtful; /* in a head: what comes behind it is blanked to the end */
    char name[64];    /* of the field at hand, in lower case; or its coding, or the method */
    char line[10];    /* the last octets of the request line */
} weir_blank;

/*
 * Blanks the next octets of the stream in place; however it is cut, the result is the same.
 *
 * - Payload: every octet is 'x'.
 * - Values of fields with "auth", "cookie", "token", "secret", "password", "credential", "api-key",
 *   "apikey", "session", "csrf", "xsrf", "jwt" or "signature" in their names, trailers too: every
 *   octet is 'x' but blanks and control octets, which an engine may refuse.
 * - Extensions of chunks: every letter and digit is 'x', every octet above 127 is 128.
 *
 * Request targets and all other fields are left as they are.
 */
void weir_blank_next(weir_blank *b, char *octets, size_t len);

#endif
