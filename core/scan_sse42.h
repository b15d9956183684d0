/* SPDX-License-Identifier: MIT */
/* scan_sse42.h - what scan_blocks.h needs, in SSE4.2: a block is four registers. */
#define SCAN_(name) scan_sse42_##name
#define SCAN_LINES weir__read_lines_sse42
#define SCAN_TARGET __attribute__((target("sse4.2,popcnt")))
#define SCAN_SKIP 128

typedef struct {
    __m128i part[4];
} scan_sse42_block;

SCAN_ALWAYS SCAN_TARGET scan_sse42_block scan_sse42_read(const char *p)
{
    scan_sse42_block b;
    for (unsigned i = 0; i < 4; i++)
        b.part[i] = _mm_loadu_si128((const void *)(p + 16 * i));
    return b;
}

SCAN_ALWAYS SCAN_TARGET __m128i scan_sse42_class(__m128i v, const scan_nibbles *t)
{
    __m128i low = _mm_load_si128((const void *)t->low);
    __m128i high = _mm_load_si128((const void *)t->high);
    __m128i row = _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15));
    return _mm_and_si128(_mm_shuffle_epi8(low, v), _mm_shuffle_epi8(high, row));
}

/* Octets that have one of the bits `any`. */
SCAN_ALWAYS SCAN_TARGET uint64_t scan_sse42_with(__m128i v, int any)
{
    __m128i none = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)any)), _mm_setzero_si128());
    return (uint64_t)(_mm_movemask_epi8(none) ^ 0xffff);
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_sse42_classes(scan_sse42_block b)
{
    scan_classes k = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 4; i++) {
        __m128i c = scan_sse42_class(b.part[i], &scan_line_nibbles);
        k.tchar |= scan_sse42_with(c, SCAN_NIBBLE_TCHAR) << 16 * i;
        k.ctl |= scan_sse42_with(c, SCAN_NIBBLE_CTL) << 16 * i;
        __m128i lf = _mm_cmpeq_epi8(b.part[i], _mm_set1_epi8('\n'));
        k.lf |= (uint64_t)_mm_movemask_epi8(lf) << 16 * i;
        c = scan_sse42_class(b.part[i], &scan_uri_nibbles);
        k.uri |= scan_sse42_with(c, 0xff) << 16 * i;
        __m128i question = _mm_cmpeq_epi8(b.part[i], _mm_set1_epi8('?'));
        k.question |= (uint64_t)_mm_movemask_epi8(question) << 16 * i;
    }
    return k;
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_sse42_look(const char *p)
{
    return scan_sse42_classes(scan_sse42_read(p));
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_sse42_tail(const char *in, const char *p, unsigned n)
{
    if (SCAN_LIKELY(p + n - in >= SCAN_BLOCK))
        return scan_shift(scan_sse42_look(p + n - SCAN_BLOCK), SCAN_BLOCK - n);
    char copy[SCAN_BLOCK];
    scan_copy_short(copy, p, n);
    return scan_sse42_look(copy);
}

SCAN_ALWAYS SCAN_TARGET bool scan_sse42_plain(const char *p)
{
    __m128i lowest = _mm_set1_epi8(' '), most = _mm_set1_epi8('~' - ' '),
            worst = _mm_setzero_si128();
    for (unsigned i = 0; i < SCAN_SKIP; i += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + i));
        worst = _mm_max_epu8(worst, _mm_sub_epi8(v, lowest));
    }
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(worst, most), most)) == 0xffff;
}

SCAN_ALWAYS SCAN_TARGET void scan_sse42_marks(uint16_t *out, uint64_t bits, size_t at)
{
    scan_marks_by_fours(out, bits, at);
}

SCAN_ALWAYS SCAN_TARGET void scan_sse42_spans(weir_field *f, const char *base, uint32_t base_at,
                                              const uint16_t *marks)
{
    scan_spans(f, base, base_at, marks[0], marks[1], marks[2]);
}

#include "scan_blocks.h"
