/* SPDX-License-Identifier: MIT */
/* test_socket.c - what only a real socket does: connecting, failing to, being adopted. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"
#include "weir/listener.h"

/* A port of ::1 or 127.0.0.1 on which nobody listens. */
static weir_address free_port(const char *text)
{
    weir_listener listener;
    weir_listener_options options = {.backlog = 1};
    weir_address address;
    weir_io_error why;

    assert_true(weir_address_parse(text, &address));
    assert_true(weir_listener_open(&listener, &address, &options, &why));
    weir_acceptor_address(&listener.acceptor, &address);
    weir_acceptor_close(&listener.acceptor);
    return address;
}

static weir_io wait_ready(weir_transport *t)
{
    struct pollfd over = {.fd = weir_transport_handle(t), .events = POLLOUT};

    assert_int_equal(poll(&over, 1, 5000), 1);
    return weir_transport_ready(t);
}

static void a_refused_connect_names_step_address_and_reason(void **state)
{
    weir_address nobody = free_port("127.0.0.1:0");
    char expected[256], text[256], address[WEIR_ADDRESS_TEXT_MAX], buf[4];
    weir_socket s;
    weir_io_error why;
    size_t got;

    (void)state;
    assert_true(weir_socket_connect(&s, &nobody, true, &why));
    assert_int_equal(wait_ready(&s.transport), WEIR_IO_FAILED);
    snprintf(expected, sizeof expected, "connect %s: Connection refused",
             weir_address_text(&nobody, address, sizeof address));
    assert_string_equal(weir_io_error_text(weir_transport_error(&s.transport), text, sizeof text),
                        expected);
    assert_int_equal(weir_transport_ready(&s.transport), WEIR_IO_FAILED);
    assert_int_equal(weir_transport_read(&s.transport, buf, sizeof buf, &got), WEIR_IO_FAILED);
    weir_transport_close(&s.transport);
}

static void what_fails_at_once_leaves_nothing_to_close(void **state)
{
    static const struct {
        const char *address, *step;
        int code;
    } rows[] = {
        {"unix:/nonexistent/folder/s", "connect", ENOENT},
        {"255.255.255.255:80", "connect", ENETUNREACH},
    };
    weir_socket s;
    weir_io_error why;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        weir_address address;
        assert_true(weir_address_parse(rows[i].address, &address));
        assert_false(weir_socket_connect(&s, &address, false, &why));
        assert_string_equal(why.step, rows[i].step);
        if (i == 0) assert_int_equal(why.code, rows[i].code);
        assert_true(weir_address_is_equal(why.address, &address));
    }
    weir_address memory = {.family = WEIR_FAMILY_MEMORY};
    assert_false(weir_socket_connect(&s, &memory, false, &why));
    assert_string_equal(why.step, "socket");
}

static void an_adopted_socket_is_non_blocking_and_close_on_exec(void **state)
{
    int ends[2];
    weir_socket s;
    weir_io_error why;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_true(weir_socket_adopt(&s, ends[0], &why));
    assert_true(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(ends[0], F_GETFD) & FD_CLOEXEC);
    assert_int_equal(weir_transport_handle(&s.transport), ends[0]);
    weir_transport_close(&s.transport);
    close(ends[1]);
}

static void what_is_not_a_connected_socket_is_not_adopted(void **state)
{
    int ends[2];
    weir_socket s;
    weir_io_error why;
    int lone = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_false(weir_socket_adopt(&s, ends[0], &why));
    assert_string_equal(why.step, "getpeername");
    assert_int_equal(why.code, ENOTSOCK);
    assert_false(weir_socket_adopt(&s, lone, &why));
    assert_int_equal(why.code, ENOTCONN);
    close(lone); /* still the caller's */
    close(ends[0]);
    close(ends[1]);
}

/* The system tells of a reset once and then of an end: it must stay a reset. */
static void a_reset_told_to_write_is_no_end_for_read(void **state)
{
    int ends[2];
    weir_socket s;
    weir_io_error why;
    char buf[8] = "unread!";
    struct iovec part = {buf, sizeof buf};
    size_t put, got;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_true(weir_socket_adopt(&s, ends[0], &why));
    assert_int_equal(send(ends[1], "bye", 3, 0), 3);
    close(ends[1]);
    assert_int_equal(weir_transport_write(&s.transport, &part, 1, &put), WEIR_IO_RESET);
    assert_int_equal(weir_transport_error(&s.transport)->code, EPIPE);
    assert_int_equal(weir_transport_read(&s.transport, buf, sizeof buf, &got), WEIR_IO_OK);
    assert_int_equal(got, 3); /* what had arrived */
    assert_int_equal(weir_transport_read(&s.transport, buf, sizeof buf, &got), WEIR_IO_RESET);
    weir_transport_close(&s.transport);
}

static void a_file_that_cannot_be_mapped_is_unsupported_and_one_not_open_fails(void **state)
{
    int ends[2], pipe_ends[2];
    weir_socket s;
    weir_io_error why;
    off_t offset = 0;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(pipe(pipe_ends), 0);
    assert_true(weir_socket_adopt(&s, ends[0], &why));
    weir_io io = weir_transport_sendfile(&s.transport, pipe_ends[0], &offset, 5);
    assert_true(io == WEIR_IO_UNSUPPORTED || io == WEIR_IO_FAILED); /* ESPIPE on some kernels */
    assert_int_equal(weir_transport_sendfile(&s.transport, -1, &offset, 5), WEIR_IO_FAILED);
    assert_string_equal(weir_transport_error(&s.transport)->step, "sendfile");
    assert_int_equal(weir_transport_error(&s.transport)->code, EBADF);
    assert_int_equal(offset, 0);
    weir_transport_close(&s.transport);
    close(ends[1]);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

#define SOCKET_TEST(f) \
    cmocka_unit_test_setup_teardown(f, support_count_descriptors, support_check_descriptors)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SOCKET_TEST(a_refused_connect_names_step_address_and_reason),
        SOCKET_TEST(what_fails_at_once_leaves_nothing_to_close),
        SOCKET_TEST(an_adopted_socket_is_non_blocking_and_close_on_exec),
        SOCKET_TEST(what_is_not_a_connected_socket_is_not_adopted),
        SOCKET_TEST(a_reset_told_to_write_is_no_end_for_read),
        SOCKET_TEST(a_file_that_cannot_be_mapped_is_unsupported_and_one_not_open_fails),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
