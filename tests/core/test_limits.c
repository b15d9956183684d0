/* SPDX-License-Identifier: MIT */
/* test_limits.c - the defaults are what limits.h says, and each limit has a hard maximum. */
#include "exact.h"

#include "weir/limits.h"

static void the_defaults_are_the_documented_ones(void **state)
{
    (void)state;
    const weir_limits *l = &weir_limits_default;
    assert_int_equal(l->head_bytes_max, 32 * 1024);
    assert_int_equal(l->method_bytes_max, 32);
    assert_int_equal(l->target_bytes_max, 16 * 1024);
    assert_int_equal(l->line_bytes_max, 24 * 1024);
    assert_int_equal(l->empty_lines_max, 4);
    assert_int_equal(l->chunk_ext_bytes_max, 4 * 1024);
    assert_int_equal(l->chunk_ext_line_bytes_max, 1024);
    assert_int_equal(l->trailer_bytes_max, 8 * 1024);
    assert_int_equal(l->trailers_max, 64);
    assert_int_equal(l->allow, 0);
    assert_true(l->payload_bytes_max == 0x7fffffffffffffff);
    assert_int_equal(l->unread_bytes_max, 64 * 1024);
    assert_int_equal(weir_limits_check(l), WEIR_OK);
}

/* What one limit may be at most, and one more. */
static void each_limit_has_a_hard_maximum(void **state)
{
    (void)state;
    const struct {
        const char *name;
        size_t offset;
        bool wide;
    } limits[] = {
        {"head_bytes_max", offsetof(weir_limits, head_bytes_max), false},
        {"method_bytes_max", offsetof(weir_limits, method_bytes_max), false},
        {"target_bytes_max", offsetof(weir_limits, target_bytes_max), false},
        {"line_bytes_max", offsetof(weir_limits, line_bytes_max), false},
        {"chunk_ext_line_bytes_max", offsetof(weir_limits, chunk_ext_line_bytes_max), false},
        {"trailers_max", offsetof(weir_limits, trailers_max), false},
        {"empty_lines_max", offsetof(weir_limits, empty_lines_max), false},
        {"chunk_ext_bytes_max", offsetof(weir_limits, chunk_ext_bytes_max), false},
        {"trailer_bytes_max", offsetof(weir_limits, trailer_bytes_max), false},
        {"payload_bytes_max", offsetof(weir_limits, payload_bytes_max), true},
        {"unread_bytes_max", offsetof(weir_limits, unread_bytes_max), true},
    };
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        for (uint32_t above = 0; above < 2; above++) {
            weir_limits l = weir_limits_default;
            uint32_t narrow = WEIR_HEAD_BYTES_HARD_MAX + above;
            uint64_t wide = WEIR_LENGTH_HARD_MAX + above;
            char *at = (char *)&l + limits[i].offset;
            if (limits[i].wide)
                memcpy(at, &wide, sizeof wide);
            else
                memcpy(at, &narrow, sizeof narrow);
            if (weir_limits_check(&l) != (above > 0 ? WEIR_ERR_CALL_OPTIONS : WEIR_OK))
                fail_msg("%s, %u above its maximum", limits[i].name, (unsigned)above);
        }
    }
}

static void a_head_has_room_for_the_shortest_request(void **state)
{
    (void)state;
    weir_limits l = weir_limits_default;
    l.head_bytes_max = (uint32_t)strlen("GET / HTTP/1.0\r\n\r\n");
    assert_int_equal(weir_limits_check(&l), WEIR_OK);
    l.head_bytes_max--;
    assert_int_equal(weir_limits_check(&l), WEIR_ERR_CALL_OPTIONS);
}

/* Zero means none allowed, not "without a limit". */
static void all_others_may_be_zero(void **state)
{
    (void)state;
    const weir_limits l = {.head_bytes_max = WEIR_HEAD_BYTES_DEFAULT};
    assert_int_equal(weir_limits_check(&l), WEIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_the_documented_ones),
        cmocka_unit_test(each_limit_has_a_hard_maximum),
        cmocka_unit_test(a_head_has_room_for_the_shortest_request),
        cmocka_unit_test(all_others_may_be_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
