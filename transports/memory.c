/* SPDX-License-Identifier: MIT */
/* memory.c - two ends of a stream in one process, with a script of faults. */
#include <assert.h>
#include <string.h>

#include "weir/memory.h"

static weir_memory_end *memory_of(weir_transport *t)
{
    return (weir_memory_end *)t; /* its first member */
}

static uint64_t memory_now(const weir_memory_end *end)
{
    return end->options.now != NULL ? *end->options.now : 0;
}

/* splitmix64: every seed will do, 0 included. */
static uint64_t memory_random(weir_memory_end *end)
{
    uint64_t x = end->random += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* How many octets the faults allow this call; 0: a WANT for no reason. */
static size_t memory_allowance(weir_memory_end *end, size_t max)
{
    const weir_memory_faults *f = &end->options.faults;

    if (f->script != NULL) return f->script[end->script_at++ % f->script_len];
    if (f->block_percent > 0 && memory_random(end) % 100 < f->block_percent) return 0;
    return max > 0 ? 1 + (size_t)(memory_random(end) % max) : SIZE_MAX;
}

/* When what is sent now is seen: after a latency, and never before what was sent earlier. */
static uint64_t memory_arrival(weir_memory_end *end)
{
    const weir_memory_faults *f = &end->options.faults;
    uint64_t at = memory_now(end) + f->latency_min;

    if (f->latency_max > f->latency_min)
        at += memory_random(end) % (f->latency_max - f->latency_min + 1);
    if (at < end->last_at) at = end->last_at;
    end->last_at = at;
    return at;
}

static size_t memory_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Octets that `from` has sent and that are seen at this time. */
static size_t memory_visible(const weir_memory_end *from, uint64_t now)
{
    const weir_memory_options *o = &from->options;
    size_t sum = 0;

    if (o->chunk_count == 0) return from->ring_len;
    for (size_t i = 0; i < from->chunk_len; i++) {
        const weir_memory_chunk *chunk = &o->chunks[(from->chunk_at + i) % o->chunk_count];
        if (chunk->visible_at > now) break;
        sum += chunk->len;
    }
    return sum;
}

static size_t memory_room(const weir_memory_end *end)
{
    const weir_memory_options *o = &end->options;

    if (o->chunk_count > 0 && end->chunk_len == o->chunk_count) return 0;
    return o->buffer_size - end->ring_len;
}

/* Takes `len` octets, which are there, out of the ring of `from`. */
static void memory_take(weir_memory_end *from, unsigned char *out, size_t len)
{
    const weir_memory_options *o = &from->options;
    size_t head = memory_least(len, o->buffer_size - from->ring_at);
    size_t left = len;

    memcpy(out, o->buffer + from->ring_at, head);
    memcpy(out + head, o->buffer, len - head);
    from->ring_at = (from->ring_at + len) % o->buffer_size;
    from->ring_len -= len;
    while (from->chunk_len > 0 && left > 0) {
        weir_memory_chunk *chunk = &o->chunks[from->chunk_at];
        size_t n = memory_least(left, chunk->len);
        chunk->len -= n;
        left -= n;
        if (chunk->len > 0) break;
        from->chunk_at = (from->chunk_at + 1) % o->chunk_count;
        from->chunk_len--;
    }
}

/* Puts `len` octets, for which there is room, into the ring. */
static void memory_put(weir_memory_end *end, const unsigned char *in, size_t len)
{
    const weir_memory_options *o = &end->options;
    size_t at = (end->ring_at + end->ring_len) % o->buffer_size;
    size_t head = memory_least(len, o->buffer_size - at);

    memcpy(o->buffer + at, in, head);
    memcpy(o->buffer, in + head, len - head);
    end->ring_len += len;
}

static void memory_note_chunk(weir_memory_end *end, size_t len)
{
    const weir_memory_options *o = &end->options;

    if (o->chunk_count == 0) return;
    size_t at = (end->chunk_at + end->chunk_len) % o->chunk_count;
    o->chunks[at] = (weir_memory_chunk){.visible_at = memory_arrival(end), .len = len};
    end->chunk_len++;
}

void weir_memory_reset(weir_memory_end *end)
{
    weir_memory_end *ends[2] = {end, end->peer};

    for (size_t i = 0; i < 2; i++) {
        ends[i]->is_reset = true;
        ends[i]->ring_len = 0;
        ends[i]->chunk_len = 0;
    }
}

static weir_io memory_want(weir_memory_end *end, weir_io want)
{
    end->armed |= want == WEIR_IO_WANT_READ ? WEIR_MEMORY_READABLE : WEIR_MEMORY_WRITABLE;
    return want;
}

static weir_io memory_ready(weir_transport *t)
{
    (void)t;
    return WEIR_IO_OK;
}

static weir_io memory_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    weir_memory_end *end = memory_of(t);
    weir_memory_end *from = end->peer;
    uint64_t now = memory_now(end);

    if (end->is_reset) return WEIR_IO_RESET;
    size_t visible = memory_visible(from, now);
    if (visible == 0) {
        if (from->ring_len == 0 && from->fin_at <= now) return WEIR_IO_END;
        return memory_want(end, WEIR_IO_WANT_READ);
    }
    size_t allowed = memory_allowance(end, end->options.faults.read_max);
    if (allowed == 0) return memory_want(end, WEIR_IO_WANT_READ);
    *got = memory_least(len, memory_least(visible, allowed));
    memory_take(from, buf, *got);
    return WEIR_IO_OK;
}

/* What may be sent before the next reset or cut. */
static size_t memory_until_fault(const weir_memory_end *end)
{
    const weir_memory_faults *f = &end->options.faults;
    uint64_t left = UINT64_MAX;

    if (f->reset_after > 0) left = f->reset_after - end->sent;
    if (f->cut_after > 0 && !end->is_cut && f->cut_after - end->sent < left)
        left = f->cut_after - end->sent;
    return left < SIZE_MAX ? (size_t)left : SIZE_MAX;
}

static void memory_count(weir_memory_end *end, size_t len)
{
    const weir_memory_faults *f = &end->options.faults;

    end->sent += len;
    if (end->sent == f->cut_after && !end->is_cut) { /* never at 0: len is not */
        end->is_cut = true;
        end->fin_at = memory_arrival(end);
    }
    if (end->sent == f->reset_after) weir_memory_reset(end);
}

static weir_io memory_write(weir_transport *t, const struct iovec *parts, size_t count, size_t *put)
{
    weir_memory_end *end = memory_of(t);

    if (!end->is_reset && !end->is_shut && !end->peer->is_open) weir_memory_reset(end);
    if (end->is_reset || end->is_shut) return WEIR_IO_RESET;

    size_t room = end->is_cut ? SIZE_MAX : memory_room(end);
    if (room == 0) return memory_want(end, WEIR_IO_WANT_WRITE);
    size_t allowed = memory_allowance(end, end->options.faults.write_max);
    if (allowed == 0) return memory_want(end, WEIR_IO_WANT_WRITE);
    allowed = memory_least(memory_least(room, allowed), memory_until_fault(end));

    size_t sum = 0;
    for (size_t i = 0; i < count && sum < allowed; i++) {
        size_t n = memory_least(parts[i].iov_len, allowed - sum);
        if (n > 0 && !end->is_cut) memory_put(end, parts[i].iov_base, n);
        sum += n;
    }
    if (!end->is_cut) memory_note_chunk(end, sum);
    memory_count(end, sum);
    *put = sum;
    return WEIR_IO_OK;
}

static weir_io memory_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    (void)t;
    (void)fd;
    (void)offset;
    (void)len;
    return WEIR_IO_UNSUPPORTED;
}

static weir_io memory_shutdown(weir_transport *t)
{
    weir_memory_end *end = memory_of(t);

    if (end->is_reset) return WEIR_IO_RESET;
    if (end->is_shut) return WEIR_IO_OK;
    end->is_shut = true;
    if (!end->is_cut) end->fin_at = memory_arrival(end);
    return WEIR_IO_OK;
}

static void memory_close(weir_transport *t)
{
    weir_memory_end *end = memory_of(t);

    if (end->peer->ring_len > 0)
        weir_memory_reset(end);
    else
        (void)memory_shutdown(t);
    end->is_open = false;
}

static void memory_abort(weir_transport *t)
{
    weir_memory_end *end = memory_of(t);

    weir_memory_reset(end);
    end->is_open = false;
}

static int memory_handle(const weir_transport *t)
{
    return ((const weir_memory_end *)t)->options.handle;
}

static void memory_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    const weir_memory_end *end = (const weir_memory_end *)t;

    *local = end->options.address;
    *remote = end->remote;
}

static void memory_facts(const weir_transport *t, weir_transport_facts *facts)
{
    (void)t;
    (void)facts;
}

static const weir_transport_ops memory_ops = {
    .name = "memory",
    .ready = memory_ready,
    .read = memory_read,
    .write = memory_write,
    .sendfile = memory_sendfile,
    .shutdown = memory_shutdown,
    .close = memory_close,
    .abort = memory_abort,
    .handle = memory_handle,
    .addresses = memory_addresses,
    .facts = memory_facts,
};

static void memory_check(const weir_memory_options *options)
{
    const weir_memory_faults *f = &options->faults;
    bool moves = f->script == NULL;

    for (size_t i = 0; !moves && i < f->script_len; i++)
        moves = f->script[i] > 0;
    assert(moves); /* else no call would ever do anything */
    assert(options->buffer_size > 0 && f->block_percent <= 90);
    assert(f->latency_max >= f->latency_min);
    assert(f->latency_max == 0 || options->chunk_count > 0);
}

static void memory_init(weir_memory_end *end, const weir_memory_options *options,
                        weir_memory_end *peer, const weir_address *remote)
{
    memory_check(options);
    *end = (weir_memory_end){.transport = {.ops = &memory_ops}, .peer = peer};
    end->options = *options;
    end->remote = *remote;
    end->random = options->faults.seed;
    end->fin_at = WEIR_MEMORY_NEVER;
    end->is_open = true;
    end->armed = WEIR_MEMORY_READABLE | WEIR_MEMORY_WRITABLE;
}

void weir_memory_join(weir_memory_end *a, const weir_memory_options *a_options, weir_memory_end *b,
                      const weir_memory_options *b_options)
{
    memory_init(a, a_options, b, &b_options->address);
    memory_init(b, b_options, a, &a_options->address);
}

uint64_t weir_memory_readable_at(const weir_memory_end *end)
{
    const weir_memory_end *from = end->peer;

    if (end->is_reset) return 0;
    if (from->ring_len == 0) return from->fin_at;
    return from->options.chunk_count > 0 ? from->options.chunks[from->chunk_at].visible_at : 0;
}

unsigned weir_memory_readiness(const weir_memory_end *end, uint64_t now)
{
    bool told = end->is_reset || end->is_shut || end->is_cut || !end->peer->is_open;
    unsigned bits = 0;

    if (weir_memory_readable_at(end) <= now && weir_memory_readable_at(end) != WEIR_MEMORY_NEVER)
        bits |= WEIR_MEMORY_READABLE;
    if (told || memory_room(end) > 0) bits |= WEIR_MEMORY_WRITABLE;
    return bits;
}

unsigned weir_memory_edges(weir_memory_end *end, uint64_t now)
{
    unsigned bits = weir_memory_readiness(end, now) & end->armed;

    end->armed &= ~bits;
    return bits;
}
