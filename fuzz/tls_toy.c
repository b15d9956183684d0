/* SPDX-License-Identifier: MIT */
/* fuzz/tls_toy.c - weir/tls.h without any cryptography: a handshake that may have to wait both ways,
 * what is foreign given back, octets passed on. So a session goes all the ways that TLS makes it go,
 * no OpenSSL is needed, and MemorySanitizer knows every octet. tls_server.c has the real one. */
#include "tls_toy.h"
#include "support.h"

enum {
    TOY_HELLO = sizeof TLS_TOY_HELLO - 1,
};

struct weir_tls_context {
    int unused;
};

weir_tls_context *tls_toy_context(void)
{
    static weir_tls_context context;

    return &context;
}

static weir_tls *toy_of(weir_transport *t)
{
    return (weir_tls *)t; /* its first member */
}

static weir_io toy_fail(weir_tls *tls, weir_io io)
{
    tls->failed = io;
    tls->transport.error = (weir_io_error){.step = "tls handshake", .reason = "no hello"};
    return io;
}

/* The client's hello, octet by octet; it is foreign from the first that is another. */
static weir_io toy_hear(weir_tls *tls)
{
    size_t got;

    while (tls->first_len < TOY_HELLO) {
        weir_io io = weir_transport_read(tls->below, &tls->first[tls->first_len], 1, &got);
        if (io == WEIR_IO_END) return toy_fail(tls, WEIR_IO_TRUNCATED);
        if (io == WEIR_IO_RESET) return toy_fail(tls, io);
        if (io != WEIR_IO_OK) return io;
        unsigned char expected = (unsigned char)TLS_TOY_HELLO[tls->first_len];
        if (tls->first[tls->first_len++] != expected) return toy_fail(tls, WEIR_IO_FAILED);
    }
    return WEIR_IO_OK;
}

/* `write_retry` counts what is said of the server's. */
static weir_io toy_ready(weir_transport *t)
{
    weir_tls *tls = toy_of(t);
    char hello[] = TLS_TOY_HELLO;
    size_t put;

    if (tls->failed != WEIR_IO_OK) return tls->failed;
    weir_io io = toy_hear(tls);
    while (io == WEIR_IO_OK && tls->write_retry < TOY_HELLO) {
        struct iovec part = {hello + tls->write_retry, TOY_HELLO - tls->write_retry};
        io = weir_transport_write(tls->below, &part, 1, &put);
        tls->write_retry += put;
        if (io == WEIR_IO_RESET) return toy_fail(tls, io);
    }
    tls->is_ready = io == WEIR_IO_OK;
    return io;
}

static weir_io toy_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    require(toy_of(t)->is_ready, "a session reads behind its handshake");
    return weir_transport_read(toy_of(t)->below, buf, len, got);
}

static weir_io toy_write(weir_transport *t, const struct iovec *parts, size_t count, size_t *put)
{
    require(toy_of(t)->is_ready, "a session writes behind its handshake");
    return weir_transport_write(toy_of(t)->below, parts, count, put);
}

static weir_io toy_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    (void)t;
    (void)fd;
    (void)offset;
    (void)len;
    return WEIR_IO_UNSUPPORTED;
}

static weir_io toy_shutdown(weir_transport *t)
{
    return weir_transport_shutdown(toy_of(t)->below);
}

static void toy_close(weir_transport *t)
{
    weir_transport_close(toy_of(t)->below);
}

static void toy_abort(weir_transport *t)
{
    weir_transport_abort(toy_of(t)->below);
}

static int toy_handle(const weir_transport *t)
{
    return weir_transport_handle(((const weir_tls *)t)->below);
}

static void toy_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    weir_transport_addresses(((const weir_tls *)t)->below, local, remote);
}

static void toy_facts(const weir_transport *t, weir_transport_facts *facts)
{
    const weir_tls *tls = (const weir_tls *)t;

    facts->secure = tls->is_ready;
    if (tls->failed != WEIR_IO_FAILED) return;
    facts->foreign = tls->first;
    facts->foreign_len = tls->first_len;
}

static const weir_transport_ops toy_ops = {
    .name = "toy",
    .ready = toy_ready,
    .read = toy_read,
    .write = toy_write,
    .sendfile = toy_sendfile,
    .shutdown = toy_shutdown,
    .close = toy_close,
    .abort = toy_abort,
    .handle = toy_handle,
    .addresses = toy_addresses,
    .facts = toy_facts,
};

bool weir_tls_server_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                          weir_io_error *why)
{
    (void)why;
    *tls = (weir_tls){.transport = {.ops = &toy_ops}, .below = below, .context = context};
    return true;
}

weir_transport *weir_tls_detach(weir_tls *tls)
{
    weir_transport *below = tls->below;

    tls->below = NULL;
    tls->transport.ops = NULL;
    return below;
}
