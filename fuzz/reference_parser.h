/* SPDX-License-Identifier: MIT */
/*
 * fuzz/reference_parser.h - HTTP/1.x once more, slow and simple, from the grammar of the RFCs. It shares
 * nothing with core/: a mistake would have to be made twice to stay unseen.
 */
#ifndef WEIR_FUZZ_REFERENCE_PARSER_H
#define WEIR_FUZZ_REFERENCE_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REF_FIELDS = 40 /* of a head, and of trailers */
};

/* Octets of the wire. */
typedef struct {
    size_t at, len;
} ref_span;

typedef struct {
    ref_span name, value;
} ref_field;

typedef struct {
    ref_field field[REF_FIELDS];
    size_t count;
} ref_section;

typedef enum {
    REF_COMPLETE,
    REF_MORE,    /* all there is could be the beginning of something that is accepted */
    REF_REFUSED, /* nothing that begins so is accepted */
} ref_verdict;

typedef enum {
    REF_NO_PAYLOAD,
    REF_LENGTH,
    REF_CHUNKED,
    REF_UNTIL_CLOSE,
    REF_TUNNEL,
} ref_payload;

/* What is read; a response is read as the answer to a method. */
typedef enum {
    REF_REQUEST,
    REF_RESPONSE_TO_GET,
    REF_RESPONSE_TO_HEAD,
    REF_RESPONSE_TO_CONNECT,
} ref_kind;

/* How far the reading got, and where it stopped. */
typedef enum {
    REF_IN_HEAD,
    REF_IN_FRAMING, /* the head is complete, and what it says of the payload is at fault */
    REF_IN_BODY,
    REF_AT_END,
} ref_part;

typedef struct {
    ref_verdict verdict; /* of `part` */
    ref_part part;
    int refusals
        [4]; /* statuses that answer what is wrong; several, where several things are; 0 ends */

    ref_span method, target, reason;
    unsigned minor, status;
    ref_section head, trailers;
    size_t head_end; /* where the payload begins */

    ref_payload payload;
    uint64_t length;
    bool persistent, expects_continue, upgrade;

    size_t end; /* where the message ends */
} ref_message;

/*
 * Reads one message from its first octet, with the default limits. is_payload[i], of `len` zeros, becomes
 * 1 where wire[i] is an octet of payload.
 */
void ref_read(ref_message *m, ref_kind kind, const uint8_t *wire, size_t len, uint8_t *is_payload);

#endif
