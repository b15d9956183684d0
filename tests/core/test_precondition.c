/* SPDX-License-Identifier: MIT */
/* test_precondition.c - entity tags, and the order in which conditions are looked at. */
#include "exact.h"
#include "weir/precondition.h"

enum {
    MODIFIED = 784111777
}; /* Sun, 06 Nov 1994 08:49:37 GMT */

#define EQUAL_DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define EARLIER "Sun, 06 Nov 1994 08:49:36 GMT"
#define LATER "Sun, 06 Nov 1994 08:49:38 GMT"

static void entity_tags_are_quoted_octets(void **state)
{
    (void)state;
    static const struct {
        weir_str text;
        bool ok, weak;
    } tags[] = {
        {WEIR_STR_INIT("\"a\""), true, false},      {WEIR_STR_INIT("W/\"a\""), true, true},
        {WEIR_STR_INIT("\"\""), true, false},       {WEIR_STR_INIT("\"a\\\""), true, false},
        {WEIR_STR_INIT("\"a,b\""), true, false},    {WEIR_STR_INIT("\"\xff!\""), true, false},
        {WEIR_STR_INIT("a"), false, false},         {WEIR_STR_INIT("\"a"), false, false},
        {WEIR_STR_INIT("w/\"a\""), false, false},   {WEIR_STR_INIT("W/a"), false, false},
        {WEIR_STR_INIT("\"a b\""), false, false},   {WEIR_STR_INIT("\"a\"b"), false, false},
        {WEIR_STR_INIT("\"a\x7f\""), false, false}, {WEIR_STR_INIT(""), false, false},
    };
    for (size_t i = 0; i < COUNT_OF(tags); i++) {
        char *copy = exact_copy(tags[i].text.p, tags[i].text.len);
        weir_etag etag = {.weak = !tags[i].weak};
        bool ok = weir_etag_parse((weir_str){copy, tags[i].text.len}, &etag) == WEIR_OK;
        if (ok != tags[i].ok) fail_msg("%.*s", (int)tags[i].text.len, tags[i].text.p);
        if (ok) assert_int_equal(etag.weak, tags[i].weak);
        free(copy);
    }
    weir_etag strong = {.opaque = WEIR_STR_INIT("a")}, weak = {WEIR_STR_INIT("a"), true};
    assert_true(weir_etag_equal_strong(strong, strong));
    assert_false(weir_etag_equal_strong(strong, weak));
    assert_false(weir_etag_equal_strong(weak, weak));
    assert_true(weir_etag_equal_weak(strong, weak));
}

static const struct {
    const char *name;
    weir_method method;
    struct {
        const char *name, *value;
    } fields[3];
    weir_condition wanted;
} conditions[] = {
#define GO WEIR_CONDITION_GO_ON
#define NOT WEIR_CONDITION_NOT_MODIFIED
#define FAIL WEIR_CONDITION_FAILED
#define GET WEIR_METHOD_GET
#define PUT WEIR_METHOD_PUT
    {"none", GET, {{NULL, NULL}}, GO},
    {"its tag", GET, {{"If-None-Match", "\"t\""}}, NOT},
    {"its tag, weakly", GET, {{"If-None-Match", "W/\"t\""}}, NOT},
    {"its tag, HEAD", WEIR_METHOD_HEAD, {{"If-None-Match", "\"t\""}}, NOT},
    {"its tag, PUT", PUT, {{"If-None-Match", "\"t\""}}, FAIL},
    {"another tag", GET, {{"If-None-Match", "\"u\""}}, GO},
    {"in a list", GET, {{"If-None-Match", ",\"a,\",,W/\"b\" , \"t\""}}, NOT},
    {"in a second line", GET, {{"If-None-Match", "\"a\""}, {"If-None-Match", "\"t\""}}, NOT},
    {"behind what is no tag", GET, {{"If-None-Match", "a, \"t\""}}, GO},
    {"behind a tag without its comma", GET, {{"If-None-Match", "\"a\" \"t\""}}, GO},
    {"any", GET, {{"If-None-Match", "*"}}, NOT},
    {"equal date", GET, {{"If-Modified-Since", EQUAL_DATE}}, NOT},
    {"later date", GET, {{"If-Modified-Since", LATER}}, NOT},
    {"earlier date", GET, {{"If-Modified-Since", EARLIER}}, GO},
    {"a date that is none", GET, {{"If-Modified-Since", "yesterday"}}, GO},
    {"two dates", GET, {{"If-Modified-Since", LATER}, {"If-Modified-Since", LATER}}, GO},
    {"a date, PUT", PUT, {{"If-Modified-Since", LATER}}, GO},
    {"the tag goes before the date",
     GET,
     {{"If-Modified-Since", LATER}, {"If-None-Match", "\"u\""}},
     GO},
    {"must match, does", PUT, {{"If-Match", "\"t\""}}, GO},
    {"must match, does not", GET, {{"If-Match", "\"u\""}}, FAIL},
    {"must match, weakly does not", GET, {{"If-Match", "W/\"t\""}}, FAIL},
    {"must match any", GET, {{"If-Match", "*"}}, GO},
    {"unmodified, equal", GET, {{"If-Unmodified-Since", EQUAL_DATE}}, GO},
    {"unmodified, earlier", GET, {{"If-Unmodified-Since", EARLIER}}, FAIL},
    {"unmodified, no date", GET, {{"If-Unmodified-Since", "x"}}, GO},
    {"If-Match goes before the date",
     GET,
     {{"If-Unmodified-Since", EARLIER}, {"If-Match", "*"}},
     GO},
    {"both match", GET, {{"If-Match", "*"}, {"If-None-Match", "*"}}, NOT},
    {"the failure goes first", GET, {{"If-None-Match", "*"}, {"If-Match", "\"u\""}}, FAIL},
};

static const weir_validators known = {.exists = true,
                                      .has_etag = true,
                                      .has_modified = true,
                                      .strong_date = true,
                                      .etag = {.opaque = WEIR_STR_INIT("t")},
                                      .modified = MODIFIED};

static weir_field field(const char *name, const char *value)
{
    weir_field f = {.name = weir_str_of(name), .value = weir_str_of(value)};
    f.id = weir_field_find(f.name);
    return f;
}

static void conditions_are_looked_at_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        weir_field fields[3];
        size_t n = 0;
        for (; n < 3 && conditions[i].fields[n].name != NULL; n++)
            fields[n] = field(conditions[i].fields[n].name, conditions[i].fields[n].value);
        weir_request req = {.method_id = conditions[i].method, .fields = fields, .field_count = n};
        if (weir_precondition_check(&req, &known, MODIFIED) != conditions[i].wanted)
            fail_msg("%s", conditions[i].name);
    }
}

static void nothing_matches_what_is_not_there(void **state)
{
    (void)state;
    static const weir_validators nothing = {.exists = false};
    weir_field f = field("If-None-Match", "*");
    weir_request req = {.method_id = GET, .fields = &f, .field_count = 1};
    assert_int_equal(weir_precondition_check(&req, &nothing, 0), GO);
    f = field("If-Match", "*");
    assert_int_equal(weir_precondition_check(&req, &nothing, 0), FAIL);
    f = field("If-None-Match", "\"\"");
    assert_int_equal(weir_precondition_check(&req, &nothing, 0), GO);
}

static void if_range_matches_exactly_or_the_range_is_not_heard(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool heard;
    } values[] = {
        {"\"t\"", true},    {"W/\"t\"", false}, {"\"u\"", false}, {"t", false},
        {EQUAL_DATE, true}, {LATER, false},     {EARLIER, false}, {"\"t\", \"t\"", false},
    };
    weir_request req = {.method_id = GET};
    assert_true(weir_if_range_check(&req, &known, MODIFIED));
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        weir_field f = field("If-Range", values[i].value);
        req.fields = &f;
        req.field_count = 1;
        assert_int_equal(weir_if_range_check(&req, &known, MODIFIED), values[i].heard);
        weir_validators young = known;
        young.strong_date = false;
        if (strcmp(values[i].value, EQUAL_DATE) == 0)
            assert_false(weir_if_range_check(&req, &young, MODIFIED));
        weir_field twice[] = {f, f};
        req.fields = twice;
        req.field_count = 2;
        assert_false(weir_if_range_check(&req, &known, MODIFIED));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entity_tags_are_quoted_octets),
        cmocka_unit_test(conditions_are_looked_at_in_order),
        cmocka_unit_test(nothing_matches_what_is_not_there),
        cmocka_unit_test(if_range_matches_exactly_or_the_range_is_not_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
