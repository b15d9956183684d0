/* SPDX-License-Identifier: MIT */
/* test_value.c - tokens, quoted strings, lists and parameters against RFC 9110 §5.6. */
#include "exact.h"

#include "weir/value.h"

static const struct {
    const char *text;
    bool token, quoted;
} words[] = {
    {"gzip", true, false},
    {"a", true, false},
    {"!#$%&'*+-.^_`|~09azAZ", true, false},
    {"", false, false},
    {" ", false, false},
    {"a b", false, false},
    {" a", false, false},
    {"a\t", false, false},
    {"a,b", false, false},
    {"a=b", false, false},
    {"a/b", false, false},
    {"a\x80", false, false},
    {"\"\"", false, true},
    {"\"a\"", false, true},
    {"\"a b\t, ;=\"", false, true},
    {"\"\x80\xff\"", false, true},
    {"\"\\\"\"", false, true},
    {"\"\\\\\"", false, true},
    {"\"\\a\\ \\\t\\\x80\"", false, true},
    {"\"", false, false},
    {"\"a", false, false},
    {"a\"", false, false},
    {"\"a\"b", false, false},
    {"\"a\"\"", false, false},
    {" \"a\"", false, false},
    {"\"\\\"", false, false},
    {"\"\\", false, false},
    {"\"a\x01\"", false, false},
    {"\"a\x7f\"", false, false},
    {"\"\\\r\"", false, false},
    {"\"a\nb\"", false, false},
};

static void words_are_tokens_or_quoted_strings_or_neither(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char *copy = exact_copy(words[i].text, strlen(words[i].text));
        weir_str s = {copy, strlen(words[i].text)};
        if (weir_is_token(s) != words[i].token) fail_msg("token: %s", words[i].text);
        if (weir_is_quoted(s) != words[i].quoted) fail_msg("quoted: %s", words[i].text);
        free(copy);
    }
    assert_false(weir_is_token((weir_str){NULL, 0}));
    assert_false(weir_is_quoted((weir_str){NULL, 0}));
}

/* RFC 9110 §5.6.4: qdtext is all but controls, quote and backslash; a quoted-pair takes both. */
static void each_octet_stands_in_quotes_where_the_rfc_says(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        char plain[] = {'"', (char)c, '"'}, pair[] = {'"', '\\', (char)c, '"'};
        bool text = (c >= 0x20 && c != 0x7f) || c == '\t';
        assert_int_equal(weir_is_quoted((weir_str){plain, 3}), text && c != '"' && c != '\\');
        assert_int_equal(weir_is_quoted((weir_str){pair, 4}), text);
    }
}

static void whitespace_around_is_trimmed(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},    {" ", ""},     {"\t \t", ""},        {"a", "a"},
        {" a", "a"}, {"a\t ", "a"}, {" \ta b\t ", "a b"}, {"\na ", "\na"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *copy = exact_copy(rows[i][0], strlen(rows[i][0]));
        weir_str s = weir_trim((weir_str){copy, strlen(rows[i][0])});
        assert_true(weir_str_equal(s, weir_str_of(rows[i][1])));
        free(copy);
    }
    assert_int_equal(weir_trim((weir_str){NULL, 0}).len, 0);
}

/* Traces: each member in brackets, then the result and, on an error, where the list stands. */
static const struct {
    const char *list, *trace;
} lists[] = {
    {"", "END"},
    {"a", "[a] END"},
    {"foo,bar", "[foo] [bar] END"},
    {"foo ,bar,", "[foo] [bar] END"},
    {"foo , ,bar,charlie", "[foo] [bar] [charlie] END"},
    {",", "END"},
    {",   ,\t", "END"},
    {" \t a b \t", "[a b] END"},
    {"a;q=\"1,2\", b", "[a;q=\"1,2\"] [b] END"},
    {"\"a,b\"", "[\"a,b\"] END"},
    {"\"a\\\",b\",c", "[\"a\\\",b\"] [c] END"},
    {"\"\\\\\",c", "[\"\\\\\"] [c] END"},
    {"W/\"x,y\", \"z\"", "[W/\"x,y\"] [\"z\"] END"},
    {"\"a\"\"b,c\"d", "[\"a\"\"b,c\"d] END"},
    {"\"a", "LIST@0"},
    {"a, \"b", "[a] LIST@1"},
    {"a, b\"c", "[a] LIST@1"},
    {"a,\"\\\"", "[a] LIST@1"},
    {"a,\"\\", "[a] LIST@1"},
    {"\"a\",\"b\", \"", "[\"a\"] [\"b\"] LIST@7"},
};

static void trace_list(const char *text, size_t len, char *trace, size_t cap)
{
    char *copy = exact_copy(text, len);
    weir_str list = {copy, len}, member = {"untouched", 9};
    weir_error err;
    size_t n = 0;
    while ((err = weir_list_next(&list, &member)) == WEIR_OK) {
        assert_true(member.len > 0);
        n += (size_t)snprintf(trace + n, cap - n, "[%.*s] ", (int)member.len, member.p);
        member = SPAN("untouched");
    }
    assert_true(weir_str_equal(member, SPAN("untouched")));
    if (err == WEIR_END) {
        assert_int_equal(list.len, 0);
        snprintf(trace + n, cap - n, "END");
    } else {
        assert_int_equal(err, WEIR_ERR_LIST);
        assert_int_equal(weir_list_next(&list, &member), WEIR_ERR_LIST);
        snprintf(trace + n, cap - n, "LIST@%d", (int)(len - list.len));
    }
    free(copy);
}

static void lists_come_apart_at_their_commas(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        char trace[200];
        trace_list(lists[i].list, strlen(lists[i].list), trace, sizeof trace);
        if (strcmp(trace, lists[i].trace) != 0) fail_msg("%s: %s", lists[i].list, trace);
    }
    weir_str empty = {NULL, 0}, member;
    assert_int_equal(weir_list_next(&empty, &member), WEIR_END);
}

static void lists_are_searched_for_tokens_without_case(void **state)
{
    (void)state;
    static const struct {
        const char *list, *token;
        bool has;
    } rows[] = {
        {"TE, Keep-Alive", "keep-alive", true},
        {"close", "close", true},
        {"CLOSE", "close", true},
        {"a,,close ,b", "close", true},
        {"", "close", false},
        {"closed", "close", false},
        {"clos", "close", false},
        {"close b", "close", false},
        {"\"close\"", "close", false},
        {"\"a,close,b\"", "close", false},
        {"a;close", "close", false},
        {"x, \"y, close", "close", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *copy = exact_copy(rows[i].list, strlen(rows[i].list));
        weir_str list = {copy, strlen(rows[i].list)};
        if (weir_list_has(list, weir_str_of(rows[i].token)) != rows[i].has)
            fail_msg("%s in %s", rows[i].token, rows[i].list);
        free(copy);
    }
}

static const struct {
    const char *params, *trace;
} parameters[] = {
    {"", "END"},
    {";a=b", "a:b END"},
    {" ; a=b ;\tc=\"d;e\"", "a:b c:\"d;e\" END"},
    {";;a=b; ;c=d;", "a:b c:d END"},
    {"; ", "END"},
    {";charset=utf-8;boundary=\"a\\\"b\"", "charset:utf-8 boundary:\"a\\\"b\" END"},
    {";a=\"\"", "a:\"\" END"},
    {";a = b", "LIST@0"},
    {";a= b", "LIST@0"},
    {";a", "LIST@0"},
    {";a=", "LIST@0"},
    {";a=;b=c", "LIST@0"},
    {";=b", "LIST@0"},
    {"a=b", "LIST@0"},
    {" ", "LIST@0"},
    {";a=\"b", "LIST@0"},
    {";a=\"\\", "LIST@0"},
    {";a=b c", "a:b LIST@4"},
    {";a=b ", "a:b LIST@4"},
    {";a=\"b\"c", "a:\"b\" LIST@6"},
    {";a=b;c d=e", "a:b LIST@4"},
    {";a=b/c", "a:b LIST@4"},
    {";a=b;c=d;e", "a:b c:d LIST@8"},
};

static void trace_params(const char *text, size_t len, char *trace, size_t cap)
{
    char *copy = exact_copy(text, len);
    weir_str params = {copy, len}, name = SPAN("untouched"), value = name;
    weir_error err;
    size_t n = 0;
    while ((err = weir_param_next(&params, &name, &value)) == WEIR_OK) {
        assert_true(weir_is_token(name));
        assert_true(weir_is_token(value) || weir_is_quoted(value));
        n += (size_t)snprintf(trace + n, cap - n, "%.*s:%.*s ", (int)name.len, name.p,
                              (int)value.len, value.p);
        name = value = SPAN("untouched");
    }
    assert_true(weir_str_equal(name, SPAN("untouched")));
    assert_true(weir_str_equal(value, SPAN("untouched")));
    if (err == WEIR_END)
        assert_int_equal(params.len, 0);
    else
        assert_int_equal(err, WEIR_ERR_LIST);
    if (err == WEIR_END)
        snprintf(trace + n, cap - n, "END");
    else
        snprintf(trace + n, cap - n, "LIST@%d", (int)(len - params.len));
    free(copy);
}

static void parameters_come_apart_at_their_semicolons(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(parameters); i++) {
        char trace[200];
        trace_params(parameters[i].params, strlen(parameters[i].params), trace, sizeof trace);
        if (strcmp(trace, parameters[i].trace) != 0)
            fail_msg("%s: %s", parameters[i].params, trace);
    }
    weir_str empty = {NULL, 0}, name, value;
    assert_int_equal(weir_param_next(&empty, &name, &value), WEIR_END);
}

/* Every text of up to six octets of an alphabet that matters: no read too far, always an end. */
static void no_short_text_breaks_lists_or_parameters(void **state)
{
    (void)state;
    static const char alphabet[] = {'a', '"', '\\', ',', ';', '=', ' ', '\r'};
    for (size_t len = 1, count = 8; len <= 5; len++, count *= 8) {
        for (size_t number = 0; number < count; number++) {
            char text[8], trace[200];
            for (size_t i = 0, rest = number; i < len; i++, rest /= 8)
                text[i] = alphabet[rest % 8];
            trace_list(text, len, trace, sizeof trace);
            trace_params(text, len, trace, sizeof trace);
        }
    }
}

static const struct {
    const char *value, *meaning; /* NULL: neither a token nor a quoted string */
} meanings[] = {
    {"gzip", "gzip"},
    {"\"\"", ""},
    {"\"a b\"", "a b"},
    {"\"a\\\"b\"", "a\"b"},
    {"\"\\\\\"", "\\"},
    {"\"\\a\\b\"", "ab"},
    {"", NULL},
    {"a b", NULL},
    {"\"a", NULL},
    {"\"a\\\"", NULL},
    {"a\"b\"", NULL},
    {" a", NULL},
    {"\"\\\\\\\\\"", "\\\\"},
};

/* With room for any number of octets, and two octets before that stay. */
static void check_meaning(size_t i, size_t room)
{
    const char *meaning = meanings[i].meaning;
    size_t len = meaning != NULL ? strlen(meaning) : 0;
    char memory[32];
    memset(memory, '#', sizeof memory);
    char *copy = exact_copy(meanings[i].value, strlen(meanings[i].value));
    weir_buf out = {memory, 2, 2 + room};
    weir_error err = weir_unquote((weir_str){copy, strlen(meanings[i].value)}, &out);
    free(copy);
    bool written = meaning != NULL && room >= len;
    if (err != (meaning == NULL ? WEIR_ERR_LIST : written ? WEIR_OK : WEIR_SPACE))
        fail_msg("%s with room for %zu: %s", meanings[i].value, room, weir_error_info(err)->name);
    assert_int_equal(out.len, written ? 2 + len : 2);
    if (written) assert_memory_equal(memory + 2, meaning, len);
    for (size_t at = 0; at < sizeof memory; at++)
        if (at < 2 || at >= out.len) assert_int_equal(memory[at], '#');
}

static void the_meaning_comes_without_quotes_all_or_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        for (size_t room = 0; room < 10; room++)
            check_meaning(i, room);
}

static const struct {
    const char *text;
    int weight; /* or -1 and the offset of the octet at fault */
    size_t at;
} weights[] = {
    {"0", 0, 0},       {"1", 1000, 0},    {"0.", 0, 0},       {"1.", 1000, 0},    {"0.5", 500, 0},
    {"0.25", 250, 0},  {"0.125", 125, 0}, {"0.001", 1, 0},    {"1.000", 1000, 0}, {"0.999", 999, 0},
    {"", -1, 0},       {".5", -1, 0},     {"2", -1, 0},       {"1.001", -1, 4},   {"1.1", -1, 2},
    {"0.1234", -1, 5}, {"00.5", -1, 1},   {"0.5 ", -1, 3},    {"-0", -1, 0},      {"0,5", -1, 1},
    {"1e0", -1, 1},    {"0.x", -1, 2},    {"\"0.5\"", -1, 0}, {"10", -1, 1},      {"0..5", -1, 2},
};

static void weights_are_thousandths_from_0_to_1000(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(weights); i++) {
        size_t len = strlen(weights[i].text), at = 99;
        char *copy = exact_copy(weights[i].text, len);
        unsigned weight = 4711;
        weir_error err = weir_weight_parse((weir_str){copy, len}, &weight, &at);
        if (weights[i].weight >= 0) {
            if (err != WEIR_OK || weight != (unsigned)weights[i].weight)
                fail_msg("%s: %u", weights[i].text, weight);
        } else if (err != WEIR_ERR_WEIGHT || at != weights[i].at || weight != 4711) {
            fail_msg("%s: %zu", weights[i].text, at);
        }
        free(copy);
    }
}

static void words_are_equal_when_they_mean_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal, nocase;
    } rows[] = {
        {"utf-8", "utf-8", true, true},
        {"utf-8", "\"utf-8\"", true, true},
        {"utf-8", "UTF-8", false, true},
        {"\"UTF\\-8\"", "utf-8", false, true},
        {"\"a\\\"b\"", "\"a\\\"\\b\"", true, true},
        {"\"\"", "\"\"", true, true},
        {"a", "ab", false, false},
        {"ab", "a", false, false},
        {"a", "\"\"", false, false},
        {"", "", false, false},
        {"a b", "a b", false, false},
        {"\"a", "\"a", false, false},
        {"\"\xff\"", "\"\xff\"", true, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        weir_str a = weir_str_of(rows[i].a), b = weir_str_of(rows[i].b);
        if (weir_word_equal(a, b) != rows[i].equal || weir_word_equal(b, a) != rows[i].equal ||
            weir_word_equal_nocase(a, b) != rows[i].nocase)
            fail_msg("%s, %s", rows[i].a, rows[i].b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_tokens_or_quoted_strings_or_neither),
        cmocka_unit_test(each_octet_stands_in_quotes_where_the_rfc_says),
        cmocka_unit_test(whitespace_around_is_trimmed),
        cmocka_unit_test(lists_come_apart_at_their_commas),
        cmocka_unit_test(lists_are_searched_for_tokens_without_case),
        cmocka_unit_test(parameters_come_apart_at_their_semicolons),
        cmocka_unit_test(no_short_text_breaks_lists_or_parameters),
        cmocka_unit_test(weights_are_thousandths_from_0_to_1000),
        cmocka_unit_test(words_are_equal_when_they_mean_the_same),
        cmocka_unit_test(the_meaning_comes_without_quotes_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
