/* SPDX-License-Identifier: MIT */
/* test_listener.c - the life cycle of a listener, and how each step fails. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sockaddr.h"
#include "support.h"
#include "weir/listener.h"

static const weir_listener_options usual = {.backlog = 8};

static weir_address address_of(const char *text)
{
    weir_address address;

    if (!weir_address_parse(text, &address)) fail_msg("%s is no address", text);
    return address;
}

static void open_or_fail(weir_listener *l, const weir_address *address)
{
    weir_io_error why;
    char text[256];

    if (!weir_listener_open(l, address, &usual, &why))
        fail_msg("%s", weir_io_error_text(&why, text, sizeof text));
}

/* A connection from outside, blocking; -1 with errno. */
static int connect_to(const weir_address *address)
{
    struct sockaddr_storage name;
    socklen_t len = weir__address_to_sockaddr(address, &name);
    int fd = socket(weir__address_domain(address), SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&name, len) == 0) return fd;
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

static weir_transport *accept_one(weir_listener *l, weir_accept_slot *slot)
{
    struct pollfd waiting = {.fd = weir_acceptor_handle(&l->acceptor), .events = POLLIN};
    weir_transport *t = NULL;

    assert_int_equal(poll(&waiting, 1, 5000), 1);
    assert_int_equal(weir_acceptor_accept(&l->acceptor, slot, &t), WEIR_ACCEPT_OK);
    return t;
}

static void port_0_is_told_as_the_real_one(void **state)
{
    weir_listener l;
    weir_address address = address_of("127.0.0.1:0");

    (void)state;
    open_or_fail(&l, &address);
    weir_acceptor_address(&l.acceptor, &address);
    assert_int_not_equal(address.port, 0);
    int fd = connect_to(&address);
    assert_true(fd >= 0);
    close(fd);
    weir_acceptor_close(&l.acceptor);
    assert_int_equal(connect_to(&address), -1);
    assert_int_equal(errno, ECONNREFUSED);
}

static void what_is_accepted_is_non_blocking_close_on_exec_and_without_delay(void **state)
{
    weir_listener l;
    weir_accept_slot slot;
    weir_transport *t = NULL;
    weir_address address = address_of("127.0.0.1:0"), local, remote;
    int no_delay = 0;
    socklen_t len = sizeof no_delay;

    (void)state;
    open_or_fail(&l, &address);
    assert_int_equal(weir_acceptor_accept(&l.acceptor, &slot, &t), WEIR_ACCEPT_NONE);
    assert_null(t);
    weir_acceptor_address(&l.acceptor, &address);
    int fd = connect_to(&address);
    t = accept_one(&l, &slot);
    assert_ptr_equal(t, &slot.transport);
    int accepted = weir_transport_handle(t);
    assert_true(fcntl(accepted, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(accepted, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &no_delay, &len), 0);
    assert_int_not_equal(no_delay, 0);
    weir_transport_addresses(t, &local, &remote);
    assert_true(weir_address_is_equal(&local, &address));
    assert_int_equal(remote.family, WEIR_FAMILY_IP4);
    weir_transport_close(t);
    close(fd);
    weir_acceptor_close(&l.acceptor);
}

/* Each row fails at the step it names, with this reason. */
static void each_step_fails_by_name(void **state)
{
    static const struct {
        const char *address, *step;
        int code;
    } rows[] = {
        {"192.0.2.1:8080", "bind", EADDRNOTAVAIL},
        {"unix:/nonexistent/folder/s", "bind", ENOENT},
    };
    weir_listener l, other;
    weir_io_error why;
    char text[256], expected[256], name[WEIR_ADDRESS_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        weir_address address = address_of(rows[i].address);
        assert_false(weir_listener_open(&l, &address, &usual, &why));
        assert_string_equal(why.step, rows[i].step);
        assert_int_equal(why.code, rows[i].code);
        snprintf(expected, sizeof expected, "%s %s: %s", rows[i].step, rows[i].address,
                 strerror(rows[i].code));
        assert_string_equal(weir_io_error_text(&why, text, sizeof text), expected);
    }

    weir_address memory = {.family = WEIR_FAMILY_MEMORY};
    assert_false(weir_listener_create(&l, &memory, &usual, &why));
    assert_string_equal(why.step, "socket");

    weir_address any = address_of("127.0.0.1:0");
    assert_true(weir_listener_create(&l, &any, &usual, &why));
    close(l.fd); /* the next step finds no socket any more */
    assert_false(weir_listener_set_options(&l, &why));
    assert_string_equal(why.step, "SO_REUSEADDR");
    assert_int_equal(why.code, EBADF);

    open_or_fail(&l, &any);
    weir_acceptor_address(&l.acceptor, &any);
    assert_false(weir_listener_open(&other, &any, &usual, &why));
    assert_string_equal(why.step, "bind");
    assert_int_equal(why.code, EADDRINUSE);
    snprintf(expected, sizeof expected, "bind %s: Address already in use",
             weir_address_text(&any, name, sizeof name));
    assert_string_equal(weir_io_error_text(&why, text, sizeof text), expected);
    weir_acceptor_close(&l.acceptor);

    /* Two sockets may be bound to one port as long as none of them listens. */
    any.port = 0;
    assert_true(weir_listener_create(&l, &any, &usual, &why));
    assert_true(weir_listener_set_options(&l, &why) && weir_listener_bind(&l, &why));
    weir_acceptor_address(&l.acceptor, &any);
    assert_true(weir_listener_create(&other, &any, &usual, &why));
    assert_true(weir_listener_set_options(&other, &why) && weir_listener_bind(&other, &why));
    assert_true(weir_listener_listen(&l, &why));
    assert_false(weir_listener_listen(&other, &why));
    assert_string_equal(why.step, "listen");
    assert_int_equal(why.code, EADDRINUSE);
    weir_acceptor_close(&l.acceptor);
    weir_acceptor_close(&other.acceptor);
}

static void a_port_that_needs_a_privilege_is_refused_to_others(void **state)
{
    weir_listener l;
    weir_io_error why;
    weir_address address = address_of("127.0.0.1:1");
    bool is_root = geteuid() == 0;

    (void)state;
    if (is_root) assert_int_equal(seteuid(65534), 0);
    bool opened = weir_listener_open(&l, &address, &usual, &why);
    if (is_root) assert_int_equal(seteuid(0), 0);
    if (opened) {
        weir_acceptor_close(&l.acceptor);
        print_message("port 1 needs no privilege on this machine\n");
        skip();
    }
    assert_string_equal(why.step, "bind");
    assert_int_equal(why.code, EACCES);
}

static void ip6_leaves_the_port_to_ip4_unless_told_to_take_it(void **state)
{
    weir_listener six, four;
    weir_listener_options both = {.backlog = 8, .with_ip4_in_ip6 = true};
    weir_address any6 = address_of("[::]:0"), any4 = address_of("0.0.0.0:0");
    weir_io_error why;

    (void)state;
    if (!support_has_ip6()) {
        print_message("no IPv6 on this machine\n");
        skip();
    }
    open_or_fail(&six, &any6);
    weir_acceptor_address(&six.acceptor, &any6);
    any4.port = any6.port;
    open_or_fail(&four, &any4);
    weir_acceptor_close(&four.acceptor);
    weir_acceptor_close(&six.acceptor);

    any6.port = 0;
    assert_true(weir_listener_open(&six, &any6, &both, &why));
    weir_acceptor_address(&six.acceptor, &any6);
    any4.port = any6.port;
    assert_false(weir_listener_open(&four, &any4, &usual, &why));
    assert_int_equal(why.code, EADDRINUSE);
    weir_acceptor_close(&six.acceptor);
}

/* Unix-domain paths. */

struct folder {
    char path[128], socket[256], address[256];
    weir_address at;
};

static void folder_make(struct folder *f)
{
    support_make_folder(f->path, sizeof f->path);
    support_path(f->socket, sizeof f->socket, f->path, "s");
    snprintf(f->address, sizeof f->address, "unix:%.200s", f->socket);
    f->at = address_of(f->address);
}

static bool folder_has_socket(const struct folder *f)
{
    return access(f->socket, F_OK) == 0;
}

static void a_stale_socket_is_replaced_and_ones_own_is_removed(void **state)
{
    struct folder f;
    weir_listener l;
    weir_accept_slot slot;

    (void)state;
    folder_make(&f);
    open_or_fail(&l, &f.at);
    close(l.fd); /* as a process that was killed leaves it */
    assert_true(folder_has_socket(&f));

    open_or_fail(&l, &f.at);
    int fd = connect_to(&f.at);
    assert_true(fd >= 0);
    weir_transport_close(accept_one(&l, &slot));
    close(fd);
    weir_acceptor_close(&l.acceptor);
    assert_false(folder_has_socket(&f));
    support_remove_folder(f.path);
}

static void a_socket_on_which_somebody_listens_is_left_alone(void **state)
{
    struct folder f;
    weir_listener l, other;
    weir_io_error why;

    (void)state;
    folder_make(&f);
    open_or_fail(&l, &f.at);
    assert_false(weir_listener_open(&other, &f.at, &usual, &why));
    assert_string_equal(why.step, "bind");
    assert_int_equal(why.code, EADDRINUSE);
    int fd = connect_to(&f.at);
    assert_true(fd >= 0);
    close(fd);
    weir_acceptor_close(&l.acceptor);
    support_remove_folder(f.path);
}

static void what_is_not_a_socket_is_never_removed(void **state)
{
    struct folder f;
    weir_listener l;
    weir_io_error why;
    struct stat now;
    char text[512];

    (void)state;
    folder_make(&f);
    support_write_file(f.socket, "precious", 8);
    assert_false(weir_listener_open(&l, &f.at, &usual, &why));
    assert_int_equal(why.code, EADDRINUSE);
    assert_non_null(
        strstr(weir_io_error_text(&why, text, sizeof text), "exists and is not a socket"));
    assert_int_equal(lstat(f.socket, &now), 0);
    assert_int_equal(now.st_size, 8);

    /* A link to a stale socket is not a socket either. */
    char stale[256];
    unlink(f.socket);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s",
             support_path(stale, sizeof stale, f.path, "t"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
    assert_int_equal(symlink(stale, f.socket), 0);
    assert_false(weir_listener_open(&l, &f.at, &usual, &why));
    assert_int_equal(lstat(stale, &now), 0);
    assert_int_equal(lstat(f.socket, &now), 0);
    support_remove_folder(f.path);
}

static void only_the_process_that_bound_a_path_removes_it(void **state)
{
    struct folder f;
    weir_listener l;
    int status;

    (void)state;
    folder_make(&f);
    open_or_fail(&l, &f.at);
    pid_t worker = fork();
    if (worker == 0) {
        weir_acceptor_close(&l.acceptor);
        _exit(0);
    }
    assert_int_equal(waitpid(worker, &status, 0), worker);
    assert_true(folder_has_socket(&f));
    weir_acceptor_close(&l.acceptor);
    assert_false(folder_has_socket(&f));
    support_remove_folder(f.path);
}

static void a_path_that_is_somebody_elses_by_now_is_not_removed(void **state)
{
    struct folder f;
    weir_listener l;

    (void)state;
    folder_make(&f);
    open_or_fail(&l, &f.at);
    assert_int_equal(unlink(f.socket), 0);
    support_write_file(f.socket, "precious", 8);
    weir_acceptor_close(&l.acceptor);
    assert_true(folder_has_socket(&f));
    support_remove_folder(f.path);
}

/* Sockets that the service manager passes in. */

static void a_listening_socket_is_adopted(void **state)
{
    weir_listener l, adopted;
    weir_accept_slot slot;
    weir_io_error why;
    weir_address address = address_of("127.0.0.1:0");

    (void)state;
    open_or_fail(&l, &address);
    int fd = dup(l.fd);
    assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
    assert_true(weir_listener_adopt(&adopted, fd, &why));
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    weir_acceptor_close(&l.acceptor);
    weir_acceptor_address(&adopted.acceptor, &address);
    int outside = connect_to(&address);
    assert_true(outside >= 0);
    weir_transport_close(accept_one(&adopted, &slot));
    close(outside);
    weir_acceptor_close(&adopted.acceptor);
}

static void an_adopted_path_is_never_removed(void **state)
{
    struct folder f;
    weir_listener l, adopted;
    weir_io_error why;

    (void)state;
    folder_make(&f);
    open_or_fail(&l, &f.at);
    assert_true(weir_listener_adopt(&adopted, dup(l.fd), &why));
    weir_address address;
    weir_acceptor_address(&adopted.acceptor, &address);
    assert_true(weir_address_is_equal(&address, &f.at));
    weir_acceptor_close(&adopted.acceptor);
    assert_true(folder_has_socket(&f));
    weir_acceptor_close(&l.acceptor);
    support_remove_folder(f.path);
}

static void what_does_not_listen_is_not_adopted(void **state)
{
    weir_listener l;
    weir_io_error why;
    int stream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int datagram = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const struct {
        int fd;
        const char *step;
    } rows[] = {{stream, "SO_ACCEPTCONN"}, {datagram, "SO_TYPE"}, {file, "getsockname"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(weir_listener_adopt(&l, rows[i].fd, &why));
        assert_string_equal(why.step, rows[i].step);
        assert_int_equal(close(rows[i].fd), 0); /* still the caller's */
    }
    if (netlink >= 0) {
        assert_false(weir_listener_adopt(&l, netlink, &why));
        assert_string_equal(why.step, "SO_DOMAIN");
        close(netlink);
    }
}

/* What a worker does when accept(2) fails. */

static const struct {
    int code;
    weir_accept means;
} accept_errors[] = {
    {EAGAIN, WEIR_ACCEPT_NONE},       {ECONNABORTED, WEIR_ACCEPT_LOST}, {EPROTO, WEIR_ACCEPT_LOST},
    {EPERM, WEIR_ACCEPT_LOST},        {ENETDOWN, WEIR_ACCEPT_LOST},     {ENONET, WEIR_ACCEPT_LOST},
    {EHOSTUNREACH, WEIR_ACCEPT_LOST}, {EMFILE, WEIR_ACCEPT_FULL},       {ENFILE, WEIR_ACCEPT_FULL},
    {ENOBUFS, WEIR_ACCEPT_FULL},      {ENOMEM, WEIR_ACCEPT_FULL},       {EBADF, WEIR_ACCEPT_FAILED},
    {EINVAL, WEIR_ACCEPT_FAILED},     {ENOTSOCK, WEIR_ACCEPT_FAILED},
};

static void each_error_of_accept_says_what_to_do_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accept_errors / sizeof accept_errors[0]; i++) {
        weir_accept means = weir__accept_from_errno(accept_errors[i].code);
        if (means != accept_errors[i].means)
            fail_msg("%s: %s", strerror(accept_errors[i].code), weir_accept_name(means));
    }
}

static void out_of_descriptors_is_full_and_passes(void **state)
{
    weir_listener l;
    weir_accept_slot slot;
    weir_transport *t = NULL;
    weir_address address = address_of("127.0.0.1:0");
    struct rlimit before, none;

    (void)state;
    open_or_fail(&l, &address);
    weir_acceptor_address(&l.acceptor, &address);
    int fd = connect_to(&address);
    assert_true(fd >= 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 3; /* fewer than are open already */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    weir_accept full = weir_acceptor_accept(&l.acceptor, &slot, &t);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(full, WEIR_ACCEPT_FULL);
    assert_null(t);
    assert_int_equal(weir_acceptor_error(&l.acceptor)->code, EMFILE);
    /* A second one, as valgrind takes the first out of the queue before it says EMFILE. */
    int again = connect_to(&address);
    t = accept_one(&l, &slot);
    weir_transport_close(t);
    close(again);
    close(fd);
    weir_acceptor_close(&l.acceptor);
}

static void an_acceptor_without_its_socket_has_failed(void **state)
{
    weir_listener l;
    weir_accept_slot slot;
    weir_transport *t = NULL;
    weir_address address = address_of("127.0.0.1:0");

    (void)state;
    open_or_fail(&l, &address);
    close(l.fd);
    l.fd = -1;
    assert_int_equal(weir_acceptor_accept(&l.acceptor, &slot, &t), WEIR_ACCEPT_FAILED);
    assert_string_equal(weir_acceptor_error(&l.acceptor)->step, "accept");
    weir_acceptor_close(&l.acceptor);
}

#define LISTENER_TEST(f) \
    cmocka_unit_test_setup_teardown(f, support_count_descriptors, support_check_descriptors)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LISTENER_TEST(port_0_is_told_as_the_real_one),
        LISTENER_TEST(what_is_accepted_is_non_blocking_close_on_exec_and_without_delay),
        LISTENER_TEST(each_step_fails_by_name),
        LISTENER_TEST(a_port_that_needs_a_privilege_is_refused_to_others),
        LISTENER_TEST(ip6_leaves_the_port_to_ip4_unless_told_to_take_it),
        LISTENER_TEST(a_stale_socket_is_replaced_and_ones_own_is_removed),
        LISTENER_TEST(a_socket_on_which_somebody_listens_is_left_alone),
        LISTENER_TEST(what_is_not_a_socket_is_never_removed),
        LISTENER_TEST(only_the_process_that_bound_a_path_removes_it),
        LISTENER_TEST(a_path_that_is_somebody_elses_by_now_is_not_removed),
        LISTENER_TEST(a_listening_socket_is_adopted),
        LISTENER_TEST(an_adopted_path_is_never_removed),
        LISTENER_TEST(what_does_not_listen_is_not_adopted),
        LISTENER_TEST(each_error_of_accept_says_what_to_do_next),
        LISTENER_TEST(out_of_descriptors_is_full_and_passes),
        LISTENER_TEST(an_acceptor_without_its_socket_has_failed),
    };
    return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
