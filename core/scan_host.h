/* SPDX-License-Identifier: MIT */
/* scan_host.h - is a host a plain name, as most are? */
#ifndef WEIR__SCAN_HOST_H
#define WEIR__SCAN_HOST_H

#include "ascii.h"
#include "isa.h"
#include "name_find.h"

#if WEIR__HAS_X86
#include <emmintrin.h> /* SSE2, which every x86-64 has */

/* True where each of the sixteen octets is a letter, a digit, "-" or ".". */
static inline bool weir__are_of_name(uint64_t low, uint64_t high)
{
    __m128i v = _mm_set_epi64x((long long)high, (long long)low);
    __m128i lower = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i other = _mm_sub_epi8(v, _mm_set1_epi8('-')), slash = _mm_set1_epi8('/');
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(lower, _mm_set1_epi8('z' - 'a')), lower);
    __m128i is_other = _mm_cmpeq_epi8(_mm_min_epu8(other, _mm_set1_epi8('9' - '-')), other);
    is_other = _mm_andnot_si128(_mm_cmpeq_epi8(v, slash), is_other);
    return _mm_movemask_epi8(_mm_or_si128(is_letter, is_other)) == 0xffff;
}
#else

static inline bool weir__is_of_name(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t lower = w | ones * 0x20;
    if ((w & tops) != 0) return false;
    /* Each sum has its top bit where the octet is not below, or is above, a bound. */
    uint64_t letter = (lower + ones * (0x80 - 'a')) & ~(lower + ones * (0x7f - 'z'));
    uint64_t other = (w + ones * (0x80 - '-')) & ~(w + ones * (0x7f - '9'));
    uint64_t not_slash = (w ^ ones * '/') + ones * 0x7f;
    return ((letter | (other & not_slash)) & tops) == tops;
}

/* True where each of the sixteen octets is a letter, a digit, "-" or ".". */
static inline bool weir__are_of_name(uint64_t low, uint64_t high)
{
    return weir__is_of_name(low) && weir__is_of_name(high);
}
#endif

/* Four octets, in whatever order. */
static inline uint64_t weir__half_word(const char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* A name of letters, digits, "-" and "." alone, or nothing. What is shorter than the words that look at
 * it is looked at twice. */
static inline bool weir__is_plain_name(const char *p, const char *end)
{
    for (; end - p > 16; p += 16)
        if (!weir__are_of_name(weir__word(p), weir__word(p + 8))) return false;
    if (end - p >= 8) return weir__are_of_name(weir__word(p), weir__word(end - 8));
    if (end - p >= 4) {
        uint64_t word = weir__half_word(p) | weir__half_word(end - 4) << 32;
        return weir__are_of_name(word, word);
    }
    while (p < end && weir__is((unsigned char)*p, WEIR__SCHEME))
        p++;
    return p == end;
}

/* Where the name ends, before a port of up to four digits. */
static inline const char *weir__plain_host_end(const char *p, const char *end)
{
    const char *colon = end;
    while (colon > p && weir__is((unsigned char)colon[-1], WEIR__DIGIT))
        colon--;
    return end - colon < 5 && colon - p > 1 && colon[-1] == ':' ? colon - 1 : end;
}

/* The same with a port of up to four digits behind it, or none. */
static inline bool weir__is_plain_host(weir_str text)
{
    const char *end = text.p + text.len;
    if (text.len > 0 && weir__is((unsigned char)end[-1], WEIR__DIGIT))
        end = weir__plain_host_end(text.p, end);
    return weir__is_plain_name(text.p, end);
}

#endif
