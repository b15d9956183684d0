/* SPDX-License-Identifier: MIT */
/* test_build.c - what is written, octet for octet; what is refused; and that nothing splits. */
#include "exact.h"

#include "weir/build.h"

/* ---- facts, in short ---- */

#define FIELD(n, v)                                         \
    {                                                       \
        .name = WEIR_STR_INIT(n), .value = WEIR_STR_INIT(v) \
    }
#define FIELDS(...)                              \
    .fields = (const weir_field[]){__VA_ARGS__}, \
    .field_count = sizeof((const weir_field[]){__VA_ARGS__}) / sizeof(weir_field)
#define START(m, t) .method = WEIR_STR_INIT(m), .target = WEIR_STR_INIT(t), .minor = 1

#define NONE                                          \
    {                                                 \
        .kind = WEIR_FRAMING_NONE, .persistent = true \
    }
#define LENGTH(n)                                                      \
    {                                                                  \
        .kind = WEIR_FRAMING_LENGTH, .length = (n), .persistent = true \
    }
#define CHUNKED                                          \
    {                                                    \
        .kind = WEIR_FRAMING_CHUNKED, .persistent = true \
    }
#define CLOSING(k)                                    \
    {                                                 \
        .kind = WEIR_FRAMING_##k, .persistent = false \
    }

/* ---- every capacity ---- */

typedef weir_error writing(const void *facts, weir_buf *out);

enum {
    BEFORE = 3,
    CANARY = 8
};

/* With room for `room` octets behind BEFORE others that stay. */
static void check_room(const char *name, writing *write, const void *facts, weir_error err,
                       weir_str wire, size_t room)
{
    size_t size = BEFORE + room + CANARY;
    char *memory = malloc(size), *was = malloc(size);
    assert_non_null(memory);
    assert_non_null(was);
    memset(memory, '#', size);
    memset(was, '#', size);
    weir_buf out = {memory, BEFORE, BEFORE + room};
    weir_error expected = err == WEIR_OK && room < wire.len ? WEIR_SPACE : err;
    weir_error got = write(facts, &out);
    if (got != expected)
        fail_msg("%s: %s, not %s, with room for %zu", name, weir_error_info(got)->name,
                 weir_error_info(expected)->name, room);
    if (got == WEIR_OK) memcpy(was + BEFORE, wire.p, wire.len);
    size_t len = BEFORE + (got == WEIR_OK ? wire.len : 0);
    if (out.len != len) fail_msg("%s: %zu octets, not %zu", name, out.len, len);
    if (out.p != memory || out.cap != BEFORE + room) fail_msg("%s: another buffer", name);
    if (memcmp(memory, was, size) != 0)
        fail_msg("%s: \"%.*s\" with room for %zu", name, (int)size, memory, room);
    free(memory);
    free(was);
}

/* An error never depends on the room; what fits is written whole or not at all. */
static void check_written(const char *name, writing *write, const void *facts, weir_error err,
                          const char *wire)
{
    weir_str expected = wire != NULL ? weir_str_of(wire) : (weir_str){NULL, 0};
    for (size_t room = 0; room <= expected.len + 24; room++)
        check_room(name, write, facts, err, expected, room);
}

/* ---- exact-size copies of what is to be written ---- */

typedef struct {
    char *spans[24];
    size_t count;
    weir_field fields[8];
} copies;

static weir_str copy_span(copies *c, weir_str s)
{
    assert_true(c->count < COUNT_OF(c->spans));
    c->spans[c->count] = exact_copy(s.p, s.len);
    return (weir_str){c->spans[c->count++], s.len};
}

static const weir_field *copy_fields(copies *c, const weir_field *fields, size_t count)
{
    assert_true(count <= COUNT_OF(c->fields));
    for (size_t i = 0; i < count; i++) {
        c->fields[i] = fields[i];
        c->fields[i].name = copy_span(c, fields[i].name);
        c->fields[i].value = copy_span(c, fields[i].value);
    }
    return c->fields;
}

static void copies_free(copies *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->spans[i]);
}

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

/* RFC 9112 §3.2 and RFC 3986: method, target, whether it may be sent. */
static const struct {
    const char *method, *target;
    bool fits;
} targets[] = {
    {"GET", "/", true},
    {"GET", "//", true},
    {"GET", "/a/b;c=d,e:f@g!$&'()*+=~-._%aF", true},
    {"GET", "/a?b/c?d", true},
    {"GET", "/a?", true},
    {"GET", "", false},
    {"GET", "a", false},
    {"GET", "?a", false},
    {"GET", "/a b", false},
    {"GET", "/a#b", false},
    {"GET", "/a\"", false},
    {"GET", "/a[b]", false},
    {"GET", "/a\\b", false},
    {"GET", "/a\x80", false},
    {"GET", "/%", false},
    {"GET", "/%4", false},
    {"GET", "/%4g", false},
    {"GET", "/%g4", false},
    {"GET", "/%41", true},
    {"GET", "/a\r\nb: c", false},
    {"GET", "*", false},
    {"OPTIONS", "*", true},
    {"OPTIONS", "**", false},
    {"OPTIONS", "/", true},
    {"options", "*", false},
    {"GET", "http://h", true},
    {"GET", "http://h/", true},
    {"GET", "http://h?q", true},
    {"GET", "HTTPS://h:8443/a?b", true},
    {"GET", "a+b-c.1://h/", true},
    {"GET", "http://h:/", true},
    {"GET", "http://h:65535/", true},
    {"GET", "http://h:65536/", false},
    {"GET", "http://h:99999999999999999999/", false},
    {"GET", "http://h:a/", false},
    {"GET", "http://h%41/", true},
    {"GET", "http://h%4/", false},
    {"GET", "http:///a", false},
    {"GET", "http://", false},
    {"GET", "http://?a", false},
    {"GET", "http://:80/", false},
    {"GET", "http:/h/", false},
    {"GET", "http:", false},
    {"GET", "://h/", false},
    {"GET", "1a://h/", false},
    {"GET", "a_b://h/", false},
    {"GET", "http://u@h/", false},
    {"GET", "http://u:p@h/", false},
    {"GET", "http://h/#a", false},
    {"GET", "http://h#a", false},
    {"GET", "http://[::1]:80/", true},
    {"GET", "http://[::1]/", true},
    {"GET", "http://[::1]a/", false},
    {"GET", "http://[::1/", false},
    {"GET", "http://a[::1]/", false},
    {"GET", "http://::1/", false},
    {"GET", "h:80", false},
    {"CONNECT", "h:80", true},
    {"CONNECT", "a.b-c:1", true},
    {"CONNECT", "10.0.0.1:443", true},
    {"CONNECT", "[2001:db8::7]:443", true},
    {"CONNECT", "h", false},
    {"CONNECT", "h:", false},
    {"CONNECT", "h:0", false},
    {"CONNECT", ":80", false},
    {"CONNECT", "h:80:80", false},
    {"CONNECT", "h:8 0", false},
    {"CONNECT", "h:-1", false},
    {"CONNECT", "u@h:80", false},
    {"CONNECT", "/", false},
    {"CONNECT", "*", false},
    {"CONNECT", "http://h:80/", false},
    {"CONNECT", "h:80/", false},
    {"CONNECT", "[::1]", false},
    {"CONNECT", "[::1]80", false},
    {"CONNECT", "[]:80", false},
};

/* RFC 3986 §3.2.2, between brackets. */
static const struct {
    const char *address;
    bool fits;
} addresses[] = {
    {"::", true},
    {"::1", true},
    {"1::", true},
    {"1:2:3:4:5:6:7:8", true},
    {"ABCD:ef01:2345:6789:0:00:000:0000", true},
    {"1:2:3:4:5:6:7::", true},
    {"::2:3:4:5:6:7:8", true},
    {"1::3:4:5:6:7:8", true},
    {"1:2:3:4:5:6:1.2.3.4", true},
    {"::1.2.3.4", true},
    {"::ffff:255.0.10.249", true},
    {"1:2:3:4:5::1.2.3.4", true},
    {"", false},
    {":", false},
    {":::", false},
    {"1", false},
    {"1:", false},
    {":1", false},
    {"1:2:3:4:5:6:7", false},
    {"1:2:3:4:5:6:7:8:9", false},
    {"1:2:3:4:5:6:7:", false},
    {"1:2:3:4:5:6:7:8::", false},
    {"::1:2:3:4:5:6:7:8", false},
    {"1::2::3", false},
    {"1:::2", false},
    {"12345::", false},
    {"g::", false},
    {"::1%25eth0", false},
    {"1.2.3.4", false},
    {"1:2:3:4:5:6:7:1.2.3.4", false},
    {"1:2:3:4:5:6::1.2.3.4", false},
    {"::1.2.3", false},
    {"::1.2.3.4.5", false},
    {"::1.2.3.256", false},
    {"::01.2.3.4", false},
    {"::1.2..4", false},
    {"::1.2.3.4:5", false},
    {"v1.a", false},
};

/* What is sent can be read; what cannot be read is not sent. */
static void check_target(const char *method, const char *target, bool fits)
{
    char memory[256];
    weir_buf out = {memory, 0, sizeof memory};
    char *copy = exact_copy(target, strlen(target));
    weir_request req = {.method = weir_str_of(method),
                        .target = {copy, strlen(target)},
                        .minor = 1};
    const weir_framing none = NONE;
    weir_error err = weir_request_write(&req, &none, &out);
    if (err != (fits ? WEIR_OK : WEIR_ERR_CALL_TARGET))
        fail_msg("%s %s: %s", method, target, weir_error_info(err)->name);
    weir_target parts;
    size_t at;
    weir_error read = weir_target_parse(req.target, weir_method_find(req.method), &parts, &at);
    if (fits && read != WEIR_OK) fail_msg("%s %s is not read back", method, target);
    free(copy);
}

static void a_target_has_one_of_four_forms_and_goes_with_the_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        check_target(targets[i].method, targets[i].target, targets[i].fits);
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        char target[80];
        snprintf(target, sizeof target, "[%s]:80", addresses[i].address);
        check_target("CONNECT", target, addresses[i].fits);
        snprintf(target, sizeof target, "http://[%s]/", addresses[i].address);
        check_target("GET", target, addresses[i].fits);
    }
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

/* ---- chunks, trailers, single fields ---- */

static const struct {
    uint64_t len;
    weir_error err;
    const char *wire;
} chunks[] = {
    {0, WEIR_ERR_CALL_LENGTH, 0}, /* would be the last one */
    {1, WEIR_OK, "1\r\n"},
    {15, WEIR_OK, "f\r\n"},
    {16, WEIR_OK, "10\r\n"},
    {0xdeadbeef, WEIR_OK, "deadbeef\r\n"},
    {WEIR_LENGTH_HARD_MAX, WEIR_OK, "7fffffffffffffff\r\n"},
    {WEIR_LENGTH_HARD_MAX + 1, WEIR_ERR_CALL_LENGTH, 0},
    {WEIR_LENGTH_UNKNOWN, WEIR_ERR_CALL_LENGTH, 0},
};

static weir_error write_chunk_open(const void *facts, weir_buf *out)
{
    return weir_chunk_open_write(*(const uint64_t *)facts, out);
}

static weir_error write_chunk_close(const void *facts, weir_buf *out)
{
    (void)facts;
    return weir_chunk_close_write(out);
}

static void chunks_are_opened_and_closed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(chunks); i++)
        check_written("chunk", write_chunk_open, &chunks[i].len, chunks[i].err, chunks[i].wire);
    check_written("chunk end", write_chunk_close, NULL, WEIR_OK, "\r\n");
}

typedef struct {
    const char *name;
    struct {
        const weir_field *fields;
        size_t field_count;
    } trailers;
    weir_error err;
    const char *wire;
} trailer_row;

static const trailer_row trailers[] = {
    {"none", {NULL, 0}, WEIR_OK, "0\r\n\r\n"},
    {"two",
     {FIELDS(FIELD("ETag", "\"a\""), FIELD("X", ""))},
     WEIR_OK,
     "0\r\nETag: \"a\"\r\nX: \r\n\r\n"},
    {"Content-Length", {FIELDS(FIELD("content-length", "1"))}, WEIR_ERR_CALL_TRAILER, 0},
    {"Host behind another",
     {FIELDS(FIELD("a", "b"), FIELD("Host", "h"))},
     WEIR_ERR_CALL_TRAILER,
     0},
    {"Connection", {FIELDS(FIELD("Connection", "a"))}, WEIR_ERR_CALL_TRAILER, 0},
    {"a name", {FIELDS(FIELD("", "1"))}, WEIR_ERR_CALL_FIELD_NAME, 0},
    {"a value", {FIELDS(FIELD("a", "b\nc"))}, WEIR_ERR_CALL_FIELD_VALUE, 0},
};

static weir_error write_trailers(const void *facts, weir_buf *out)
{
    const trailer_row *row = facts;
    copies c = {.count = 0};
    const weir_field *fields = copy_fields(&c, row->trailers.fields, row->trailers.field_count);
    weir_error err = weir_chunk_last_write(fields, row->trailers.field_count, out);
    copies_free(&c);
    return err;
}

static void trailers_end_a_chunked_payload(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(trailers); i++)
        check_written(trailers[i].name, write_trailers, &trailers[i], trailers[i].err,
                      trailers[i].wire);
    for (int id = 1; id < WEIR_FIELD_COUNT; id++) {
        const weir_field field = {.name = weir_field_name((weir_field_id)id), .value = SPAN("x")};
        char memory[64];
        weir_buf out = {memory, 0, sizeof memory};
        bool forbidden = weir_is_trailer_forbidden((weir_field_id)id);
        assert_int_equal(weir_chunk_last_write(&field, 1, &out),
                         forbidden ? WEIR_ERR_CALL_TRAILER : WEIR_OK);
    }
}

static weir_error write_field(const void *facts, weir_buf *out)
{
    const weir_field *field = facts;
    copies c = {.count = 0};
    weir_error err = weir_field_write(copy_span(&c, field->name), copy_span(&c, field->value), out);
    copies_free(&c);
    return err;
}

static void a_single_field_is_checked_too(void **state)
{
    (void)state;
    static const weir_field good = FIELD("Content-Length", "1"), empty = FIELD("a", ""),
                            bad_name = FIELD("a b", "1"), bad_value = FIELD("a", "1\r");
    check_written("field", write_field, &good, WEIR_OK, "Content-Length: 1\r\n");
    check_written("no value", write_field, &empty, WEIR_OK, "a: \r\n");
    check_written("name", write_field, &bad_name, WEIR_ERR_CALL_FIELD_NAME, NULL);
    check_written("value", write_field, &bad_value, WEIR_ERR_CALL_FIELD_VALUE, NULL);
}

/* ---- nothing splits, everything reads back ---- */

static void check_fields(const weir_field *sent, const weir_field *read, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(weir_str_equal(sent[i].name, read[i].name));
        assert_true(weir_str_equal(sent[i].value, read[i].value));
    }
}

/* Written: the reader finds the same facts and no field more. Otherwise: the buffer is empty. */
static void request_reads_back(const weir_request *req, const weir_framing *f)
{
    char memory[512];
    weir_buf out = {memory, 0, sizeof memory};
    if (weir_request_write(req, f, &out) != WEIR_OK) {
        assert_int_equal(out.len, 0);
        return;
    }
    weir_field fields[8];
    weir_head head;
    weir_request read;
    size_t used;
    weir_head_init(&head, fields, COUNT_OF(fields), NULL);
    weir_error err = weir_request_parse(&head, memory, out.len, &read, &used);
    if (err != WEIR_OK) fail_msg("%s: \"%.*s\"", weir_error_info(err)->name, (int)out.len, memory);
    assert_int_equal(used, out.len);
    assert_int_equal(read.field_count, req->field_count);
    assert_true(weir_str_equal(read.method, req->method));
    assert_true(weir_str_equal(read.target, req->target));
    check_fields(req->fields, read.fields, req->field_count);
}

static void response_reads_back(const weir_response *res, const weir_framing *f)
{
    char memory[512];
    weir_buf out = {memory, 0, sizeof memory};
    if (weir_response_write(res, f, false, &out) != WEIR_OK) {
        assert_int_equal(out.len, 0);
        return;
    }
    weir_field fields[8];
    weir_head head;
    weir_response read;
    size_t used;
    weir_head_init(&head, fields, COUNT_OF(fields), NULL);
    weir_error err = weir_response_parse(&head, memory, out.len, &read, &used);
    if (err != WEIR_OK) fail_msg("%s: \"%.*s\"", weir_error_info(err)->name, (int)out.len, memory);
    assert_int_equal(used, out.len);
    assert_int_equal(read.status, res->status);
    assert_int_equal(read.field_count, res->field_count);
    assert_true(weir_str_equal(read.reason, res->reason));
    check_fields(res->fields, read.fields, res->field_count);
}

/* `text` with one octet or "\r\n" put in at one place, in all four places of a message. */
static void check_injection(const char *into, size_t at, const char *what, size_t len)
{
    char text[64];
    size_t total = strlen(into) + len;
    assert_true(total <= sizeof text);
    memcpy(text, into, at);
    memcpy(text + at, what, len);
    memcpy(text + at + len, into + at, strlen(into) - at);
    weir_str s = {text, total};
    const weir_framing none = NONE;
    const weir_field plain = FIELD("a", "b"), name = {.name = s, .value = SPAN("b")},
                     value = {.name = SPAN("a"), .value = s};
    const weir_request sent[] = {
        {.method = s, .target = SPAN("/"), .fields = &plain, .field_count = 1, .minor = 1},
        {.method = SPAN("GET"), .target = s, .fields = &plain, .field_count = 1, .minor = 1},
        {.method = SPAN("CONNECT"), .target = s, .fields = &plain, .field_count = 1, .minor = 1},
        {.method = SPAN("GET"), .target = SPAN("/"), .fields = &name, .field_count = 1, .minor = 1},
        {.method = SPAN("GET"),
         .target = SPAN("/"),
         .fields = &value,
         .field_count = 1,
         .minor = 1},
    };
    for (size_t i = 0; i < COUNT_OF(sent); i++)
        request_reads_back(&sent[i], &none);
    const weir_response answer = {.status = 299,
                                  .reason = s,
                                  .fields = &name,
                                  .field_count = 1,
                                  .length = WEIR_LENGTH_UNKNOWN};
    response_reads_back(&answer, &none);
    const weir_response other = {.status = 299,
                                 .reason = s,
                                 .fields = &value,
                                 .field_count = 1,
                                 .length = WEIR_LENGTH_UNKNOWN};
    response_reads_back(&other, &none);
}

/* Invariants 5 and 6. */
static void no_octet_anywhere_adds_a_line(void **state)
{
    (void)state;
    static const char *const texts[] = {"abc", "/a?b", "http://h:1/a", "[::1]:80", "h:80"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t at = 0; at <= strlen(texts[i]); at++) {
            for (int c = 0; c < 256; c++) {
                char octet = (char)c;
                check_injection(texts[i], at, &octet, 1);
            }
            check_injection(texts[i], at, "\r\n", 2);
            check_injection(texts[i], at, "\r\nx: y", 6);
            check_injection(texts[i], at, "\r\n\r\n", 4);
            check_injection(texts[i], at, " HTTP/1.1\r\n", 11);
        }
}

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
        cmocka_unit_test(a_target_has_one_of_four_forms_and_goes_with_the_method),
        cmocka_unit_test(responses_are_written_whole_or_not_at_all),
        cmocka_unit_test(chunks_are_opened_and_closed),
        cmocka_unit_test(trailers_end_a_chunked_payload),
        cmocka_unit_test(a_single_field_is_checked_too),
        cmocka_unit_test(no_octet_anywhere_adds_a_line),
        cmocka_unit_test(what_is_written_is_framed_as_it_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
