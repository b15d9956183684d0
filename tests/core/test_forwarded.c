/* SPDX-License-Identifier: MIT */
/* test_forwarded.c - what proxies say of a request (RFC 7239). */
#include "exact.h"

#include "weir/forwarded.h"

/* Traces: by|for|host|proto of each element; for errors the offset from the beginning. */
static const struct {
    const char *value, *trace;
} elements[] = {
    {"", "END"},
    {"for=\"_gazonk\"", "|\"_gazonk\"|| END"},
    {"For=\"[2001:db8:cafe::17]:4711\"", "|\"[2001:db8:cafe::17]:4711\"|| END"},
    {"for=192.0.2.60;proto=http;by=203.0.113.43", "203.0.113.43|192.0.2.60||http END"},
    {"for=192.0.2.43, for=198.51.100.17", "|192.0.2.43|| |198.51.100.17|| END"},
    {"for=a ,\t, by=b", "|a|| b||| END"},
    {"HOST=\"a;b,c\";Proto=https", "||\"a;b,c\"|https END"},
    {";", "||| END"},
    {";for=a;;by=b;", "b|a|| END"},
    {"ext=1;for=a;ext=2", "|a|| END"},
    {"for=\"\"", "|\"\"|| END"},
    {"for=\"a\\\"b\"", "|\"a\\\"b\"|| END"},
    {"for", "@3 END"},
    {"for, by=b", "@3 b||| END"},
    {"for=, by=b", "@4 b||| END"},
    {"=a", "@0 END"},
    {"for =a", "@3 END"},
    {"for= a", "@4 END"},
    {"for=a; by=b", "@6 END"},
    {"for=a ;by=b", "@5 END"},
    {"for=a b", "@5 END"},
    {"for=[::1], by=b", "@4 b||| END"},
    {"for=1.2.3.4:80", "@11 END"},
    {"for=\"a\"b", "@7 END"},
    {"for=a;by=b;For=c, by=d", "@11 d||| END"},
    {"for=a, by=\"b, for=c", "|a|| @19 END"},
    {"for=\"a\x01\"", "@6 END"},
};

static size_t put(char *out, size_t room, weir_str s, const char *behind)
{
    return (size_t)snprintf(out, room, "%.*s%s", (int)s.len, s.p, behind);
}

static void elements_come_one_by_one_and_faults_by_their_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        size_t len = strlen(elements[i].value), n = 0, at = 99;
        char *copy = exact_copy(elements[i].value, len), trace[200];
        weir_str list = {copy, len};
        for (;;) {
            weir_forwarded f = {.by = SPAN("untouched")};
            size_t from = len - list.len;
            weir_error err = weir_forwarded_next(&list, &f, &at);
            if (err != WEIR_OK) assert_true(weir_str_equal(f.by, SPAN("untouched")));
            if (err == WEIR_END) break;
            if (err == WEIR_OK) {
                n += put(trace + n, sizeof trace - n, f.by, "|");
                n += put(trace + n, sizeof trace - n, f.for_node, "|");
                n += put(trace + n, sizeof trace - n, f.host, "|");
                n += put(trace + n, sizeof trace - n, f.proto, " ");
            } else {
                assert_int_equal(err, WEIR_ERR_FORWARDED);
                n += (size_t)snprintf(trace + n, sizeof trace - n, "@%zu ", from + at);
            }
        }
        snprintf(trace + n, sizeof trace - n, "END");
        if (strcmp(trace, elements[i].trace) != 0) fail_msg("%s: %s", elements[i].value, trace);
        free(copy);
    }
}

static void pairs_are_there_extensions_included(void **state)
{
    (void)state;
    weir_str pairs = SPAN(";for=a;;ext=\"b;c\";"), name, value;
    assert_int_equal(weir_forwarded_pair_next(&pairs, &name, &value), WEIR_OK);
    assert_true(weir_str_equal(name, SPAN("for")) && weir_str_equal(value, SPAN("a")));
    assert_int_equal(weir_forwarded_pair_next(&pairs, &name, &value), WEIR_OK);
    assert_true(weir_str_equal(name, SPAN("ext")) && weir_str_equal(value, SPAN("\"b;c\"")));
    assert_int_equal(weir_forwarded_pair_next(&pairs, &name, &value), WEIR_END);
    assert_int_equal(weir_forwarded_pair_next(&pairs, &name, &value), WEIR_END);
    pairs = SPAN("for=a b");
    assert_int_equal(weir_forwarded_pair_next(&pairs, &name, &value), WEIR_ERR_FORWARDED);
    assert_int_equal(pairs.len, 7);
}

/* Traces: kind, name, port; or the offset of the octet at fault. */
static const struct {
    const char *text, *trace;
} nodes[] = {
    {"192.0.2.43", "4|192.0.2.43|"},
    {"\"192.0.2.43:47011\"", "4|192.0.2.43|47011"},
    {"0.0.0.0:0", "4|0.0.0.0|0"},
    {"255.255.255.255", "4|255.255.255.255|"},
    {"\"[2001:db8:cafe::17]:4711\"", "6|2001:db8:cafe::17|4711"},
    {"[::1]", "6|::1|"},
    {"[::ffff:1.2.3.4]:_x", "6|::ffff:1.2.3.4|_x"},
    {"unknown", "u|unknown|"},
    {"UnKnown:80", "u|UnKnown|80"},
    {"_hidden", "h|_hidden|"},
    {"\"_SEVKISEK.a-b_c:_p\"", "h|_SEVKISEK.a-b_c|_p"},
    {"", "@0"},
    {"\"\"", "@1"},
    {"_", "@0"},
    {"_a b", "@2"},
    {"unknowns", "@7"},
    {"unknow", "@0"},
    {"1.2.3", "@5"},
    {"1.2.3.4.5", "@7"},
    {"1.2.3.256", "@6"},
    {"1.2.3.1000", "@6"},
    {"1.2.3.04", "@6"},
    {"1..3.4", "@2"},
    {"a.2.3.4", "@0"},
    {"example.com", "@0"},
    {"1.2.3.4:", "@8"},
    {"1.2.3.4:123456", "@8"},
    {"1.2.3.4:8x", "@9"},
    {"1.2.3.4:_", "@8"},
    {"1.2.3.4:x", "@8"},
    {"[::1", "@0"},
    {"[]", "@0"},
    {"[", "@0"},
    {"[v1.a]", "@0"},
    {"[::g]", "@0"},
    {"[::1]x", "@5"},
    {"::1", "@0"},
    {"\"\\1.2.3.4\"", "@1"},
};

static void nodes_are_addresses_or_names_that_tell_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(nodes); i++) {
        size_t len = strlen(nodes[i].text), at = 99;
        char *copy = exact_copy(nodes[i].text, len), trace[200];
        weir_node node = {.name = SPAN("untouched")};
        weir_error err = weir_forwarded_node_parse((weir_str){copy, len}, &node, &at);
        if (err == WEIR_OK) {
            snprintf(trace, sizeof trace, "%c|%.*s|%.*s", "46uh"[node.kind], (int)node.name.len,
                     node.name.p, (int)node.port.len, node.port.len > 0 ? node.port.p : "");
        } else {
            assert_int_equal(err, WEIR_ERR_FORWARDED);
            assert_true(weir_str_equal(node.name, SPAN("untouched")));
            snprintf(trace, sizeof trace, "@%zu", at);
        }
        if (strcmp(trace, nodes[i].trace) != 0) fail_msg("%s: %s", nodes[i].text, trace);
        free(copy);
    }
}

static void nothing_has_no_elements_pairs_or_nodes(void **state)
{
    (void)state;
    weir_str none = {NULL, 0}, name, value;
    weir_forwarded f;
    weir_node node;
    size_t at = 99;
    assert_int_equal(weir_forwarded_next(&none, &f, &at), WEIR_END);
    assert_int_equal(weir_forwarded_pair_next(&none, &name, &value), WEIR_END);
    assert_int_equal(at, 99);
    assert_int_equal(weir_forwarded_node_parse(none, &node, &at), WEIR_ERR_FORWARDED);
    assert_int_equal(at, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_come_one_by_one_and_faults_by_their_octet),
        cmocka_unit_test(pairs_are_there_extensions_included),
        cmocka_unit_test(nothing_has_no_elements_pairs_or_nodes),
        cmocka_unit_test(nodes_are_addresses_or_names_that_tell_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
