/* SPDX-License-Identifier: MIT */
/* client.c - a client's plan, its steps, and its oracle. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "weir/body.h"

const sim_file client_files[] = {
    {"", true, 0, 0},
    {"small.txt", false, 300, 300},
    {"empty.txt", false, 0, 0},
    {"medium.bin", false, 20000, 20000},
    {"large.bin", false, 300000, 300000},
    {"huge.bin", false, 50000000, 50000000},
    {"page", true, 0, 0},
    {"page/index.html", false, 2000, 2000},
    {"dir", true, 0, 0},
    {"dir/a.txt", false, 10, 10},
    {"dir/b & <c>.txt", false, 20, 20},
    {"dir/d", true, 0, 0},
};
const size_t client_file_count = sizeof client_files / sizeof client_files[0];

static const char *const client_names[] = {"plain",     "half",       "bad",       "cut",
                                           "reset",     "idle",       "slow head", "stall body",
                                           "slow body", "stall read", "slow read"};

enum {
    CLIENT_SLACK_MS = 3000, /* latency, and the turns of the loop */
};

/* ---- the plan ---- */

static void client_say(client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void client_say(client *c, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    int n = vsnprintf(c->wire + c->wire_len, CLIENT_WIRE - c->wire_len, format, list);
    va_end(list);
    if (n < 0 || (size_t)n >= CLIENT_WIRE - c->wire_len) abort();
    c->wire_len += (size_t)n;
}

static client_request *client_expect(client *c, weir_method method, uint16_t status)
{
    client_request *r = &c->requests[c->request_count++];

    *r = (client_request){.method = method, .status = status};
    return r;
}

/* The line end of a request that is the last one where it matters. */
static const char *client_last(const client *c, bool is_last)
{
    return is_last && c->kind == CLIENT_PLAIN ? "Connection: close\r\n\r\n" : "\r\n";
}

static const struct {
    const char *target;
    uint16_t status;
    uint64_t length;
    bool is_file, is_listing;
} client_gets[] = {
    {"/small.txt", 200, 300, true, false},
    {"/small.txt?x=%20", 200, 300, true, false},
    {"/./dir/../small.txt", 200, 300, true, false},
    {"http://h/small.txt", 200, 300, true, false},
    {"/empty.txt", 200, 0, true, false},
    {"/medium.bin", 200, 20000, true, false},
    {"/page/", 200, 2000, true, false},
    {"/page", 301, 0, true, false},
    {"/dir/", 200, 0, true, true},
    {"/", 200, 0, true, true},
    {"/none", 404, 0, true, false},
    {"/../../etc/passwd", 404, 0, true, false},
    {"/a%2fb", 400, 0, false, false},
};

#define CLIENT_RANGES "10-19,1000-200000,-5"

static void client_get(sim *s, client *c, weir_method method, bool is_last)
{
    size_t i = (size_t)sim_roll(s, sizeof client_gets / sizeof client_gets[0]);
    client_request *r = client_expect(c, method, client_gets[i].status);

    client_say(c, "%s %s HTTP/1.1\r\nHost: h\r\n%s", weir_method_name(method).p,
               client_gets[i].target, client_last(c, is_last));
    r->may_be_busy = client_gets[i].is_file;
    r->is_listing = client_gets[i].is_listing;
    r->length = client_gets[i].length;
    if (method == WEIR_METHOD_GET && sim_chance(s, 3)) {
        c->wire_len = r == c->requests ? 0 : r[-1].end;
        client_say(c, "GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=%s\r\n%s", CLIENT_RANGES,
                   client_last(c, is_last));
        *r = (client_request){.method = method,
                              .status = 206,
                              .may_be_busy = true,
                              .is_parts = true,
                              .length = 300000};
        return;
    }
    if (method == WEIR_METHOD_GET && sim_chance(s, 3)) {
        c->wire_len = r == c->requests ? 0 : r[-1].end;
        client_say(c, "GET /large.bin HTTP/1.1\r\nHost: h\r\n%s", client_last(c, is_last));
        *r = (client_request){.method = method,
                              .status = 200,
                              .may_be_busy = true,
                              .length = 300000};
    }
}

static void client_octets(client *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c->wire[c->wire_len++] = sim_octet(i);
}

/* Content comes back: by length or in chunks, sometimes with Expect. */
static void client_post(sim *s, client *c, bool is_last)
{
    client_request *r = client_expect(c, WEIR_METHOD_POST, 200);
    size_t n = (size_t)sim_roll(s, sim_chance(s, 5) ? 50000 : 600);
    bool is_chunked = sim_chance(s, 50);
    const char *expect = sim_chance(s, 20) ? "Expect: 100-continue\r\n" : "";

    r->length = n;
    client_say(c, "POST / HTTP/1.1\r\nHost: h\r\n%s", expect);
    if (!is_chunked) {
        client_say(c, "Content-Length: %zu\r\n%s", n, client_last(c, is_last));
        client_octets(c, n);
        return;
    }
    client_say(c, "Transfer-Encoding: chunked\r\n%s", client_last(c, is_last));
    for (size_t at = 0, part; at < n; at += part) {
        part = 1 + (size_t)sim_roll(s, n - at);
        client_say(c, "%zx;x=\"y\"\r\n", part);
        for (size_t i = 0; i < part; i++)
            c->wire[c->wire_len++] = sim_octet(at + i);
        client_say(c, "\r\n");
    }
    client_say(c, "0\r\n%s\r\n", sim_chance(s, 30) ? "X-Sum: 1\r\n" : "");
}

static void client_other(sim *s, client *c, bool is_last)
{
    static const char *const lines[] = {"DELETE /small.txt", "FOO /", "OPTIONS *", "GET /echo",
                                        "CONNECT h:1"};
    static const weir_method methods[] = {WEIR_METHOD_DELETE, WEIR_METHOD_OTHER,
                                          WEIR_METHOD_OPTIONS, WEIR_METHOD_GET,
                                          WEIR_METHOD_CONNECT};
    static const uint16_t statuses[] = {405, 501, 204, 200, 501};
    size_t i = (size_t)sim_roll(s, 4);
    client_request *r = client_expect(c, methods[i], statuses[i]);

    if (sim_chance(s, 20)) { /* refused early, its payload is read all the same */
        *r = (client_request){.method = WEIR_METHOD_POST, .status = 405};
        client_say(c, "POST /small.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n%s",
                   client_last(c, is_last));
        client_octets(c, 500);
        return;
    }
    client_say(c, "%s HTTP/1.1\r\nHost: h\r\n%s", lines[i], client_last(c, is_last));
    if (i != 3) return;
    r->content = is_last && c->kind == CLIENT_PLAIN ? "Host: h\nConnection: close\n" : "Host: h\n";
    r->length = strlen(r->content);
}

static void client_ask(sim *s, client *c, bool is_last)
{
    switch (sim_roll(s, 10)) {
    case 0:
    case 1: client_get(s, c, WEIR_METHOD_HEAD, is_last); break;
    case 2:
    case 3: client_post(s, c, is_last); break;
    case 4: client_other(s, c, is_last); break;
    default: client_get(s, c, WEIR_METHOD_GET, is_last); break;
    }
    c->requests[c->request_count - 1].end = c->wire_len;
}

static const struct {
    const char *wire;
    uint16_t status;
} client_bads[] = {
    {"GET / HTTP/1.1\r\n\r\n", 400},
    {"BAD\r\n\r\n", 400},
    {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
    {"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
};

/* The last thing said. */
static void client_plan_end(sim *s, client *c)
{
    size_t i = (size_t)sim_roll(s, sizeof client_bads / sizeof client_bads[0]);

    switch (c->kind) {
    case CLIENT_BAD:
        if (sim_chance(s, 10)) { /* more head than anybody may have */
            client_expect(c, WEIR_METHOD_OTHER, 431);
            client_say(c, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
            client_octets(c, 40000);
        } else {
            client_expect(c, WEIR_METHOD_OTHER, client_bads[i].status);
            client_say(c, "%s", client_bads[i].wire);
        }
        break;
    case CLIENT_CUT:
        client_expect(c, WEIR_METHOD_OTHER, 400);
        client_say(c, i % 2 ? "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nfour"
                            : "GET /small.txt HT");
        break;
    case CLIENT_SLOW_HEAD:
        client_expect(c, WEIR_METHOD_OTHER, 408);
        client_say(c, "GET /small.txt HTTP/1.1\r\nHost: h\r\nX-Slow: ");
        client_octets(c, 200);
        break;
    case CLIENT_STALL_BODY:
    case CLIENT_SLOW_BODY:
        client_expect(c, WEIR_METHOD_OTHER, 408);
        client_say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
        client_octets(c, 10);
        break;
    case CLIENT_STALL_READ:
        client_expect(c, WEIR_METHOD_GET, 200)->length = 50000000;
        client_say(c, "GET /huge.bin HTTP/1.1\r\nHost: h\r\n\r\n");
        break;
    default: return;
    }
    c->requests[c->request_count - 1].end = c->wire_len;
}

void client_plan(sim *s, client *c, client_kind kind, size_t number)
{
    char *wire = c->wire, *received = c->received;
    size_t cap = c->received_cap;
    size_t count = (size_t)sim_roll(s, CLIENT_REQUESTS - 1);

    *c = (client){.number = number,
                  .kind = kind,
                  .wire = wire,
                  .received = received,
                  .received_cap = cap,
                  .last_ms = s->now_ms};
    if (kind == CLIENT_PLAIN || kind == CLIENT_HALF || kind == CLIENT_SLOW_READ) count++;
    if (kind >= CLIENT_SLOW_HEAD && kind != CLIENT_SLOW_READ) count = 0;
    for (size_t i = 0; i < count; i++)
        client_ask(s, c, i + 1 == count);
    client_plan_end(s, c);
    c->write_max = sim_chance(s, 30) ? 1 + (size_t)sim_roll(s, 40) : 1 + (size_t)sim_roll(s, 20000);
    c->read_max = sim_chance(s, 10) ? 1 + (size_t)sim_roll(s, 200) : 20000;
    if (c->wire_len > 5000 && c->write_max < 200) c->write_max += 1000;
    if (kind == CLIENT_SLOW_READ) c->read_max = 500;
    if (kind == CLIENT_RESET) c->reset_at = (size_t)sim_roll(s, c->wire_len + 3000);
    c->act_ms = s->now_ms + sim_roll(s, 50);
}

/* Small pieces, would-blocks and latency; not for those who would take an age. */
weir_memory_faults client_faults(sim *s, const client *c, bool is_server)
{
    weir_memory_faults f = {.seed = sim_roll(s, UINT32_MAX)};
    bool is_slow = c->kind == CLIENT_SLOW_READ || c->kind == CLIENT_STALL_READ;

    if (sim_chance(s, 40)) f.block_percent = (unsigned)sim_roll(s, 60);
    if (sim_chance(s, 30)) f.latency_max = 1 + sim_roll(s, 40);
    if (is_slow || c->wire_len > 5000) return f;
    if (sim_chance(s, 40)) f.read_max = 1 + (size_t)sim_roll(s, is_server ? 300 : 5000);
    if (sim_chance(s, 40)) f.write_max = 100 + (size_t)sim_roll(s, is_server ? 5000 : 300);
    return f;
}

/* ---- the steps ---- */

/* How much may be said now. */
static size_t client_portion(const sim *s, const client *c)
{
    size_t left = c->wire_len - c->sent;
    size_t n = left < c->write_max ? left : c->write_max;

    if (s->now_ms < c->act_ms) return 0;
    if (c->kind == CLIENT_SLOW_HEAD || (c->kind == CLIENT_SLOW_BODY && left <= 10)) return left > 0;
    if (c->kind == CLIENT_RESET && n > c->reset_at - c->sent) n = c->reset_at - c->sent;
    if (c->kind == CLIENT_SLOW_BODY) return n < left - 10 ? n : left - 10;
    return n;
}

/* A WANT for no reason is no reason to wait for the clock. */
static bool client_may(const sim *s, const client *c, unsigned bit)
{
    return (weir_memory_readiness(&c->link->client, s->now_ms) & bit) != 0;
}

static bool client_write(sim *s, client *c)
{
    size_t n = client_portion(s, c), put;
    struct iovec part = {.iov_base = c->wire + c->sent, .iov_len = n};

    if (n == 0 || c->is_shut || c->has_reset) return false;
    weir_io io = weir_transport_write(&c->link->client.transport, &part, 1, &put);
    if (io == WEIR_IO_RESET) c->has_reset = true;
    if (put == 0) return io == WEIR_IO_RESET || client_may(s, c, WEIR_MEMORY_WRITABLE);
    if (c->sent == 0) c->first_ms = s->now_ms;
    c->sent += put;
    c->last_ms = s->now_ms;
    if (c->kind == CLIENT_SLOW_HEAD) c->act_ms = s->now_ms + 1000;
    if (c->kind == CLIENT_SLOW_BODY && c->wire_len - c->sent < 10) c->act_ms = s->now_ms + 10000;
    sim_note_number(s, c->number * 1000003 + put);
    return true;
}

static bool client_read(sim *s, client *c)
{
    size_t got;

    if (c->kind == CLIENT_STALL_READ || c->has_end || c->is_over) return false;
    if (c->kind == CLIENT_SLOW_READ && s->now_ms < c->act_ms) return false;
    if (c->received_cap - c->received_len < 20000) {
        c->received_cap = c->received_cap * 2 + 40000;
        c->received = realloc(c->received, c->received_cap);
        if (c->received == NULL) abort();
    }
    weir_io io = weir_transport_read(&c->link->client.transport, c->received + c->received_len,
                                     c->read_max, &got);
    if (io == WEIR_IO_END) c->has_end = true;
    if (io == WEIR_IO_RESET) c->has_reset = c->is_over = true;
    if (got == 0) return io != WEIR_IO_WANT_READ || client_may(s, c, WEIR_MEMORY_READABLE);
    sim_note(s, c->received + c->received_len, got);
    c->received_len += got;
    c->last_ms = s->now_ms;
    if (c->kind == CLIENT_SLOW_READ) c->act_ms = s->now_ms + 1 + got / 5; /* 5,000 a second */
    return true;
}

/* Ends its half when it has said all, if that is its way. */
static bool client_shut(sim *s, client *c)
{
    bool is_its_way =
        c->kind == CLIENT_HALF || c->kind == CLIENT_CUT || c->kind == CLIENT_SLOW_READ;

    if (c->is_shut || !is_its_way || c->sent < c->wire_len || s->now_ms < c->act_ms) return false;
    (void)weir_transport_shutdown(&c->link->client.transport);
    c->is_shut = true;
    return true;
}

/* The client is done with it. */
static bool client_hang_up(sim *s, client *c)
{
    bool is_cut_off = !c->link->server.is_open && c->kind == CLIENT_STALL_READ;
    bool is_tired = c->kind == CLIENT_RESET && c->sent + c->received_len >= c->reset_at;

    if (!c->has_end && !c->is_over && !is_cut_off && !is_tired) return false;
    if (is_tired && !c->has_end) weir_memory_reset(&c->link->client);
    c->accepted_ms = c->link->accepted_ms;
    sim_hang_up(s, c->link);
    c->link = NULL;
    c->is_done = true;
    c->last_complete = 0;
    while (c->last_complete < c->request_count && c->requests[c->last_complete].end <= c->sent)
        c->last_complete++;
    return true;
}

bool client_step(sim *s, client *c)
{
    bool moved = false;

    moved |= client_write(s, c);
    moved |= client_shut(s, c);
    moved |= client_read(s, c);
    moved |= client_hang_up(s, c);
    return moved;
}

/* ---- the oracle ---- */

void client_print(const client *c)
{
    (void)fprintf(
        stderr,
        "sim: client %zu (%s): said %zu of %zu octets, %zu requests; heard %zu octets%s%s\n",
        c->number, client_names[c->kind], c->sent, c->wire_len, c->request_count, c->received_len,
        c->has_end ? ", the end" : "", c->has_reset ? ", a reset" : "");
    (void)fprintf(stderr, "---- said ----\n%.*s\n---- heard ----\n%.*s\n",
                  (int)(c->wire_len < 3000 ? c->wire_len : 3000), c->wire,
                  (int)(c->received_len < 3000 ? c->received_len : 3000), c->received);
}

_Noreturn static void client_fail(const sim *s, const client *c, const char *what, uint64_t a,
                                  uint64_t b)
{
    client_print(c);
    sim_fail(s, "client %zu: %s (%llu, %llu)", c->number, what, (unsigned long long)a,
             (unsigned long long)b);
}

/* One response: head and body. False: it is not whole. Anything malformed fails. */
static bool client_response(const sim *s, const client *c, size_t *at, weir_method method,
                            weir_response *res, weir_field *fields, char *body, size_t *body_len)
{
    weir_head head;
    weir_body decoder;
    weir_framing framing;
    size_t used;
    weir_str part;

    weir_head_init(&head, fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_error err =
        weir_response_parse(&head, c->received + *at, c->received_len - *at, res, &used);
    if (err == WEIR_MORE) return false;
    if (err != WEIR_OK) client_fail(s, c, weir_error_info(err)->sentence, *at + used, 0);
    err = weir_response_framing(res, method, &framing);
    if (err != WEIR_OK) client_fail(s, c, weir_error_info(err)->sentence, *at, 0);
    if (framing.kind == WEIR_FRAMING_CLOSE) client_fail(s, c, "framed by the end", *at, 0);
    *at += used;
    *body_len = 0;
    weir_field trailer_fields[16];
    weir_head trailers;
    weir_head_init(&trailers, trailer_fields, 16, NULL);
    weir_body_init(&decoder, &framing, &trailers);
    for (;;) {
        err = weir_body_next(&decoder, c->received + *at, c->received_len - *at, &used, &part);
        if (err == WEIR_OK) memcpy(body + *body_len, part.p, part.len);
        if (err == WEIR_OK) *body_len += part.len;
        if (weir_is_error(err)) client_fail(s, c, weir_error_info(err)->sentence, *at + used, 0);
        *at += used;
        if (err == WEIR_END) return true;
        if (err == WEIR_MORE) return false;
    }
}

#define CLIENT_PART "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes "

/* Parts, one after the other, and nothing else (RFC 9110 §14.6). */
static void client_check_parts(const sim *s, const client *c, const client_request *r,
                               const weir_response *res, const char *body, size_t len)
{
    static const struct {
        size_t first, last;
        const char *text;
    } parts[] = {{10, 19, "10-19"},
                 {1000, 200000, "1000-200000"},
                 {299995, 299999, "299995-299999"}};
    static const char kind[] = "multipart/byteranges; boundary=";
    const weir_field *type =
        weir_fields_find(res->fields, res->field_count, WEIR_FIELD_CONTENT_TYPE);
    size_t at = 0, mark_at = sizeof kind - 1;
    char head[200];

    if (type == NULL || type->value.len < mark_at || memcmp(type->value.p, kind, mark_at) != 0)
        client_fail(s, c, "not in parts", len, 0);
    int mark_len = (int)(type->value.len - mark_at);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t n = (size_t)snprintf(head, sizeof head, "%s--%.*s%s%s/%u\r\n\r\n",
                                    i > 0 ? "\r\n" : "", mark_len, type->value.p + mark_at,
                                    CLIENT_PART, parts[i].text, (unsigned)r->length);
        size_t octets = parts[i].last - parts[i].first + 1;
        if (len - at < n + octets || memcmp(body + at, head, n) != 0)
            client_fail(s, c, "not the head of this part", i, at);
        at += n;
        for (size_t j = 0; j < octets; j++)
            if (body[at + j] != sim_octet(parts[i].first + j))
                client_fail(s, c, "not the right content of a part", i, j);
        at += octets;
    }
    size_t n =
        (size_t)snprintf(head, sizeof head, "\r\n--%.*s--\r\n", mark_len, type->value.p + mark_at);
    if (len - at != n || memcmp(body + at, head, n) != 0)
        client_fail(s, c, "not the end of the parts", at, len);
}

static void client_check_content(const sim *s, const client *c, const client_request *r,
                                 const weir_response *res, const char *body, size_t len)
{
    static const char page_end[] = "</html>\n";
    const weir_field *length =
        weir_fields_find(res->fields, res->field_count, WEIR_FIELD_CONTENT_LENGTH);

    if (weir_fields_find(res->fields, res->field_count, WEIR_FIELD_DATE) == NULL)
        client_fail(s, c, "no Date", res->status, 0);
    if (res->status == 405 &&
        weir_fields_find(res->fields, res->field_count, WEIR_FIELD_ALLOW) == NULL)
        client_fail(s, c, "no Allow", res->status, 0);
    if (res->status != r->status && !(r->may_be_busy && res->status == 503))
        client_fail(s, c, "not the right status", res->status, r->status);
    if (res->status == 206) client_check_parts(s, c, r, res, body, len);
    if (res->status != 200) return;
    if (r->method == WEIR_METHOD_HEAD) {
        if (len != 0) client_fail(s, c, "content in an answer to HEAD", len, 0);
        if (r->is_listing) return;
        if (length == NULL || (uint64_t)atoll(length->value.p) != r->length)
            client_fail(s, c, "not the right Content-Length for HEAD", r->length, 0);
        return;
    }
    if (r->is_listing) {
        size_t n = sizeof page_end - 1;
        if (len < n || memcmp(body + len - n, page_end, n) != 0)
            client_fail(s, c, "a listing that is no page", len, 0);
        return;
    }
    if (len != r->length) client_fail(s, c, "not the right length", len, r->length);
    for (size_t i = 0; i < len; i++)
        if (body[i] != (r->content != NULL ? r->content[i] : sim_octet(i)))
            client_fail(s, c, "not the right content", i, 0);
}

/* Which answers there must be: as many as there were requests, in their order. */
static size_t client_check_answers(const sim *s, const client *c)
{
    static char body[400000];
    weir_field fields[WEIR_FIELDS_DEFAULT];
    size_t at = 0, answered = 0, len;
    weir_response res;

    while (at < c->received_len) {
        const client_request *r = &c->requests[answered];
        if (answered == c->request_count) client_fail(s, c, "an answer too many", at, 0);
        if (!client_response(s, c, &at, r->method, &res, fields, body, &len)) break;
        if (res.status == 100) continue;
        client_check_content(s, c, r, &res, body, len);
        answered++;
    }
    return answered;
}

/* How long the server may take to end this connection after the client last moved. */
static uint64_t client_patience(const client *c, const weir_server_timeouts *t)
{
    switch (c->kind) {
    case CLIENT_IDLE: return t->idle_ms;
    case CLIENT_SLOW_HEAD: return t->head_ms;
    case CLIENT_STALL_BODY:
    case CLIENT_SLOW_BODY: return t->body_ms;
    case CLIENT_STALL_READ: return 2 * t->send_ms;
    default: return 0;
    }
}

void client_check(const sim *s, const client *c, const weir_server_timeouts *t)
{
    size_t answered = client_check_answers(s, c);
    bool is_lost = c->has_reset && c->received_len == 0 && s->faults.lost_percent > 0;
    uint64_t since = c->kind == CLIENT_SLOW_HEAD ? c->first_ms : c->last_ms;

    if (c->kind == CLIENT_SLOW_BODY) since = c->first_ms;
    if (since < c->accepted_ms) since = c->accepted_ms;
    if (c->kind == CLIENT_RESET || is_lost || s->stop > 0) return;
    if (c->kind == CLIENT_STALL_READ) {
        if (s->now_ms - since > client_patience(c, t) + t->linger_ms + CLIENT_SLACK_MS)
            client_fail(s, c, "it ended too late", s->now_ms - since, client_patience(c, t));
        return;
    }
    if (!c->has_end) client_fail(s, c, "no clean end", answered, c->request_count);
    if (answered != c->request_count)
        client_fail(s, c, "not all is answered", answered, c->request_count);
    if (s->now_ms - since > client_patience(c, t) + CLIENT_SLACK_MS)
        client_fail(s, c, "it ended too late", s->now_ms - since, client_patience(c, t));
}
