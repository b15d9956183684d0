/* SPDX-License-Identifier: MIT */
/*
 * test_allocation.c - no memory is allocated for a request once its connection is accepted. A
 * worker runs in a child process over a real socket; every malloc of that process, the C library's own
 * included, goes through the functions below, which count in memory shared with the parent.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "server.h"
#include "weir/listener.h"
#include "scratch.h"

/* Sanitizers, and valgrind, have an allocator of their own, which wants to be the only one. */
#if defined(__SANITIZE_ADDRESS__)
#define ALLOCATION_IS_COUNTED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define ALLOCATION_IS_COUNTED 0
#endif
#endif
#if !defined(ALLOCATION_IS_COUNTED) && defined(__GLIBC__)
#define ALLOCATION_IS_COUNTED 1
#endif
#if !defined(ALLOCATION_IS_COUNTED)
#define ALLOCATION_IS_COUNTED 0
#endif

static volatile size_t *allocations; /* shared with the child */

#if ALLOCATION_IS_COUNTED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static void count(void)
{
    if (allocations != NULL) *allocations = *allocations + 1;
}

void *malloc(size_t size)
{
    count();
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count();
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    count();
    return __libc_realloc(p, size);
}

void free(void *p)
{
    __libc_free(p);
}
#endif

static char top[] = "/tmp/weir-allocation-XXXXXX";
static weir_listener listener;
static pid_t child;

static void make_file(const char *name, size_t size)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    close(fd);
}

static int set_up(void **state)
{
    weir_address address;
    weir_io_error why;
    const weir_listener_options as_usual = {.backlog = 0};

    (void)state;
    allocations =
        mmap(NULL, sizeof *allocations, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(allocations != MAP_FAILED);
    assert_non_null(mkdtemp(top));
    assert_int_equal(chdir(top), 0);
    make_file("small.txt", 100);
    make_file("large.bin", 100000);
    assert_true(weir_address_parse("127.0.0.1:0", &address));
    assert_true(weir_listener_open(&listener, &address, &as_usual, &why));
    child = fork();
    assert_true(child >= 0);
    if (child > 0) return 0;
    const weir_server_listener place = {.acceptor = &listener.acceptor};
    const weir_server_options options = {.root = top,
                                         .listeners = &place,
                                         .listener_count = 1,
                                         .workers = 1,
                                         .connections_max = 100,
                                         .with_demo = true,
                                         .quiet = true};
    _exit(weir_server_run(&options));
}

static int tear_down(void **state)
{
    int status = 0;

    (void)state;
    (void)kill(child, SIGTERM);
    if (waitpid(child, &status, 0) != child || status != 0) return -1;
    weir_acceptor_close(&listener.acceptor);
    return chdir("/") == 0 && scratch_remove(top) ? 0 : -1;
}

/* Sends a request and reads on until there is nothing for a moment. */
static void ask(int fd, const char *request)
{
    static char in[200000];
    size_t len = strlen(request), sum = 0;

    assert_int_equal(send(fd, request, len, MSG_NOSIGNAL), (ssize_t)len);
    for (;;) {
        ssize_t n = recv(fd, in, sizeof in, sum > 0 ? MSG_DONTWAIT : 0);
        if (n <= 0) break;
        sum += (size_t)n;
    }
    assert_true(sum > 0);
}

static int reach(void)
{
    weir_address address;
    struct timeval patience = {.tv_sec = 10};
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    weir_acceptor_address(&listener.acceptor, &address);
    assert_int_equal(getsockname(weir_acceptor_handle(&listener.acceptor), (struct sockaddr *)&name,
                                 &len),
                     0);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, len), 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

static const char *const requests[] = {
    "GET /small.txt HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=0-9,20-50000,60000-\r\n\r\n",
    "GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=0-9\r\n\r\n",
    "GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=100000-\r\n\r\n",
    "GET /.hidden HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /cookie HTTP/1.1\r\nHost: h\r\nCookie: a=b; c=d\r\n\r\n",
    "GET /cookie HTTP/1.1\r\nHost: h\r\nCookie: a=b c\r\n\r\n",
    "HEAD /small.txt HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /nope HTTP/1.1\r\nHost: h\r\n\r\n",
    "DELETE /small.txt HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
    "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /small.txt HTTP/1.1\r\nHost: h\r\n\r\nGET /small.txt HTTP/1.1\r\nHost: h\r\n\r\n",
};

static void requests_allocate_nothing(void **state)
{
    size_t before;
    int fd = reach();

    (void)state;
    if (!ALLOCATION_IS_COUNTED || getenv("WEIR_UNDER_VALGRIND") != NULL) {
        close(fd);
        skip();
    }
    ask(fd, requests[0]); /* it is accepted by now */
    before = *allocations;
    assert_true(before > 0);
    for (int round = 0; round < 50; round++)
        for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
            ask(fd, requests[i]);
    assert_int_equal(*allocations, before);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(requests_allocate_nothing)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
