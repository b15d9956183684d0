/* SPDX-License-Identifier: MIT */
/* scan_avx2.h - what scan_blocks.h needs, in AVX2: a block is two registers. */
#define SCAN_(name) scan_avx2_##name
#define SCAN_LINES weir__read_lines_avx2
#define SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define SCAN_SKIP 128

SCAN_ALWAYS SCAN_TARGET __m256i scan_avx2_read(const void *p)
{
    return _mm256_loadu_si256((const void *)p);
}

SCAN_ALWAYS SCAN_TARGET __m256i scan_avx2_table(const uint8_t *row)
{
    return _mm256_broadcastsi128_si256(_mm_load_si128((const void *)row));
}

/* The classes that two tables of nibbles give: a bit each that both have. */
SCAN_ALWAYS SCAN_TARGET __m256i scan_avx2_class(__m256i v, const scan_nibbles *t)
{
    __m256i row = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(scan_avx2_table(t->low), v),
                            _mm256_shuffle_epi8(scan_avx2_table(t->high), row));
}

/* A bit each for the octets that are 0xff; those of `b` are `at` octets behind those of `a`. */
SCAN_ALWAYS SCAN_TARGET uint64_t scan_avx2_bits(__m256i a, __m256i b, unsigned at)
{
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << at;
}

/* Octets in which none of the bits `any` is set. */
SCAN_ALWAYS SCAN_TARGET uint64_t scan_avx2_without(__m256i a, __m256i b, int any, unsigned at)
{
    __m256i bits = _mm256_set1_epi8((char)any), none = _mm256_setzero_si256();
    return scan_avx2_bits(_mm256_cmpeq_epi8(_mm256_and_si256(a, bits), none),
                          _mm256_cmpeq_epi8(_mm256_and_si256(b, bits), none), at);
}

/* Of two times 32 octets, of which the second begin `at` octets behind the first. Behind them tchar and
 * uri have bits that say nothing. */
SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx2_classes(__m256i a, __m256i b, unsigned at)
{
    __m256i ka = scan_avx2_class(a, &scan_line_nibbles);
    __m256i kb = scan_avx2_class(b, &scan_line_nibbles);
    __m256i ctl = _mm256_set1_epi8(SCAN_NIBBLE_CTL_MIN);
    scan_classes k;
    k.tchar = ~scan_avx2_without(ka, kb, SCAN_NIBBLE_TCHAR, at);
    k.ctl = scan_avx2_bits(_mm256_cmpeq_epi8(_mm256_max_epu8(ka, ctl), ka),
                           _mm256_cmpeq_epi8(_mm256_max_epu8(kb, ctl), kb), at);
    __m256i lf = _mm256_set1_epi8('\n');
    k.lf = scan_avx2_bits(_mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(b, lf), at);
    k.uri = ~scan_avx2_without(scan_avx2_class(a, &scan_uri_nibbles),
                               scan_avx2_class(b, &scan_uri_nibbles), 0xff, at);
    __m256i question = _mm256_set1_epi8('?');
    k.question = scan_avx2_bits(_mm256_cmpeq_epi8(a, question), _mm256_cmpeq_epi8(b, question), at);
    return k;
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx2_look(const char *p)
{
    return scan_avx2_classes(scan_avx2_read(p), scan_avx2_read(p + 32), 32);
}

/* No load leaves [in, p + n): the last 64 octets there, or the first and the last 32; the bits are
 * then put in their place. Only what is shorter than that is copied. */
SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx2_tail(const char *in, const char *p, unsigned n)
{
    const char *end = p + n;
    if (SCAN_LIKELY(end - in >= SCAN_BLOCK))
        return scan_shift(scan_avx2_look(end - SCAN_BLOCK), SCAN_BLOCK - n);
    if (SCAN_LIKELY(n >= 32))
        return scan_first(scan_avx2_classes(scan_avx2_read(p), scan_avx2_read(end - 32), n - 32),
                          n);
    char copy[SCAN_BLOCK];
    scan_copy_short(copy, p, n);
    return scan_avx2_look(copy);
}

SCAN_ALWAYS SCAN_TARGET bool scan_avx2_plain(const char *p)
{
    __m256i lowest = _mm256_set1_epi8(' '), most = _mm256_set1_epi8('~' - ' ');
    __m256i worst = _mm256_sub_epi8(scan_avx2_read(p), lowest);
    for (unsigned i = 32; i < SCAN_SKIP; i += 32)
        worst = _mm256_max_epu8(worst, _mm256_sub_epi8(scan_avx2_read(p + i), lowest));
    return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(worst, most), most)) == -1;
}

SCAN_ALWAYS SCAN_TARGET void scan_avx2_marks(uint16_t *out, uint64_t bits, size_t at)
{
    scan_marks_by_fours(out, bits, at);
}

SCAN_ALWAYS SCAN_TARGET void scan_avx2_spans(weir_field *f, const char *base, uint32_t base_at,
                                             const uint16_t *marks)
{
    scan_x86_spans(f, base, base_at, marks);
}

#include "scan_blocks.h"
