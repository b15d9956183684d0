/* SPDX-License-Identifier: MIT */
/* test_build.c - heads: what is written, octet for octet, and what is refused. */
#include "build_written.h"

/* ---- requests ---- */

typedef struct {
    const char *name;
    weir_request req;
    weir_framing framing;
    weir_error err;
    const char *wire;
} request_row;

static const request_row requests[] = {
    {"method by id",
     {.method_id = WEIR_METHOD_GET, .target = WEIR_STR_INIT("/"), .minor = 1},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.1\r\n\r\n"},
    {"a fragment in the target", {START("BREW", "/pot#x")}, NONE, WEIR_ERR_CALL_TARGET, 0},
    {"method by text",
     {START("BREW", "/pot?x=%20")},
     NONE,
     WEIR_OK,
     "BREW /pot?x=%20 HTTP/1.1\r\n\r\n"},
    {"id and text agree",
     {START("PUT", "/"), .method_id = WEIR_METHOD_PUT},
     NONE,
     WEIR_OK,
     "PUT / HTTP/1.1\r\n\r\n"},
    {"id and text differ",
     {START("GET", "/"), .method_id = WEIR_METHOD_PUT},
     NONE,
     WEIR_ERR_CALL_METHOD,
     0},
    {"no method", {START("", "/")}, NONE, WEIR_ERR_CALL_METHOD, 0},
    {"a space in the method", {START("GE T", "/")}, NONE, WEIR_ERR_CALL_METHOD, 0},
    {"fields in their order",
     {START("GET", "/"), FIELDS(FIELD("Host", "h"), FIELD("b", ""), FIELD("A", "x \t\x80y"))},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.1\r\nHost: h\r\nb: \r\nA: x \t\x80y\r\n\r\n"},
    {"a length",
     {START("POST", "/"), FIELDS(FIELD("Host", "h"))},
     LENGTH(5),
     WEIR_OK,
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"},
    {"length 0",
     {START("POST", "/")},
     LENGTH(0),
     WEIR_OK,
     "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
    {"the longest length",
     {START("POST", "/")},
     LENGTH(9223372036854775807u),
     WEIR_OK,
     "POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n"},
    {"a longer length",
     {START("POST", "/")},
     LENGTH(9223372036854775808u),
     WEIR_ERR_CALL_LENGTH,
     0},
    {"chunked",
     {START("POST", "/")},
     CHUNKED,
     WEIR_OK,
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"the longest tail",
     {START("POST", "/")},
     {.kind = WEIR_FRAMING_LENGTH, .length = WEIR_LENGTH_HARD_MAX},
     WEIR_OK,
     "POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\nConnection: close\r\n\r\n"},
    {"close",
     {START("GET", "/")},
     CLOSING(NONE),
     WEIR_OK,
     "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"},
    {"close beside an option of the caller",
     {START("GET", "/"), FIELDS(FIELD("Connection", "TE"), FIELD("TE", "trailers"))},
     CLOSING(CHUNKED),
     WEIR_OK,
     "GET / HTTP/1.1\r\nConnection: TE\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n"
     "Connection: close\r\n\r\n"},
    {"1.0",
     {.method = WEIR_STR_INIT("GET"), .target = WEIR_STR_INIT("/")},
     CLOSING(NONE),
     WEIR_OK,
     "GET / HTTP/1.0\r\n\r\n"},
    {"1.0 that persists",
     {.method = WEIR_STR_INIT("GET"), .target = WEIR_STR_INIT("/")},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"},
    {"1.0 with a length",
     {.method = WEIR_STR_INIT("PUT"), .target = WEIR_STR_INIT("/")},
     LENGTH(1),
     WEIR_OK,
     "PUT / HTTP/1.0\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n"},
    {"1.0 in chunks",
     {.method = WEIR_STR_INIT("PUT"), .target = WEIR_STR_INIT("/")},
     CHUNKED,
     WEIR_ERR_CALL_LENGTH,
     0},
    {"until close", {START("PUT", "/")}, CLOSING(CLOSE), WEIR_ERR_CALL_FRAMING, 0},
    {"a tunnel before it is asked for",
     {START("PUT", "/")},
     CLOSING(TUNNEL),
     WEIR_ERR_CALL_FRAMING,
     0},
    {"a name with a space",
     {START("GET", "/"), FIELDS(FIELD("a b", "c"))},
     NONE,
     WEIR_ERR_CALL_FIELD_NAME,
     0},
    {"an empty name",
     {START("GET", "/"), FIELDS(FIELD("", "c"))},
     NONE,
     WEIR_ERR_CALL_FIELD_NAME,
     0},
    {"a name with a colon",
     {START("GET", "/"), FIELDS(FIELD("a:", "c"))},
     NONE,
     WEIR_ERR_CALL_FIELD_NAME,
     0},
    {"a line in a value",
     {START("GET", "/"), FIELDS(FIELD("a", "b\r\nc: d"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"a folded value",
     {START("GET", "/"), FIELDS(FIELD("a", "b\r\n c"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"whitespace before a value",
     {START("GET", "/"), FIELDS(FIELD("a", " b"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"whitespace behind a value",
     {START("GET", "/"), FIELDS(FIELD("a", "b\t"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"a value of whitespace",
     {START("GET", "/"), FIELDS(FIELD("a", " "))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"NUL in a value",
     {START("GET", "/"), FIELDS(FIELD("a", "b\0c"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"the second field is at fault",
     {START("GET", "/"), FIELDS(FIELD("a", "b"), FIELD("c", "\n"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"Content-Length",
     {START("GET", "/"), FIELDS(FIELD("Content-Length", "0"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"content-length",
     {START("GET", "/"), FIELDS(FIELD("content-length", "0"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"nearly Content-Length",
     {START("GET", "/"), FIELDS(FIELD("Content_Length", "0"))},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.1\r\nContent_Length: 0\r\n\r\n"},
    {"Transfer-Encoding",
     {START("GET", "/"), FIELDS(FIELD("TRANSFER-ENCODING", "x"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"an id says nothing",
     {START("GET", "/"), FIELDS({.name = WEIR_STR_INIT("a"),
                                 .value = WEIR_STR_INIT("b"),
                                 .id = WEIR_FIELD_CONTENT_LENGTH})},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.1\r\na: b\r\n\r\n"},
    {"an id hides nothing",
     {START("GET", "/"), FIELDS({.name = WEIR_STR_INIT("Content-Length"),
                                 .value = WEIR_STR_INIT("1"),
                                 .id = WEIR_FIELD_HOST})},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection: close",
     {START("GET", "/"), FIELDS(FIELD("Connection", "close"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection: Keep-Alive",
     {START("GET", "/"), FIELDS(FIELD("connection", "a, Keep-Alive"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection: closed",
     {START("GET", "/"), FIELDS(FIELD("Connection", "closed, upgrade"))},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.1\r\nConnection: closed, upgrade\r\n\r\n"},
    {"Connection: Content-Length",
     {START("GET", "/"), FIELDS(FIELD("Connection", "content-length"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection: Transfer-Encoding",
     {START("GET", "/"), FIELDS(FIELD("Connection", "upgrade, Transfer-Encoding"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection: Host",
     {START("GET", "/"), FIELDS(FIELD("Connection", "a, Host"))},
     NONE,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection is no list of tokens",
     {START("GET", "/"), FIELDS(FIELD("Connection", "a, b c"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"Connection: close behind an open quote",
     {START("GET", "/"), FIELDS(FIELD("Connection", "\"a, close"))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"Connection: close in quotes",
     {START("GET", "/"), FIELDS(FIELD("Connection", "\"close\""))},
     NONE,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
    {"a trailer's field in a head",
     {START("GET", "/"), FIELDS(FIELD("Expect", "100-continue"))},
     NONE,
     WEIR_OK,
     "GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n"},
};

static weir_error write_request(const void *facts, weir_buf *out)
{
    const request_row *row = facts;
    copies c = {.count = 0};
    weir_request req = row->req;
    req.method = copy_span(&c, req.method);
    req.target = copy_span(&c, req.target);
    req.fields = copy_fields(&c, req.fields, req.field_count);
    weir_error err = weir_request_write(&req, &row->framing, out);
    copies_free(&c);
    return err;
}

static void requests_are_written_whole_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        check_written(requests[i].name, write_request, &requests[i], requests[i].err,
                      requests[i].wire);
}

/* ---- responses ---- */

typedef struct {
    const char *name;
    weir_response res;
    weir_framing framing;
    bool keep_alive;
    weir_error err;
    const char *wire;
} response_row;

static const response_row responses[] = {
    {"the reason of the RFC",
     {.status = 404},
     LENGTH(0),
     false,
     WEIR_OK,
     "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
    {"a reason",
     {.status = 404, .reason = WEIR_STR_INIT("N\xc3\xb6 \t!")},
     LENGTH(12),
     false,
     WEIR_OK,
     "HTTP/1.1 404 N\xc3\xb6 \t!\r\nContent-Length: 12\r\n\r\n"},
    {"no reason known",
     {.status = 299},
     CHUNKED,
     false,
     WEIR_OK,
     "HTTP/1.1 299 \r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"a line in the reason",
     {.status = 200, .reason = WEIR_STR_INIT("OK\r\na: b")},
     NONE,
     false,
     WEIR_ERR_CALL_REASON,
     0},
    {"NUL in the reason",
     {.status = 200, .reason = WEIR_STR_INIT("O\0K")},
     NONE,
     false,
     WEIR_ERR_CALL_REASON,
     0},
    {"status 99", {.status = 99}, NONE, false, WEIR_ERR_CALL_STATUS, 0},
    {"status 100", {.status = 100}, NONE, false, WEIR_OK, "HTTP/1.1 100 Continue\r\n\r\n"},
    {"status 599",
     {.status = 599},
     LENGTH(1),
     false,
     WEIR_OK,
     "HTTP/1.1 599 \r\nContent-Length: 1\r\n\r\n"},
    {"status 600", {.status = 600}, LENGTH(1), false, WEIR_ERR_CALL_STATUS, 0},
    {"status 0", {.status = 0}, NONE, false, WEIR_ERR_CALL_STATUS, 0},
    {"close",
     {.status = 200},
     CLOSING(CLOSE),
     false,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"},
    {"keep-alive",
     {.status = 200},
     LENGTH(1),
     true,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n"},
    {"close is stronger than keep-alive",
     {.status = 200},
     CLOSING(LENGTH),
     true,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"fields stand before the framing",
     {.status = 200, FIELDS(FIELD("Date", "x"), FIELD("Connection", "upgrade"))},
     CLOSING(CHUNKED),
     false,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: upgrade\r\nTransfer-Encoding: chunked\r\n"
     "Connection: close\r\n\r\n"},
    {"HEAD announces a length",
     {.status = 200, .length = 7},
     NONE,
     false,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"},
    {"HEAD announces no unknown length",
     {.status = 200, .length = WEIR_LENGTH_UNKNOWN},
     NONE,
     false,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\n\r\n"},
    {"304 announces a length",
     {.status = 304, .length = 7},
     CLOSING(NONE),
     false,
     WEIR_OK,
     "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nConnection: close\r\n\r\n"},
    {"HEAD with a length too long",
     {.status = 200, .length = WEIR_LENGTH_HARD_MAX + 1},
     NONE,
     false,
     WEIR_ERR_CALL_LENGTH,
     0},
    {"a length too long",
     {.status = 200},
     LENGTH(WEIR_LENGTH_HARD_MAX + 1),
     false,
     WEIR_ERR_CALL_LENGTH,
     0},
    {"204 announces nothing",
     {.status = 204, .length = 7},
     NONE,
     false,
     WEIR_OK,
     "HTTP/1.1 204 No Content\r\n\r\n"},
    {"204 closes",
     {.status = 204},
     CLOSING(NONE),
     false,
     WEIR_OK,
     "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
    {"204 has no length", {.status = 204}, LENGTH(7), false, WEIR_ERR_CALL_FRAMING, 0},
    {"204 has no chunks", {.status = 204}, CHUNKED, false, WEIR_ERR_CALL_FRAMING, 0},
    {"100 has no length", {.status = 100}, LENGTH(0), false, WEIR_ERR_CALL_FRAMING, 0},
    {"100 says nothing of the connection",
     {.status = 100, .length = 7},
     CLOSING(NONE),
     true,
     WEIR_OK,
     "HTTP/1.1 100 Continue\r\n\r\n"},
    {"101 neither",
     {.status = 101, FIELDS(FIELD("Upgrade", "x"), FIELD("Connection", "upgrade"))},
     CLOSING(TUNNEL),
     true,
     WEIR_OK,
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"},
    {"2xx to CONNECT neither",
     {.status = 200, .length = 7},
     CLOSING(TUNNEL),
     true,
     WEIR_OK,
     "HTTP/1.1 200 OK\r\n\r\n"},
    {"Content-Length",
     {.status = 200, FIELDS(FIELD("Content-Length", "1"))},
     NONE,
     false,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"Connection: close",
     {.status = 200, FIELDS(FIELD("Connection", "upgrade,close"))},
     NONE,
     false,
     WEIR_ERR_CALL_FRAMING,
     0},
    {"a name",
     {.status = 200, FIELDS(FIELD("a\r\nb", "1"))},
     NONE,
     false,
     WEIR_ERR_CALL_FIELD_NAME,
     0},
    {"a value",
     {.status = 200, FIELDS(FIELD("a", "\x7f"))},
     NONE,
     false,
     WEIR_ERR_CALL_FIELD_VALUE,
     0},
};

static weir_error write_response(const void *facts, weir_buf *out)
{
    const response_row *row = facts;
    copies c = {.count = 0};
    weir_response res = row->res;
    res.reason = copy_span(&c, res.reason);
    res.fields = copy_fields(&c, res.fields, res.field_count);
    weir_error err = weir_response_write(&res, &row->framing, row->keep_alive, out);
    copies_free(&c);
    return err;
}

static void responses_are_written_whole_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(responses); i++)
        check_written(responses[i].name, write_response, &responses[i], responses[i].err,
                      responses[i].wire);
}

/* ---- what a reader makes of them ---- */

/* What one row said to the writer is what a reader takes from the octets. */
static void check_framed(const request_row *row)
{
    char memory[512];
    weir_buf out = {memory, 0, sizeof memory};
    weir_request req = row->req, read;
    weir_field sent[8] = {FIELD("Host", "h")}, fields[8]; /* a reader asks for a Host */
    bool has_host = req.field_count > 0 && weir_str_equal(req.fields[0].name, SPAN("Host"));
    for (size_t i = 0; i < req.field_count && !has_host; i++)
        sent[i + 1] = req.fields[i];
    if (!has_host) {
        req.fields = sent;
        req.field_count++;
    }
    assert_int_equal(weir_request_write(&req, &row->framing, &out), WEIR_OK);
    weir_head head;
    weir_framing f;
    size_t used;
    weir_head_init(&head, fields, COUNT_OF(fields), NULL);
    assert_int_equal(weir_request_parse(&head, memory, out.len, &read, &used), WEIR_OK);
    assert_int_equal(weir_request_framing(&read, &f), WEIR_OK);
    if (f.kind != row->framing.kind || f.length != row->framing.length ||
        f.persistent != row->framing.persistent)
        fail_msg("%s: framed otherwise", row->name);
}

static void what_is_written_is_framed_as_it_was_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        if (requests[i].err == WEIR_OK) check_framed(&requests[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_written_whole_or_not_at_all),
        cmocka_unit_test(responses_are_written_whole_or_not_at_all),
        cmocka_unit_test(what_is_written_is_framed_as_it_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
