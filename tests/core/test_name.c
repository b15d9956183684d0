/* SPDX-License-Identifier: MIT */
/* test_name.c - every known name is found however it is spelt, and nothing else is. */
#include "exact.h"

#include "weir/name.h"

static const char *const methods[] = {
#define METHOD_TEXT(name) #name,
    WEIR_METHODS(METHOD_TEXT)
#undef METHOD_TEXT
};

static const char *const fields[] = {
#define FIELD_TEXT(id, text) text,
    WEIR_FIELDS(FIELD_TEXT)
#undef FIELD_TEXT
};

/* The answer by looking at every name: id 0 is OTHER, the first name is id 1. */
static int slow_method(weir_str s)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (weir_str_equal(s, weir_str_of(methods[i]))) return (int)i + 1;
    return 0;
}

static int slow_field(weir_str s)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (weir_str_equal_nocase(s, weir_str_of(fields[i]))) return (int)i + 1;
    return 0;
}

/* Both finders agree with the slow ones on an exact-size copy. */
static void check(const char *text, size_t len)
{
    char *copy = exact_copy(text, len);
    weir_str s = {copy, len};
    if ((int)weir_method_find(s) != slow_method(s)) fail_msg("method \"%.*s\"", (int)len, copy);
    if ((int)weir_field_find(s) != slow_field(s)) fail_msg("field \"%.*s\"", (int)len, copy);
    free(copy);
}

static unsigned char upper(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned char)(c - 32) : c;
}

static void check_cases(const char *name)
{
    char text[64];
    size_t len = strlen(name);
    assert_true(len < sizeof text);
    for (int kind = 0; kind < 4; kind++) { /* as it is, lower, upper, in turn */
        for (size_t i = 0; i < len; i++) {
            unsigned char c = (unsigned char)name[i];
            bool up = kind == 2 || (kind == 3 && i % 2 == 0);
            text[i] = kind == 0 ? name[i] : (char)(up ? upper(c) : weir_lower(c));
        }
        check(text, len);
    }
}

/* Each octet another, one octet more, one less. */
static void check_mutations(const char *name)
{
    char text[65];
    size_t len = strlen(name);
    for (size_t at = 0; at <= len; at++) {
        for (unsigned c = 0; c < 256; c++) {
            memcpy(text, name, len);
            if (at < len) {
                text[at] = (char)c;
                check(text, len);
            }
            memcpy(text, name, at);
            text[at] = (char)c;
            memcpy(text + at + 1, name + at, len - at);
            check(text, len + 1);
        }
        if (at == len) continue;
        memcpy(text, name, at);
        memcpy(text + at, name + at + 1, len - at - 1);
        check(text, len - 1);
    }
}

static void known_methods_are_found_with_their_case(void **state)
{
    (void)state;
    assert_int_equal(weir_method_find(SPAN("GET")), WEIR_METHOD_GET);
    assert_int_equal(weir_method_find(SPAN("get")), WEIR_METHOD_OTHER);
    assert_int_equal(weir_method_find(SPAN("CONNECT")), WEIR_METHOD_CONNECT);
    assert_int_equal(COUNT_OF(methods), WEIR_METHOD_COUNT - 1);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        assert_int_equal(weir_method_find(weir_str_of(methods[i])), (int)i + 1);
        check_cases(methods[i]);
    }
}

static void known_fields_are_found_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(weir_field_find(SPAN("content-LENGTH")), WEIR_FIELD_CONTENT_LENGTH);
    assert_int_equal(weir_field_find(SPAN("tE")), WEIR_FIELD_TE);
    assert_int_equal(COUNT_OF(fields), WEIR_FIELD_COUNT - 1);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        assert_int_equal(weir_field_find(weir_str_of(fields[i])), (int)i + 1);
        check_cases(fields[i]);
    }
}

static void a_name_that_is_one_octet_off_is_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        check_mutations(methods[i]);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        check_mutations(fields[i]);
}

static void short_and_long_names_are_unknown(void **state)
{
    (void)state;
    assert_int_equal(weir_method_find((weir_str){NULL, 0}), WEIR_METHOD_OTHER);
    assert_int_equal(weir_field_find((weir_str){NULL, 0}), WEIR_FIELD_OTHER);
    char text[3];
    for (unsigned c = 0; c < 65536; c++) {
        text[0] = (char)(c & 0xff);
        text[1] = (char)(c >> 8);
        check(text, c % 2 + 1);
    }
    char *longer = malloc(256 + 14); /* the length of Content-Length but for a whole octet */
    memset(longer, '-', 256 + 14);
    memcpy(longer, "Content-Length", 14);
    check(longer, 256 + 14);
    free(longer);
}

static void names_come_back_as_they_are_usually_spelt(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        assert_true(
            weir_str_equal(weir_method_name((weir_method)(i + 1)), weir_str_of(methods[i])));
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        assert_true(
            weir_str_equal(weir_field_name((weir_field_id)(i + 1)), weir_str_of(fields[i])));
    assert_int_equal(weir_method_name(WEIR_METHOD_OTHER).len, 0);
    assert_int_equal(weir_method_name(WEIR_METHOD_COUNT).len, 0);
    assert_int_equal(weir_field_name(WEIR_FIELD_OTHER).len, 0);
    assert_int_equal(weir_field_name(WEIR_FIELD_COUNT).len, 0);
}

/* The headings of RFC 9110 §15, and RFC 6585 §3-6. */
static const char *const reasons[] = {
    "100 Continue",
    "101 Switching Protocols",
    "200 OK",
    "201 Created",
    "202 Accepted",
    "203 Non-Authoritative Information",
    "204 No Content",
    "205 Reset Content",
    "206 Partial Content",
    "300 Multiple Choices",
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "304 Not Modified",
    "305 Use Proxy",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
    "400 Bad Request",
    "401 Unauthorized",
    "402 Payment Required",
    "403 Forbidden",
    "404 Not Found",
    "405 Method Not Allowed",
    "406 Not Acceptable",
    "407 Proxy Authentication Required",
    "408 Request Timeout",
    "409 Conflict",
    "410 Gone",
    "411 Length Required",
    "412 Precondition Failed",
    "413 Content Too Large",
    "414 URI Too Long",
    "415 Unsupported Media Type",
    "416 Range Not Satisfiable",
    "417 Expectation Failed",
    "421 Misdirected Request",
    "422 Unprocessable Content",
    "426 Upgrade Required",
    "428 Precondition Required",
    "429 Too Many Requests",
    "431 Request Header Fields Too Large",
    "500 Internal Server Error",
    "501 Not Implemented",
    "502 Bad Gateway",
    "503 Service Unavailable",
    "504 Gateway Timeout",
    "505 HTTP Version Not Supported",
    "511 Network Authentication Required",
};

static void statuses_have_the_reasons_of_the_rfc(void **state)
{
    (void)state;
    for (unsigned status = 0; status < 1100; status++) {
        const char *expected = "";
        for (size_t i = 0; i < COUNT_OF(reasons); i++)
            if (strtoul(reasons[i], NULL, 10) == status) expected = reasons[i] + 4;
        weir_str reason = weir_status_reason(status);
        if (!weir_str_equal(reason, weir_str_of(expected)))
            fail_msg("%u: \"%.*s\"", status, (int)reason.len, reason.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_methods_are_found_with_their_case),
        cmocka_unit_test(known_fields_are_found_in_any_case),
        cmocka_unit_test(a_name_that_is_one_octet_off_is_another),
        cmocka_unit_test(short_and_long_names_are_unknown),
        cmocka_unit_test(names_come_back_as_they_are_usually_spelt),
        cmocka_unit_test(statuses_have_the_reasons_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
