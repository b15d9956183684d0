/* SPDX-License-Identifier: MIT */
/*
 * The whole reference server (acceptor, sessions, timers, limits, static files, demo, drain) in the
 * simulated world of tests/sim, with up to twelve clients. The input is a script, then what the
 * clients say. A script is lines of commands, each a letter and numbers, up to an empty line:
 *
 *   S n  the seed of all that the script does not say (who is told first, short reads of files)
 *   M n  connections at a time, 1 to 8          P n  octets of payload that a request may carry
 *   N    no listings                            B n  the server's allocation number n + 1 fails
 *   L n  n % of those who wait are lost before they are accepted
 *   F n  n % of the files cannot be opened: out of descriptors
 *   D n  accepting fails with n connections open: out of descriptors; 0: never
 *   W n  n % of what is to be watched cannot be
 *   A    the acceptor fails for good
 *   T    the port speaks TLS, or a toy in its place: a client that says "TLS\n" first, and hears it,
 *        is in; one that does not is told 400 without it (tls_toy.c)
 *
 *   oC,seed,block,read,write,latency   client C connects; the server's end of it would block for no
 *        reason in `block` % of the calls, reads at most `read` and writes at most `write` octets a
 *        call (0: any number); octets take up to `latency` ms each way
 *   wC,n says the next n octets of its stream, as far as there is room; wC all
 *   kC   stops listening        rC  listens again     hC  ends its half
 *   xC   resets                 cC  closes
 *   t n  n ms pass, while everybody does what he must; t0: until nobody has anything to do
 *   j n  the clock jumps by n ms at once
 *   d    the server is asked to stop; again: at once
 *
 * A line is done at once, then the server has a turn. '#' comments out the rest of a line. Behind
 * the empty line come the streams, what the clients say, between lines "%%"; there is one for each
 * client, or some share one (client C has stream C modulo their number).
 * After the last line the clients only listen, and the server must end every connection by its
 * deadlines. A client with an odd number holds its end open until then.
 *
 * - Answers: every complete request is answered once, in order, by a well-formed response with the
 *   right content; nothing follows what says close; none is cut but for a reason (world_answers.c).
 * - Deadlines: idle, a slow head, a stalled peer, lingering, the drain (world_client.c, below).
 * - Nothing lost or leaked: sessions, files, leases, memory; what is watched is open; memory stays
 *   below a bound. An allocation may fail. (Answers are read by weir's own client side here.)
 * - No spin: the server does not wake again and again for nothing (world_sim.c).
 * - Deterministic: a share of the inputs runs twice, and all that happened is the same, octet for
 *   octet. With WEIR_FUZZ_TRACE=1 it is printed, for comparison between builds.
 */
#include "tls_toy.h"
#include "worker.h"
#include "world_client.h"
#include "world_memory.h"
#include "world_script.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    WORLD_CONNECTIONS_MAX = 8,
    WORLD_IDLE_WAITS_MAX = 3000,
    WORLD_DRAIN_MS = 30000,
    WORLD_MEMORY_MAX = 16 << 20, /* the file cache, and one block of leases */
    WORLD_TWICE = 16,            /* one input in so many runs twice */
};

/* ORDER world_timeouts */
static const weir_server_timeouts world_timeouts = {.handshake_ms = 10000,
                                                    .head_ms = 15000,
                                                    .idle_ms = 60000,
                                                    .body_ms = 30000,
                                                    .send_ms = 30000,
                                                    .linger_ms = 2000,
                                                    .drain_ms = WORLD_DRAIN_MS};

/* One run. */
typedef struct {
    sim sim; /* large, and used by one run after the other */
    world_client clients[WORLD_CLIENTS];
    world_script script;
    world_settings settings;
    world_rules rules;
    world_client *opened[WORLD_CLIENTS];
    size_t opened_count;
    uint64_t resume_ms; /* the script goes on then; 0: now */
    bool is_script_over;
    size_t waits; /* turns of the server that were looked at */
} stage;

static stage theatre; /* not on the stack: two megabytes, of which little is touched */

static stage *stage_of(sim *s)
{
    return s->driver_data;
}

/* ---- the script ---- */

static void stage_stop(stage *st)
{
    sim *s = &st->sim;

    if (s->stop < 2) s->stop++;
    if (s->stop == 2) st->rules.is_stopped_at_once = true;
    if (st->rules.stopped_ms == UINT64_MAX) st->rules.stopped_ms = s->now_ms;
    sim_trace(s, "stop: %u", s->stop);
}

static void stage_jump(stage *st, uint64_t ms)
{
    st->sim.now_ms += ms;
    if (st->rules.stopped_ms != UINT64_MAX) st->rules.stopped_ms = st->sim.now_ms;
    for (size_t i = 0; i < st->opened_count; i++)
        if (st->opened[i]->link != NULL) world_client_jumped(st->opened[i], &st->sim);
    sim_note_number(&st->sim, st->sim.now_ms);
    sim_trace(&st->sim, "the clock has jumped");
}

/* Those that set something. False: it is another one. */
static bool stage_set(stage *st, const world_command *c)
{
    sim_faults *f = &st->sim.faults;

    switch (c->letter) {
    case 'L': f->lost_percent = (unsigned)(c->n[0] < 100 ? c->n[0] : 100); return true;
    case 'F':
        f->file_full_percent = (unsigned)(c->n[0] < 100 ? c->n[0] : 100);
        st->rules.may_be_busy |= c->n[0] > 0;
        return true;
    case 'D': f->open_max = (size_t)c->n[0]; return true;
    case 'W':
        f->watch_percent = (unsigned)(c->n[0] < 100 ? c->n[0] : 100);
        st->rules.may_lose |= c->n[0] > 0;
        return true;
    case 'A': f->accept_failed = true; return true;
    default: return false;
    }
}

static void stage_act(stage *st, const world_command *c)
{
    sim *s = &st->sim;
    world_client *client = &st->clients[c->n[0] % WORLD_CLIENTS];

    if (stage_set(st, c)) return;
    switch (c->letter) {
    case 'o':
        if (world_client_open(client, s, &st->rules, c)) st->opened[st->opened_count++] = client;
        return;
    case 'w': world_client_write(client, s, c->count > 1 ? (size_t)c->n[1] : SIZE_MAX); return;
    case 'k': client->is_deaf = client->was_deaf = true; return;
    case 'r': client->is_deaf = false; return;
    case 'h': world_client_shut(client, s); return;
    case 'x': world_client_reset(client, s); return;
    case 'c': world_client_close(client, s); return;
    case 't': st->resume_ms = c->n[0] > 0 ? s->now_ms + c->n[0] : UINT64_MAX; return;
    case 'j': stage_jump(st, c->n[0]); return;
    case 'd': stage_stop(st); return;
    default: return;
    }
}

/* One line. True: something was done. */
static bool stage_script(stage *st)
{
    world_command c;

    if (st->is_script_over || st->resume_ms > st->sim.now_ms) return false;
    st->resume_ms = 0;
    do {
        if (!world_script_next(&st->script, &c)) {
            st->is_script_over = true;
            return true;
        }
        stage_act(st, &c);
    } while (!c.is_last && st->resume_ms == 0);
    return true;
}

/* ---- the driver ---- */

/* The server has had its turn: everything that is due by now is done. */
static void stage_check_turn(stage *st)
{
    sim *s = &st->sim;

    if (st->waits == s->waits) return;
    st->waits = s->waits;
    for (size_t i = 0; i < st->opened_count; i++)
        world_client_check_time(st->opened[i], s, &st->rules);
    if (st->rules.stopped_ms == UINT64_MAX) return;
    require(s->now_ms - st->rules.stopped_ms <= WORLD_DRAIN_MS, "the drain ends in its time");
}

static bool stage_step(sim *s)
{
    stage *st = stage_of(s);
    bool moved = false;

    stage_check_turn(st);
    for (size_t i = 0; i < st->opened_count; i++)
        moved |= world_client_listen(st->opened[i], s);
    return stage_script(st) || moved;
}

/* Asked only when nobody has anything to do by himself. */
static uint64_t stage_next_ms(sim *s)
{
    stage *st = stage_of(s);

    if (st->is_script_over) return UINT64_MAX;
    if (st->resume_ms == UINT64_MAX) st->resume_ms = s->now_ms + 1;
    return st->resume_ms;
}

static bool stage_is_over(const sim *s)
{
    const stage *st = s->driver_data;
    bool is_over = st->is_script_over;

    for (size_t i = 0; i < st->opened_count; i++)
        is_over = is_over && st->opened[i]->link == NULL;
    return is_over;
}

static const sim_driver stage_driver = {.step = stage_step,
                                        .next_ms = stage_next_ms,
                                        .is_over = stage_is_over};

static void stage_keep_line(void *data, const char *line)
{
    text *trace = data;

    text_word(trace, line);
    text_word(trace, "\n");
}

/* ---- a run ---- */

static void stage_init(stage *st, const char *data, size_t size, const sim_trace_sink *sink)
{
    weir_isa isa = st->rules.isa != WEIR_ISA_AUTO ? st->rules.isa : isa_any();

    st->script = world_script_of(data, size, "SMPNLFDWABTowkrhxctjd");
    world_script_settings(st->script, &st->settings);
    st->opened_count = 0;
    st->rules = (world_rules){.isa = isa,
                              .is_tls = st->settings.of['T'].letter != 0,
                              .payload_max = st->settings.of['P'].n[0],
                              .stopped_ms = UINT64_MAX};
    if (st->rules.payload_max == 0) st->rules.payload_max = WEIR_SERVER_PAYLOAD_BYTES_DEFAULT;
    st->resume_ms = 0;
    st->is_script_over = false;
    st->waits = 0;
    sim_init(&st->sim, st->settings.of['S'].n[0], world_files, world_file_count);
    st->sim.link_count = WORLD_CLIENTS;
    st->sim.idle_waits_max = WORLD_IDLE_WAITS_MAX;
    st->sim.driver = &stage_driver;
    st->sim.driver_data = st;
    st->sim.trace = sink;
    for (size_t i = 0; i < WORLD_CLIENTS; i++) {
        weir_str wire = st->script.streams[i % st->script.stream_count];
        world_client_init(&st->clients[i], i, wire);
    }
}

static size_t stage_connections(const stage *st)
{
    const world_command *max = &st->settings.of['M'];

    if (max->letter == 0 || max->n[0] > WORLD_CONNECTIONS_MAX) return WORLD_CONNECTIONS_MAX;
    return max->n[0] > 0 ? (size_t)max->n[0] : 1;
}

/* Returns what the server did. */
static int stage_run(stage *st)
{
    const weir_server_listener listener = {.acceptor = &st->sim.acceptor,
                                           .tls = st->rules.is_tls ? tls_toy_context() : NULL};
    const weir_server_options options = {.listeners = &listener,
                                         .listener_count = 1,
                                         .workers = 1,
                                         .connections_max = stage_connections(st),
                                         .payload_bytes_max = st->rules.payload_max,
                                         .without_listing = st->settings.of['N'].letter != 0,
                                         .with_demo = true,
                                         .isa = st->rules.isa,
                                         .timeouts = world_timeouts};

    world_memory_reset();
    if (st->settings.of['B'].letter != 0)
        world_memory_fail_after((size_t)st->settings.of['B'].n[0]);
    return weir_worker_run(&st->sim.world, &options);
}

static void stage_check(stage *st, int status, bool may_fail)
{
    sim *s = &st->sim;

    require(status == 0 || may_fail, "the server serves until it is asked to stop");
    require(s->acceptor.ops == NULL, "no acceptor stays open");
    require(!s->is_acceptor_watched, "no acceptor stays watched");
    require(s->files_open == 0, "no file stays open");
    require(world_memory_lent() == 0, "no memory stays behind");
    require(world_memory_peak() <= WORLD_MEMORY_MAX, "memory is bounded");
    for (size_t i = 0; i < s->link_count; i++) {
        const sim_link *l = &s->links[i];
        require(!l->is_used || !l->server.is_open, "no connection stays open");
        require(!l->is_watched, "no connection stays watched");
    }
    st->rules.has_shrunk = s->short_reads > 0;
    if (status != 0) st->rules.is_stopped_at_once = true;
    for (size_t i = 0; i < st->opened_count; i++) {
        world_client *c = st->opened[i];
        if (c->link != NULL) {
            while (world_client_listen(c, s))
                continue;
            world_client_close(c, s);
        }
        world_client_check(c, &st->rules);
    }
}

/* All that happened, as a number. */
static uint64_t run(const char *data, size_t size, const sim_trace_sink *sink)
{
    stage *st = &theatre;

    stage_init(st, data, size, sink);
    bool may_fail = st->settings.of['A'].letter != 0 || st->settings.of['B'].letter != 0 ||
                    st->settings.of['W'].letter != 0;
    int status = stage_run(st);
    stage_check(st, status, may_fail);
    return st->sim.hash;
}

static void run_twice(const char *data, size_t size)
{
    text first = {.p = NULL}, second = {.p = NULL};
    const sim_trace_sink sinks[] = {{stage_keep_line, &first}, {stage_keep_line, &second}};
    uint64_t a = run(data, size, &sinks[0]), b = run(data, size, &sinks[1]);

    if (!text_equal(&first, &second)) {
        text_show("the first time", &first);
        text_show("the second time", &second);
    }
    require(a == b && text_equal(&first, &second), "the same input has the same trace");
    text_free(&first);
    text_free(&second);
}

static void run_printing(const char *data, size_t size)
{
    text trace = {.p = NULL};
    const sim_trace_sink sink = {stage_keep_line, &trace};
    uint64_t hash = run(data, size, &sink);

    fwrite(trace.p, 1, trace.len, stdout);
    printf("%016llx\n", (unsigned long long)hash);
    text_free(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = copy_exact(data, size);
    dice d = dice_from(data, size);

    if (getenv("WEIR_FUZZ_TRACE") != NULL)
        run_printing(copy, size);
    else if (dice_roll(&d, WORLD_TWICE) == 0)
        run_twice(copy, size);
    else
        (void)run(copy, size, NULL);
    copy_free(copy, size);
    return 0;
}
