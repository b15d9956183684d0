/* SPDX-License-Identifier: MIT */
/* test_leniency.c - each leniency takes what it says and no more, tells that it did, and changes nothing
 * about what is read without it. */
#include "exact.h"

#include "weir/body.h"

enum {
    FIELDS = 8
};

/* A head, read: what it comes to as text, so that it can be compared. */
typedef struct {
    weir_error error;
    size_t used;
    uint32_t allowed;
    char facts[512];
} outcome;

static void add(outcome *o, weir_str s)
{
    size_t len = strlen(o->facts);
    assert_true(len + s.len + 2 < sizeof o->facts);
    if (s.len > 0) memcpy(o->facts + len, s.p, s.len);
    memcpy(o->facts + len + s.len, "|", 2);
}

static void add_fields(outcome *o, const weir_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add(o, fields[i].name);
        add(o, fields[i].value);
    }
}

/* Reads `in`, first so many octets of it, then all. */
static outcome read_cut(bool response, uint32_t allow, weir_isa isa, const char *in, size_t len,
                        size_t first)
{
    weir_limits limits = weir_limits_default;
    limits.allow = allow;
    weir_field fields[FIELDS];
    weir_head head;
    weir_request req = {0};
    weir_response res = {0};
    outcome o = {.facts = ""};
    weir_head_init(&head, fields, FIELDS, &limits);
    weir_head_use(&head, isa);
    for (size_t have = first; o.error == WEIR_OK || o.error == WEIR_MORE; have = len) {
        char *exact = exact_copy(in, have);
        o.error = response ? weir_response_parse(&head, exact, have, &res, &o.used)
                           : weir_request_parse(&head, exact, have, &req, &o.used);
        weir_framing framing;
        if (o.error == WEIR_OK && response) {
            o.allowed = res.allowed;
            add(&o, res.reason);
            add_fields(&o, res.fields, res.field_count);
            o.error = weir_response_framing(&res, WEIR_METHOD_GET, &framing);
        } else if (o.error == WEIR_OK) {
            o.allowed = req.allowed;
            add(&o, req.method);
            add(&o, req.parts.path);
            add(&o, req.parts.query);
            add_fields(&o, req.fields, req.field_count);
            o.error = weir_request_framing(&req, &framing);
        }
        free(exact);
        if (o.error != WEIR_MORE || have == len) break;
    }
    return o;
}

/* At every cut, by every instruction set: the same. */
static outcome read_head(bool response, uint32_t allow, const char *in)
{
    size_t len = strlen(in);
    outcome whole = read_cut(response, allow, WEIR_ISA_AUTO, in, len, len);
    for (size_t first = 0; first <= len; first++) {
        for (int isa = WEIR_ISA_AUTO; isa < WEIR_ISA_COUNT; isa++) {
            if (!weir_isa_runs((weir_isa)isa)) continue;
            outcome o = read_cut(response, allow, (weir_isa)isa, in, len, first);
            if (o.error != whole.error || o.used != whole.used || o.allowed != whole.allowed ||
                strcmp(o.facts, whole.facts) != 0)
                fail_msg("%s by %s, cut at %zu: %s %s", in, weir_isa_name((weir_isa)isa), first,
                         weir_error_info(o.error)->name, o.facts);
        }
    }
    return whole;
}

#define HOST "Host: h\r\n"

static const struct {
    const char *name;
    bool response;
    uint32_t bits; /* what it takes to read it */
    const char *in;
    weir_error strict; /* what is wrong with it otherwise */
    const char *facts;
} cases[] = {
    {"LF behind the request line", false, WEIR_ALLOW_BARE_LF, "GET / HTTP/1.1\n" HOST "\r\n",
     WEIR_ERR_LINE_END, "GET|/||Host|h|"},
    {"LF behind a field", false, WEIR_ALLOW_BARE_LF, "GET / HTTP/1.1\r\nHost: h\n\r\n",
     WEIR_ERR_LINE_END, "GET|/||Host|h|"},
    {"LF for the empty line", false, WEIR_ALLOW_BARE_LF, "GET / HTTP/1.1\r\n" HOST "\n",
     WEIR_ERR_LINE_END, "GET|/||Host|h|"},
    {"LF everywhere", false, WEIR_ALLOW_BARE_LF, "\nGET / HTTP/1.1\nHost: h\nAccept: a, b \nX:\n\n",
     WEIR_ERR_LINE_END, "GET|/||Host|h|Accept|a, b|X||"},
    {"LF behind the status line", true, WEIR_ALLOW_BARE_LF, "HTTP/1.1 200 OK\nA: b\n\n",
     WEIR_ERR_LINE_END, "OK|A|b|"},
    {"a blank before the colon", true, WEIR_ALLOW_SPACE_BEFORE_COLON,
     "HTTP/1.1 200 OK\r\nContent-Length \t: 5\r\nA : b\r\n\r\n", WEIR_ERR_NAME_SPACE,
     "OK|Content-Length|5|A|b|"},
    {"no reason", true, WEIR_ALLOW_NO_REASON, "HTTP/1.1 200\r\nA: b\r\n\r\n", WEIR_ERR_STATUS_LINE,
     "|A|b|"},
    {"no reason, LF", true, WEIR_ALLOW_NO_REASON | WEIR_ALLOW_BARE_LF, "HTTP/1.1 200\nA: b\n\n",
     WEIR_ERR_STATUS_LINE, "|A|b|"},
    {"raw octets in a query", false, WEIR_ALLOW_RAW_QUERY,
     "GET /a?q={\"x\":[1|2]}^`<\\> HTTP/1.1\r\n" HOST "\r\n", WEIR_ERR_TARGET,
     "GET|/a|q={\"x\":[1|2]}^`<\\>|Host|h|"},
    {"raw octets in the query of an absolute form", false, WEIR_ALLOW_RAW_QUERY,
     "GET http://h/a?[b] HTTP/1.1\r\n" HOST "\r\n", WEIR_ERR_TARGET, "GET|/a|[b]|Host|h|"},
};

static void a_leniency_takes_what_it_says_and_tells_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        outcome strict = read_head(cases[i].response, 0, cases[i].in);
        if (strict.error != cases[i].strict)
            fail_msg("%s, strict: %s", cases[i].name, weir_error_info(strict.error)->name);
        outcome o = read_head(cases[i].response, cases[i].bits, cases[i].in);
        if (o.error != WEIR_OK || strcmp(o.facts, cases[i].facts) != 0 ||
            o.allowed != cases[i].bits)
            fail_msg("%s: %s, %s, %x", cases[i].name, weir_error_info(o.error)->name, o.facts,
                     (unsigned)o.allowed);
        o = read_head(cases[i].response, WEIR_ALLOW_TOLERANT & ~cases[i].bits, cases[i].in);
        if (o.error == WEIR_OK) fail_msg("%s: other leniencies take it, too", cases[i].name);
    }
}

/* What no leniency takes. */
static void the_rest_stays_refused(void **state)
{
    (void)state;
    static const struct {
        bool response;
        const char *in;
        weir_error error;
    } refused[] = {
        {false, "GET / HTTP/1.1\r\nHost : h\r\n\r\n", WEIR_ERR_NAME_SPACE},
        {false, "GET / HTTP/1.1\r\nHost: h\r\n A: b\r\n\r\n", WEIR_ERR_FOLD},
        {false, "GET / HTTP/1.1\n" HOST "\rA: b\r\n\r\n", WEIR_ERR_BARE_CR},
        {false, "GET / HTTP/1.1\n" HOST "A: b\rc\n\n", WEIR_ERR_BARE_CR},
        {false, "GET /{a} HTTP/1.1\r\n" HOST "\r\n", WEIR_ERR_TARGET},
        {false, "GET /?#a HTTP/1.1\r\n" HOST "\r\n", WEIR_ERR_TARGET},
        {false, "GET /?a\x80 HTTP/1.1\r\n" HOST "\r\n", WEIR_ERR_TARGET},
        {false, "GET /\n" HOST "\n", WEIR_ERR_LINE_END},
        {false, "\n\n\n\n\nGET / HTTP/1.1\n" HOST "\n", WEIR_ERR_EMPTY_LINES},
        {false, "GET / HTTP/2.0\n" HOST "\n", WEIR_ERR_VERSION_UNSUPPORTED},
        {true, "HTTP/1.1 20\r\n\r\n", WEIR_ERR_STATUS_LINE},
        {true, "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", WEIR_ERR_FIELD_NAME},
        {true, "HTTP/1.1 200 OK\r\n : c\r\n\r\n", WEIR_ERR_LEADING_SPACE},
        {true, "HTTP/1.1 200 OK\r\nContent-Length : 5\r\nContent-Length: 6\r\n\r\n",
         WEIR_ERR_CONTENT_LENGTH},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        outcome o = read_head(refused[i].response, WEIR_ALLOW_TOLERANT, refused[i].in);
        if (o.error != refused[i].error)
            fail_msg("%s: %s", refused[i].in, weir_error_info(o.error)->name);
    }
}

/* What is read without leniencies is read alike with all of them, and none is told. */
static void what_is_strict_is_read_alike(void **state)
{
    (void)state;
    static const struct {
        bool response;
        const char *in;
    } strict[] = {
        {false, "GET / HTTP/1.1\r\n" HOST "\r\n"},
        {false, "\r\n\r\nPOST /a?b=c HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n"},
        {false, "OPTIONS * HTTP/1.1\r\nHost:\r\nA:b\r\nC: \t d e \t\r\n\r\n"},
        {false, "PUT http://h:80/x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"},
        {false, "CONNECT h:1 HTTP/1.0\r\n\r\n"},
        {true, "HTTP/1.1 200 \r\nA: b\r\n\r\n"},
        {true, "HTTP/1.0 404 Not Found\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(strict); i++) {
        outcome a = read_head(strict[i].response, 0, strict[i].in);
        outcome b = read_head(strict[i].response, WEIR_ALLOW_TOLERANT, strict[i].in);
        assert_int_equal(a.error, WEIR_OK);
        if (b.error != WEIR_OK || a.used != b.used || strcmp(a.facts, b.facts) != 0 ||
            b.allowed != 0)
            fail_msg("%s: %s, not %s", strict[i].in, b.facts, a.facts);
    }
}

/* Trailers are lines of the same kind; the lines of chunks are not. */
static void lines_behind_a_payload(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        weir_error error;
        uint32_t allowed;
    } bodies[] = {
        {"0\r\nA: b\n\n", WEIR_END, WEIR_ALLOW_BARE_LF},
        {"0\r\nA: b\r\n\r\n", WEIR_END, 0},
        {"0\n\n", WEIR_ERR_LINE_END, 0},
        {"1\r\nx\n0\r\n\r\n", WEIR_ERR_CHUNK_DATA, 0},
    };
    weir_limits limits = weir_limits_default;
    limits.allow = WEIR_ALLOW_TOLERANT;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        weir_field fields[FIELDS];
        weir_head trailers;
        weir_body body;
        weir_str payload;
        size_t at = 0, used, len = strlen(bodies[i].in);
        weir_framing framing = {.kind = WEIR_FRAMING_CHUNKED};
        weir_head_init(&trailers, fields, FIELDS, &limits);
        weir_body_init(&body, &framing, &trailers);
        weir_error err = WEIR_OK;
        while (err == WEIR_OK) {
            err = weir_body_next(&body, bodies[i].in + at, len - at, &used, &payload);
            at += used;
        }
        if (err != bodies[i].error || trailers.allowed != bodies[i].allowed)
            fail_msg("%s: %s", bodies[i].in, weir_error_info(err)->name);
    }
}

static void leniencies_have_names(void **state)
{
    (void)state;
    uint32_t allow = 99;
    assert_false(weir_profile_find(weir_str_of("lax"), &allow));
    assert_int_equal(allow, 99);
    assert_true(weir_profile_find(weir_str_of("tolerant"), &allow));
    assert_int_equal(allow, WEIR_ALLOW_TOLERANT);
    assert_true(weir_profile_find(weir_str_of("strict"), &allow));
    assert_int_equal(allow, 0);
    for (uint32_t bit = 1; bit <= WEIR_ALLOW_TOLERANT; bit <<= 1)
        assert_int_equal(weir_allow_name(bit)[0] != '\0', (WEIR_ALLOW_TOLERANT & bit) != 0);
    assert_string_equal(weir_allow_name(0), "");
    weir_limits limits = weir_limits_default;
    limits.allow = (uint32_t)WEIR_ALLOW_TOLERANT + 1;
    assert_int_equal(weir_limits_check(&limits), WEIR_ERR_CALL_OPTIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leniency_takes_what_it_says_and_tells_it),
        cmocka_unit_test(the_rest_stays_refused),
        cmocka_unit_test(what_is_strict_is_read_alike),
        cmocka_unit_test(lines_behind_a_payload),
        cmocka_unit_test(leniencies_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
