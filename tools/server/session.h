/* SPDX-License-Identifier: MIT */
/* session.h - one connection: the only thing that knows both an engine and a transport. */
#ifndef WEIR_SESSION_H
#define WEIR_SESSION_H

#include "lease.h"
#include "tap.h"
#include "timers.h"
#include "weir/acceptor.h"
#include "weir/conn.h"
#include "weir/tls.h"

typedef struct weir_session weir_session;

/* What all sessions of a worker share. */
typedef struct {
    weir_site site;
    weir_limits limits;       /* of what a peer may send */
    weir_conn_options engine; /* with these limits */
    weir_timers timers;
    weir_leases leases;
    weir_tap *tap;         /* NULL: nobody listens in */
    weir_session *open;    /* all that are open */
    weir_session *resumed; /* those that come back unasked, the first first */
    weir_session **resumed_end;
    size_t open_count;
} weir_sessions;

typedef enum {
    WEIR_SESSION_CLOSED,
    WEIR_SESSION_HANDSHAKE,
    WEIR_SESSION_OPEN,
    WEIR_SESSION_LINGER, /* all is said: read on until the peer has heard it (RFC 9112 §9.6) */
} weir_session_phase;

/* Fields are private to session*.c; closed, it is the worker's. */
struct weir_session {
    weir_timer timer; /* first: session.c finds a session by its timer */
    weir_sessions *all;
    weir_session *next, *previous; /* of those that are open; closed: next of those that are free */
    weir_session *next_resumed;
    weir_lease *lease; /* NULL while it waits for a request */
    weir_transport *transport;
    uint32_t token;
    uint8_t phase;
    uint8_t interest;                /* WEIR_WATCH_*, as the world knows it */
    uint8_t read_wants, write_wants; /* what the transport last wanted, likewise; 0: nothing */
    bool may_read;                   /* there may be something to read */
    bool is_resumed;                 /* in that queue */
    bool is_read_over;               /* no more octets will come */
    bool is_over;                    /* no more requests will come */
    bool is_cut;                     /* an answer could not be completed: no clean end */
    bool is_plain;                   /* without TLS where it should be: told so, and ended */
    bool is_secure;                  /* TLS beneath: there is an end to be told */
    uint64_t exchanges;
    uint64_t timer_exchanges; /* what `exchanges` was when the timer was started */
    uint64_t progress;        /* octets moved since then */
    weir_conn conn;
    weir_tls tls;
    weir_accept_slot slot; /* for the acceptor */
};

/* ms: for each kind of timer. `all` stays where it is; its limits may be changed before the first
 * session starts. */
void weir_sessions_init(weir_sessions *all, weir_world *world, const uint32_t ms[]);

/*
 * Begins a session over a transport that was just accepted. It may be over when this returns, as
 * after each of the calls below: phase is CLOSED then, and everything is given back.
 */
void weir_session_start(weir_session *s, weir_sessions *all, uint32_t token, weir_transport *t,
                        weir_tls_context *tls);

/* The world says that its handle is ready. */
void weir_session_ready(weir_session *s, bool readable, bool writable);

/* It is its turn again, unasked: the first of `resumed`, which it has left. */
void weir_session_resume(weir_session *s);

/* Its deadline has passed. */
void weir_session_expired(weir_session *s, weir_timer_kind kind);
weir_session *weir_session_of_timer(weir_timer *timer);

/*
 * Ends the connection that has waited longest for another request, if any has: somebody else needs
 * its place. Never one with an exchange under way, nor one that has just come. *evicted is the one
 * that was looked at, if any was. True: it is closed.
 */
bool weir_session_evict(weir_sessions *all, weir_session **evicted);

/* Finish what is under way and begin nothing. */
void weir_session_drain(weir_session *s);

/* Ends at once. */
void weir_session_abort(weir_session *s);

#endif
