/* SPDX-License-Identifier: MIT */
/* test_sim.c - the whole server in a simulated world: many clients, good and bad, by a seed.
 * WEIR_SIM_SEED chooses another one, WEIR_SIM_CONNECTIONS how many, and WEIR_SIM_TRACE=1 shows all
 * that happens in the world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client.h"
#include "worker.h"

enum {
    CROWD = 48, /* clients at a time */
};

/* The clients of one simulation. */
typedef struct {
    client clients[CROWD];
    size_t started, finished, wanted;
    int only; /* one kind of them, or -1 */
    const weir_server_timeouts *timeouts;
} crowd;

static const weir_server_timeouts test_timeouts = {.handshake_ms = 10000,
                                                   .head_ms = 15000,
                                                   .idle_ms = 60000,
                                                   .body_ms = 30000,
                                                   .send_ms = 30000,
                                                   .linger_ms = 2000,
                                                   .drain_ms = 30000};

/* Mostly clients that mean well; those that wait for deadlines are few, as each takes a place. */
static client_kind crowd_kind(sim *s, const crowd *c)
{
    static const unsigned char weights[CLIENT_KINDS] = {35, 15, 15, 8, 12, 4, 3, 2, 2, 2, 2};
    uint64_t roll = sim_roll(s, 100);

    if (c->only >= 0) return (client_kind)c->only;
    for (int i = 0; i < CLIENT_KINDS; i++) {
        if (roll < weights[i]) return (client_kind)i;
        roll -= weights[i];
    }
    return CLIENT_PLAIN;
}

static void crowd_start(sim *s, crowd *c, client *slot)
{
    client_plan(s, slot, crowd_kind(s, c), c->started);
    weir_memory_faults server = client_faults(s, slot, true), own = client_faults(s, slot, false);
    slot->link = sim_connect(s, slot, &server, &own);
    if (slot->link == NULL) {
        slot->is_done = true; /* no place yet: tried again with another plan */
        return;
    }
    c->started++;
    sim_note_number(s, c->started);
}

static bool crowd_step(sim *s)
{
    crowd *c = s->driver_data;
    bool moved = false;

    for (size_t i = 0; i < CROWD; i++) {
        client *slot = &c->clients[i];
        if (slot->link == NULL && c->started < c->wanted && s->stop == 0) crowd_start(s, c, slot);
        if (slot->link == NULL) continue;
        moved |= client_step(s, slot);
        if (!slot->is_done) continue;
        client_check(s, slot, c->timeouts);
        c->finished++;
    }
    return moved;
}

static uint64_t crowd_next_ms(sim *s)
{
    const crowd *c = s->driver_data;
    uint64_t next = UINT64_MAX;

    for (size_t i = 0; i < CROWD; i++) {
        uint64_t at = c->clients[i].link != NULL ? c->clients[i].act_ms : UINT64_MAX;
        if (at > s->now_ms && at < next) next = at;
    }
    return next;
}

static bool crowd_is_over(const sim *s)
{
    const crowd *c = s->driver_data;

    return c->finished == c->wanted;
}

static const sim_driver crowd_driver = {.step = crowd_step,
                                        .next_ms = crowd_next_ms,
                                        .is_over = crowd_is_over};

static sim world;
static crowd people;

static void print_line(void *data, const char *text)
{
    (void)fprintf(data, "sim: %s\n", text);
}

/* Runs the server in a fresh world until it stops. Returns the hash of all that happened. */
static uint64_t run(uint64_t seed, size_t wanted, int only, const sim_faults *faults,
                    uint64_t stop_at_ms)
{
    const weir_server_listener listener = {.acceptor = &world.acceptor};
    const weir_server_options options = {.listeners = &listener,
                                         .listener_count = 1,
                                         .workers = 1,
                                         .connections_max = CROWD,
                                         .with_demo = true,
                                         .timeouts = test_timeouts};

    const sim_trace_sink printer = {.line = print_line, .data = stderr};

    sim_init(&world, seed, client_files, client_file_count);
    if (getenv("WEIR_SIM_TRACE") != NULL) world.trace = &printer;
    world.driver = &crowd_driver;
    world.driver_data = &people;
    world.faults = *faults;
    world.stop_at_ms = stop_at_ms;
    for (size_t i = 0; i < CROWD; i++) {
        char *wire = people.clients[i].wire, *received = people.clients[i].received;
        size_t cap = people.clients[i].received_cap;
        people.clients[i] = (client){.wire = wire, .received = received, .received_cap = cap};
        if (wire == NULL) people.clients[i].wire = malloc(CLIENT_WIRE);
        assert_non_null(people.clients[i].wire);
    }
    people.started = people.finished = 0;
    people.wanted = wanted;
    people.only = only;
    people.timeouts = &test_timeouts;
    assert_int_equal(weir_worker_run(&world.world, &options), 0);
    for (size_t i = 0; i < CROWD; i++) /* who was cut off by a stop */
        if (people.clients[i].link != NULL) sim_hang_up(&world, people.clients[i].link);
    assert_int_equal(world.files_open, 0);
    assert_int_equal(sim_links_open(&world), 0);
    assert_true(world.acceptor.ops == NULL);
    return world.hash;
}

static uint64_t seed_of_the_day(void)
{
    const char *text = getenv("WEIR_SIM_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : 1;

    (void)fprintf(stderr, "sim: WEIR_SIM_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static const sim_faults no_faults = {.lost_percent = 0};
static const sim_faults all_faults = {.lost_percent = 2, .file_full_percent = 2, .open_max = 30};

static void a_files_octets_are_what_they_are_one_by_one(void **state)
{
    (void)state;
    char piece[700];

    for (uint64_t at = 0; at < 70000; at += 311) {
        sim_octets(at, piece, sizeof piece);
        for (size_t i = 0; i < sizeof piece; i++)
            assert_int_equal(piece[i], sim_octet(at + i));
    }
}

static void ten_thousand_connections_end_as_they_must(void **state)
{
    (void)state;
    uint64_t seed = seed_of_the_day();
    const char *text = getenv("WEIR_SIM_CONNECTIONS");
    size_t usual = getenv("WEIR_UNDER_VALGRIND") != NULL ? 1000 : 10000;
    size_t wanted = text != NULL ? strtoul(text, NULL, 0) : usual;

    (void)run(seed, wanted, -1, &all_faults, 0);
    (void)fprintf(stderr, "sim: %zu connections, %zu turns of the loop, %llu simulated seconds\n",
                  people.finished, world.waits, (unsigned long long)(world.now_ms / 1000));
    assert_int_equal(people.finished, wanted);
}

static void the_same_seed_gives_the_same_trace(void **state)
{
    (void)state;
    uint64_t seed = seed_of_the_day();
    uint64_t first = run(seed, 500, -1, &all_faults, 0);

    assert_true(first == run(seed, 500, -1, &all_faults, 0));
    assert_true(first != run(seed + 1, 500, -1, &all_faults, 0));
}

static void every_kind_of_client_is_answered_and_ended_in_time(void **state)
{
    (void)state;
    for (int kind = 0; kind < CLIENT_KINDS; kind++)
        (void)run(seed_of_the_day(), 60, kind, &no_faults, 0);
}

/* Whatever is answered is answered well; all is closed and given back. */
static void a_stop_at_any_time_loses_nothing(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 40; i++)
        (void)run(seed_of_the_day() + i, 1000, -1, &all_faults, 1000 + i * i * 10);
}

static int forget(void **state)
{
    (void)state;
    for (size_t i = 0; i < CROWD; i++) {
        free(people.clients[i].wire);
        free(people.clients[i].received);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_files_octets_are_what_they_are_one_by_one),
        cmocka_unit_test(every_kind_of_client_is_answered_and_ended_in_time),
        cmocka_unit_test(the_same_seed_gives_the_same_trace),
        cmocka_unit_test(a_stop_at_any_time_loses_nothing),
        cmocka_unit_test(ten_thousand_connections_end_as_they_must),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
