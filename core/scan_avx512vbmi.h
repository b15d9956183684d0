/* SPDX-License-Identifier: MIT */
/* scan_avx512vbmi.h - what scan_blocks.h needs, in AVX-512 with VBMI and VBMI2: one look-up of a whole
 * block in a table of 128 octets, and positions without a loop. */
#define SCAN_(name) scan_avx512vbmi_##name
#define SCAN_LINES weir__read_lines_avx512vbmi
#define SCAN_TARGET                                                                         \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2," \
                          "lzcnt,popcnt")))
#define SCAN_SKIP 256

/* Two bits each, as compilers take a test of one bit for a shift and a comparison. */
enum {
    SCAN_CLASS_TCHAR = 3,
    SCAN_CLASS_CTL = 12,
    SCAN_CLASS_URI = 48
};

/* The classes of ascii.h by octet, below 0x80. */
static const uint8_t scan_class[128] = {
    12, 12, 12, 12, 12, 12, 12, 12, 12, 0,  12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 0,  51, 0,  3,  51, 3,  51, 51, 48, 48, 51, 51,
    48, 51, 51, 48, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 48, 48, 0,  48, 0,  48, 48, 51,
    51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51,
    51, 51, 51, 0,  0,  0,  3,  51, 3,  51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51,
    51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 0,  3,  0,  51, 12,
};

SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx512vbmi_classes(__m512i v)
{
    __mmask64 ascii = ~_mm512_movepi8_mask(v);
    __m512i c = _mm512_permutex2var_epi8(_mm512_loadu_si512(scan_class), v,
                                         _mm512_loadu_si512(scan_class + 64));
    scan_classes k = {
        .tchar = _mm512_mask_test_epi8_mask(ascii, c, _mm512_set1_epi8(SCAN_CLASS_TCHAR)),
        .ctl = _mm512_mask_test_epi8_mask(ascii, c, _mm512_set1_epi8(SCAN_CLASS_CTL)),
        .lf = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')),
        .uri = _mm512_mask_test_epi8_mask(ascii, c, _mm512_set1_epi8(SCAN_CLASS_URI)),
        .question = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('?')),
    };
    return k;
}

SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx512vbmi_look(const char *p)
{
    return scan_avx512vbmi_classes(_mm512_loadu_si512(p));
}

/* Lanes that are masked out are not read. They become SP, which is in no class. */
SCAN_ALWAYS SCAN_TARGET scan_classes scan_avx512vbmi_tail(const char *in, const char *p, unsigned n)
{
    (void)in;
    __mmask64 there = scan_low_bits(~UINT64_C(0), n);
    return scan_avx512vbmi_classes(_mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), there, p));
}

SCAN_ALWAYS SCAN_TARGET bool scan_avx512vbmi_plain(const char *p)
{
    __m512i lowest = _mm512_set1_epi8(' '), most = _mm512_set1_epi8('~' - ' ');
    __m512i worst = _mm512_sub_epi8(_mm512_loadu_si512(p), lowest);
    for (unsigned i = 64; i < SCAN_SKIP; i += 64)
        worst = _mm512_max_epu8(worst, _mm512_sub_epi8(_mm512_loadu_si512(p + i), lowest));
    return _mm512_cmpgt_epu8_mask(worst, most) == 0;
}

static const uint8_t scan_lanes[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                       13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                                       26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
                                       39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
                                       52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* The numbers of the lanes that are set, side by side, made wider and added to `at`. */
SCAN_ALWAYS SCAN_TARGET void scan_avx512vbmi_marks(uint16_t *out, uint64_t bits, size_t at)
{
    __m512i lanes = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(scan_lanes));
    __m512i base = _mm512_set1_epi16((short)(at + 1));
    __m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(lanes));
    if (SCAN_LIKELY(__builtin_popcountll(bits) <= 16)) {
        _mm256_storeu_si256((void *)out, _mm512_castsi512_si256(_mm512_add_epi16(low, base)));
        return;
    }
    __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(lanes, 1));
    _mm512_storeu_si512(out, _mm512_add_epi16(low, base));
    _mm256_storeu_si256((void *)(out + 32), _mm512_castsi512_si256(_mm512_add_epi16(high, base)));
}

SCAN_ALWAYS SCAN_TARGET void scan_avx512vbmi_spans(weir_field *f, const char *base,
                                                   uint32_t base_at, const uint16_t *marks)
{
    scan_x86_spans(f, base, base_at, marks);
}

#include "scan_blocks.h"
