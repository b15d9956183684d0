/* SPDX-License-Identifier: MIT */
/* test_target.c - the four forms of targets, authorities, and paths for a file system. */
#include "exact.h"
#include "weir/target.h"

enum {
    TRACE_BYTES = 256
};

static weir_str exact(const char *text)
{
    return (weir_str){exact_copy(text, strlen(text)), strlen(text)};
}

#define PARTS(s) (int)(s).len, (s).p

static void trace_target(const char *text, weir_method method, char trace[TRACE_BYTES])
{
    weir_str s = exact(text);
    weir_target t;
    size_t at;
    weir_error err = weir_target_parse(s, method, &t, &at);
    if (err != WEIR_OK) {
        snprintf(trace, TRACE_BYTES, "%s@%zu", weir_error_info(err)->name, at);
    } else {
        static const char *const forms[] = {"origin", "absolute", "authority", "asterisk"};
        snprintf(trace, TRACE_BYTES, "%s|%.*s|%.*s|%.*s|%.*s%s%.*s", forms[t.form], PARTS(t.scheme),
                 PARTS(t.host), PARTS(t.port), PARTS(t.path), t.has_query ? "?" : "",
                 PARTS(t.query));
    }
    free((void *)(uintptr_t)s.p);
}

static const struct {
    weir_method method;
    const char *text, *trace;
} targets[] = {
    {WEIR_METHOD_GET, "/", "origin||||/"},
    {WEIR_METHOD_GET, "//a//b", "origin||||//a//b"},
    {WEIR_METHOD_GET, "/a?b?c/d", "origin||||/a?b?c/d"},
    {WEIR_METHOD_GET, "/a?", "origin||||/a?"},
    {WEIR_METHOD_GET, "/%2F%00%ff", "origin||||/%2F%00%ff"},
    {WEIR_METHOD_GET, "/-._~!$&'()*+,;=:@", "origin||||/-._~!$&'()*+,;=:@"},
    {WEIR_METHOD_GET, "http://h", "absolute|http|h||"},
    {WEIR_METHOD_GET, "HTTP://H:/a", "absolute|HTTP|H||/a"},
    {WEIR_METHOD_GET, "http://h?q", "absolute|http|h||?q"},
    {WEIR_METHOD_GET, "https://[::1]:8443/x", "absolute|https|[::1]|8443|/x"},
    {WEIR_METHOD_CONNECT, "h:443", "authority||h|443|"},
    {WEIR_METHOD_CONNECT, "[1::2]:1", "authority||[1::2]|1|"},
    {WEIR_METHOD_CONNECT, "*h:1", "authority||*h|1|"}, /* a sub-delim, as hosts may have */
    {WEIR_METHOD_OPTIONS, "*", "asterisk||||"},
    {WEIR_METHOD_OPTIONS, "/a", "origin||||/a"},

    {WEIR_METHOD_GET, "", "ERR_TARGET@0"},
    {WEIR_METHOD_GET, "a/b", "ERR_TARGET@1"},
    {WEIR_METHOD_GET, "?a", "ERR_TARGET@0"},
    {WEIR_METHOD_GET, "/a#b", "ERR_TARGET@2"},
    {WEIR_METHOD_GET, "/a\"b", "ERR_TARGET@2"},
    {WEIR_METHOD_GET, "/a[b", "ERR_TARGET@2"},
    {WEIR_METHOD_GET, "/a?b^", "ERR_TARGET@4"},
    {WEIR_METHOD_GET, "/%", "ERR_TARGET@1"},
    {WEIR_METHOD_GET, "/%4", "ERR_TARGET@1"},
    {WEIR_METHOD_GET, "/%41%4g", "ERR_TARGET@4"},
    {WEIR_METHOD_GET, "/?%zz", "ERR_TARGET@2"},
    {WEIR_METHOD_GET, "*", "ERR_TARGET_FORM@0"},
    {WEIR_METHOD_OPTIONS, "*a", "ERR_TARGET@1"},
    {WEIR_METHOD_GET, "http:a", "ERR_TARGET@4"},
    {WEIR_METHOD_GET, "1http://h/", "ERR_TARGET@0"},
    {WEIR_METHOD_GET, "http:///a", "ERR_TARGET@7"},
    {WEIR_METHOD_GET, "http://:80/a", "ERR_TARGET@7"},
    {WEIR_METHOD_GET, "http://h:a/", "ERR_TARGET@9"},
    {WEIR_METHOD_GET, "http://[::1/", "ERR_TARGET@7"},
    {WEIR_METHOD_GET, "http://u@h/", "ERR_USERINFO@8"},
    {WEIR_METHOD_GET, "h:80", "ERR_TARGET@1"},
    {WEIR_METHOD_CONNECT, "/", "ERR_TARGET_FORM@0"},
    {WEIR_METHOD_CONNECT, "*", "ERR_TARGET_FORM@0"},
    {WEIR_METHOD_CONNECT, "h", "ERR_TARGET@1"},
    {WEIR_METHOD_CONNECT, "h:", "ERR_TARGET@2"},
    {WEIR_METHOD_CONNECT, "h:0", "ERR_TARGET@3"},
    {WEIR_METHOD_CONNECT, "h:65536", "ERR_TARGET@6"},
    {WEIR_METHOD_CONNECT, "u@h:1", "ERR_USERINFO@1"},
    {WEIR_METHOD_CONNECT, ":1", "ERR_TARGET@0"},
    {WEIR_METHOD_CONNECT, "http://h/", "ERR_TARGET@5"},
};

static void targets_are_read_as_their_method_makes_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char trace[TRACE_BYTES];
        trace_target(targets[i].text, targets[i].method, trace);
        if (strcmp(trace, targets[i].trace) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", targets[i].text, trace, targets[i].trace);
    }
}

static const struct {
    const char *text;
    int fault; /* -1: valid */
} authorities[] = {
    {"", -1},
    {"h", -1},
    {"h:", -1},
    {"h:00080", -1},
    {"h:65535", -1},
    {"a_b", -1},
    {"a!$&'()*+;=b", -1},
    {"h%41", -1},
    {"1.2.3.4:80", -1},
    {"[::]", -1},
    {"[::1]:80", -1},
    {"[1:2:3:4:5:6:7:8]", -1},
    {"[1::8]", -1},
    {"[::2:3:4:5:6:7:8]", -1},
    {"[1:2:3:4:5:6:7::]", -1},
    {"[::ffff:1.2.3.4]", -1},
    {"[1:2:3:4:5:6:1.2.3.4]", -1},
    {"[v1.a:b]", -1},
    {"[VF.-]", -1},
    {":80", 0},
    {"h h", 1},
    {"h:8o", 3},
    {"h:-1", 2},
    {"h:80:80", 4},
    {"h:65536", 6},
    {"::1", 0},
    {"u@h", 1},
    {"h#f", 1},
    {"h/", 1},
    {"h]", 1},
    {"h%4", 1},
    {"h\\", 1},
    {"[]", 0},
    {"[zz]", 0},
    {"[::1", 0},
    {"[::1]x", 5},
    {"[1:2:3:4:5:6:7:8:9]", 0},
    {"[1:2:3:4:5:6:7]", 0},
    {"[1::2::3]", 0},
    {"[1:2:3:4:5:6:7:8::]", 0},
    {"[12345::]", 0},
    {"[:1::]", 0},
    {"[1:]", 0},
    {"[:::]", 0},
    {"[::1.2.3]", 0},
    {"[::1.2.3.256]", 0},
    {"[::01.2.3.4]", 0},
    {"[1:2:3:4:5:6:7:1.2.3.4]", 0},
    {"[::1%25eth0]", 0},
    {"[v.a]", 0},
    {"[v1.]", 0},
    {"[v1a]", 0},
    {"[v1.%41]", 0},
    {"[v1-a]", 0},
    {"[v1.a b]", 0},
    {"[::1.2a3.4]", 0},
    {"[::1.2.3.4a]", 0},
};

static void authorities_are_a_host_and_a_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof authorities / sizeof authorities[0]; i++) {
        weir_str s = exact(authorities[i].text), host, port;
        size_t at = 0;
        weir_error err = weir_authority_parse(s, &host, &port, &at);
        int fault = err == WEIR_OK ? -1 : (int)at;
        if (fault != authorities[i].fault)
            fail_msg("\"%s\": fault at %d, not %d", authorities[i].text, fault,
                     authorities[i].fault);
        free((void *)(uintptr_t)s.p);
    }
}

static const struct {
    const char *path, *decoded; /* NULL: refused */
} paths[] = {
    {"/", "/"},
    {"/a/b", "/a/b"},
    {"/a%20b", "/a b"},
    {"/ab/c.", "/ab/c."},
    {"/a./b", "/a./b"},
    {"/%41", "/A"},
    {"//a", "//a"},
    {"/a//b", "/a//b"},
    {"/.", "/"},
    {"/..", "/"},
    {"/../..", "/"},
    {"/../a", "/a"},
    {"/a/..", "/"},
    {"/a/../", "/"},
    {"/a/../b", "/b"},
    {"/a/b/../c", "/a/c"},
    {"/a/./b", "/a/b"},
    {"/a/.", "/a/"},
    {"/a/b/..", "/a/"},
    {"/a//..", "/a/"},
    {"//..", "/"},
    {"//../a", "/a"},
    {"/a/../../b", "/b"},
    {"/%2e%2e/a", "/a"},
    {"/a/%2E%2e", "/"},
    {"/a/.%2e/b", "/b"},
    {"/%252e%252e/a", "/%2e%2e/a"},
    {"/...", "/..."},
    {"/.a", "/.a"},
    {"/a..", "/a.."},
    {"/a\\..\\b", "/a\\..\\b"},
    {"/%ff", "/\xff"},
    {"/%5c", "/\\"},
    {"/a/b/../../../../c", "/c"},
    {"", NULL},
    {"a", NULL},
    {"/%2f", NULL},
    {"/a%2Fb", NULL},
    {"/%00", NULL},
    {"/%", NULL},
    {"/%4", NULL},
    {"/%zz", NULL},
    {"/..%2f..", NULL},
};

/* Invariant: what comes out begins with "/" and has no ".." segment; every capacity is tried. */
static void paths_are_decoded_once_and_never_leave_the_root(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        weir_str s = exact(paths[i].path);
        char *memory = malloc(s.len + 4);
        memcpy(memory, "pre", 3);
        weir_buf out = {memory, 3, s.len + 3};
        size_t at;
        weir_error err = weir_path_decode(s, &out, &at);
        if (paths[i].decoded == NULL) {
            assert_int_equal(err, WEIR_ERR_PATH);
            assert_int_equal(out.len, 3);
        } else {
            assert_int_equal(err, WEIR_OK);
            weir_str got = {out.p + 3, out.len - 3};
            if (!weir_str_equal(got, weir_str_of(paths[i].decoded)))
                fail_msg("%s: \"%.*s\", not \"%s\"", paths[i].path, (int)got.len, got.p,
                         paths[i].decoded);
            out = (weir_buf){memory, 3, s.len + 2};
            assert_int_equal(weir_path_decode(s, &out, &at), WEIR_SPACE);
            assert_int_equal(out.len, 3);
        }
        free(memory);
        free((void *)(uintptr_t)s.p);
    }
}

/* What no target has, a caller may give all the same: the octet at fault is told. */
static void a_path_with_a_raw_nul_is_none(void **state)
{
    (void)state;
    char memory[8];
    weir_buf out = {memory, 0, sizeof memory};
    size_t at = 99;
    assert_int_equal(weir_path_decode((weir_str){"/a\0b", 4}, &out, &at), WEIR_ERR_PATH);
    assert_int_equal(at, 2);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_read_as_their_method_makes_them),
        cmocka_unit_test(authorities_are_a_host_and_a_port),
        cmocka_unit_test(paths_are_decoded_once_and_never_leave_the_root),
        cmocka_unit_test(a_path_with_a_raw_nul_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
