/* SPDX-License-Identifier: MIT */
/* test_cookie.c - cookies of a request, and what is none (RFC 6265 §4.2.1). */
#include "exact.h"

#include "weir/cookie.h"

/* Traces: name=value, in quotes where there were some; for errors the offset from the beginning. */
static const struct {
    const char *value, *trace;
} cookies[] = {
    {"", "END"},
    {"a=b", "a=b END"},
    {"SID=31d4d96e407aad42; lang=en-US", "SID=31d4d96e407aad42 lang=en-US END"},
    {"a=", "a= END"},
    {"a=; b=", "a= b= END"},
    {"a=\"\"", "a=\"\" END"},
    {"a=\"b\"; c=d", "a=\"b\" c=d END"},
    {"a=x=y", "a=x=y END"},
    {"a=!#$%&'()*+-./:<=>?@[]^_`{|}~", "a=!#$%&'()*+-./:<=>?@[]^_`{|}~ END"},
    {"a=1; A=2; a=3", "a=1 A=2 a=3 END"},
    {"a", "@1 END"},
    {"a; b=c", "@1 b=c END"},
    {"=b; c=d", "@0 c=d END"},
    {"a b=c; d=e", "@1 d=e END"},
    {"a =c", "@1 END"},
    {"a= b", "@2 END"},
    {"a=b c; d=e", "@3 d=e END"},
    {"a=hello world; b=x=y", "@7 b=x=y END"},
    {"a=b,c", "@3 END"},
    {"a=b\\c", "@3 END"},
    {"a=b\"c", "@3 END"},
    {"a=\"b", "@4 END"},
    {"a=\"b c\"; d=e", "@4 d=e END"},
    {"a=\"b;c\"; d=e", "@4 @1 d=e END"},
    {"a=\"b\"c", "@5 END"},
    {"a=\"", "@3 END"},
    {"a=\x80", "@2 END"},
    {"a=\x7f", "@2 END"},
    {"a=\t", "@2 END"},
    {"a=b;c=d", "@4 c=d END"},
    {"a=b;  c=d; e=f", "a=b @0 e=f END"},
    {"a=b;\tc=d; e=f", "@4 c=d e=f END"},
    {"a=b ; c=d", "@3 c=d END"},
    {"a=b;", "@4 END"},
    {"a=b; ", "@5 END"},
    {";", "@0 END"},
    {"; a=b", "@0 a=b END"},
    {"a=b; ; c=d", "a=b @0 c=d END"},
    {"a=b;; c=d", "@4 @0 c=d END"},
};

static void cookies_come_one_by_one_and_faults_by_their_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cookies); i++) {
        size_t len = strlen(cookies[i].value), n = 0, at = 99;
        char *copy = exact_copy(cookies[i].value, len), trace[200];
        weir_str rest = {copy, len};
        weir_cookie c = {.name = SPAN("untouched")};
        weir_error err;
        while ((err = weir_cookie_next(&rest, &c, &at)) != WEIR_END) {
            const char *quote = c.is_quoted ? "\"" : "";
            if (err == WEIR_OK) {
                n +=
                    (size_t)snprintf(trace + n, sizeof trace - n, "%.*s=%s%.*s%s ", (int)c.name.len,
                                     c.name.p, quote, (int)c.value.len, c.value.p, quote);
            } else {
                assert_int_equal(err, WEIR_ERR_COOKIE);
                assert_true(weir_str_equal(c.name, SPAN("untouched")));
                n += (size_t)snprintf(trace + n, sizeof trace - n, "@%zu ", at);
            }
            c = (weir_cookie){.name = SPAN("untouched")};
        }
        assert_int_equal(rest.len, 0);
        snprintf(trace + n, sizeof trace - n, "END");
        if (strcmp(trace, cookies[i].trace) != 0) fail_msg("%s: %s", cookies[i].value, trace);
        free(copy);
    }
}

/* Every octet at its place, against the text of the RFC. */
static void each_octet_stands_where_the_rfc_says(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        char text[] = {'a', '=', (char)c, '\0'};
        weir_str rest = {text, 3};
        weir_cookie found;
        size_t at;
        bool is_octet = c == 0x21 || (c >= 0x23 && c <= 0x2B) || (c >= 0x2D && c <= 0x3A) ||
                        (c >= 0x3C && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
        bool taken = weir_cookie_next(&rest, &found, &at) == WEIR_OK;
        if (taken != is_octet) fail_msg("%u", c);
    }
}

static void a_cookie_is_found_by_its_name_with_case(void **state)
{
    (void)state;
    const weir_field fields[] = {
        {.id = WEIR_FIELD_HOST, .value = SPAN("n=host")},
        {.id = WEIR_FIELD_COOKIE, .value = SPAN("a=b c; N=1; n=2; n=3")},
        {.id = WEIR_FIELD_COOKIE, .value = SPAN("n=4; m=\"5\"")},
    };
    weir_cookie c = {.name = SPAN("untouched")};
    assert_false(weir_cookie_find(fields, 3, SPAN("a"), &c));
    assert_false(weir_cookie_find(NULL, 0, SPAN("n"), &c));
    assert_true(weir_str_equal(c.name, SPAN("untouched")));
    assert_true(weir_cookie_find(fields, 3, SPAN("n"), &c));
    assert_true(weir_str_equal(c.value, SPAN("2")));
    assert_true(weir_cookie_find(fields, 3, SPAN("m"), &c));
    assert_true(c.is_quoted && weir_str_equal(c.value, SPAN("5")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies_come_one_by_one_and_faults_by_their_octet),
        cmocka_unit_test(each_octet_stands_where_the_rfc_says),
        cmocka_unit_test(a_cookie_is_found_by_its_name_with_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
