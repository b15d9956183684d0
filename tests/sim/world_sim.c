/* SPDX-License-Identifier: MIT */
/* world_sim.c - the simulated world: who is ready, what time it is, which files there are. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "world_sim.h"

enum {
    SIM_ACCEPTOR_HANDLE = 1,
    SIM_LINK_HANDLE = 100,
    SIM_FILE_HANDLE = 10000,
    SIM_IDLE_WAITS_MAX = 20000, /* by chance no transport moves for a while: a long one */
};

static sim *sim_of(weir_world *w)
{
    return (sim *)w; /* its first member */
}

_Noreturn void sim_fail(const sim *s, const char *format, ...)
{
    va_list list;

    (void)s;
    va_start(list, format);
    (void)fprintf(stderr, "sim: at %llu ms: ", (unsigned long long)s->now_ms);
    (void)vfprintf(stderr, format, list);
    va_end(list);
    (void)fprintf(stderr, "\n");
    abort();
}

void sim_trace(const sim *s, const char *format, ...)
{
    char text[500];
    va_list list;

    if (s->trace == NULL) return;
    int n = snprintf(text, sizeof text, "%8llu ms: ", (unsigned long long)s->now_ms);
    va_start(list, format);
    if (n > 0) (void)vsnprintf(text + n, sizeof text - (size_t)n, format, list);
    va_end(list);
    s->trace->line(s->trace->data, text);
}

/* splitmix64 */
uint64_t sim_roll(sim *s, uint64_t n)
{
    uint64_t z = (s->random += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % n;
}

bool sim_chance(sim *s, unsigned percent)
{
    return percent > 0 && sim_roll(s, 100) < percent;
}

void sim_note(sim *s, const void *data, size_t len)
{
    const unsigned char *p = data;
    uint64_t word;

    for (; len >= sizeof word; p += sizeof word, len -= sizeof word) {
        memcpy(&word, p, sizeof word);
        s->hash = (s->hash ^ word ^ (s->hash >> 29)) * 0x9FB21C651E98DF25u;
    }
    for (size_t i = 0; i < len; i++)
        s->hash = (s->hash ^ p[i]) * 0x100000001B3u;
    s->activity++;
}

/* Within 256 octets the content goes through the alphabet in steps of 7: a piece of one text. */
void sim_octets(uint64_t at, char *out, size_t len)
{
    static const char steps[] = "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt"
                                "ahovcjqxelszgnubipwdkryfmt";

    while (len > 0) {
        size_t left = 256 - (size_t)(at % 256), n = len < left ? len : left;
        memcpy(out, steps + (at + 15 * (at >> 8)) % 26, n); /* 15 * 7 is 1, modulo 26 */
        at += n;
        out += n;
        len -= n;
    }
}

void sim_note_number(sim *s, uint64_t n)
{
    sim_note(s, &n, sizeof n);
}

/* ---- connections ---- */

static sim_link *sim_link_of(sim *s, int handle)
{
    assert(handle >= SIM_LINK_HANDLE && handle < SIM_LINK_HANDLE + SIM_LINKS);
    return &s->links[handle - SIM_LINK_HANDLE];
}

/* Free when both ends are closed. */
static bool sim_link_is_free(const sim_link *l)
{
    return !l->is_used || (!l->client.is_open && !l->server.is_open);
}

/* Anything from an octet on; with latency as well, that would be a connection of an octet a round
 * trip, on which every deadline passes. */
static size_t sim_ring(sim *s, const weir_memory_faults *faults)
{
    size_t least = faults->latency_max > 0 ? 2048 : 1;

    return least + (size_t)sim_roll(s, SIM_RING - least);
}

sim_link *sim_connect(sim *s, void *owner, const weir_memory_faults *server,
                      const weir_memory_faults *client)
{
    size_t i = 0;

    while (i < s->links_used && !sim_link_is_free(&s->links[i]))
        i++;
    if (i == s->link_count) return NULL;
    if (i == s->links_used) s->links_used++;
    sim_link *l = &s->links[i];
    sim_rings *r = &s->rings[i];
    weir_memory_options options[2] = {
        {.buffer = r->down,
         .buffer_size = sim_ring(s, server),
         .chunks = r->down_chunks,
         .chunk_count = SIM_CHUNKS,
         .now = &s->now_ms,
         .faults = *server,
         .handle = (int)(SIM_LINK_HANDLE + i)},
        {.buffer = r->up,
         .buffer_size = sim_ring(s, client),
         .chunks = r->up_chunks,
         .chunk_count = SIM_CHUNKS,
         .now = &s->now_ms,
         .faults = *client,
         .handle = -1},
    };
    weir_memory_join(&l->server, &options[0], &l->client, &options[1]);
    l->is_used = true;
    l->is_accepted = l->is_watched = false;
    l->accepted_ms = 0;
    l->owner = owner;
    sim_trace(s, "link %zu: waits to be accepted", i);
    return l;
}

void sim_hang_up(sim *s, sim_link *link)
{
    weir_transport_close(&link->client.transport);
    if (!link->is_accepted) weir_transport_close(&link->server.transport);
    link->owner = NULL;
    sim_note_number(s, (uint64_t)(link - s->links));
    sim_trace(s, "link %zu: the client is gone", (size_t)(link - s->links));
}

size_t sim_links_open(const sim *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->links_used; i++)
        n += !sim_link_is_free(&s->links[i]);
    return n;
}

/* ---- the acceptor ---- */

static sim *sim_of_acceptor(const weir_acceptor *a)
{
    union {
        const char *in;
        char *out;
    } alias = {.in = (const char *)a - offsetof(sim, acceptor)};

    return (sim *)(void *)alias.out;
}

/* A place of chance to begin at. */
static size_t sim_from(sim *s)
{
    return s->links_used > 0 ? (size_t)sim_roll(s, s->links_used) : 0;
}

/* The first that waits, from a place of chance. */
static sim_link *sim_waiting(sim *s, size_t from)
{
    for (size_t i = 0; i < s->links_used; i++) {
        sim_link *l = &s->links[(from + i) % s->links_used];
        if (l->is_used && !l->is_accepted && l->client.is_open) return l;
    }
    return NULL;
}

static size_t sim_accepted_open(const sim *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->links_used; i++)
        n += s->links[i].is_used && s->links[i].is_accepted && s->links[i].server.is_open;
    return n;
}

static weir_accept sim_accept(weir_acceptor *a, weir_accept_slot *slot, weir_transport **out)
{
    sim *s = sim_of_acceptor(a);
    sim_link *l = sim_waiting(s, sim_from(s));

    (void)slot;
    if (l == NULL) return WEIR_ACCEPT_NONE;
    a->error = (weir_io_error){.step = "accept", .reason = "the simulator says so"};
    if (s->faults.accept_failed) return WEIR_ACCEPT_FAILED;
    if (s->faults.open_max > 0 && sim_accepted_open(s) >= s->faults.open_max)
        return WEIR_ACCEPT_FULL;
    if (sim_chance(s, s->faults.lost_percent)) {
        l->is_accepted = true;
        weir_memory_reset(&l->client);
        weir_transport_close(&l->server.transport);
        s->activity++;
        sim_trace(s, "link %zu: lost before it was accepted", (size_t)(l - s->links));
        return WEIR_ACCEPT_LOST;
    }
    l->is_accepted = true;
    l->accepted_ms = s->now_ms;
    s->accepted++;
    sim_note_number(s, (uint64_t)(l - s->links));
    sim_trace(s, "link %zu: accepted", (size_t)(l - s->links));
    *out = &l->server.transport;
    return WEIR_ACCEPT_OK;
}

static int sim_acceptor_handle(const weir_acceptor *a)
{
    (void)a;
    return SIM_ACCEPTOR_HANDLE;
}

static void sim_acceptor_address(const weir_acceptor *a, weir_address *out)
{
    (void)a;
    *out = (weir_address){.family = WEIR_FAMILY_MEMORY, .port = 80};
}

/* As with TCP: who waited to be accepted is reset. */
static void sim_acceptor_close(weir_acceptor *a)
{
    sim *s = sim_of_acceptor(a);

    for (sim_link *l = sim_waiting(s, 0); l != NULL; l = sim_waiting(s, 0)) {
        l->is_accepted = true;
        weir_memory_reset(&l->client);
        weir_transport_close(&l->server.transport);
    }
}

static const weir_acceptor_ops sim_acceptor_ops = {.accept = sim_accept,
                                                   .handle = sim_acceptor_handle,
                                                   .address = sim_acceptor_address,
                                                   .close = sim_acceptor_close};

/* ---- readiness ---- */

static bool sim_watch(weir_world *w, int handle, unsigned interest, uint32_t token)
{
    sim *s = sim_of(w);

    if (sim_chance(s, s->faults.watch_percent)) return false;
    if (handle == SIM_ACCEPTOR_HANDLE) {
        if (s->is_acceptor_watched) sim_fail(s, "the acceptor is watched twice");
        s->is_acceptor_watched = true;
        s->acceptor_token = token;
        return true;
    }
    sim_link *l = sim_link_of(s, handle);
    if (l->is_watched) sim_fail(s, "a connection is watched twice");
    l->is_watched = true;
    l->interest = interest;
    l->token = token;
    sim_trace(s, "token %u: watched for %u", token, interest);
    return true;
}

static bool sim_change(weir_world *w, int handle, unsigned interest, uint32_t token)
{
    sim_link *l = sim_link_of(sim_of(w), handle);

    if (!l->is_watched || l->token != token) sim_fail(sim_of(w), "what is changed is not watched");
    if (sim_chance(sim_of(w), sim_of(w)->faults.watch_percent)) return false;
    l->interest = interest;
    sim_trace(sim_of(w), "token %u: watched for %u from now on", token, interest);
    return true;
}

static void sim_unwatch(weir_world *w, int handle, bool is_closing)
{
    sim *s = sim_of(w);

    (void)is_closing;
    if (handle == SIM_ACCEPTOR_HANDLE) {
        s->is_acceptor_watched = false;
        return;
    }
    sim_link *l = sim_link_of(s, handle);
    if (!l->is_watched) sim_fail(s, "what is not watched is unwatched");
    l->is_watched = false;
    sim_trace(s, "token %u: not watched any more", l->token);
}

/* All that are ready, in an order of chance, some of them left out at will. */
static size_t sim_ready(sim *s, weir_ready *ready, size_t max)
{
    size_t n = 0, from = sim_from(s);
    unsigned leave_out = (unsigned)sim_roll(s, 60);
    size_t stride = s->links_used % 5 != 0 ? 5 : 1; /* coprime, so that each has its turn */

    for (size_t i = 0; i < s->links_used && n < max; i++) {
        const sim_link *l = &s->links[(from + i * stride) % s->links_used];
        if (!l->is_used || !l->is_accepted || !l->is_watched) continue;
        if (!l->server.is_open) sim_fail(s, "a closed connection is watched");
        unsigned bits = weir_memory_readiness(&l->server, s->now_ms);
        bool readable = (bits & WEIR_MEMORY_READABLE) && (l->interest & WEIR_WATCH_READ);
        bool writable = (bits & WEIR_MEMORY_WRITABLE) && (l->interest & WEIR_WATCH_WRITE);
        if (l->server.is_reset) readable = writable = true; /* EPOLLHUP asks nobody */
        if (!readable && !writable) continue;
        if (n > 0 && sim_chance(s, leave_out)) continue;
        ready[n++] = (weir_ready){.token = l->token, .readable = readable, .writable = writable};
    }
    if (n < max && s->is_acceptor_watched && sim_waiting(s, 0) != NULL)
        ready[n++] = (weir_ready){.token = s->acceptor_token, .readable = true};
    return n;
}

/* The next time at which something may happen by itself. */
static uint64_t sim_next_ms(sim *s)
{
    uint64_t next = s->driver->next_ms(s);

    if (s->stop == 0 && s->stop_at_ms > s->now_ms && s->stop_at_ms < next) next = s->stop_at_ms;
    for (size_t i = 0; i < s->links_used; i++) {
        const sim_link *l = &s->links[i];
        if (sim_link_is_free(l)) continue;
        uint64_t at[2] = {l->server.is_open ? weir_memory_readable_at(&l->server)
                                            : WEIR_MEMORY_NEVER,
                          l->client.is_open ? weir_memory_readable_at(&l->client)
                                            : WEIR_MEMORY_NEVER};
        for (int k = 0; k < 2; k++)
            if (at[k] > s->now_ms && at[k] < next) next = at[k];
    }
    return next;
}

static void sim_look_at_stop(sim *s)
{
    bool is_time = s->stop_at_ms > 0 && s->now_ms >= s->stop_at_ms;

    if (s->stop == 0 && (is_time || s->driver->is_over(s))) s->stop = 1;
}

_Noreturn static void sim_deadlock(const sim *s)
{
    for (size_t i = 0; i < s->links_used; i++) {
        const sim_link *l = &s->links[i];
        if (sim_link_is_free(l)) continue;
        (void)fprintf(stderr, "sim: link %zu: accepted %d, watched %d for %u; open %d and %d\n", i,
                      l->is_accepted, l->is_watched, l->interest, l->server.is_open,
                      l->client.is_open);
    }
    sim_fail(s, "everybody waits for ever");
}

/* Nothing happens by itself before `next`: sets the clock forward. False: `limit` came first. */
static bool sim_pass_time(sim *s, uint64_t limit)
{
    uint64_t next = sim_next_ms(s);
    bool is_timeout = limit <= next;
    uint64_t until = is_timeout ? limit : next;

    if (until == UINT64_MAX) sim_deadlock(s);
    if (until <= s->now_ms) return !is_timeout; /* the driver may have made the clock jump */
    sim_note_number(s, until);
    s->now_ms = until;
    return !is_timeout;
}

/* Changes whenever the server reads or writes an octet. */
static uint64_t sim_octets_moved(const sim *s)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < s->links_used; i++) {
        const sim_link *l = &s->links[i];
        if (l->is_used) sum += l->server.sent + l->client.sent - l->client.ring_len;
    }
    return sum;
}

static size_t sim_wait(weir_world *w, int64_t timeout_ms, weir_ready *ready, size_t max)
{
    sim *s = sim_of(w);
    uint64_t before = s->activity;
    uint64_t moved_before = s->octets_moved;
    uint64_t limit = timeout_ms < 0 ? UINT64_MAX : s->now_ms + (uint64_t)timeout_ms;
    unsigned stop = s->stop;
    size_t n = 0;

    s->waits++;
    s->octets_moved = sim_octets_moved(s);
    for (;;) {
        bool moved = s->driver->step(s);
        sim_look_at_stop(s);
        n = sim_ready(s, ready, max);
        if (n > 0 || timeout_ms == 0 || s->stop != stop) break;
        if (moved) continue;
        if (!sim_pass_time(s, limit)) break;
    }
    for (size_t i = 0; i < n; i++) {
        s->hash = (s->hash ^ ready[i].token) * 0x100000001B3u;
        sim_trace(s, "token %u: ready%s%s", ready[i].token, ready[i].readable ? " to read" : "",
                  ready[i].writable ? " to write" : "");
    }
    if (s->activity == before && s->octets_moved == moved_before)
        s->idle_waits++;
    else
        s->idle_waits = 0;
    if (s->idle_waits > s->idle_waits_max) sim_fail(s, "the server spins");
    return n;
}

static uint64_t sim_now(weir_world *w)
{
    return sim_of(w)->now_ms;
}

static int64_t sim_wall(weir_world *w)
{
    return SIM_WALL_S + (int64_t)(sim_of(w)->now_ms / 1000);
}

static unsigned sim_stop(weir_world *w)
{
    return sim_of(w)->stop;
}

/* ---- files ---- */

static const sim_file *sim_find(const sim *s, weir_str path)
{
    bool folder = path.len > 0 && path.p[path.len - 1] == '/';
    weir_str name = {path.p, folder ? path.len - 1 : path.len};

    for (size_t i = 0; i < s->file_count; i++) {
        const sim_file *f = &s->files[i];
        if (weir_str_equal(weir_str_of(f->path), name)) return folder && !f->is_folder ? NULL : f;
    }
    return NULL;
}

static weir_file_result sim_look(weir_world *w, weir_str path, weir_file_facts *facts)
{
    const sim *s = sim_of(w);
    const sim_file *f = sim_find(s, path);

    if (f == NULL) return WEIR_FILE_NONE;
    *facts = (weir_file_facts){.size = f->size,
                               .modified_s = SIM_WALL_S - 1000,
                               .identity = (uint64_t)(f - s->files) + 1,
                               .is_folder = f->is_folder};
    return WEIR_FILE_OK;
}

static weir_file_result sim_open(weir_world *w, weir_str path, int *file, weir_file_facts *facts)
{
    sim *s = sim_of(w);

    if (sim_chance(s, s->faults.file_full_percent)) return WEIR_FILE_FULL;
    weir_file_result result = sim_look(w, path, facts);
    if (result != WEIR_FILE_OK) return result;
    s->files_open++;
    sim_trace(s, "file %td: opened", sim_find(s, path) - s->files);
    *file = (int)(SIM_FILE_HANDLE + (sim_find(s, path) - s->files));
    return WEIR_FILE_OK;
}

static const sim_file *sim_file_of(const sim *s, int handle)
{
    assert(handle >= SIM_FILE_HANDLE && (size_t)(handle - SIM_FILE_HANDLE) < s->file_count);
    return &s->files[handle - SIM_FILE_HANDLE];
}

static weir_file_result sim_read(weir_world *w, int handle, uint64_t at, void *out, size_t len,
                                 size_t *got)
{
    sim *s = sim_of(w);
    const sim_file *f = sim_file_of(s, handle);
    uint64_t left = at < f->real_size ? f->real_size - at : 0;
    size_t n = left < len ? (size_t)left : len;

    if (n > 1 && sim_chance(s, 20)) n = 1 + (size_t)sim_roll(s, n);
    sim_octets(at, out, n);
    s->short_reads += n == 0 && at < f->size;
    *got = n;
    return WEIR_FILE_OK;
}

static int sim_descriptor(weir_world *w, int handle)
{
    (void)w;
    return handle; /* memory transports say UNSUPPORTED, as TLS does */
}

static void sim_close(weir_world *w, int handle)
{
    sim *s = sim_of(w);

    sim_trace(s, "file %td: closed", sim_file_of(s, handle) - s->files);
    if (s->files_open == 0) sim_fail(s, "a file is closed twice");
    s->files_open--;
}

static bool sim_list(weir_world *w, int handle, uint64_t at)
{
    sim *s = sim_of(w);

    s->listed = sim_file_of(s, handle);
    s->listing = (size_t)at;
    return s->listed->is_folder;
}

static bool sim_list_next(weir_world *w, weir_str *name, uint64_t *at)
{
    sim *s = sim_of(w);
    size_t len = strlen(s->listed->path);

    while (s->listing < s->file_count) {
        const char *path = s->files[s->listing++].path;
        if (*path == '\0' || strncmp(path, s->listed->path, len) != 0) continue;
        if (len > 0 && path[len] != '/') continue;
        path += len > 0 ? len + 1 : 0;
        if (*path == '\0' || strchr(path, '/') != NULL) continue;
        *name = weir_str_of(path);
        *at = s->listing;
        return true;
    }
    return false;
}

static void sim_log(weir_world *w, bool is_error, const char *text)
{
    (void)is_error;
    sim_note(sim_of(w), text, strlen(text));
    sim_trace(sim_of(w), "log: %s", text);
}

static const weir_world_ops sim_ops = {
    .watch = sim_watch,
    .change = sim_change,
    .unwatch = sim_unwatch,
    .wait = sim_wait,
    .now_ms = sim_now,
    .wall_s = sim_wall,
    .stop = sim_stop,
    .open = sim_open,
    .look = sim_look,
    .read = sim_read,
    .descriptor = sim_descriptor,
    .close = sim_close,
    .list = sim_list,
    .list_next = sim_list_next,
    .log = sim_log,
};

void sim_init(sim *s, uint64_t seed, const sim_file *files, size_t file_count)
{
    memset(s, 0, offsetof(sim, rings));
    s->link_count = SIM_LINKS;
    s->idle_waits_max = SIM_IDLE_WAITS_MAX;
    s->world.ops = &sim_ops;
    s->acceptor.ops = &sim_acceptor_ops;
    s->files = files;
    s->file_count = file_count;
    s->random = seed;
    s->hash = 0xCBF29CE484222325u;
    s->now_ms = 1000;
}
