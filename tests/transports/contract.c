/* SPDX-License-Identifier: MIT */
/* contract.c - the contract of weir/transport.h as tests that run over every backend. */
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract.h"

enum {
    CONTRACT_TURNS_MAX = 2000000,
    CONTRACT_PARTS = 5
};

static weir_tls_context *contract_server, *contract_client;

void contract_make_contexts(void)
{
    support_ca *ca = support_ca_make("contract CA");
    support_certificate leaf = support_certificate_make(ca, "DNS:contract.example");
    weir_tls_pair pair = {.chain_pem = leaf.chain, .key_pem = leaf.key};
    weir_tls_protocol protocol = {"http/1.1", 8};
    weir_tls_server_options server = {&pair, 1, &protocol, 1};
    weir_tls_client_options client = {NULL, support_ca_pem(ca), &protocol, 1};
    weir_io_error why;

    contract_server = weir_tls_server_context_create(&server, &why);
    contract_client = weir_tls_client_context_create(&client, &why);
    assert_non_null(contract_server);
    assert_non_null(contract_client);
    support_certificate_free(&leaf);
    support_ca_free(ca);
}

void contract_free_contexts(void)
{
    weir_tls_context_free(contract_server);
    weir_tls_context_free(contract_client);
}

bool contract_open_memory(contract_pair *pair)
{
    size_t size = pair->buffer_size > 0 ? pair->buffer_size : CONTRACT_BUFFER;
    weir_memory_options client = {
        .buffer = pair->client_buffer,
        .buffer_size = size,
        .chunks = pair->client_chunks,
        .chunk_count = CONTRACT_CHUNKS,
        .now = &pair->now,
        .faults = pair->client_faults,
        .handle = 100,
        .address = {.family = WEIR_FAMILY_MEMORY, .port = 1},
    };
    weir_memory_options server = client;

    server.buffer = pair->server_buffer;
    server.chunks = pair->server_chunks;
    server.faults = pair->server_faults;
    server.handle = 101;
    server.address.port = 2;
    weir_memory_join(&pair->memory_client, &client, &pair->memory_server, &server);
    pair->client = &pair->memory_client.transport;
    pair->server = &pair->memory_server.transport;
    return true;
}

/*
 * Waits until an end may go on, and says which: bit 1 `a`, bit 2 `b`. In memory only by the edges
 * of the end, so that whoever stopped before a WANT hangs, and hanging is a failure.
 */
static unsigned contract_wait(contract_pair *pair)
{
    bool a_is_client = pair->a == pair->client;
    weir_memory_end *a = a_is_client ? &pair->memory_client : &pair->memory_server;
    weir_memory_end *b = a_is_client ? &pair->memory_server : &pair->memory_client;

    if (!pair->backend->is_memory) {
        struct pollfd ends[2] = {{.fd = weir_transport_handle(pair->a), .events = POLLIN},
                                 {.fd = weir_transport_handle(pair->b), .events = POLLIN}};
        (void)poll(ends, 2, 1);
        return 3;
    }
    for (;;) {
        unsigned bits = weir_memory_edges(a, pair->now) != 0 ? 1 : 0;
        if (weir_memory_edges(b, pair->now) != 0) bits |= 2;
        if (bits != 0) return bits;
        uint64_t next = WEIR_MEMORY_NEVER;
        uint64_t at_a = weir_memory_readable_at(a), at_b = weir_memory_readable_at(b);
        if (at_a > pair->now) next = at_a;
        if (at_b > pair->now && at_b < next) next = at_b;
        if (next == WEIR_MEMORY_NEVER) fail_msg("%s: both ends wait for ever", pair->backend->name);
        pair->now = next;
    }
}

static void contract_get_ready(contract_pair *pair)
{
    for (int turn = 0; turn < CONTRACT_TURNS_MAX; turn++) {
        weir_io a = weir_transport_ready(pair->a);
        weir_io b = weir_transport_ready(pair->b);
        if (a == WEIR_IO_OK && b == WEIR_IO_OK) return;
        if (a > WEIR_IO_WANT_WRITE || b > WEIR_IO_WANT_WRITE)
            fail_msg("%s: not ready: %s, %s", pair->backend->name, weir_io_name(a),
                     weir_io_name(b));
        (void)contract_wait(pair);
    }
    fail_msg("%s: never ready", pair->backend->name);
}

/* Puts TLS over both ends. */
static void contract_secure(contract_pair *pair)
{
    weir_io_error why;

    assert_true(weir_tls_client_init(&pair->tls_client, contract_client, pair->client,
                                     "contract.example", &why));
    assert_true(weir_tls_server_init(&pair->tls_server, contract_server, pair->server, &why));
    if (pair->backend->tls_version != 0)
        SSL_set_max_proto_version(pair->tls_client.ssl, pair->backend->tls_version);
    pair->client = &pair->tls_client.transport;
    pair->server = &pair->tls_server.transport;
}

static bool contract_begin(contract_pair *pair, const contract_backend *backend, bool swap)
{
    pair->backend = backend;
    if (!backend->open_below(pair)) return false;
    if (backend->is_secure) contract_secure(pair);
    pair->a = swap ? pair->server : pair->client;
    pair->b = swap ? pair->client : pair->server;
    return true;
}

bool contract_open(contract_pair *pair, const contract_backend *backend, bool swap)
{
    if (!contract_begin(pair, backend, swap)) return false;
    contract_get_ready(pair);
    return true;
}

void contract_close(contract_pair *pair)
{
    if (pair->a->ops != NULL) weir_transport_close(pair->a);
    if (pair->b->ops != NULL) weir_transport_close(pair->b);
}

/* One end that sends a stream, shuts its half, and reads what comes until that ends. */
struct flow {
    weir_transport *t;
    const unsigned char *out, *in;
    size_t out_len, out_at, in_len, in_at;
    size_t offered; /* and not taken: it comes first in the next write */
    uint64_t random;
    weir_io wrote, was_read; /* what stopped each half */
    bool is_shut;
};

static bool flow_is_want(weir_io io)
{
    return io == WEIR_IO_WANT_READ || io == WEIR_IO_WANT_WRITE;
}

/* Parts of random sizes, empty ones too, each an exact-size copy at an address of its own. */
static bool flow_write(struct flow *f)
{
    struct iovec parts[CONTRACT_PARTS];
    size_t left = f->out_len - f->out_at, sum = 0, put;
    uint32_t widths[] = {1, 10, 300, 5000, 40000};
    uint32_t width = widths[support_random(&f->random) % 5];

    for (size_t i = 0; i < CONTRACT_PARTS; i++) {
        size_t n = support_random(&f->random) % width;
        if (i + 1 == CONTRACT_PARTS && sum + n < f->offered) n = f->offered - sum;
        if (i + 1 == CONTRACT_PARTS && sum + n == 0) n = 1;
        if (n > left - sum) n = left - sum;
        parts[i] = (struct iovec){.iov_base = malloc(n > 0 ? n : 1), .iov_len = n};
        memcpy(parts[i].iov_base, f->out + f->out_at + sum, n);
        sum += n;
    }
    f->wrote = weir_transport_write(f->t, parts, CONTRACT_PARTS, &put);
    for (size_t i = 0; i < CONTRACT_PARTS; i++)
        free(parts[i].iov_base);
    assert_true(put <= sum);
    assert_true((f->wrote == WEIR_IO_OK) == (put > 0));
    f->out_at += put;
    f->offered = sum - put;
    return f->wrote == WEIR_IO_OK;
}

/* True: something was done, and more may be done at once. */
static bool flow_send(struct flow *f)
{
    if (f->is_shut || (f->wrote != WEIR_IO_OK && !flow_is_want(f->wrote))) return false;
    if (f->out_at < f->out_len) return flow_write(f);
    f->wrote = weir_transport_shutdown(f->t);
    f->is_shut = f->wrote == WEIR_IO_OK;
    return f->is_shut;
}

static bool flow_receive(struct flow *f)
{
    size_t len = 1 + support_random(&f->random) % (support_random(&f->random) % 2 ? 20 : 30000);
    size_t got;

    if (f->was_read != WEIR_IO_OK && !flow_is_want(f->was_read)) return false;
    unsigned char *buf = malloc(len);
    f->was_read = weir_transport_read(f->t, buf, len, &got);
    assert_true((f->was_read == WEIR_IO_OK) == (got > 0));
    assert_true(got <= len && f->in_at + got <= f->in_len);
    if (got > 0 && memcmp(buf, f->in + f->in_at, got) != 0)
        fail_msg("other octets than were sent, at %zu", f->in_at);
    free(buf);
    f->in_at += got;
    return f->was_read == WEIR_IO_OK;
}

static bool flow_is_done(const struct flow *f)
{
    bool sent = f->is_shut || (f->wrote != WEIR_IO_OK && !flow_is_want(f->wrote));

    return sent && f->was_read != WEIR_IO_OK && !flow_is_want(f->was_read);
}

static void flow_run(struct flow *f)
{
    if (flow_is_want(weir_transport_ready(f->t))) return; /* anything else is told by both halves */
    for (bool more = true; more;) {
        bool sent = flow_send(f);
        bool received = flow_receive(f);
        more = sent || received;
    }
}

static void flow_pair(contract_pair *pair, struct flow *a, struct flow *b)
{
    unsigned who = 3;

    for (int turn = 0; turn < CONTRACT_TURNS_MAX; turn++) {
        if (who & 1) flow_run(a);
        if (who & 2) flow_run(b);
        if (flow_is_done(a) && flow_is_done(b)) return;
        who = contract_wait(pair);
    }
    fail_msg("%s: never done", pair->backend->name);
}

/* Both ways at once, `len` octets each, then both halves shut. */
static void contract_exchange(contract_pair *pair, size_t len, uint64_t seed, struct flow *a,
                              struct flow *b)
{
    unsigned char *one = malloc(len), *two = malloc(len);
    uint64_t random = seed;

    for (size_t i = 0; i < len; i++) {
        one[i] = (unsigned char)support_random(&random);
        two[i] = (unsigned char)support_random(&random);
    }
    *a = (struct flow){.t = pair->a, .out = one, .in = two, .out_len = len, .in_len = len};
    *b = (struct flow){.t = pair->b, .out = two, .in = one, .out_len = len, .in_len = len};
    a->random = seed + 1;
    b->random = seed + 2;
    flow_pair(pair, a, b);
    free(one);
    free(two);
}

/* Small steps for the tests below: each goes on until it is done. */

static void contract_put(contract_pair *pair, weir_transport *t, const char *text)
{
    char copy[256];
    size_t len = strlen(text), put;

    memcpy(copy, text, len);
    for (size_t at = 0; at < len; at += put) {
        struct iovec part = {.iov_base = copy + at, .iov_len = len - at};
        weir_io io = weir_transport_write(t, &part, 1, &put);
        if (flow_is_want(io))
            (void)contract_wait(pair);
        else
            assert_int_equal(io, WEIR_IO_OK);
    }
}

/* What a read comes to once it no longer wants. */
static weir_io contract_get(contract_pair *pair, weir_transport *t, char *buf, size_t len,
                            size_t *got)
{
    for (int turn = 0; turn < CONTRACT_TURNS_MAX; turn++) {
        weir_io io = weir_transport_read(t, buf, len, got);
        if (!flow_is_want(io)) return io;
        (void)contract_wait(pair);
    }
    fail_msg("%s: nothing comes", pair->backend->name);
    return WEIR_IO_FAILED;
}

static void contract_expect(contract_pair *pair, weir_transport *t, const char *text)
{
    char buf[256];
    size_t at = 0, got;

    while (at < strlen(text)) {
        assert_int_equal(contract_get(pair, t, buf + at, strlen(text) - at, &got), WEIR_IO_OK);
        at += got;
    }
    assert_memory_equal(buf, text, at);
}

/* Expects a final result, and the same again. */
static void contract_expect_final(contract_pair *pair, weir_transport *t, weir_io final)
{
    char buf[16];
    size_t got;
    weir_io first = contract_get(pair, t, buf, sizeof buf, &got);

    if (first != final)
        fail_msg("%s: %s, not %s", pair->backend->name, weir_io_name(first), weir_io_name(final));
    assert_int_equal(weir_transport_read(t, buf, sizeof buf, &got), final);
    assert_int_equal(got, 0);
}

static void contract_shut(contract_pair *pair, weir_transport *t)
{
    weir_io io;

    while (flow_is_want(io = weir_transport_shutdown(t)))
        (void)contract_wait(pair);
    assert_int_equal(io, WEIR_IO_OK);
}

/*
 * Reads what TLS says of itself (tickets), so that closing does not leave it unread: that would
 * reset the connection below.
 */
static void contract_settle(contract_pair *pair)
{
    char buf[16];
    size_t got;

    if (!pair->backend->is_secure) return;
    contract_put(pair, pair->a, "settle");
    contract_expect(pair, pair->b, "settle");
    contract_put(pair, pair->b, "settle");
    contract_expect(pair, pair->a, "settle");
    assert_true(flow_is_want(weir_transport_read(pair->a, buf, sizeof buf, &got)));
}

/* The tests. Each is run from the client to the server and the other way round. */

struct contract_case {
    const contract_backend *backend;
    bool swap;
};

static contract_pair *contract_setup(void **state)
{
    const struct contract_case *c = *state;
    contract_pair *pair = calloc(1, sizeof *pair);

    assert_non_null(pair);
    if (contract_open(pair, c->backend, c->swap)) return pair;
    free(pair);
    print_message("%s: not available on this machine\n", c->backend->name);
    skip();
    return NULL;
}

static void contract_teardown(contract_pair *pair)
{
    contract_close(pair);
    free(pair);
}

static void all_octets_arrive_in_order_both_ways_at_once(void **state)
{
    contract_pair *pair = contract_setup(state);
    struct flow a, b;

    contract_exchange(pair, 300000, 7, &a, &b);
    assert_int_equal(a.in_at, 300000);
    assert_int_equal(b.in_at, 300000);
    assert_int_equal(a.was_read, WEIR_IO_END);
    assert_int_equal(b.was_read, WEIR_IO_END);
    contract_teardown(pair);
}

static void what_is_not_there_yet_is_wanted(void **state)
{
    contract_pair *pair = contract_setup(state);
    char buf[8];
    size_t got = 99;

    assert_int_equal(weir_transport_read(pair->b, buf, sizeof buf, &got), WEIR_IO_WANT_READ);
    assert_int_equal(got, 0);
    contract_put(pair, pair->a, "x");
    contract_expect(pair, pair->b, "x");
    assert_int_equal(weir_transport_read(pair->b, buf, sizeof buf, &got), WEIR_IO_WANT_READ);
    contract_teardown(pair);
}

static void nothing_to_write_is_ok(void **state)
{
    contract_pair *pair = contract_setup(state);
    char none[1] = "";
    struct iovec empty[2] = {{none, 0}, {none, 0}};
    size_t put = 99;

    assert_int_equal(weir_transport_write(pair->a, NULL, 0, &put), WEIR_IO_OK);
    assert_int_equal(put, 0);
    put = 99;
    assert_int_equal(weir_transport_write(pair->a, empty, 2, &put), WEIR_IO_OK);
    assert_int_equal(put, 0);
    contract_teardown(pair);
}

static void gathered_parts_arrive_in_order(void **state)
{
    contract_pair *pair = contract_setup(state);
    char one[] = "GET ", two[] = "/ HTTP", three[] = "/1.1", none[] = "";
    struct iovec parts[] = {{none, 0}, {one, 4}, {none, 0}, {two, 6}, {three, 4}, {none, 0}};
    size_t put;

    assert_int_equal(weir_transport_write(pair->a, parts, 6, &put), WEIR_IO_OK);
    assert_int_equal(put, 14);
    contract_expect(pair, pair->b, "GET / HTTP/1.1");
    contract_teardown(pair);
}

static void a_writer_whom_nobody_reads_comes_to_a_want(void **state)
{
    contract_pair *pair = contract_setup(state);
    static unsigned char block[8192];
    struct iovec part = {block, sizeof block};
    size_t put, got, sent = 0;
    weir_io io;

    memset(block, 'w', sizeof block);
    while ((io = weir_transport_write(pair->a, &part, 1, &put)) == WEIR_IO_OK) {
        sent += put;
        part.iov_base = block + (sizeof block - (sizeof block - put));
        part.iov_len = sizeof block - put;
        if (put == sizeof block) part = (struct iovec){block, sizeof block};
        assert_true(sent < (size_t)64 << 20);
    }
    assert_int_equal(io, WEIR_IO_WANT_WRITE);
    assert_int_equal(put, 0);

    char buf[4096];
    size_t left = sent;
    while (left > 0) {
        assert_int_equal(contract_get(pair, pair->b, buf, sizeof buf, &got), WEIR_IO_OK);
        left -= got < left ? got : left;
    }
    while (flow_is_want(weir_transport_write(pair->a, &part, 1, &put)))
        (void)contract_wait(pair);
    assert_true(put > 0);
    contract_teardown(pair);
}

static void after_a_half_close_the_other_half_goes_on(void **state)
{
    contract_pair *pair = contract_setup(state);

    contract_put(pair, pair->a, "last words");
    contract_shut(pair, pair->a);
    contract_expect(pair, pair->b, "last words");
    contract_expect_final(pair, pair->b, WEIR_IO_END);
    contract_put(pair, pair->b, "and an answer");
    contract_expect(pair, pair->a, "and an answer");
    contract_shut(pair, pair->b);
    contract_expect_final(pair, pair->a, WEIR_IO_END);
    contract_teardown(pair);
}

static void a_second_shutdown_does_nothing(void **state)
{
    contract_pair *pair = contract_setup(state);
    char text[] = "late";
    struct iovec part = {text, 4};
    size_t put = 99;

    contract_shut(pair, pair->a);
    assert_int_equal(weir_transport_shutdown(pair->a), WEIR_IO_OK);
    assert_int_equal(weir_transport_shutdown(pair->a), WEIR_IO_OK);
    assert_int_equal(weir_transport_write(pair->a, &part, 1, &put), WEIR_IO_RESET);
    assert_int_equal(put, 0);
    contract_expect_final(pair, pair->b, WEIR_IO_END);
    contract_teardown(pair);
}

static void a_close_without_shutdown_is_an_end_but_under_tls_a_truncation(void **state)
{
    contract_pair *pair = contract_setup(state);

    contract_settle(pair);
    contract_put(pair, pair->a, "cut");
    weir_transport_close(pair->a);
    pair->a->ops = NULL;
    /* contract_wait() may look at `a` no more: everything is there already. */
    char buf[8];
    size_t got, at = 0;
    weir_io io;
    for (int turn = 0; turn < 1000; turn++) {
        io = weir_transport_read(pair->b, buf + at, sizeof buf - at, &got);
        at += got;
        if (io != WEIR_IO_OK && !flow_is_want(io)) break;
        if (flow_is_want(io)) usleep(100);
    }
    assert_int_equal(at, 3);
    assert_int_equal(io, pair->backend->is_secure ? WEIR_IO_TRUNCATED : WEIR_IO_END);
    assert_int_equal(weir_transport_read(pair->b, buf, sizeof buf, &got), io);
    contract_teardown(pair);
}

static void closing_with_octets_unread_resets_the_peer(void **state)
{
    contract_pair *pair = contract_setup(state);
    char buf[8];
    struct iovec part = {buf, sizeof buf};
    size_t got, put;
    weir_io io = WEIR_IO_OK;

    memset(buf, 'z', sizeof buf);
    contract_settle(pair);
    contract_put(pair, pair->a, "never read");
    weir_transport_close(pair->b);
    for (int turn = 0; turn < 1000 && io != WEIR_IO_RESET; turn++) {
        io = weir_transport_read(pair->a, buf, sizeof buf, &got);
        if (io == WEIR_IO_WANT_READ) usleep(100);
    }
    assert_int_equal(io, WEIR_IO_RESET);
    assert_int_equal(weir_transport_read(pair->a, buf, sizeof buf, &got), WEIR_IO_RESET);
    assert_int_equal(weir_transport_write(pair->a, &part, 1, &put), WEIR_IO_RESET);
    assert_int_equal(weir_transport_shutdown(pair->a), WEIR_IO_RESET);
    contract_teardown(pair);
}

/* What was sent may be lost. A Unix-domain socket knows no reset but for octets unread. */
static void an_abort_is_no_clean_end(void **state)
{
    contract_pair *pair = contract_setup(state);
    const char *name = pair->backend->name;
    bool has_reset = strstr(name, "unix") == NULL && strstr(name, "socketpair") == NULL;
    weir_io without = pair->backend->is_secure ? WEIR_IO_TRUNCATED : WEIR_IO_END;
    char buf[8];
    size_t got;
    weir_io io = WEIR_IO_OK;

    contract_settle(pair);
    contract_put(pair, pair->a, "cut");
    weir_transport_abort(pair->a);
    assert_null(pair->a->ops);
    for (int turn = 0; turn < 1000 && (io == WEIR_IO_OK || flow_is_want(io)); turn++) {
        io = weir_transport_read(pair->b, buf, sizeof buf, &got);
        if (flow_is_want(io)) usleep(100);
    }
    assert_int_equal(io, has_reset ? WEIR_IO_RESET : without);
    contract_teardown(pair);
}

static void writing_to_a_peer_that_is_gone_comes_to_a_reset(void **state)
{
    contract_pair *pair = contract_setup(state);
    char text[] = "anybody?";
    struct iovec part = {text, 8};
    size_t put;
    weir_io io = WEIR_IO_OK;

    contract_settle(pair);
    weir_transport_close(pair->b);
    for (int turn = 0; turn < 1000 && io == WEIR_IO_OK; turn++) {
        io = weir_transport_write(pair->a, &part, 1, &put);
        usleep(100);
    }
    assert_int_equal(io, WEIR_IO_RESET); /* and no SIGPIPE has ended the test */
    contract_teardown(pair);
}

static void each_end_names_the_socket_pair(void **state)
{
    contract_pair *pair = contract_setup(state);
    weir_address a_local, a_remote, b_local, b_remote;

    weir_transport_addresses(pair->a, &a_local, &a_remote);
    weir_transport_addresses(pair->b, &b_local, &b_remote);
    assert_true(a_local.family != WEIR_FAMILY_NONE);
    assert_true(weir_address_is_equal(&a_local, &b_remote));
    assert_true(weir_address_is_equal(&b_local, &a_remote));
    if (a_local.family != WEIR_FAMILY_UNIX) assert_true(a_local.port != b_local.port);
    weir_transport_addresses(pair->a, NULL, NULL);
    assert_true(weir_transport_handle(pair->a) != weir_transport_handle(pair->b));
    contract_teardown(pair);
}

static void facts_are_told_of_tls_alone(void **state)
{
    contract_pair *pair = contract_setup(state);
    weir_transport_facts facts;

    weir_transport_facts_get(pair->server, &facts);
    assert_int_equal(facts.secure, pair->backend->is_secure);
    if (pair->backend->is_secure) {
        assert_string_equal(facts.version,
                            pair->backend->tls_version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
        assert_non_null(facts.cipher);
        assert_string_equal(facts.name, "contract.example");
        assert_int_equal(facts.protocol_len, 8);
        assert_memory_equal(facts.protocol, "http/1.1", 8);
    } else {
        assert_null(facts.version);
        assert_null(facts.name);
        assert_int_equal(facts.protocol_len, 0);
    }
    assert_int_equal(facts.pending, 0);
    assert_int_equal(facts.foreign_len, 0);
    contract_teardown(pair);
}

static void a_file_is_sent_from_its_offset_or_the_call_is_unsupported(void **state)
{
    contract_pair *pair = contract_setup(state);
    FILE *file = tmpfile();
    off_t offset = 2;

    assert_non_null(file);
    assert_int_equal(fputs("0123456789", file) >= 0 && fflush(file) == 0, true);
    weir_io io = weir_transport_sendfile(pair->a, fileno(file), &offset, 5);
    if (pair->backend->has_sendfile) {
        assert_int_equal(io, WEIR_IO_OK);
        assert_int_equal(offset, 7);
        contract_expect(pair, pair->b, "23456");
        assert_int_equal(weir_transport_sendfile(pair->a, fileno(file), &offset, 99), WEIR_IO_OK);
        assert_int_equal(offset, 10);
        assert_int_equal(weir_transport_sendfile(pair->a, fileno(file), &offset, 99), WEIR_IO_END);
        contract_expect(pair, pair->b, "789");
    } else {
        assert_int_equal(io, WEIR_IO_UNSUPPORTED);
        assert_int_equal(offset, 2);
    }
    fclose(file);
    contract_teardown(pair);
}

static void ready_stays_ok(void **state)
{
    contract_pair *pair = contract_setup(state);

    assert_int_equal(weir_transport_ready(pair->a), WEIR_IO_OK);
    assert_int_equal(weir_transport_ready(pair->b), WEIR_IO_OK);
    contract_teardown(pair);
}

/* A cmocka test that counts descriptors. */
#define CONTRACT_TEST(f) \
    cmocka_unit_test_setup_teardown(f, support_count_descriptors, support_check_descriptors)

static const struct CMUnitTest contract_tests[] = {
    CONTRACT_TEST(ready_stays_ok),
    CONTRACT_TEST(all_octets_arrive_in_order_both_ways_at_once),
    CONTRACT_TEST(what_is_not_there_yet_is_wanted),
    CONTRACT_TEST(nothing_to_write_is_ok),
    CONTRACT_TEST(gathered_parts_arrive_in_order),
    CONTRACT_TEST(a_writer_whom_nobody_reads_comes_to_a_want),
    CONTRACT_TEST(after_a_half_close_the_other_half_goes_on),
    CONTRACT_TEST(a_second_shutdown_does_nothing),
    CONTRACT_TEST(a_close_without_shutdown_is_an_end_but_under_tls_a_truncation),
    CONTRACT_TEST(closing_with_octets_unread_resets_the_peer),
    CONTRACT_TEST(an_abort_is_no_clean_end),
    CONTRACT_TEST(writing_to_a_peer_that_is_gone_comes_to_a_reset),
    CONTRACT_TEST(each_end_names_the_socket_pair),
    CONTRACT_TEST(facts_are_told_of_tls_alone),
    CONTRACT_TEST(a_file_is_sent_from_its_offset_or_the_call_is_unsupported),
};

enum {
    CONTRACT_TESTS = sizeof contract_tests / sizeof contract_tests[0]
};

int contract_run(const contract_backend *backend)
{
    struct contract_case cases[2] = {{backend, false}, {backend, true}};
    struct CMUnitTest tests[CONTRACT_TESTS];
    int failed = 0;

    for (size_t i = 0; i < 2; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s, from the %s", backend->name, i ? "server" : "client");
        memcpy(tests, contract_tests, sizeof tests);
        for (size_t k = 0; k < CONTRACT_TESTS; k++)
            tests[k].initial_state = &cases[i];
        failed += cmocka_run_group_tests_name(name, tests, NULL, NULL);
    }
    return failed;
}

/* Schedules of faults. */

static void contract_random_faults(weir_memory_faults *f, uint64_t *random)
{
    *f = (weir_memory_faults){.seed = support_random(random)};
    if (support_random(random) % 4) f->read_max = 1 + support_random(random) % 2000;
    if (support_random(random) % 4) f->write_max = 1 + support_random(random) % 2000;
    if (support_random(random) % 8 == 0) f->read_max = 1 + support_random(random) % 3;
    f->block_percent = support_random(random) % 3 ? support_random(random) % 91 : 0;
    if (support_random(random) % 2) f->latency_max = support_random(random) % 1000;
    f->latency_min = f->latency_max / (1 + support_random(random) % 3);
}

struct contract_seeds {
    const contract_backend *backend;
    uint64_t seeds;
};

static void contract_open_seed(contract_pair *pair, const contract_backend *backend, uint64_t seed,
                               uint64_t *random)
{
    *random = seed * 977;
    contract_random_faults(&pair->client_faults, random);
    contract_random_faults(&pair->server_faults, random);
    pair->buffer_size = 1 + support_random(random) % (support_random(random) % 2 ? 100 : 20000);
    assert_true(contract_begin(pair, backend, support_random(random) % 2));
}

static void all_octets_arrive_under_every_seed(void **state)
{
    const struct contract_seeds *s = *state;
    contract_pair *pair = malloc(sizeof *pair);
    struct flow a, b;

    for (uint64_t seed = 1; seed <= s->seeds; seed++) {
        uint64_t random;
        memset(pair, 0, sizeof *pair);
        contract_open_seed(pair, s->backend, seed, &random);
        size_t len = support_random(&random) % 20000;
        contract_exchange(pair, len, seed, &a, &b);
        if (a.in_at != len || b.in_at != len || a.was_read != WEIR_IO_END ||
            b.was_read != WEIR_IO_END)
            fail_msg("seed %lu: %s at %zu, %s at %zu of %zu", (unsigned long)seed,
                     weir_io_name(a.was_read), a.in_at, weir_io_name(b.was_read), b.in_at, len);
        contract_close(pair);
    }
    free(pair);
}

/* A cut or reset anywhere: what came is a prefix, and TLS never takes the cut for an end. */
static void a_cut_or_a_reset_is_told_under_every_seed(void **state)
{
    const struct contract_seeds *s = *state;
    contract_pair *pair = malloc(sizeof *pair);
    struct flow a, b;
    unsigned told = 0;

    for (uint64_t seed = 1; seed <= s->seeds; seed++) {
        uint64_t random = seed;
        uint64_t at = 1 + support_random(&random) % 12000;
        memset(pair, 0, sizeof *pair);
        pair->client_faults.seed = seed;
        pair->client_faults.write_max = 1 + support_random(&random) % 3000;
        if (seed % 2)
            pair->client_faults.reset_after = at;
        else
            pair->client_faults.cut_after = at;
        assert_true(contract_begin(pair, s->backend, false));
        contract_exchange(pair, 10000, seed, &a, &b);
        if (b.in_at < 10000 && b.was_read == WEIR_IO_END && s->backend->is_secure)
            fail_msg("seed %lu: a cut at %lu taken for an end", (unsigned long)seed,
                     (unsigned long)at);
        if (b.in_at < 10000 && seed % 2) assert_int_equal(b.was_read, WEIR_IO_RESET);
        if (b.in_at < 10000) told++;
        contract_close(pair);
    }
    assert_true(told > s->seeds / 2);
    free(pair);
}

int contract_run_seeds(const contract_backend *backend, uint64_t seeds)
{
    struct contract_seeds s = {backend, seeds};
    struct CMUnitTest tests[] = {
        CONTRACT_TEST(all_octets_arrive_under_every_seed),
        CONTRACT_TEST(a_cut_or_a_reset_is_told_under_every_seed),
    };
    char name[64];

    snprintf(name, sizeof name, "%s, by seed", backend->name);
    tests[0].initial_state = &s;
    tests[1].initial_state = &s;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
