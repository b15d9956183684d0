/* SPDX-License-Identifier: MIT */
/* server.h - the reference server as one call: what to serve, where, with how many processes. */
#ifndef WEIR_SERVER_H
#define WEIR_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap.h"
#include "weir/acceptor.h"
#include "weir/isa.h"
#include "weir/tls.h"

/* Where the server listens: bound and listening. weir_server_run() closes it. */
typedef struct {
    weir_acceptor *acceptor; /* &listener.acceptor, or a simulator's */
    weir_tls_context *tls;   /* NULL: plain HTTP; else HTTPS. ALPN "http/1.1" is the maker's part */
} weir_server_listener;

/* Deadlines in milliseconds. A member that is 0 takes its default. */
typedef struct {
    uint32_t handshake_ms; /* the whole TLS handshake: 10 s */
    uint32_t head_ms;      /* a whole head, counted from its first octet: 15 s */
    uint32_t idle_ms;      /* between exchanges, and before the first: 60 s */
    uint32_t body_ms;      /* without progress while payload is to come: 30 s */
    uint32_t send_ms;      /* without progress while there is something to send: 30 s */
    uint32_t linger_ms;    /* reading on after the last octet was sent (RFC 9112 §9.6): 2 s */
    uint32_t drain_ms;     /* for responses in flight, after the signal to stop: 30 s */
} weir_server_timeouts;

/* What a request may carry, unless the options say otherwise. */
#define WEIR_SERVER_PAYLOAD_BYTES_DEFAULT ((uint64_t)64 << 20)

/* What to serve. Zero-initialised but for root and listeners, it is the default. */
typedef struct {
    const char *root; /* the folder served; nothing outside of it is ever opened */
    const weir_server_listener *listeners;
    size_t listener_count;
    unsigned workers;           /* processes; 0: one for each core that this process may run on */
    size_t connections_max;     /* of each worker; 0: 16384; fewer where descriptors are scarce */
    uint64_t payload_bytes_max; /* of one request, else 413; 0: 64 MiB; at most 2^63-1 */
    uint32_t allow;             /* leniencies, bits WEIR_ALLOW_* of weir/limits.h */
    bool without_listing;       /* a folder without an index is answered 403 instead of a listing */
    bool with_demo;             /* the resources of demo.h: POST /, /echo, /cookie */
    bool quiet;                 /* errors only on standard error */
    weir_isa isa;               /* what heads are read with; AUTO: each worker asks the machine */
    weir_server_timeouts timeouts;
    weir_tap *tap;            /* listens in on all connections (tap.h); NULL: nobody */
    unsigned tap_descriptors; /* that it has open for each connection */
} weir_server_options;

/*
 * Serves until SIGTERM or SIGINT: forks the workers, starts anew those that crash, and on the
 * signal lets responses in flight finish (at most drain_ms; a second signal ends at once).
 * With one worker there is no master and no fork: this process serves. Signal dispositions are set
 * and, before it returns, put back. Who blocks both signals, then says that it is ready, then
 * calls, loses none that comes in between. Every acceptor is closed, as soon as the stop begins:
 * `ops` is NULL then. Forked workers never return from it.
 *
 * What it returns is an exit status: 0 after a stop that was asked for; 1 when it could not start
 * or a worker could not be kept alive, with the reason on standard error.
 */
int weir_server_run(const weir_server_options *options);

#endif
