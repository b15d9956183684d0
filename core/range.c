/* SPDX-License-Identifier: MIT */
/* range.c - byte ranges against a representation of known size (RFC 9110 §14). */
#include "weir/range.h"

#include "value.h"

/* Takes 1*DIGIT off the front; what is larger than a 64-bit number stays the largest. */
static bool range_number(weir_str *text, uint64_t *number)
{
    size_t i = 0;
    *number = 0;
    for (; i < text->len && weir__is((unsigned char)text->p[i], WEIR__DIGIT); i++) {
        uint64_t digit = (uint64_t)(text->p[i] - '0');
        bool above = *number > (UINT64_MAX - digit) / 10;
        *number = above ? UINT64_MAX : *number * 10 + digit;
    }
    text->p += i;
    text->len -= i;
    return i > 0;
}

/* One of the ranges. RFC 9110 §14.1.1: first "-" [ last ], or "-" suffix-length. */
static bool range_member(weir_str text, uint64_t size, weir_range *range, bool *is_inside)
{
    bool has_first = range_number(&text, &range->first);
    if (text.len == 0 || *text.p != '-') return false;
    text.p++;
    text.len--;
    bool has_last = range_number(&text, &range->last);
    if (text.len > 0 || (!has_first && !has_last)) return false;
    if (has_first && has_last && range->last < range->first) return false;

    if (!has_first) { /* the last octets */
        uint64_t suffix = range->last < size ? range->last : size;
        *is_inside = range->last > 0; /* of nothing, too */
        *range = (weir_range){size - suffix, size - 1};
        return true;
    }
    *is_inside = range->first < size;
    if (!has_last || range->last >= size) range->last = size - 1;
    return true;
}

/* Joins `next` to `into` where they overlap or touch. */
static bool range_join(weir_range *into, const weir_range *next)
{
    bool apart = next->first > into->last + 1 || into->first > next->last + 1;
    if (apart) return false;
    if (next->first < into->first) into->first = next->first;
    if (next->last > into->last) into->last = next->last;
    return true;
}

/*
 * Adds a range to those that are apart from each other: joins it to the first that it overlaps or
 * touches, and to that all others that it does. False: it stands alone, and there is no room.
 */
static bool range_add(weir_range *ranges, size_t max, size_t *count, weir_range range)
{
    size_t at = 0, kept;
    while (at < *count && !range_join(&ranges[at], &range))
        at++;
    if (at == max) return false;
    if (at == *count) {
        ranges[(*count)++] = range;
        return true;
    }
    kept = at + 1; /* what comes before touches neither of the two, and so not both together */
    for (size_t i = kept; i < *count; i++)
        if (!range_join(&ranges[at], &ranges[i])) ranges[kept++] = ranges[i];
    *count = kept;
    return true;
}

weir_range_kind weir_range_parse(weir_str value, uint64_t size, weir_range *ranges, size_t max,
                                 size_t *count)
{
    static const char unit[] = "bytes=";
    size_t unit_len = sizeof unit - 1, members = 0;
    *count = 0;
    if (value.len < unit_len) return WEIR_RANGE_WHOLE;
    if (!weir__same((weir_str){value.p, unit_len}, (weir_str){unit, unit_len}))
        return WEIR_RANGE_WHOLE;
    weir_str list = {value.p + unit_len, value.len - unit_len}, member;
    weir_error err;
    bool too_many = false;
    for (; (err = weir_list_next(&list, &member)) == WEIR_OK; members++) {
        weir_range range;
        bool is_inside;
        if (!range_member(member, size, &range, &is_inside)) return WEIR_RANGE_WHOLE;
        if (is_inside && !range_add(ranges, max, count, range)) too_many = true;
    }
    if (err != WEIR_END || members == 0 || too_many) return WEIR_RANGE_WHOLE;
    if (size == 0 && *count > 0) { /* §14.1.2: satisfied, but no Content-Range says so */
        *count = 0;
        return WEIR_RANGE_WHOLE;
    }
    return *count > 0 ? WEIR_RANGE_PARTS : WEIR_RANGE_UNSATISFIABLE;
}
