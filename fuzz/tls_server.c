/* SPDX-License-Identifier: MIT */
/*
 * A TLS session of transports/tls*.c over memory, with a small server behind it that sends back what
 * it gets, and a client by OpenSSL alone (tls_peer.c), whose octets are cut, delayed, changed, or are
 * no TLS. The input is commands, each a letter and numbers, an empty line, then what the client says;
 * behind a line "%%", other octets:
 *
 *   V n  TLS 1.2 at most where n is 2        P n  ALPN: 0 none, 1 "http/1.1", 2 one nobody knows
 *   N n  the name asked for: 0 "h", 1 another, 2 none
 *   F seed,block,read,write  the server's end would block for no reason in `block` % of the calls,
 *        reads at most `read` and writes at most `write` octets a call
 *   B n  room for n octets on the way, each way
 *   C n,n,...  octets that the client sends a turn       D n,n,...  octets that it receives a turn
 *   E n  how the client ends: 0 close_notify, 1 without one, 2 by a reset, 3 not until the server does
 *   T n  its stream is cut off after n octets             X n  it is reset after n octets
 *   K n,mask,...  octet n of its stream is changed, up to three     I n  the other octets come there
 *   Q n  the server shuts down when it has sent n octets back, though a write is half done
 *   R    it speaks no TLS: what it says is sent as it is
 *
 * - Plaintext: the server reads a prefix of what the client said, whatever is done to its octets; all
 *   of it when nothing is done. The client gets it back.
 * - The end: the server reads END only after all of it and close_notify, never for a stream that was
 *   cut off: that is TRUNCATED, a reset RESET. The client gets close_notify when it ends well, and
 *   only behind all that was written.
 * - No spin, no hang: a call that wants something is repeated when it happens, once; who waits is
 *   woken. Turns are linear in octets.
 * - What is not TLS is given back octet for octet, and nothing was sent.
 * - Nothing leaked: the context is held once in the end, OpenSSL has as much memory as before.
 * - Runs repeat themselves (tls_random.c).
 */
#include "tls_memory.h"
#include "tls_peer.h"
#include "tls_random.h"
#include "world_script.h"

#include "../transports/tls_internal.h"
#include "weir/memory.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TLS_RING = 16384,
    TLS_STUCK = 400, /* turns in which nothing moved */
    TLS_TWICE = 16,  /* one input in so many runs twice */
};

/* How the client ends. */
enum tls_ending {
    TLS_ENDS_WELL,
    TLS_ENDS_CUT,
    TLS_ENDS_RESET,
    TLS_ENDS_LAST,
    TLS_ENDINGS,
};

/* What both ends are. */
typedef struct {
    world_settings settings;
    weir_str said, other; /* plaintext, or octets that are no TLS; what I puts in */
    enum tls_ending ending;
    bool is_raw, is_meddled; /* meddled: the client's octets do not arrive as they were sent */
    weir_memory_end server_end, client_end;
    unsigned char rings[2][TLS_RING];
    /* the server */
    weir_tls tls;
    weir_io io;                          /* how its session ended, else OK */
    weir_io end;                         /* END when it read that */
    text got;                            /* by the server */
    size_t echoed;                       /* of that */
    unsigned wants;                      /* bits of WEIR_MEMORY_*; what its last calls wanted */
    bool is_ready, is_over, is_shutting; /* shutting: no reads and writes any more */
    weir_transport_facts facts;          /* when it was ready */
    /* the client */
    tls_peer peer;
    text raw; /* its octets that are not sent yet, changes included */
    size_t raw_at, raw_made;
    size_t cut_at[2];
    bool has_ended, is_gone; /* ended its half; does nothing more */
    size_t received;         /* octets of the server */
    text trace;
} stage;

static weir_tls_context *tls_context;

/* ---- the server ---- */

static void note(stage *st, const char *what, weir_io io, size_t n)
{
    text_word(&st->trace, what);
    text_word(&st->trace, " ");
    text_word(&st->trace, weir_io_name(io));
    text_word(&st->trace, " ");
    text_number(&st->trace, n);
    text_word(&st->trace, "\n");
}

static void server_want(stage *st, weir_io io)
{
    if (io == WEIR_IO_WANT_READ) st->wants |= WEIR_MEMORY_READABLE;
    if (io == WEIR_IO_WANT_WRITE) st->wants |= WEIR_MEMORY_WRITABLE;
    if (io == WEIR_IO_OK || io == WEIR_IO_WANT_READ || io == WEIR_IO_WANT_WRITE) return;
    st->io = io;
    st->is_over = true;
}

static bool server_read(stage *st)
{
    char piece[2000];
    size_t got;

    if (st->end == WEIR_IO_END || st->is_over) return false;
    weir_io io = weir_transport_read(&st->tls.transport, piece, sizeof piece, &got);
    note(st, "read", io, got);
    require((io == WEIR_IO_OK) == (got > 0), "OK from read() is at least an octet, all else none");
    text_add(&st->got, piece, got);
    if (io == WEIR_IO_END)
        st->end = io;
    else
        server_want(st, io);
    return got > 0 || io == WEIR_IO_END;
}

static bool server_write(stage *st)
{
    size_t left = st->got.len - st->echoed, put;

    if (left == 0 || st->is_over) return false;
    struct iovec parts[2] = {{st->got.p + st->echoed, left / 3}, {NULL, left - left / 3}};
    parts[1].iov_base = st->got.p + st->echoed + left / 3;
    weir_io io = weir_transport_write(&st->tls.transport, parts, 2, &put);
    note(st, "write", io, put);
    require((io == WEIR_IO_OK) == (put > 0), "OK from write() is at least an octet, all else none");
    st->echoed += put;
    server_want(st, io);
    return put > 0;
}

/* The client has ended and has all; or Q says so. */
static bool server_is_done(const stage *st)
{
    const world_command *quit = &st->settings.of['Q'];

    if (quit->letter != 0 && st->echoed >= quit->n[0] && st->got.len > 0) return true;
    return st->end == WEIR_IO_END && st->echoed == st->got.len;
}

static void server_shut(stage *st)
{
    if (!server_is_done(st) || st->is_over) return;
    weir_io io = weir_transport_shutdown(&st->tls.transport);
    note(st, "shutdown", io, 0);
    server_want(st, io);
    st->is_over |= io == WEIR_IO_OK;
}

static bool server_ready(stage *st)
{
    if (st->is_ready) return true;
    weir_io io = weir_transport_ready(&st->tls.transport);
    note(st, "ready", io, 0);
    server_want(st, io);
    if (io != WEIR_IO_OK) return false;
    st->is_ready = true;
    weir_transport_facts_get(&st->tls.transport, &st->facts);
    require(st->facts.secure && st->facts.foreign_len == 0, "a session that is ready is secure");
    return true;
}

/* Does what it can, if what it waits for has happened: told once, as an edge. */
static bool server_turn(stage *st, bool is_first)
{
    unsigned told = weir_memory_edges(&st->server_end, 0);

    if (st->is_over || (!is_first && (st->wants & told) == 0)) return false;
    st->wants = 0;
    if (!server_ready(st)) return true;
    bool moved = !st->is_shutting;
    while (moved && !st->is_over) {
        moved = server_write(st);
        st->is_shutting = st->settings.of['Q'].letter != 0 && server_is_done(st);
        moved = !st->is_shutting && (server_read(st) || moved);
    }
    if (!st->is_over) server_shut(st);
    return true;
}

/* ---- the client ---- */

/* How many octets may move in this turn; the command's numbers in a circle. */
static size_t client_step(stage *st, char letter)
{
    const world_command *c = &st->settings.of[(unsigned char)letter];
    size_t *at = &st->cut_at[letter == 'D'];

    if (c->count == 0) return TLS_RING;
    size_t n = (size_t)c->n[(*at)++ % c->count];
    return n > 0 ? n : 1;
}

/* Takes what the client's TLS has written, and meddles with it as the input says. */
static void client_take(stage *st)
{
    const world_command *change = &st->settings.of['K'], *insert = &st->settings.of['I'];
    char piece[4096];
    int n;

    while ((n = BIO_read(st->peer.out, piece, sizeof piece)) > 0) {
        for (size_t i = 0; i < (size_t)n; i++, st->raw_made++) {
            if (insert->count > 0 && insert->n[0] == st->raw_made) text_span(&st->raw, st->other);
            for (size_t k = 0; k + 1 < change->count; k += 2)
                if (change->n[k] == st->raw_made)
                    piece[i] = (char)(piece[i] ^ (char)change->n[k + 1]);
            text_add(&st->raw, &piece[i], 1);
        }
    }
}

static bool client_send(stage *st)
{
    size_t left = st->raw.len - st->raw_at, step = client_step(st, 'C'), put;

    if (left == 0 || st->is_gone) return false;
    struct iovec part = {st->raw.p + st->raw_at, left < step ? left : step};
    if (weir_transport_write(&st->client_end.transport, &part, 1, &put) == WEIR_IO_RESET)
        st->is_gone = true;
    st->raw_at += put;
    return put > 0;
}

static bool client_receive(stage *st)
{
    char piece[TLS_RING];
    size_t step = client_step(st, 'D'), got;

    if (st->is_gone) return false;
    weir_io io = weir_transport_read(&st->client_end.transport, piece,
                                     step < sizeof piece ? step : sizeof piece, &got);
    if (io == WEIR_IO_RESET) st->is_gone = true;
    if (got > 0) (void)BIO_write(st->peer.in, piece, (int)got);
    st->received += got;
    return got > 0;
}

/* It has said all, and heard all of it back. */
static bool client_is_done(const stage *st)
{
    const tls_peer *p = &st->peer;

    if (st->is_raw || p->is_failed || p->has_notify) return true;
    return p->is_ready && p->say.len == 0 && p->heard.len >= st->said.len;
}

/* Ends its half, in its way, when all is sent. True: it did. */
static bool client_end(stage *st, bool is_stuck)
{
    if (st->has_ended || st->is_gone || !(client_is_done(st) || is_stuck)) return false;
    if (st->ending == TLS_ENDS_LAST && !is_stuck && !st->is_raw && !st->peer.has_notify)
        return false;
    if (st->ending == TLS_ENDS_WELL && !st->is_raw && !st->peer.is_notified) {
        tls_peer_notify(&st->peer);
        client_take(st);
    }
    if (st->raw_at < st->raw.len && !is_stuck) return false;
    if (st->ending == TLS_ENDS_RESET) {
        weir_memory_reset(&st->client_end);
        st->is_gone = true;
    } else {
        (void)weir_transport_shutdown(&st->client_end.transport);
    }
    st->has_ended = true;
    return true;
}

static bool client_turn(stage *st, bool is_stuck)
{
    bool moved = false;

    if (!st->is_raw) {
        while (tls_peer_go_on(&st->peer))
            moved = true;
        client_take(st);
    }
    moved |= client_send(st);
    moved |= client_receive(st);
    return client_end(st, is_stuck) || moved;
}

/* ---- what must be so ---- */

static bool text_begins(const text *t, weir_str whole)
{
    return t->len <= whole.len && (t->len == 0 || memcmp(t->p, whole.p, t->len) == 0);
}

/* What was read for a record, and then the rest from below, is what the client sent. */
static void check_foreign(stage *st)
{
    weir_transport_facts facts;
    text all = {.p = NULL};
    char piece[512];
    size_t got;

    weir_transport_facts_get(&st->tls.transport, &facts);
    bool is_foreign = facts.foreign_len > 0;
    if (is_foreign) {
        require(st->io == WEIR_IO_FAILED || st->io == WEIR_IO_TRUNCATED || st->io == WEIR_IO_RESET,
                "what is no TLS is a failure, or too short for one");
        text_add(&all, facts.foreign, facts.foreign_len);
    }
    if (st->is_raw && !st->is_meddled && st->ending != TLS_ENDS_RESET && st->said.len >= 2) {
        unsigned char first = (unsigned char)st->said.p[0];
        bool is_version = st->said.p[1] == 3, is_type = first >= 20 && first <= 24;
        require(!is_foreign || !is_version || !is_type, "what begins like TLS is not foreign");
        /* The rest may look like a record, or a hello of SSL 2, which OpenSSL reads as a whole. */
        require(is_foreign || is_version || first >= 0x80,
                "what does not begin like TLS is foreign");
    }
    if (!is_foreign) return;
    weir_transport *below = weir_tls_detach(&st->tls);
    require(below == &st->server_end.transport, "the stream below is given back");
    for (int idle = 0; idle < TLS_STUCK; idle++) {
        if (client_turn(st, false)) idle = 0;
        weir_io io = weir_transport_read(below, piece, sizeof piece, &got);
        if (io == WEIR_IO_OK) idle = 0;
        text_add(&all, piece, got);
        if (io == WEIR_IO_END || io == WEIR_IO_RESET) break;
    }
    if (st->is_raw && !st->is_meddled && st->ending != TLS_ENDS_RESET)
        require(all.len == st->said.len && text_begins(&all, st->said),
                "what is no TLS is given back octet for octet");
    require(st->received == 0, "nothing is sent to who speaks no TLS");
    text_free(&all);
    weir_transport_close(below);
}

static void check_honest(const stage *st)
{
    static const char *const versions[] = {"TLSv1.3", "TLSv1.2"};
    const world_settings *s = &st->settings;

    if (s->of['P'].n[0] % 3 == 2) {
        require(!st->is_ready && st->io == WEIR_IO_FAILED,
                "a client whose protocols nobody knows is refused");
        bool is_open = s->of['F'].letter == 0 && s->of['B'].n[0] == 0; /* an alert goes at once */
        require(st->peer.is_failed || !is_open, "and it is told");
        return;
    }
    if (st->ending == TLS_ENDS_RESET && st->said.len == 0) return; /* its last octets are lost */
    require(st->is_ready && st->peer.is_ready, "an honest client gets its handshake");
    require(strcmp(st->facts.version, versions[s->of['V'].n[0] == 2]) == 0,
            "the version is the best that both have");
    require(st->facts.protocol_len == (s->of['P'].n[0] % 3 == 1 ? 8U : 0U),
            "the protocol is what both have");
    require(st->got.len == st->said.len, "the server reads all that the client said");
    require(st->peer.heard.len == st->said.len || st->peer.has_notify,
            "the client hears all of it again");
    switch (st->ending) {
    case TLS_ENDS_WELL:
        require(st->end == WEIR_IO_END && st->io == WEIR_IO_OK, "close_notify is a clean end");
        require(st->peer.has_notify, "the client is told the end");
        return;
    case TLS_ENDS_CUT:
    case TLS_ENDS_LAST:
        require(st->end != WEIR_IO_END && st->io == WEIR_IO_TRUNCATED,
                "an end without close_notify is a cut");
        return;
    case TLS_ENDS_RESET:
    case TLS_ENDINGS:
        require(st->end != WEIR_IO_END && st->io == WEIR_IO_RESET, "a reset is a reset");
        return;
    }
}

static void check(const stage *st)
{
    require(text_begins(&st->got, st->said) || st->is_raw, "the server reads what the client said");
    require(!st->is_raw || st->got.len == 0, "who speaks no TLS is not heard");
    require(text_begins(&st->peer.heard, st->said), "the client hears what it said");
    require(st->end != WEIR_IO_END || st->got.len == st->said.len,
            "a clean end comes behind all that was said");
    require(!st->peer.has_notify || st->peer.heard.len == st->echoed,
            "close_notify comes behind all that was written");
    require(st->end != WEIR_IO_END || st->peer.is_notified, "a clean end was said by the client");
    if (!st->is_meddled && !st->is_raw) check_honest(st);
}

/* ---- a run ---- */

static void stage_init(stage *st, const char *data, size_t size)
{
    world_script script = world_script_of(data, size, "VPNFBCDETXKIRQ");
    const world_command *of = st->settings.of;
    static const char names[3][16] = {"h", "another", ""};

    world_script_settings(script, &st->settings);
    st->said = script.streams[0];
    st->other = script.stream_count > 1 ? script.streams[1] : (weir_str){NULL, 0};
    st->ending = (enum tls_ending)(of['E'].n[0] % TLS_ENDINGS);
    st->is_raw = of['R'].letter != 0;
    st->is_meddled = of['T'].n[0] > 0 || of['X'].n[0] > 0 || of['K'].count > 1 ||
                     of['I'].count > 0 || of['Q'].letter != 0;
    weir_memory_options server = {.buffer = st->rings[0],
                                  .buffer_size = of['B'].n[0] > 0 && of['B'].n[0] < TLS_RING
                                                     ? (size_t)of['B'].n[0]
                                                     : TLS_RING,
                                  .faults = {.seed = of['F'].n[0],
                                             .block_percent =
                                                 (unsigned)(of['F'].n[1] < 80 ? of['F'].n[1] : 80),
                                             .read_max = (size_t)of['F'].n[2],
                                             .write_max = (size_t)of['F'].n[3]}};
    weir_memory_options client = {.buffer = st->rings[1],
                                  .buffer_size = server.buffer_size,
                                  .faults = {.cut_after = of['T'].n[0],
                                             .reset_after = of['X'].n[0]}};
    weir_memory_join(&st->server_end, &server, &st->client_end, &client);
    if (st->is_raw) text_span(&st->raw, st->said);
    tls_peer_options options = {.is_old = of['V'].n[0] == 2, .alpn = (unsigned)(of['P'].n[0] % 3)};
    memcpy(options.name, names[of['N'].n[0] % 3], sizeof options.name);
    tls_peer_init(&st->peer, &options, st->said);
}

/* Until the server's session is over. Who hears nothing for long ends it. */
static void stage_play(stage *st)
{
    size_t most = 4096 + 64 * (st->said.len + st->other.len + 4096), turns = 0, idle = 0;
    bool is_first = true;

    while (!st->is_over) {
        bool is_stuck = idle >= TLS_STUCK;
        bool moved = client_turn(st, is_stuck);
        moved |= server_turn(st, is_first);
        is_first = false;
        idle = moved ? 0 : idle + 1;
        require(++turns <= most, "turns are linear in octets");
        if (idle < 2 * TLS_STUCK) continue;
        fprintf(stderr, "wants %u, readiness %u\n", st->wants,
                weir_memory_readiness(&st->server_end, 0));
        require(false, "nobody waits for ever");
    }
    for (idle = 0; idle < TLS_STUCK; idle++) /* what is still on its way to the client */
        if (client_turn(st, false)) idle = 0;
}

static void stage_end(stage *st)
{
    check_foreign(st);
    if (st->tls.transport.ops != NULL) weir_transport_close(&st->tls.transport);
    require(!st->server_end.is_open, "the stream below is closed with the session");
    weir_transport_close(&st->client_end.transport);
    require(atomic_load(&tls_context->holds) == 1, "no session holds the context any more");
}

static void run(const char *data, size_t size, text *trace)
{
    stage *st = calloc(1, sizeof *st);
    weir_io_error why;

    if (st == NULL) exit(1);
    weir_fuzz_fixed_random(1);
    stage_init(st, data, size);
    require(weir_tls_server_init(&st->tls, tls_context, &st->server_end.transport, &why),
            "a session can begin");
    stage_play(st);
    check(st);
    stage_end(st);
    note(st, "in all", st->io, st->received);
    *trace = st->trace;
    tls_peer_free(&st->peer);
    text_free(&st->got);
    text_free(&st->raw);
    free(st);
}

/* The first session of a process does things that no later one does: not while it is looked at. */
static void prepare(void)
{
    tls_memory_use();
    weir_fuzz_fixed_random(1);
    const weir_tls_pair pair = {.chain_pem = tls_peer_chain(), .key_pem = tls_peer_key()};
    const weir_tls_protocol protocol = {.name = "http/1.1", .len = 8};
    const weir_tls_server_options options = {.pairs = &pair,
                                             .pair_count = 1,
                                             .protocols = &protocol,
                                             .protocol_count = 1};
    weir_io_error why;
    text trace;

    tls_context = weir_tls_server_context_create(&options, &why);
    require(tls_context != NULL, "a context can be made");
    run("P1\n\nwarm", 8, &trace);
    text_free(&trace);
    run("V2 P1\n\nwarm", 11, &trace);
    text_free(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = copy_exact(data, size);
    dice d = dice_from(data, size);
    text first, second;

    if (tls_context == NULL) prepare();
    size_t lent = tls_memory_lent();
    run(copy, size, &first);
    require(tls_memory_lent() == lent, "OpenSSL has as much memory as before");
    if (getenv("WEIR_FUZZ_TRACE") != NULL) fwrite(first.p, 1, first.len, stdout);
    if (dice_roll(&d, TLS_TWICE) == 0) {
        run(copy, size, &second);
        if (!text_equal(&first, &second)) {
            text_show("the first time", &first);
            text_show("the second time", &second);
        }
        require(text_equal(&first, &second), "the same input has the same trace");
        text_free(&second);
    }
    text_free(&first);
    copy_free(copy, size);
    return 0;
}
