/* SPDX-License-Identifier: MIT */
/* conn.c - octets to events: drives head, framing and body, and asks the message machine first. */
#include "weir/conn.h"

#include "exchange.h"
#include "internal.h"

_Static_assert(sizeof(weir_conn) <= 512, "an idle connection needs its struct alone");

static bool conn_is_server(const weir_conn *c)
{
    return weir__exchange_has(&c->exchange, WEIR__ANSWERS);
}

/* Makes the lent fields ready for a head, or for trailers. */
static void conn_head_init(weir_conn *c)
{
    weir_head_reset(&c->head);
}

weir_error weir_conn_init(weir_conn *c, weir_role role, const weir_conn_options *options)
{
    const weir_limits *limits = &weir_limits_default;
    if (options != NULL && options->limits != NULL) limits = options->limits;
    weir_error err = weir_limits_check(limits);
    if (err != WEIR_OK) return err;
    *c = (weir_conn){.limits = limits};
    if (role == WEIR_SERVER) weir__exchange_set(&c->exchange, WEIR__ANSWERS);
    weir_head_init(&c->head, NULL, 0, limits);
    if (options != NULL) weir_head_use(&c->head, options->isa);
    return WEIR_OK;
}

void weir_conn_fields(weir_conn *c, weir_field *fields, size_t count)
{
    weir_assert(c->head.at == 0); /* a head that is half read lies in them */
    weir_isa isa = (weir_isa)c->head.isa;
    weir_head_init(&c->head, fields, count, c->limits);
    weir_head_use(&c->head, isa);
}

/* ---- errors ---- */

/* Tells the peer's first error, at every call alike. */
static weir_error conn_report(const weir_conn *c, weir_event *ev)
{
    const weir_exchange *x = &c->exchange;
    weir_error err = (weir_error)x->error;
    bool answerable =
        conn_is_server(c) && weir__exchange_has(x, WEIR__OPEN) && x->out == WEIR__IDLE;
    *ev = (weir_event){.type = WEIR_EVENT_ERROR, .exchange = x->number};
    ev->failure.error = err;
    ev->failure.status = answerable ? weir_error_info(err)->status : 0;
    ev->failure.offset = c->error_offset;
    return err;
}

/* The one place that sets the peer's error. `at` is counted from the octets that are not used. */
static weir_error conn_fail(weir_conn *c, weir_error err, size_t at, weir_event *ev)
{
    c->error_offset = c->offset + at;
    weir__exchange_fail(&c->exchange, err);
    return conn_report(c, ev);
}

/* Drops octets for good. */
static void conn_use(weir_conn *c, size_t n, size_t *used)
{
    c->offset += n;
    *used += n;
}

/* The error that the end of the input is, in the middle of a message. */
static weir_error conn_stop_error(const weir_conn *c)
{
    return c->exchange.stop == WEIR_ERR_TIMEOUT ? WEIR_ERR_TIMEOUT : WEIR_ERR_TRUNCATED;
}

/* Input is over without a fault. */
static weir_error conn_over(weir_conn *c)
{
    weir__exchange_in(&c->exchange, WEIR__STOP);
    return WEIR_END;
}

/* ---- heads ---- */

/* Nothing but line ends: what a peer may send before a request, or behind its last (§2.2). */
static bool conn_is_blank(const char *in, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (in[i] != '\r' && in[i] != '\n') return false;
    return true;
}

/* Behind a head: its payload is to be decoded, trailers into the same fields. */
static void conn_body_init(weir_conn *c, const weir_framing *f)
{
    conn_head_init(c);
    weir_body_init(&c->body, f, &c->head);
}

/* A request that cannot be read still is an exchange: its number is what the refusal answers. */
static weir_error conn_refuse(weir_conn *c, weir_error err, size_t at, weir_event *ev)
{
    weir__exchange_begin(&c->exchange, false);
    return conn_fail(c, err, at, ev);
}

/*
 * A head that is not whole or not good: how it was asked is known from its method on. Until the start line
 * is whole it may be an HTTP/1.0 client, to which nothing is sent in chunks (RFC 9112 §6.1).
 */
static void conn_request_start(weir_conn *c)
{
    weir_method method = WEIR_METHOD_OTHER;
    uint8_t minor = 0;
    (void)weir_request_start(&c->head, &method, &minor);
    c->exchange.method = (uint8_t)method;
    c->exchange.peer_minor = minor;
}

/* The end of the input where a head might have begun, or in the middle of one. */
static weir_error conn_request_cut(weir_conn *c, const char *in, size_t len, weir_event *ev)
{
    if (conn_is_blank(in, len)) return conn_over(c);
    conn_request_start(c);
    return conn_refuse(c, conn_stop_error(c), len, ev);
}

/* A head that is whole: what it says, and the event. */
static weir_error conn_request_read(weir_conn *c, size_t *used, weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    weir_framing f = {0};
    x->method = (uint8_t)ev->request.method_id;
    x->peer_minor = ev->request.minor;
    weir_error err = weir_request_framing(&ev->request, &f);
    if (err != WEIR_OK) return conn_refuse(c, err, f.at, ev);
    if (f.length > c->limits->payload_bytes_max)
        return conn_refuse(c, WEIR_ERR_PAYLOAD_BYTES, ev->request.bytes, ev);

    weir__exchange_begin(x, f.persistent);
    if (f.expects_continue) weir__exchange_set(x, WEIR__EXPECTS);
    if (f.upgrade) weir__exchange_set(x, WEIR__UPGRADE);
    weir__exchange_in(x, WEIR__HEAD);
    conn_use(c, ev->request.bytes, used);
    conn_body_init(c, &f);
    ev->type = WEIR_EVENT_REQUEST;
    ev->exchange = x->number;
    ev->framing = f;
    return WEIR_OK;
}

/* Server: the next request, or why there is none. */
static weir_error conn_request(weir_conn *c, const char *in, size_t len, size_t *used,
                               weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    if (weir__exchange_has(x, WEIR__DRAIN) && c->head.at == 0) return conn_over(c);
    size_t at;
    weir_error err = weir_request_parse(&c->head, in, len, &ev->request, &at);
    if (err == WEIR_OK) return conn_request_read(c, used, ev);
    if (err == WEIR_MORE) return x->stop == WEIR_OK ? err : conn_request_cut(c, in, len, ev);
    conn_request_start(c);
    return conn_refuse(c, err, at, ev);
}

/* 101 needs a request that offered a switch, and says to what (RFC 9110 §7.8, §15.2.2). */
static bool conn_may_switch(const weir_conn *c, const weir_framing *f)
{
    return weir__exchange_has(&c->exchange, WEIR__UPGRADE) && f->upgrade;
}

/* A final head, or 101: how its payload ends. */
static void conn_response_final(weir_conn *c, const weir_framing *f)
{
    weir_exchange *x = &c->exchange;
    if (!f->persistent) weir__exchange_clear(x, WEIR__PERSIST);
    conn_body_init(c, f);
    if (f->kind == WEIR_FRAMING_TUNNEL) weir__exchange_set(x, WEIR__SWITCHED);
    weir__exchange_in(x, WEIR__HEAD);
    if (f->kind == WEIR_FRAMING_TUNNEL) weir__exchange_in(x, WEIR__END);
}

/* Interim ones come before it in any number (RFC 9110 §15.2). */
static weir_error conn_response_read(weir_conn *c, size_t *used, weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    uint16_t status = ev->response.status;
    weir_framing f = {0};
    weir_error err = weir_response_framing(&ev->response, (weir_method)x->method, &f);
    if (err != WEIR_OK) return conn_fail(c, err, f.at, ev);
    if (status == 101 && !conn_may_switch(c, &f)) return conn_fail(c, WEIR_ERR_SWITCH, 0, ev);
    if (f.length > c->limits->payload_bytes_max)
        return conn_fail(c, WEIR_ERR_PAYLOAD_BYTES, ev->response.bytes, ev);

    bool interim = status < 200 && status != 101;
    x->peer_minor = ev->response.minor;
    conn_use(c, ev->response.bytes, used);
    if (interim)
        conn_head_init(c);
    else
        conn_response_final(c, &f);
    ev->type = interim ? WEIR_EVENT_INTERIM : WEIR_EVENT_RESPONSE;
    ev->exchange = x->number;
    ev->framing = f;
    return WEIR_OK;
}

/* Client: nothing was asked. Octets that come all the same belong to nothing (RFC 9112 §9.2). */
static weir_error conn_unasked(weir_conn *c, size_t len, weir_event *ev)
{
    const weir_exchange *x = &c->exchange;
    if (len > 0) return conn_fail(c, WEIR_ERR_UNEXPECTED, 0, ev);
    if (x->stop != WEIR_OK || weir__exchange_has(x, WEIR__DRAIN)) return conn_over(c);
    return WEIR_BLOCKED;
}

static weir_error conn_response(weir_conn *c, const char *in, size_t len, size_t *used,
                                weir_event *ev)
{
    const weir_exchange *x = &c->exchange;
    if (!weir__exchange_has(x, WEIR__OPEN)) return conn_unasked(c, len, ev);
    size_t at;
    weir_error err = weir_response_parse(&c->head, in, len, &ev->response, &at);
    if (err == WEIR_OK) return conn_response_read(c, used, ev);
    if (err == WEIR_MORE && x->stop == WEIR_OK) return err;
    return err == WEIR_MORE ? conn_fail(c, conn_stop_error(c), len, ev) : conn_fail(c, err, at, ev);
}

/* ---- payloads ---- */

static weir_error conn_payload(weir_conn *c, weir_str payload, weir_event *ev)
{
    ev->type = WEIR_EVENT_PAYLOAD;
    ev->exchange = c->exchange.number;
    ev->payload = payload;
    return WEIR_OK;
}

/*
 * The message is complete. Trailers, if any, lie in the fields and in the octets just used. WEIR_OK
 * without an event: what was swallowed is over, and the next request may be at hand.
 */
static weir_error conn_end(weir_conn *c, weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    bool told = !weir__exchange_swallows(x);
    ev->type = told ? WEIR_EVENT_END : WEIR_EVENT_NONE;
    ev->exchange = x->number;
    ev->trailers.fields = c->head.fields;
    ev->trailers.count = c->head.count;
    ev->trailers.allowed = c->head.allowed;
    if (c->head.at != 0) conn_head_init(c); /* there were trailers, or an empty line for them */
    weir__exchange_clear(x, WEIR__EXPECTS);
    weir__exchange_in(x, WEIR__END);
    return WEIR_OK;
}

/* The end of the input inside a payload. */
static weir_error conn_body_cut(weir_conn *c, size_t left, weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    bool clean = x->stop == WEIR_END && weir_body_stop(&c->body) == WEIR_END;
    if (clean) return conn_end(c, ev);
    if (!weir__exchange_swallows(x)) return conn_fail(c, conn_stop_error(c), left, ev);
    return conn_over(c); /* it was answered: who asked did not wait to be heard out */
}

/*
 * Payload of a request that is answered goes by without an event, as long as it is worth more than
 * a new connection. WEIR_OK: go on.
 */
static weir_error conn_swallow(weir_conn *c, size_t n)
{
    c->exchange.unread += n;
    return c->exchange.unread > c->limits->unread_bytes_max ? conn_over(c) : WEIR_OK;
}

static weir_error conn_body(weir_conn *c, const char *in, size_t len, size_t *used, weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    for (;;) {
        weir_str payload;
        size_t n;
        weir_error err = weir_body_next(&c->body, in + *used, len - *used, &n, &payload);
        if (weir_is_error(err)) return conn_fail(c, err, n, ev);
        conn_use(c, n, used);
        if (err == WEIR_END) return conn_end(c, ev);
        if (err == WEIR_MORE) return x->stop == WEIR_OK ? err : conn_body_cut(c, len - *used, ev);
        weir__exchange_clear(x, WEIR__EXPECTS); /* the peer did not wait for 100 */
        if (!weir__exchange_swallows(x)) return conn_payload(c, payload, ev);
        err = conn_swallow(c, payload.len);
        if (err != WEIR_OK) return err;
    }
}

/* ---- tunnels ---- */

static weir_error conn_tunnel(weir_conn *c, const char *in, size_t len, size_t *used,
                              weir_event *ev)
{
    const weir_exchange *x = &c->exchange;
    if (len > 0) {
        conn_use(c, len, used);
        return conn_payload(c, (weir_str){in, len}, ev);
    }
    if (x->stop == WEIR_OK) return WEIR_MORE;
    if (x->stop != WEIR_END) return conn_fail(c, conn_stop_error(c), 0, ev);
    ev->type = WEIR_EVENT_END;
    ev->exchange = x->number;
    ev->trailers.fields = NULL;
    ev->trailers.count = 0;
    ev->trailers.allowed = 0;
    weir__exchange_in(&c->exchange, WEIR__END);
    return WEIR_OK;
}

/* This side's message comes first; then raw octets flow both ways. */
static weir_error conn_switch(weir_conn *c, weir_event *ev)
{
    weir_exchange *x = &c->exchange;
    if (!weir__exchange_has(x, WEIR__SWITCHED)) return WEIR_BLOCKED;
    if (x->out == WEIR__BODY || x->out == WEIR__IDLE) return WEIR_BLOCKED;
    weir__exchange_in(x, WEIR__SWITCH);
    if (x->out == WEIR__DONE) { /* a client: its request ended, its tunnel begins */
        weir__exchange_out(x, WEIR__SWITCH);
        c->send_kind = WEIR_FRAMING_TUNNEL;
    }
    ev->type = WEIR_EVENT_TUNNEL;
    ev->exchange = x->number;
    return WEIR_OK;
}

/* ---- the calls ---- */

static weir_error conn_step(weir_conn *c, const char *in, size_t len, size_t *used, weir_event *ev)
{
    switch ((enum weir__way)c->exchange.in) {
    case WEIR__IDLE:
        return conn_is_server(c) ? conn_request(c, in, len, used, ev)
                                 : conn_response(c, in, len, used, ev);
    case WEIR__BODY: return conn_body(c, in, len, used, ev);
    case WEIR__DONE: return conn_switch(c, ev);
    case WEIR__TUNNEL: return conn_tunnel(c, in, len, used, ev);
    case WEIR__OVER: return WEIR_END;
    }
    weir_unreachable();
}

weir_error weir_conn_next(weir_conn *c, const char *in, size_t len, size_t *used, weir_buf *out,
                          weir_event *ev)
{
    (void)out; /* HTTP/1 owes nothing by itself */
    *used = 0;
    ev->type = WEIR_EVENT_NONE;
    if (weir_conn_is_reset(c)) return WEIR_END;
    if (c->exchange.error != WEIR_OK) return conn_report(c, ev);
    if (len == 0) in = ""; /* it may be NULL, and one does not count from there */
    weir_error err;
    do {
        size_t n = 0;
        err = conn_step(c, in + *used, len - *used, &n, ev);
        *used += n;
    } while (err == WEIR_OK && ev->type == WEIR_EVENT_NONE);
    if (weir_is_error(err)) *used = 0;
    return err;
}

void weir_conn_stop(weir_conn *c, weir_error why)
{
    if (c->exchange.stop != WEIR_OK) return;
    bool known = why == WEIR_ERR_TRUNCATED || why == WEIR_ERR_TIMEOUT;
    c->exchange.stop = (uint8_t)(known ? why : WEIR_END);
}

void weir_conn_consume(weir_conn *c, uint64_t exchange, size_t n)
{
    (void)c; /* HTTP/1 has no window of its own: who does not read does not get more */
    (void)exchange;
    (void)n;
}

void weir_conn_reset(weir_conn *c, uint64_t exchange)
{
    weir_exchange *x = &c->exchange;
    if (!weir__exchange_has(x, WEIR__OPEN) || exchange != x->number) return;
    weir__exchange_set(x, WEIR__RESET);
    weir__exchange_clear(x, WEIR__OPEN);
    weir__exchange_in(x, WEIR__STOP);
    weir__exchange_out(x, WEIR__STOP);
}

void weir_conn_drain(weir_conn *c)
{
    weir__exchange_set(&c->exchange, WEIR__DRAIN);
}

bool weir_conn_is_reset(const weir_conn *c)
{
    return weir__exchange_has(&c->exchange, WEIR__RESET);
}

/* What the message that comes still needs from the peer. */
static unsigned conn_waiting_in(const weir_conn *c)
{
    const weir_exchange *x = &c->exchange;
    switch ((enum weir__way)x->in) {
    case WEIR__IDLE:
        if (conn_is_server(c)) return c->head.at == 0 ? WEIR_WAITING_IDLE : WEIR_WAITING_HEAD;
        return weir__exchange_has(x, WEIR__OPEN) ? WEIR_WAITING_HEAD : WEIR_WAITING_IDLE;
    case WEIR__BODY:
    case WEIR__TUNNEL: return WEIR_WAITING_BODY;
    case WEIR__DONE:
    case WEIR__OVER: break;
    }
    return 0;
}

/* True where a call of the application is what comes next for the message that goes. */
static bool conn_waits_for_application(const weir_conn *c)
{
    const weir_exchange *x = &c->exchange;
    switch ((enum weir__way)x->out) {
    case WEIR__IDLE:
        if (conn_is_server(c)) return weir__exchange_has(x, WEIR__OPEN);
        return x->in == WEIR__IDLE;
    case WEIR__BODY:
    case WEIR__TUNNEL: return true;
    case WEIR__DONE:
    case WEIR__OVER: break;
    }
    return false;
}

unsigned weir_conn_waiting(const weir_conn *c)
{
    return conn_waiting_in(c) | (conn_waits_for_application(c) ? WEIR_WAITING_APPLICATION : 0u);
}
