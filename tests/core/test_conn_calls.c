/* SPDX-License-Identifier: MIT */
/* test_conn_calls.c - the engine's calls one by one: at the wrong time, and with what cannot be sent. */
#include "exact.h"
#include "weir/conn.h"

/* An engine with all it is lent. */
typedef struct {
    weir_conn conn;
    weir_field fields[4];
    char bytes[256];
    weir_buf out;
    weir_event ev;
    size_t used;
} engine;

static void engine_init(engine *e, weir_role role)
{
    assert_int_equal(weir_conn_init(&e->conn, role, NULL), WEIR_OK);
    weir_conn_fields(&e->conn, e->fields, COUNT_OF(e->fields));
    e->out = (weir_buf){e->bytes, 0, sizeof e->bytes};
}

/* The next result for all of `wire`; what is used of it is gone. */
static weir_error engine_next(engine *e, weir_str *wire)
{
    weir_error err = weir_conn_next(&e->conn, wire->p, wire->len, &e->used, NULL, &e->ev);
    *wire = (weir_str){wire->p + e->used, wire->len - e->used};
    return err;
}

/* A server that has read all of a request. */
static void engine_serve(engine *e, const char *request)
{
    weir_str wire = weir_str_of(request);
    engine_init(e, WEIR_SERVER);
    do
        assert_int_equal(engine_next(e, &wire), WEIR_OK);
    while (e->ev.type != WEIR_EVENT_END);
}

static const weir_field host = {.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h")};

/* A client that has sent a request's head. */
static uint64_t engine_ask(engine *e, weir_method method, const char *target)
{
    const weir_request req = {.method_id = method,
                              .target = weir_str_of(target),
                              .fields = &host,
                              .field_count = 1,
                              .minor = 1};
    uint64_t number = 0;
    engine_init(e, WEIR_CLIENT);
    assert_int_equal(weir_conn_request(&e->conn, &e->out, &req, &number), WEIR_OK);
    return number;
}

#define GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

static void options_are_checked_and_have_defaults(void **state)
{
    (void)state;
    weir_conn c;
    weir_limits limits = weir_limits_default;
    weir_conn_options options = {.limits = NULL};
    assert_int_equal(weir_conn_init(&c, WEIR_SERVER, &options), WEIR_OK);
    assert_ptr_equal(c.limits, &weir_limits_default);
    options.limits = &limits;
    assert_int_equal(weir_conn_init(&c, WEIR_SERVER, &options), WEIR_OK);
    assert_ptr_equal(c.limits, &limits);
    limits.head_bytes_max = WEIR_HEAD_BYTES_HARD_MAX + 1;
    assert_int_equal(weir_conn_init(&c, WEIR_SERVER, &options), WEIR_ERR_CALL_OPTIONS);
}

/* Each role has calls that are the other's. */
static void a_role_has_its_own_calls(void **state)
{
    (void)state;
    engine e;
    const weir_response res = {.status = 200};
    const weir_request req = {.minor = 1};
    uint64_t number = engine_ask(&e, WEIR_METHOD_GET, "/");
    assert_int_equal(weir_conn_respond(&e.conn, number, &e.out, &res), WEIR_ERR_CALL_ORDER);
    engine_init(&e, WEIR_SERVER);
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_ERR_CALL_ORDER);
}

/* There is no exchange 0, not even before the first one. */
static void nothing_is_sent_before_the_first_exchange(void **state)
{
    (void)state;
    engine e;
    size_t taken = 9;
    uint64_t spliced = 9;
    engine_init(&e, WEIR_SERVER);
    assert_int_equal(weir_conn_send(&e.conn, 0, &e.out, "x", 1, &taken), WEIR_ERR_CALL_EXCHANGE);
    assert_int_equal(taken, 0);
    assert_int_equal(weir_conn_splice(&e.conn, 0, &e.out, 1, &spliced), WEIR_ERR_CALL_EXCHANGE);
    assert_int_equal(spliced, 0);
    assert_int_equal(weir_conn_finish(&e.conn, 0, &e.out, NULL, 0), WEIR_ERR_CALL_EXCHANGE);
    assert_int_equal(e.out.len, 0);
}

/* A request that cannot be sent changes nothing: a good one goes out afterwards. */
static void a_request_that_cannot_be_sent_is_none(void **state)
{
    (void)state;
    static const weir_field close[] = {
        {.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h")},
        {.name = WEIR_STR_INIT("Connection"), .value = WEIR_STR_INIT("close")},
    };
    engine e;
    uint64_t number = 0;
    weir_request req = {.method = WEIR_STR_INIT("BREW"), .target = WEIR_STR_INIT("/"), .minor = 1};
    engine_init(&e, WEIR_CLIENT);
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_ERR_CALL_HOST);
    req.fields = close;
    req.field_count = 2;
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_ERR_CALL_FRAMING);
    req.field_count = 1;
    req.target = weir_str_of("a b");
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_ERR_CALL_TARGET);
    req.target = weir_str_of("/");
    e.out.cap = 10;
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_SPACE);
    assert_int_equal(e.out.len, 0);
    assert_int_equal(number, 0);
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_IDLE | WEIR_WAITING_APPLICATION);
    e.out.cap = sizeof e.bytes;
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_OK);
    assert_int_equal(number, 1);
    assert_memory_equal(e.bytes, "BREW / HTTP/1.1\r\n", 17);
}

/* The input has ended, so that no answer could come: nothing is asked any more. */
static void a_connection_that_ended_takes_no_request(void **state)
{
    (void)state;
    engine e;
    uint64_t number;
    const weir_request req = {.method_id = WEIR_METHOD_GET,
                              .target = WEIR_STR_INIT("/"),
                              .fields = &host,
                              .field_count = 1,
                              .minor = 1};
    engine_init(&e, WEIR_CLIENT);
    weir_conn_stop(&e.conn, WEIR_ERR_TRUNCATED);
    weir_conn_stop(&e.conn, WEIR_ERR_TIMEOUT); /* the first reason stands */
    assert_int_equal(e.conn.exchange.stop, WEIR_ERR_TRUNCATED);
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &number), WEIR_END);
    assert_int_equal(e.out.len, 0);
    weir_str nothing = {"", 0};
    assert_int_equal(engine_next(&e, &nothing), WEIR_END);
}

/* RFC 9110 §15.2: any number of them; what cannot be sent is told, and is no answer. */
static void interim_responses_are_checked_like_others(void **state)
{
    (void)state;
    static const weir_field bad = {.name = WEIR_STR_INIT("A"), .value = WEIR_STR_INIT("\n")},
                            framing = {.name = WEIR_STR_INIT("Content-Length"),
                                       .value = WEIR_STR_INIT("0")};
    engine e;
    weir_response res = {.status = 103, .fields = &bad, .field_count = 1};
    engine_serve(&e, GET);
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_ERR_CALL_FIELD_VALUE);
    res.fields = &framing;
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_ERR_CALL_FRAMING);
    res.field_count = 0;
    e.out.cap = 10;
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_SPACE);
    assert_int_equal(e.out.len, 0);
    e.out.cap = sizeof e.bytes;
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
    res.status = 99;
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_ERR_CALL_STATUS);
    res.status = 204;
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
}

/* 103 says nothing of whether the payload may come: who waits for 100 goes on waiting. */
static void only_100_is_what_was_waited_for(void **state)
{
    (void)state;
    static const char wire[] = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                               "Expect: 100-continue\r\n\r\n";
    static const uint16_t interim[] = {103, 100};
    for (size_t i = 0; i < COUNT_OF(interim); i++) {
        engine e;
        weir_str in = weir_str_of(wire);
        weir_response res = {.status = interim[i]};
        engine_init(&e, WEIR_SERVER);
        assert_int_equal(engine_next(&e, &in), WEIR_OK);
        assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
        e.out.len = 0;
        res.status = 403;
        assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
        bool closes = e.out.len > 50; /* "Connection: close": nobody knows what follows */
        assert_int_equal(closes, interim[i] == 103);
        assert_int_equal(weir_conn_finish(&e.conn, 1, &e.out, NULL, 0), WEIR_OK);
    }
}

/* A request that is refused opens no tunnel. */
static void a_broken_connect_is_not_taken(void **state)
{
    (void)state;
    engine e;
    weir_str wire = weir_str_of("CONNECT h:1 HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n");
    weir_response res = {.status = 200};
    engine_init(&e, WEIR_SERVER);
    assert_int_equal(engine_next(&e, &wire), WEIR_ERR_HOST_REPEATED);
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_ERR_CALL_ORDER);
    assert_int_equal(e.out.len, 0);
    res.status = 400;
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
    assert_int_equal(weir_conn_finish(&e.conn, 1, &e.out, NULL, 0), WEIR_OK);
}

/* Payload that somebody else puts behind the head: only where nothing stands between. */
static void payload_is_spliced_where_it_is_not_chunked(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        uint64_t length;
        weir_error err;
        uint64_t taken;
    } spliced[] = {
        {GET, 5, WEIR_OK, 5},
        {GET, WEIR_LENGTH_UNKNOWN, WEIR_ERR_CALL_ORDER, 0},
        {"GET / HTTP/1.0\r\n\r\n", WEIR_LENGTH_UNKNOWN, WEIR_OK, 5},
        {"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", 5, WEIR_END, 5},
        {GET, 4, WEIR_ERR_CALL_LENGTH, 0},
    };
    for (size_t i = 0; i < COUNT_OF(spliced); i++) {
        engine e;
        uint64_t taken = 99;
        engine_serve(&e, spliced[i].request);
        const weir_response res = {.status = 200, .length = spliced[i].length};
        assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
        size_t len = e.out.len;
        assert_int_equal(weir_conn_splice(&e.conn, 2, &e.out, 5, &taken), WEIR_ERR_CALL_EXCHANGE);
        assert_int_equal(taken, 0);
        assert_int_equal(weir_conn_splice(&e.conn, 1, &e.out, 5, &taken), spliced[i].err);
        assert_int_equal(taken, spliced[i].taken);
        assert_int_equal(e.out.len, len);
        bool whole = spliced[i].err == WEIR_OK || spliced[i].err == WEIR_END;
        if (whole) assert_int_equal(weir_conn_finish(&e.conn, 1, &e.out, NULL, 0), WEIR_OK);
    }
}

/* As much as there is room for, and the rest of it later. */
static void payload_goes_out_in_pieces(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {5, WEIR_LENGTH_UNKNOWN}; /* of a client of HTTP/1.0 */
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        engine e;
        size_t taken;
        engine_serve(&e, "GET / HTTP/1.0\r\n\r\n");
        const weir_response res = {.status = 200, .length = lengths[i]};
        assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
        e.out.len = 0;
        e.out.cap = 3;
        assert_int_equal(weir_conn_send(&e.conn, 1, &e.out, "hello", 5, &taken), WEIR_OK);
        assert_int_equal(taken, 3);
        assert_int_equal(weir_conn_send(&e.conn, 1, &e.out, "lo", 2, &taken), WEIR_SPACE);
        assert_int_equal(taken, 0);
        assert_memory_equal(e.bytes, "hel", 3);
        e.out.len = 0;
        assert_int_equal(weir_conn_send(&e.conn, 1, &e.out, "lo", 2, &taken), WEIR_OK);
        assert_int_equal(taken, 2);
        assert_int_equal(weir_conn_finish(&e.conn, 1, &e.out, NULL, 0), WEIR_OK);
    }
}

/* A reset is for the exchange under way, once there is one. */
static void a_reset_names_its_exchange(void **state)
{
    (void)state;
    engine e;
    engine_init(&e, WEIR_SERVER);
    weir_conn_reset(&e.conn, 0);
    assert_false(weir_conn_is_reset(&e.conn));
    engine_serve(&e, GET);
    weir_conn_reset(&e.conn, 2);
    assert_false(weir_conn_is_reset(&e.conn));
    weir_conn_reset(&e.conn, 1);
    assert_true(weir_conn_is_reset(&e.conn));
}

/* A head that has begun is read to its end: its request was sent before anybody drained. */
static void a_drained_server_reads_the_head_that_has_begun(void **state)
{
    (void)state;
    engine e;
    const weir_response res = {.status = 204};
    weir_str part = {GET, 5}, whole = weir_str_of(GET);
    engine_init(&e, WEIR_SERVER);
    assert_int_equal(engine_next(&e, &part), WEIR_MORE);
    weir_conn_drain(&e.conn);
    assert_int_equal(engine_next(&e, &whole), WEIR_OK);
    assert_int_equal(e.ev.type, WEIR_EVENT_REQUEST);
    assert_int_equal(engine_next(&e, &whole), WEIR_OK);
    assert_int_equal(weir_conn_respond(&e.conn, 1, &e.out, &res), WEIR_OK);
    assert_int_equal(weir_conn_finish(&e.conn, 1, &e.out, NULL, 0), WEIR_OK);
    assert_int_equal(engine_next(&e, &whole), WEIR_END);
}

/* What it waits for in the other places: see it_says_what_it_waits_for() of test_conn.c. */
static void a_client_says_what_it_waits_for(void **state)
{
    (void)state;
    engine e;
    weir_str wire = weir_str_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    uint64_t number = engine_ask(&e, WEIR_METHOD_GET, "/");
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_HEAD | WEIR_WAITING_APPLICATION);
    assert_int_equal(weir_conn_finish(&e.conn, number, &e.out, NULL, 0), WEIR_OK);
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_HEAD);
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_BODY);
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_int_equal(e.ev.type, WEIR_EVENT_END);
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_IDLE | WEIR_WAITING_APPLICATION);
}

/* The answer may come before the request is out: the tunnel begins behind both. */
static void a_tunnel_waits_for_the_whole_request(void **state)
{
    (void)state;
    engine e;
    weir_str wire = weir_str_of("HTTP/1.1 200 OK\r\n\r\nraw");
    const weir_request req = {.minor = 1};
    uint64_t number = engine_ask(&e, WEIR_METHOD_CONNECT, "h:1"), other;
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_int_equal(e.ev.type, WEIR_EVENT_RESPONSE);
    assert_int_equal(engine_next(&e, &wire), WEIR_BLOCKED);
    assert_int_equal(e.used, 0);
    assert_int_equal(weir_conn_finish(&e.conn, number, &e.out, NULL, 0), WEIR_OK);
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_int_equal(e.ev.type, WEIR_EVENT_TUNNEL);
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_BODY | WEIR_WAITING_APPLICATION);
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_true(weir_str_equal(e.ev.payload, weir_str_of("raw")));

    /* This half ends; the other one goes on, and no request is possible. */
    assert_int_equal(weir_conn_finish(&e.conn, number, &e.out, NULL, 0), WEIR_OK);
    assert_int_equal(weir_conn_waiting(&e.conn), WEIR_WAITING_BODY);
    assert_int_equal(weir_conn_request(&e.conn, &e.out, &req, &other), WEIR_END);
    wire = weir_str_of("more");
    assert_int_equal(engine_next(&e, &wire), WEIR_OK);
    assert_true(weir_str_equal(e.ev.payload, weir_str_of("more")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_checked_and_have_defaults),
        cmocka_unit_test(a_role_has_its_own_calls),
        cmocka_unit_test(nothing_is_sent_before_the_first_exchange),
        cmocka_unit_test(a_request_that_cannot_be_sent_is_none),
        cmocka_unit_test(a_connection_that_ended_takes_no_request),
        cmocka_unit_test(interim_responses_are_checked_like_others),
        cmocka_unit_test(only_100_is_what_was_waited_for),
        cmocka_unit_test(a_broken_connect_is_not_taken),
        cmocka_unit_test(payload_is_spliced_where_it_is_not_chunked),
        cmocka_unit_test(payload_goes_out_in_pieces),
        cmocka_unit_test(a_reset_names_its_exchange),
        cmocka_unit_test(a_drained_server_reads_the_head_that_has_begun),
        cmocka_unit_test(a_client_says_what_it_waits_for),
        cmocka_unit_test(a_tunnel_waits_for_the_whole_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
