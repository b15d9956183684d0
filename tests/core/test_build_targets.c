/* SPDX-License-Identifier: MIT */
/* test_build_targets.c - which targets may be sent; and that nothing in a head adds a line. */
#include "build_written.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_has_one_of_four_forms_and_goes_with_the_method),
        cmocka_unit_test(no_octet_anywhere_adds_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
