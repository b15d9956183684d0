/* SPDX-License-Identifier: MIT */
/* worker.c - the loop. What it does not do: read, write, parse. */
#include <stdlib.h>

#include "session.h"
#include "worker.h"

enum {
    WORKER_CONNECTIONS_DEFAULT = 16384,
    WORKER_READY_MAX = 128,
    WORKER_ACCEPT_MAX = 16,    /* connections from one acceptor in a row */
    WORKER_TELL_MS = 10000,    /* how often it says so, at most */
    WORKER_REST_MS = 1000,     /* how long it does not accept when the system has no more */
    WORKER_FULL_MS = 100,      /* the same when all slots are taken, and none is idle */
    WORKER_FILES_SPARE = 1024, /* files open at a time, if every session has one and more */
};

typedef struct {
    weir_world *world;
    const weir_server_options *options;
    weir_sessions sessions;
    weir_session *slots;           /* tokens behind those of acceptors are theirs */
    size_t slot_count, slots_used; /* used: ever; memory behind them is untouched */
    weir_session *free;
    unsigned accept_turn; /* connections to try for in a row: as many as there lately were */
    bool is_paused;       /* acceptors are not watched: no slot or no descriptor is free */
    uint64_t tell_after;  /* when to say the next time that it does not accept */
    uint64_t rest_until;  /* paused: when to try again, though nothing was closed */
    bool is_draining, has_failed;
    uint64_t drain_until;
    uint64_t dated_s; /* what the date says; + 1, so that 0 is none */
} worker;

static uint32_t worker_default(uint32_t ms, uint32_t otherwise)
{
    return ms != 0 ? ms : otherwise;
}

static void worker_init_sessions(worker *w)
{
    const weir_server_timeouts *t = &w->options->timeouts;
    uint32_t ms[WEIR_TIMER_KINDS] = {
        [WEIR_TIMER_HANDSHAKE] = worker_default(t->handshake_ms, 10000),
        [WEIR_TIMER_IDLE] = worker_default(t->idle_ms, 60000),
        [WEIR_TIMER_HEAD] = worker_default(t->head_ms, 15000),
        [WEIR_TIMER_BODY] = worker_default(t->body_ms, 30000),
        [WEIR_TIMER_SEND] = worker_default(t->send_ms, 30000),
        [WEIR_TIMER_LINGER] = worker_default(t->linger_ms, 2000),
    };

    weir_sessions_init(&w->sessions, w->world, ms);
    w->sessions.limits.allow = w->options->allow;
    if (w->options->payload_bytes_max != 0)
        w->sessions.limits.payload_bytes_max = w->options->payload_bytes_max;
    else
        w->sessions.limits.payload_bytes_max = WEIR_SERVER_PAYLOAD_BYTES_DEFAULT;
    w->sessions.engine.isa = w->options->isa; /* else each connection would ask the machine */
    if (w->options->isa == WEIR_ISA_AUTO) w->sessions.engine.isa = weir_isa_best();
    w->sessions.tap = w->options->tap;
    w->sessions.site.with_listing = !w->options->without_listing;
    w->sessions.site.with_demo = w->options->with_demo;
}

static bool worker_init(worker *w, weir_world *world, const weir_server_options *options)
{
    *w = (worker){.world = world,
                  .options = options,
                  .slot_count = options->connections_max,
                  .accept_turn = 1};
    if (w->slot_count == 0) w->slot_count = WORKER_CONNECTIONS_DEFAULT;
    worker_init_sessions(w);
    w->slots = calloc(w->slot_count, sizeof *w->slots);
    if (w->slots == NULL) return false;
    return weir_filecache_init(&w->sessions.site.files, world, w->slot_count + WORKER_FILES_SPARE);
}

static void worker_free(worker *w)
{
    weir_filecache_free(&w->sessions.site.files);
    weir_leases_free(&w->sessions.leases);
    free(w->slots);
}

/* There is one, or there may be: somebody is idle. */
static bool worker_has_slot(worker *w)
{
    return w->free != NULL || w->slots_used < w->slot_count ||
           weir_timers_first(&w->sessions.timers, WEIR_TIMER_IDLE) != NULL;
}

/* What time it is for all that is done until the loop comes round. */
static void worker_look_at_clocks(worker *w)
{
    weir_site *site = &w->sessions.site;

    site->now_ms = w->world->ops->now_ms(w->world);
    site->wall_s = w->world->ops->wall_s(w->world);
    if (w->dated_s == (uint64_t)site->wall_s + 1) return;
    weir_date_write(site->wall_s, site->date);
    w->dated_s = (uint64_t)site->wall_s + 1;
}

/* ---- accepting ---- */

static weir_acceptor *worker_acceptor(const worker *w, size_t i)
{
    return w->options->listeners[i].acceptor;
}

/* Whatever is not watched is not told, so that nothing spins. */
static void worker_watch(worker *w)
{
    unsigned shared = w->options->workers != 1 ? WEIR_WATCH_SHARED : 0;

    for (size_t i = 0; i < w->options->listener_count; i++) {
        weir_acceptor *a = worker_acceptor(w, i);
        if (a->ops == NULL) continue;
        if (!w->world->ops->watch(w->world, weir_acceptor_handle(a), WEIR_WATCH_READ | shared,
                                  (uint32_t)i)) {
            weir_log(w->world, true, "a listener cannot be watched: out of memory or watches");
            w->has_failed = true;
        }
    }
}

static void worker_unwatch(worker *w)
{
    for (size_t i = 0; i < w->options->listener_count; i++) {
        weir_acceptor *a = worker_acceptor(w, i);
        if (a->ops != NULL) w->world->ops->unwatch(w->world, weir_acceptor_handle(a), false);
    }
}

static void worker_pause(worker *w, uint32_t rest_ms, const char *why)
{
    if (w->is_paused) return;
    w->is_paused = true;
    w->rest_until = w->sessions.site.now_ms + rest_ms;
    worker_unwatch(w);
    if (w->sessions.site.now_ms < w->tell_after) return;
    w->tell_after = w->sessions.site.now_ms + WORKER_TELL_MS;
    weir_log(w->world, true, "no connections are accepted for a while: %s", why);
}

static void worker_close_acceptors(worker *w)
{
    if (!w->is_paused) worker_unwatch(w);
    for (size_t i = 0; i < w->options->listener_count; i++) {
        weir_acceptor *a = worker_acceptor(w, i);
        if (a->ops != NULL) weir_acceptor_close(a);
    }
}

/* The others go on; without any there is no use in going on. */
static void worker_lose_acceptor(worker *w, weir_acceptor *a)
{
    char text[256];
    size_t left = 0;

    weir_log(w->world, true, "%s", weir_io_error_text(weir_acceptor_error(a), text, sizeof text));
    w->world->ops->unwatch(w->world, weir_acceptor_handle(a), false);
    weir_acceptor_close(a);
    for (size_t i = 0; i < w->options->listener_count; i++)
        left += worker_acceptor(w, i)->ops != NULL;
    if (left == 0) w->has_failed = true;
}

/* A slot that no connection has; it heads the list of those until it is taken off. NULL: none. */
static weir_session *worker_free_slot(worker *w)
{
    if (w->free == NULL && w->slots_used < w->slot_count) w->free = &w->slots[w->slots_used++];
    return w->free;
}

/* Gives the slot of a session back if it is over. */
static void worker_reap(worker *w, weir_session *s)
{
    if (s->phase != WEIR_SESSION_CLOSED) return;
    s->next = w->free;
    w->free = s;
    w->rest_until = 0; /* there is a descriptor again */
}

/* A slot that no connection has; where all are taken, an idle one makes room. NULL: none is idle. */
static weir_session *worker_slot(worker *w)
{
    weir_session *s = worker_free_slot(w), *evicted = NULL;

    if (s == NULL && weir_session_evict(&w->sessions, &evicted)) worker_reap(w, evicted);
    return worker_free_slot(w);
}

/* One connection. False: no more from this one, for now. */
static bool worker_accept_one(worker *w, const weir_server_listener *listener)
{
    weir_session *s = worker_slot(w);
    weir_transport *t;
    char text[256];

    if (s == NULL || !weir_leases_reserve(&w->sessions.leases, w->sessions.open_count + 1)) {
        if (s == NULL)
            worker_pause(w, WORKER_FULL_MS, "as many are open as may be");
        else
            worker_pause(w, WORKER_REST_MS, "out of memory");
        return false;
    }
    switch (weir_acceptor_accept(listener->acceptor, &s->slot, &t)) {
    case WEIR_ACCEPT_OK:
        w->free = s->next;
        weir_session_start(s, &w->sessions,
                           (uint32_t)(w->options->listener_count + (size_t)(s - w->slots)), t,
                           listener->tls);
        worker_reap(w, s);
        return true;
    case WEIR_ACCEPT_LOST: return true;
    case WEIR_ACCEPT_NONE: return false;
    case WEIR_ACCEPT_FULL:
        worker_pause(w, WORKER_REST_MS,
                     weir_io_error_text(weir_acceptor_error(listener->acceptor), text,
                                        sizeof text));
        return false;
    case WEIR_ACCEPT_FAILED: break;
    }
    worker_lose_acceptor(w, listener->acceptor);
    return false;
}

/* To ask and hear that nobody waits costs as much as to accept: what is left is told again. */
static void worker_accept(worker *w, uint32_t token)
{
    const weir_server_listener *listener = &w->options->listeners[token];

    for (unsigned i = 0; i < w->accept_turn; i++) {
        if (w->is_paused || w->is_draining || listener->acceptor->ops == NULL) return;
        /* Somebody waits for certain only at first: nobody is sent away on a guess. */
        if (i > 0 && worker_free_slot(w) == NULL) return;
        if (!worker_accept_one(w, listener)) {
            w->accept_turn = w->accept_turn > 1 ? w->accept_turn / 2 : 1;
            return;
        }
    }
    if (w->accept_turn < WORKER_ACCEPT_MAX) w->accept_turn++;
}

static void worker_accept_again(worker *w)
{
    if (!w->is_paused || w->is_draining || !worker_has_slot(w)) return;
    if (w->sessions.site.now_ms < w->rest_until) return;
    w->is_paused = false;
    worker_watch(w);
}

/* ---- the stop ---- */

static void worker_drain(worker *w)
{
    uint32_t ms = worker_default(w->options->timeouts.drain_ms, 30000);

    w->is_draining = true;
    w->drain_until = w->sessions.site.now_ms + ms;
    worker_close_acceptors(w);
    for (weir_session *s = w->sessions.open, *next; s != NULL; s = next) {
        next = s->next;
        weir_session_drain(s);
        worker_reap(w, s);
    }
}

static void worker_abort_all(worker *w)
{
    while (w->sessions.open != NULL) {
        weir_session *s = w->sessions.open;
        weir_session_abort(s);
        worker_reap(w, s);
    }
}

/* True when the loop is over. */
static bool worker_is_over(worker *w)
{
    unsigned stop = w->world->ops->stop(w->world);

    if (stop > 0 && !w->is_draining) worker_drain(w);
    if (w->has_failed || stop > 1) return true;
    return w->is_draining &&
           (w->sessions.open == NULL || w->sessions.site.now_ms >= w->drain_until);
}

/* ---- the loop ---- */

/* Until when there is nothing to do; -1: for ever. */
static int64_t worker_timeout(worker *w)
{
    uint64_t until = weir_timers_next(&w->sessions.timers);
    uint64_t now = w->sessions.site.now_ms;

    if (w->sessions.resumed != NULL) return 0;
    if (w->is_draining)
        until = w->drain_until < until ? w->drain_until : until;
    else if (w->is_paused && worker_has_slot(w) && w->rest_until < until)
        until = w->rest_until;
    if (until == WEIR_TIMERS_NEVER) return -1;
    return until > now ? (int64_t)(until - now) : 0;
}

static void worker_ready(worker *w, const weir_ready *ready)
{
    size_t acceptors = w->options->listener_count;

    if (ready->token < acceptors) return;
    weir_session *s = &w->slots[ready->token - acceptors];
    if (s->phase == WEIR_SESSION_CLOSED) return; /* cannot be: it was unwatched */
    weir_session_ready(s, ready->readable, ready->writable);
    worker_reap(w, s);
}

static void worker_resume(worker *w)
{
    weir_session *s = w->sessions.resumed;

    w->sessions.resumed = NULL; /* whoever comes back again does so in the next turn */
    w->sessions.resumed_end = &w->sessions.resumed;
    while (s != NULL) {
        weir_session *next = s->next_resumed;
        s->is_resumed = false;
        weir_session_resume(s);
        worker_reap(w, s);
        s = next;
    }
}

static void worker_expire(worker *w)
{
    weir_timer_kind kind;
    weir_timer *timer;

    while ((timer = weir_timers_expired(&w->sessions.timers, w->sessions.site.now_ms, &kind)) !=
           NULL) {
        weir_session *s = weir_session_of_timer(timer);
        weir_session_expired(s, kind);
        worker_reap(w, s);
    }
}

/* Connections that are there come before new ones: a slot that was freed is not mistaken. */
static void worker_turn(worker *w)
{
    weir_ready ready[WORKER_READY_MAX];
    size_t n = w->world->ops->wait(w->world, worker_timeout(w), ready, WORKER_READY_MAX);

    worker_look_at_clocks(w);
    for (size_t i = 0; i < n; i++)
        worker_ready(w, &ready[i]);
    worker_resume(w);
    worker_expire(w);
    for (size_t i = 0; i < n; i++)
        if (ready[i].token < w->options->listener_count) worker_accept(w, ready[i].token);
    worker_accept_again(w);
}

int weir_worker_run(weir_world *world, const weir_server_options *options)
{
    worker w;

    if (!worker_init(&w, world, options)) {
        weir_log(world, true, "out of memory");
        w.has_failed = true;
    } else {
        worker_look_at_clocks(&w);
        worker_watch(&w);
        while (!worker_is_over(&w))
            worker_turn(&w);
    }
    if (!w.is_draining) worker_close_acceptors(&w);
    worker_abort_all(&w);
    worker_free(&w);
    return w.has_failed ? 1 : 0;
}
