/* SPDX-License-Identifier: MIT */
/* socket.c - stream sockets as transports. Allocates nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockaddr.h"
#include "weir/socket.h"

enum {
    SOCKET_PARTS_MAX = 64
}; /* of a gathered write at once: the rest comes again */

static weir_socket *socket_of(weir_transport *t)
{
    return (weir_socket *)t; /* its first member */
}

/* Errors after which the connection is gone, whoever ended it. */
static bool socket_is_reset(int code)
{
    switch (code) {
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
    case ENOTCONN:
    case ETIMEDOUT:
    case ENETRESET:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH: return true;
    default: return false;
    }
}

/* Sorts errno of a call that did not succeed. `want`: what to wait for if it would have waited. */
static weir_io socket_failed(weir_socket *s, const char *step, weir_io want)
{
    int code = errno;

    if (code == EAGAIN || code == EWOULDBLOCK) return want;
    s->transport.error = (weir_io_error){.step = step, .code = code};
    if (!socket_is_reset(code)) return WEIR_IO_FAILED;
    s->is_gone = true;
    return WEIR_IO_RESET;
}

static weir_io socket_not_connected(weir_socket *s, int code)
{
    s->is_failed = true;
    s->transport.error = (weir_io_error){.step = "connect", .code = code, .address = &s->remote};
    return WEIR_IO_FAILED;
}

/* SO_ERROR alone says 0 of a connect that is still under way: poll() says whether it is over. */
static weir_io socket_ready(weir_transport *t)
{
    weir_socket *s = socket_of(t);
    struct pollfd over = {.fd = s->fd, .events = POLLOUT};
    int code = 0;
    socklen_t len = sizeof code;

    if (s->is_failed) return WEIR_IO_FAILED;
    if (!s->is_connecting) return WEIR_IO_OK;
    if (poll(&over, 1, 0) <= 0) return WEIR_IO_WANT_WRITE; /* EINTR too: come again */
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &len) != 0) code = errno;
    if (code != 0) return socket_not_connected(s, code);
    s->is_connecting = false;
    return WEIR_IO_OK;
}

static weir_io socket_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    weir_socket *s = socket_of(t);
    weir_io io = socket_ready(t);
    ssize_t n;

    if (io != WEIR_IO_OK) return io;
    if (len > SSIZE_MAX) len = SSIZE_MAX;
    do {
        n = recv(s->fd, buf, len, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        *got = (size_t)n;
        return WEIR_IO_OK;
    }
    /* The system tells of a reset once, and then says that the stream has ended. */
    if (s->is_gone) return WEIR_IO_RESET;
    if (n == 0) return WEIR_IO_END;
    return socket_failed(s, "recv", WEIR_IO_WANT_READ);
}

static weir_io socket_write(weir_transport *t, const struct iovec *parts, size_t count, size_t *put)
{
    weir_socket *s = socket_of(t);
    weir_io io = socket_ready(t);
    ssize_t n;

    if (io != WEIR_IO_OK) return io;
    if (s->is_gone || s->is_shut) return WEIR_IO_RESET;
    if (count > SOCKET_PARTS_MAX) count = SOCKET_PARTS_MAX;

    union { /* sendmsg() does not write through msg_iov, which is not const all the same */
        const struct iovec *in;
        struct iovec *out;
    } alias = {.in = parts};
    struct msghdr message = {.msg_iov = alias.out, .msg_iovlen = count};
    do {
        n = sendmsg(s->fd, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n < 0) return socket_failed(s, "sendmsg", WEIR_IO_WANT_WRITE);
    *put = (size_t)n;
    return WEIR_IO_OK;
}

static weir_io socket_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    weir_socket *s = socket_of(t);
    weir_io io = socket_ready(t);
    ssize_t n;

    if (io != WEIR_IO_OK) return io;
    if (s->is_gone || s->is_shut) return WEIR_IO_RESET;
    if (len > INT_MAX) len = INT_MAX; /* the system stops a little before that by itself */
    do {
        n = sendfile(s->fd, fd, offset, len);
    } while (n < 0 && errno == EINTR);
    if (n > 0) return WEIR_IO_OK;
    if (n == 0) return WEIR_IO_END;
    if (errno == EINVAL || errno == ENOSYS) return WEIR_IO_UNSUPPORTED; /* not a file to map */
    return socket_failed(s, "sendfile", WEIR_IO_WANT_WRITE);
}

static weir_io socket_shutdown(weir_transport *t)
{
    weir_socket *s = socket_of(t);
    weir_io io = socket_ready(t);

    if (io != WEIR_IO_OK) return io;
    if (s->is_gone) return WEIR_IO_RESET;
    if (s->is_shut) return WEIR_IO_OK;
    if (shutdown(s->fd, SHUT_WR) != 0) return socket_failed(s, "shutdown", WEIR_IO_WANT_WRITE);
    s->is_shut = true;
    return WEIR_IO_OK;
}

/* On Linux the descriptor is gone even when close(2) fails, EINTR included: never twice. */
static void socket_close(weir_transport *t)
{
    weir_socket *s = socket_of(t);

    (void)close(s->fd);
    s->fd = -1;
}

/* close(2) sends a reset then, and waits for nobody. Where it cannot be set, it only closes. */
static void socket_abort(weir_transport *t)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    (void)setsockopt(socket_of(t)->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_close(t);
}

static int socket_handle(const weir_transport *t)
{
    return ((const weir_socket *)t)->fd;
}

static void socket_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    const weir_socket *s = (const weir_socket *)t;
    struct sockaddr_storage name;
    socklen_t len = sizeof name;

    *remote = s->remote;
    *local = (weir_address){.family = WEIR_FAMILY_NONE};
    if (getsockname(s->fd, (struct sockaddr *)&name, &len) == 0)
        weir__address_from_sockaddr(&name, len, local);
}

static void socket_facts(const weir_transport *t, weir_transport_facts *facts)
{
    (void)t;
    (void)facts;
}

static const weir_transport_ops socket_ops = {
    .name = "socket",
    .ready = socket_ready,
    .read = socket_read,
    .write = socket_write,
    .sendfile = socket_sendfile,
    .shutdown = socket_shutdown,
    .close = socket_close,
    .abort = socket_abort,
    .handle = socket_handle,
    .addresses = socket_addresses,
    .facts = socket_facts,
};

void weir_socket_init(weir_socket *s, int fd, const weir_address *remote)
{
    *s = (weir_socket){.transport = {.ops = &socket_ops}, .fd = fd, .remote = *remote};
}

bool weir__descriptor_prepare(int fd)
{
    int status = fcntl(fd, F_GETFL);
    int flags = fcntl(fd, F_GETFD);

    return status >= 0 && flags >= 0 && fcntl(fd, F_SETFL, status | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == 0;
}

bool weir_socket_adopt(weir_socket *s, int fd, weir_io_error *why)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    weir_address remote;

    if (getpeername(fd, (struct sockaddr *)&name, &len) != 0) {
        *why = (weir_io_error){.step = "getpeername", .code = errno};
        return false;
    }
    if (!weir__descriptor_prepare(fd)) {
        *why = (weir_io_error){.step = "fcntl", .code = errno};
        return false;
    }
    weir__address_from_sockaddr(&name, len, &remote);
    weir_socket_init(s, fd, &remote);
    return true;
}

/* Keeps which step failed and why before anything else can change errno. Always false. */
static bool socket_connect_failed(weir_socket *s, const char *step, weir_io_error *why)
{
    *why = (weir_io_error){.step = step, .code = errno, .address = &s->remote};
    if (s->fd >= 0) (void)close(s->fd);
    s->fd = -1;
    s->transport.ops = NULL;
    return false;
}

bool weir_socket_connect(weir_socket *s, const weir_address *remote, bool no_delay,
                         weir_io_error *why)
{
    int domain = weir__address_domain(remote);
    struct sockaddr_storage name;
    int on = 1;

    weir_socket_init(s, -1, remote);
    s->fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) return socket_connect_failed(s, "socket", why);
    if (no_delay && domain != AF_UNIX &&
        setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        return socket_connect_failed(s, "TCP_NODELAY", why);

    socklen_t len = weir__address_to_sockaddr(remote, &name);
    if (connect(s->fd, (struct sockaddr *)&name, len) != 0) {
        /* Interrupted, it goes on by itself just as if it were under way. */
        if (errno != EINPROGRESS && errno != EINTR) return socket_connect_failed(s, "connect", why);
        s->is_connecting = true;
    }
    return true;
}
