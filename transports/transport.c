/* SPDX-License-Identifier: MIT */
/* transport.c - the calls of both interfaces: what is alike for all, then the backend's table. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "weir/acceptor.h"
#include "weir/transport.h"

const char *weir_io_name(weir_io io)
{
    switch (io) {
    case WEIR_IO_OK: return "OK";
    case WEIR_IO_WANT_READ: return "WANT_READ";
    case WEIR_IO_WANT_WRITE: return "WANT_WRITE";
    case WEIR_IO_END: return "END";
    case WEIR_IO_TRUNCATED: return "TRUNCATED";
    case WEIR_IO_RESET: return "RESET";
    case WEIR_IO_UNSUPPORTED: return "UNSUPPORTED";
    case WEIR_IO_FAILED: return "FAILED";
    }
    return "unknown";
}

const char *weir_accept_name(weir_accept result)
{
    switch (result) {
    case WEIR_ACCEPT_OK: return "OK";
    case WEIR_ACCEPT_NONE: return "NONE";
    case WEIR_ACCEPT_LOST: return "LOST";
    case WEIR_ACCEPT_FULL: return "FULL";
    case WEIR_ACCEPT_FAILED: return "FAILED";
    }
    return "unknown";
}

char *weir_io_error_text(const weir_io_error *error, char *buf, size_t size)
{
    char about[WEIR_ADDRESS_TEXT_MAX] = "";
    const char *file = error->file != NULL ? error->file : "";
    const char *reason = error->reason;

    if (error->step == NULL) {
        (void)snprintf(buf, size, "no error");
        return buf;
    }
    if (error->address != NULL) (void)weir_address_text(error->address, about, sizeof about);
    if (reason == NULL) reason = error->code != 0 ? strerror(error->code) : "no reason given";
    (void)snprintf(buf, size, "%s%s%s%s%s: %s", error->step, *about != '\0' ? " " : "", about,
                   *file != '\0' ? " " : "", file, reason);
    return buf;
}

weir_io weir_transport_ready(weir_transport *t)
{
    return t->ops->ready(t);
}

weir_io weir_transport_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    assert(len > 0);
    *got = 0;
    return t->ops->read(t, buf, len, got);
}

weir_io weir_transport_write(weir_transport *t, const struct iovec *parts, size_t count,
                             size_t *put)
{
    *put = 0;
    while (count > 0 && parts->iov_len == 0) {
        parts++;
        count--;
    }
    if (count == 0) return WEIR_IO_OK;
    return t->ops->write(t, parts, count, put);
}

weir_io weir_transport_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    assert(len > 0);
    return t->ops->sendfile(t, fd, offset, len);
}

weir_io weir_transport_shutdown(weir_transport *t)
{
    return t->ops->shutdown(t);
}

void weir_transport_close(weir_transport *t)
{
    t->ops->close(t);
    t->ops = NULL;
}

void weir_transport_abort(weir_transport *t)
{
    t->ops->abort(t);
    t->ops = NULL;
}

int weir_transport_handle(const weir_transport *t)
{
    return t->ops->handle(t);
}

void weir_transport_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    weir_address unused;

    t->ops->addresses(t, local != NULL ? local : &unused, remote != NULL ? remote : &unused);
}

void weir_transport_facts_get(const weir_transport *t, weir_transport_facts *facts)
{
    *facts = (weir_transport_facts){.secure = false};
    t->ops->facts(t, facts);
}

const weir_io_error *weir_transport_error(const weir_transport *t)
{
    return &t->error;
}

weir_accept weir_acceptor_accept(weir_acceptor *a, weir_accept_slot *slot, weir_transport **out)
{
    return a->ops->accept(a, slot, out);
}

int weir_acceptor_handle(const weir_acceptor *a)
{
    return a->ops->handle(a);
}

void weir_acceptor_address(const weir_acceptor *a, weir_address *out)
{
    a->ops->address(a, out);
}

void weir_acceptor_close(weir_acceptor *a)
{
    if (a->ops == NULL) return;
    a->ops->close(a);
    a->ops = NULL;
}

const weir_io_error *weir_acceptor_error(const weir_acceptor *a)
{
    return &a->error;
}
