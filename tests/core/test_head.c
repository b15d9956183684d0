/* SPDX-License-Identifier: MIT */
/* test_head.c - heads: what is read, what is refused and where, at every cut. */
#include "exact.h"
#include "head_trace.h"

typedef struct {
    const char *name;
    const char *wire;
    size_t len;
    const char *trace;
} head_case;

#define CASE(name, wire, trace)             \
    {                                       \
        name, wire, sizeof(wire) - 1, trace \
    }

static const head_case requests[] = {
    CASE("the shortest", "GET / HTTP/1.0\r\n\r\n", "GET|/|1.0|@18"),
    CASE("fields in order", "GET /a?b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n",
         "GET|/a?b|1.1|Host=h|X=y|@36"),
    CASE("stops at the payload", "PUT / HTTP/1.1\r\nHost:h\r\n\r\nabc", "PUT|/|1.1|Host=h|@26"),
    CASE("any token is a method", "b!r~ / HTTP/1.1\r\n\r\n", "b!r~|/|1.1|@19"),
    CASE("an empty line before", "\r\nGET / HTTP/1.1\r\n\r\n", "GET|/|1.1|@20"),
    CASE("whitespace around a value", "GET / HTTP/1.1\r\nA: \t b c\t \r\n\r\n",
         "GET|/|1.1|A=b c|@30"),
    CASE("an empty value", "GET / HTTP/1.1\r\nA:\r\nB: \t\r\n\r\n", "GET|/|1.1|A=|B=|@28"),
    CASE("octets above 127 in a value", "GET / HTTP/1.1\r\nA: \xff\x80\r\n\r\n",
         "GET|/|1.1|A=\xff\x80|@25"),
    CASE("a colon in a value", "GET / HTTP/1.1\r\nA: b:c\r\n\r\n", "GET|/|1.1|A=b:c|@26"),
    CASE("HTTP/1.9 is an HTTP/1.1 to us", "GET / HTTP/1.9\r\n\r\n", "GET|/|1.9|@18"),
    CASE("the most fields",
         "GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\ng:7\r\nh:8\r\n\r\n",
         "GET|/|1.1|a=1|b=2|c=3|d=4|e=5|f=6|g=7|h=8|@58"),

    CASE("one field too many",
         "GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\ng:7\r\nh:8\r\ni:9\r\n\r\n",
         "ERR_FIELDS@56"),
    CASE("no target", "GET\r\n\r\n", "ERR_START_LINE@3"),
    CASE("no version", "GET /\r\n\r\n", "ERR_START_LINE@5"),
    CASE("nothing behind the target", "GET / \r\n\r\n", "ERR_START_LINE@6"),
    CASE("two spaces before the target", "GET  / HTTP/1.1\r\n\r\n", "ERR_START_LINE@4"),
    CASE("two spaces before the version", "GET /  HTTP/1.1\r\n\r\n", "ERR_START_LINE@6"),
    CASE("a space first", " GET / HTTP/1.1\r\n\r\n", "ERR_START_LINE@0"),
    CASE("a NUL first", "\0GET / HTTP/1.1\r\n\r\n", "ERR_START_LINE@0"),
    CASE("a method that is no token", "G@T / HTTP/1.1\r\n\r\n", "ERR_METHOD@1"),
    CASE("a tab behind the method", "GET\t/ HTTP/1.1\r\n\r\n", "ERR_METHOD@3"),
    CASE("a NUL in the target", "GET /\0 HTTP/1.1\r\n\r\n", "ERR_TARGET@5"),
    CASE("an octet above 127 in the target", "GET /\x80 HTTP/1.1\r\n\r\n", "ERR_TARGET@5"),
    CASE("a fragment", "GET /a#b HTTP/1.1\r\n\r\n", "ERR_TARGET@6"),
    CASE("an asterisk with GET", "GET * HTTP/1.1\r\n\r\n", "ERR_TARGET_FORM@4"),
    CASE("a version in lower case", "GET / http/1.1\r\n\r\n", "ERR_VERSION@6"),
    CASE("two digits", "GET / HTTP/1.10\r\n\r\n", "ERR_VERSION@14"),
    CASE("no minor version", "GET / HTTP/1\r\n\r\n", "ERR_VERSION@12"),
    CASE("HTTP/2", "GET / HTTP/2.0\r\n\r\n", "ERR_VERSION_UNSUPPORTED@11"),
    CASE("the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "ERR_VERSION_UNSUPPORTED@11"),
    CASE("a bare LF in the start line", "GET / HTTP/1.1\n\r\n", "ERR_LINE_END@14"),
    CASE("a bare CR in the start line", "GET / HTTP/1.1\rX: y\r\n\r\n", "ERR_BARE_CR@14"),
    CASE("a bare LF before the request", "\nGET / HTTP/1.1\r\n\r\n", "ERR_LINE_END@0"),
    CASE("a bare LF in a field", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", "ERR_LINE_END@20"),
    CASE("a bare CR in a value", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "ERR_BARE_CR@20"),
    CASE("a bare LF for the empty line", "GET / HTTP/1.1\r\nA: b\r\n\n", "ERR_LINE_END@22"),
    CASE("a bare CR for the empty line", "GET / HTTP/1.1\r\nA: b\r\n\rx", "ERR_BARE_CR@22"),
    CASE("whitespace before the first field", "GET / HTTP/1.1\r\n A: b\r\n\r\n",
         "ERR_LEADING_SPACE@16"),
    CASE("a folded line", "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", "ERR_FOLD@22"),
    CASE("no colon", "GET / HTTP/1.1\r\nAb\r\n\r\n", "ERR_FIELD_LINE@18"),
    CASE("no name", "GET / HTTP/1.1\r\n: b\r\n\r\n", "ERR_FIELD_NAME@16"),
    CASE("a name that is no token", "GET / HTTP/1.1\r\nA/b: c\r\n\r\n", "ERR_FIELD_NAME@17"),
    CASE("a name cut by NUL", "GET / HTTP/1.1\r\nHost\0: c\r\n\r\n", "ERR_FIELD_NAME@20"),
    CASE("another octet taken as the colon", "GET / HTTP/1.1\r\nA;b\r\n\r\n", "ERR_FIELD_NAME@17"),
    CASE("a space before the colon", "GET / HTTP/1.1\r\nA : b\r\n\r\n", "ERR_NAME_SPACE@17"),
    CASE("a NUL in a value", "GET / HTTP/1.1\r\nA: b\0\r\n\r\n", "ERR_FIELD_VALUE@20"),
    CASE("a DEL in a value", "GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n", "ERR_FIELD_VALUE@20"),
    CASE("five empty lines", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", "ERR_EMPTY_LINES@8"),
    CASE("a prefix", "GET / HTTP/1.1\r\nHost: h\r\n\r", "MORE"),
    CASE("nothing", "", "MORE"),
};

static const head_case responses[] = {
    CASE("the usual", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "200|OK|1.1|A=b|@25"),
    CASE("an empty reason", "HTTP/1.1 404 \r\n\r\n", "404||1.1|@17"),
    CASE("spaces in the reason are its own", "HTTP/1.0 302  a b \r\n\r\n", "302| a b |1.0|@22"),
    CASE("a status above 599", "HTTP/1.1 999 X\r\n\r\n", "999|X|1.1|@18"),
    CASE("no space behind the status", "HTTP/1.1 200\r\n\r\n", "ERR_STATUS_LINE@12"),
    CASE("two digits", "HTTP/1.1 20 OK\r\n\r\n", "ERR_STATUS_LINE@11"),
    CASE("four digits", "HTTP/1.1 2000 OK\r\n\r\n", "ERR_STATUS_LINE@12"),
    CASE("a status below 100", "HTTP/1.1 099 OK\r\n\r\n", "ERR_STATUS@9"),
    CASE("two spaces before the status", "HTTP/1.1  200 OK\r\n\r\n", "ERR_STATUS_LINE@9"),
    CASE("a control octet in the reason", "HTTP/1.1 200 a\1\r\n\r\n", "ERR_REASON@14"),
    CASE("a bare LF behind the reason", "HTTP/1.1 200 OK\n\r\n", "ERR_LINE_END@15"),
    CASE("a bare CR in the reason", "HTTP/1.1 200 O\rK\r\n\r\n", "ERR_BARE_CR@14"),
    CASE("another protocol", "ICY 200 OK\r\n\r\n", "ERR_VERSION@0"),
    CASE("two digits of minor version", "HTTP/1.10 200 OK\r\n\r\n", "ERR_STATUS_LINE@8"),
    CASE("HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "ERR_VERSION_UNSUPPORTED@5"),
    CASE("a bare LF behind the version", "HTTP/1.1\n200 OK\r\n\r\n", "ERR_LINE_END@8"),
    CASE("an empty line before", "\r\nHTTP/1.1 200 OK\r\n\r\n", "ERR_VERSION@0"),
};

static const head_case sections[] = {
    CASE("none", "\r\n", "@2"),
    CASE("one", "A: b\r\n\r\nGET", "A=b|@8"),
    CASE("whitespace first", " A: b\r\n\r\n", "ERR_LEADING_SPACE@0"),
    CASE("a fold", "A: b\r\n c\r\n\r\n", "ERR_FOLD@6"),
};

typedef void trace_function(const char *wire, size_t len, size_t first, size_t step,
                            const weir_limits *limits, char trace[TRACE_BYTES]);

/* Invariant 2: whole, in two pieces at every cut, and in steps of every size up to eight. */
static void check(const head_case *c, trace_function *run, const weir_limits *limits)
{
    char trace[TRACE_BYTES];
    for (size_t first = 0; first <= c->len; first++) {
        run(c->wire, c->len, first, c->len, limits, trace);
        if (strcmp(trace, c->trace) != 0)
            fail_msg("%s, cut at %zu: \"%s\", not \"%s\"", c->name, first, trace, c->trace);
    }
    for (size_t step = 1; step <= 8; step++) {
        run(c->wire, c->len, step, step, limits, trace);
        if (strcmp(trace, c->trace) != 0)
            fail_msg("%s, %zu at a time: \"%s\", not \"%s\"", c->name, step, trace, c->trace);
    }
}

#define CHECK_ALL(cases, run)                                       \
    for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++) \
    check(&(cases)[i], run, NULL)

static void requests_read_alike_at_every_cut(void **state)
{
    (void)state;
    CHECK_ALL(requests, trace_request);
}

static void responses_read_alike_at_every_cut(void **state)
{
    (void)state;
    CHECK_ALL(responses, trace_response);
}

static void field_sections_read_alike_at_every_cut(void **state)
{
    (void)state;
    CHECK_ALL(sections, trace_fields);
}

/* Invariant 3: every prefix of an accepted request is MORE. */
static void a_prefix_of_an_accepted_head_is_never_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        const char *at = strrchr(requests[i].trace, '@');
        if (at == NULL || strncmp(requests[i].trace, "ERR", 3) == 0) continue;
        size_t whole = strtoul(at + 1, NULL, 10);
        for (size_t len = 0; len < whole; len++) {
            char trace[TRACE_BYTES];
            trace_request(requests[i].wire, len, len, 1, NULL, trace);
            if (strcmp(trace, "MORE") != 0)
                fail_msg("%s, %zu octets of it: \"%s\"", requests[i].name, len, trace);
        }
    }
}

/* Each limit holds at n and is met at n + 1, at the octet that is one too many. */
static void limits_are_met_at_the_octet_that_is_too_many(void **state)
{
    (void)state;
    weir_limits limits = weir_limits_default;
    limits.method_bytes_max = 4;
    limits.target_bytes_max = 3;
    limits.empty_lines_max = 1;
    limits.head_bytes_max = 30;
    limits.trailer_bytes_max = 8;
    static const head_case limited[] = {
        CASE("method of 4", "ABCD / HTTP/1.1\r\n\r\n", "ABCD|/|1.1|@19"),
        CASE("method of 5", "ABCDE / HTTP/1.1\r\n\r\n", "ERR_METHOD_BYTES@4"),
        CASE("target of 3", "GET /ab HTTP/1.1\r\n\r\n", "GET|/ab|1.1|@20"),
        CASE("target of 4", "GET /abc HTTP/1.1\r\n\r\n", "ERR_TARGET_BYTES@7"),
        CASE("one empty line", "\r\nGET / HTTP/1.1\r\n\r\n", "GET|/|1.1|@20"),
        CASE("two empty lines", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "ERR_EMPTY_LINES@2"),
        CASE("head of 30", "GET / HTTP/1.1\r\nA: 3456789\r\n\r\n", "GET|/|1.1|A=3456789|@30"),
        CASE("head of 31", "GET / HTTP/1.1\r\nA: 34567890\r\n\r\n", "ERR_HEAD_BYTES@30"),
        CASE("no end in sight", "GET / HTTP/1.1\r\nA: 345678901234567890", "ERR_HEAD_BYTES@30"),
    };
    for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++)
        check(&limited[i], trace_request, &limits);
    static const head_case trailers[] = {
        CASE("trailers of 8", "A: b\r\n\r\n", "A=b|@8"),
        CASE("trailers of 9", "A: bc\r\n\r\n", "ERR_TRAILER_BYTES@8"),
    };
    for (size_t i = 0; i < sizeof trailers / sizeof trailers[0]; i++)
        check(&trailers[i], trace_fields, &limits);
}

/* A target's parts point into the octets of the call that completed the head. */
static void a_request_holds_the_parts_of_its_target(void **state)
{
    (void)state;
    static const char wire[] = "GET http://h:1/p?q HTTP/1.1\r\n\r\n";
    weir_head head;
    weir_field fields[1];
    weir_request req;
    size_t used;
    weir_head_init(&head, fields, 1, NULL);
    assert_int_equal(weir_request_parse(&head, wire, sizeof wire - 1, &req, &used), WEIR_OK);
    assert_int_equal(req.method_id, WEIR_METHOD_GET);
    assert_int_equal(req.parts.form, WEIR_TARGET_ABSOLUTE);
    assert_ptr_equal(req.parts.host.p, wire + 11);
    assert_true(weir_str_equal(req.parts.path, weir_str_of("/p")));
    assert_true(weir_str_equal(req.parts.query, weir_str_of("q")));
    assert_null(weir_fields_find(req.fields, req.field_count, WEIR_FIELD_HOST));
}

static void a_field_is_found_by_its_name(void **state)
{
    (void)state;
    static const char wire[] =
        "GET / HTTP/1.1\r\nHost: h\r\nX-Id: 1\r\nX-Id2: 2\r\nx-ID: 3\r\n\r\n";
    weir_field fields[4];
    weir_head head;
    weir_request req;
    size_t used;
    weir_head_init(&head, fields, 4, NULL);
    assert_int_equal(weir_request_parse(&head, wire, sizeof wire - 1, &req, &used), WEIR_OK);
    const weir_str name = WEIR_STR_INIT("x-id");
    const weir_field *first = weir_fields_find_name(req.fields, req.field_count, name);
    assert_ptr_equal(first, &fields[1]);
    assert_ptr_equal(weir_fields_find_name(first + 1, 2, name), &fields[3]);
    assert_null(weir_fields_find_name(req.fields, req.field_count, weir_str_of("x-i")));
    assert_null(weir_fields_find_name(NULL, 0, name));
}

/* Whatever was read before, and however far. */
static void a_reset_leaves_what_init_does(void **state)
{
    (void)state;
    weir_field fields[2];
    weir_head fresh, head;
    memset(&fresh, 0, sizeof fresh);
    weir_head_init(&fresh, fields, 2, &weir_limits_default);
    weir_head_use(&fresh, WEIR_ISA_SCALAR);
    memset(&head, 0xa5, sizeof head);
    head.fields = fields;
    head.field_max = 2;
    head.limits = &weir_limits_default;
    head.isa = WEIR_ISA_SCALAR;
    weir_head_reset(&head);
#define SAME(member) assert_memory_equal(&head.member, &fresh.member, sizeof head.member)
    SAME(fields), SAME(limits), SAME(field_max), SAME(count), SAME(at), SAME(mark), SAME(line_at);
    SAME(allowed), SAME(empty_lines), SAME(method_at), SAME(method_len), SAME(target_at);
    SAME(target_len), SAME(reason_at), SAME(reason_len), SAME(path_len), SAME(error_at);
    SAME(quick_end), SAME(quick), SAME(status), SAME(kind), SAME(state), SAME(minor);
    SAME(method_id), SAME(plain), SAME(error), SAME(isa);
#undef SAME
    size_t align = _Alignof(weir_head); /* `isa` is the last one */
    assert_int_equal(sizeof head, (offsetof(weir_head, isa) + align) / align * align);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_read_alike_at_every_cut),
        cmocka_unit_test(responses_read_alike_at_every_cut),
        cmocka_unit_test(field_sections_read_alike_at_every_cut),
        cmocka_unit_test(a_prefix_of_an_accepted_head_is_never_refused),
        cmocka_unit_test(limits_are_met_at_the_octet_that_is_too_many),
        cmocka_unit_test(a_request_holds_the_parts_of_its_target),
        cmocka_unit_test(a_field_is_found_by_its_name),
        cmocka_unit_test(a_reset_leaves_what_init_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
