/* SPDX-License-Identifier: MIT */
/* test_timers.c - deadlines come in order, and only those that are running. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "timers.h"

static const uint32_t lengths[WEIR_TIMER_KINDS] = {
    [WEIR_TIMER_HANDSHAKE] = 10, [WEIR_TIMER_IDLE] = 60, [WEIR_TIMER_HEAD] = 15,
    [WEIR_TIMER_BODY] = 30,      [WEIR_TIMER_SEND] = 30, [WEIR_TIMER_LINGER] = 2,
};

static void nothing_running_is_never(void **state)
{
    weir_timers t;
    weir_timer a = {.kind = WEIR_TIMER_NONE};
    weir_timer_kind kind;

    (void)state;
    weir_timers_init(&t, lengths);
    assert_true(weir_timers_next(&t) == WEIR_TIMERS_NEVER);
    assert_null(weir_timers_expired(&t, UINT64_MAX, &kind));
    weir_timer_stop(&a); /* was not running */
    weir_timer_start(&t, &a, WEIR_TIMER_HEAD, 100);
    weir_timer_stop(&a);
    assert_true(weir_timers_next(&t) == WEIR_TIMERS_NEVER);
}

static void each_expires_once_and_not_before_its_time(void **state)
{
    weir_timers t;
    weir_timer a = {.kind = WEIR_TIMER_NONE}, b = a, c = a;
    weir_timer_kind kind = WEIR_TIMER_NONE;

    (void)state;
    weir_timers_init(&t, lengths);
    assert_null(weir_timers_first(&t, WEIR_TIMER_IDLE));
    weir_timer_start(&t, &a, WEIR_TIMER_IDLE, 0); /* 60 */
    assert_ptr_equal(weir_timers_first(&t, WEIR_TIMER_IDLE), &a);
    assert_null(weir_timers_first(&t, WEIR_TIMER_HEAD));
    weir_timer_start(&t, &b, WEIR_TIMER_HEAD, 20);   /* 35 */
    weir_timer_start(&t, &c, WEIR_TIMER_LINGER, 30); /* 32 */
    assert_true(weir_timers_next(&t) == 32);
    assert_null(weir_timers_expired(&t, 31, &kind));
    assert_ptr_equal(weir_timers_expired(&t, 32, &kind), &c);
    assert_int_equal(kind, WEIR_TIMER_LINGER);
    assert_int_equal(c.kind, WEIR_TIMER_NONE);
    assert_null(weir_timers_expired(&t, 34, &kind));
    assert_true(weir_timers_next(&t) == 35);
    assert_non_null(weir_timers_expired(&t, 100, &kind));
    assert_non_null(weir_timers_expired(&t, 100, &kind));
    assert_null(weir_timers_expired(&t, 100, &kind));
}

static void started_anew_it_is_due_later(void **state)
{
    weir_timers t;
    weir_timer a = {.kind = WEIR_TIMER_NONE}, b = a;
    weir_timer_kind kind;

    (void)state;
    weir_timers_init(&t, lengths);
    weir_timer_start(&t, &a, WEIR_TIMER_BODY, 0);
    weir_timer_start(&t, &b, WEIR_TIMER_BODY, 5);
    weir_timer_start(&t, &a, WEIR_TIMER_BODY, 10);
    assert_true(weir_timers_next(&t) == 35);
    assert_ptr_equal(weir_timers_expired(&t, 39, &kind), &b);
    assert_null(weir_timers_expired(&t, 39, &kind));
    weir_timer_start(&t, &a, WEIR_TIMER_LINGER, 39); /* of another kind now */
    assert_true(weir_timers_next(&t) == 41);
    assert_ptr_equal(weir_timers_expired(&t, 41, &kind), &a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_running_is_never),
        cmocka_unit_test(each_expires_once_and_not_before_its_time),
        cmocka_unit_test(started_anew_it_is_due_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
