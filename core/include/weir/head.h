/* SPDX-License-Identifier: MIT */
/* weir/head.h - request and response heads, octets to facts, zero-copy (RFC 9112 §2-5). */
#ifndef WEIR_HEAD_H
#define WEIR_HEAD_H

#include "weir/isa.h"
#include "weir/limits.h"
#include "weir/name.h"
#include "weir/target.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_LENGTH_UNKNOWN UINT64_MAX

/* One field line. Received: spans into the head; `value` without the whitespace around it. */
typedef struct {
    weir_str name, value;
    uint32_t name_at, value_at; /* offsets in the head; ignored when sending */
    weir_field_id id;           /* WEIR_FIELD_OTHER: not one that name.h knows; ignored likewise */
} weir_field;

/* A request, received or to be sent. One to be sent says `.minor = 1`: with all else left at zero it is one
 * of HTTP/1.0, whose connection ends. */
typedef struct {
    weir_str method;       /* "GET"; to send, may stay empty where method_id says it */
    weir_method method_id; /* to send, WEIR_METHOD_OTHER takes the text of `method` */
    weir_str target;       /* as on the wire */
    weir_target parts;     /* received: what `target` says; ignored when sending */
    const weir_field *fields;
    size_t field_count;
    uint8_t minor;    /* HTTP/1.minor as received; to send, 1 or 0 */
    uint32_t allowed; /* received: which leniencies it took to read it, bits WEIR_ALLOW_* */
    uint32_t bytes;   /* received: octets of the head, empty lines before it included */
    uint64_t length;  /* to send: of the payload, or WEIR_LENGTH_UNKNOWN (chunked) */
    bool has_payload; /* to send: false writes no framing field at all; see `length` */
    bool close;       /* to send: this connection ends with this exchange */
} weir_request;

/* A response, received or to be sent. */
typedef struct {
    uint16_t status; /* to send, 100 to 599; received, up to 999: above 599 as a 5xx (§15) */
    weir_str reason; /* may be empty; to send, empty takes weir_status_reason() */
    const weir_field *fields;
    size_t field_count;
    uint8_t minor;    /* received: HTTP/1.minor; ignored when sending: always HTTP/1.1 */
    uint32_t allowed; /* received: as in weir_request */
    uint32_t bytes;   /* received: octets of the head */
    uint64_t length; /* to send: of the payload, or WEIR_LENGTH_UNKNOWN (chunked, or until close) */
    bool close;      /* to send: this connection ends with this exchange */
} weir_response;

/* The reading of one head or trailer section. The fields are private; weir_head_init() first. */
typedef struct {
    weir_field *fields; /* lent by the caller */
    const weir_limits *limits;
    uint32_t field_max;
    uint32_t count;       /* fields that are whole */
    uint32_t at;          /* octets that are read for good: the next call goes on behind them */
    uint32_t mark;        /* where the part being read began */
    uint32_t line_at;     /* where the line being read began */
    uint32_t allowed;     /* leniencies that were used so far */
    uint32_t empty_lines; /* before the start line */
    uint32_t method_at, method_len, target_at, target_len, reason_at, reason_len;
    uint32_t path_len; /* of a target in origin form, else 0 */
    uint32_t error_at;
    uint32_t quick_end; /* while the octets before it belong to the class `quick`, MORE is all */
    uint16_t quick;
    uint16_t status;
    uint8_t kind, state, minor, method_id;
    bool plain;    /* the rest of this head is left to the octet machine */
    uint8_t error; /* the first weir_error sticks */
    uint8_t isa;   /* weir_isa */
} weir_head;

/*
 * Makes `h` ready for a head. `fields` has room for `count` and stays lent until the head is
 * dealt with. `limits` is kept by pointer; NULL: weir_limits_default.
 */
void weir_head_init(weir_head *h, weir_field *fields, size_t count, const weir_limits *limits);

/* Makes `h` ready for the next head. What weir_head_init() was given stays, and so does the
 * instruction set, which is chosen by the first call that reads: see weir_isa_best(). */
void weir_head_reset(weir_head *h);

/* Fixes the instruction set from here on; AUTO: chosen again. One that does not run here
 * (weir_isa_runs) is the caller's mistake and ends the program when it is used. */
void weir_head_use(weir_head *h, weir_isa isa);

/*
 * Reads a request head. `in` begins where the head begins and holds all of it that has arrived:
 * after WEIR_MORE the same octets are offered again, at any address, with more behind them; what
 * was read is not read again. After WEIR_OK or an error, weir_head_reset() makes `h` ready again.
 *
 *   used  WEIR_OK: octets of the head: the payload begins at in + used. WEIR_MORE: 0.
 *         On an error, the offset of the octet at fault.
 *   req   filled on WEIR_OK alone; its spans point into `in`, its fields are the array lent.
 *
 *   WEIR_OK, WEIR_MORE, and of error.h WEIR_ERR_START_LINE to WEIR_ERR_FOLD and the limits on
 *   heads. What the fields mean is for framing.h to say. An error is final.
 */
weir_error weir_request_parse(weir_head *h, const char *in, size_t len, weir_request *req,
                              size_t *used);

/*
 * After WEIR_MORE or an error: who asks, and for what, for whoever has to answer all the same. A request by
 * HEAD gets no content whatever is wrong behind the method (RFC 9110 §9.3.2). `minor` is 0 while the start
 * line is not complete, or where it is not good. False: the method is not complete, and nothing is known.
 */
bool weir_request_start(const weir_head *h, weir_method *method, uint8_t *minor);

/* The same for a response head. No empty lines are allowed before it. */
weir_error weir_response_parse(weir_head *h, const char *in, size_t len, weir_response *res,
                               size_t *used);

/*
 * The same for a field section alone, as trailers are (RFC 9112 §7.1.2): field lines and the
 * empty line. On WEIR_OK h->fields[0, *count) are filled.
 */
weir_error weir_fields_parse(weir_head *h, const char *in, size_t len, size_t *count, size_t *used);

/* The first field with that id, or NULL. `id` is not WEIR_FIELD_OTHER. */
const weir_field *weir_fields_find(const weir_field *fields, size_t count, weir_field_id id);

/* The first field with that name, in any case of its letters, or NULL. For the next one of either kind ask
 * again for those behind it. */
const weir_field *weir_fields_find_name(const weir_field *fields, size_t count, weir_str name);

#ifdef __cplusplus
}
#endif

#endif
