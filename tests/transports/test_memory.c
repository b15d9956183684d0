/* SPDX-License-Identifier: MIT */
/* test_memory.c - the script of faults does what it says, the same each time. */
#include <string.h>

#include "support.h"
#include "weir/memory.h"

enum {
    BUFFER = 16,
    CHUNKS = 4
};

/* Two ends with small buffers; set faults, then join. */
struct line {
    weir_memory_end a, b;
    weir_memory_options a_options, b_options;
    unsigned char a_buffer[BUFFER], b_buffer[BUFFER];
    weir_memory_chunk a_chunks[CHUNKS], b_chunks[CHUNKS];
    uint64_t now;
};

static void line_begin(struct line *l)
{
    memset(l, 0, sizeof *l);
    l->a_options = (weir_memory_options){.buffer = l->a_buffer, .buffer_size = BUFFER};
    l->b_options = (weir_memory_options){.buffer = l->b_buffer, .buffer_size = BUFFER};
}

static void line_join(struct line *l)
{
    weir_memory_join(&l->a, &l->a_options, &l->b, &l->b_options);
}

static weir_io put(weir_memory_end *end, const char *text, size_t *taken)
{
    char copy[64];
    struct iovec part = {copy, strlen(text)};

    memcpy(copy, text, part.iov_len);
    return weir_transport_write(&end->transport, &part, 1, taken);
}

static void expect_put(weir_memory_end *end, const char *text, weir_io io, size_t taken)
{
    size_t n;

    assert_int_equal(put(end, text, &n), io);
    assert_int_equal(n, taken);
}

/* text NULL: nothing comes, but this result. */
static void expect_get(weir_memory_end *end, weir_io io, const char *text)
{
    char buf[64];
    size_t got;

    assert_int_equal(weir_transport_read(&end->transport, buf, sizeof buf, &got), io);
    assert_int_equal(got, text != NULL ? strlen(text) : 0);
    if (text != NULL) assert_memory_equal(buf, text, got);
}

static void line_close(struct line *l)
{
    weir_transport_close(&l->a.transport);
    weir_transport_close(&l->b.transport);
}

static void a_script_sets_the_size_of_each_call(void **state)
{
    static const unsigned char sizes[] = {2, 0, 3};
    struct line l;

    (void)state;
    line_begin(&l);
    l.a_options.faults = (weir_memory_faults){.script = sizes, .script_len = 3};
    l.b_options.faults = (weir_memory_faults){.script = sizes, .script_len = 3};
    line_join(&l);
    expect_put(&l.a, "abcdef", WEIR_IO_OK, 2);
    expect_put(&l.a, "cdef", WEIR_IO_WANT_WRITE, 0);
    expect_put(&l.a, "cdef", WEIR_IO_OK, 3);
    expect_put(&l.a, "f", WEIR_IO_OK, 1);
    expect_get(&l.b, WEIR_IO_OK, "ab");
    expect_get(&l.b, WEIR_IO_WANT_READ, NULL);
    expect_get(&l.b, WEIR_IO_OK, "cde");
    expect_get(&l.b, WEIR_IO_OK, "f");
    line_close(&l);
}

static void a_full_buffer_wants_and_wraps_around(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    line_join(&l);
    expect_put(&l.a, "0123456789abcdefXY", WEIR_IO_OK, 16);
    expect_put(&l.a, "XY", WEIR_IO_WANT_WRITE, 0);
    assert_int_equal(weir_memory_readiness(&l.a, 0), 0);
    expect_get(&l.b, WEIR_IO_OK, "0123456789abcdef");
    assert_int_equal(weir_memory_readiness(&l.a, 0), WEIR_MEMORY_WRITABLE);
    expect_put(&l.a, "XYZ", WEIR_IO_OK, 3);
    expect_put(&l.a, "0123456789abc", WEIR_IO_OK, 13);
    expect_get(&l.b, WEIR_IO_OK, "XYZ0123456789abc");
    line_close(&l);
}

static void a_reset_comes_at_its_octet_and_takes_what_is_under_way(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    l.a_options.faults.reset_after = 5;
    line_join(&l);
    expect_put(&l.b, "gone", WEIR_IO_OK, 4);
    expect_put(&l.a, "abc", WEIR_IO_OK, 3);
    expect_get(&l.b, WEIR_IO_OK, "abc");
    expect_put(&l.a, "defg", WEIR_IO_OK, 2);
    expect_put(&l.a, "fg", WEIR_IO_RESET, 0);
    expect_get(&l.b, WEIR_IO_RESET, NULL);
    expect_get(&l.a, WEIR_IO_RESET, NULL);
    expect_put(&l.b, "x", WEIR_IO_RESET, 0);
    assert_int_equal(weir_memory_readiness(&l.b, 0), WEIR_MEMORY_READABLE | WEIR_MEMORY_WRITABLE);
    line_close(&l);
}

static void a_cut_ends_one_half_and_loses_the_rest_unnoticed(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    l.a_options.faults.cut_after = 4;
    line_join(&l);
    expect_put(&l.a, "abcdef", WEIR_IO_OK, 4);
    expect_put(&l.a, "ef", WEIR_IO_OK, 2);
    expect_get(&l.b, WEIR_IO_OK, "abcd");
    expect_get(&l.b, WEIR_IO_END, NULL);
    expect_put(&l.b, "back", WEIR_IO_OK, 4);
    expect_get(&l.a, WEIR_IO_OK, "back");
    line_close(&l);
}

static void latency_hides_octets_and_ends_until_their_time(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    l.a_options.chunks = l.a_chunks;
    l.a_options.chunk_count = CHUNKS;
    l.a_options.now = l.b_options.now = &l.now;
    l.a_options.faults.latency_min = l.a_options.faults.latency_max = 10;
    line_join(&l);
    assert_true(weir_memory_readable_at(&l.b) == WEIR_MEMORY_NEVER);
    expect_put(&l.a, "ab", WEIR_IO_OK, 2);
    l.now = 4;
    expect_put(&l.a, "cd", WEIR_IO_OK, 2);
    assert_int_equal(weir_transport_shutdown(&l.a.transport), WEIR_IO_OK);
    assert_int_equal(weir_memory_readable_at(&l.b), 10);
    l.now = 9;
    expect_get(&l.b, WEIR_IO_WANT_READ, NULL);
    assert_int_equal(weir_memory_readiness(&l.b, 9), WEIR_MEMORY_WRITABLE);
    assert_int_equal(weir_memory_readiness(&l.b, 10), WEIR_MEMORY_WRITABLE | WEIR_MEMORY_READABLE);
    l.now = 10;
    expect_get(&l.b, WEIR_IO_OK, "ab");
    expect_get(&l.b, WEIR_IO_WANT_READ, NULL);
    assert_int_equal(weir_memory_readable_at(&l.b), 14);
    l.now = 14;
    expect_get(&l.b, WEIR_IO_OK, "cd");
    expect_get(&l.b, WEIR_IO_END, NULL);
    line_close(&l);
}

static void no_chunk_overtakes_another_and_too_many_want(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    l.a_options.chunks = l.a_chunks;
    l.a_options.chunk_count = CHUNKS;
    l.a_options.now = l.b_options.now = &l.now;
    l.a_options.faults.latency_max = 1000;
    l.a_options.faults.seed = 3;
    line_join(&l);
    for (size_t i = 0; i < CHUNKS; i++)
        expect_put(&l.a, "x", WEIR_IO_OK, 1);
    expect_put(&l.a, "x", WEIR_IO_WANT_WRITE, 0);
    uint64_t last = 0;
    for (size_t i = 0; i < CHUNKS; i++) {
        uint64_t at = weir_memory_readable_at(&l.b);
        char buf[1];
        size_t got;
        assert_true(at >= last && at <= 1000);
        last = l.now = at;
        assert_int_equal(weir_transport_read(&l.b.transport, buf, 1, &got), WEIR_IO_OK);
    }
    line_close(&l);
}

/* Who stops before a WANT hears nothing more. */
static void an_edge_is_told_once_for_each_want(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    line_join(&l);
    assert_int_equal(weir_memory_edges(&l.b, 0), WEIR_MEMORY_WRITABLE);
    expect_put(&l.a, "one", WEIR_IO_OK, 3);
    assert_int_equal(weir_memory_edges(&l.b, 0), WEIR_MEMORY_READABLE); /* the first is free */
    expect_get(&l.b, WEIR_IO_OK, "one");
    expect_put(&l.a, "two", WEIR_IO_OK, 3);
    assert_int_equal(weir_memory_edges(&l.b, 0), 0); /* it stopped before a WANT */
    expect_get(&l.b, WEIR_IO_OK, "two");
    expect_get(&l.b, WEIR_IO_WANT_READ, NULL);
    expect_put(&l.a, "three", WEIR_IO_OK, 5);
    assert_int_equal(weir_memory_edges(&l.b, 0), WEIR_MEMORY_READABLE);
    assert_int_equal(weir_memory_edges(&l.b, 0), 0);
    assert_int_equal(weir_memory_readiness(&l.b, 0), WEIR_MEMORY_READABLE | WEIR_MEMORY_WRITABLE);
    line_close(&l);
}

static void a_reset_by_hand_is_told_at_both_ends(void **state)
{
    struct line l;

    (void)state;
    line_begin(&l);
    line_join(&l);
    expect_put(&l.a, "lost", WEIR_IO_OK, 4);
    weir_memory_reset(&l.a);
    expect_get(&l.a, WEIR_IO_RESET, NULL);
    expect_get(&l.b, WEIR_IO_RESET, NULL);
    assert_int_equal(weir_transport_shutdown(&l.b.transport), WEIR_IO_RESET);
    line_close(&l);
}

static void one_seed_gives_one_trace_and_another_gives_another(void **state)
{
    char traces[3][256];
    static const uint64_t seeds[3] = {5, 5, 6};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct line l;
        size_t at = 0, n;
        line_begin(&l);
        l.a_options.faults = (weir_memory_faults){seeds[i], 5, 7, 30, NULL, 0, 0, 0, 0, 0};
        l.b_options.faults = l.a_options.faults;
        line_join(&l);
        while (at < sizeof traces[i] - 1) {
            char buf[16];
            (void)put(&l.a, "0123456789", &n);
            traces[i][at++] = (char)('a' + n);
            if (at == sizeof traces[i] - 1) break;
            (void)weir_transport_read(&l.b.transport, buf, sizeof buf, &n);
            traces[i][at++] = (char)('A' + n);
        }
        traces[i][at] = '\0';
        line_close(&l);
    }
    assert_string_equal(traces[0], traces[1]);
    assert_string_not_equal(traces[0], traces[2]);
}

static void handle_and_address_are_the_callers(void **state)
{
    struct line l;
    weir_address local, remote;

    (void)state;
    line_begin(&l);
    l.a_options.handle = 41;
    l.b_options.handle = 42;
    l.a_options.address = (weir_address){.family = WEIR_FAMILY_MEMORY, .port = 7};
    assert_true(weir_address_parse("192.0.2.1:443", &l.b_options.address));
    line_join(&l);
    assert_int_equal(weir_transport_handle(&l.a.transport), 41);
    assert_int_equal(weir_transport_handle(&l.b.transport), 42);
    weir_transport_addresses(&l.a.transport, &local, &remote);
    support_expect_address(&local, "memory:7");
    support_expect_address(&remote, "192.0.2.1:443");
    line_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_sets_the_size_of_each_call),
        cmocka_unit_test(a_full_buffer_wants_and_wraps_around),
        cmocka_unit_test(a_reset_comes_at_its_octet_and_takes_what_is_under_way),
        cmocka_unit_test(a_cut_ends_one_half_and_loses_the_rest_unnoticed),
        cmocka_unit_test(latency_hides_octets_and_ends_until_their_time),
        cmocka_unit_test(no_chunk_overtakes_another_and_too_many_want),
        cmocka_unit_test(an_edge_is_told_once_for_each_want),
        cmocka_unit_test(a_reset_by_hand_is_told_at_both_ends),
        cmocka_unit_test(one_seed_gives_one_trace_and_another_gives_another),
        cmocka_unit_test(handle_and_address_are_the_callers),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
