/* SPDX-License-Identifier: MIT */
/* fuzz/world_client.c - a client's acts, and the deadlines that the server owes it. */
#include "world_client.h"
#include "tls_toy.h"
#include "world_memory.h"

enum {
    CLIENT_IDLE_MS = 60000, /* ORDER world_timeouts */
    CLIENT_HEAD_MS = 15000,
    CLIENT_LINGER_MS = 2000,
    CLIENT_PATIENCE_MS = 2000000, /* for all others to be served one after the other */
};

/* ---- what is asked, read once ---- */

/* Where the content ends. False: it does not, or not well. */
static bool client_content_end(world_ask *a, weir_str wire, const world_rules *rules, bool *is_bad)
{
    weir_field fields[WEIR_FIELDS_DEFAULT]; /* as many as the server has */
    weir_head trailers;
    weir_body body;
    size_t at = a->head_end, used;
    weir_str part;
    weir_error err;
    uint64_t sum = 0;

    weir_head_init(&trailers, fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_head_use(&trailers, rules->isa);
    weir_body_init(&body, &a->framing, &trailers);
    do {
        err = weir_body_next(&body, wire.p + at, wire.len - at, &used, &part);
        at += used;
        sum += err == WEIR_OK ? part.len : 0;
        if (sum > rules->payload_max) a->is_huge = true;
    } while (err == WEIR_OK && !a->is_huge);
    *is_bad = weir_is_error(err) || a->is_huge;
    if (err != WEIR_END || a->is_huge) return false;
    a->content = (weir_str){wire.p + a->head_end, at - a->head_end};
    a->end = at;
    return true;
}

/* Nothing in it makes another answer than the usual one right. */
static bool client_is_plain(const weir_request *req)
{
    for (size_t i = 0; i < req->field_count; i++) {
        weir_field_id id = req->fields[i].id;
        if (id != WEIR_FIELD_HOST && id != WEIR_FIELD_CONTENT_LENGTH &&
            id != WEIR_FIELD_TRANSFER_ENCODING && id != WEIR_FIELD_CONNECTION)
            return false;
    }
    return req->minor == 1;
}

/* One request. False: nothing behind it will be answered, or there is none. */
static bool client_ask(world_client *c, size_t at, const world_rules *rules)
{
    world_ask *a = &c->asks[c->ask_count];
    weir_field fields[WEIR_FIELDS_DEFAULT];
    weir_head head;
    weir_request req;
    size_t used;

    *a = (world_ask){.at = at, .end = SIZE_MAX, .head_end = SIZE_MAX, .said_ms = UINT64_MAX};
    weir_head_init(&head, fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_head_use(&head, isa_any());
    weir_head_use(&head, rules->isa);
    weir_error err = weir_request_parse(&head, c->wire.p + at, c->wire.len - at, &req, &used);
    uint8_t minor;
    c->bad_method = WEIR_METHOD_OTHER;
    if (err == WEIR_OK) c->bad_method = req.method_id;
    if (err != WEIR_OK) (void)weir_request_start(&head, &c->bad_method, &minor);
    if (err == WEIR_OK) err = weir_request_framing(&req, &a->framing);
    c->ends_badly = weir_is_error(err);
    if (err != WEIR_OK) return false;
    a->method = req.method_id;
    a->target = req.target;
    a->head_end = at + used;
    a->is_plain = client_is_plain(&req);
    a->is_huge = a->framing.length > rules->payload_max;
    c->ask_count++;
    return client_content_end(a, c->wire, rules, &c->ends_badly) && a->framing.persistent;
}

void world_client_init(world_client *c, size_t number, weir_str wire)
{
    c->number = number;
    c->wire = wire;
    c->link = NULL;
    c->received.len = 0;
    c->was_opened = false;
}

/* Reads what it is going to say: any prefix of it is read alike. */
static void client_read_asks(world_client *c, const world_rules *rules)
{
    size_t hello = strlen(TLS_TOY_HELLO);

    c->is_foreign =
        rules->is_tls && (c->wire.len < hello || memcmp(c->wire.p, TLS_TOY_HELLO, hello) != 0);
    c->hello_len = rules->is_tls && !c->is_foreign ? hello : 0;
    size_t at = c->hello_len;
    while (c->ask_count < WORLD_ASKS && at < c->wire.len && client_ask(c, at, rules))
        at = c->asks[c->ask_count - 1].end;
    if (c->ask_count == WORLD_ASKS) c->wire.len = c->asks[WORLD_ASKS - 1].head_end;
}

/* ---- acts ---- */

bool world_client_open(world_client *c, sim *s, const world_rules *rules, const world_command *how)
{
    const uint64_t *n = &how->n[1]; /* seed, block, read, write, latency */
    uint64_t latency = n[4] < WORLD_LATENCY_MAX ? n[4] : WORLD_LATENCY_MAX;
    weir_memory_faults own = {.seed = n[0], .latency_max = latency};
    weir_memory_faults server = own;

    if (c->was_opened || s->stop > 0) return false;
    *c = (world_client){.number = c->number,
                        .wire = c->wire,
                        .received = c->received,
                        .is_lingering = c->number % 2 == 1,
                        .shut_ms = UINT64_MAX,
                        .head_at = SIZE_MAX};
    server.block_percent = (unsigned)(n[1] < 80 ? n[1] : 80);
    server.read_max = (size_t)n[2];
    server.write_max = (size_t)n[3];
    c->link = sim_connect(s, c, &server, &own);
    if (c->link == NULL) return false;
    c->was_opened = true;
    client_read_asks(c, rules);
    c->latency = latency;
    c->moved_ms = s->now_ms;
    return true;
}

/* Where the head begins of which a part is said; SIZE_MAX: none is. Empty lines before it do not
 * count (RFC 9112 §2.2). */
static size_t client_head_begun(const world_client *c)
{
    size_t at = c->hello_len, end = c->wire.len + 1; /* of what is no request: it has no end */

    for (size_t i = 0; i < c->ask_count && c->sent >= at; i++) {
        if (c->sent < c->asks[i].end && c->sent >= c->asks[i].head_end) return SIZE_MAX;
        end = c->sent < c->asks[i].head_end ? c->asks[i].head_end : c->wire.len + 1;
        if (c->sent < c->asks[i].head_end) break;
        at = c->asks[i].end;
    }
    while (at < c->sent && (c->wire.p[at] == '\r' || c->wire.p[at] == '\n'))
        at++;
    return at < c->sent && c->sent < end ? at : SIZE_MAX;
}

static void client_note_head(world_client *c, const sim *s)
{
    size_t at = client_head_begun(c);

    if (at != c->head_at) c->head_ms = s->now_ms;
    c->head_at = at;
}

/* Which asks are said as a whole by now. */
static void client_note_said(world_client *c, const sim *s)
{
    for (size_t i = 0; i < c->ask_count; i++) {
        world_ask *a = &c->asks[i];
        if (a->end <= c->sent && a->said_ms == UINT64_MAX) a->said_ms = s->now_ms;
    }
}

void world_client_write(world_client *c, sim *s, size_t most)
{
    size_t left = c->wire.len - c->sent, n = left < most ? left : most, put = 1;

    if (c->link == NULL || c->is_shut) return;
    while (n > 0 && put > 0) { /* until all is gone or there is no room */
        union {
            const char *in;
            void *out;
        } alias = {.in = c->wire.p + c->sent};
        struct iovec part = {.iov_base = alias.out, .iov_len = n};
        if (weir_transport_write(&c->link->client.transport, &part, 1, &put) == WEIR_IO_RESET)
            c->has_reset = true;
        c->sent += put;
        n -= put;
        if (put > 0) c->moved_ms = s->now_ms;
    }
    client_note_said(c, s);
    client_note_head(c, s);
    sim_note_number(s, c->sent);
    sim_trace(s, "client %zu: has said %zu octets", c->number, c->sent);
}

void world_client_shut(world_client *c, sim *s)
{
    if (c->link == NULL || c->is_shut) return;
    (void)weir_transport_shutdown(&c->link->client.transport);
    c->is_shut = true;
    c->moved_ms = s->now_ms;
    sim_trace(s, "client %zu: ends its half", c->number);
}

void world_client_reset(world_client *c, sim *s)
{
    if (c->link == NULL) return;
    c->has_left = true;
    weir_memory_reset(&c->link->client);
    world_client_close(c, s);
}

/* What can be heard is heard first, but by who is deaf: otherwise closing resets. */
void world_client_close(world_client *c, sim *s)
{
    if (c->link == NULL) return;
    c->has_left = c->has_left || (!c->has_end && !c->has_reset);
    c->was_accepted = c->link->accepted_ms > 0;
    sim_hang_up(s, c->link);
    c->link = NULL;
}

void world_client_jumped(world_client *c, const sim *s)
{
    c->was_jumped = true;
    c->moved_ms = c->heard_ms = c->head_ms = s->now_ms;
    if (c->shut_ms != UINT64_MAX) c->shut_ms = s->now_ms;
}

static bool client_hear(world_client *c, sim *s)
{
    char part[4096];
    size_t got;
    weir_io io = weir_transport_read(&c->link->client.transport, part, sizeof part, &got);

    switch (io) {
    case WEIR_IO_OK:
        text_add(&c->received, part, got);
        sim_note(s, part, got);
        sim_trace(s, "client %zu: hears %zu octets: %.*s", c->number, got,
                  (int)(got < 400 ? got : 400), part);
        c->moved_ms = c->heard_ms = s->now_ms;
        return true;
    case WEIR_IO_END:
        if (c->has_end) return false;
        c->has_end = true;
        break;
    case WEIR_IO_RESET:
        if (c->has_reset) return false;
        c->has_reset = true;
        break;
    default: return false;
    }
    sim_note_number(s, (uint64_t)io);
    sim_trace(s, "client %zu: hears %s", c->number, weir_io_name(io));
    return true;
}

/* It is never accepted: where the server may be out of something, it gives up; else somebody is
 * forgotten. */
static bool client_gives_up(world_client *c, sim *s)
{
    uint64_t waited = s->now_ms - c->moved_ms;
    bool is_full = s->faults.open_max > 0 || world_memory_is_short();

    if (c->link->is_accepted || waited <= (is_full ? CLIENT_LINGER_MS : CLIENT_PATIENCE_MS))
        return false;
    if (!is_full) sim_fail(s, "client %zu: this does not hold: who waits is accepted", c->number);
    world_client_close(c, s);
    return true;
}

/* Leaves when there is nothing to wait for. Every second one waits until the server has left. */
static bool client_leave(world_client *c, sim *s)
{
    if (client_gives_up(c, s)) return true;
    bool is_server_gone = c->link->is_accepted && !c->link->server.is_open;
    bool is_told = c->has_reset || (c->has_end && !c->is_lingering);

    if (c->is_deaf ? !is_server_gone : !is_told && !(c->has_end && is_server_gone)) return false;
    if (c->is_deaf) c->has_left = true;
    world_client_close(c, s);
    return true;
}

bool world_client_listen(world_client *c, sim *s)
{
    bool moved = false;

    if (c->link == NULL) return false;
    const weir_memory_end *server = &c->link->server;
    c->was_shut |= server->is_shut;
    if (c->shut_ms == UINT64_MAX && (server->is_shut || server->is_reset || !server->is_open)) {
        c->shut_ms = s->now_ms;
        sim_trace(s, "client %zu: the server has ended its half", c->number);
    }
    while (!c->is_deaf && client_hear(c, s))
        moved = true;
    return client_leave(c, s) || moved;
}

/* ---- deadlines ---- */

static void client_require(bool holds, const world_client *c, const sim *s, const char *sentence)
{
    if (holds) return;
    sim_fail(s, "client %zu: this does not hold: %s", c->number, sentence);
}

static uint64_t client_latest(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Nothing that it asked is under way: all is said to the end of a request, and that is a while ago. */
static bool client_is_idle(const world_client *c, const sim *s, uint64_t since)
{
    size_t end = c->hello_len;

    for (size_t i = 0; i < c->ask_count && c->asks[i].end <= c->sent; i++)
        end = c->asks[i].end;
    return end == c->sent && !c->is_deaf && !c->is_foreign && s->now_ms - since > 2 * c->latency;
}

void world_client_check_time(const world_client *c, const sim *s, const world_rules *rules)
{
    if (c->link == NULL || !c->link->server.is_open || !c->link->is_accepted) return;
    uint64_t accepted = c->link->accepted_ms, slack = 2 * c->latency;
    uint64_t moved = client_latest(c->moved_ms, accepted);
    uint64_t head = s->now_ms - client_latest(client_latest(c->head_ms, c->heard_ms), accepted);

    client_require(s->now_ms - moved <= CLIENT_IDLE_MS + CLIENT_LINGER_MS + slack, c, s,
                   "a connection on which nothing moves ends by its deadline");
    client_require(c->shut_ms == UINT64_MAX || s->now_ms - c->shut_ms <= CLIENT_LINGER_MS, c, s,
                   "who has said all lingers no longer than its time");
    if (c->is_deaf || c->shut_ms != UINT64_MAX) return;
    client_require(rules->stopped_ms == UINT64_MAX ||
                       !client_is_idle(c, s, client_latest(moved, rules->stopped_ms)),
                   c, s, "after a stop nobody idle stays");
    if (c->head_at == SIZE_MAX || c->is_shut || c->is_foreign) return;
    client_require(head <= CLIENT_HEAD_MS + slack, c, s, "a head is whole in its time");
}
