/* SPDX-License-Identifier: MIT */
/* test_sim_session.c - single facts of sessions and their worker, each with a few guests who say one
 * thing at a time of theirs and listen until the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../transports/support.h"
#include "worker.h"
#include "world_sim.h"

enum {
    GUESTS = 4,
    GUEST_HEARD = 120000,
};

typedef struct {
    const char *say;       /* NULL: no such guest */
    uint64_t at_ms;        /* when it comes */
    const char *then;      /* NULL: it says no more */
    uint64_t then_ms;      /* when it says that */
    weir_tls_context *tls; /* NULL: it speaks none */
    bool read_wants_write; /* the server's first read of what it says then */
    unsigned waited_for;   /* before it read again, in bits of WEIR_WATCH_* */
    weir_memory_faults server_faults;
    /* what became of it */
    sim_link *link;
    weir_tls session;
    weir_transport *transport;
    bool has_come;
    size_t said;
    char heard[GUEST_HEARD + 1];
    size_t heard_len;
    weir_io end; /* END or RESET */
    uint64_t ended_ms;
} guest;

static sim world;
static guest guests[GUESTS];
static sim_faults faults;

static const sim_file files[] = {
    {"", true, 0, 0},
    {"whole.bin", false, 30000, 30000},
    {"short.bin", false, 30000, 20000}, /* shrinks while it is sent */
};

/* Reads only when it may have written, once, as a TLS layer can. */
static weir_io read_wants_write(weir_transport *t, void *buf, size_t len, size_t *got)
{
    weir_memory_end *end = (weir_memory_end *)t;
    const weir_transport_ops *usual = guests[0].link->client.transport.ops;
    bool is_readable = (weir_memory_readiness(end, world.now_ms) & WEIR_MEMORY_READABLE) != 0;

    if (guests[0].then != NULL || !is_readable) return usual->read(t, buf, len, got);
    if (!guests[0].read_wants_write) {
        guests[0].waited_for = guests[0].link->interest;
        t->ops = usual;
        return usual->read(t, buf, len, got);
    }
    guests[0].read_wants_write = false;
    end->armed |= WEIR_MEMORY_WRITABLE;
    return WEIR_IO_WANT_WRITE;
}

static void guest_connect(sim *s, guest *g)
{
    static weir_transport_ops wanting;
    const weir_memory_faults none = {.seed = 1};
    weir_io_error why;

    g->link = sim_connect(s, g, &g->server_faults, &none);
    assert_non_null(g->link);
    g->has_come = true;
    if (g->read_wants_write) {
        wanting = *g->link->server.transport.ops;
        wanting.read = read_wants_write;
        g->link->server.transport.ops = &wanting;
    }
    g->transport = &g->link->client.transport;
    if (g->tls == NULL) return;
    assert_true(weir_tls_client_init(&g->session, g->tls, g->transport, "h", &why));
    g->transport = &g->session.transport;
}

static bool guest_say(guest *g)
{
    union {
        const char *in;
        void *out;
    } alias = {.in = g->say + g->said};
    struct iovec part = {.iov_base = alias.out, .iov_len = strlen(alias.in)};
    size_t put;

    if (part.iov_len == 0) return false;
    (void)weir_transport_write(g->transport, &part, 1, &put);
    g->said += put;
    return put > 0;
}

static void guest_leave(sim *s, guest *g, weir_io end)
{
    g->end = end;
    g->ended_ms = s->now_ms;
    if (g->tls != NULL) (void)weir_tls_detach(&g->session);
    sim_hang_up(s, g->link);
}

static bool guest_step(sim *s, guest *g)
{
    size_t got;

    if (g->say == NULL || g->end != WEIR_IO_OK || s->now_ms < g->at_ms) return false;
    if (!g->has_come) guest_connect(s, g);
    if (g->then != NULL && s->now_ms >= g->then_ms) {
        g->say = g->then;
        g->then = NULL;
        g->said = 0;
    }
    if (guest_say(g)) return true;
    weir_io io = weir_transport_read(g->transport, g->heard + g->heard_len,
                                     GUEST_HEARD - g->heard_len, &got);
    g->heard_len += got;
    if (io == WEIR_IO_OK) return true;
    if (io == WEIR_IO_WANT_READ || io == WEIR_IO_WANT_WRITE) return false;
    guest_leave(s, g, io);
    return true;
}

static bool guests_step(sim *s)
{
    bool moved = false;

    for (size_t i = 0; i < GUESTS; i++)
        moved |= guest_step(s, &guests[i]);
    return moved;
}

static uint64_t guests_next_ms(sim *s)
{
    uint64_t next = UINT64_MAX;

    for (size_t i = 0; i < GUESTS; i++) {
        const guest *g = &guests[i];
        if (g->say == NULL || g->end != WEIR_IO_OK) continue;
        if (g->at_ms > s->now_ms && g->at_ms < next) next = g->at_ms;
        if (g->then != NULL && g->then_ms > s->now_ms && g->then_ms < next) next = g->then_ms;
    }
    return next;
}

static bool guests_are_over(const sim *s)
{
    (void)s;
    for (size_t i = 0; i < GUESTS; i++)
        if (guests[i].say != NULL && guests[i].end == WEIR_IO_OK) return false;
    return true;
}

static const sim_driver driver = {.step = guests_step,
                                  .next_ms = guests_next_ms,
                                  .is_over = guests_are_over};

/* Serves the guests, `connections` at a time, until all have gone. */
static void serve(size_t connections, weir_tls_context *tls)
{
    const weir_server_listener listener = {.acceptor = &world.acceptor, .tls = tls};
    const weir_server_options options = {.listeners = &listener,
                                         .listener_count = 1,
                                         .workers = 1,
                                         .connections_max = connections,
                                         .with_demo = true};

    sim_init(&world, 1, files, sizeof files / sizeof files[0]);
    world.driver = &driver;
    world.faults = faults;
    assert_int_equal(weir_worker_run(&world.world, &options), 0);
    assert_int_equal(sim_links_open(&world), 0);
    assert_int_equal(world.files_open, 0);
    for (size_t i = 0; i < GUESTS; i++)
        guests[i].heard[guests[i].heard_len] = '\0';
}

static void guest_comes(size_t i, uint64_t at_ms, const char *say)
{
    guests[i].at_ms = at_ms;
    guests[i].say = say;
}

static int forget_guests(void **state)
{
    (void)state;
    memset(guests, 0, sizeof guests);
    memset(&faults, 0, sizeof faults);
    return 0;
}

static bool guest_heard(size_t i, const char *text)
{
    return strstr(guests[i].heard, text) != NULL;
}

/* ---- the facts ---- */

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define HALF_A_POST "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"

static weir_tls_context *tls_server, *tls_client;

static int make_contexts(void **state)
{
    support_ca *ca = support_ca_make("sim");
    support_certificate made = support_certificate_make(ca, "DNS:h");
    const weir_tls_pair pair = {.chain_pem = made.chain, .key_pem = made.key};
    const weir_tls_server_options server = {.pairs = &pair, .pair_count = 1};
    const weir_tls_client_options client = {.ca_pem = support_ca_pem(ca)};
    weir_io_error why;

    (void)state;
    tls_server = weir_tls_server_context_create(&server, &why);
    tls_client = weir_tls_client_context_create(&client, &why);
    support_certificate_free(&made);
    support_ca_free(ca);
    return tls_server != NULL && tls_client != NULL ? 0 : -1;
}

static int free_contexts(void **state)
{
    (void)state;
    weir_tls_context_free(tls_server);
    weir_tls_context_free(tls_client);
    return 0;
}

/* Octet by octet, and for no reason not at all: what TLS holds is seen by no readiness. */
static void https_is_answered_and_ended_whatever_its_octets_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < GUESTS; i++) {
        guest_comes(i, 1000,
                    GET("/whole.bin") "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        guests[i].tls = tls_client;
        guests[i].server_faults = (weir_memory_faults){.seed = i,
                                                       .block_percent = (unsigned)i * 20,
                                                       .read_max = i * 50,
                                                       .write_max = i * 700};
    }
    serve(GUESTS, tls_server);
    for (size_t i = 0; i < GUESTS; i++) {
        assert_memory_equal(guests[i].heard, "HTTP/1.1 200 ", 13);
        assert_true(guests[i].heard_len > 30000);
        assert_true(guest_heard(i, "\r\nConnection: close\r\n"));
        assert_true(guest_heard(i, "</html>\n"));
        assert_int_equal(guests[i].end, WEIR_IO_END); /* close_notify: nothing was cut */
    }
}

static void a_read_that_has_to_write_goes_on(void **state)
{
    (void)state;
    guest_comes(0, 1000, GET("/whole.bin"));
    guests[0].then = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    guests[0].then_ms = 2000;
    guests[0].read_wants_write = true;
    serve(GUESTS, NULL);
    assert_int_equal(guests[0].waited_for, WEIR_WATCH_WRITE);
    assert_true(guest_heard(0, "</html>\n"));
    assert_in_range(guests[0].ended_ms, 62000, 63000); /* idle since it was answered */
}

static void an_idle_time_begins_with_each_answer(void **state)
{
    (void)state;
    guest_comes(0, 1000, GET("/whole.bin"));
    guests[0].then = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    guests[0].then_ms = 50000;
    serve(GUESTS, NULL);
    assert_true(guest_heard(0, "</html>\n"));
    assert_in_range(guests[0].ended_ms, 110000, 111000);
}

/* Its close_notify is sent before it makes room. */
static void an_idle_connection_with_tls_is_told_its_end(void **state)
{
    (void)state;
    guest_comes(0, 1000, GET("/whole.bin"));
    guest_comes(1, 5000, GET("/whole.bin"));
    guests[0].tls = guests[1].tls = tls_client;
    serve(1, tls_server);
    assert_int_equal(guests[0].end, WEIR_IO_END);
    assert_int_equal(guests[0].ended_ms, 5000);
    assert_memory_equal(guests[1].heard, "HTTP/1.1 200 ", 13);
}

static void http_where_tls_is_spoken_is_answered_in_plain(void **state)
{
    (void)state;
    guest_comes(0, 1000, GET("/whole.bin") GET("/whole.bin"));
    guest_comes(1, 1000, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    guest_comes(2, 1000, "HELO mail.example\r\n");
    guest_comes(3, 1000,
                "\x16\x03\x01\x01\x04junkjunk"); /* a record of 260 octets: it is waited for */
    serve(4, tls_server);
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(guests[i].heard, "HTTP/1.1 400 ", 13);
        assert_true(guest_heard(i, "\r\nConnection: close\r\n"));
        assert_int_equal(guests[i].end, WEIR_IO_END);
    }
    assert_true(guest_heard(0, "HTTPS"));
    assert_null(strstr(guests[0].heard + 1, "HTTP/1.1 ")); /* one answer is all */
    assert_false(guest_heard(1, "\r\n\r\n4"));             /* to HEAD, without content */
    assert_int_equal(guests[3].heard_len, 0);
    assert_int_equal(guests[3].ended_ms, 11000);
}

static void the_longest_idle_makes_room_for_who_waits(void **state)
{
    (void)state;
    guest_comes(0, 2000, GET("/whole.bin"));
    guest_comes(1, 1000, GET("/whole.bin"));
    guest_comes(2, 3000, HALF_A_POST);
    guest_comes(3, 5000, GET("/whole.bin"));
    serve(3, NULL);
    assert_int_equal(guests[1].end, WEIR_IO_END);
    assert_int_equal(guests[1].ended_ms, 5000);
    assert_true(guests[0].ended_ms > 60000);
    assert_true(guest_heard(2, "HTTP/1.1 408 "));
    assert_true(guest_heard(3, "HTTP/1.1 200 "));
}

static void nobody_with_an_exchange_under_way_makes_room(void **state)
{
    (void)state;
    guest_comes(0, 1000, HALF_A_POST);
    guest_comes(1, 2000, GET("/whole.bin"));
    serve(1, NULL);
    assert_true(guest_heard(0, "HTTP/1.1 408 "));
    assert_true(guest_heard(1, "HTTP/1.1 200 "));
    assert_true(guests[0].ended_ms >= 31000);
    assert_true(guests[1].ended_ms >= guests[0].ended_ms);
}

static void who_has_just_come_has_a_second_for_a_request(void **state)
{
    (void)state;
    guest_comes(0, 1000, "");
    guest_comes(1, 1500, GET("/whole.bin"));
    serve(1, NULL);
    assert_in_range(guests[0].ended_ms, 2000, 2200);
    assert_int_equal(guests[0].heard_len, 0);
    assert_true(guest_heard(1, "HTTP/1.1 200 "));
}

static void a_connection_that_went_holds_nobody_up(void **state)
{
    size_t answered = 0, lost = 0;

    for (unsigned percent = 10; percent < 100; percent += 10) {
        forget_guests(state);
        for (size_t i = 0; i < GUESTS; i++)
            guest_comes(i, 1000, GET("/whole.bin"));
        faults.lost_percent = percent;
        serve(GUESTS, NULL);
        for (size_t i = 0; i < GUESTS; i++) {
            if (guests[i].heard_len > 0)
                assert_in_range(guests[i].ended_ms, 61000, 61500); /* idle since it came */
            answered += guests[i].heard_len > 0;
            lost += guests[i].heard_len == 0;
        }
    }
    assert_true(answered > GUESTS && lost > GUESTS);
}

/* An end that looks clean would make a part of it pass for the whole. */
static void an_answer_that_is_cut_ends_by_a_reset(void **state)
{
    (void)state;
    guest_comes(0, 1000, "GET /short.bin HTTP/1.0\r\n\r\n");
    guest_comes(1, 1000, "GET /whole.bin HTTP/1.0\r\n\r\n");
    serve(2, NULL);
    assert_int_equal(guests[0].end, WEIR_IO_RESET);
    assert_int_equal(guests[1].end, WEIR_IO_END);
    assert_true(guests[1].heard_len > 30000);
}

/* More than the buffer holds, with a head across its end: what is begun moves to the front. Each
 * request has a number, which comes back. */
static void requests_go_on_across_the_end_of_the_buffer(void **state)
{
    enum {
        REQUESTS = 60,
        REQUEST = 1337
    };
    static char say[REQUESTS * REQUEST + 1];
    char head[64];
    const char *at = guests[0].heard;

    (void)state;
    for (int i = 0; i < REQUESTS; i++) {
        char *request = say + (ptrdiff_t)i * REQUEST;
        int n = snprintf(head, sizeof head, "GET /echo HTTP/1.1\r\nHost: h-%02d\r\nX: ", i);
        memset(request, 'x', REQUEST);
        memcpy(request, head, (size_t)n);
        memcpy(request + REQUEST - 4, "\r\n\r\n", 4);
    }
    guest_comes(0, 1000, say);
    serve(1, NULL);
    for (int i = 0; i < REQUESTS; i++) {
        (void)snprintf(head, sizeof head, "Host: h-%02d\n", i);
        at = strstr(at, head);
        assert_non_null(at);
    }
    assert_false(guest_heard(0, "HTTP/1.1 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(https_is_answered_and_ended_whatever_its_octets_do, forget_guests),
        cmocka_unit_test_setup(a_read_that_has_to_write_goes_on, forget_guests),
        cmocka_unit_test_setup(an_idle_time_begins_with_each_answer, forget_guests),
        cmocka_unit_test_setup(an_idle_connection_with_tls_is_told_its_end, forget_guests),
        cmocka_unit_test_setup(http_where_tls_is_spoken_is_answered_in_plain, forget_guests),
        cmocka_unit_test_setup(the_longest_idle_makes_room_for_who_waits, forget_guests),
        cmocka_unit_test_setup(nobody_with_an_exchange_under_way_makes_room, forget_guests),
        cmocka_unit_test_setup(who_has_just_come_has_a_second_for_a_request, forget_guests),
        cmocka_unit_test_setup(requests_go_on_across_the_end_of_the_buffer, forget_guests),
        cmocka_unit_test_setup(an_answer_that_is_cut_ends_by_a_reset, forget_guests),
        cmocka_unit_test_setup(a_connection_that_went_holds_nobody_up, forget_guests),
    };

    return cmocka_run_group_tests_name("sim_session", tests, make_contexts, free_contexts);
}
