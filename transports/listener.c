/* SPDX-License-Identifier: MIT */
/* listener.c - a listening socket, its life cycle step by step. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockaddr.h"
#include "weir/listener.h"

/* Keeps which step failed and why before anything else can change errno. Always false. */
static bool listener_failed(const weir_listener *l, const char *step, weir_io_error *why)
{
    *why = (weir_io_error){.step = step, .code = errno, .address = &l->address};
    return false;
}

weir_accept weir__accept_from_errno(int code)
{
    switch (code) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return WEIR_ACCEPT_NONE;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return WEIR_ACCEPT_FULL;
    /* Errors of the new connection, which Linux passes on from accept(2). */
    case ECONNABORTED:
    case ECONNRESET:
    case EPROTO:
    case EPERM: /* a firewall's */
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ETIMEDOUT: return WEIR_ACCEPT_LOST;
    default: return WEIR_ACCEPT_FAILED;
    }
}

static weir_accept listener_accept(weir_acceptor *a, weir_accept_slot *slot, weir_transport **out)
{
    weir_listener *l = (weir_listener *)a;
    struct sockaddr_storage name;
    socklen_t len;
    weir_address remote;
    int fd;

    do {
        len = sizeof name;
        fd = accept4(l->fd, (struct sockaddr *)&name, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        a->error = (weir_io_error){.step = "accept", .code = errno, .address = &l->address};
        return weir__accept_from_errno(a->error.code);
    }
    weir__address_from_sockaddr(&name, len, &remote); /* TCP_NODELAY is the listener's, inherited */
    weir_socket_init(&slot->socket, fd, &remote);
    *out = &slot->transport;
    return WEIR_ACCEPT_OK;
}

static int listener_handle(const weir_acceptor *a)
{
    return ((const weir_listener *)a)->fd;
}

static void listener_address(const weir_acceptor *a, weir_address *out)
{
    *out = ((const weir_listener *)a)->address;
}

/* The path goes before the descriptor: while we listen, nobody takes it for stale. */
static void listener_close(weir_acceptor *a)
{
    weir_listener *l = (weir_listener *)a;
    struct stat now;

    if (l->owner == (long)getpid() && lstat(l->address.path, &now) == 0 &&
        now.st_dev == l->device && now.st_ino == l->inode)
        (void)unlink(l->address.path);
    (void)close(l->fd);
    l->fd = -1;
}

static const weir_acceptor_ops listener_ops = {
    .accept = listener_accept,
    .handle = listener_handle,
    .address = listener_address,
    .close = listener_close,
};

bool weir_listener_create(weir_listener *l, const weir_address *address,
                          const weir_listener_options *options, weir_io_error *why)
{
    *l = (weir_listener){.fd = -1, .address = *address, .options = *options};
    l->fd = socket(weir__address_domain(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (l->fd < 0) return listener_failed(l, "socket", why);
    l->acceptor.ops = &listener_ops;
    return true;
}

bool weir_listener_set_options(weir_listener *l, weir_io_error *why)
{
    const weir_listener_options *opt = &l->options;
    int reuse = !opt->without_reuse, no_delay = !opt->with_delay, v6only = !opt->with_ip4_in_ip6;

    if (l->address.family == WEIR_FAMILY_UNIX) return true; /* none of them is for it */
    if (setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) != 0)
        return listener_failed(l, "SO_REUSEADDR", why);
    if (setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay) != 0)
        return listener_failed(l, "TCP_NODELAY", why);
    if (l->address.family == WEIR_FAMILY_IP6 &&
        setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only) != 0)
        return listener_failed(l, "IPV6_V6ONLY", why);
    return true;
}

/*
 * Whether nobody listens on this path any more: a connect that is refused says so. A server between
 * its bind and its listen refuses as well; nothing tells it apart.
 */
static bool listener_is_stale(const struct sockaddr_storage *name, socklen_t len)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) return false;
    bool refused = connect(fd, (const struct sockaddr *)name, len) != 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return refused;
}

/* The path is taken. Removes what lies there if that is a stale socket, else EADDRINUSE. */
static bool listener_clear_path(const weir_listener *l, const struct sockaddr_storage *name,
                                socklen_t len, weir_io_error *why)
{
    struct stat before, now;
    const char *path = l->address.path;

    errno = EADDRINUSE;
    (void)listener_failed(l, "bind", why);
    if (lstat(path, &before) != 0) return errno == ENOENT; /* gone meanwhile */
    if (!S_ISSOCK(before.st_mode)) {
        why->reason = "the path exists and is not a socket";
        return false;
    }
    if (!listener_is_stale(name, len)) return false;
    if (lstat(path, &now) != 0) return errno == ENOENT;
    if (now.st_dev != before.st_dev || now.st_ino != before.st_ino) return false;
    if (unlink(path) == 0 || errno == ENOENT) return true;
    return listener_failed(l, "unlink", why);
}

bool weir_listener_bind(weir_listener *l, weir_io_error *why)
{
    bool is_unix = l->address.family == WEIR_FAMILY_UNIX;
    struct sockaddr_storage name;
    struct stat made;
    socklen_t len = weir__address_to_sockaddr(&l->address, &name);
    int failed = bind(l->fd, (struct sockaddr *)&name, len);

    if (failed && errno == EADDRINUSE && is_unix) {
        if (!listener_clear_path(l, &name, len, why)) return false;
        failed = bind(l->fd, (struct sockaddr *)&name, len);
    }
    if (failed) return listener_failed(l, "bind", why);
    if (is_unix) {
        if (lstat(l->address.path, &made) != 0) return listener_failed(l, "lstat", why);
        l->owner = (long)getpid();
        l->device = made.st_dev;
        l->inode = made.st_ino;
        return true;
    }
    len = sizeof name;
    if (getsockname(l->fd, (struct sockaddr *)&name, &len) != 0)
        return listener_failed(l, "getsockname", why);
    weir__address_from_sockaddr(&name, len, &l->address);
    return true;
}

bool weir_listener_listen(weir_listener *l, weir_io_error *why)
{
    int backlog = l->options.backlog > 0 ? l->options.backlog : SOMAXCONN;

    if (listen(l->fd, backlog) != 0) return listener_failed(l, "listen", why);
    return true;
}

bool weir_listener_open(weir_listener *l, const weir_address *address,
                        const weir_listener_options *options, weir_io_error *why)
{
    if (!weir_listener_create(l, address, options, why)) return false;
    if (!weir_listener_set_options(l, why) || !weir_listener_bind(l, why) ||
        !weir_listener_listen(l, why)) {
        weir_acceptor_close(&l->acceptor);
        return false;
    }
    return true;
}

/* One integer of getsockopt(2), or -1 with errno. */
static int listener_option(int fd, int option)
{
    int value = -1;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

bool weir_listener_adopt(weir_listener *l, int fd, weir_io_error *why)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    int on = 1;

    *l = (weir_listener){.fd = -1};
    if (getsockname(fd, (struct sockaddr *)&name, &len) != 0)
        return listener_failed(l, "getsockname", why);
    weir__address_from_sockaddr(&name, len, &l->address);
    errno = EINVAL; /* the reason where an option is there and not as it must be */
    if (l->address.family == WEIR_FAMILY_NONE) return listener_failed(l, "SO_DOMAIN", why);
    if (listener_option(fd, SO_TYPE) != SOCK_STREAM) return listener_failed(l, "SO_TYPE", why);
    if (listener_option(fd, SO_ACCEPTCONN) != 1) return listener_failed(l, "SO_ACCEPTCONN", why);
    if (l->address.family != WEIR_FAMILY_UNIX &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        return listener_failed(l, "TCP_NODELAY", why);
    if (!weir__descriptor_prepare(fd)) return listener_failed(l, "fcntl", why);
    l->fd = fd;
    l->acceptor.ops = &listener_ops;
    return true;
}
