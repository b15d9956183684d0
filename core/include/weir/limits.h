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
 * caller lends. Each limit has an error code of its own, but for unread_bytes_max: beyond it the
 * connection ends (WEIR_END).
 */
typedef struct {
    uint32_t head_bytes_max;      /* start line + fields + empty line */
    uint32_t method_bytes_max;    /* a longer method is answered 501 (RFC 9112 §3) */
    uint32_t target_bytes_max;    /* a longer target is answered 414; the RFC asks for 8000 */
    uint32_t line_bytes_max;      /* any line of a head or a trailer section, with its line end */
    uint32_t empty_lines_max;     /* line ends before a request line (RFC 9112 §2.2) */
    uint32_t chunk_ext_bytes_max; /* of all the chunk extensions of a message */
    uint32_t chunk_ext_line_bytes_max; /* of those of one chunk */
    uint32_t trailer_bytes_max;        /* a trailer section with its empty line; the lesser of
                                        * this and head_bytes_max counts */
    uint32_t trailers_max;             /* fields in a trailer section */
    uint64_t payload_bytes_max;        /* of one message, chunk framing not counted */
    uint64_t unread_bytes_max;         /* swallowed after an early answer to keep the connection */
    uint32_t allow;                    /* bits WEIR_ALLOW_*; 0: what the RFCs forbid is refused */
} weir_limits;

/*
 * Leniencies: what deployments meet and RFC 9112 lets a recipient put up with. None is on by default,
 * and each says which attack it opens: it is always that somebody else on the way takes the same octets
 * for something else. What is read without them is read alike with them, and each use is told with the
 * message (weir_request.allowed and the like).
 */
enum {
    /* A line of a head or of trailers ends by LF alone (RFC 9112 §2.2). Old scripts and hand-made
     * clients send that. Opens request smuggling past whoever reads on to the next CR LF. Not for the
     * lines of chunked framing: nobody sends these so who is not attacking. */
    WEIR_ALLOW_BARE_LF = 1 << 0,
    /* Responses alone: whitespace between a field's name and its colon (RFC 9112 §5.1). Embedded servers
     * send that. Opens response smuggling past whoever takes the blank for part of the name. */
    WEIR_ALLOW_SPACE_BEFORE_COLON = 1 << 1,
    /* Responses alone: "HTTP/1.1 200" without the space that stands before a reason, even an empty one
     * (RFC 9112 §4). Many send that. Opens nothing that is known. */
    WEIR_ALLOW_NO_REASON = 1 << 2,
    /* A query has octets that a URI has only percent-encoded, as browsers send them: quotes,
     * < > [ ] \ ^ ` { | }. Opens injection where the application puts a query on a page, or into a
     * log, believing it to be clean. */
    WEIR_ALLOW_RAW_QUERY = 1 << 3,

    /* The profile "tolerant". */
    WEIR_ALLOW_TOLERANT = WEIR_ALLOW_BARE_LF | WEIR_ALLOW_SPACE_BEFORE_COLON |
                          WEIR_ALLOW_NO_REASON | WEIR_ALLOW_RAW_QUERY
};

/* The bits of a profile by its name, "strict" or "tolerant". False: there is none of that name. */
bool weir_profile_find(weir_str name, uint32_t *allow);

/* "bare-lf", "space-before-colon", "no-reason", "raw-query" for a single bit; "" for anything else. */
const char *weir_allow_name(uint32_t bit);

#define WEIR_HEAD_BYTES_DEFAULT 32768
#define WEIR_FIELDS_DEFAULT 128 /* entries of a field array that suit the default limits */

/* Hard maxima: offsets in a head are 32 bits wide, lengths stay below 2^63. */
#define WEIR_HEAD_BYTES_HARD_MAX (1u << 24)
#define WEIR_LENGTH_HARD_MAX ((uint64_t)INT64_MAX)

/* 32 KiB head, 32 B method, 16 KiB target, 24 KiB line, 4 empty lines, 4 KiB extensions, 1 KiB of them
 * a chunk, 8 KiB trailers, 64 of them, payload without a practical bound (2^63-1), 64 KiB unread;
 * strict. */
extern const weir_limits weir_limits_default;

/* WEIR_OK, or WEIR_ERR_CALL_OPTIONS when a limit is above its hard maximum or the head has no
 * room for a request ("GET / HTTP/1.0" and two line ends). */
weir_error weir_limits_check(const weir_limits *limits);

#ifdef __cplusplus
}
#endif

#endif
