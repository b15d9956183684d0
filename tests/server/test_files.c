/* SPDX-License-Identifier: MIT */
/* test_files.c - what lies beneath a root is found, and nothing else, by openat2(2) and without. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "world_linux.h"
#include "scratch.h"

static char top[] = "/tmp/weir-files-XXXXXX";
static weir_files_linux files;

static void make_file(const char *path, const char *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
}

/* A socket in the file system. */
static void make_socket(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    (void)snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
}

/* top/outside.txt; top/root with everything in it. */
static int set_up(void **state)
{
    char absolute[256];
    weir_io_error why;

    (void)state;
    assert_non_null(mkdtemp(top));
    assert_int_equal(chdir(top), 0);
    make_file("outside.txt", "secret");
    assert_int_equal(mkdir("root", 0755), 0);
    assert_int_equal(mkdir("rootling", 0755), 0); /* its name begins alike */
    make_file("rootling/secret.txt", "secret");
    assert_int_equal(mkdir("root/dir", 0755), 0);
    make_file("root/a.txt", "hello");
    make_file("root/dir/b.txt", "hello b");
    assert_int_equal(symlink("../a.txt", "root/dir/inside"), 0);
    assert_int_equal(symlink("../outside.txt", "root/out"), 0);
    assert_int_equal(symlink("../../outside.txt", "root/dir/out"), 0);
    assert_int_equal(symlink("../rootling", "root/rootling"), 0);
    assert_int_equal(symlink("/dev/null", "root/null"), 0);
    assert_int_equal(symlink("/etc", "root/etc"), 0);
    assert_int_equal(symlink("loop", "root/loop"), 0);
    assert_int_equal(symlink("nowhere", "root/dangling"), 0);
    (void)snprintf(absolute, sizeof absolute, "%s/root/a.txt", top);
    assert_int_equal(symlink(absolute, "root/absolute"), 0);
    assert_int_equal(mkfifo("root/fifo", 0644), 0);
    make_socket("root/socket");
    assert_true(weir_files_linux_open(&files, "root", &why));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    weir_files_linux_close(&files);
    return chdir("/") == 0 && scratch_remove(top) ? 0 : -1;
}

static const struct {
    const char *path;
    weir_file_result result;
    uint64_t size; /* WEIR_FILE_OK: of the file; of a folder it does not matter */
} paths[] = {
    {"a.txt", WEIR_FILE_OK, 5},
    {"dir/b.txt", WEIR_FILE_OK, 7},
    {"dir/inside", WEIR_FILE_OK, 5},
    {"absolute", WEIR_FILE_OK, 5},
    {"nope", WEIR_FILE_NONE, 0},
    {"a.txt/", WEIR_FILE_NONE, 0},
    {"a.txt/b", WEIR_FILE_NONE, 0},
    {"dangling", WEIR_FILE_NONE, 0},
    {"/etc/passwd", WEIR_FILE_NONE, 0},
    {"out", WEIR_FILE_DENIED, 0},
    {"dir/out", WEIR_FILE_DENIED, 0},
    {"../outside.txt", WEIR_FILE_DENIED, 0},
    {"dir/../../outside.txt", WEIR_FILE_DENIED, 0},
    {"..", WEIR_FILE_DENIED, 0},
    {"../rootling/secret.txt", WEIR_FILE_DENIED, 0},
    {"rootling/secret.txt", WEIR_FILE_DENIED, 0},
    {"null", WEIR_FILE_DENIED, 0},
    {"etc/passwd", WEIR_FILE_DENIED, 0},
    {"loop", WEIR_FILE_DENIED, 0},
    {"fifo", WEIR_FILE_DENIED, 0},
    {"socket", WEIR_FILE_DENIED, 0},
};

static void check_paths(bool to_read)
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        weir_file_facts facts;
        int fd = -1;
        weir_file_result result =
            weir_files_linux_get(&files, weir_str_of(paths[i].path), to_read, &fd, &facts);
        if (result != paths[i].result) fail_msg("%s: %d", paths[i].path, (int)result);
        if (result != WEIR_FILE_OK) continue;
        close(fd);
        assert_false(facts.is_folder);
        assert_int_equal(facts.size, paths[i].size);
    }
}

static void nothing_outside_of_the_root_is_opened(void **state)
{
    (void)state;
    files.without_openat2 = false;
    check_paths(true);
    check_paths(false);
}

static void nothing_outside_of_the_root_is_opened_by_an_old_kernel(void **state)
{
    (void)state;
    files.without_openat2 = true;
    check_paths(true);
    check_paths(false);
    files.without_openat2 = false;
}

static void a_folder_lists_all_its_names_each_time(void **state)
{
    weir_file_facts facts;
    weir_str name;
    uint64_t at;
    int fd;

    (void)state;
    assert_int_equal(weir_files_linux_get(&files, (weir_str){NULL, 0}, true, &fd, &facts),
                     WEIR_FILE_OK);
    assert_true(facts.is_folder);
    for (int round = 0; round < 2; round++) {
        int count = 0;
        assert_true(weir_files_linux_list(&files, fd, 0));
        while (weir_files_linux_list_next(&files, &name, &at)) {
            assert_false(weir_str_equal(name, weir_str_of("..")));
            count++;
        }
        assert_int_equal(count, 11);
    }
    close(fd);
}

/* Two folders in turn, one name at a time: as if each were listed by itself. */
static void a_folder_is_listed_on_from_where_it_was_left(void **state)
{
    static const char *const paths_of[] = {"", "dir"};
    const int wanted[] = {11, 3};
    weir_file_facts facts;
    weir_str name;
    uint64_t at[2] = {0};
    int fd[2], count[2] = {0};

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(weir_files_linux_get(&files, weir_str_of(paths_of[i]), true, &fd[i],
                                              &facts),
                         WEIR_FILE_OK);
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < 2; i++) {
            assert_true(weir_files_linux_list(&files, fd[i], at[i]));
            if (!weir_files_linux_list_next(&files, &name, &at[i])) continue;
            count[i]++;
            more = true;
        }
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(count[i], wanted[i]);
        close(fd[i]);
    }
}

/* The opening of a FIFO would be seen by who waits for a reader of it. */
static void a_fifo_is_refused_without_being_opened(void **state)
{
    weir_file_facts facts;
    char event[512];
    int fd, watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    (void)state;
    assert_true(watch >= 0);
    assert_true(inotify_add_watch(watch, "root/fifo", IN_OPEN) >= 0);
    for (int round = 0; round < 2; round++) {
        files.without_openat2 = round > 0;
        assert_int_equal(weir_files_linux_get(&files, weir_str_of("fifo"), true, &fd, &facts),
                         WEIR_FILE_DENIED);
        files.without_openat2 = false;
        assert_int_equal(read(watch, event, sizeof event), -1);
    }
    fd = open("root/fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(read(watch, event, sizeof event) > 0); /* that is what it would look like */
    close(fd);
    close(watch);
}

static void a_path_that_is_too_long_is_not_there(void **state)
{
    static char path[10000];
    weir_file_facts facts;
    int fd;

    (void)state;
    memset(path, 'a', sizeof path);
    assert_int_equal(weir_files_linux_get(&files, (weir_str){path, sizeof path}, true, &fd, &facts),
                     WEIR_FILE_NONE);
    assert_int_equal(weir_files_linux_get(&files, (weir_str){path, 300}, true, &fd, &facts),
                     WEIR_FILE_NONE);
}

/* Where the root's own name cannot be known, as with one longer than a path may be. */
static void nothing_is_beneath_a_root_without_a_name(void **state)
{
    char name[sizeof files.root_path];
    weir_file_facts facts;
    int file;

    (void)state;
    memcpy(name, files.root_path, sizeof name);
    files.root_path[0] = '\0';
    files.without_openat2 = true;
    assert_int_equal(weir_files_linux_get(&files, (weir_str)WEIR_STR_INIT("out"), true, &file,
                                          &facts),
                     WEIR_FILE_DENIED);
    files.without_openat2 = false;
    memcpy(files.root_path, name, sizeof name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_outside_of_the_root_is_opened),
        cmocka_unit_test(nothing_outside_of_the_root_is_opened_by_an_old_kernel),
        cmocka_unit_test(a_folder_lists_all_its_names_each_time),
        cmocka_unit_test(a_folder_is_listed_on_from_where_it_was_left),
        cmocka_unit_test(a_fifo_is_refused_without_being_opened),
        cmocka_unit_test(a_path_that_is_too_long_is_not_there),
        cmocka_unit_test(nothing_is_beneath_a_root_without_a_name),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
