/* SPDX-License-Identifier: MIT */
/* test_framing.c - where a message ends: every rule, and a neighbour that keeps it. */
#include "exact.h"
#include "weir/framing.h"

enum {
    TRACE_BYTES = 128
};

static void trace_framing(weir_error err, const weir_framing *f, char trace[TRACE_BYTES])
{
    static const char *const kinds[] = {"none", "length", "chunked", "close", "tunnel"};
    if (err != WEIR_OK) {
        snprintf(trace, TRACE_BYTES, "%s field %u", weir_error_info(err)->name, f->field);
        return;
    }
    int n = snprintf(trace, TRACE_BYTES, "%s %llu %s", kinds[f->kind],
                     (unsigned long long)f->length, f->persistent ? "persists" : "ends");
    snprintf(trace + n, TRACE_BYTES - (size_t)n, "%s%s", f->expects_continue ? " continue" : "",
             f->upgrade ? " upgrade" : "");
}

#define HEAD11 "POST / HTTP/1.1\r\n"
#define HEAD10 "POST / HTTP/1.0\r\n"
#define HOST "Host: h\r\n"

static const struct {
    const char *name, *wire, *trace;
} requests[] = {
    {"neither", HEAD11 HOST "\r\n", "none 0 persists"},
    {"a length", HEAD11 HOST "Content-Length: 5\r\n\r\n", "length 5 persists"},
    {"a length of zero", HEAD11 HOST "Content-Length: 0\r\n\r\n", "length 0 persists"},
    {"leading zeros are decimal", HEAD11 HOST "Content-Length: 010\r\n\r\n", "length 10 persists"},
    {"the largest length", HEAD11 HOST "Content-Length: 9223372036854775807\r\n\r\n",
     "length 9223372036854775807 persists"},
    {"chunked", HEAD11 HOST "Transfer-Encoding: chunked\r\n\r\n", "chunked 0 persists"},
    {"chunked in any case, empty members", HEAD11 HOST "Transfer-Encoding: , CHUNKED ,\r\n\r\n",
     "chunked 0 persists"},
    {"chunked, an empty second line",
     HEAD11 HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n", "chunked 0 persists"},
    {"HTTP/1.0 ends", HEAD10 "\r\n", "none 0 ends"},
    {"HTTP/1.0 told to persist", HEAD10 "Connection: Keep-Alive\r\n\r\n", "none 0 persists"},
    {"close wins", HEAD10 "Connection: keep-alive, close\r\n\r\n", "none 0 ends"},
    {"close in a list", HEAD11 HOST "Connection: x, close , y\r\n\r\n", "none 0 ends"},
    {"a quoted close is none", HEAD11 HOST "Connection: \"close\"\r\n\r\n", "none 0 persists"},
    {"longer names than those of framing",
     HEAD11 HOST "Connection: content-lengths, x-host\r\n\r\n", "none 0 persists"},
    {"a quote that does not end may hide a close", HEAD11 HOST "Connection: a\"b, close\r\n\r\n",
     "none 0 ends"},
    {"Proxy-Connection is ignored", HEAD11 HOST "Proxy-Connection: close\r\n\r\n",
     "none 0 persists"},
    {"an expectation", HEAD11 HOST "Content-Length: 1\r\nExpect: 100-Continue\r\n\r\n",
     "length 1 persists continue"},
    {"an expectation without payload", HEAD11 HOST "Expect: 100-continue\r\n\r\n",
     "none 0 persists"},
    {"an expectation in HTTP/1.0", HEAD10 "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n",
     "length 1 ends"},
    {"an upgrade", HEAD11 HOST "Connection: Upgrade\r\nUpgrade: x\r\n\r\n",
     "none 0 persists upgrade"},
    {"an upgrade in HTTP/1.0 is none", HEAD10 "Connection: upgrade\r\nUpgrade: x\r\n\r\n",
     "none 0 ends"},
    {"another expectation", HEAD11 HOST "Content-Length: 1\r\nExpect: 100-continues\r\n\r\n",
     "length 1 persists"},
    {"an upgrade that Connection does not name", HEAD11 HOST "Upgrade: x\r\n\r\n",
     "none 0 persists"},
    {"an empty Host", HEAD11 "Host:\r\n\r\n", "none 0 persists"},
    {"an underscore makes another field", HEAD11 HOST "Content_Length: 5\r\n\r\n",
     "none 0 persists"},

    {"no Host", HEAD11 "A: b\r\n\r\n", "ERR_HOST_MISSING field 1"},
    {"two Hosts", HEAD11 HOST "A: b\r\n" HOST "\r\n", "ERR_HOST_REPEATED field 2"},
    {"two Hosts in HTTP/1.0", HEAD10 HOST HOST "\r\n", "ERR_HOST_REPEATED field 1"},
    {"a Host that is none", HEAD11 "Host: a b\r\n\r\n", "ERR_HOST field 0"},
    {"an empty length", HEAD11 HOST "Content-Length:\r\n\r\n", "ERR_CONTENT_LENGTH field 1"},
    {"a sign", HEAD11 HOST "Content-Length: +5\r\n\r\n", "ERR_CONTENT_LENGTH field 1"},
    {"a blank inside", HEAD11 HOST "Content-Length: 5 5\r\n\r\n", "ERR_CONTENT_LENGTH field 1"},
    {"hexadecimal", HEAD11 HOST "Content-Length: 0x5\r\n\r\n", "ERR_CONTENT_LENGTH field 1"},
    {"a list that differs", HEAD11 HOST "Content-Length: 5, 6\r\n\r\n",
     "ERR_CONTENT_LENGTH field 1"},
    {"a list with what is no number", HEAD11 HOST "Content-Length: 5, x\r\n\r\n",
     "ERR_CONTENT_LENGTH field 1"},
    {"a list that agrees", HEAD11 HOST "Content-Length: 5, 5\r\n\r\n",
     "ERR_LENGTH_REPEATED field 1"},
    {"lines that differ", HEAD11 HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
     "ERR_CONTENT_LENGTH field 2"},
    {"lines that agree", HEAD11 HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
     "ERR_LENGTH_REPEATED field 2"},
    {"a length above 2^63-1", HEAD11 HOST "Content-Length: 9223372036854775808\r\n\r\n",
     "ERR_LENGTH_RANGE field 1"},
    {"a length far above 2^63-1", HEAD11 HOST "Content-Length: 92233720368547758080\r\n\r\n",
     "ERR_LENGTH_RANGE field 1"},
    {"a length that wraps", HEAD11 HOST "Content-Length: 18446744073709551621\r\n\r\n",
     "ERR_LENGTH_RANGE field 1"},
    {"both, a length and a coding",
     HEAD11 HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
     "ERR_LENGTH_AND_CODING field 1"},
    {"xchunked", HEAD11 HOST "Transfer-Encoding: xchunked\r\n\r\n", "ERR_TRANSFER_CODING field 1"},
    {"chunked is not last", HEAD11 HOST "Transfer-Encoding: chunked, gzip\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"chunked twice", HEAD11 HOST "Transfer-Encoding: chunked, chunked\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"chunked twice, on two lines",
     HEAD11 HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     "ERR_TRANSFER_CODING field 2"},
    {"chunked with a parameter", HEAD11 HOST "Transfer-Encoding: chunked;a=b\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"chunked with a blank and a word", HEAD11 HOST "Transfer-Encoding: chunked x\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"quoted chunked", HEAD11 HOST "Transfer-Encoding: \"chunked\"\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"an empty coding", HEAD11 HOST "Transfer-Encoding:\r\n\r\n", "ERR_TRANSFER_CODING field 1"},
    {"another coding before chunked", HEAD11 HOST "Transfer-Encoding: gzip, chunked\r\n\r\n",
     "ERR_CODING_UNKNOWN field 1"},
    {"a coding in HTTP/1.0", HEAD10 "Transfer-Encoding: chunked\r\n\r\n",
     "ERR_CODING_IN_10 field 0"},
    {"lines that differ, another between",
     HEAD11 HOST "Content-Length: 5\r\nA: b\r\nContent-Length: 6\r\n\r\n",
     "ERR_CONTENT_LENGTH field 3"},
    {"a list of codings that does not end", HEAD11 HOST "Transfer-Encoding: chunked, \"\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"chunked with a tab and a word", HEAD11 HOST "Transfer-Encoding: chunked\tx\r\n\r\n",
     "ERR_TRANSFER_CODING field 1"},
    {"Connection names the coding", HEAD11 HOST "Connection: x, Transfer-Encoding\r\n\r\n",
     "ERR_CONNECTION field 1"},
    {"Connection names a framing field", HEAD11 HOST "Connection: content-length\r\n\r\n",
     "ERR_CONNECTION field 1"},
    {"Connection names one in quotes, for who splits at commas",
     HEAD11 HOST "Content-Length: 5\r\nConnection: \"a,content-length,b\"\r\n\r\n",
     "ERR_CONNECTION field 2"},
    {"Connection names one behind an open quote",
     HEAD11 HOST "Connection: \"a, content-length\r\n\r\n", "ERR_CONNECTION field 1"},
    {"Connection names one with a parameter", HEAD11 HOST "Connection: content-length;a=b\r\n\r\n",
     "ERR_CONNECTION field 1"},
    {"Connection names one between blanks", HEAD11 HOST "Connection: a Host b\r\n\r\n",
     "ERR_CONNECTION field 1"},
};

static const struct {
    const char *name, *wire;
    weir_method asked;
    const char *trace;
} responses[] = {
    {"neither", "HTTP/1.1 200 OK\r\n\r\n", WEIR_METHOD_GET, "close 0 ends"},
    {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", WEIR_METHOD_GET,
     "length 5 persists"},
    {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", WEIR_METHOD_GET,
     "chunked 0 persists"},
    {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", WEIR_METHOD_HEAD, "none 0 persists"},
    {"204", "HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n", WEIR_METHOD_GET, "none 0 persists"},
    {"304", "HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n", WEIR_METHOD_GET,
     "none 0 persists"},
    {"100", "HTTP/1.1 100 X\r\n\r\n", WEIR_METHOD_GET, "none 0 persists"},
    {"101", "HTTP/1.1 101 X\r\n\r\n", WEIR_METHOD_GET, "tunnel 0 persists"},
    {"200 to CONNECT", "HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n", WEIR_METHOD_CONNECT,
     "tunnel 0 persists"},
    {"400 to CONNECT", "HTTP/1.1 400 X\r\nContent-Length: 5\r\n\r\n", WEIR_METHOD_CONNECT,
     "length 5 persists"},
    {"chunked is not last", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip\r\n\r\n", WEIR_METHOD_GET,
     "close 0 ends"},
    {"parameters of a coding",
     "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip ;a=\"b,\\\";c\" ; d\t= e\r\n\r\n", WEIR_METHOD_GET,
     "close 0 ends"},
    {"a blank in a coding", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip x\r\n\r\n", WEIR_METHOD_GET,
     "ERR_TRANSFER_CODING field 0"},
    {"a parameter without a value", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip;a\r\n\r\n",
     WEIR_METHOD_GET, "ERR_TRANSFER_CODING field 0"},
    {"a parameter with an empty value", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip;a=\r\n\r\n",
     WEIR_METHOD_GET, "ERR_TRANSFER_CODING field 0"},
    {"a parameter without a name", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip;=a\r\n\r\n",
     WEIR_METHOD_GET, "ERR_TRANSFER_CODING field 0"},
    {"a semicolon with nothing behind it", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip;\r\n\r\n",
     WEIR_METHOD_GET, "ERR_TRANSFER_CODING field 0"},
    {"HTTP/1.0 told to persist",
     "HTTP/1.0 200 X\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", WEIR_METHOD_GET,
     "length 0 persists"},
    {"told to close", "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
     WEIR_METHOD_GET, "length 0 ends"},
    {"chunked twice", "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
     WEIR_METHOD_GET, "ERR_TRANSFER_CODING field 0"},
    {"both", "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
     WEIR_METHOD_GET, "ERR_LENGTH_AND_CODING field 1"},
    {"an upgrade",
     "HTTP/1.1 426 X\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n",
     WEIR_METHOD_GET, "length 0 persists upgrade"},
    {"an upgrade in HTTP/1.0 is none",
     "HTTP/1.0 426 X\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n",
     WEIR_METHOD_GET, "length 0 ends"},
    {"Connection names a framing field", "HTTP/1.1 200 X\r\nConnection: content-length\r\n\r\n",
     WEIR_METHOD_GET, "ERR_CONNECTION field 0"},
    {"lengths that differ", "HTTP/1.1 200 X\r\nContent-Length: 5, 6\r\n\r\n", WEIR_METHOD_GET,
     "ERR_CONTENT_LENGTH field 0"},
};

static void requests_end_where_the_rules_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        weir_head head;
        weir_field fields[8];
        weir_request req;
        weir_framing framing = {0};
        size_t used;
        weir_head_init(&head, fields, 8, NULL);
        const char *wire = requests[i].wire;
        assert_int_equal(weir_request_parse(&head, wire, strlen(wire), &req, &used), WEIR_OK);
        char trace[TRACE_BYTES];
        trace_framing(weir_request_framing(&req, &framing), &framing, trace);
        if (strcmp(trace, requests[i].trace) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", requests[i].name, trace, requests[i].trace);
        assert_true(framing.at <= req.bytes);
    }
}

static void responses_end_where_the_rules_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
        weir_head head;
        weir_field fields[8];
        weir_response res;
        weir_framing framing = {0};
        size_t used;
        weir_head_init(&head, fields, 8, NULL);
        const char *wire = responses[i].wire;
        assert_int_equal(weir_response_parse(&head, wire, strlen(wire), &res, &used), WEIR_OK);
        char trace[TRACE_BYTES];
        trace_framing(weir_response_framing(&res, responses[i].asked, &framing), &framing, trace);
        if (strcmp(trace, responses[i].trace) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", responses[i].name, trace, responses[i].trace);
    }
}

/* The offset in the head of the octet or value at fault. */
static void a_framing_error_says_where(void **state)
{
    (void)state;
    static const char wire[] = "GET / HTTP/1.1\r\nHost: a b\r\n\r\n";
    weir_head head;
    weir_field fields[8];
    weir_request req;
    weir_framing framing = {0};
    size_t used;
    weir_head_init(&head, fields, 8, NULL);
    assert_int_equal(weir_request_parse(&head, wire, sizeof wire - 1, &req, &used), WEIR_OK);
    assert_int_equal(weir_request_framing(&req, &framing), WEIR_ERR_HOST);
    assert_int_equal(framing.at, strstr(wire, " b") - wire);
}

static weir_field field(const char *name, const char *value)
{
    return (weir_field){.name = weir_str_of(name), .value = weir_str_of(value)};
}

/* As a reader hands them over: with its id, and an offset that is its index. */
static weir_field received(const char *name, const char *value, size_t index)
{
    weir_field f = field(name, value);
    f.id = weir_field_find(f.name);
    f.name_at = f.value_at = (uint32_t)index;
    return f;
}

/* However many fields there are, and however often one of them comes. */
static void fields_are_counted_whatever_their_number(void **state)
{
    (void)state;
    static const size_t numbers[] = {1,    2,    3,    254,  255,  256,  257,  1022, 1023,
                                     1024, 1025, 2045, 2046, 2047, 2048, 2049, 4097};
    static const struct {
        const char *name, *value, *once, *often; /* traces: what comes once, and more than once */
    } kinds[] = {
        {"Host", "h", "none 0 persists", "ERR_HOST_REPEATED"},
        {"Content-Length", "5", "length 5 persists", "ERR_LENGTH_REPEATED"},
        {"Transfer-Encoding", "chunked", "chunked 0 persists", "ERR_TRANSFER_CODING"},
        {"Connection", "close", "none 0 ends", "none 0 ends"},
        {"Connection", "Keep-Alive", "none 0 persists", "none 0 persists"},
        {"Connection", "keep-alives", "none 0 persists", "none 0 persists"},
        {"Upgrade", "x", "none 0 persists", "none 0 persists"},
        {"Expect", "100-continue", "none 0 persists", "none 0 persists"},
        {"X", "y", "none 0 persists", "none 0 persists"},
    };
    enum {
        MOST = 4097 + 2
    };
    weir_field *fields = malloc(MOST * sizeof *fields);
    assert_non_null(fields);
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        for (size_t n = 0; n < COUNT_OF(numbers); n++) {
            size_t count = 0;
            if (k > 0) fields[count++] = received("Host", "h", 0);
            for (size_t i = 0; i < numbers[n]; i++, count++)
                fields[count] = received(kinds[k].name, kinds[k].value, count);
            fields[count] = received("Y", "z", count);
            const weir_request req = {.fields = fields, .field_count = count + 1, .minor = 1};
            weir_framing f = {.field = 0};
            char trace[TRACE_BYTES];
            trace_framing(weir_request_framing(&req, &f), &f, trace);
            const char *expected = numbers[n] == 1 ? kinds[k].once : kinds[k].often;
            if (strncmp(trace, expected, strlen(expected)) != 0)
                fail_msg("%zu %s: \"%s\", not \"%s\"", numbers[n], kinds[k].name, trace, expected);
            if (strncmp(trace, "ERR", 3) == 0) assert_int_equal(f.at, f.field);
        }
    }
    free(fields);
}

/* What is found is told, and nothing else is touched. */
static void an_error_leaves_the_rest_of_the_answer_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        if (strncmp(requests[i].trace, "ERR", 3) != 0) continue;
        weir_head head;
        weir_field fields[8];
        weir_request req;
        size_t used;
        weir_framing f = {.kind = WEIR_FRAMING_TUNNEL,
                          .rule = WEIR_RULE_CONNECT,
                          .length = 4711,
                          .persistent = true,
                          .expects_continue = true,
                          .upgrade = true};
        weir_head_init(&head, fields, 8, NULL);
        const char *wire = requests[i].wire;
        assert_int_equal(weir_request_parse(&head, wire, strlen(wire), &req, &used), WEIR_OK);
        assert_true(weir_is_error(weir_request_framing(&req, &f)));
        if (f.kind != WEIR_FRAMING_TUNNEL || f.rule != WEIR_RULE_CONNECT || f.length != 4711 ||
            !f.persistent || !f.expects_continue || !f.upgrade)
            fail_msg("%s: kind %d, rule %d, length %d", requests[i].name, (int)f.kind, (int)f.rule,
                     (int)f.length);
    }
}

static void a_request_to_send_is_framed_by_its_facts(void **state)
{
    (void)state;
    weir_field fields[2] = {field("Host", "h"), field("A", "b")};
    weir_request req = {.fields = fields, .field_count = 2, .minor = 1};
    weir_framing f;
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
    assert_int_equal(f.kind, WEIR_FRAMING_NONE);
    assert_true(f.persistent);
    req.has_payload = true;
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
    assert_int_equal(f.kind, WEIR_FRAMING_LENGTH);
    req.length = WEIR_LENGTH_UNKNOWN;
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
    assert_int_equal(f.kind, WEIR_FRAMING_CHUNKED);
    req.minor = 0;
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_ERR_CALL_LENGTH);
    req.minor = 1;
    req.close = true;
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
    assert_false(f.persistent);
    fields[0] = field("Host", "a b");
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_ERR_CALL_HOST);
    fields[0] = field("A", "b");
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_ERR_CALL_HOST);
    fields[0] = fields[1] = field("Host", "h"); /* without ids, as the header allows */
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_ERR_CALL_HOST);
    fields[1] = field("A", "b");
    static const char *const framing_fields[][2] = {{"content-length", "5"},
                                                    {"Transfer-Encoding", "chunked"},
                                                    {"Connection", "close"},
                                                    {"Connection", "x, Keep-Alive"}};
    fields[0] = field("Host", "h");
    for (size_t i = 0; i < 4; i++) {
        fields[1] = field(framing_fields[i][0], framing_fields[i][1]);
        assert_int_equal(weir_request_send_framing(&req, &f), WEIR_ERR_CALL_FRAMING);
    }
    fields[1] = field("Connection", "x");
    assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
}

/* What the fields and the version of a request to send come to, beside its payload. */
static void a_request_to_send_says_what_it_expects_and_offers(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value; /* behind Host */
        bool has_payload;
        uint64_t length;
        uint8_t minor;
        const char *trace;
    } sent[] = {
        {"Expect", "100-continue", true, 5, 1, "length 5 persists continue"},
        {"expect", "x, 100-Continue", true, WEIR_LENGTH_UNKNOWN, 1, "chunked 0 persists continue"},
        {"Expect", "100-continue", true, 0, 1, "ERR_CALL_EXPECT field 0"},
        {"Expect", "100-continue", false, 0, 1, "ERR_CALL_EXPECT field 0"},
        {"Expect", "200-ok", false, 0, 1, "none 0 persists"},
        {"Expect", "100-continue", true, 5, 0, "length 5 ends"},
        {"Expect", "200-ok", true, 5, 1, "length 5 persists"},
        {"A", "b", true, WEIR_LENGTH_HARD_MAX, 1, "length 9223372036854775807 persists"},
        {"A", "b", true, WEIR_LENGTH_HARD_MAX + 1, 1, "ERR_CALL_LENGTH field 0"},
        {"A", "b", true, WEIR_LENGTH_UNKNOWN, 0, "ERR_CALL_LENGTH field 0"},
        {"Upgrade", "x", false, 0, 1, "none 0 persists"}, /* Connection does not name it */
        {"Connection", "host", false, 0, 1, "ERR_CALL_FRAMING field 0"},
    };
    for (size_t i = 0; i < COUNT_OF(sent); i++) {
        const weir_field fields[] = {field("Host", "h"), field(sent[i].name, sent[i].value)};
        const weir_request req = {.fields = fields,
                                  .field_count = 2,
                                  .minor = sent[i].minor,
                                  .has_payload = sent[i].has_payload,
                                  .length = sent[i].length};
        weir_framing f = {0};
        char trace[TRACE_BYTES];
        trace_framing(weir_request_send_framing(&req, &f), &f, trace);
        if (strcmp(trace, sent[i].trace) != 0)
            fail_msg("%s: %s: \"%s\", not \"%s\"", sent[i].name, sent[i].value, trace,
                     sent[i].trace);
    }
}

/* RFC 9110 §9.3.8. */
static void trace_is_sent_without_content(void **state)
{
    (void)state;
    const weir_field host = field("Host", "h");
    const weir_request traces[] = {{.method_id = WEIR_METHOD_TRACE},
                                   {.method = WEIR_STR_INIT("TRACE")}};
    for (size_t i = 0; i < COUNT_OF(traces); i++) {
        weir_request req = traces[i];
        weir_framing f;
        req.fields = &host;
        req.field_count = 1;
        req.minor = 1;
        assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
        req.has_payload = true;
        req.length = 1;
        assert_int_equal(weir_request_send_framing(&req, &f), WEIR_ERR_CALL_CONTENT);
    }
}

/* An upgrade is offered by two fields together, and never in HTTP/1.0 (RFC 9110 §7.8). */
static void an_upgrade_is_sent_by_two_fields(void **state)
{
    (void)state;
    const weir_field fields[] = {field("Host", "h"), field("Upgrade", "x"),
                                 field("Connection", "upgrade")};
    for (size_t count = 2; count <= 3; count++) {
        for (uint8_t minor = 0; minor <= 1; minor++) {
            const weir_request req = {.fields = fields, .field_count = count, .minor = minor};
            weir_framing f;
            assert_int_equal(weir_request_send_framing(&req, &f), WEIR_OK);
            assert_int_equal(f.upgrade, count == 3 && minor == 1);
        }
        const weir_response res = {.status = 426, .fields = fields + 1, .field_count = count - 1};
        weir_framing f;
        assert_int_equal(weir_response_send_framing(&res, WEIR_METHOD_GET, 1, &f), WEIR_OK);
        assert_int_equal(f.upgrade, count == 3);
    }
    const weir_field close = field("Connection", "close");
    const weir_response res = {.status = 200, .fields = &close, .field_count = 1};
    weir_framing f;
    assert_int_equal(weir_response_send_framing(&res, WEIR_METHOD_GET, 1, &f),
                     WEIR_ERR_CALL_FRAMING);
}

static void a_response_to_send_is_framed_by_its_facts_and_its_peer(void **state)
{
    (void)state;
    static const struct {
        uint16_t status;
        uint64_t length;
        weir_method asked;
        uint8_t minor;
        const char *trace;
    } sent[] = {
        {200, 5, WEIR_METHOD_GET, 1, "length 5 persists"},
        {200, WEIR_LENGTH_UNKNOWN, WEIR_METHOD_GET, 1, "chunked 0 persists"},
        {200, WEIR_LENGTH_UNKNOWN, WEIR_METHOD_GET, 0, "close 0 ends"},
        {200, 5, WEIR_METHOD_HEAD, 1, "none 0 persists"},
        {204, 0, WEIR_METHOD_GET, 1, "none 0 persists"},
        {205, 0, WEIR_METHOD_GET, 1, "length 0 persists"},
        {205, 5, WEIR_METHOD_GET, 1, "ERR_CALL_CONTENT field 0"},
        {205, WEIR_LENGTH_UNKNOWN, WEIR_METHOD_GET, 1, "ERR_CALL_CONTENT field 0"},
        {304, 5, WEIR_METHOD_GET, 1, "none 0 persists"},
        {103, 0, WEIR_METHOD_GET, 1, "none 0 persists"},
        {101, 0, WEIR_METHOD_GET, 1, "tunnel 0 persists"},
        {200, 0, WEIR_METHOD_CONNECT, 1, "tunnel 0 persists"},
        {99, 0, WEIR_METHOD_GET, 1, "ERR_CALL_STATUS field 0"},
        {600, 0, WEIR_METHOD_GET, 1, "ERR_CALL_STATUS field 0"},
        {200, UINT64_MAX - 1, WEIR_METHOD_GET, 1, "ERR_CALL_LENGTH field 0"},
    };
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        weir_response res = {.status = sent[i].status, .length = sent[i].length};
        weir_framing f = {0};
        char trace[TRACE_BYTES];
        trace_framing(weir_response_send_framing(&res, sent[i].asked, sent[i].minor, &f), &f,
                      trace);
        if (strcmp(trace, sent[i].trace) != 0)
            fail_msg("%d: \"%s\", not \"%s\"", sent[i].status, trace, sent[i].trace);
    }
}

static void every_rule_has_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(weir_framing_rule_text(WEIR_RULE_NONE), "");
    for (int rule = WEIR_RULE_BODILESS; rule <= WEIR_RULE_UNTIL_END; rule++)
        assert_non_null(strstr(weir_framing_rule_text((weir_framing_rule)rule), "RFC 9112 §6.3"));
}

static void framing_and_routing_fields_are_no_trailers(void **state)
{
    (void)state;
    assert_true(weir_is_trailer_forbidden(WEIR_FIELD_CONTENT_LENGTH));
    assert_true(weir_is_trailer_forbidden(WEIR_FIELD_HOST));
    assert_false(weir_is_trailer_forbidden(WEIR_FIELD_ETAG));
    assert_false(weir_is_trailer_forbidden(WEIR_FIELD_OTHER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_end_where_the_rules_say),
        cmocka_unit_test(responses_end_where_the_rules_say),
        cmocka_unit_test(a_framing_error_says_where),
        cmocka_unit_test(fields_are_counted_whatever_their_number),
        cmocka_unit_test(an_error_leaves_the_rest_of_the_answer_alone),
        cmocka_unit_test(a_request_to_send_is_framed_by_its_facts),
        cmocka_unit_test(a_request_to_send_says_what_it_expects_and_offers),
        cmocka_unit_test(trace_is_sent_without_content),
        cmocka_unit_test(an_upgrade_is_sent_by_two_fields),
        cmocka_unit_test(a_response_to_send_is_framed_by_its_facts_and_its_peer),
        cmocka_unit_test(every_rule_has_a_sentence),
        cmocka_unit_test(framing_and_routing_fields_are_no_trailers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
