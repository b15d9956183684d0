/* SPDX-License-Identifier: MIT */
/* test_media_type.c - media types and ranges of them (RFC 9110 §8.3.1, §12.5.1). */
#include "exact.h"

#include "weir/media_type.h"
#include "weir/value.h"

static const struct {
    const char *text, *trace;
} types[] = {
    {"text/html", "text|html|"},
    {"text/html;charset=utf-8", "text|html|;charset=utf-8"},
    {"Text/HTML ; Charset=\"utf-8\"\t;a=b", "Text|HTML| ; Charset=\"utf-8\"\t;a=b"},
    {"text/html;", "text|html|;"},
    {"text/html; ; a=b;;", "text|html|; ; a=b;;"},
    {"application/vnd.x+json", "application|vnd.x+json|"},
    {"*/*", "*|*|"},
    {"text/*;level=1", "text|*|;level=1"},
    {"", "error@0"},
    {"text", "error@4"},
    {"text/", "error@5"},
    {"/html", "error@0"},
    {"text /html", "error@4"},
    {"text/ html", "error@5"},
    {"text/html/x", "error@9"},
    {" text/html", "error@0"},
    {"text/html ", "error@10"},
    {"text/html charset=utf-8", "error@10"},
    {"text/html;charset", "error@17"},
    {"text/html;charset=", "error@18"},
    {"text/html;charset =utf-8", "error@17"},
    {"text/html;charset= utf-8", "error@18"},
    {"text/html;=utf-8", "error@10"},
    {"text/html;a=\"b", "error@14"},
    {"text/html;a=\"b\\", "error@15"},
    {"text/html;a=\"b\x01\"", "error@14"},
    {"text/html;a=\"b\\\x7f\"", "error@15"},
    {"text/html;a=\"b\"c", "error@15"},
    {"text/html, text/plain", "error@9"},
    {"te\"xt/html", "error@2"},
};

static void types_come_apart_or_say_which_octet_is_at_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        size_t len = strlen(types[i].text), at = 99;
        char *copy = exact_copy(types[i].text, len), trace[200];
        weir_media_type t = {.type = SPAN("untouched")};
        weir_error err = weir_media_type_parse((weir_str){copy, len}, &t, &at);
        if (err == WEIR_OK) {
            snprintf(trace, sizeof trace, "%.*s|%.*s|%.*s", (int)t.type.len, t.type.p,
                     (int)t.subtype.len, t.subtype.p, (int)t.params.len, t.params.p);
        } else {
            assert_int_equal(err, WEIR_ERR_MEDIA_TYPE);
            assert_true(weir_str_equal(t.type, SPAN("untouched")));
            snprintf(trace, sizeof trace, "error@%zu", at);
        }
        if (strcmp(trace, types[i].trace) != 0) fail_msg("%s: %s", types[i].text, trace);
        free(copy);
    }
}

static void nothing_is_no_type(void **state)
{
    (void)state;
    weir_media_type t;
    size_t at = 99;
    assert_int_equal(weir_media_type_parse((weir_str){NULL, 0}, &t, &at), WEIR_ERR_MEDIA_TYPE);
    assert_int_equal(at, 0);
}

static weir_media_type type_of(const char *text)
{
    weir_media_type t;
    size_t at;
    if (weir_media_type_parse(weir_str_of(text), &t, &at) != WEIR_OK) fail_msg("%s", text);
    return t;
}

static void parameters_are_found_without_case_the_first_first(void **state)
{
    (void)state;
    weir_media_type t = type_of("a/b;x=1; Charset=\"utf-8\"; charset=other");
    weir_str value = SPAN("untouched");
    assert_false(weir_media_type_param(&t, SPAN("y"), &value));
    assert_true(weir_str_equal(value, SPAN("untouched")));
    assert_true(weir_media_type_param(&t, SPAN("CHARSET"), &value));
    assert_true(weir_str_equal(value, SPAN("\"utf-8\"")));
}

/* Each range fits what follows it less well than the one before it did; NULL ends. */
static void the_more_specific_range_fits_better(void **state)
{
    (void)state;
    static const char *const falling[] = {
        "text/html;b=2;level=1",
        "text/html;level=1;q=0.5",
        "text/html;q=1",
        "text/*;level=1",
        "TEXT/*",
        "*/*;level=1",
        "*/*",
    };
    weir_media_type type = type_of("text/HTML;level=1;a=3;B=\"2\"");
    unsigned before = UINT32_MAX;
    for (size_t i = 0; i < COUNT_OF(falling); i++) {
        weir_media_type range = type_of(falling[i]);
        unsigned rank = weir_media_type_match(&range, &type);
        if (rank == 0 || rank >= before) fail_msg("%s: %u", falling[i], rank);
        before = rank;
    }
}

static void a_range_of_something_else_does_not_fit(void **state)
{
    (void)state;
    static const char *const others[] = {
        "text/plain",
        "image/*",
        "image/html",
        "text/html;level=2",
        "text/html;x=1",
        "text/*;level=2",
        "text/html;level=1;x=1",
        "*/html",
        "text/html;level=A",
        "*/*;x=1",
    };
    weir_media_type type = type_of("text/html;level=1;charset=\"UTF-8\"");
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        weir_media_type range = type_of(others[i]);
        if (weir_media_type_match(&range, &type) != 0) fail_msg("%s", others[i]);
    }
    weir_media_type charset = type_of("text/html;charset=utf-8"); /* without case (§8.3.2) */
    assert_int_not_equal(weir_media_type_match(&charset, &type), 0);
}

static void a_parameter_that_is_repeated_fits_by_any_of_them(void **state)
{
    (void)state;
    weir_media_type type = type_of("k/l;1=11;1=1"), second = type_of("k/l;1=1");
    weir_media_type third = type_of("k/l;1=2");
    assert_int_not_equal(weir_media_type_match(&type, &type), 0);
    assert_int_not_equal(weir_media_type_match(&second, &type), 0);
    assert_int_equal(weir_media_type_match(&third, &type), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_come_apart_or_say_which_octet_is_at_fault),
        cmocka_unit_test(nothing_is_no_type),
        cmocka_unit_test(parameters_are_found_without_case_the_first_first),
        cmocka_unit_test(the_more_specific_range_fits_better),
        cmocka_unit_test(a_range_of_something_else_does_not_fit),
        cmocka_unit_test(a_parameter_that_is_repeated_fits_by_any_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
