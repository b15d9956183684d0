/* SPDX-License-Identifier: MIT */
/* test_range.c - byte ranges of a representation of 1000 octets. */
#include "exact.h"
#include "weir/range.h"

enum {
    RANGES = 3
};

static const struct {
    const char *value, *trace;
} ranges[] = {
    {"bytes=0-99", "0-99"},
    {"BYTES=0-0", "0-0"},
    {"bytes=990-5000", "990-999"},
    {"bytes=990-", "990-999"},
    {"bytes=-1", "999-999"},
    {"bytes=-5000", "0-999"},
    {"bytes=10-999999999999999999999999999999", "10-999"},
    {"bytes=-999999999999999999999999999999", "0-999"},
    {"bytes=0-9,20-29", "0-9 20-29"},
    {"bytes= 0-9 , ,20-29", "0-9 20-29"},
    {"bytes=20-29,0-9", "20-29 0-9"},
    {"bytes=0-9,5000-6000", "0-9"},
    {"bytes=0-9,10-19", "0-19"},
    {"bytes=10-19,0-9", "0-19"},
    {"bytes=0-,0-,0-,0-,0-", "0-999"},
    {"bytes=0-0,2-2,4-4", "0-0 2-2 4-4"},
    {"bytes=0-0,2-2,4-4,6-6", "whole"},
    {"bytes=1000-", "unsatisfiable"},
    {"bytes=999-999", "999-999"},
    {"bytes=-0", "unsatisfiable"},
    {"bytes=5000-6000,7000-", "unsatisfiable"},
    {"bytes=999999999999999999999999999999-", "unsatisfiable"},
    {"bytes=", "whole"},
    {"bytes=,", "whole"},
    {"bytes", "whole"},
    {"octets=0-9", "whole"},
    {"bytes=-", "whole"},
    {"bytes=a-b", "whole"},
    {"bytes=9-0", "whole"},
    {"bytes=0-9,9-0", "whole"},
    {"bytes=--5", "whole"},
    {"bytes=-5-10", "whole"},
    {"bytes=0x0-0x9", "whole"},
    {"bytes=0 -9", "whole"},
    {"bytes=0-9;a", "whole"},
};

static void trace_ranges(weir_str value, uint64_t size, char *trace, size_t room)
{
    weir_range found[RANGES];
    size_t count, at = 0;
    weir_range_kind kind = weir_range_parse(value, size, found, RANGES, &count);
    trace[0] = '\0';
    if (kind != WEIR_RANGE_PARTS)
        snprintf(trace, room, "%s", kind == WEIR_RANGE_WHOLE ? "whole" : "unsatisfiable");
    for (size_t i = 0; kind == WEIR_RANGE_PARTS && i < count; i++)
        at += (size_t)snprintf(trace + at, room - at, "%s%u-%u", i > 0 ? " " : "",
                               (unsigned)found[i].first, (unsigned)found[i].last);
}

static void ranges_are_what_lies_in_the_representation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        char *copy = exact_copy(ranges[i].value, strlen(ranges[i].value)), trace[128];
        trace_ranges((weir_str){copy, strlen(ranges[i].value)}, 1000, trace, sizeof trace);
        if (strcmp(trace, ranges[i].trace) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", ranges[i].value, trace, ranges[i].trace);
        free(copy);
    }
}

static void nothing_lies_in_an_empty_representation(void **state)
{
    (void)state;
    static const char *const values[] = {"bytes=0-0", "bytes=0-", "bytes=-1"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char trace[128];
        trace_ranges(weir_str_of(values[i]), 0, trace, sizeof trace);
        assert_string_equal(trace, "unsatisfiable");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_what_lies_in_the_representation),
        cmocka_unit_test(nothing_lies_in_an_empty_representation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
