/* SPDX-License-Identifier: MIT */
/* test_conn.c - the engine as a server: events and answers, at every cut. */
#include "conn_server.h"
#include "exact.h"

typedef struct {
    const char *name, *wire, *events, *answers;
} server_case;

#define H "Host: h\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" H "\r\n"
#define HI "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
#define HI_CLOSE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
#define REFUSED(line) "HTTP/1.1 " line "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static const server_case cases[] = {
    {"one request, the peer ends", GET("/"), "1 GET / none,end,over", HI},
    {"nothing at all", "", "over", ""},
    {"line ends at the end are nothing", GET("/") "\r\n", "1 GET / none,end,over", HI},
    {"three in a row", GET("/") GET("/") GET("/"),
     "1 GET / none,end,2 GET / none,end,3 GET / none,end,over", HI HI HI},
    {"Connection: close", "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n" GET("/"),
     "1 GET / none,end,over", HI_CLOSE},
    {"the application closes", GET("/close") GET("/"), "1 GET /close none,end,over", HI_CLOSE},
    {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n", "1 GET / none,end,over", HI_CLOSE},
    {"HTTP/1.0 that persists", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" GET("/"),
     "1 GET / none,end,2 GET / none,end,over",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi" HI},
    {"HEAD", "HEAD / HTTP/1.1\r\n" H "\r\n" GET("/"), "1 HEAD / none,end,2 GET / none,end,over",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" HI},
    {"204", GET("/204"), "1 GET /204 none,end,over", "HTTP/1.1 204 No Content\r\n\r\n"},
    {"chunks and trailers go out", GET("/chunks"), "1 GET /chunks none,end,over",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: u\r\n\r\n"},
    {"HEAD gets none", "HEAD /chunks HTTP/1.1\r\n" H "\r\n", "1 HEAD /chunks none,end,over",
     "HTTP/1.1 200 OK\r\n\r\n"},
    {"an HTTP/1.0 client gets none", "GET /chunks HTTP/1.0\r\n\r\n", "1 GET /chunks none,end,over",
     "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi"},
    {"a payload of a length", "POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello" GET("/"),
     "1 POST / length,=hello,end,2 GET / none,end,over", HI HI},
    {"a chunked payload with trailers",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
     "2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nT: u\r\n\r\n" GET("/"),
     "1 POST / chunked,=hello,end T=u,2 GET / none,end,over", HI HI},
    {"100 is asked for and sent",
     "POST /100 HTTP/1.1\r\n" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nab" GET("/"),
     "1 POST /100 length continue,=ab,end,2 GET / none,end,over",
     "HTTP/1.1 100 Continue\r\n\r\n" HI HI},
    {"100 to an HTTP/1.0 client is not sent",
     "POST /100 HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab",
     "1 POST /100 length,=ab,end,over", HI_CLOSE},
    {"100 is asked for, the peer does not wait for it",
     "POST /first HTTP/1.1\r\n" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nab" GET("/"),
     "1 POST /first length continue,=,2 GET / none,end,over",
     "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" HI},
    {"100 is asked for, the answer is early: nobody knows what follows",
     "POST /early HTTP/1.1\r\n" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n" GET("/"),
     "1 POST /early length continue,over", REFUSED("403 Forbidden")},
    {"an early answer, and the payload is swallowed",
     "POST /early HTTP/1.1\r\n" H "Content-Length: 8\r\n\r\n12345678" GET("/"),
     "1 POST /early length,2 GET / none,end,over",
     "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" HI},
    {"an early answer, and more than is worth it",
     "POST /early HTTP/1.1\r\n" H "Content-Length: 9\r\n\r\n123456789" GET("/"),
     "1 POST /early length,over", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
    {"an early answer, and the peer ends inside its payload",
     "POST /early HTTP/1.1\r\n" H "Content-Length: 8\r\n\r\n1234", "1 POST /early length,over",
     "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
    {"CONNECT that is taken", "CONNECT h:1 HTTP/1.1\r\n" H "\r\nGET raw",
     "1 CONNECT h:1 none,end,tunnel,=GET raw,end,over", "HTTP/1.1 200 OK\r\n\r\nGET raw"},
    {"CONNECT that is refused", "CONNECT h:2 HTTP/1.1\r\n" H "\r\n" GET("/"),
     "1 CONNECT h:2 none,end,over",
     "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"an upgrade behind its payload",
     "POST /up HTTP/1.1\r\n" H
     "Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nabraw",
     "1 POST /up length upgrade,=ab,end,tunnel,=raw,end,over",
     "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw"},
    {"drained while it answers", GET("/drain") GET("/"), "1 GET /drain none,end,over", HI_CLOSE},
    {"reset while it answers", GET("/reset") GET("/"), "1 GET /reset none,end,reset", ""},

    {"a head that is refused", "GET / HTTP/1.1\r\n" H "A : b\r\n\r\n" GET("/"),
     "1 ERR_NAME_SPACE@26 400", REFUSED("400 Bad Request")},
    {"the second is refused", GET("/") "G@T", "1 GET / none,end,2 ERR_METHOD@28 400",
     HI REFUSED("400 Bad Request")},
    {"framing that is refused, to HEAD", "HEAD / HTTP/1.1\r\n" H "Content-Length: x\r\n\r\n",
     "1 ERR_CONTENT_LENGTH@42 400", REFUSED("400 Bad Request")},
    {"a payload above the limit", "POST / HTTP/1.1\r\n" H "Content-Length: 21\r\n\r\n",
     "1 ERR_PAYLOAD_BYTES@48 413", REFUSED("413 Content Too Large")},
    {"chunks above the limit",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n14\r\n",
     "1 POST / chunked,=a,1 ERR_PAYLOAD_BYTES@65 413", REFUSED("413 Content Too Large")},
    {"a chunk that is none",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n1\r\nab" GET("/"),
     "1 POST / chunked,=a,1 ERR_CHUNK_DATA@60 400", REFUSED("400 Bad Request")},
    {"a bad chunk behind an early answer",
     "POST /early HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nx" GET("/"),
     "1 POST /early chunked,1 ERR_CHUNK_SIZE@61 0",
     "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
    {"the peer ends inside a head", "GET / HT", "1 ERR_TRUNCATED@8 400",
     REFUSED("400 Bad Request")},
    {"the peer ends inside a payload", "POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhel",
     "1 POST / length,=hel,1 ERR_TRUNCATED@50 400", REFUSED("400 Bad Request")},
};

/* Invariant 2: whole, in two pieces at every cut, an octet at a time; also with little room. */
static void events_and_answers_are_alike_at_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const server_case *k = &cases[i];
        size_t len = strlen(k->wire);
        for (size_t first = 0; first <= len + 1; first++) {
            for (size_t room = 96; room <= 256; room += 160) {
                server_trace t;
                server_feed feed = {.wire = k->wire, .len = len, .room = room, .stop = WEIR_END};
                feed.first = first <= len ? first : 1;
                feed.step = first <= len ? len : 1;
                server_run(&feed, &t);
                if (strcmp(t.events, k->events) != 0)
                    fail_msg("%s, cut at %zu: \"%s\", not \"%s\"", k->name, first, t.events,
                             k->events);
                if (strcmp(t.answers, k->answers) != 0)
                    fail_msg("%s, cut at %zu: \"%s\", not \"%s\"", k->name, first, t.answers,
                             k->answers);
            }
        }
    }
}

/* What the end of the input means depends on why it ends. */
static void the_end_of_the_input_is_told_as_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *wire;
        weir_error why;
        const char *events;
    } ends[] = {
        {"", WEIR_ERR_TIMEOUT, "over"},
        {"", WEIR_ERR_TRUNCATED, "over"},
        {"\r\n", WEIR_ERR_TIMEOUT, "over"},
        {"GET /", WEIR_ERR_TIMEOUT, "1 ERR_TIMEOUT@5 408"},
        {"GET /", WEIR_ERR_TRUNCATED, "1 ERR_TRUNCATED@5 400"},
        {"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\na", WEIR_ERR_TIMEOUT,
         "1 POST / length,=a,1 ERR_TIMEOUT@39 408"},
        {"CONNECT h:1 HTTP/1.1\r\n" H "\r\nab", WEIR_ERR_TRUNCATED,
         "1 CONNECT h:1 none,end,tunnel,=ab,1 ERR_TRUNCATED@35 0"},
    };
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        server_trace t;
        server_feed feed = {.wire = ends[i].wire,
                            .len = strlen(ends[i].wire),
                            .first = strlen(ends[i].wire),
                            .step = 1,
                            .room = 256,
                            .stop = ends[i].why};
        server_run(&feed, &t);
        assert_string_equal(t.events, ends[i].events);
    }
}

/* A caller's mistake is an error of its own, and changes nothing: the right call works afterwards. */
static void mistakes_of_the_caller_change_nothing(void **state)
{
    (void)state;
    static const char wire[] = GET("/");
    weir_conn c;
    weir_field fields[4];
    char bytes[256];
    weir_buf out = {bytes, 0, sizeof bytes};
    weir_event ev;
    size_t used, taken;
    uint64_t spliced, number;
    weir_response res = {.status = 200, .length = 2};
    weir_request req = {.minor = 1};
    weir_field bad = {.name = WEIR_STR_INIT("A"), .value = WEIR_STR_INIT("b\r\nC: d")};
    weir_conn_init(&c, WEIR_SERVER, NULL);
    weir_conn_fields(&c, fields, 4);
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_EXCHANGE);
    assert_int_equal(weir_conn_send(&c, 1, &out, "hi", 2, &taken), WEIR_ERR_CALL_EXCHANGE);
    assert_int_equal(weir_conn_next(&c, wire, sizeof wire - 1, &used, &out, &ev), WEIR_OK);
    assert_int_equal(weir_conn_request(&c, &out, &req, &number), WEIR_ERR_CALL_ORDER);
    assert_int_equal(weir_conn_send(&c, 1, &out, "hi", 2, &taken), WEIR_ERR_CALL_ORDER);
    assert_int_equal(weir_conn_finish(&c, 1, &out, NULL, 0), WEIR_ERR_CALL_ORDER);
    assert_int_equal(weir_conn_respond(&c, 2, &out, &res), WEIR_ERR_CALL_EXCHANGE);
    res.fields = &bad;
    res.field_count = 1;
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_FIELD_VALUE);
    res.field_count = 0;
    res.status = 101;
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_STATUS);
    res.status = 999;
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_STATUS);
    res.status = 200;
    assert_int_equal(out.len, 0);
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_OK);
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_ORDER);
    assert_int_equal(weir_conn_send(&c, 1, &out, "hi!", 3, &taken), WEIR_ERR_CALL_LENGTH);
    assert_int_equal(weir_conn_splice(&c, 1, &out, 3, &spliced), WEIR_ERR_CALL_LENGTH);
    assert_int_equal(weir_conn_splice(&c, 1, &out, 1, &spliced), WEIR_OK);
    assert_int_equal(spliced, 1);
    assert_int_equal(weir_conn_finish(&c, 1, &out, NULL, 0), WEIR_ERR_CALL_LENGTH);
    assert_int_equal(weir_conn_send(&c, 1, &out, "i", 1, &taken), WEIR_OK);
    assert_int_equal(weir_conn_finish(&c, 1, &out, &bad, 1), WEIR_ERR_CALL_TRAILER);
    assert_int_equal(weir_conn_finish(&c, 1, &out, NULL, 0), WEIR_OK);
    assert_int_equal(weir_conn_finish(&c, 1, &out, NULL, 0), WEIR_ERR_CALL_ORDER);
}

/* RFC 9110 §7.8: a switch waits until the whole request is in. */
static void a_switch_waits_for_the_whole_request(void **state)
{
    (void)state;
    static const char wire[] =
        "GET / HTTP/1.1\r\n" H "Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 1\r\n\r\n";
    weir_conn c;
    weir_field fields[4];
    char bytes[256];
    weir_buf out = {bytes, 0, sizeof bytes};
    weir_event ev;
    size_t used;
    static const weir_field names[] = {
        {.name = WEIR_STR_INIT("Connection"), .value = WEIR_STR_INIT("upgrade")},
        {.name = WEIR_STR_INIT("Upgrade"), .value = WEIR_STR_INIT("x")},
    };
    weir_response res = {.status = 101, .fields = names, .field_count = 2};
    weir_conn_init(&c, WEIR_SERVER, NULL);
    weir_conn_fields(&c, fields, 4);
    assert_int_equal(weir_conn_next(&c, wire, sizeof wire - 1, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_BLOCKED);
    res.field_count = 1; /* 101 says to what it switches */
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_STATUS);
    assert_int_equal(out.len, 0);
    assert_int_equal(weir_conn_next(&c, "a", 1, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(weir_conn_next(&c, NULL, 0, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(ev.type, WEIR_EVENT_END);
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_ERR_CALL_STATUS);
    res.field_count = 2;
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_OK);
}

/* RFC 9110 §9.3.2: whatever is wrong behind the method, what is known is kept to. */
static void a_broken_head_by_head_gets_no_content(void **state)
{
    (void)state;
    static const char *const heads[] = {
        "HEAD / HTTP/1.1\r\n" H "A : b\r\n\r\n",
        "HEAD / HTTP/1.1\r\n" H "A",
        "HEAD / HTTP/1.1\r\n\r\n",
        "HEAD /a|b HTTP/1.1\r\n" H "\r\n",
        "HEAD / HTTP/2.0\r\n" H "\r\n",
        "HEAD ",
        "HEAD /a\001b HTTP/1.1, on a line with octets enough for all that read many at a time\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        weir_conn c;
        weir_field fields[4];
        char bytes[256];
        weir_buf out = {bytes, 0, sizeof bytes};
        weir_event ev;
        size_t used, taken;
        weir_response res = {.status = 400, .length = 2};
        assert_int_equal(weir_conn_init(&c, WEIR_SERVER, NULL), WEIR_OK);
        weir_conn_fields(&c, fields, COUNT_OF(fields));
        weir_conn_stop(&c, WEIR_ERR_TIMEOUT);
        assert_true(
            weir_is_error(weir_conn_next(&c, heads[i], strlen(heads[i]), &used, NULL, &ev)));
        assert_int_equal(weir_conn_respond(&c, ev.exchange, &out, &res), WEIR_OK);
        assert_int_equal(weir_conn_send(&c, ev.exchange, &out, "no", 2, &taken), WEIR_OK);
        assert_int_equal(weir_conn_finish(&c, ev.exchange, &out, NULL, 0), WEIR_OK);
        assert_memory_equal(out.p + out.len - 4, "\r\n\r\n", 4);
    }
}

/* RFC 9112 §6.1: no chunks to a client that may be one of HTTP/1.0, as where its head is broken. */
static void an_unknown_client_gets_no_chunks(void **state)
{
    (void)state;
    static const struct {
        const char *wire, *answer;
    } heads[] = {
        {"GET / HTTP/1.0\r\nA : b\r\n", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno"},
        {"POST / HTTP/1.0\r\nContent-Length: x\r\n\r\n",
         "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno"},
        {"POST / HTTP/1.1\r\n" H "Content-Length: x\r\n\r\n",
         "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
         "2\r\nno\r\n0\r\n\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        weir_conn c;
        weir_field fields[4];
        char bytes[256];
        weir_buf out = {bytes, 0, sizeof bytes};
        weir_event ev;
        size_t used, taken;
        weir_response res = {.status = 400, .length = WEIR_LENGTH_UNKNOWN};
        weir_conn_init(&c, WEIR_SERVER, NULL);
        weir_conn_fields(&c, fields, 4);
        weir_str wire = weir_str_of(heads[i].wire);
        assert_true(weir_is_error(weir_conn_next(&c, wire.p, wire.len, &used, NULL, &ev)));
        weir_response interim = {.status = 100}; /* what is refused is not encouraged */
        assert_int_equal(weir_conn_respond(&c, 1, &out, &interim), WEIR_ERR_CALL_ORDER);
        assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_OK);
        assert_int_equal(weir_conn_send(&c, 1, &out, "no", 2, &taken), WEIR_OK);
        assert_int_equal(weir_conn_finish(&c, 1, &out, NULL, 0), WEIR_OK);
        assert_true(weir_str_equal((weir_str){out.p, out.len}, weir_str_of(heads[i].answer)));
    }
}

/* A caller with a buffer of head_bytes_max octets is never asked for more than it has room for. */
static void trailers_never_fill_the_buffer(void **state)
{
    (void)state;
    enum {
        ROOM = 64
    };
    static const char wire[] = "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nT: ";
    weir_limits limits = weir_limits_default;
    weir_conn_options options = {.limits = &limits};
    weir_conn c;
    weir_field fields[4];
    weir_event ev;
    char in[ROOM];
    size_t used, at = 0, have = 0;
    weir_error err = WEIR_OK;
    limits.head_bytes_max = ROOM;
    assert_int_equal(weir_conn_init(&c, WEIR_SERVER, &options), WEIR_OK);
    weir_conn_fields(&c, fields, 4);
    for (size_t i = 0; !weir_is_error(err); i++) {
        err = weir_conn_next(&c, in, have, &used, NULL, &ev);
        have -= used;
        memmove(in, in + used, have);
        if (err != WEIR_MORE) continue;
        assert_true(have < ROOM);
        in[have++] = at < sizeof wire - 1 ? wire[at] : 'x';
        at++;
    }
    assert_int_equal(err, WEIR_ERR_TRAILER_BYTES);
}

/* The caller's word is the last one: nothing is told on a connection that is given up. */
static void a_reset_ends_it_after_an_error_too(void **state)
{
    (void)state;
    weir_conn c;
    weir_field fields[4];
    weir_event ev;
    size_t used;
    weir_conn_init(&c, WEIR_SERVER, NULL);
    weir_conn_fields(&c, fields, 4);
    assert_int_equal(weir_conn_next(&c, "G@", 2, &used, NULL, &ev), WEIR_ERR_METHOD);
    weir_conn_reset(&c, ev.exchange);
    assert_int_equal(weir_conn_next(&c, "G@", 2, &used, NULL, &ev), WEIR_END);
    assert_int_equal(ev.type, WEIR_EVENT_NONE);
    assert_int_equal(used, 0);
    assert_int_equal(weir_conn_waiting(&c), 0);
}

/* It says what it waits for, so that the caller picks the deadline. */
static void it_says_what_it_waits_for(void **state)
{
    (void)state;
    static const char wire[] = "POST / HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab";
    weir_conn c;
    weir_field fields[4];
    char bytes[256];
    weir_buf out = {bytes, 0, sizeof bytes};
    weir_event ev;
    size_t used;
    weir_response res = {.status = 200};
    weir_conn_init(&c, WEIR_SERVER, NULL);
    weir_conn_fields(&c, fields, 4);
    assert_int_equal(weir_conn_waiting(&c), WEIR_WAITING_IDLE);
    assert_int_equal(weir_conn_next(&c, wire, 5, &used, NULL, &ev), WEIR_MORE);
    assert_int_equal(weir_conn_waiting(&c), WEIR_WAITING_HEAD);
    assert_int_equal(weir_conn_next(&c, wire, sizeof wire - 3, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(weir_conn_waiting(&c), WEIR_WAITING_BODY | WEIR_WAITING_APPLICATION);
    assert_int_equal(weir_conn_next(&c, "ab", 2, &used, NULL, &ev), WEIR_OK);
    weir_conn_consume(&c, 1, used);
    assert_int_equal(weir_conn_next(&c, "", 0, &used, NULL, &ev), WEIR_OK);
    assert_int_equal(ev.type, WEIR_EVENT_END);
    assert_int_equal(weir_conn_waiting(&c), WEIR_WAITING_APPLICATION);
    assert_int_equal(weir_conn_next(&c, "GET", 3, &used, NULL, &ev), WEIR_BLOCKED);
    assert_int_equal(used, 0);
    assert_int_equal(weir_conn_respond(&c, 1, &out, &res), WEIR_OK);
    assert_int_equal(weir_conn_finish(&c, 1, &out, NULL, 0), WEIR_OK);
    assert_int_equal(weir_conn_waiting(&c), WEIR_WAITING_IDLE);
    weir_conn_drain(&c);
    assert_int_equal(weir_conn_next(&c, "GET", 3, &used, NULL, &ev), WEIR_END);
    assert_int_equal(weir_conn_waiting(&c), 0);
}

/* A buffer of any size: SPACE writes nothing, and the call works when it is made again. */
static void a_full_buffer_takes_nothing_and_loses_nothing(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 80; cap++) {
        static const char wire[] = GET("/");
        weir_conn c;
        weir_field fields[4];
        char *bytes = exact_copy("", 0), sent[256] = "";
        free(bytes);
        bytes = malloc(cap > 0 ? cap : 1);
        weir_buf out = {bytes, 0, cap};
        weir_event ev;
        size_t used, taken;
        weir_response res = {.status = 200, .length = WEIR_LENGTH_UNKNOWN};
        weir_conn_init(&c, WEIR_SERVER, NULL);
        weir_conn_fields(&c, fields, 4);
        weir_conn_next(&c, wire, sizeof wire - 1, &used, NULL, &ev);
        weir_error err = weir_conn_respond(&c, 1, &out, &res);
        if (cap < 47) assert_int_equal(err, WEIR_SPACE);
        if (err == WEIR_OK) {
            weir_str rest = weir_str_of("0123456789abcdef0123456789");
            while (rest.len > 0) {
                err = weir_conn_send(&c, 1, &out, rest.p, rest.len, &taken);
                assert_true(err == WEIR_OK || (err == WEIR_SPACE && out.len > 0));
                rest.p += taken;
                rest.len -= taken;
                if (err == WEIR_SPACE) {
                    strncat(sent, out.p, out.len);
                    out.len = 0;
                }
            }
            strncat(sent, out.p, out.len);
            assert_non_null(strstr(sent, "\r\n\r\n"));
        } else {
            assert_int_equal(out.len, 0);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_and_answers_are_alike_at_every_cut),
        cmocka_unit_test(the_end_of_the_input_is_told_as_what_it_is),
        cmocka_unit_test(mistakes_of_the_caller_change_nothing),
        cmocka_unit_test(a_switch_waits_for_the_whole_request),
        cmocka_unit_test(an_unknown_client_gets_no_chunks),
        cmocka_unit_test(a_broken_head_by_head_gets_no_content),
        cmocka_unit_test(trailers_never_fill_the_buffer),
        cmocka_unit_test(a_reset_ends_it_after_an_error_too),
        cmocka_unit_test(it_says_what_it_waits_for),
        cmocka_unit_test(a_full_buffer_takes_nothing_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
