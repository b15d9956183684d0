/* SPDX-License-Identifier: MIT */
/* weir/listener.h - a listening socket, its life cycle step by step. */
#ifndef WEIR_LISTENER_H
#define WEIR_LISTENER_H

#include "weir/acceptor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero-initialised: as most servers want it. */
typedef struct weir_listener_options {
    int backlog;          /* connections that may wait; 0: the system's maximum */
    bool without_reuse;   /* no SO_REUSEADDR: a restart may wait for TIME_WAIT to pass */
    bool with_delay;      /* no TCP_NODELAY on what is accepted */
    bool with_ip4_in_ip6; /* no IPV6_V6ONLY: "[::]" takes IPv4 peers too */
} weir_listener_options;

/* Fields are private, but for acceptor. */
typedef struct weir_listener {
    weir_acceptor acceptor; /* pass &listener.acceptor to the calls of weir/acceptor.h */
    int fd;
    weir_address address; /* as asked for; after bind, the real one */
    weir_listener_options options;
    long owner; /* the process that bound a Unix-domain path, and removes it; else 0 */
    unsigned long long device, inode; /* of that path: nobody else's file is removed */
} weir_listener;

/*
 * The life of a listener: create, options, bind, listen, then weir_acceptor_accept() until
 * weir_acceptor_close(). Each step is true, or false with step, address and the system's reason in
 * `why`; then only close may follow.
 */

/* socket(2), non-blocking and close-on-exec. On false there is nothing to close. */
bool weir_listener_create(weir_listener *l, const weir_address *address,
                          const weir_listener_options *options, weir_io_error *why);

/* setsockopt(2) for each option; the step is the option's name, such as "IPV6_V6ONLY". */
bool weir_listener_set_options(weir_listener *l, weir_io_error *why);

/*
 * bind(2); afterwards weir_acceptor_address() has the real port. A Unix-domain path may exist
 * already: a socket on which nobody listens is stale and is replaced; one on which somebody does is
 * EADDRINUSE, and so is whatever is not a socket: that is never removed.
 */
bool weir_listener_bind(weir_listener *l, weir_io_error *why);

/* listen(2). */
bool weir_listener_listen(weir_listener *l, weir_io_error *why);

/* All four. On false there is nothing to close. */
bool weir_listener_open(weir_listener *l, const weir_address *address,
                        const weir_listener_options *options, weir_io_error *why);

/*
 * Takes over a socket that listens already, such as the service manager passes in, and makes it
 * non-blocking and close-on-exec. False: `why` has the step, such as "SO_ACCEPTCONN" for a socket
 * that does not listen; fd is still the caller's. TCP_NODELAY is set. An adopted Unix-domain path
 * is never removed.
 */
bool weir_listener_adopt(weir_listener *l, int fd, weir_io_error *why);

/*
 * weir_acceptor_close() closes the descriptor. The process that bound a Unix-domain path removes it
 * as well, where it is still the same file; a forked worker that closes its copy does not.
 */

#ifdef __cplusplus
}
#endif

#endif
