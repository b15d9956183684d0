/* SPDX-License-Identifier: MIT */
/* test_exchange.c - the message machine: every step from every place, and what couples the ways. */
#include "exact.h"
#include "exchange.h"

/* What the table says, written down once more: from, step, to; what is not here is refused. */
static const struct {
    enum weir__way from;
    enum weir__step step;
    enum weir__way to;
} moves[] = {
    {WEIR__IDLE, WEIR__HEAD, WEIR__BODY},     {WEIR__IDLE, WEIR__STOP, WEIR__OVER},
    {WEIR__BODY, WEIR__END, WEIR__DONE},      {WEIR__BODY, WEIR__STOP, WEIR__OVER},
    {WEIR__DONE, WEIR__SWITCH, WEIR__TUNNEL}, {WEIR__DONE, WEIR__STOP, WEIR__OVER},
    {WEIR__TUNNEL, WEIR__END, WEIR__OVER},    {WEIR__TUNNEL, WEIR__STOP, WEIR__OVER},
    {WEIR__OVER, WEIR__STOP, WEIR__OVER},
};

static bool find_move(enum weir__way from, enum weir__step step, enum weir__way *to)
{
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        if (moves[i].from != from || moves[i].step != step) continue;
        *to = moves[i].to;
        return true;
    }
    return false;
}

/* Both ways move alike. The other way stands where nothing couples: at the beginning. */
static void each_step_is_taken_where_the_table_has_it(void **state)
{
    (void)state;
    for (int from = WEIR__IDLE; from <= WEIR__OVER; from++) {
        for (int step = 0; step < WEIR__STEPS; step++) {
            enum weir__way to = WEIR__IDLE;
            bool may = find_move((enum weir__way)from, (enum weir__step)step, &to);
            assert_int_equal(weir__exchange_may((enum weir__way)from, (enum weir__step)step), may);
            if (!may) continue;
            weir_exchange in = {.in = (uint8_t)from}, out = {.out = (uint8_t)from};
            weir__exchange_set(&in, WEIR__PERSIST | WEIR__SWITCHED); /* a switch couples nothing */
            weir__exchange_set(&out, WEIR__PERSIST | WEIR__SWITCHED);
            weir__exchange_in(&in, (enum weir__step)step);
            weir__exchange_out(&out, (enum weir__step)step);
            assert_int_equal(in.in, to);
            assert_int_equal(out.out, to);
        }
    }
}

#define SERVER WEIR__ANSWERS
#define LASTS WEIR__PERSIST

/* Where both ways are once a step has been taken, and whether the exchange is still open. */
static const struct {
    const char *name;
    unsigned flags;
    weir_error error;
    enum weir__way in, out;
    char way; /* of the step: '<' in, '>' out */
    enum weir__step step;
    enum weir__way in_then, out_then;
    bool open;
} couplings[] = {
    {"both complete: the next one", SERVER | LASTS, WEIR_OK, WEIR__DONE, WEIR__BODY, '>', WEIR__END,
     WEIR__IDLE, WEIR__IDLE, false},
    {"swallowed to the end: the next one", SERVER | LASTS, WEIR_OK, WEIR__BODY, WEIR__DONE, '<',
     WEIR__END, WEIR__IDLE, WEIR__IDLE, false},
    {"a client's, both complete", LASTS, WEIR_OK, WEIR__BODY, WEIR__DONE, '<', WEIR__END,
     WEIR__IDLE, WEIR__IDLE, false},
    {"both complete, the last one", SERVER, WEIR_OK, WEIR__DONE, WEIR__BODY, '>', WEIR__END,
     WEIR__OVER, WEIR__OVER, false},
    {"both complete, drained", SERVER | LASTS | WEIR__DRAIN, WEIR_OK, WEIR__DONE, WEIR__BODY, '>',
     WEIR__END, WEIR__OVER, WEIR__OVER, false},
    {"a client's, the last one", 0, WEIR_OK, WEIR__BODY, WEIR__DONE, '<', WEIR__END, WEIR__OVER,
     WEIR__OVER, false},
    {"an early answer: the rest is swallowed", SERVER | LASTS, WEIR_OK, WEIR__BODY, WEIR__BODY, '>',
     WEIR__END, WEIR__BODY, WEIR__DONE, true},
    {"an early answer, the last one", SERVER, WEIR_OK, WEIR__BODY, WEIR__BODY, '>', WEIR__END,
     WEIR__OVER, WEIR__OVER, false},
    {"an early answer, drained", SERVER | LASTS | WEIR__DRAIN, WEIR_OK, WEIR__BODY, WEIR__BODY, '>',
     WEIR__END, WEIR__OVER, WEIR__OVER, false},
    {"a client's request before the response", LASTS, WEIR_OK, WEIR__IDLE, WEIR__BODY, '>',
     WEIR__END, WEIR__IDLE, WEIR__DONE, true},
    {"a client's last request is not early", 0, WEIR_OK, WEIR__BODY, WEIR__BODY, '>', WEIR__END,
     WEIR__BODY, WEIR__DONE, true},
    {"a client's early response: it goes on sending", 0, WEIR_OK, WEIR__BODY, WEIR__BODY, '<',
     WEIR__END, WEIR__DONE, WEIR__BODY, true},
    {"a request is complete, its answer due", SERVER | LASTS, WEIR_OK, WEIR__BODY, WEIR__IDLE, '<',
     WEIR__END, WEIR__DONE, WEIR__IDLE, true},
    {"the answer to an error", SERVER | LASTS, WEIR_ERR_START_LINE, WEIR__OVER, WEIR__BODY, '>',
     WEIR__END, WEIR__OVER, WEIR__OVER, false},
    {"input is over, the answer is not", SERVER | LASTS, WEIR_OK, WEIR__BODY, WEIR__BODY, '<',
     WEIR__STOP, WEIR__OVER, WEIR__BODY, true},
    {"input is over while it is swallowed", SERVER | LASTS, WEIR_OK, WEIR__BODY, WEIR__DONE, '<',
     WEIR__STOP, WEIR__OVER, WEIR__OVER, false},
    {"a switch: complete is not the end", SERVER | WEIR__SWITCHED, WEIR_OK, WEIR__DONE, WEIR__BODY,
     '>', WEIR__END, WEIR__DONE, WEIR__DONE, true},
    {"one half of a tunnel", SERVER | WEIR__SWITCHED, WEIR_OK, WEIR__TUNNEL, WEIR__TUNNEL, '>',
     WEIR__END, WEIR__TUNNEL, WEIR__OVER, true},
};

static void a_step_moves_both_ways_where_they_are_coupled(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(couplings); i++) {
        weir_exchange x = {.in = (uint8_t)couplings[i].in, .out = (uint8_t)couplings[i].out};
        x.error = (uint8_t)couplings[i].error;
        weir__exchange_set(&x, couplings[i].flags | WEIR__OPEN);
        if (couplings[i].way == '<')
            weir__exchange_in(&x, couplings[i].step);
        else
            weir__exchange_out(&x, couplings[i].step);
        if (x.in != couplings[i].in_then || x.out != couplings[i].out_then ||
            weir__exchange_has(&x, WEIR__OPEN) != couplings[i].open)
            fail_msg("%s: in %d, out %d, %s", couplings[i].name, x.in, x.out,
                     weir__exchange_has(&x, WEIR__OPEN) ? "open" : "not open");
    }
}

/* What belongs to the connection outlives an exchange; what belongs to one does not. */
static void a_new_exchange_knows_nothing_of_the_last(void **state)
{
    (void)state;
    weir_exchange x = {.number = 4, .unread = 9};
    weir__exchange_set(&x, WEIR__EXPECTS | WEIR__UPGRADE | WEIR__SWITCHED | WEIR__PERSIST |
                               WEIR__ANSWERS | WEIR__DRAIN);
    weir__exchange_begin(&x, false);
    assert_int_equal(x.number, 5);
    assert_int_equal(x.unread, 0);
    assert_int_equal(x.flags, WEIR__OPEN | WEIR__ANSWERS | WEIR__DRAIN);
    weir__exchange_begin(&x, true);
    assert_true(weir__exchange_has(&x, WEIR__PERSIST));
}

/* The first error sticks, ends the input and leaves the answer to be given. */
static void an_error_leaves_the_answer_to_be_given(void **state)
{
    (void)state;
    weir_exchange x = {.in = WEIR__BODY};
    weir__exchange_set(&x, WEIR__ANSWERS | WEIR__PERSIST | WEIR__OPEN);
    weir__exchange_fail(&x, WEIR_ERR_CHUNK_SIZE);
    assert_int_equal(x.error, WEIR_ERR_CHUNK_SIZE);
    assert_int_equal(x.in, WEIR__OVER);
    assert_int_equal(x.out, WEIR__IDLE);
    assert_true(weir__exchange_may((enum weir__way)x.out, WEIR__HEAD));
    assert_false(weir__exchange_swallows(&x));
}

static void only_a_server_swallows_and_only_what_is_answered(void **state)
{
    (void)state;
    weir_exchange x = {.in = WEIR__BODY, .out = WEIR__DONE};
    assert_false(weir__exchange_swallows(&x));
    weir__exchange_set(&x, WEIR__ANSWERS);
    assert_true(weir__exchange_swallows(&x));
    x.out = WEIR__BODY;
    assert_false(weir__exchange_swallows(&x));
    x.in = WEIR__DONE;
    x.out = WEIR__DONE;
    assert_false(weir__exchange_swallows(&x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_is_taken_where_the_table_has_it),
        cmocka_unit_test(a_step_moves_both_ways_where_they_are_coupled),
        cmocka_unit_test(a_new_exchange_knows_nothing_of_the_last),
        cmocka_unit_test(an_error_leaves_the_answer_to_be_given),
        cmocka_unit_test(only_a_server_swallows_and_only_what_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
