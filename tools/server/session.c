/* SPDX-License-Identifier: MIT */
/* session.c - the loop around the engine: read, tell the handler, send, wait, with a deadline. */
#include <assert.h>

#include "session.h"
#include "session_call.h"

enum {
    SESSION_ROUNDS = 32,         /* reads in one turn, so that others get theirs */
    SESSION_ANSWER_ROOM = 20480, /* what must be free before a request is looked at: a head, and a
                                     file of WEIR_FILE_KEEP_MAX or a target of target_bytes_max */
    SESSION_FIRST_MS = 1000,     /* for a first request, before another connection may come */
    SESSION_PROGRESS_MIN = 1024, /* octets in the time of a BODY or SEND deadline; fewer is a peer
                                     that only wants to keep the connection busy */
};
_Static_assert(SESSION_ANSWER_ROOM - WEIR_FILE_KEEP_MAX >= 4096, "room for both");
_Static_assert((size_t)SESSION_ANSWER_ROOM <= WEIR_LEASE_OUT,
               "an empty outbox has room for an answer");

/* What the engine and the handler need before they can go on. */
typedef enum {
    SESSION_NEEDS_INPUT,
    SESSION_NEEDS_ROOM, /* in the outbox */
    SESSION_NEEDS_TURN, /* another one: the handler did enough in this */
    SESSION_NEEDS_END,  /* nothing more is to come: send what there is, and end */
} session_need;

void weir_sessions_init(weir_sessions *all, weir_world *world, const uint32_t ms[])
{
    *all = (weir_sessions){.site = {.world = world}, .limits = weir_limits_default};
    all->engine.limits = &all->limits;
    all->resumed_end = &all->resumed;
    weir_timers_init(&all->timers, ms);
}

weir_session *weir_session_of_timer(weir_timer *timer)
{
    return (weir_session *)timer; /* its first member */
}

/* ---- watching ---- */

static weir_world *session_world(const weir_session *s)
{
    return s->all->site.world;
}

/* Tells the world. To watch for reading without need costs nothing until something comes. */
static void session_watch(weir_session *s, unsigned wanted, bool exactly)
{
    unsigned surplus = s->interest & ~wanted;
    weir_world *w = session_world(s);
    int handle = weir_transport_handle(s->transport);

    if (wanted == s->interest) return;
    if (!exactly && surplus == WEIR_WATCH_READ && (wanted & ~(unsigned)s->interest) == 0) return;
    if (!w->ops->change(w, handle, wanted, s->token)) {
        weir_log(w, true, "a connection cannot be watched any more");
        weir_session_abort(s);
        return;
    }
    s->interest = (uint8_t)wanted;
}

static uint8_t session_wants(weir_io io)
{
    return io == WEIR_IO_WANT_WRITE ? WEIR_WATCH_WRITE : WEIR_WATCH_READ;
}

static bool session_is_want(weir_io io)
{
    return io == WEIR_IO_WANT_READ || io == WEIR_IO_WANT_WRITE;
}

/* Comes back without being asked: there is more to do than fits one turn. */
static void session_come_back(weir_session *s)
{
    if (s->is_resumed) return;
    s->is_resumed = true;
    s->next_resumed = NULL;
    *s->all->resumed_end = s;
    s->all->resumed_end = &s->next_resumed;
}

static void session_leave_resumed(weir_session *s)
{
    weir_session **at = &s->all->resumed;

    if (!s->is_resumed) return;
    while (*at != s)
        at = &(*at)->next_resumed;
    *at = s->next_resumed;
    if (*at == NULL) s->all->resumed_end = at;
    s->is_resumed = false;
}

/* ---- memory ---- */

static void session_take_lease(weir_session *s)
{
    if (s->lease != NULL) return;
    s->lease = weir_lease_take(&s->all->leases, &s->all->site);
    if (s->phase == WEIR_SESSION_OPEN)
        weir_conn_fields(&s->conn, s->lease->fields, WEIR_FIELDS_DEFAULT);
}

static void session_give_lease(weir_session *s)
{
    if (s->lease == NULL) return;
    weir_session_call_abandon(s);
    weir_outbox_clear(&s->lease->outbox, &s->all->site.files);
    weir_lease_give(&s->all->leases, s->lease);
    s->lease = NULL;
}

/* ---- the end ---- */

/* An answer is under way and will not be whole: no end may look clean, or what is framed by the
 * end of the connection would be taken for complete (RFC 9112 §8). */
static bool session_is_cut(const weir_session *s)
{
    if (s->phase == WEIR_SESSION_HANDSHAKE) return false;
    if (s->is_cut || weir_conn_is_reset(&s->conn) || weir_session_is_calling(s)) return true;
    return s->lease != NULL && !weir_outbox_is_empty(&s->lease->outbox);
}

void weir_session_abort(weir_session *s)
{
    weir_world *w = session_world(s);

    if (s->phase == WEIR_SESSION_CLOSED) return;
    bool is_cut = session_is_cut(s);
    session_give_lease(s);
    weir_timer_stop(&s->timer);
    session_leave_resumed(s);
    w->ops->unwatch(w, weir_transport_handle(s->transport), true);
    if (is_cut)
        weir_transport_abort(s->transport);
    else
        weir_transport_close(s->transport);
    s->transport = NULL;
    s->phase = WEIR_SESSION_CLOSED;
    if (s->next != NULL) s->next->previous = s->previous;
    if (s->previous != NULL) s->previous->next = s->next;
    if (s->all->open == s) s->all->open = s->next;
    s->all->open_count--;
}

/* Reads and throws away. */
static weir_io session_discard(weir_session *s)
{
    weir_io io = s->may_read ? WEIR_IO_OK : WEIR_IO_WANT_READ;
    size_t got;

    session_take_lease(s);
    for (int i = 0; io == WEIR_IO_OK && i < SESSION_ROUNDS; i++)
        io = weir_transport_read(s->transport, s->lease->in, sizeof s->lease->in, &got);
    session_give_lease(s);
    return io;
}

/* Until the peer has ended too or its time is up. */
static void session_linger(weir_session *s)
{
    weir_io io = weir_transport_shutdown(s->transport);

    if (io == WEIR_IO_OK) io = s->is_read_over ? WEIR_IO_END : session_discard(s);
    if (io == WEIR_IO_OK)
        session_come_back(s);
    else if (session_is_want(io))
        session_watch(s, session_wants(io), true);
    else
        weir_session_abort(s);
}

/* Everything is sent. */
static void session_finish(weir_session *s)
{
    if (s->is_cut || weir_conn_is_reset(&s->conn) || (s->is_read_over && !s->is_secure)) {
        weir_session_abort(s);
        return;
    }
    session_give_lease(s);
    s->phase = WEIR_SESSION_LINGER;
    weir_timer_start(&s->all->timers, &s->timer, WEIR_TIMER_LINGER, s->all->site.now_ms);
    session_linger(s);
}

/* ---- the deadline ---- */

static weir_timer_kind session_kind(const weir_session *s)
{
    unsigned waiting = weir_conn_waiting(&s->conn);

    if (s->lease != NULL && !weir_outbox_is_empty(&s->lease->outbox)) return WEIR_TIMER_SEND;
    if (waiting & WEIR_WAITING_BODY) return WEIR_TIMER_BODY;
    if (waiting & WEIR_WAITING_HEAD) return WEIR_TIMER_HEAD;
    if (waiting & WEIR_WAITING_IDLE)
        return s->lease != NULL && s->lease->in_at < s->lease->in_len ? WEIR_TIMER_HEAD
                                                                      : WEIR_TIMER_IDLE;
    return WEIR_TIMER_SEND;
}

/* A deadline goes on while it is for the same thing of the same exchange. */
static void session_deadline(weir_session *s)
{
    weir_timer_kind kind = session_kind(s);

    if (kind == s->timer.kind && s->timer_exchanges == s->exchanges) return;
    weir_timer_start(&s->all->timers, &s->timer, kind, s->all->site.now_ms);
    s->timer_exchanges = s->exchanges;
    s->progress = 0;
}

/* ---- the engine and the handler ---- */

/* False: the outbox must be sent first. */
static bool session_has_room(const weir_session *s, size_t n)
{
    return weir_outbox_room(&s->lease->outbox).cap >= n;
}

static void session_event(weir_session *s, const weir_event *ev)
{
    switch (ev->type) {
    case WEIR_EVENT_REQUEST:
        s->exchanges++;
        if (s->is_plain)
            weir_session_call_plain(s, ev);
        else
            weir_session_call_begin(s, ev);
        return;
    case WEIR_EVENT_PAYLOAD: s->lease->pending = ev->payload; return;
    case WEIR_EVENT_END:
        if (weir_session_is_calling(s)) weir_session_call_end(s, ev);
        return;
    case WEIR_EVENT_ERROR:
        s->is_over = true;
        weir_session_call_refuse(s, ev);
        return;
    case WEIR_EVENT_NONE:
    case WEIR_EVENT_RESUME: return;
    case WEIR_EVENT_INTERIM:
    case WEIR_EVENT_RESPONSE:
    case WEIR_EVENT_TUNNEL: break;
    }
    assert(false && "a server that never switches has no such event");
}

static void session_tell(const weir_session *s, size_t used, const weir_event *ev)
{
    weir_tap *tap = s->all->tap;

    if (tap != NULL && tap->ops->event != NULL) tap->ops->event(tap, s->transport, used, ev);
}

/* One event of the engine. */
static session_need session_next(weir_session *s)
{
    weir_lease *l = s->lease;
    weir_event ev;
    size_t used;
    weir_error err =
        weir_conn_next(&s->conn, l->in + l->in_at, l->in_len - l->in_at, &used, NULL, &ev);

    l->in_at += used;
    session_tell(s, used, &ev);
    if (err == WEIR_MORE) return SESSION_NEEDS_INPUT;
    if (err == WEIR_END || err == WEIR_BLOCKED) s->is_over = true;
    assert(err != WEIR_BLOCKED); /* an answer is asked for only when there is none under way */
    session_event(s, &ev);
    return SESSION_NEEDS_ROOM;
}

/* Goes on until something from outside is needed. */
static session_need session_drive(weir_session *s)
{
    for (;;) {
        const weir_call *call = &s->lease->call;
        bool is_calling = call->is_active;
        if (is_calling && call->is_producing) {
            if (!session_has_room(s, WEIR_CALL_STEP)) return SESSION_NEEDS_ROOM;
            s->lease->call.is_tired = false;
            weir_session_call_more(s);
            if (call->is_active && call->is_tired) return SESSION_NEEDS_TURN;
        } else if (is_calling && s->lease->pending.len > 0) {
            weir_session_call_payload(s);
            if (s->lease->pending.len > 0) return SESSION_NEEDS_ROOM;
        } else if (s->is_over) {
            return SESSION_NEEDS_END;
        } else if (!is_calling && !session_has_room(s, SESSION_ANSWER_ROOM)) {
            return SESSION_NEEDS_ROOM;
        } else {
            assert(!is_calling || !call->has_ended); /* who has it all answers, or is producing */
            if (session_next(s) == SESSION_NEEDS_INPUT) return SESSION_NEEDS_INPUT;
        }
    }
}

/* ---- the transport ---- */

/* Reads once. False: nothing was read, for now or for ever; then the session may be closed. */
static bool session_read(weir_session *s)
{
    weir_lease *l = s->lease;
    size_t got;

    if (l->in_at == l->in_len) l->in_at = l->in_len = 0;
    if (l->in_len == sizeof l->in && l->in_at > 0) {
        memmove(l->in, l->in + l->in_at, l->in_len - l->in_at);
        l->in_len -= l->in_at;
        l->in_at = 0;
    }
    size_t room = sizeof l->in - l->in_len;
    weir_io io = weir_transport_read(s->transport, l->in + l->in_len, room, &got);
    l->in_len += got;
    s->progress += got;
    s->read_wants = 0;
    switch (io) {
    case WEIR_IO_OK:
        /* The world tells again of what is left below, but not of what TLS holds of a record: then
         * there was no room for it. */
        s->may_read = got == room;
        return true;
    case WEIR_IO_WANT_READ:
    case WEIR_IO_WANT_WRITE:
        s->may_read = false;
        s->read_wants = session_wants(io);
        return false;
    case WEIR_IO_END:
    case WEIR_IO_TRUNCATED:
        s->may_read = false;
        s->is_read_over = true;
        weir_conn_stop(&s->conn, io == WEIR_IO_END ? WEIR_END : WEIR_ERR_TRUNCATED);
        return true;
    case WEIR_IO_RESET:
    case WEIR_IO_UNSUPPORTED:
    case WEIR_IO_FAILED: break;
    }
    weir_session_abort(s);
    return false;
}

/* Sends what there is. False: not all of it, for now or for ever. */
static bool session_flush(weir_session *s)
{
    uint64_t sent;

    s->write_wants = 0;
    if (weir_outbox_is_empty(&s->lease->outbox)) return true;
    weir_outbox_result result =
        weir_outbox_flush(&s->lease->outbox, &s->all->site.files, s->transport, &sent);
    s->progress += sent;
    switch (result) {
    case WEIR_OUTBOX_EMPTY: return true;
    case WEIR_OUTBOX_MORE: session_come_back(s); return false;
    case WEIR_OUTBOX_WANT_READ: s->write_wants = WEIR_WATCH_READ; return false;
    case WEIR_OUTBOX_WANT_WRITE: s->write_wants = WEIR_WATCH_WRITE; return false;
    case WEIR_OUTBOX_CUT:
        weir_log(session_world(s), true, "a file became shorter while it was sent");
        break;
    case WEIR_OUTBOX_GONE: break;
    }
    weir_session_abort(s);
    return false;
}

/* What is left to wait for, with which deadline, and in how little memory. */
static void session_rest(weir_session *s, session_need need, bool was_noise)
{
    bool reads = need == SESSION_NEEDS_INPUT && !s->is_read_over;
    unsigned wanted = s->write_wants;

    if (reads) wanted |= s->read_wants != 0 ? s->read_wants : (unsigned)WEIR_WATCH_READ;
    session_deadline(s);
    if (s->timer.kind == WEIR_TIMER_IDLE) {
        weir_conn_fields(&s->conn, NULL, 0);
        session_give_lease(s);
    }
    if (s->is_resumed) return; /* nothing of what the world says is waited for */
    session_watch(s, wanted, was_noise && (wanted & WEIR_WATCH_READ) == 0);
}

/*
 * A turn: drive, send, read, until one of them has to wait. What several requests in one read are
 * answered leaves in one write. `was_noise`: the world said readable.
 */
static void session_turn(weir_session *s, bool was_noise)
{
    session_need need = SESSION_NEEDS_ROOM;

    if (s->is_resumed) return; /* its turn comes */
    session_take_lease(s);
    for (int rounds = 0; !s->is_resumed; rounds++) {
        need = session_drive(s);
        bool is_sent = session_flush(s);
        if (s->phase == WEIR_SESSION_CLOSED) return;
        if (need == SESSION_NEEDS_END && is_sent) {
            session_finish(s);
            return;
        }
        if (need != SESSION_NEEDS_INPUT && !is_sent) break;
        if (rounds == SESSION_ROUNDS || need == SESSION_NEEDS_TURN) session_come_back(s);
        if (need != SESSION_NEEDS_INPUT) continue;
        if (!s->may_read || !session_read(s)) break;
    }
    if (s->phase == WEIR_SESSION_OPEN) session_rest(s, need, was_noise);
}

/* ---- the beginning ---- */

/* Not where octets have come already, before it was known that they are no TLS. */
static void session_listen_in(weir_session *s)
{
    weir_tap *tap = s->all->tap;

    if (tap == NULL || tap->ops->open == NULL || s->is_plain) return;
    s->transport = tap->ops->open(tap, &s->all->site, s->transport);
}

static void session_open(weir_session *s)
{
    weir_error err = weir_conn_init(&s->conn, WEIR_SERVER, &s->all->engine);

    assert(err == WEIR_OK);
    s->phase = WEIR_SESSION_OPEN;
    s->is_secure = s->transport == &s->tls.transport;
    session_listen_in(s);
    if (s->lease != NULL) weir_conn_fields(&s->conn, s->lease->fields, WEIR_FIELDS_DEFAULT);
    s->may_read = true;
    session_turn(s, false);
}

/* Whoever speaks HTTP without TLS where TLS is spoken is told so, in plain HTTP. False: it is
 * something else that failed. */
static bool session_open_plain(weir_session *s)
{
    weir_transport_facts facts;

    weir_transport_facts_get(s->transport, &facts);
    if (facts.foreign_len == 0) return false;
    session_take_lease(s);
    memcpy(s->lease->in, facts.foreign, facts.foreign_len);
    s->lease->in_len = facts.foreign_len;
    s->progress += facts.foreign_len;
    s->transport = weir_tls_detach(&s->tls);
    s->is_plain = true;
    session_open(s);
    return true;
}

static void session_handshake(weir_session *s)
{
    weir_io io = weir_transport_ready(s->transport);

    if (io == WEIR_IO_OK)
        session_open(s);
    else if (io == WEIR_IO_FAILED && session_open_plain(s))
        return;
    else if (session_is_want(io))
        session_watch(s, session_wants(io), true);
    else
        weir_session_abort(s);
}

static void session_refuse(weir_world *w, weir_transport *t)
{
    weir_log(w, true, "a connection is refused: out of memory");
    weir_transport_close(t);
}

void weir_session_start(weir_session *s, weir_sessions *all, uint32_t token, weir_transport *t,
                        weir_tls_context *tls)
{
    weir_world *w = all->site.world;
    weir_io_error why;

    s->timer = (weir_timer){.kind = WEIR_TIMER_NONE};
    s->all = all;
    s->lease = NULL;
    s->token = token;
    s->read_wants = s->write_wants = 0;
    s->may_read = s->is_resumed = s->is_read_over = s->is_over = false;
    s->is_cut = s->is_plain = s->is_secure = false;
    s->exchanges = s->progress = 0;
    s->timer_exchanges = UINT64_MAX;
    s->phase = WEIR_SESSION_CLOSED;
    s->interest = WEIR_WATCH_READ;
    if (tls != NULL && !weir_tls_server_init(&s->tls, tls, t, &why)) {
        session_refuse(w, t);
        return;
    }
    s->transport = tls != NULL ? &s->tls.transport : t;
    if (!w->ops->watch(w, weir_transport_handle(t), WEIR_WATCH_READ, token)) {
        session_refuse(w, s->transport);
        return;
    }
    s->phase = WEIR_SESSION_HANDSHAKE;
    s->next = all->open;
    s->previous = NULL;
    if (all->open != NULL) all->open->previous = s;
    all->open = s;
    all->open_count++;
    weir_timer_start(&all->timers, &s->timer, WEIR_TIMER_HANDSHAKE, all->site.now_ms);
    session_handshake(s);
}

/* ---- what the worker calls ---- */

/* Goes on wherever it is. */
static void session_go_on(weir_session *s, bool was_noise)
{
    switch ((weir_session_phase)s->phase) {
    case WEIR_SESSION_HANDSHAKE: session_handshake(s); return;
    case WEIR_SESSION_OPEN: session_turn(s, was_noise); return;
    case WEIR_SESSION_LINGER: session_linger(s); return;
    case WEIR_SESSION_CLOSED: return;
    }
}

void weir_session_ready(weir_session *s, bool readable, bool writable)
{
    if (readable || (writable && s->read_wants == WEIR_WATCH_WRITE)) s->may_read = true;
    session_go_on(s, readable);
}

void weir_session_resume(weir_session *s)
{
    session_go_on(s, false);
}

/* True where the peer did enough in its time to be given as much again. */
static bool session_has_moved(const weir_session *s, weir_timer_kind kind)
{
    return (kind == WEIR_TIMER_BODY || kind == WEIR_TIMER_SEND) &&
           s->progress >= SESSION_PROGRESS_MIN;
}

void weir_session_expired(weir_session *s, weir_timer_kind kind)
{
    if (session_has_moved(s, kind)) {
        weir_timer_start(&s->all->timers, &s->timer, kind, s->all->site.now_ms);
        s->progress = 0;
        return;
    }
    if (s->phase != WEIR_SESSION_OPEN || kind == WEIR_TIMER_SEND) {
        weir_session_abort(s);
        return;
    }
    weir_conn_stop(&s->conn, WEIR_ERR_TIMEOUT); /* a 408, or the end of an idle connection */
    s->may_read = false;
    session_turn(s, false);
}

/* What has come is looked at first: then it is not idle any more. */
bool weir_session_evict(weir_sessions *all, weir_session **evicted)
{
    weir_timer *timer = weir_timers_first(&all->timers, WEIR_TIMER_IDLE);

    if (timer == NULL) return false;
    weir_session *s = weir_session_of_timer(timer);
    uint64_t idle = all->site.now_ms + all->timers.ms[WEIR_TIMER_IDLE] - timer->at;
    if (s->exchanges == 0 && idle < SESSION_FIRST_MS) return false;
    *evicted = s;
    s->may_read = true;
    session_turn(s, false);
    if (s->phase != WEIR_SESSION_OPEN || s->timer.kind != WEIR_TIMER_IDLE || s->is_resumed)
        return s->phase == WEIR_SESSION_CLOSED;
    (void)weir_transport_shutdown(s->transport); /* under TLS there is an end to be told */
    weir_session_abort(s);
    return true;
}

void weir_session_drain(weir_session *s)
{
    if (s->phase == WEIR_SESSION_HANDSHAKE) {
        weir_session_abort(s);
        return;
    }
    if (s->phase != WEIR_SESSION_OPEN) return;
    weir_tap *tap = s->all->tap;
    if (tap != NULL && tap->ops->drain != NULL) tap->ops->drain(tap, s->transport);
    weir_conn_drain(&s->conn);
    session_turn(s, false);
}
