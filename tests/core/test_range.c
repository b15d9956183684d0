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
    {"bytes=0-99,50-149", "0-149"},
    {"bytes=50-149,0-99", "0-149"},
    {"bytes=0-9,20-29,5-24", "0-29"},
    {"bytes=0-9,20-29,10-19", "0-29"},
    {"bytes=0-9,40-49,20-29,8-41", "0-49"},
    {"bytes=40-49,0-9,20-29,10-19", "40-49 0-29"},
    {"bytes=0-9,20-29,40-49,10-19,30-39", "0-49"},
    {"bytes=0-9,20-29,40-49,60-69,10-19", "whole"},
    {"bytes=500-600,0-0,-1,550-650", "500-650 0-0 999-999"},
    {"bytes=0-0,-1", "0-0 999-999"},
    {"bytes=-1,0-0", "999-999 0-0"},
    {"bytes=5-5,5-5,5-5,5-5", "5-5"},
    {"bytes=0-18446744073709551615", "0-999"},
    {"bytes=0-18446744073709551616", "0-999"},
    {"bytes=18446744073709551616-18446744073709551617", "unsatisfiable"},
    {"bytes=18446744073709551617-18446744073709551616", "unsatisfiable"},
    {"bytes=000000000000000000000000000000-000000000000000000000000000001", "0-1"},
    {"bytes=0-1 ,\t2000-", "0-1"},
    {"bytes=0-1;2-3", "whole"},
    {"bytes = 0-1", "whole"},
    {"bytes=0-1,\"2-3", "whole"},
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
    {"bites=0-9", "whole"},
    {"bytes=5", "whole"},
    {"bytes=0-9,5", "whole"},
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

/* RFC 9110 §14.1.2: only its last octets can be asked for, and they are all of it. */
static void nothing_lies_in_an_empty_representation(void **state)
{
    (void)state;
    static const struct {
        const char *value, *trace;
    } none[] = {
        {"bytes=0-0", "unsatisfiable"}, {"bytes=0-", "unsatisfiable"},
        {"bytes=-0", "unsatisfiable"},  {"bytes=-1", "whole"},
        {"bytes=0-0,-5,-7", "whole"},
    };
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        char trace[128];
        trace_ranges(weir_str_of(none[i].value), 0, trace, sizeof trace);
        assert_string_equal(trace, none[i].trace);
    }
}

/* Any set of ranges, against a set of octets: none is lost, none comes twice, none is invented. */
static void joined_ranges_are_the_octets_asked_for(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char text[200] = "bytes=";
        bool asked[32] = {false};
        weir_range found[8];
        size_t count, at = strlen(text);
        for (int i = 0; i < 8; i++) {
            seed = seed * 1664525u + 1013904223u;
            unsigned first = (seed >> 8) % 32, last = first + (seed >> 16) % 6;
            at += (size_t)snprintf(text + at, sizeof text - at, "%u-%u,", first, last);
            for (unsigned octet = first; octet <= last && octet < 32; octet++)
                asked[octet] = true;
        }
        assert_int_equal(weir_range_parse((weir_str){text, at}, 32, found, 8, &count),
                         WEIR_RANGE_PARTS);
        for (size_t i = 0; i < count; i++)
            for (uint64_t octet = found[i].first; octet <= found[i].last; octet++) {
                if (octet >= 32 || !asked[octet]) fail_msg("%s: octet %u", text, (unsigned)octet);
                asked[octet] = false;
            }
        for (unsigned octet = 0; octet < 32; octet++)
            if (asked[octet]) fail_msg("%s: octet %u is missing", text, octet);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_what_lies_in_the_representation),
        cmocka_unit_test(joined_ranges_are_the_octets_asked_for),
        cmocka_unit_test(nothing_lies_in_an_empty_representation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
