/* SPDX-License-Identifier: MIT */
/* scan_avx512.h - what scan_blocks.h needs, in AVX-512 BW: a block is one register. Without VBMI, classes
 * come from nibbles and positions from a loop. */
#define SCAN_(name) scan_avx512_##name
#define SCAN_LINES weir__read_lines_avx512
#define SCAN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt")))
#define SCAN_SKIP 256

SCAN_ALWAYS SCAN_TARGET __m512i scan_avx512_table(const uint8_t *row)
{
    return _mm512_broadcast_i32x4(_mm_load_si128((const void *)row));
}

SCAN_ALWAYS SCAN_TARGET __m512i scan_avx512_class(__m512i v, const scan_nibbles *t)
{
    __m512i row = _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15));
    return _mm512_and_si512(_mm512_shuffle_epi8(scan_avx512_table(t->low), v),
                            _mm512_shuffle_epi8(scan_avx512_table(t->high), row));
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx512_classes(__m512i v)
{
    __m512i c = scan_avx512_class(v, &scan_line_nibbles);
    scan_classes k = {
        .tchar = _mm512_test_epi8_mask(c, _mm512_set1_epi8(SCAN_NIBBLE_TCHAR)),
        .ctl = _mm512_test_epi8_mask(c, _mm512_set1_epi8((char)SCAN_NIBBLE_CTL)),
        .lf = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')),
        .question = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('?')),
    };
    c = scan_avx512_class(v, &scan_uri_nibbles);
    k.uri = _mm512_test_epi8_mask(c, c);
    return k;
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx512_look(const char *p)
{
    return scan_avx512_classes(_mm512_loadu_si512(p));
}

/* Lanes that are masked out are not read. They become SP, which is in no class. */
SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx512_tail(const char *in, const char *p, unsigned n)
{
    (void)in;
    __mmask64 there = scan_low_bits(~UINT64_C(0), n);
    return scan_avx512_classes(_mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), there, p));
}

SCAN_ALWAYS SCAN_TARGET bool scan_avx512_plain(const char *p)
{
    __m512i lowest = _mm512_set1_epi8(' '), most = _mm512_set1_epi8('~' - ' ');
    __m512i worst = _mm512_sub_epi8(_mm512_loadu_si512(p), lowest);
    for (unsigned i = 64; i < SCAN_SKIP; i += 64)
        worst = _mm512_max_epu8(worst, _mm512_sub_epi8(_mm512_loadu_si512(p + i), lowest));
    return _mm512_cmpgt_epu8_mask(worst, most) == 0;
}

SCAN_ALWAYS SCAN_TARGET void scan_avx512_marks(uint16_t *out, uint64_t bits, size_t at)
{
    scan_marks_by_fours(out, bits, at);
}

SCAN_ALWAYS SCAN_TARGET void scan_avx512_spans(weir_field *f, const char *base, uint32_t base_at,
                                               const uint16_t *marks)
{
    scan_x86_spans(f, base, base_at, marks);
}

#include "scan_blocks.h"
