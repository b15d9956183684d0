/* SPDX-License-Identifier: MIT */
/* weir/acceptor.h - what a worker sees of a listener, be it the system's or a simulator's. */
#ifndef WEIR_ACCEPTOR_H
#define WEIR_ACCEPTOR_H

#include "weir/socket.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What an attempt to accept came to, and what the worker does next. */
typedef enum weir_accept {
    WEIR_ACCEPT_OK,     /* a connection: try for another */
    WEIR_ACCEPT_NONE,   /* nobody is waiting: come back when the handle is readable */
    WEIR_ACCEPT_LOST,   /* one was there and went (ECONNABORTED, EPROTO ...): try for another */
    WEIR_ACCEPT_FULL,   /* out of descriptors or memory (EMFILE, ENFILE, ENOBUFS, ENOMEM): stop
                           accepting until a connection has been closed, or a while has passed */
    WEIR_ACCEPT_FAILED, /* this acceptor will never accept again */
} weir_accept;

/* The name of a result as it stands above, without its prefix: "LOST". */
const char *weir_accept_name(weir_accept result);

/*
 * Room for an accepted connection: a member of the worker's slot, so that accepting allocates
 * nothing. It must stay where it is while the connection is open.
 */
typedef union weir_accept_slot {
    weir_transport transport;
    weir_socket socket;
} weir_accept_slot;

typedef struct weir_acceptor weir_acceptor;

typedef struct weir_acceptor_ops {
    weir_accept (*accept)(weir_acceptor *a, weir_accept_slot *slot, weir_transport **out);
    int (*handle)(const weir_acceptor *a);
    void (*address)(const weir_acceptor *a, weir_address *out);
    void (*close)(weir_acceptor *a);
} weir_acceptor_ops;

/* The first member of every acceptor's struct, which is the caller's memory. */
struct weir_acceptor {
    const weir_acceptor_ops *ops; /* NULL: closed */
    weir_io_error error;
};

/*
 * Accepts one connection, never waiting. OK: *out is a transport, to be closed by the caller. It
 * lies in `slot` or, of a simulator, anywhere: only *out is used. Else both are untouched, and for
 * LOST, FULL and FAILED weir_acceptor_error() has the reason.
 */
weir_accept weir_acceptor_accept(weir_acceptor *a, weir_accept_slot *slot, weir_transport **out);

/* What the world watches: readable when somebody waits. */
int weir_acceptor_handle(const weir_acceptor *a);

/* Where it listens, the real port in it. */
void weir_acceptor_address(const weir_acceptor *a, weir_address *out);

/* Accepts no more. Connections already accepted live on. Closed already, nothing happens. */
void weir_acceptor_close(weir_acceptor *a);

const weir_io_error *weir_acceptor_error(const weir_acceptor *a);

#ifdef __cplusplus
}
#endif

#endif
