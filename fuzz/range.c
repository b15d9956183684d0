/* SPDX-License-Identifier: MIT */
/*
 * Byte ranges. The first eight octets are the size of a representation, the ninth how many ranges there
 * is room for; the rest is the value of Range.
 *
 * - What is found lies in the representation, is not empty, and no two of them overlap or touch.
 * - No more than there is room for, and at least one where there are parts.
 * - Each octet that is sent was asked for: read naively, it lies in one of the members.
 */
#include "support.h"

#include "weir/range.h"

enum {
    RANGES = 32
};

/* A position, of any number of digits; more than 2^63 is as good as endless. */
static uint64_t naive_number(const char **p, const char *end, bool *is_there)
{
    uint64_t n = 0;
    *is_there = *p < end && **p >= '0' && **p <= '9';
    for (; *p < end && **p >= '0' && **p <= '9'; ++*p)
        n = n > INT64_MAX / 10 ? INT64_MAX : n * 10 + (uint64_t)(**p - '0');
    return n;
}

static bool naive_asks_for(weir_str value, uint64_t octet, uint64_t size)
{
    const char *p = value.p, *end = value.p + value.len;
    while (p < end && *p != '=')
        p++;
    while (p < end) {
        bool has_first, has_last;
        p++; /* "=" or a comma */
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        uint64_t first = naive_number(&p, end, &has_first), last = UINT64_MAX;
        if (p < end && *p == '-') p++;
        last = naive_number(&p, end, &has_last);
        if (has_first && octet >= first && (!has_last || octet <= last)) return true;
        if (!has_first && has_last && octet >= (last < size ? size - last : 0)) return true;
        while (p < end && *p != ',')
            p++;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 9 || size > 4096) return 0;
    uint64_t length;
    memcpy(&length, data, sizeof length);
    length &= INT64_MAX;
    if (data[8] & 1) length %= 1000;
    size_t max = data[8] % (RANGES + 1), count = 0;
    weir_range ranges[RANGES];
    char *in = copy_exact(data + 9, size - 9);
    weir_str value = {in, size - 9};
    weir_range_kind kind = weir_range_parse(value, length, ranges, max, &count);
    if (kind == WEIR_RANGE_PARTS) {
        require(count >= 1 && count <= max, "there are parts, and no more than there is room for");
        for (size_t i = 0; i < count; i++) {
            require(ranges[i].first <= ranges[i].last && ranges[i].last < length,
                    "a range lies in the representation");
            require(naive_asks_for(value, ranges[i].first, length) &&
                        naive_asks_for(value, ranges[i].last, length),
                    "what is sent was asked for");
            for (size_t j = 0; j < i; j++)
                require(ranges[j].last + 1 < ranges[i].first ||
                            ranges[i].last + 1 < ranges[j].first,
                        "no two ranges overlap or touch");
        }
    }
    copy_free(in, size - 9);
    return 0;
}
