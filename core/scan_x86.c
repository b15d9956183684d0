/* SPDX-License-Identifier: MIT */
/* scan_x86.c - whole lines by the vector instructions of x86. No flag of the compiler is needed: each
 * function names what it uses, and is called only where the machine has it. */
#include "scan.h"

#include "internal.h"

#if WEIR__HAS_X86
#include <immintrin.h>

#include "scan_tables.h"

#define SCAN_NAME_TARGET __attribute__((target("sse4.2")))

/* Are the sixteen octets at both the same but for the case of letters? */
SCAN_ALWAYS SCAN_NAME_TARGET bool scan_x86_same16(const char *a, const char *b)
{
    __m128i differ =
        _mm_xor_si128(_mm_loadu_si128((const void *)a), _mm_loadu_si128((const void *)b));
    return _mm_testz_si128(differ, _mm_set1_epi8((char)(WEIR__FOLD & 0xff)));
}

/* The id of a name that ends at `stop`. Sixteen octets before that are the head's: a start line was
 * there. */
SCAN_ALWAYS SCAN_NAME_TARGET weir_field_id scan_x86_name(const char *stop, unsigned len)
{
    __m128i mask = _mm_loadu_si128((const void *)(scan_name_masks + (len & 31)));
    __m128i end = _mm_and_si128(_mm_loadu_si128((const void *)(stop - 16)), mask);
    unsigned id = weir__field_slot((uint64_t)_mm_extract_epi64(end, 1), len);
    __m128i known = _mm_load_si128((const void *)weir__fields.ends[id]);
    __m128i differ = _mm_xor_si128(end, known);
    if (!_mm_testz_si128(differ, differ)) id = WEIR_FIELD_OTHER;
    if (SCAN_UNLIKELY(len > 16) && id != WEIR_FIELD_OTHER &&
        (len != weir__fields.lengths[id] || !scan_x86_same16(stop - len, weir__field_names[id].p)))
        id = WEIR_FIELD_OTHER;
    return (weir_field_id)id;
}
#define SCAN_NAME scan_x86_name

/*
 * The length of the path of a target that begins with "/", where [p, end) may be read. 0: there are
 * octets that a URI has not as they are, or too few behind it to look at sixteen at a time.
 */
SCAN_ALWAYS __attribute__((target("sse4.2"))) uint32_t scan_x86_path(const char *p, unsigned len,
                                                                     const char *end)
{
    if (len == 1) return 1;
    uint32_t path = len;
    for (unsigned at = 0; at < len; at += 16) {
        if (SCAN_UNLIKELY(end - p < 16 + (ptrdiff_t)at)) return 0;
        __m128i v = _mm_loadu_si128((const void *)(p + at));
        __m128i low = _mm_load_si128((const void *)scan_uri_nibbles.low);
        __m128i high = _mm_load_si128((const void *)scan_uri_nibbles.high);
        __m128i row = _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15));
        __m128i uri = _mm_and_si128(_mm_shuffle_epi8(low, v), _mm_shuffle_epi8(high, row));
        uint32_t bad = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(uri, _mm_setzero_si128()));
        uint32_t query = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('?')));
        uint32_t there = len - at < 16 ? (UINT32_C(1) << (len - at)) - 1 : 0xffff;
        if ((bad & there) != 0) return 0;
        if ((query & there) != 0 && path == len) path = at + (uint32_t)__builtin_ctz(query);
    }
    return path;
}
#define SCAN_PATH scan_x86_path

/*
 * Both spans at once, as four words, made of three marks: begin, colon and end of a line, which give
 * begin, colon - begin - 1, colon + 1 and end - colon - 3.
 */
SCAN_ALWAYS __attribute__((target("avx2"))) void scan_x86_spans(weir_field *f, const char *base,
                                                                uint32_t base_at,
                                                                const uint16_t *marks)
{
    _Static_assert(offsetof(weir_field, value) == 16 && sizeof(weir_str) == 16,
                   "two spans in a row");
    uint64_t word;
    memcpy(&word, marks, sizeof word); /* there is room behind the last mark */
    __m256i three = _mm256_set1_epi64x((long long)word);
    const long long none = -1, begin = none * 0x10000 + 0x0100, colon = none * 0x10000 + 0x0302;
    const long long end = none * 0x10000 + 0x0504; /* which two octets, and none above them */
    __m256i to = _mm256_shuffle_epi8(three, _mm256_set_epi64x(end, colon, colon, begin));
    __m256i from = _mm256_shuffle_epi8(three, _mm256_set_epi64x(colon, none, begin, none));
    const long long at = (long long)(uintptr_t)base;
    __m256i add = _mm256_set_epi64x(-3, at + 1, -1, at);
    _mm256_storeu_si256((void *)&f->name, _mm256_add_epi64(_mm256_sub_epi64(to, from), add));
    __m128i offsets = _mm_shuffle_epi8(_mm256_castsi256_si128(three),
                                       _mm_set_epi32(-1, -1, -0x10000 + 0x0302, -0x10000 + 0x0100));
    offsets = _mm_add_epi32(offsets, _mm_set_epi32(0, 0, (int)(base_at + 1), (int)base_at));
    _mm_storel_epi64((void *)&f->name_at, offsets);
}

#if WEIR__BUILT(SSE42)
#include "scan_sse42.h"
#endif
#if WEIR__BUILT(AVX2)
#include "scan_avx2.h"
#if WEIR__HAS_SHORT
#include "scan_short.h"
#endif
#endif
#if WEIR__BUILT(AVX512)
#include "scan_avx512.h"
#endif
#if WEIR__BUILT(AVX512VBMI)
#include "scan_avx512vbmi.h"
#endif

#else
typedef int weir__scan_x86_is_not_built;
#endif
