/* SPDX-License-Identifier: MIT */
/* test_contract.c - every backend, and TLS over several, keeps the contract of weir/transport.h. */
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "contract.h"

static bool open_socketpair(contract_pair *pair)
{
    weir_io_error why;
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_true(weir_socket_adopt(&pair->below_client.socket, ends[0], &why));
    assert_true(weir_socket_adopt(&pair->below_server.socket, ends[1], &why));
    pair->client = &pair->below_client.transport;
    pair->server = &pair->below_server.transport;
    return true;
}

/* A small buffer, so that short writes happen. (A small one to receive waits for delayed ACKs.) */
static void shrink_buffer(weir_transport *t)
{
    int size = 4096;

    (void)setsockopt(weir_transport_handle(t), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

/* A listener, a connect and an accept. */
static void open_through_listener(contract_pair *pair, const char *text)
{
    weir_listener listener;
    weir_listener_options options = {.backlog = 4};
    weir_address address;
    weir_io_error why;
    char reason[256];

    assert_true(weir_address_parse(text, &address));
    if (!weir_listener_open(&listener, &address, &options, &why))
        fail_msg("%s", weir_io_error_text(&why, reason, sizeof reason));
    weir_acceptor_address(&listener.acceptor, &address);
    assert_true(weir_socket_connect(&pair->below_client.socket, &address, true, &why));
    pair->client = &pair->below_client.transport;
    struct pollfd waiting = {.fd = weir_acceptor_handle(&listener.acceptor), .events = POLLIN};
    assert_int_equal(poll(&waiting, 1, 5000), 1);
    assert_int_equal(weir_acceptor_accept(&listener.acceptor, &pair->below_server, &pair->server),
                     WEIR_ACCEPT_OK);
    weir_acceptor_close(&listener.acceptor);
    shrink_buffer(pair->client);
    shrink_buffer(pair->server);
}

static bool open_tcp4(contract_pair *pair)
{
    open_through_listener(pair, "127.0.0.1:0");
    return true;
}

static bool open_tcp6(contract_pair *pair)
{
    if (!support_has_ip6()) return false;
    open_through_listener(pair, "[::1]:0");
    return true;
}

static bool open_unix(contract_pair *pair)
{
    char folder[128], address[256];

    support_make_folder(folder, sizeof folder);
    snprintf(address, sizeof address, "unix:%s/s", folder);
    open_through_listener(pair, address);
    support_remove_folder(folder);
    return true;
}

static const contract_backend backends[] = {
    {.name = "memory", .open_below = contract_open_memory, .is_memory = true},
    {.name = "socketpair", .open_below = open_socketpair, .has_sendfile = true},
    {.name = "tcp4", .open_below = open_tcp4, .has_sendfile = true},
    {.name = "tcp6", .open_below = open_tcp6, .has_sendfile = true},
    {.name = "unix", .open_below = open_unix, .has_sendfile = true},
    {.name = "tls over memory",
     .open_below = contract_open_memory,
     .is_memory = true,
     .is_secure = true},
    {.name = "tls 1.2 over memory",
     .open_below = contract_open_memory,
     .is_memory = true,
     .is_secure = true,
     .tls_version = TLS1_2_VERSION},
    {.name = "tls over socketpair", .open_below = open_socketpair, .is_secure = true},
    {.name = "tls over tcp4", .open_below = open_tcp4, .is_secure = true},
};

int main(void)
{
    uint64_t seeds = getenv("WEIR_UNDER_VALGRIND") != NULL ? 20 : 300; /* it is 30 times slower */
    int failed = 0;

    contract_make_contexts();
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
        failed += contract_run(&backends[i]);
        if (backends[i].is_memory) failed += contract_run_seeds(&backends[i], seeds);
    }
    contract_free_contexts();
    return failed;
}
