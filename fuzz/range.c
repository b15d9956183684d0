/* SPDX-License-Identifier: MIT */
/*
 * Byte ranges. The first eight octets are the size of a representation, the ninth how many ranges there
 * is room for, and with its last bit set that the size is below 1000; the rest is the value of Range.
 *
 * All is read a second time, naively, and must come to the same:
 *
 * - Below 1000 octets, octet by octet: those are sent that were asked for, no other and none twice; the
 *   ranges stand in the order in which they were asked for; the kind is what the members make it.
 * - Above: each range is covered by members without a gap, and each member lies in one range.
 * - What is found lies in the representation, is not empty, and no two of them overlap or touch; there
 *   are no more than there is room for.
 */
#include "support.h"

#include "weir/range.h"

enum {
    SMALL = 1000,
    RANGES = 32,
    MEMBERS = 1400 /* more than 4096 octets can have */
};

/* The members that have an octet in the representation, cut to it, in their order. */
typedef struct {
    weir_range of[MEMBERS];
    size_t count;
    bool is_good; /* bytes, and all members are ranges, at least one */
    bool
        is_satisfied; /* one of them, also where it is the last octets of nothing (RFC 9110 §14.1.2) */
} naive_ranges;

/* Digits; what is above 64 bits is as good as endless. */
static uint64_t naive_number(const char **p, const char *end, bool *is_there)
{
    uint64_t n = 0;
    *is_there = false;
    for (; *p < end && **p >= '0' && **p <= '9'; ++*p, *is_there = true) {
        uint64_t digit = (uint64_t)(**p - '0');
        n = n > UINT64_MAX / 10 || n * 10 > UINT64_MAX - digit ? UINT64_MAX : n * 10 + digit;
    }
    return n;
}

/* One member, without the blanks around it. False: it is no range. */
static bool naive_member(const char *p, const char *end, uint64_t size, naive_ranges *n)
{
    bool has_first, has_last;
    uint64_t first = naive_number(&p, end, &has_first);
    if (p == end || *p++ != '-') return false;
    uint64_t last = naive_number(&p, end, &has_last);
    if (p != end || (!has_first && !has_last)) return false;
    if (has_first && has_last && first > last) return false;
    bool is_there = has_first ? first < size : last > 0;
    n->is_satisfied = n->is_satisfied || is_there;
    if (!is_there || size == 0) return true;
    if (!has_first) first = last < size ? size - last : 0;
    if (!has_first || !has_last || last >= size) last = size - 1;
    n->of[n->count++] = (weir_range){first, last};
    return true;
}

static void naive_read(weir_str value, uint64_t size, naive_ranges *n)
{
    static const weir_str unit = WEIR_STR_INIT("bytes=");
    const char *p = value.p, *end = value.p + value.len;
    bool has_members = false;
    n->count = 0;
    n->is_good = n->is_satisfied = false;
    if (value.len < unit.len || !weir_str_equal_nocase((weir_str){p, unit.len}, unit)) return;
    for (p += unit.len; p < end; p++) { /* behind "=" or a comma; a quote is in no range */
        const char *from = p;
        while (p < end && *p != ',')
            p++;
        const char *to = p;
        while (from < to && (*from == ' ' || *from == '\t'))
            from++;
        while (from < to && (to[-1] == ' ' || to[-1] == '\t'))
            to--;
        if (from == to) continue;
        has_members = true;
        if (!naive_member(from, to, size, n)) return;
    }
    n->is_good = has_members;
}

/* Which member asked for each octet first; 0: none, else one more than its index. */
typedef struct {
    uint16_t by[SMALL + 1];
    size_t runs, most_runs; /* stretches of such octets, and how many there were at most */
} naive_map;

static void naive_mark(const naive_ranges *n, naive_map *map)
{
    memset(map, 0, sizeof *map);
    for (size_t i = 0; i < n->count; i++) {
        for (size_t at = (size_t)n->of[i].first; at <= n->of[i].last; at++) {
            if (map->by[at] > 0) continue;
            bool has_left = at > 0 && map->by[at - 1] > 0, has_right = map->by[at + 1] > 0;
            map->runs = map->runs + 1 - has_left - has_right;
            map->by[at] = (uint16_t)(i + 1);
        }
        if (map->runs > map->most_runs) map->most_runs = map->runs;
    }
}

/* Octet by octet. The ranges are known to lie inside, apart from each other. */
static void check_small(const naive_ranges *n, weir_range_kind kind, const weir_range *ranges,
                        size_t max, size_t count)
{
    naive_map map;
    naive_mark(n, &map);
    require((kind == WEIR_RANGE_PARTS) == (map.most_runs <= max),
            "there are parts, unless there were ever more than there is room for");
    if (kind != WEIR_RANGE_PARTS) return;
    require(count == map.runs, "what was asked for is sent, in as many parts");
    unsigned before = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned asker = MEMBERS + 1;
        for (size_t at = (size_t)ranges[i].first; at <= ranges[i].last; at++) {
            require(map.by[at] > 0, "an octet that is sent was asked for");
            if (map.by[at] < asker) asker = map.by[at];
            map.by[at] = 0;
        }
        require(asker > before, "the parts stand in the order in which they were asked for");
        before = asker;
    }
    for (size_t at = 0; at < SMALL; at++)
        require(map.by[at] == 0, "an octet that was asked for is sent");
}

/* Is range made of members alone? */
static bool naive_covers(const naive_ranges *n, weir_range range)
{
    for (uint64_t at = range.first;;) {
        uint64_t reach = 0;
        for (size_t i = 0; i < n->count; i++)
            if (n->of[i].first <= at && n->of[i].last >= at && n->of[i].last >= reach)
                reach = n->of[i].last + 1;
        if (reach == 0) return false;
        if (reach > range.last) return true;
        at = reach;
    }
}

static void check_large(const naive_ranges *n, weir_range_kind kind, const weir_range *ranges,
                        size_t max, size_t count)
{
    require(kind == WEIR_RANGE_PARTS || n->count > max,
            "there are parts, unless there are more than there is room for");
    if (kind != WEIR_RANGE_PARTS) return;
    for (size_t i = 0; i < count; i++)
        require(naive_covers(n, ranges[i]), "what is sent was asked for");
    for (size_t i = 0; i < n->count; i++) {
        size_t at = 0;
        while (at < count && (n->of[i].first < ranges[at].first || n->of[i].last > ranges[at].last))
            at++;
        require(at < count, "what was asked for is sent");
    }
}

static void check(weir_str value, uint64_t size, size_t max)
{
    weir_range ranges[RANGES];
    size_t count = SIZE_MAX;
    naive_ranges n;
    weir_range_kind kind = weir_range_parse(value, size, ranges, max, &count);
    naive_read(value, size, &n);
    if (kind == WEIR_RANGE_PARTS)
        require(count >= 1 && count <= max, "there are parts, and no more than there is room for");
    for (size_t i = 0; kind == WEIR_RANGE_PARTS && i < count; i++) {
        require(ranges[i].first <= ranges[i].last && ranges[i].last < size,
                "a range lies in the representation");
        for (size_t j = 0; j < i; j++)
            require(ranges[j].last + 1 < ranges[i].first || ranges[i].last + 1 < ranges[j].first,
                    "no two ranges overlap or touch");
    }
    if (!n.is_good || (size == 0 && n.is_satisfied))
        require(kind == WEIR_RANGE_WHOLE,
                "what is no byte range, or the last octets of nothing, is ignored");
    else if (!n.is_satisfied)
        require(kind == WEIR_RANGE_UNSATISFIABLE, "none lies in the representation");
    else {
        require(kind != WEIR_RANGE_UNSATISFIABLE, "one lies in the representation");
        if (size <= SMALL)
            check_small(&n, kind, ranges, max, count);
        else
            check_large(&n, kind, ranges, max, count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 9 || size > 4096) return 0;
    uint64_t length;
    memcpy(&length, data, sizeof length);
    length &= INT64_MAX;
    if (data[8] & 1) length %= SMALL;
    char *in = copy_exact(data + 9, size - 9);
    check((weir_str){in, size - 9}, length, data[8] % (RANGES + 1));
    copy_free(in, size - 9);
    return 0;
}
