/* SPDX-License-Identifier: MIT */
/* record.c - a transport over any other that writes down what goes through it. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blank.h"
#include "record.h"
#include "weir/date.h"

/* One connection being recorded; when it is closed, it waits for another. */
struct weir_record_stream {
    weir_transport transport; /* first: a stream is found by it */
    weir_transport *below;
    weir_recorder *recorder;
    const weir_site *site;
    weir_record_stream *next; /* of those that are free */
    int file;                 /* -1: nothing is written any more */
    off_t size;
    uint64_t began_ms;
    uint64_t sum;
    bool is_over; /* reading has come to an end, which is told once */
    weir_blank blank;
};

static weir_record_stream *record_of(weir_transport *t)
{
    return (weir_record_stream *)t; /* its first member */
}

static const weir_record_stream *record_of_const(const weir_transport *t)
{
    return (const weir_record_stream *)t;
}

/* ---- the file ---- */

/* This one is not recorded; the next one may be. */
static void record_tell(weir_recorder *r, const weir_site *site, int code)
{
    if (r->has_told) return;
    r->has_told = true;
    weir_log(site->world, true, "a connection is not recorded: %s (said once)", strerror(code));
}

static void record_stop(weir_record_stream *s)
{
    (void)close(s->file);
    s->file = -1;
}

/* A line was not written, or in part: the file ends behind the one before, and is the last. */
static void record_give_up(weir_record_stream *s, int code)
{
    if (!s->recorder->is_stopped)
        weir_log(s->site->world, true, "recording has stopped: %s", strerror(code));
    s->recorder->is_stopped = true;
    (void)!ftruncate(s->file, s->size);
    record_stop(s);
}

/* All of it, or nothing: what was written in part is taken back. */
static void record_put(weir_record_stream *s, struct iovec *parts, size_t count)
{
    off_t whole = s->size;

    while (count > 0) {
        ssize_t n = writev(s->file, parts, (int)count);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            record_give_up(s, n < 0 ? errno : ENOSPC);
            return;
        }
        whole += n;
        for (; count > 0 && (size_t)n >= parts->iov_len; parts++, count--)
            n -= (ssize_t)parts->iov_len;
        if (count == 0) break;
        parts->iov_base = (char *)parts->iov_base + n;
        parts->iov_len -= (size_t)n;
    }
    s->size = whole;
}

/* Fills in the clocks. */
static size_t record_line(const weir_record_stream *s, char line[WEIR_RECORDING_LINE_MAX],
                          weir_record *record)
{
    uint64_t ms = s->site->now_ms - s->began_ms;
    int64_t wall_s = s->site->wall_s;

    record->ms = ms < UINT32_MAX ? ms : UINT32_MAX;
    if (wall_s < 0) wall_s = 0;
    record->wall_s = wall_s < WEIR_DATE_MAX ? wall_s : WEIR_DATE_MAX;
    return weir_recording_write_line(line, record);
}

/* One line, and the octets of a read. There is always room left for the line that says so. */
static void record_add(weir_record_stream *s, weir_record record, char *octets)
{
    char line[WEIR_RECORDING_LINE_MAX], end[] = "\n";
    struct iovec parts[3] = {{.iov_base = line}};

    if (s->file < 0) return;
    size_t len = record_line(s, line, &record);
    size_t all = len + (octets != NULL ? (size_t)record.count + 1 : 0);
    bool is_last = record.kind == WEIR_RECORD_CLOSE;
    size_t room = WEIR_RECORDING_BYTES_MAX - (size_t)s->size;
    if (all > room - (is_last ? 0 : WEIR_RECORDING_LINE_MAX)) {
        weir_record full = {.kind = WEIR_RECORD_FULL};
        len = record_line(s, line, &full);
        octets = NULL;
        is_last = true;
    }
    parts[0].iov_len = len;
    if (octets != NULL) {
        parts[1] = (struct iovec){.iov_base = octets, .iov_len = (size_t)record.count};
        parts[2] = (struct iovec){.iov_base = end, .iov_len = 1};
    }
    record_put(s, parts, octets != NULL ? 3 : 1);
    if (is_last && s->file >= 0) record_stop(s);
}

static void record_add_kind(weir_record_stream *s, weir_record_kind kind)
{
    record_add(s, (weir_record){.kind = kind}, NULL);
}

static void record_add_read(weir_record_stream *s, const char *octets, size_t len)
{
    weir_recorder *r = s->recorder;

    if (s->file < 0) return;
    memcpy(r->octets, octets, len);
    if (!r->facts.has_secrets) weir_blank_next(&s->blank, r->octets, len);
    record_add(s, (weir_record){.kind = WEIR_RECORD_READ, .count = len}, r->octets);
}

/* ---- the transport ---- */

static void record_end(weir_record_stream *s, weir_record_kind kind)
{
    if (s->is_over) return;
    s->is_over = true;
    record_add_kind(s, kind);
}

static weir_io record_ready(weir_transport *t)
{
    return weir_transport_ready(record_of(t)->below);
}

static weir_io record_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    weir_record_stream *s = record_of(t);
    size_t most = len < WEIR_RECORDER_READ_MAX ? len : (size_t)WEIR_RECORDER_READ_MAX;
    weir_io io = weir_transport_read(s->below, buf, most, got);

    switch (io) {
    case WEIR_IO_OK: record_add_read(s, buf, *got); break;
    case WEIR_IO_END: record_end(s, WEIR_RECORD_END); break;
    case WEIR_IO_TRUNCATED: record_end(s, WEIR_RECORD_TRUNCATED); break;
    case WEIR_IO_RESET:
    case WEIR_IO_FAILED: record_end(s, WEIR_RECORD_RESET); break;
    case WEIR_IO_WANT_READ:
    case WEIR_IO_WANT_WRITE:
    case WEIR_IO_UNSUPPORTED: break;
    }
    return io;
}

static weir_io record_write(weir_transport *t, const struct iovec *parts, size_t count, size_t *put)
{
    weir_record_stream *s = record_of(t);
    weir_io io = weir_transport_write(s->below, parts, count, put);
    size_t left = *put;

    for (size_t i = 0; i < count && left > 0; i++) {
        size_t n = parts[i].iov_len < left ? parts[i].iov_len : left;
        s->sum = weir_recording_sum(s->sum, parts[i].iov_base, n);
        left -= n;
    }
    if (io == WEIR_IO_RESET || io == WEIR_IO_FAILED)
        record_end(s, WEIR_RECORD_RESET);
    else if (io != WEIR_IO_OK || *put > 0)
        record_add(s, (weir_record){.kind = WEIR_RECORD_WRITE, .count = *put, .sum = s->sum}, NULL);
    return io;
}

/* What the system sends by itself nobody sees: it goes through write instead. */
static weir_io record_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    (void)t;
    (void)fd;
    (void)offset;
    (void)len;
    return WEIR_IO_UNSUPPORTED;
}

static weir_io record_shutdown(weir_transport *t)
{
    return weir_transport_shutdown(record_of(t)->below);
}

/* The struct is written to after this: it is kept, and used again. */
static void record_finish(weir_record_stream *s)
{
    record_add_kind(s, WEIR_RECORD_CLOSE);
    if (s->file >= 0) record_stop(s);
    s->next = s->recorder->free;
    s->recorder->free = s;
}

static void record_close(weir_transport *t)
{
    weir_transport_close(record_of(t)->below);
    record_finish(record_of(t));
}

static void record_abort(weir_transport *t)
{
    weir_transport_abort(record_of(t)->below);
    record_finish(record_of(t));
}

static int record_handle(const weir_transport *t)
{
    return weir_transport_handle(record_of_const(t)->below);
}

static void record_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    weir_transport_addresses(record_of_const(t)->below, local, remote);
}

static void record_facts(const weir_transport *t, weir_transport_facts *facts)
{
    weir_transport_facts_get(record_of_const(t)->below, facts);
}

static const weir_transport_ops record_transport_ops = {
    .name = "record",
    .ready = record_ready,
    .read = record_read,
    .write = record_write,
    .sendfile = record_sendfile,
    .shutdown = record_shutdown,
    .close = record_close,
    .abort = record_abort,
    .handle = record_handle,
    .addresses = record_addresses,
    .facts = record_facts,
};

/* ---- the tap ---- */

/* The file with the next number that nobody has taken. -1: there is none, and it was said. */
static int record_open_file(weir_recorder *r, const weir_site *site)
{
    for (; !r->is_stopped && r->next <= WEIR_RECORDINGS_MAX; r->next++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%04u.weir", r->next);
        int file = openat(r->folder, name,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
        if (file >= 0) {
            r->next++;
            return file;
        }
        if (errno == EEXIST) continue;
        record_tell(r, site, errno);
        return -1;
    }
    if (!r->is_stopped)
        weir_log(site->world, true, "recording has stopped: there are %d recordings",
                 (int)WEIR_RECORDINGS_MAX);
    r->is_stopped = true;
    return -1;
}

static weir_record_stream *record_take(weir_recorder *r)
{
    weir_record_stream *s = r->free;

    if (s == NULL) return malloc(sizeof *s);
    r->free = s->next;
    return s;
}

static weir_transport *record_open(weir_tap *tap, const weir_site *site, weir_transport *t)
{
    weir_recorder *r = (weir_recorder *)tap; /* its first member */
    weir_recording_facts facts = r->facts;
    weir_transport_facts below;
    char head[WEIR_RECORDING_HEAD_MAX];

    int file = record_open_file(r, site);
    if (file < 0) return t;
    weir_record_stream *s = record_take(r);
    if (s == NULL) {
        record_tell(r, site, ENOMEM);
        (void)close(file); /* an empty file: its number is used up */
        return t;
    }
    *s = (weir_record_stream){.transport = {.ops = &record_transport_ops},
                              .below = t,
                              .recorder = r,
                              .site = site,
                              .file = file,
                              .began_ms = site->now_ms,
                              .sum = WEIR_RECORDING_SUM_NONE};
    weir_transport_facts_get(t, &below);
    facts.is_secure = below.secure;
    facts.began_ms = s->began_ms < WEIR_RECORDING_CLOCK_MAX ? s->began_ms : 0;
    struct iovec part = {.iov_base = head, .iov_len = weir_recording_write_head(head, &facts)};
    record_put(s, &part, 1);
    return &s->transport;
}

static void record_drain(weir_tap *tap, weir_transport *t)
{
    (void)tap;
    if (t->ops == &record_transport_ops) record_add_kind(record_of(t), WEIR_RECORD_DRAIN);
}

static const weir_tap_ops record_tap_ops = {
    .open = record_open,
    .drain = record_drain,
};

void weir_recorder_init(weir_recorder *r, int folder, const weir_recording_facts *facts)
{
    *r = (weir_recorder){.tap = {.ops = &record_tap_ops},
                         .facts = *facts,
                         .folder = folder,
                         .next = 1};
}

void weir_recorder_free(weir_recorder *r)
{
    while (r->free != NULL) {
        weir_record_stream *s = r->free;
        r->free = s->next;
        free(s);
    }
}
