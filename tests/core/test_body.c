/* SPDX-License-Identifier: MIT */
/* test_body.c - payload out of its framing, at every cut. */
#include "exact.h"
#include "weir/body.h"

enum {
    TRACE_BYTES = 1024,
    FIELDS = 4
};

typedef struct {
    weir_framing framing;
    const weir_limits *limits;
    size_t first, step; /* octets offered first, and how many more each time */
    bool ends;          /* the input ends behind the wire */
} body_feed;

static void trace_add(char *trace, weir_str s)
{
    size_t at = strlen(trace);
    assert_true(at + s.len < TRACE_BYTES);
    if (s.len > 0) memcpy(trace + at, s.p, s.len);
    trace[at + s.len] = '\0';
}

static void trace_end(char *trace, weir_error err, size_t at, const weir_head *trailers)
{
    char text[128];
    snprintf(text, sizeof text, " %s@%zu", weir_error_info(err)->name, at);
    trace_add(trace, weir_str_of(text));
    for (uint32_t i = 0; err == WEIR_END && i < trailers->count; i++) {
        const weir_field *f = &trailers->fields[i];
        snprintf(text, sizeof text, " %.*s=%.*s", (int)f->name.len, f->name.p, (int)f->value.len,
                 f->value.p);
        trace_add(trace, weir_str_of(text));
    }
}

/* Payload, result, offset, trailers; every call gets an exact-size copy of what is not used. */
static void trace_body(const body_feed *feed, const char *wire, size_t len, char trace[TRACE_BYTES])
{
    weir_field fields[FIELDS];
    weir_head trailers;
    weir_body b;
    weir_head_init(&trailers, fields, FIELDS, feed->limits);
    weir_body_init(&b, &feed->framing, &trailers);
    size_t have = feed->first < len ? feed->first : len, done = 0;
    trace[0] = '\0';
    for (;;) {
        char *copy = malloc(have - done > 0 ? have - done : 1);
        if (have > done) memcpy(copy, wire + done, have - done);
        size_t used;
        weir_str payload = {NULL, 0};
        weir_error err = weir_body_next(&b, copy, have - done, &used, &payload);
        assert_true(used <= have - done);
        if (err == WEIR_OK) {
            assert_true(payload.len > 0 && used > 0);
            trace_add(trace, payload);
        } else if (err != WEIR_MORE) {
            trace_end(trace, err, done + used, &trailers);
            if (weir_is_error(err))
                assert_int_equal(weir_body_next(&b, copy, 0, &used, &payload), err);
        }
        free(copy);
        done += used;
        if (err == WEIR_OK) continue;
        if (err == WEIR_MORE && have == len) {
            weir_error end = feed->ends ? weir_body_stop(&b) : WEIR_MORE;
            trace_end(trace, end, done, &trailers);
        }
        if (err != WEIR_MORE || have == len) return;
        have = len - have > feed->step ? have + feed->step : len;
    }
}

static void check(const char *name, body_feed feed, const char *wire, size_t len,
                  const char *expected)
{
    char trace[TRACE_BYTES];
    for (size_t first = 0; first <= len; first++) {
        feed.first = first;
        feed.step = len;
        trace_body(&feed, wire, len, trace);
        if (strcmp(trace, expected) != 0)
            fail_msg("%s, cut at %zu: \"%s\", not \"%s\"", name, first, trace, expected);
    }
    for (size_t step = 1; step <= 8; step++) {
        feed.first = feed.step = step;
        trace_body(&feed, wire, len, trace);
        if (strcmp(trace, expected) != 0)
            fail_msg("%s, %zu at a time: \"%s\", not \"%s\"", name, step, trace, expected);
    }
}

typedef struct {
    const char *name, *wire;
    size_t len;
    const char *trace;
} body_case;

#define CASE(name, wire, trace)             \
    {                                       \
        name, wire, sizeof(wire) - 1, trace \
    }

static const body_case chunked[] = {
    CASE("empty", "0\r\n\r\n", " END@5"),
    CASE("one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello END@15"),
    CASE("stops at the next message", "2\r\nhe\r\n0\r\n\r\nGET /", "he END@12"),
    CASE("two sizes of two digits", "10\r\n0123456789abcdef\r\n0A\r\n0123456789\r\n00\r\n\r\n",
         "0123456789abcdef0123456789 END@44"),
    CASE("upper and lower case", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
         "01234567890123456789 END@35"),
    CASE("trailers", "1\r\na\r\n0\r\nA: b\r\nC:\r\n\r\n", "a END@21 A=b C="),
    CASE("a trailer that says a length stays a trailer", "0\r\nContent-Length: 9\r\n\r\n",
         " END@24 Content-Length=9"),
    CASE("an extension", "1;a\r\nx\r\n0;b\r\n\r\n", "x END@15"),
    CASE("an extension with a value", "1;a=b\r\nx\r\n0\r\n\r\n", "x END@15"),
    CASE("whitespace around everything", "1 ; a = b ;\tc\t=\t\"d\" ;e\r\nx\r\n0\r\n\r\n",
         "x END@32"),
    CASE("more than one blank, and names and values of more than one octet",
         "1 \t;\t ab \t= \t cd \t; ef  ;gh\r\nx\r\n0\r\n\r\n", "x END@37"),
    CASE("a quoted value", "1;a=\"b;\\\"\r\"\r\nx\r\n0\r\n\r\n", " ERR_CHUNK_EXT@9"),
    CASE("a quoted value with a pair", "1;a=\"b;\\\"\t\xe9\"\r\nx\r\n0\r\n\r\n", "x END@22"),
    CASE("an empty quoted value", "1;a=\"\"\r\nx\r\n0\r\n\r\n", "x END@16"),
    CASE("no end yet", "5\r\nhel", "hel MORE@6"),
    CASE("trailers that are not whole are offered again", "0\r\nA: b\r\n", " MORE@3"),

    CASE("no size", "\r\n", " ERR_CHUNK_SIZE@0"),
    CASE("a bare LF for a size", "\n", " ERR_LINE_END@0"),
    CASE("a size that is none", "x\r\n", " ERR_CHUNK_SIZE@0"),
    CASE("a sign", "+5\r\nhello\r\n", " ERR_CHUNK_SIZE@0"),
    CASE("0x", "0x5\r\nhello\r\n", " ERR_CHUNK_SIZE@1"),
    CASE("an underscore", "1_0\r\n", " ERR_CHUNK_SIZE@1"),
    CASE("a blank first", " 5\r\nhello\r\n", " ERR_CHUNK_SIZE@0"),
    CASE("a blank behind", "5 \r\nhello\r\n", " ERR_CHUNK_EXT@2"),
    CASE("a bare LF behind the size", "5\nhello\r\n", " ERR_LINE_END@1"),
    CASE("a bare LF in an extension", "5;a\nhello\r\n", " ERR_LINE_END@3"),
    CASE("a bare LF in a quoted extension", "5;a=\"\n\"\r\n", " ERR_LINE_END@5"),
    CASE("a bare CR behind the size", "5\r\r;\r\n", " ERR_BARE_CR@2"),
    CASE("a bare CR in an extension", "5;a\rb\r\n", " ERR_BARE_CR@4"),
    CASE("a semicolon and nothing", "5;\r\nhello", " ERR_CHUNK_EXT@2"),
    CASE("no name", "5;=a\r\nhello", " ERR_CHUNK_EXT@2"),
    CASE("no value", "5;a=\r\nhello", " ERR_CHUNK_EXT@4"),
    CASE("a comma", "5;a,b\r\nhello", " ERR_CHUNK_EXT@3"),
    CASE("a space behind a name", "5;a \r\nhello", " ERR_CHUNK_EXT@4"),
    CASE("something behind a quoted value", "5;a=\"b\"c\r\n", " ERR_CHUNK_EXT@7"),
    CASE("a backslash before a control octet", "5;a=\"\\\x7f\"\r\n", " ERR_CHUNK_EXT@6"),
    CASE("a NUL in a quoted value", "5;a=\"\0\"\r\n", " ERR_CHUNK_EXT@5"),
    CASE("a size that wraps", "10000000000000005\r\nhello\r\n", " ERR_CHUNK_RANGE@16"),
    CASE("a size above 2^63-1", "8000000000000000\r\n", " ERR_CHUNK_RANGE@15"),
    CASE("data longer than its size", "1\r\nab\r\n", "a ERR_CHUNK_DATA@4"),
    CASE("data with a bare LF behind it", "1\r\na\n0\r\n\r\n", "a ERR_CHUNK_DATA@4"),
    CASE("data with a bare CR behind it", "1\r\na\r0\r\n\r\n", "a ERR_CHUNK_DATA@5"),
    CASE("a trailer that is none", "0\r\nA b\r\n\r\n", " ERR_NAME_SPACE@4"),
    CASE("a bare LF for the last line", "0\r\n\n", " ERR_LINE_END@3"),
    CASE("too many trailers", "0\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\n\r\n", " ERR_FIELDS@19"),
};

/* Invariant 2. */
static void chunked_bodies_read_alike_at_every_cut(void **state)
{
    (void)state;
    body_feed feed = {.framing = {.kind = WEIR_FRAMING_CHUNKED}};
    for (size_t i = 0; i < sizeof chunked / sizeof chunked[0]; i++)
        check(chunked[i].name, feed, chunked[i].wire, chunked[i].len, chunked[i].trace);
}

static void other_bodies_read_alike_at_every_cut(void **state)
{
    (void)state;
    body_feed feed = {.framing = {.kind = WEIR_FRAMING_LENGTH, .length = 5}, .ends = true};
    check("a length", feed, "hello, world", 12, "hello END@5");
    check("a length, cut off", feed, "hell", 4, "hell ERR_TRUNCATED@4");
    feed.framing.length = 0;
    check("a length of nothing", feed, "GET", 3, " END@0");
    feed.framing.kind = WEIR_FRAMING_NONE;
    check("none", feed, "GET", 3, " END@0");
    feed.framing.kind = WEIR_FRAMING_CLOSE;
    check("until close", feed, "hello", 5, "hello END@5");
    feed.framing.kind = WEIR_FRAMING_CHUNKED;
    check("chunked, cut off", feed, "5\r\nhello\r\n0\r\n\r", 14, "hello ERR_TRUNCATED@13");
    feed.framing.kind = WEIR_FRAMING_TUNNEL;
    check("a tunnel", feed, "hello", 5, "hello END@5");
}

/* Where no trailers can come, none need be lent; and what is over stays over. */
static void the_end_of_the_input_is_the_end_once(void **state)
{
    (void)state;
    static const struct {
        weir_framing framing;
        const char *wire;
        weir_error at_end; /* of the input, where the body is not complete before */
    } bodies[] = {
        {{.kind = WEIR_FRAMING_NONE}, "", WEIR_END},
        {{.kind = WEIR_FRAMING_LENGTH, .length = 2}, "hi", WEIR_END},
        {{.kind = WEIR_FRAMING_LENGTH, .length = 3}, "hi", WEIR_ERR_TRUNCATED},
        {{.kind = WEIR_FRAMING_CLOSE}, "hi", WEIR_END},
        {{.kind = WEIR_FRAMING_TUNNEL}, "hi", WEIR_END},
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        weir_body b;
        weir_str payload, wire = weir_str_of(bodies[i].wire);
        size_t used;
        weir_body_init(&b, &bodies[i].framing, NULL);
        if (wire.len > 0) {
            assert_int_equal(weir_body_next(&b, wire.p, wire.len, &used, &payload), WEIR_OK);
            assert_true(used == wire.len && weir_str_equal(payload, wire));
        }
        for (int again = 0; again < 2; again++) {
            assert_int_equal(weir_body_stop(&b), bodies[i].at_end);
            assert_int_equal(weir_body_next(&b, "x", 1, &used, &payload), bodies[i].at_end);
            assert_int_equal(used, 0);
        }
    }
}

/* Each limit holds at n and is met at n + 1. */
static void limits_are_met_at_the_octet_that_is_too_many(void **state)
{
    (void)state;
    weir_limits limits = weir_limits_default;
    limits.chunk_ext_bytes_max = 4;
    limits.payload_bytes_max = 5;
    body_feed feed = {.framing = {.kind = WEIR_FRAMING_CHUNKED}, .limits = &limits, .ends = true};
    check("extensions of 4", feed, "1;a=\r", 5, " ERR_CHUNK_EXT@4");
    check("extensions of 4 in all", feed, "1;a\r\nx\r\n0;b\r\n\r\n", 15, "x END@15");
    check("extensions of 5 in all", feed, "1;ab\r\nx\r\n0;b\r\n\r\n", 16,
          "x ERR_CHUNK_EXT_BYTES@11");
    check("extensions of 4 at once", feed, "1;abc\r\nx\r\n0\r\n\r\n", 15, "x END@15");
    limits.chunk_ext_line_bytes_max = 2;
    check("extensions of 2 and 2", feed, "1;a\r\nx\r\n0;b\r\n\r\n", 15, "x END@15");
    check("extensions of 3", feed, "1;ab\r\nx\r\n0\r\n\r\n", 14, " ERR_CHUNK_EXT_LINE_BYTES@3");
    limits.chunk_ext_line_bytes_max = 1024;
    check("four zeros too many", feed, "00005\r\nhello\r\n0\r\n\r\n", 19, "hello END@19");
    check("five zeros too many", feed, "000000\r\n\r\n", 10, " ERR_CHUNK_EXT_BYTES@5");
    check("payload of 5", feed, "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", 20, "abcde END@20");
    check("payload of 6", feed, "2\r\nab\r\n4\r\ncdef\r\n0\r\n\r\n", 21, "ab ERR_PAYLOAD_BYTES@9");
    feed.framing = (weir_framing){.kind = WEIR_FRAMING_LENGTH, .length = 5};
    check("length of 5", feed, "hello", 5, "hello END@5");
    feed.framing.length = 6;
    check("length of 6", feed, "hello!", 6, " ERR_PAYLOAD_BYTES@0");
    feed.framing = (weir_framing){.kind = WEIR_FRAMING_CLOSE};
    check("5 until close", feed, "hello", 5, "hello END@5");
    check("6 until close", feed, "hello!", 6, "hello ERR_PAYLOAD_BYTES@5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunked_bodies_read_alike_at_every_cut),
        cmocka_unit_test(other_bodies_read_alike_at_every_cut),
        cmocka_unit_test(the_end_of_the_input_is_the_end_once),
        cmocka_unit_test(limits_are_met_at_the_octet_that_is_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
