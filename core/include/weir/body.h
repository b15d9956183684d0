/* SPDX-License-Identifier: MIT */
/* weir/body.h - payload out of its framing: length, chunked, until close (RFC 9112 §6-7). */
#ifndef WEIR_BODY_H
#define WEIR_BODY_H

#include "weir/framing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One body being decoded. The fields are private; weir_body_init() first. */
typedef struct {
    weir_head *trailers;
    const weir_limits *limits;
    uint64_t left;           /* payload octets of this chunk, or of the whole, still to come */
    uint64_t payload;        /* payload octets handed out so far */
    uint32_t ext_bytes;      /* of chunk extensions so far */
    uint32_t ext_line_bytes; /* of this chunk's */
    uint8_t digits;          /* hexadecimal digits of a chunk size so far */
    uint8_t state, kind;
    uint8_t error; /* the first weir_error sticks */
} weir_body;

/*
 * Makes `b` ready for the payload that `f` announces. `trailers` has fields to read into (weir_head_init)
 * and is kept by pointer; its limits are the body's. It may be what the head was read with: trailers then
 * take the place of its fields. NULL where no trailers can come (not chunked): then weir_limits_default
 * holds.
 */
void weir_body_init(weir_body *b, const weir_framing *f, weir_head *trailers);

/*
 * Takes octets of a body and hands out at most one span of payload.
 *
 *   in, len  the octets at hand; len may be 0. However they are cut, the joined payload is the
 *            same.
 *   used     how many of them are dealt with; on an error, the offset of the octet at fault.
 *            For a CR without its LF that is the octet behind the CR. Chunk framing and payload
 *            are used at once; a trailer section only when it is whole: until then its octets are
 *            offered again, as a head's are.
 *   payload  points into `in` and lives as long as it; untouched but on WEIR_OK.
 *
 *   WEIR_OK    payload has at least one octet: call again with the rest.
 *   WEIR_MORE  call again when more has arrived, with what is behind `used` again.
 *   WEIR_END   the body is complete: in + used is the next message. Trailers, if any, are in
 *              the head given to init: b->trailers->fields[0, count), their spans point into `in`.
 *   WEIR_ERR_CHUNK_*, WEIR_ERR_LINE_END, WEIR_ERR_BARE_CR, WEIR_ERR_TRAILER_BYTES,
 *   WEIR_ERR_PAYLOAD_BYTES, and those of a field section. An error is final: every later call
 *   returns it again and uses nothing.
 *
 * A body until close ends by weir_body_stop() alone.
 */
weir_error weir_body_next(weir_body *b, const char *in, size_t len, size_t *used,
                          weir_str *payload);

/* The input has ended: WEIR_END where the body is complete by it, else WEIR_ERR_TRUNCATED. */
weir_error weir_body_stop(weir_body *b);

#ifdef __cplusplus
}
#endif

#endif
