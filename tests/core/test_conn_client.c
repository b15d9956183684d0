/* SPDX-License-Identifier: MIT */
/* test_conn_client.c - the engine as a client: requests out, responses in, at every cut. */
#include "exact.h"
#include "weir/conn.h"

enum {
    EVENTS_BYTES = 512,
    FIELDS = 8
};

typedef struct {
    const char *name;
    weir_method method;
    bool upgrade;
    const char *wire; /* what the server sends */
    weir_error stop;
    const char *events;
} client_case;

#define OK_HI "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

static const client_case cases[] = {
    {"a response of a length", WEIR_METHOD_GET, false, OK_HI, WEIR_END, "200 length,=hi,end,over"},
    {"two in a row", WEIR_METHOD_GET, false, OK_HI "HTTP/1.1 204 X\r\n\r\n", WEIR_END,
     "200 length,=hi,end,204 none,end,over"},
    {"interim ones first", WEIR_METHOD_GET, false,
     "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nLink: a\r\n\r\n" OK_HI, WEIR_END,
     "100 interim,103 interim,200 length,=hi,end,over"},
    {"HEAD", WEIR_METHOD_HEAD, false, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", WEIR_END,
     "200 none,end,over"},
    {"chunks and trailers", WEIR_METHOD_GET, false,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\nT: u\r\n\r\n",
     WEIR_END, "200 chunked,=hi,end T=u,over"},
    {"until the connection ends", WEIR_METHOD_GET, false, "HTTP/1.1 200 OK\r\n\r\nhello", WEIR_END,
     "200 close,=hello,end,over"},
    {"until the connection is cut", WEIR_METHOD_GET, false, "HTTP/1.1 200 OK\r\n\r\nhello",
     WEIR_ERR_TRUNCATED, "200 close,=hello,ERR_TRUNCATED@24"},
    {"told to close", WEIR_METHOD_GET, false,
     "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" OK_HI, WEIR_END,
     "200 length,end,over"},
    {"a tunnel", WEIR_METHOD_CONNECT, false, "HTTP/1.1 200 OK\r\n\r\nraw", WEIR_END,
     "200 tunnel,tunnel,=raw,end,over"},
    {"a CONNECT that is refused", WEIR_METHOD_CONNECT, false,
     "HTTP/1.1 403 F\r\nContent-Length: 2\r\n\r\nno", WEIR_END, "403 length,=no,end,over"},
    {"an upgrade", WEIR_METHOD_GET, true,
     "HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw", WEIR_END,
     "101 tunnel,tunnel,=raw,end,over"},
    {"an upgrade that does not say to what", WEIR_METHOD_GET, true,
     "HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\nraw", WEIR_END, "ERR_SWITCH@0"},
    {"an upgrade that is not taken", WEIR_METHOD_GET, true, OK_HI, WEIR_END,
     "200 length,=hi,end,over"},
    {"an upgrade that nobody offered", WEIR_METHOD_GET, false,
     "HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw", WEIR_END, "ERR_SWITCH@0"},
    {"no response", WEIR_METHOD_GET, false, "", WEIR_END, "ERR_TRUNCATED@0"},
    {"no response in time", WEIR_METHOD_GET, false, "HTTP/1.1 2", WEIR_ERR_TIMEOUT,
     "ERR_TIMEOUT@10"},
    {"a response that is none", WEIR_METHOD_GET, false, "HTTP/1.1 200\r\n\r\n", WEIR_END,
     "ERR_STATUS_LINE@12"},
    {"framing that is none", WEIR_METHOD_GET, false, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
     WEIR_END, "ERR_CONTENT_LENGTH@33"},
    {"a length above the limit", WEIR_METHOD_GET, false,
     "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n", WEIR_END, "ERR_PAYLOAD_BYTES@39"},
    {"a response cut inside its payload", WEIR_METHOD_GET, false,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", WEIR_END,
     "200 length,=hel,ERR_TRUNCATED@41"},
};

typedef struct {
    weir_conn conn;
    weir_limits limits;
    weir_conn_options options;
    weir_field fields[FIELDS];
    char bytes[256];
    weir_buf out;
    char events[EVENTS_BYTES];
    bool in_payload;
} client;

static void client_add(client *c, const char *word, size_t len)
{
    size_t at = strlen(c->events);
    assert_true(at + len < EVENTS_BYTES);
    if (len > 0) memcpy(c->events + at, word, len);
    c->events[at + len] = '\0';
}

static void client_event(client *c, const char *word)
{
    if (c->events[0] != '\0') client_add(c, ",", 1);
    client_add(c, word, strlen(word));
    c->in_payload = false;
}

static void client_ask(client *c, const client_case *k)
{
    static const weir_field fields[] = {
        {.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h")},
        {.name = WEIR_STR_INIT("Connection"), .value = WEIR_STR_INIT("upgrade")},
        {.name = WEIR_STR_INIT("Upgrade"), .value = WEIR_STR_INIT("x")},
    };
    weir_request req = {.method_id = k->method, .fields = fields, .minor = 1};
    req.target = weir_str_of(k->method == WEIR_METHOD_CONNECT ? "h:1" : "/");
    req.field_count = k->upgrade ? 3 : 1;
    uint64_t number = 0;
    weir_error err = weir_conn_request(&c->conn, &c->out, &req, &number);
    if (err == WEIR_END) return; /* the server ends the connection */
    assert_int_equal(err, WEIR_OK);
    assert_int_equal(weir_conn_request(&c->conn, &c->out, &req, &number), WEIR_BLOCKED);
    assert_int_equal(weir_conn_finish(&c->conn, number, &c->out, NULL, 0), WEIR_OK);
    c->out.len = 0;
}

static void client_head(client *c, const weir_event *ev)
{
    static const char *const kinds[] = {"none", "length", "chunked", "close", "tunnel"};
    char word[64];
    snprintf(word, sizeof word, "%d %s", ev->response.status,
             ev->type == WEIR_EVENT_INTERIM ? "interim" : kinds[ev->framing.kind]);
    client_event(c, word);
}

static void client_take(client *c, const weir_event *ev)
{
    char word[64] = "end";
    switch (ev->type) {
    case WEIR_EVENT_INTERIM:
    case WEIR_EVENT_RESPONSE: client_head(c, ev); break;
    case WEIR_EVENT_PAYLOAD:
        if (!c->in_payload) client_event(c, "=");
        client_add(c, ev->payload.p, ev->payload.len);
        c->in_payload = true;
        break;
    case WEIR_EVENT_END:
        for (size_t i = 0; i < ev->trailers.count; i++)
            snprintf(word, sizeof word, "end %.*s=%.*s", (int)ev->trailers.fields[i].name.len,
                     ev->trailers.fields[i].name.p, (int)ev->trailers.fields[i].value.len,
                     ev->trailers.fields[i].value.p);
        client_event(c, word);
        break;
    case WEIR_EVENT_TUNNEL: client_event(c, "tunnel"); break;
    case WEIR_EVENT_ERROR:
        snprintf(word, sizeof word, "%s@%d", weir_error_info(ev->failure.error)->name,
                 (int)ev->failure.offset);
        assert_int_equal(ev->failure.status, 0); /* a client answers nothing */
        client_event(c, word);
        break;
    case WEIR_EVENT_NONE:
    case WEIR_EVENT_REQUEST:
    case WEIR_EVENT_RESUME: fail_msg("an event that no client gets");
    }
}

static void client_run(const client_case *k, size_t first, size_t step, char events[EVENTS_BYTES])
{
    client c = {.limits = weir_limits_default};
    c.limits.payload_bytes_max = 20;
    c.options.limits = &c.limits;
    c.out = (weir_buf){c.bytes, 0, sizeof c.bytes};
    assert_int_equal(weir_conn_init(&c.conn, WEIR_CLIENT, &c.options), WEIR_OK);
    weir_conn_fields(&c.conn, c.fields, FIELDS);
    client_ask(&c, k);
    size_t len = strlen(k->wire), at = 0, have = first < len ? first : len;
    for (size_t calls = 0;; calls++) {
        assert_true(calls < 4 * len + 32);
        char *copy = exact_copy(k->wire + at, have - at);
        weir_event ev;
        size_t used;
        weir_error err = weir_conn_next(&c.conn, copy, have - at, &used, NULL, &ev);
        if (err == WEIR_OK || weir_is_error(err)) client_take(&c, &ev);
        free(copy);
        at += used;
        if (err == WEIR_END) client_event(&c, "over");
        if (err == WEIR_END || weir_is_error(err)) break;
        if (err == WEIR_OK && ev.type == WEIR_EVENT_END && at < len) client_ask(&c, k);
        if (err == WEIR_BLOCKED || (err == WEIR_MORE && have == len))
            weir_conn_stop(&c.conn, k->stop);
        if (err == WEIR_MORE) have = len - have > step ? have + step : len;
    }
    memcpy(events, c.events, EVENTS_BYTES);
}

static void check_case(const client_case *k, size_t first, size_t step)
{
    char events[EVENTS_BYTES];
    client_run(k, first, step, events);
    if (strcmp(events, k->events) != 0)
        fail_msg("%s, cut at %zu: \"%s\", not \"%s\"", k->name, first, events, k->events);
}

/* Invariant 2. */
static void responses_are_alike_at_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t len = strlen(cases[i].wire);
        for (size_t first = 0; first <= len; first++)
            check_case(&cases[i], first, len);
        check_case(&cases[i], 1, 1);
    }
}

/* RFC 9112 §9.2: what nothing asked for belongs to nothing. */
static void a_response_that_nothing_asked_for_is_an_error(void **state)
{
    (void)state;
    weir_conn c;
    weir_event ev;
    size_t used;
    weir_conn_init(&c, WEIR_CLIENT, NULL);
    assert_int_equal(weir_conn_next(&c, "", 0, &used, NULL, &ev), WEIR_BLOCKED);
    assert_int_equal(weir_conn_waiting(&c), WEIR_WAITING_IDLE | WEIR_WAITING_APPLICATION);
    assert_int_equal(weir_conn_next(&c, "H", 1, &used, NULL, &ev), WEIR_ERR_UNEXPECTED);
    weir_request req = {.minor = 1};
    uint64_t number;
    char bytes[64];
    weir_buf out = {bytes, 0, sizeof bytes};
    assert_int_equal(weir_conn_request(&c, &out, &req, &number), WEIR_END);
}

/* Payload of a request that announced none is not lost without a word. */
static void a_request_without_a_payload_takes_none(void **state)
{
    (void)state;
    static const weir_field host = {.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h")};
    weir_request req = {.method_id = WEIR_METHOD_GET,
                        .target = WEIR_STR_INIT("/"),
                        .fields = &host,
                        .field_count = 1,
                        .minor = 1};
    weir_conn c;
    char bytes[64];
    weir_buf out = {bytes, 0, sizeof bytes};
    size_t taken;
    uint64_t number, spliced;
    weir_conn_init(&c, WEIR_CLIENT, NULL);
    assert_int_equal(weir_conn_request(&c, &out, &req, &number), WEIR_OK);
    assert_int_equal(weir_conn_send(&c, number, &out, "x", 1, &taken), WEIR_ERR_CALL_LENGTH);
    assert_int_equal(taken, 0);
    assert_int_equal(weir_conn_splice(&c, number, &out, 1, &spliced), WEIR_ERR_CALL_LENGTH);
    assert_int_equal(weir_conn_send(&c, number, &out, "", 0, &taken), WEIR_OK);
    assert_int_equal(weir_conn_finish(&c, number, &out, NULL, 0), WEIR_OK);
}

/* What one side says is what the other side reads: a payload in chunks, an early answer. */
static void a_client_and_a_server_understand_each_other(void **state)
{
    (void)state;
    static const weir_field host = {.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h")};
    static const weir_field trailer = {.name = WEIR_STR_INIT("T"), .value = WEIR_STR_INIT("u")};
    weir_conn asker, answerer;
    weir_field client_fields[4], server_fields[4];
    char up[256], down[256];
    weir_buf asks = {up, 0, sizeof up}, answers = {down, 0, sizeof down};
    weir_event ev;
    size_t used, taken, at = 0;
    uint64_t number;
    weir_conn_init(&asker, WEIR_CLIENT, NULL);
    weir_conn_init(&answerer, WEIR_SERVER, NULL);
    weir_conn_fields(&asker, client_fields, 4);
    weir_conn_fields(&answerer, server_fields, 4);
    weir_request req = {.method_id = WEIR_METHOD_POST,
                        .target = WEIR_STR_INIT("/a"),
                        .fields = &host,
                        .field_count = 1,
                        .minor = 1,
                        .has_payload = true,
                        .length = WEIR_LENGTH_UNKNOWN};
    assert_int_equal(weir_conn_request(&asker, &asks, &req, &number), WEIR_OK);
    assert_int_equal(weir_conn_send(&asker, number, &asks, "hello", 5, &taken), WEIR_OK);
    assert_int_equal(weir_conn_finish(&asker, number, &asks, &trailer, 1), WEIR_OK);

    assert_int_equal(weir_conn_next(&answerer, up, asks.len, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(ev.type, WEIR_EVENT_REQUEST);
    assert_int_equal(ev.framing.kind, WEIR_FRAMING_CHUNKED);
    assert_true(weir_str_equal(ev.request.target, weir_str_of("/a")));
    at += used;
    assert_int_equal(weir_conn_next(&answerer, up + at, asks.len - at, &used, NULL, &ev), WEIR_OK);
    assert_true(weir_str_equal(ev.payload, weir_str_of("hello")));
    at += used;
    assert_int_equal(weir_conn_next(&answerer, up + at, asks.len - at, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(ev.type, WEIR_EVENT_END);
    assert_int_equal(ev.trailers.count, 1);
    assert_true(at + used == asks.len);

    weir_response res = {.status = 404};
    assert_int_equal(weir_conn_respond(&answerer, 1, &answers, &res), WEIR_OK);
    assert_int_equal(weir_conn_finish(&answerer, 1, &answers, NULL, 0), WEIR_OK);
    assert_int_equal(weir_conn_next(&asker, down, answers.len, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(ev.response.status, 404);
    assert_true(ev.framing.persistent);
    assert_int_equal(weir_conn_next(&asker, down, 0, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(ev.type, WEIR_EVENT_END);
    weir_conn_drain(&asker);
    assert_int_equal(weir_conn_request(&asker, &asks, &req, &number), WEIR_END);
    assert_int_equal(weir_conn_next(&asker, down, 0, &used, NULL, &ev), WEIR_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_alike_at_every_cut),
        cmocka_unit_test(a_response_that_nothing_asked_for_is_an_error),
        cmocka_unit_test(a_request_without_a_payload_takes_none),
        cmocka_unit_test(a_client_and_a_server_understand_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
