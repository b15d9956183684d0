/* SPDX-License-Identifier: MIT */
/* replay_world.c - a recorded connection, served again by the whole reference server. */
#include <string.h>
#include <unistd.h>

#include "replay_world.h"
#include "weir/date.h"
#include "worker.h"

/* What the world watches: the simulator's numbers. */
enum {
    REPLAY_ACCEPTOR = 1,
    REPLAY_CONNECTION = 2,
    REPLAY_IDLE_MAX = 100000, /* turns of a server that goes on though the recording is over */
};

static weir_replay *replay_of_world(weir_world *w)
{
    return (weir_replay *)w; /* its first member */
}

static weir_replay *replay_of(void *member, size_t offset)
{
    return (weir_replay *)(void *)((char *)member - offset);
}

static weir_replay *replay_of_transport(weir_transport *t)
{
    return replay_of(t, offsetof(weir_replay, transport));
}

/* ---- the recording ---- */

static void replay_advance(weir_replay *r)
{
    r->has_next = weir_recording_next(&r->recording, &r->next) == WEIR_RECORDING_OK;
    r->read_at = 0;
    r->was_waited_for = false;
}

/* Of `next`: the same, and it is its time. */
static bool replay_is_due(const weir_replay *r)
{
    return r->has_next && r->next.ms <= r->now_ms;
}

/* It happens. */
static void replay_pass(weir_replay *r)
{
    r->watcher->record(r, &r->next);
    replay_advance(r);
}

static void replay_look_at_clock(weir_replay *r)
{
    if (r->has_next && r->next.ms > r->now_ms) r->now_ms = r->next.ms;
    if (r->has_next) r->wall_s = r->next.wall_s;
}

static void replay_compare(weir_replay *r)
{
    r->recorded += r->next.count;
    if (!r->is_same) return;
    r->is_same = r->written == r->recorded && r->sum == r->next.sum;
    if (r->is_same) r->same = r->written;
}

/* ---- the transport ---- */

static weir_io replay_ready(weir_transport *t)
{
    (void)t;
    return WEIR_IO_OK;
}

static weir_io replay_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    weir_replay *r = replay_of_transport(t);

    *got = 0;
    if (r->over != WEIR_IO_OK) return r->over;
    if (!replay_is_due(r)) return WEIR_IO_WANT_READ;
    switch (r->next.kind) {
    case WEIR_RECORD_READ:
        if (r->read_at == 0) r->watcher->record(r, &r->next);
        *got = r->next.octets.len - r->read_at;
        if (*got > len) *got = len;
        memcpy(buf, r->next.octets.p + r->read_at, *got);
        r->read_at += *got;
        if (r->read_at == r->next.octets.len) replay_advance(r);
        return WEIR_IO_OK;
    case WEIR_RECORD_END: r->over = WEIR_IO_END; break;
    case WEIR_RECORD_TRUNCATED: r->over = WEIR_IO_TRUNCATED; break;
    case WEIR_RECORD_RESET: r->over = WEIR_IO_RESET; break;
    case WEIR_RECORD_WRITE:
    case WEIR_RECORD_DRAIN:
    case WEIR_RECORD_CLOSE:
    case WEIR_RECORD_FULL: return WEIR_IO_WANT_READ;
    }
    replay_pass(r);
    return r->over;
}

static void replay_sum(weir_replay *r, const struct iovec *parts, size_t count, size_t len)
{
    for (size_t i = 0; i < count && len > 0; i++) {
        size_t n = parts[i].iov_len < len ? parts[i].iov_len : len;
        r->sum = weir_recording_sum(r->sum, parts[i].iov_base, n);
        len -= n;
    }
}

/* Takes what the recorded write took; all, where there was none. */
static weir_io replay_write(weir_transport *t, const struct iovec *parts, size_t count, size_t *put)
{
    weir_replay *r = replay_of_transport(t);
    bool was_there = r->has_next && r->next.kind == WEIR_RECORD_WRITE;
    size_t all = 0;

    *put = 0;
    for (size_t i = 0; i < count; i++)
        all += parts[i].iov_len;
    if (replay_is_due(r) && r->next.kind == WEIR_RECORD_RESET) {
        r->over = WEIR_IO_RESET;
        replay_pass(r);
    }
    if (r->over == WEIR_IO_RESET) return WEIR_IO_RESET;
    if (all == 0) return WEIR_IO_OK;
    if (was_there && r->next.count < all) all = (size_t)r->next.count;
    *put = all;
    r->written += all;
    replay_sum(r, parts, count, all);
    if (all > 0) r->watcher->wrote(r, parts, count, all);
    if (was_there) {
        replay_compare(r);
        replay_advance(r);
    }
    return all > 0 ? WEIR_IO_OK : WEIR_IO_WANT_WRITE;
}

static weir_io replay_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    (void)t;
    (void)fd;
    (void)offset;
    (void)len;
    return WEIR_IO_UNSUPPORTED;
}

static weir_io replay_shutdown(weir_transport *t)
{
    (void)t;
    return WEIR_IO_OK;
}

static void replay_close(weir_transport *t)
{
    (void)t;
}

static int replay_handle(const weir_transport *t)
{
    (void)t;
    return REPLAY_CONNECTION;
}

static void replay_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    (void)t;
    if (local != NULL) *local = (weir_address){.family = WEIR_FAMILY_NONE};
    if (remote != NULL) *remote = (weir_address){.family = WEIR_FAMILY_NONE};
}

static void replay_facts(const weir_transport *t, weir_transport_facts *facts)
{
    const void *r = (const char *)t - offsetof(weir_replay, transport);

    *facts = (weir_transport_facts){
        .secure = ((const weir_replay *)r)->recording.facts.is_secure,
    };
}

static const weir_transport_ops replay_transport_ops = {
    .name = "replay",
    .ready = replay_ready,
    .read = replay_read,
    .write = replay_write,
    .sendfile = replay_sendfile,
    .shutdown = replay_shutdown,
    .close = replay_close,
    .abort = replay_close,
    .handle = replay_handle,
    .addresses = replay_addresses,
    .facts = replay_facts,
};

/* ---- the acceptor ---- */

static weir_accept replay_accept(weir_acceptor *a, weir_accept_slot *slot, weir_transport **out)
{
    weir_replay *r = replay_of(a, offsetof(weir_replay, acceptor));

    (void)slot;
    if (r->is_accepted) return WEIR_ACCEPT_NONE;
    r->is_accepted = true;
    *out = &r->transport;
    return WEIR_ACCEPT_OK;
}

static int replay_acceptor_handle(const weir_acceptor *a)
{
    (void)a;
    return REPLAY_ACCEPTOR;
}

static void replay_acceptor_address(const weir_acceptor *a, weir_address *out)
{
    (void)a;
    *out = (weir_address){.family = WEIR_FAMILY_NONE};
}

static void replay_acceptor_close(weir_acceptor *a)
{
    (void)a;
}

static const weir_acceptor_ops replay_acceptor_ops = {
    .accept = replay_accept,
    .handle = replay_acceptor_handle,
    .address = replay_acceptor_address,
    .close = replay_acceptor_close,
};

/* ---- the world: time and readiness ---- */

static bool replay_change(weir_world *w, int handle, unsigned interest, uint32_t token)
{
    weir_replay *r = replay_of_world(w);

    if (handle == REPLAY_ACCEPTOR) {
        r->is_acceptor_watched = true;
        r->acceptor_token = token;
    } else {
        r->interest = interest;
        r->token = token;
    }
    return true;
}

static void replay_unwatch(weir_world *w, int handle, bool is_closing)
{
    weir_replay *r = replay_of_world(w);

    (void)is_closing;
    if (handle == REPLAY_ACCEPTOR)
        r->is_acceptor_watched = false;
    else
        r->interest = 0;
}

/* Whatever happens without the session's doing. */
static void replay_happen(weir_replay *r)
{
    while (replay_is_due(r)) {
        switch (r->next.kind) {
        case WEIR_RECORD_DRAIN:
            replay_pass(r);
            if (r->stop > 0) continue;
            r->stop = 1;
            return;
        case WEIR_RECORD_FULL: r->is_full = true; break;
        case WEIR_RECORD_CLOSE: break;
        case WEIR_RECORD_READ:
        case WEIR_RECORD_WRITE:
        case WEIR_RECORD_END:
        case WEIR_RECORD_TRUNCATED:
        case WEIR_RECORD_RESET: return;
        }
        replay_pass(r);
    }
}

/* A session that has its way would have done it by now: it goes another way this time. */
static void replay_skip(weir_replay *r)
{
    if (r->next.kind == WEIR_RECORD_WRITE) {
        if (r->next.count > 0) r->is_same = false;
        r->recorded += r->next.count;
    } else if (r->read_at == 0) {
        r->watcher->record(r, &r->next);
    }
    replay_advance(r);
}

/*
 * Nothing happens between two lines of the recording. A timeout of 0 is a session whose turn comes
 * again: for that no time passes.
 */
static size_t replay_wait(weir_world *w, int64_t timeout_ms, weir_ready *ready, size_t max)
{
    weir_replay *r = replay_of_world(w);

    (void)max;
    if (!r->is_accepted && r->is_acceptor_watched) {
        ready[0] = (weir_ready){.token = r->acceptor_token, .readable = true};
        return 1;
    }
    if (timeout_ms != 0) {
        if (r->was_waited_for) replay_skip(r);
        replay_look_at_clock(r);
        r->was_waited_for = r->has_next;
    }
    unsigned stop = r->stop;
    replay_happen(r);
    if (r->stop != stop) return 0; /* looked at before anything else, as it was then */
    if (!r->has_next && (timeout_ms != 0 || ++r->idle_turns > REPLAY_IDLE_MAX)) r->stop = 2;
    if (!replay_is_due(r)) return 0;
    bool is_write = r->next.kind == WEIR_RECORD_WRITE;
    ready[0] = (weir_ready){.token = r->token,
                            .readable = !is_write && (r->interest & WEIR_WATCH_READ) != 0,
                            .writable = (r->interest & WEIR_WATCH_WRITE) != 0};
    return ready[0].readable || ready[0].writable ? 1 : 0;
}

static uint64_t replay_now_ms(weir_world *w)
{
    const weir_replay *r = replay_of_world(w);

    return r->recording.facts.began_ms + r->now_ms;
}

static int64_t replay_wall_s(weir_world *w)
{
    return replay_of_world(w)->wall_s;
}

static unsigned replay_stop(weir_world *w)
{
    return replay_of_world(w)->stop;
}

/* ---- the world: files ---- */

static weir_file_result replay_open(weir_world *w, weir_str path, int *file, weir_file_facts *facts)
{
    return weir_files_linux_get(&replay_of_world(w)->files, path, true, file, facts);
}

static weir_file_result replay_look(weir_world *w, weir_str path, weir_file_facts *facts)
{
    int file;
    weir_file_result result =
        weir_files_linux_get(&replay_of_world(w)->files, path, false, &file, facts);

    if (result == WEIR_FILE_OK) (void)close(file);
    return result;
}

static weir_file_result replay_read_file(weir_world *w, int file, uint64_t at, void *out,
                                         size_t len, size_t *got)
{
    (void)w;
    return weir_files_linux_read(file, at, out, len, got);
}

static int replay_descriptor(weir_world *w, int file)
{
    (void)w;
    return file;
}

static void replay_close_file(weir_world *w, int file)
{
    (void)w;
    (void)close(file);
}

static bool replay_list(weir_world *w, int file, uint64_t at)
{
    return weir_files_linux_list(&replay_of_world(w)->files, file, at);
}

static bool replay_list_next(weir_world *w, weir_str *name, uint64_t *at)
{
    return weir_files_linux_list_next(&replay_of_world(w)->files, name, at);
}

/* What the operator was told then is no news now. */
static void replay_log(weir_world *w, bool is_error, const char *text)
{
    (void)w;
    (void)is_error;
    (void)text;
}

static const weir_world_ops replay_world_ops = {
    .watch = replay_change,
    .change = replay_change,
    .unwatch = replay_unwatch,
    .wait = replay_wait,
    .now_ms = replay_now_ms,
    .wall_s = replay_wall_s,
    .stop = replay_stop,
    .open = replay_open,
    .look = replay_look,
    .read = replay_read_file,
    .descriptor = replay_descriptor,
    .close = replay_close_file,
    .list = replay_list,
    .list_next = replay_list_next,
    .log = replay_log,
};

/* ---- the run ---- */

static void replay_event(weir_tap *tap, weir_transport *t, size_t used, const weir_event *ev)
{
    weir_replay *r = replay_of(tap, offsetof(weir_replay, tap));

    (void)t;
    r->watcher->event(r, used, ev);
}

static const weir_tap_ops replay_tap_ops = {.event = replay_event};

static int replay_serve(weir_replay *r)
{
    const weir_recording_facts *facts = &r->recording.facts;
    const weir_server_listener listener = {.acceptor = &r->acceptor};
    const weir_server_options options = {.listeners = &listener,
                                         .listener_count = 1,
                                         .workers = 1,
                                         .connections_max = 1,
                                         .payload_bytes_max = facts->payload_bytes_max,
                                         .allow = facts->allow,
                                         .without_listing = !facts->with_listing,
                                         .with_demo = facts->with_demo,
                                         .tap = &r->tap};

    return weir_worker_run(&r->world, &options);
}

bool weir_replay_run(weir_replay *r, const char *root, const char *octets, size_t len,
                     const weir_replay_watcher *watcher, weir_io_error *why)
{
    memset(r, 0, sizeof *r);
    r->world.ops = &replay_world_ops;
    r->acceptor.ops = &replay_acceptor_ops;
    r->transport.ops = &replay_transport_ops;
    r->tap.ops = &replay_tap_ops;
    r->watcher = watcher;
    r->sum = WEIR_RECORDING_SUM_NONE;
    r->is_same = true;
    r->over = WEIR_IO_OK;
    (void)weir_recording_open(&r->recording, octets, len);
    replay_advance(r);
    replay_look_at_clock(r);
    if (!weir_files_linux_open(&r->files, root, why)) return false;
    (void)replay_serve(r);
    weir_files_linux_close(&r->files);
    if (r->written > r->recorded && !r->is_full) r->is_same = false;
    while (r->has_next) /* what it did not come to */
        replay_skip(r);
    return true;
}
