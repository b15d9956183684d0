/* SPDX-License-Identifier: MIT */
/* test_filecache.c - small files are kept, looked at again, and never believed for long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filecache.h"
#include "world_sim.h"

static sim world;
static sim_file tree[] = {
    {"", true, 0, 0},
    {"small.txt", false, 100, 100},
    {"short.txt", false, 100, 50}, /* it shrinks while it is read */
    {"large.bin", false, WEIR_FILE_KEEP_MAX + 1, WEIR_FILE_KEEP_MAX + 1},
};

static weir_filecache cache;

static weir_file *open_at(const char *path, uint64_t now_ms)
{
    weir_file *file = NULL;

    assert_int_equal(weir_filecache_open(&cache, weir_str_of(path), now_ms, SIM_WALL_S, &file),
                     WEIR_FILE_OK);
    return file;
}

static int set_up(void **state)
{
    (void)state;
    sim_init(&world, 1, tree, sizeof tree / sizeof tree[0]);
    tree[1].size = tree[1].real_size = 100;
    return weir_filecache_init(&cache, &world.world, 2) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    weir_filecache_free(&cache);
    return world.files_open == 0 ? 0 : -1;
}

static void a_small_file_is_kept_and_closed(void **state)
{
    weir_file *f = open_at("small.txt", 0);

    (void)state;
    assert_non_null(f->content);
    assert_int_equal(world.files_open, 0);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(f->content[i], sim_octet(i));
    assert_ptr_equal(open_at("small.txt", 1), f);
    weir_file_release(&cache, f);
    weir_file_release(&cache, f);
}

static void a_changed_file_is_read_anew_after_a_moment(void **state)
{
    weir_file *f = open_at("small.txt", 0);

    (void)state;
    weir_file_release(&cache, f);
    tree[1].size = tree[1].real_size = 60;
    f = open_at("small.txt", WEIR_FILE_TRUST_MS - 1);
    assert_int_equal(f->facts.size, 100);
    weir_file_release(&cache, f);
    f = open_at("small.txt", WEIR_FILE_TRUST_MS);
    assert_int_equal(f->facts.size, 60);
    weir_file_release(&cache, f);
}

/* Its content stays as it is for whoever holds it; others get the new one by themselves. */
static void a_changed_file_that_is_held_is_not_overwritten(void **state)
{
    weir_file *held = open_at("small.txt", 0);
    char etag[64];

    (void)state;
    memcpy(etag, held->etag, sizeof etag);
    tree[1].size = tree[1].real_size = 60;
    weir_file *f = open_at("small.txt", WEIR_FILE_TRUST_MS);
    assert_ptr_not_equal(f, held);
    assert_null(f->content);
    assert_int_equal(f->facts.size, 60);
    assert_int_equal(held->facts.size, 100);
    assert_memory_equal(held->etag, etag, held->etag_len);
    assert_false(f->etag_len == held->etag_len && memcmp(f->etag, etag, f->etag_len) == 0);
    weir_file_release(&cache, f);
    weir_file_release(&cache, held);
}

static void what_just_changed_is_not_kept(void **state)
{
    weir_file *f;

    (void)state;
    assert_int_equal(weir_filecache_open(&cache, weir_str_of("small.txt"), 0, SIM_WALL_S - 1000,
                                         &f),
                     WEIR_FILE_OK);
    assert_null(f->content);
    assert_int_equal(world.files_open, 1);
    weir_file_release(&cache, f);
}

static void large_files_and_those_that_shrink_are_open_while_held(void **state)
{
    weir_file *a = open_at("large.bin", 0), *b = open_at("short.txt", 0), *c = NULL;

    (void)state;
    assert_null(a->content);
    assert_null(b->content);
    assert_int_equal(world.files_open, 2);
    assert_int_equal(weir_filecache_open(&cache, weir_str_of("large.bin"), 0, SIM_WALL_S, &c),
                     WEIR_FILE_FULL); /* two at a time is what this one was made for */
    weir_file_release(&cache, a);
    weir_file_release(&cache, b);
    assert_int_equal(world.files_open, 0);
}

static void what_is_not_there_is_not_there(void **state)
{
    weir_file *f = NULL;

    (void)state;
    assert_int_equal(weir_filecache_open(&cache, weir_str_of("nope"), 0, SIM_WALL_S, &f),
                     WEIR_FILE_NONE);
    assert_null(f);
}

/* A slot that holds nothing has no path, as the root has; it is empty at the beginning, and again
 * where a file shrank while it was read. */
static void an_empty_slot_is_not_the_root(void **state)
{
    (void)state;
    for (uint64_t now_ms = 0; now_ms < 2; now_ms++) {
        weir_file *f = open_at("", now_ms);
        assert_true(f->facts.is_folder);
        weir_file_release(&cache, f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_small_file_is_kept_and_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_file_is_read_anew_after_a_moment, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_changed_file_that_is_held_is_not_overwritten, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_just_changed_is_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_files_and_those_that_shrink_are_open_while_held,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_slot_is_not_the_root, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
