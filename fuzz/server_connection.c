/* SPDX-License-Identifier: MIT */
/*
 * A whole server connection: the engine with a tiny application behind it (app.h), twice. Once with
 * all octets at hand; once over the memory transport, with cuts, short reads and writes,
 * would-blocks and a small output buffer.
 *
 * The first octet says how the input ends: '.' cleanly, '!' cut off, '~' not at all (a timeout);
 * then ':' ';' '=' the same with tight limits. Then the plan up to a line end, a letter a request,
 * cyclic. The rest is the wire. Or it is what `weir serve --record` wrote (recorded.h).
 *
 * - Cuts: events, error offsets and output octets are the same both times (where the application
 *   sends back what it gets as it gets it, chunks may differ: then the same once they are joined).
 * - One response: every complete request is answered once, in order, and what goes out reads back,
 *   strictly, as what the application said; nothing is answered after a response that says close.
 * - Progress: every call of the engine uses input, tells an event or says who moves first; events
 *   are linear in octets, and nothing spins.
 * - Room: an input buffer of head_bytes_max never meets MORE when it is full.
 * - Mistakes of the application are refused and change nothing.
 * - Leniency: what is accepted strictly, the profile "tolerant" takes for the same messages.
 */
#include "app.h"
#include "recorded.h"

#include "weir/memory.h"

#include <stdlib.h>

#define IN_MAX 2048 /* head_bytes_max of app.c */
#define OUT_MAX 1024
#define RING_MAX 256
#define SCRIPT_MAX 8

typedef struct {
    const uint8_t *plan, *wire;
    size_t plan_len, size;
    weir_error end; /* why the input ends */
    bool is_tight;
} scenario;

static scenario scenario_of(const uint8_t *data, size_t size)
{
    static const weir_error ends[] = {WEIR_END, WEIR_ERR_TRUNCATED, WEIR_ERR_TIMEOUT};
    static const char letters[] = ".!~:;=";
    const char *letter = data[0] == '\0' ? NULL : strchr(letters, data[0]);
    size_t n = letter != NULL ? (size_t)(letter - letters) : data[0] % 6U;
    scenario s = {.plan = data + 1, .end = ends[n % 3], .is_tight = n >= 3};
    const uint8_t *line = memchr(s.plan, '\n', size - 1);
    s.plan_len = line == NULL ? size - 1 : (size_t)(line - s.plan);
    s.wire = s.plan + s.plan_len + (line != NULL);
    s.size = size - (size_t)(s.wire - data);
    return s;
}

static void flush(weir_buf *out, text *sent)
{
    text_add(sent, out->p, out->len);
    out->len = 0;
}

/* All octets at hand, and room for all output. */
static void run_whole(app *a, const scenario *s, text *sent)
{
    char memory[OUT_MAX], *in = copy_exact(s->wire, s->size);
    weir_buf out = {memory, 0, sizeof memory};
    size_t at = 0, used = 0;
    for (app_next_step step = APP_GO; step != APP_OVER;) {
        while (app_has_tasks(a)) {
            if (app_work(a, &out)) continue;
            require(out.len > 0, "what has no room in an empty buffer is larger than the buffer");
            flush(&out, sent);
        }
        step = app_next(a, in + at, s->size - at, &used);
        at += used;
        if (step == APP_READ) app_stop(a, s->end);
        require(a->events <= 2 * s->size + 2, "events are linear in octets");
    }
    flush(&out, sent);
    copy_free(in, s->size);
}

/* Both ends of the transport, and what is on its way. */
typedef struct {
    const scenario *s;
    weir_memory_end client_end, server_end;
    unsigned char rings[2][RING_MAX], scripts[2][SCRIPT_MAX];
    cuts how;
    size_t sent_by_client;
    bool is_client_done, is_client_told; /* has said all; has heard the end */
    text received;                       /* by the client */
    app *a;
    char in_memory[IN_MAX], out_memory[OUT_MAX];
    size_t in_max, in_at, in_len;
    weir_buf out;
    text *sent;
    app_next_step step;
    bool is_lazy; /* flushes when it must, not as soon as it can */
    bool is_server_done;
} stage;

static weir_memory_options stage_options(stage *st, unsigned end, dice *d)
{
    unsigned char *script = st->scripts[end];
    size_t len = 1 + dice_roll(d, SCRIPT_MAX);
    for (size_t i = 0; i < len; i++) {
        size_t kind = dice_roll(d, 4);
        script[i] = (unsigned char)(kind == 0   ? 0
                                    : kind == 1 ? 1 + dice_roll(d, 4)
                                                : 1 + dice_roll(d, 255));
    }
    script[0] |= 1; /* something gets through */
    weir_memory_options o = {
        .buffer = st->rings[end],
        .buffer_size = 1 + dice_roll(d, RING_MAX),
        .faults = {.script = script, .script_len = len},
        .handle = (int)end,
    };
    return o;
}

/* Writes what is left in its pieces, then ends its half; reads what there is. */
static void client_turn(stage *st)
{
    const scenario *s = st->s;
    weir_transport *t = &st->client_end.transport;
    unsigned char part[64];
    size_t n = 0;
    if (st->sent_by_client < s->size) {
        struct iovec piece = {
            .iov_base = (void *)(uintptr_t)(s->wire + st->sent_by_client),
            .iov_len = cuts_next(&st->how, s->size - st->sent_by_client),
        };
        weir_io io = weir_transport_write(t, &piece, 1, &n);
        st->sent_by_client += n;
        if (io == WEIR_IO_RESET) st->sent_by_client = s->size;
    } else if (!st->is_client_done) {
        st->is_client_done = true;
        if (s->end != WEIR_ERR_TIMEOUT || st->is_server_done) (void)weir_transport_shutdown(t);
    }
    weir_io io = weir_transport_read(t, part, sizeof part, &n);
    if (io == WEIR_IO_OK) text_add(&st->received, part, n);
    if (io == WEIR_IO_END || io == WEIR_IO_RESET) {
        st->is_client_told = true;
        if (st->is_client_done) (void)weir_transport_shutdown(t);
    }
}

/* Sends what is in `out`. False: not now. */
static bool server_flush(stage *st)
{
    while (st->out.len > 0) {
        struct iovec piece = {.iov_base = st->out.p, .iov_len = st->out.len};
        size_t n = 0;
        weir_io io = weir_transport_write(&st->server_end.transport, &piece, 1, &n);
        if (io != WEIR_IO_OK) {
            require(io == WEIR_IO_WANT_WRITE, "nothing resets this connection");
            return false;
        }
        text_add(st->sent, st->out.p, n);
        memmove(st->out.p, st->out.p + n, st->out.len - n);
        st->out.len -= n;
    }
    return true;
}

/* The engine asks for more: reads behind what it has left. False: nothing is there now. */
static bool server_read(stage *st)
{
    size_t got = 0;
    memmove(st->in_memory, st->in_memory + st->in_at, st->in_len);
    st->in_at = 0;
    require(st->in_len < st->in_max, "MORE never meets a full buffer of head_bytes_max octets");
    weir_io io = weir_transport_read(&st->server_end.transport, st->in_memory + st->in_len,
                                     st->in_max - st->in_len, &got);
    st->in_len += got;
    if (io == WEIR_IO_OK) return true;
    bool is_silent =
        st->is_client_done && weir_memory_readable_at(&st->server_end) == WEIR_MEMORY_NEVER;
    if (io == WEIR_IO_WANT_READ && !(is_silent && st->s->end == WEIR_ERR_TIMEOUT)) return false;
    app_stop(st->a, st->s->end);
    return true;
}

/* Goes on until it has to wait for the client. */
static void server_turn(stage *st)
{
    app *a = st->a;
    while (st->step != APP_OVER) {
        if (!st->is_lazy && !server_flush(st)) return;
        if (app_has_tasks(a)) {
            if (app_work(a, &st->out)) continue;
            require(st->out.len > 0, "what has no room in an empty buffer is larger than it");
            if (!server_flush(st)) return;
            continue;
        }
        if (st->step == APP_READ) {
            if (!server_flush(st)) return;
            if (!server_read(st)) return;
        }
        size_t used = 0;
        st->step = app_next(a, st->in_memory + st->in_at, st->in_len, &used);
        st->in_at += used;
        st->in_len -= used;
        require(a->events <= 2 * st->s->size + 2, "events are linear in octets");
    }
    if (!server_flush(st)) return;
    if (a->is_reset) {
        weir_memory_reset(&st->server_end);
        st->is_server_done = true;
        return;
    }
    if (!st->is_server_done) (void)weir_transport_shutdown(&st->server_end.transport);
    st->is_server_done = true;
    size_t got = 0; /* lingers, so that nothing is lost by a reset */
    (void)weir_transport_read(&st->server_end.transport, st->in_memory, sizeof st->in_memory, &got);
}

/* Both take turns over a transport that does what the dice say. */
static void run_cut(app *a, const scenario *s, dice *d, text *sent, bool is_small)
{
    stage *st = calloc(1, sizeof *st);
    if (st == NULL) exit(1);
    st->s = s;
    st->a = a;
    st->sent = sent;
    st->how = cuts_from(d, s->size);
    st->in_max = a->limits.head_bytes_max;
    st->out = (weir_buf){st->out_memory, 0, is_small ? 150 + dice_roll(d, 64) : OUT_MAX};
    st->is_lazy = dice_roll(d, 2) == 0;
    weir_memory_options client = stage_options(st, 0, d), server = stage_options(st, 1, d);
    weir_memory_join(&st->client_end, &client, &st->server_end, &server);
    for (size_t turns = 0; !st->is_server_done || !st->is_client_told; turns++) {
        client_turn(st);
        server_turn(st);
        require(turns <= SCRIPT_MAX * 4 * (s->size + sent->len + 16), "nothing spins");
    }
    require(a->is_reset || text_equal(&st->received, sent), "the client gets all that was sent");
    weir_transport_close(&st->server_end.transport);
    weir_transport_close(&st->client_end.transport);
    text_free(&st->received);
    free(st);
}

static void compare(const text *whole, const text *cut, const char *invariant)
{
    if (text_equal(whole, cut)) return;
    text_show("in one piece", whole);
    text_show("in pieces", cut);
    require(false, invariant);
}

/* Over the transport: the same as in one piece. */
static void check_cut(const app *whole, const scenario *s, const text *sent_whole,
                      const text *summary_whole, dice *d)
{
    bool is_small = dice_roll(d, 4) == 0; /* chunks are as long as there is room */
    app cut;
    text sent = {0}, summary = {0};
    app_init(&cut, s->plan, s->plan_len, s->is_tight);
    run_cut(&cut, s, d, &sent, is_small);
    app_check_output(&cut, &sent, &summary);

    compare(&whole->trace, &cut.trace, "the events are the same wherever the input is cut");
    compare(summary_whole, &summary, "the output is the same wherever the input is cut");
    bool may_differ = is_small; /* in where chunks begin */
    for (size_t i = 0; i < whole->answer_count; i++) {
        char how = whole->answers[i].how;
        may_differ = may_differ || how == 's' || (how == 'c' && sent_whole->len > OUT_MAX);
    }
    if (!may_differ)
        compare(sent_whole, &sent, "output octets are the same wherever the input is cut");
    app_free(&cut);
    text_free(&sent);
    text_free(&summary);
}

/* By the profile "tolerant": the same up to the first error, and all the same where there is none. */
static void check_tolerant(const app *strict, const scenario *s, const text *sent_strict)
{
    app tolerant;
    text sent = {0};
    app_init(&tolerant, s->plan, s->plan_len, s->is_tight);
    tolerant.limits.allow = WEIR_ALLOW_TOLERANT;
    run_whole(&tolerant, s, &sent);
    if (strict->error == WEIR_OK) {
        compare(&strict->trace, &tolerant.trace,
                "what is accepted strictly, tolerance reads alike");
        compare(sent_strict, &sent, "what is accepted strictly, tolerance answers alike");
    } else {
        require(tolerant.trace.len >= strict->trace_agreed &&
                    (strict->trace_agreed == 0 ||
                     memcmp(tolerant.trace.p, strict->trace.p, strict->trace_agreed) == 0),
                "what is accepted before an error, tolerance reads alike");
    }
    app_free(&tolerant);
    text_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || recorded_run(data, size)) return 0;
    scenario s = scenario_of(data, size);
    dice d = dice_from(data, size);
    app whole;
    text sent = {0}, summary = {0};
    app_init(&whole, s.plan, s.plan_len, s.is_tight);
    run_whole(&whole, &s, &sent);
    app_check_output(&whole, &sent, &summary);
    if (is_due(&d, 4)) check_cut(&whole, &s, &sent, &summary, &d);
    if (is_due(&d, 8)) check_tolerant(&whole, &s, &sent);
    app_free(&whole);
    text_free(&sent);
    text_free(&summary);
    return 0;
}
