/* SPDX-License-Identifier: MIT */
/* test_text.c - escaping for pages and paths, and media types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "media.h"
#include "text.h"

static const struct {
    const char *name, *html, *segment;
} names[] = {
    {"plain-name_1.txt~", "plain-name_1.txt~", "plain-name_1.txt~"},
    {"a b", "a b", "a%20b"},
    {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
     "%3Cscript%3Ealert%28%27x%27%29%3C%2Fscript%3E"},
    {"\"&amp;", "&quot;&amp;amp;", "%22%26amp%3B"},
    {"javascript:x", "javascript:x", "javascript%3Ax"},
    {"100%?#", "100%?#", "100%25%3F%23"},
    {"\xC3\xA4", "\xC3\xA4", "%C3%A4"},
    {"a\nb\x7f", "a?b?", "a%0Ab%7F"},
};

static void names_are_escaped_for_pages_and_for_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char memory[256];
        weir_buf b = {memory, 0, sizeof memory};
        assert_true(weir_text_html(&b, weir_str_of(names[i].name)));
        if (!weir_str_equal(weir_text_of(&b), weir_str_of(names[i].html)))
            fail_msg("%s as HTML: %.*s", names[i].name, (int)b.len, b.p);
        b.len = 0;
        assert_true(weir_text_segment(&b, weir_str_of(names[i].name)));
        if (!weir_str_equal(weir_text_of(&b), weir_str_of(names[i].segment)))
            fail_msg("%s as a segment: %.*s", names[i].name, (int)b.len, b.p);
    }
}

static void what_does_not_fit_is_left_out_as_a_whole(void **state)
{
    char memory[4];
    weir_buf b = {memory, 0, sizeof memory};

    (void)state;
    assert_true(weir_text_put(&b, "ab"));
    assert_false(weir_text_html(&b, weir_str_of("c<")));
    assert_false(weir_text_segment(&b, weir_str_of("c ")));
    assert_false(weir_text_number(&b, 100));
    assert_int_equal(b.len, 2);
    assert_true(weir_text_hex(&b, 255));
    assert_memory_equal(memory, "abff", 4);
}

static const struct {
    const char *path, *type;
} media[] = {
    {"a.txt", "text/plain; charset=utf-8"},
    {"x/y.z/INDEX.HTML", "text/html; charset=utf-8"},
    {"a.tar.gz", "application/gzip"},
    {"a.7z", "application/x-7z-compressed"},
    {"a.zst", "application/zstd"},
    {"a.woff2", "font/woff2"},
    {"a.json", "application/json"},
    {"noext", "application/octet-stream"},
    {".html", "application/octet-stream"},
    {"dir.html/noext", "application/octet-stream"},
    {"dir/.png", "application/octet-stream"},
    {"a.", "application/octet-stream"},
    {"", "application/octet-stream"},
    {"a.notanextension", "application/octet-stream"},
    {"a.unknown", "application/octet-stream"},
};

static void media_types_follow_the_extension(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++) {
        weir_str type = weir_media_type(weir_str_of(media[i].path));
        if (!weir_str_equal(type, weir_str_of(media[i].type)))
            fail_msg("%s: %.*s", media[i].path, (int)type.len, type.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_escaped_for_pages_and_for_paths),
        cmocka_unit_test(what_does_not_fit_is_left_out_as_a_whole),
        cmocka_unit_test(media_types_follow_the_extension),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
