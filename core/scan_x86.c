/* SPDX-License-Identifier: MIT */
/* scan_x86.c - whole lines by the vector instructions of x86. No flag of the compiler is needed: each
 * function names what it uses, and is called only where the machine has it. */
#include "scan.h"

#if WEIR__HAS_X86
#include <immintrin.h>

#include "scan_tables.h"

/* The name's id. Sixteen octets before its end are the head's: a start line was there. */
SCAN_ALWAYS weir_field_id scan_x86_name(const char *name, unsigned len)
{
    _Alignas(16) static const uint8_t masks[64] = {[16] = 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
                                                   0xdf,        0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
                                                   0xdf,        0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
                                                   0xdf,        0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
                                                   0xdf,        0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
                                                   0xdf,        0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
                                                   0xdf,        0xdf, 0xdf, 0xdf, 0xdf, 0xdf};
    __m128i mask = _mm_loadu_si128((const __m128i *)(masks + (len & 31)));
    __m128i end = _mm_and_si128(_mm_loadu_si128((const __m128i *)(name + len - 16)), mask);
    uint64_t last = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(end, end));
    unsigned id = weir__field_slot(last, len);
    __m128i known = _mm_load_si128((const __m128i *)weir__fields.ends[id]);
    unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(end, known));
    id &= 0u - ((same + 1) >> 16); /* 0 is OTHER; no branch */
    if (SCAN_UNLIKELY(len > 16) && id != WEIR_FIELD_OTHER && !weir__field_begins_so(id, name, len))
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
        __m128i v = _mm_loadu_si128((const __m128i *)(p + at));
        __m128i low = _mm_load_si128((const __m128i *)scan_uri_nibbles.low);
        __m128i high = _mm_load_si128((const __m128i *)scan_uri_nibbles.high);
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

#if WEIR__BUILT(SSE42)
#include "scan_sse42.h"
#endif
#if WEIR__BUILT(AVX2)
#include "scan_avx2.h"
#endif
#if WEIR__BUILT(AVX512)
#include "scan_avx512.h"
#endif
#if WEIR__BUILT(AVX512VBMI)
#include "scan_avx512vbmi.h"
#endif

#else
typedef int scan_x86_is_not_the_target;
#endif
