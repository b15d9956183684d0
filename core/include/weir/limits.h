/* SPDX-License-Identifier: MIT */
/* weir/limits.h - every bound on what a peer may send, with its default and the reason for it. */
#ifndef WEIR_LIMITS_H
#define WEIR_LIMITS_H

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * None can be turned off: 0 means none allowed, and what is above the hard maximum is
 * refused by weir_limits_check(). The number of fields is bounded by the array that the
 * caller lends. Each limit has an error code of its own.
 */
typedef struct {
    uint32_t head_bytes_max;      /* start line + fields + empty line; also a trailer section's */
    uint32_t method_bytes_max;    /* a longer method is answered 501 (RFC 9112 §3) */
    uint32_t target_bytes_max;    /* a longer target is answered 414; the RFC asks for 8000 */
    uint32_t empty_lines_max;     /* CR LF before a request line (RFC 9112 §2.2) */
    uint32_t chunk_ext_bytes_max; /* of all the chunk extensions of a message */
    uint32_t trailer_bytes_max;   /* a trailer section with its empty line */
    uint64_t payload_bytes_max;   /* of one message, chunk framing not counted */
    uint64_t unread_bytes_max;    /* swallowed after an early answer to keep the connection */
} weir_limits;

#define WEIR_HEAD_BYTES_DEFAULT 32768
#define WEIR_FIELDS_DEFAULT 128 /* entries of a field array that suit the default limits */

/* Hard maxima: offsets in a head are 32 bits wide, lengths stay below 2^63. */
#define WEIR_HEAD_BYTES_HARD_MAX (1u << 24)
#define WEIR_LENGTH_HARD_MAX ((uint64_t)INT64_MAX)

/* 32 KiB head, 32 B method, 16 KiB target, 4 empty lines, 4 KiB extensions, 8 KiB trailers,
 * payload without a practical bound (2^63-1), 64 KiB unread. */
extern const weir_limits weir_limits_default;

/* WEIR_OK, or WEIR_ERR_CALL_OPTIONS when a limit is above its hard maximum or the head has no
 * room for a request ("GET / HTTP/1.0" and two line ends). */
weir_error weir_limits_check(const weir_limits *limits);

#ifdef __cplusplus
}
#endif

#endif
