/* SPDX-License-Identifier: MIT */
/* conn_server.c - a small application behind the engine, fed in steps; what happened, as text. */
#include "conn_server.h"

#include <stdio.h>

#include "exact.h"

typedef struct {
    weir_conn conn;
    weir_limits limits;
    weir_conn_options options;
    weir_field fields[8];
    char bytes[256], path[32];
    weir_buf out;
    bool answered, upgrade, in_payload;
    weir_method method;
    server_trace *trace;
} server;

static void server_add(char *text, size_t size, const char *more, size_t len)
{
    size_t at = strlen(text);
    assert_true(at + len < size);
    if (len > 0) memcpy(text + at, more, len);
    text[at + len] = '\0';
}

/* A word of the trace; the words are parted by commas. */
static void server_event(server *s, const char *word)
{
    char *events = s->trace->events;
    if (events[0] != '\0') server_add(events, sizeof s->trace->events, ",", 1);
    server_add(events, sizeof s->trace->events, word, strlen(word));
    s->in_payload = false;
}

static void server_payload_event(server *s, weir_str payload)
{
    if (!s->in_payload) server_event(s, "=");
    server_add(s->trace->events, sizeof s->trace->events, payload.p, payload.len);
    s->in_payload = true;
}

static void server_flush(server *s)
{
    server_add(s->trace->answers, sizeof s->trace->answers, s->out.p, s->out.len);
    s->out.len = 0;
}

static void server_respond(server *s, uint64_t number, const weir_response *res)
{
    weir_error err;
    while ((err = weir_conn_respond(&s->conn, number, &s->out, res)) == WEIR_SPACE)
        server_flush(s);
    assert_int_equal(err, WEIR_OK);
}

static void server_send(server *s, uint64_t number, weir_str data)
{
    while (data.len > 0) {
        size_t taken;
        weir_error err = weir_conn_send(&s->conn, number, &s->out, data.p, data.len, &taken);
        if (err == WEIR_SPACE)
            server_flush(s);
        else
            assert_int_equal(err, WEIR_OK);
        data.p += taken;
        data.len -= taken;
    }
}

static void server_finish(server *s, uint64_t number, const weir_field *trailers, size_t n)
{
    weir_error err;
    while ((err = weir_conn_finish(&s->conn, number, &s->out, trailers, n)) == WEIR_SPACE)
        server_flush(s);
    assert_int_equal(err, WEIR_OK);
    s->answered = true;
}

static void server_answer(server *s, uint64_t number, uint16_t status, uint64_t length, bool close)
{
    static const weir_field trailer = {.name = WEIR_STR_INIT("T"), .value = WEIR_STR_INIT("u")};
    weir_response res = {.status = status, .length = length, .close = close};
    bool chunked = length == WEIR_LENGTH_UNKNOWN; /* unless HTTP/1.0 or HEAD keeps it from that */
    server_respond(s, number, &res);
    if (length > 0) server_send(s, number, weir_str_of("hi"));
    server_finish(s, number, &trailer, chunked);
}

static void server_switch(server *s, uint64_t number)
{
    static const weir_field fields[] = {
        {.name = WEIR_STR_INIT("Connection"), .value = WEIR_STR_INIT("upgrade")},
        {.name = WEIR_STR_INIT("Upgrade"), .value = WEIR_STR_INIT("x")},
    };
    bool connect = s->method == WEIR_METHOD_CONNECT;
    weir_response res = {.status = connect ? 200 : 101, .fields = fields};
    res.field_count = connect ? 0 : 2;
    server_respond(s, number, &res);
}

static bool server_is(const server *s, const char *path)
{
    return strcmp(s->path, path) == 0;
}

static void server_request(server *s, const weir_event *ev)
{
    static const char *const kinds[] = {"none", "length", "chunked", "close", "tunnel"};
    const weir_request *q = &ev->request;
    char word[128];
    snprintf(word, sizeof word, "%d %.*s %.*s %s%s%s", (int)ev->exchange, (int)q->method.len,
             q->method.p, (int)q->target.len, q->target.p, kinds[ev->framing.kind],
             ev->framing.expects_continue ? " continue" : "",
             ev->framing.upgrade ? " upgrade" : "");
    server_event(s, word);
    snprintf(s->path, sizeof s->path, "%.*s", (int)q->target.len, q->target.p);
    s->method = q->method_id;
    s->upgrade = ev->framing.upgrade;
    s->answered = false;
    if (server_is(s, "/100")) server_respond(s, ev->exchange, &(weir_response){.status = 100});
    if (server_is(s, "/early")) server_answer(s, ev->exchange, 403, 0, false);
}

static void server_end(server *s, const weir_event *ev)
{
    char word[64] = "end";
    for (size_t i = 0; i < ev->trailers.count; i++) {
        const weir_field *f = &ev->trailers.fields[i];
        snprintf(word, sizeof word, "end %.*s=%.*s", (int)f->name.len, f->name.p, (int)f->value.len,
                 f->value.p);
    }
    server_event(s, word);
    uint64_t number = ev->exchange;
    if (s->answered) return;
    if (s->conn.exchange.out != 0)
        server_finish(s, number, NULL, 0); /* a tunnel's end */
    else if (server_is(s, "h:1") || s->upgrade)
        server_switch(s, number);
    else if (server_is(s, "h:2"))
        server_answer(s, number, 403, 0, false);
    else if (server_is(s, "/204"))
        server_answer(s, number, 204, 0, false);
    else if (server_is(s, "/chunks"))
        server_answer(s, number, 200, WEIR_LENGTH_UNKNOWN, false);
    else if (server_is(s, "/reset"))
        weir_conn_reset(&s->conn, number);
    else {
        if (server_is(s, "/drain")) weir_conn_drain(&s->conn);
        server_answer(s, number, 200, 2, server_is(s, "/close"));
    }
}

static void server_error(server *s, const weir_event *ev)
{
    char word[64];
    snprintf(word, sizeof word, "%d %s@%d %d", (int)ev->exchange,
             weir_error_info(ev->failure.error)->name, (int)ev->failure.offset, ev->failure.status);
    server_event(s, word);
    if (ev->failure.status == 0) return;
    assert_true(weir_conn_waiting(&s->conn) == WEIR_WAITING_APPLICATION);
    server_answer(s, ev->exchange, ev->failure.status, 0, false);
}

static void server_take(server *s, const weir_event *ev)
{
    switch (ev->type) {
    case WEIR_EVENT_REQUEST: server_request(s, ev); break;
    case WEIR_EVENT_PAYLOAD:
        assert_true(ev->payload.len > 0);
        if (server_is(s, "/first")) { /* how much comes at once depends on the cuts */
            server_event(s, "=");
            server_answer(s, ev->exchange, 403, 0, false);
            break;
        }
        server_payload_event(s, ev->payload);
        if (s->conn.exchange.in == 3) server_send(s, ev->exchange, ev->payload); /* a tunnel */
        break;
    case WEIR_EVENT_END: server_end(s, ev); break;
    case WEIR_EVENT_TUNNEL: server_event(s, "tunnel"); break;
    case WEIR_EVENT_ERROR: server_error(s, ev); break;
    case WEIR_EVENT_NONE:
    case WEIR_EVENT_INTERIM:
    case WEIR_EVENT_RESPONSE:
    case WEIR_EVENT_RESUME: fail_msg("an event that no server gets");
    }
}

static void server_init(server *s, size_t room, server_trace *trace)
{
    *s = (server){.limits = weir_limits_default, .trace = trace};
    s->limits.payload_bytes_max = 20;
    s->limits.unread_bytes_max = 8;
    s->options.limits = &s->limits;
    s->out = (weir_buf){s->bytes, 0, room};
    assert_int_equal(weir_conn_init(&s->conn, WEIR_SERVER, &s->options), WEIR_OK);
    weir_conn_fields(&s->conn, s->fields, 8);
}

/* Ends of the connection: nothing is waited for, and an error repeats for ever. */
static void server_over(server *s, weir_error err)
{
    char none = 0;
    size_t used;
    weir_event ev;
    if (err == WEIR_END) server_event(s, weir_conn_is_reset(&s->conn) ? "reset" : "over");
    assert_int_equal(weir_conn_next(&s->conn, &none, 1, &used, NULL, &ev), err);
    assert_int_equal(used, 0);
    if (weir_conn_is_reset(&s->conn) || s->conn.exchange.out != 3)
        assert_int_equal(weir_conn_waiting(&s->conn), 0);
    server_flush(s);
}

void server_run(const server_feed *feed, server_trace *trace)
{
    server s;
    *trace = (server_trace){.events = ""};
    server_init(&s, feed->room, trace);
    size_t at = 0, have = feed->first < feed->len ? feed->first : feed->len;
    for (size_t calls = 0;; calls++) {
        assert_true(calls < 4 * feed->len + 32); /* no input makes a caller spin */
        char *copy = malloc(have - at > 0 ? have - at : 1);
        if (have > at) memcpy(copy, feed->wire + at, have - at);
        weir_event ev;
        size_t used;
        weir_error err = weir_conn_next(&s.conn, copy, have - at, &used, NULL, &ev);
        assert_true(used <= have - at);
        if (err == WEIR_OK || weir_is_error(err)) server_take(&s, &ev);
        free(copy);
        at += used;
        if (err == WEIR_END || weir_is_error(err)) {
            server_over(&s, err);
            return;
        }
        if (err == WEIR_OK) continue;
        assert_int_equal(err, WEIR_MORE);
        if (have == feed->len) weir_conn_stop(&s.conn, feed->stop);
        have = feed->len - have > feed->step ? have + feed->step : feed->len;
    }
}
