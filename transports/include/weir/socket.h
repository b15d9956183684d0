/* SPDX-License-Identifier: MIT */
/* weir/socket.h - stream sockets as transports: IPv4, IPv6, Unix-domain. */
#ifndef WEIR_SOCKET_H
#define WEIR_SOCKET_H

#include "weir/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One connected, or connecting, socket. Fields are private. */
typedef struct weir_socket {
    weir_transport transport; /* pass &socket.transport to the calls of weir/transport.h */
    int fd;
    bool is_connecting, is_shut, is_gone, is_failed;
    weir_address remote; /* kept: the system forgets it once the connection is reset */
} weir_socket;

/*
 * Begins to connect; weir_transport_ready() completes it. False: `why` has the step, and there is
 * nothing to close. no_delay: TCP_NODELAY, as one wants who writes whole messages.
 */
bool weir_socket_connect(weir_socket *s, const weir_address *remote, bool no_delay,
                         weir_io_error *why);

/*
 * Takes over a connected stream socket, such as an end of socketpair(2), and makes it non-blocking
 * and close-on-exec. False: `why` has the step, and fd is still the caller's.
 */
bool weir_socket_adopt(weir_socket *s, int fd, weir_io_error *why);

/* The same for a socket that is known to be both already. Makes no system call. */
void weir_socket_init(weir_socket *s, int fd, const weir_address *remote);

#ifdef __cplusplus
}
#endif

#endif
