/* SPDX-License-Identifier: MIT */
/* weir/conn.h - the engine: one HTTP/1 connection, as a server or as a client (RFC 9112 §9).
 * Octets in, events out; facts in, octets out. It never reads a clock and never touches a socket.
 * README.md has the loop around it for a server, docs/embedding.md a client. */
#ifndef WEIR_CONN_H
#define WEIR_CONN_H

#include "weir/event.h"
#include "weir/exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    WEIR_SERVER,
    WEIR_CLIENT
} weir_role;

/* Copied by weir_conn_init, but for what `limits` points to, which outlives the connection. NULL in
 * their place: defaults. */
typedef struct {
    const weir_limits *limits; /* NULL: weir_limits_default */
    weir_isa isa;              /* AUTO: asked of the machine on first use; see weir_isa_best() */
} weir_conn_options;

/* What the connection is waiting for, so that the caller picks the deadline. */
enum {
    WEIR_WAITING_IDLE = 1,        /* the first octet of a message: keep-alive timeout */
    WEIR_WAITING_HEAD = 2,        /* the rest of a head */
    WEIR_WAITING_BODY = 4,        /* payload or trailers, or octets of a tunnel */
    WEIR_WAITING_APPLICATION = 8, /* a call: request, respond, send, finish */
};

/* One connection, at most 512 octets, no memory behind it but the fields that are lent. The
 * members are private. While it is in use it stays where it is. */
typedef struct {
    const weir_limits *limits;
    weir_exchange exchange; /* how far both messages are; core/exchange.h */
    /* conn.c: octets to events */
    weir_head head; /* being read: a head, then the trailers of its payload */
    weir_body body;
    uint64_t offset;       /* in the stream, of the first octet that is not used */
    uint64_t error_offset; /* in the stream, of the octet at fault */
    /* conn_out.c: facts to octets */
    uint64_t send_left; /* payload octets still owed of an announced length */
    uint8_t send_kind;  /* weir_framing_kind of the message being sent */
} weir_conn;

/*
 * Makes `c` ready for a fresh connection. WEIR_OK, or WEIR_ERR_CALL_OPTIONS (weir_limits_check).
 * Lend fields before the first weir_conn_next: without them the first field is one too many
 * (WEIR_ERR_FIELDS).
 */
weir_error weir_conn_init(weir_conn *c, weir_role role, const weir_conn_options *options);

/* Lends the array that heads and trailers are read into. It may be changed or taken back
 * (NULL, 0) while weir_conn_waiting says IDLE and no octet of a head has been seen. */
void weir_conn_fields(weir_conn *c, weir_field *fields, size_t count);

/*
 * Takes octets and tells at most one event.
 *
 *   in, len  the octets that have arrived and are not used, at any address; len may be 0.
 *   used     how many to drop before the next call; what is behind them is offered again with
 *            more. On an error 0: the offset is in the event.
 *   out      where a version puts what it owes by itself. HTTP/1 writes nothing here; may be NULL.
 *   ev       filled on WEIR_OK and on an error; otherwise its type is WEIR_EVENT_NONE.
 *
 *   WEIR_OK       one event. Its spans point into `in` and into the lent fields, and live until the
 *                 next weir_conn_next, or until the caller moves or overwrites those octets.
 *   WEIR_MORE     read more. A head never needs more than head_bytes_max octets at once.
 *   WEIR_BLOCKED  the application moves first (server: between a request's END and
 *                 weir_conn_finish; CONNECT and Upgrade: from the END on; client: before a
 *                 request). Octets stay unused: pipelined requests are answered one by one.
 *   WEIR_END      no message comes any more: finish what is being sent, flush, close.
 *   error         the peer's fault, or the reason given to weir_conn_stop. `ev` has type ERROR each
 *                 time. Answer by weir_conn_respond(c, ev->exchange, ...) and weir_conn_finish if
 *                 ev->failure.status is not 0, flush, close. It repeats for ever.
 *
 * Server: REQUEST, PAYLOAD*, END. After an early answer (weir_conn_finish before END) what is left of
 * the payload is swallowed without events up to unread_bytes_max; beyond it, or where 100-continue
 * was expected and not sent, the result is WEIR_END.
 * Client: INTERIM*, RESPONSE, PAYLOAD*, END; then BLOCKED until the next weir_conn_request.
 * After TUNNEL: PAYLOAD* with raw octets, END when the peer ends. Who wants raw octets instead takes
 * in + used and drops the engine.
 */
weir_error weir_conn_next(weir_conn *c, const char *in, size_t len, size_t *used, weir_buf *out,
                          weir_event *ev);

/*
 * The input ends after the octets that weir_conn_next has yet to be given: WEIR_END (clean),
 * WEIR_ERR_TRUNCATED (a transport that can tell says it was cut off) or WEIR_ERR_TIMEOUT. Offer what
 * is left to weir_conn_next; where it would say MORE it now says what the end means: WEIR_END between
 * messages, the event END for a payload until close, else the error. Only the first call counts.
 */
void weir_conn_stop(weir_conn *c, weir_error why);

/*
 * Client: sends a request's head. One at a time: the next one goes when the exchange is over both
 * ways. Content-Length, Transfer-Encoding and Connection: close are the engine's: see weir_request.
 * With has_payload, weir_conn_send follows; weir_conn_finish always ends it. Offer what is left behind
 * a response to weir_conn_next first: before a request it is WEIR_ERR_UNEXPECTED, behind one it would
 * be taken for its response (RFC 9112 §9.2).
 *
 *   exchange  its number, on WEIR_OK.
 *
 *   WEIR_OK, WEIR_SPACE (nothing written: flush and repeat), WEIR_BLOCKED (an exchange is under way),
 *   WEIR_END (this connection takes no more), WEIR_ERR_CALL_*: nothing written, nothing changed.
 */
weir_error weir_conn_request(weir_conn *c, weir_buf *out, const weir_request *req,
                             uint64_t *exchange);

/*
 * Server: sends a response's head: 1xx any number of times, then one final one. 101 needs a
 * request with Upgrade and has that field itself, and opens the tunnel (then `next` says TUNNEL);
 * 2xx to CONNECT likewise. Both wait for the request's END: until then the result is WEIR_BLOCKED. That
 * the protocol is one of those that were offered is the caller's to see (RFC 9110 §7.8).
 * Whether the payload is framed by length, chunks or the connection's end follows from
 * res->length and the peer's version. A payload to HEAD, 204, 304 is swallowed by weir_conn_send.
 * 1xx to an HTTP/1.0 request is not sent: WEIR_OK, nothing written (RFC 9110 §15.2).
 * "Connection: close" goes out whenever this exchange is the last, whatever the reason.
 * After a final response weir_conn_finish always follows, also without payload; after a 1xx never.
 *
 *   WEIR_OK; WEIR_SPACE (flush and repeat; with nothing in `out` to flush, the head is larger than
 *   all of it and never fits), WEIR_BLOCKED (see above), WEIR_ERR_CALL_EXCHANGE (`exchange` is not
 *   the one under way), WEIR_ERR_CALL_ORDER (a second final response; 1xx or a switch after an
 *   error) or another WEIR_ERR_CALL_*: nothing written, nothing changed.
 */
weir_error weir_conn_respond(weir_conn *c, uint64_t exchange, weir_buf *out,
                             const weir_response *res);

/*
 * Sends payload octets, framed as the head said.
 *
 *   taken  how many of `len` are dealt with; may be fewer when `out` is nearly full.
 *
 *   WEIR_OK           taken > 0, or len was 0. WEIR_SPACE: taken is 0: flush and repeat. A chunk
 *                     needs room for 6 octets, anything else for 1.
 *   WEIR_BLOCKED      taken is 0: the peer must move first (HTTP/2).
 *   WEIR_ERR_CALL_LENGTH  more than the length announced: none of it is taken.
 *   WEIR_ERR_CALL_ORDER   no head yet, or over. WEIR_ERR_CALL_EXCHANGE: as for weir_conn_respond.
 */
weir_error weir_conn_send(weir_conn *c, uint64_t exchange, weir_buf *out, const void *data,
                          size_t len, size_t *taken);

/*
 * Announces that `len` octets of payload follow behind `out`, which the caller puts there itself (by
 * writev or sendfile): `taken` says how many, always all or none. WEIR_END: none belong there (HEAD,
 * 304): taken is `len`, send nothing. Not for chunked payloads: WEIR_ERR_CALL_ORDER.
 */
weir_error weir_conn_splice(weir_conn *c, uint64_t exchange, weir_buf *out, uint64_t len,
                            uint64_t *taken);

/*
 * Ends the message being sent, with trailers where it is chunked. Where HTTP/1.0 or HEAD keeps a
 * response from being chunked they are dropped; with an announced length n is 0. In a tunnel: ends
 * the sending side, the caller then shuts down its half.
 *
 *   WEIR_OK, WEIR_SPACE (nothing written: flush and repeat), WEIR_ERR_CALL_LENGTH: less was sent
 *   than announced; nothing is changed: send the rest or, where there is none, weir_conn_reset.
 *   Other WEIR_ERR_CALL_*: as for weir_conn_send, and what trailers may not be.
 */
weir_error weir_conn_finish(weir_conn *c, uint64_t exchange, weir_buf *out,
                            const weir_field *trailers, size_t n);

/* `n` octets of payload are dealt with. HTTP/2 opens its window; HTTP/1 ignores it. */
void weir_conn_consume(weir_conn *c, uint64_t exchange, size_t n);

/* Gives an exchange up. In HTTP/1 it takes the connection along: `next` says END, `waiting` 0, and
 * the transport is to be closed without a clean end, so that the peer sees the cut. */
void weir_conn_reset(weir_conn *c, uint64_t exchange);

/* No new exchange after the one under way: its response says "Connection: close"; when idle, `next`
 * says END. Requests that have not been read yet are not answered. */
void weir_conn_drain(weir_conn *c);

/* Bits WEIR_WAITING_*. 0: nothing more is to come: flush, half-close, linger, close. */
unsigned weir_conn_waiting(const weir_conn *c);

/* True when the connection was given up by weir_conn_reset: close it without a clean end. */
bool weir_conn_is_reset(const weir_conn *c);

#ifdef __cplusplus
}
#endif

#endif
