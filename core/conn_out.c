/* SPDX-License-Identifier: MIT */
/* conn_out.c - facts to octets: drives build, and asks the message machine first. */
#include "exchange.h"
#include "internal.h"
#include "weir/build.h"
#include "weir/conn.h"

/* The head went out: how its payload goes. */
static void conn_out_begin(weir_conn *c, const weir_framing *f)
{
    c->send_kind = (uint8_t)f->kind;
    c->send_left = f->length;
    weir__exchange_out(&c->exchange, WEIR__HEAD);
}

/* ---- requests ---- */

/* True when nothing is under way and nothing speaks against another exchange. */
static bool conn_out_is_over(const weir_exchange *x)
{
    return x->error != WEIR_OK || x->in == WEIR__OVER || x->out == WEIR__OVER ||
           (!weir__exchange_has(x, WEIR__OPEN) &&
            (x->stop != WEIR_OK || weir__exchange_has(x, WEIR__DRAIN)));
}

weir_error weir_conn_request(weir_conn *c, weir_buf *out, const weir_request *req,
                             uint64_t *exchange)
{
    weir_exchange *x = &c->exchange;
    if (weir__exchange_has(x, WEIR__ANSWERS)) return WEIR_ERR_CALL_ORDER;
    if (conn_out_is_over(x)) return WEIR_END;
    if (weir__exchange_has(x, WEIR__OPEN)) return WEIR_BLOCKED;

    weir_framing f;
    weir_error err = weir_request_send_framing(req, &f);
    if (err == WEIR_OK) err = weir_request_write(req, &f, out);
    if (err != WEIR_OK) return err;
    weir__exchange_begin(x, f.persistent);
    weir_method named = weir_method_find(req->method);
    x->method = (uint8_t)(req->method_id != WEIR_METHOD_OTHER ? req->method_id : named);
    if (f.upgrade) weir__exchange_set(x, WEIR__UPGRADE);
    conn_out_begin(c, &f);
    *exchange = x->number;
    return WEIR_OK;
}

/* ---- responses ---- */

/* WEIR_OK where a response may go out now. */
static weir_error conn_out_may_respond(const weir_conn *c, uint64_t exchange)
{
    const weir_exchange *x = &c->exchange;
    if (!weir__exchange_has(x, WEIR__ANSWERS)) return WEIR_ERR_CALL_ORDER;
    if (!weir__exchange_has(x, WEIR__OPEN) || exchange != x->number) return WEIR_ERR_CALL_EXCHANGE;
    return weir__exchange_may((enum weir__way)x->out, WEIR__HEAD) ? WEIR_OK : WEIR_ERR_CALL_ORDER;
}

/* RFC 9110 §15.2: any number of them, and none to an HTTP/1.0 client or after an error. */
static weir_error conn_out_interim(weir_conn *c, weir_buf *out, const weir_response *res)
{
    weir_exchange *x = &c->exchange;
    if (x->error != WEIR_OK) return WEIR_ERR_CALL_ORDER;
    weir_framing f;
    weir_error err = weir_response_send_framing(res, (weir_method)x->method, x->peer_minor, &f);
    if (err != WEIR_OK || x->peer_minor == 0) return err;
    f.persistent = true; /* what becomes of the connection is for the final response to say */
    err = weir_response_write(res, &f, false, out);
    if (err == WEIR_OK && res->status == 100) weir__exchange_clear(x, WEIR__EXPECTS);
    return err;
}

/*
 * A switch waits for the whole request, and is answered to one that offered it alone. 101 says to
 * what: Upgrade is among its fields, and Connection names it (RFC 9110 §7.8).
 */
static weir_error conn_out_may_switch(const weir_exchange *x, uint16_t status, bool names_protocol)
{
    bool offered = weir__exchange_has(x, WEIR__UPGRADE);
    if (x->error != WEIR_OK) return WEIR_ERR_CALL_ORDER;
    if (status == 101 && !(offered && names_protocol)) return WEIR_ERR_CALL_STATUS;
    return x->in == WEIR__DONE ? WEIR_OK : WEIR_BLOCKED;
}

/*
 * True where the connection ends with this exchange, whatever the application says. So it does where
 * 100 was expected and not sent: nobody knows whether a payload follows (RFC 9110 §10.1.1).
 */
static bool conn_out_is_last(const weir_exchange *x)
{
    return !weir__exchange_has(x, WEIR__PERSIST) || x->error != WEIR_OK || x->in == WEIR__OVER ||
           weir__exchange_has(x, WEIR__DRAIN | WEIR__EXPECTS);
}

static weir_error conn_out_final(weir_conn *c, weir_buf *out, const weir_response *res)
{
    weir_exchange *x = &c->exchange;
    weir_response sent = *res;
    /* Behind a CONNECT that is refused come, as like as not, octets that were meant for the tunnel. */
    bool refused = x->method == WEIR_METHOD_CONNECT && res->status / 100 != 2;
    sent.close = res->close || refused || conn_out_is_last(x);
    weir_framing f;
    weir_error err = weir_response_send_framing(&sent, (weir_method)x->method, x->peer_minor, &f);
    bool tunnel = err == WEIR_OK && f.kind == WEIR_FRAMING_TUNNEL;
    if (tunnel) err = conn_out_may_switch(x, res->status, f.upgrade);
    if (err == WEIR_OK)
        err = weir_response_write(&sent, &f, x->peer_minor == 0 && f.persistent, out);
    if (err != WEIR_OK) return err;

    if (!f.persistent) weir__exchange_clear(x, WEIR__PERSIST);
    if (tunnel) weir__exchange_set(x, WEIR__SWITCHED);
    conn_out_begin(c, &f);
    if (tunnel) {
        weir__exchange_out(x, WEIR__END);
        weir__exchange_out(x, WEIR__SWITCH);
    }
    return WEIR_OK;
}

weir_error weir_conn_respond(weir_conn *c, uint64_t exchange, weir_buf *out,
                             const weir_response *res)
{
    weir_error err = conn_out_may_respond(c, exchange);
    if (err != WEIR_OK) return err;
    bool interim = res->status >= 100 && res->status < 200 && res->status != 101;
    return interim ? conn_out_interim(c, out, res) : conn_out_final(c, out, res);
}

/* ---- payloads ---- */

/* WEIR_OK where payload may go out now. */
static weir_error conn_out_may_send(const weir_conn *c, uint64_t exchange)
{
    const weir_exchange *x = &c->exchange;
    if (exchange != x->number || x->number == 0) return WEIR_ERR_CALL_EXCHANGE;
    return x->out == WEIR__BODY || x->out == WEIR__TUNNEL ? WEIR_OK : WEIR_ERR_CALL_ORDER;
}

/*
 * WEIR_OK where `len` octets fit what was announced. A response to HEAD and the like takes any
 * number and sends none; a request without a payload has nowhere to put them.
 */
static weir_error conn_out_may_take(const weir_conn *c, uint64_t len)
{
    bool answers = weir__exchange_has(&c->exchange, WEIR__ANSWERS);
    bool bounded =
        c->send_kind == WEIR_FRAMING_LENGTH || (c->send_kind == WEIR_FRAMING_NONE && !answers);
    return bounded && len > c->send_left ? WEIR_ERR_CALL_LENGTH : WEIR_OK;
}

static size_t conn_out_room(const weir_buf *out)
{
    return out->cap - out->len;
}

static void conn_out_append(weir_buf *out, const char *data, size_t len)
{
    memcpy(out->p + out->len, data, len);
    out->len += len;
}

/* Octets around a chunk of `n`: its size in hexadecimal and two line ends. */
static size_t conn_out_chunk_frame(size_t n)
{
    size_t digits = 1;
    for (; n >= 16; n /= 16)
        digits++;
    return digits + 4;
}

/* As large a chunk as fits; never an empty one, which would end the payload (RFC 9112 §7.1). */
static size_t conn_out_chunk(weir_buf *out, const char *data, size_t len)
{
    size_t room = conn_out_room(out), n = len < room ? len : room;
    while (n > 0 && n + conn_out_chunk_frame(n) > room) {
        size_t over = n + conn_out_chunk_frame(n) - room;
        n = n > over ? n - over : 0;
    }
    if (n == 0) return 0;
    weir_error err = weir_chunk_open_write(n, out);
    weir_assert(err == WEIR_OK);
    conn_out_append(out, data, n);
    err = weir_chunk_close_write(out);
    weir_assert(err == WEIR_OK);
    return n;
}

/* Puts what fits; returns how much of the payload that was. */
static size_t conn_out_put(weir_conn *c, weir_buf *out, const char *data, size_t len)
{
    switch ((weir_framing_kind)c->send_kind) {
    case WEIR_FRAMING_NONE: return len; /* HEAD and the like: announced, never sent */
    case WEIR_FRAMING_CHUNKED: return conn_out_chunk(out, data, len);
    case WEIR_FRAMING_LENGTH:
    case WEIR_FRAMING_CLOSE:
    case WEIR_FRAMING_TUNNEL: break;
    }
    size_t room = conn_out_room(out), n = len < room ? len : room;
    if (n > 0) conn_out_append(out, data, n);
    if (c->send_kind == WEIR_FRAMING_LENGTH) c->send_left -= n;
    return n;
}

weir_error weir_conn_send(weir_conn *c, uint64_t exchange, weir_buf *out, const void *data,
                          size_t len, size_t *taken)
{
    *taken = 0;
    weir_error err = conn_out_may_send(c, exchange);
    if (err == WEIR_OK) err = conn_out_may_take(c, len);
    if (err != WEIR_OK || len == 0) return err;
    *taken = conn_out_put(c, out, data, len);
    return *taken > 0 ? WEIR_OK : WEIR_SPACE;
}

weir_error weir_conn_splice(weir_conn *c, uint64_t exchange, weir_buf *out, uint64_t len,
                            uint64_t *taken)
{
    (void)out; /* HTTP/1 puts nothing before payload that is not chunked */
    *taken = 0;
    weir_error err = conn_out_may_send(c, exchange);
    if (err == WEIR_OK) err = conn_out_may_take(c, len);
    if (err != WEIR_OK) return err;
    if (c->send_kind == WEIR_FRAMING_CHUNKED) return WEIR_ERR_CALL_ORDER;
    if (c->send_kind == WEIR_FRAMING_LENGTH) c->send_left -= len;
    *taken = len;
    return c->send_kind == WEIR_FRAMING_NONE ? WEIR_END : WEIR_OK;
}

/*
 * What ends a payload: octets for a chunked one alone. Trailers of a response that HTTP/1.0 or HEAD
 * keeps from being chunked are dropped, as RFC 9110 §6.5.1 lets whoever sends them do: who answers
 * need not know which version was asked in.
 */
static weir_error conn_out_last(weir_conn *c, weir_buf *out, const weir_field *trailers, size_t n)
{
    if (c->send_kind == WEIR_FRAMING_CHUNKED) return weir_chunk_last_write(trailers, n, out);
    bool dropped =
        c->send_kind == WEIR_FRAMING_CLOSE ||
        (c->send_kind == WEIR_FRAMING_NONE && weir__exchange_has(&c->exchange, WEIR__ANSWERS));
    if (n > 0 && !dropped) return WEIR_ERR_CALL_TRAILER;
    bool owed = c->send_kind == WEIR_FRAMING_LENGTH && c->send_left > 0;
    return owed ? WEIR_ERR_CALL_LENGTH : WEIR_OK;
}

weir_error weir_conn_finish(weir_conn *c, uint64_t exchange, weir_buf *out,
                            const weir_field *trailers, size_t n)
{
    weir_error err = conn_out_may_send(c, exchange);
    if (err == WEIR_OK) err = conn_out_last(c, out, trailers, n);
    if (err == WEIR_OK) weir__exchange_out(&c->exchange, WEIR__END);
    return err;
}
