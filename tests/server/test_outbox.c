/* SPDX-License-Identifier: MIT */
/* test_outbox.c - octets and files leave in order, however little the transport takes at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "outbox.h"
#include "world_sim.h"

static sim world;
static const sim_file tree[] = {
    {"", true, 0, 0},
    {"small.txt", false, 100, 100},
    {"medium.bin", false, 20000, 20000},
    {"large.bin", false, 200000, 200000},
    {"shrunk.bin", false, 200000, 150000},
};
static weir_filecache files;
static weir_memory_end near_end, far_end;
static unsigned char near_ring[70000], far_ring[16];
static char memory[8192];
static weir_outbox outbox;

static void join(size_t ring, const weir_memory_faults *faults)
{
    weir_memory_options a = {.buffer = near_ring, .buffer_size = ring, .faults = *faults};
    weir_memory_options b = {.buffer = far_ring, .buffer_size = sizeof far_ring};

    weir_memory_join(&near_end, &a, &far_end, &b);
    weir_outbox_init(&outbox, memory, sizeof memory);
}

static int set_up(void **state)
{
    (void)state;
    sim_init(&world, 1, tree, sizeof tree / sizeof tree[0]);
    return weir_filecache_init(&files, &world.world, 4) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    weir_outbox_clear(&outbox, &files);
    weir_transport_close(&near_end.transport);
    weir_transport_close(&far_end.transport);
    weir_filecache_free(&files);
    return world.files_open == 0 ? 0 : -1;
}

static void put(const char *text)
{
    weir_buf room = weir_outbox_room(&outbox);
    size_t len = strlen(text);

    assert_true(room.cap >= len);
    memcpy(room.p, text, len);
    weir_outbox_add(&outbox, len);
}

static void put_file(const char *path, uint64_t at, uint64_t len)
{
    weir_file *f;

    assert_int_equal(weir_filecache_open(&files, weir_str_of(path), 0, SIM_WALL_S, &f),
                     WEIR_FILE_OK);
    weir_outbox_add_file(&outbox, &files, f, at, len);
}

/* What has come to the other end, checked against "head" and then octets of a file. */
static size_t seen;

static void look(const char *head, uint64_t at)
{
    char in[4096];
    size_t got, head_len = strlen(head);

    while (weir_transport_read(&far_end.transport, in, sizeof in, &got) == WEIR_IO_OK)
        for (size_t i = 0; i < got; i++, seen++)
            assert_int_equal(in[i], seen < head_len ? head[seen] : sim_octet(at + seen - head_len));
}

/* Until it is empty or can go no further. */
static weir_outbox_result flush_all(const char *head, uint64_t at)
{
    weir_outbox_result result;
    uint64_t sent, sum = 0;

    for (int i = 0;; i++) {
        assert_true(i < 100000);
        result = weir_outbox_flush(&outbox, &files, &near_end.transport, &sent);
        sum += sent;
        look(head, at);
        if (result != WEIR_OUTBOX_WANT_WRITE && result != WEIR_OUTBOX_MORE) break;
    }
    assert_int_equal(sum, seen);
    return result;
}

static void a_head_and_a_small_file_leave_in_one_write(void **state)
{
    const weir_memory_faults once = {.script = (const unsigned char *)"\xff", .script_len = 1};
    uint64_t sent;

    (void)state;
    join(sizeof near_ring, &once); /* 255 octets a call: one call is enough */
    seen = 0;
    put("head");
    put_file("small.txt", 0, 100);
    assert_true(weir_outbox_room(&outbox).cap > 0); /* it was copied: the next may follow */
    assert_int_equal(weir_outbox_flush(&outbox, &files, &near_end.transport, &sent),
                     WEIR_OUTBOX_EMPTY);
    assert_int_equal(sent, 104);
    look("head", 0);
    assert_int_equal(seen, 104);
}

static const struct {
    const char *path;
    uint64_t at, len;
    size_t ring;
    weir_memory_faults faults;
} runs[] = {
    {"small.txt", 0, 100, 1, {.seed = 1}},
    {"small.txt", 10, 50, 70000, {.seed = 1, .block_percent = 80}},
    {"medium.bin", 0, 20000, 70000, {.seed = 2, .write_max = 100}},
    {"large.bin", 0, 200000, 5000, {.seed = 3}},
    {"large.bin", 777, 123456, 70000, {.seed = 4, .write_max = 9000, .block_percent = 50}},
    {"large.bin", 0, 0, 70000, {.seed = 5}},
};

static void files_leave_whole_in_whatever_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        join(runs[i].ring, &runs[i].faults);
        seen = 0;
        put("the head");
        put_file(runs[i].path, runs[i].at, runs[i].len);
        assert_int_equal(flush_all("the head", runs[i].at), WEIR_OUTBOX_EMPTY);
        assert_int_equal(seen, 8 + runs[i].len);
        assert_true(weir_outbox_is_empty(&outbox));
        assert_int_equal(world.files_open, 0);
        if (i + 1 == sizeof runs / sizeof runs[0]) break;
        weir_transport_close(&near_end.transport);
        weir_transport_close(&far_end.transport);
    }
}

static void while_a_file_waits_there_is_no_room(void **state)
{
    const weir_memory_faults none = {.seed = 0};

    (void)state;
    join(100, &none);
    put("head");
    put_file("large.bin", 0, 200000);
    assert_int_equal(weir_outbox_room(&outbox).cap, 0);
    assert_false(weir_outbox_is_empty(&outbox));
}

static void a_file_that_shrank_is_cut(void **state)
{
    const weir_memory_faults none = {.seed = 0};

    (void)state;
    join(70000, &none);
    seen = 0;
    put("head");
    put_file("shrunk.bin", 0, 200000);
    assert_int_equal(flush_all("head", 0), WEIR_OUTBOX_CUT);
    assert_int_equal(seen, 4 + 150000);
}

static void a_lost_connection_is_told(void **state)
{
    const weir_memory_faults none = {.seed = 0};
    uint64_t sent;

    (void)state;
    join(100, &none);
    put("head");
    weir_memory_reset(&far_end);
    assert_int_equal(weir_outbox_flush(&outbox, &files, &near_end.transport, &sent),
                     WEIR_OUTBOX_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_head_and_a_small_file_leave_in_one_write, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(files_leave_whole_in_whatever_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(while_a_file_waits_there_is_no_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_shrank_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_connection_is_told, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
