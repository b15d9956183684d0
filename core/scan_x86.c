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
    /* Whatever a longer name than all known ones is masked with, its length tells it apart. */
    __m128i mask = _mm_loadu_si128((const __m128i *)(masks + (len & 31)));
    __m128i end = _mm_and_si128(_mm_loadu_si128((const __m128i *)(name + len - 16)), mask);
    uint64_t last = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(end, end));
    unsigned id = weir__field_slot(last, len);
    __m128i known = _mm_load_si128((const __m128i *)weir__field_ends[id]);
    unsigned differ = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(end, known)) ^ 0xffff;
    differ |= weir__field_lengths[id] ^ len;
    id &= (unsigned)((int)(differ - 1) >> 31); /* 0 is OTHER; no branch */
    if (SCAN_UNLIKELY(len > 16) && id != WEIR_FIELD_OTHER && !weir__field_begins_so(id, name, len))
        id = WEIR_FIELD_OTHER;
    return (weir_field_id)id;
}
#define SCAN_NAME scan_x86_name

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
