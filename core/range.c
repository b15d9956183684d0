/* SPDX-License-Identifier: MIT */
/* range.c - byte ranges against a representation of known size (RFC 9110 §14). */
#include "weir/range.h"

#include "ascii.h"
#include "weir/value.h"

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
        *is_inside = suffix > 0;
        *range = (weir_range){size - suffix, size - 1};
        return true;
    }
    *is_inside = range->first < size;
    if (!has_last || range->last >= size) range->last = size - 1;
    return true;
}

/* Joins `next` to the range before it where they overlap or touch. */
static bool range_join(weir_range *before, const weir_range *next)
{
    bool apart = next->first > before->last + 1 || before->first > next->last + 1;
    if (apart) return false;
    if (next->first < before->first) before->first = next->first;
    if (next->last > before->last) before->last = next->last;
    return true;
}

weir_range_kind weir_range_parse(weir_str value, uint64_t size, weir_range *ranges, size_t max,
                                 size_t *count)
{
    static const char unit[] = "bytes=";
    size_t unit_len = sizeof unit - 1, members = 0;
    *count = 0;
    if (value.len < unit_len) return WEIR_RANGE_WHOLE;
    if (!weir_str_equal_nocase((weir_str){value.p, unit_len}, (weir_str){unit, unit_len}))
        return WEIR_RANGE_WHOLE;
    weir_str list = {value.p + unit_len, value.len - unit_len}, member;
    weir_error err;
    bool too_many = false;
    for (; (err = weir_list_next(&list, &member)) == WEIR_OK; members++) {
        weir_range range;
        bool is_inside;
        if (!range_member(member, size, &range, &is_inside)) return WEIR_RANGE_WHOLE;
        if (!is_inside || (*count > 0 && range_join(&ranges[*count - 1], &range))) continue;
        if (*count == max)
            too_many = true;
        else
            ranges[(*count)++] = range;
    }
    if (err != WEIR_END || members == 0 || too_many) return WEIR_RANGE_WHOLE;
    return *count > 0 ? WEIR_RANGE_PARTS : WEIR_RANGE_UNSATISFIABLE;
}
