/* SPDX-License-Identifier: MIT */
/* scan_x86.c - whole lines by the vector instructions of x86. No flag of the compiler is needed: each
 * function names what it uses, and is called only where the machine has it. */
#include "scan.h"

#if WEIR__HAS_X86
#include <immintrin.h>

#include "scan_tables.h"

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
