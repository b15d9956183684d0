/* SPDX-License-Identifier: MIT */
/* scan.c - spans of one class, and the choice among the readers of whole lines. */
#include "scan.h"

#include "internal.h"
#include "name_find.h"

#if WEIR__HAS_X86
#include <emmintrin.h> /* SSE2, which every x86-64 has */
#endif
#if WEIR__HAS_ARM
#include <arm_neon.h>
#endif

const char *weir__scan_while(const char *p, const char *end, unsigned bits)
{
    while (p != end && weir__is((unsigned char)*p, bits))
        p++;
    return p;
}

/* True where each of the eight octets at `p` is SP, VCHAR or obs-text. */
static bool scan_is_plain(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t w = weir__word(p), del = w ^ ones * 0x7f;
    uint64_t below = (w - ones * ' ') & ~w; /* top bit: below SP, or borrowed from one that is */
    uint64_t is_del = (del - ones) & ~del;  /* likewise, DEL */
    return ((below | is_del) & tops) == 0;
}

#if WEIR__HAS_X86
static const char *scan_plain_16(const char *p, const char *end)
{
    const __m128i lowest = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const void *)p);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, lowest), v);
        int bad = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, del)));
        if (bad != 0) return p + __builtin_ctz((unsigned)bad);
        p += 16;
    }
    return p;
}
#elif WEIR__HAS_ARM
static const char *scan_plain_16(const char *p, const char *end)
{
    const uint8x16_t lowest = vdupq_n_u8(0x1f), del = vdupq_n_u8(0x7f);
    while (end - p >= 16) {
        uint8x16_t v = vld1q_u8((const uint8_t *)p);
        if (vmaxvq_u8(vorrq_u8(vcleq_u8(v, lowest), vceqq_u8(v, del))) != 0) break;
        p += 16;
    }
    return p;
}
#endif

const char *weir__scan_field(weir_isa isa, const char *p, const char *end)
{
    for (;;) {
#if WEIR__HAS_X86 || WEIR__HAS_ARM
        if (isa != WEIR_ISA_SCALAR) p = scan_plain_16(p, end);
#else
        (void)isa;
#endif
        while (end - p >= 8 && scan_is_plain(p))
            p += 8;
        const char *stop = end - p >= 8 ? p + 8 : end;
        const char *found = weir__scan_while(p, stop, WEIR__FIELD);
        if (found != stop || stop == end) return found;
        p = stop; /* a HTAB was among them */
    }
}

#if WEIR__WANTED(SCALAR)
/* Vectors of sixteen octets are not worth their setting up for so few: they would be copied first. */
static bool scan_is_short(const weir_head *h, uint32_t end)
{
    bool narrow = h->isa == WEIR_ISA_SSE42 || h->isa == WEIR_ISA_NEON;
    return narrow && end - h->at < 64;
}
#endif

enum weir__lines weir__read_lines(weir_head *h, const char *in, uint32_t end,
                                  enum weir__first first)
{
#if WEIR__WANTED(SCALAR)
    if (scan_is_short(h, end)) return weir__read_lines_scalar(h, in, end, first);
#endif
    switch ((weir_isa)h->isa) {
#if WEIR__BUILT(SSE42)
    case WEIR_ISA_SSE42: return weir__read_lines_sse42(h, in, end, first);
#endif
#if WEIR__BUILT(AVX2)
    case WEIR_ISA_AVX2: return weir__read_lines_avx2(h, in, end, first);
#endif
#if WEIR__BUILT(AVX512)
    case WEIR_ISA_AVX512: return weir__read_lines_avx512(h, in, end, first);
#endif
#if WEIR__BUILT(AVX512VBMI)
    case WEIR_ISA_AVX512VBMI: return weir__read_lines_avx512vbmi(h, in, end, first);
#endif
#if WEIR__BUILT(NEON)
    case WEIR_ISA_NEON: return weir__read_lines_neon(h, in, end, first);
#endif
#if WEIR__WANTED(SCALAR)
    case WEIR_ISA_SCALAR: return weir__read_lines_scalar(h, in, end, first);
#else
    case WEIR_ISA_SCALAR:
        h->plain = true;
        return WEIR__LINES_NONE; /* left out: it saves time alone */
#endif
    default: weir_unreachable(); /* weir_head_use() was given what is not built in */
    }
}
