/* SPDX-License-Identifier: MIT */
/* isa.c - asks the machine what it can run. Nothing is remembered here: no global, no constructor. */
#include "isa.h"

#if defined(WEIR_ISA_ONLY)

/* The one that is wanted is for this target. */
_Static_assert(WEIR__BUILT(SSE42) || WEIR__BUILT(AVX2) || WEIR__BUILT(AVX512) ||
                   WEIR__BUILT(AVX512VBMI) || WEIR__BUILT(NEON) || WEIR__WANTED(SCALAR),
               "this target has no such instruction set");

weir_isa weir_isa_best(void)
{
    return (weir_isa)WEIR__JOIN(WEIR__ISA_, WEIR_ISA_ONLY);
}

bool weir_isa_runs(weir_isa isa)
{
    return isa == WEIR_ISA_AUTO || isa == WEIR_ISA_SCALAR || isa == weir_isa_best();
}

#elif WEIR__HAS_X86
#include <cpuid.h>

/* What a machine offers, as bits. */
enum {
    ISA_SSE42 = 1 << 0,
    ISA_AVX2 = 1 << 1,
    ISA_AVX512 = 1 << 2,
    ISA_VBMI = 1 << 3
};

/* The registers that the system saves (Intel SDM vol. 1 §13.3); only with OSXSAVE. */
static uint32_t isa_saved_registers(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

enum {
    ISA_SAVES_AVX = 0x06,   /* XMM and YMM */
    ISA_SAVES_AVX512 = 0xe6 /* those, mask registers, ZMM */
};

static unsigned isa_machine(void)
{
    unsigned a, b, c, d, found = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    if ((c & bit_SSE4_2) && (c & bit_POPCNT) && (c & bit_SSSE3)) found |= ISA_SSE42;
    if (!(c & bit_OSXSAVE) || !(c & bit_AVX)) return found;
    uint32_t saved = isa_saved_registers();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
    bool bits = (b & bit_BMI) && (b & bit_BMI2);
    if (bits && (b & bit_AVX2) && (saved & ISA_SAVES_AVX) == ISA_SAVES_AVX) found |= ISA_AVX2;
    bool wide = (b & bit_AVX512F) && (b & bit_AVX512BW) && (b & bit_AVX512VL) &&
                (saved & ISA_SAVES_AVX512) == ISA_SAVES_AVX512;
    if (wide && (found & ISA_AVX2)) {
        found |= ISA_AVX512;
        if ((c & bit_AVX512VBMI) && (c & bit_AVX512VBMI2)) found |= ISA_VBMI;
    }
    return found;
}

static weir_isa isa_best_of(unsigned found)
{
    if (WEIR__BUILT(AVX512VBMI) && (found & ISA_VBMI)) return WEIR_ISA_AVX512VBMI;
    if (WEIR__BUILT(AVX512) && (found & ISA_AVX512)) return WEIR_ISA_AVX512;
    if (WEIR__BUILT(AVX2) && (found & ISA_AVX2)) return WEIR_ISA_AVX2;
    if (WEIR__BUILT(SSE42) && (found & ISA_SSE42)) return WEIR_ISA_SSE42;
    return WEIR_ISA_SCALAR;
}

weir_isa weir_isa_best(void)
{
    return isa_best_of(isa_machine());
}

bool weir_isa_runs(weir_isa isa)
{
    unsigned found = isa_machine();
    switch (isa) {
    case WEIR_ISA_AUTO:
    case WEIR_ISA_SCALAR: return true;
    case WEIR_ISA_SSE42: return WEIR__BUILT(SSE42) && (found & ISA_SSE42);
    case WEIR_ISA_AVX2: return WEIR__BUILT(AVX2) && (found & ISA_AVX2);
    case WEIR_ISA_AVX512: return WEIR__BUILT(AVX512) && (found & ISA_AVX512);
    case WEIR_ISA_AVX512VBMI: return WEIR__BUILT(AVX512VBMI) && (found & ISA_VBMI);
    case WEIR_ISA_NEON:
    case WEIR_ISA_COUNT: break;
    }
    return false;
}

#else

weir_isa weir_isa_best(void)
{
    return WEIR__BUILT(NEON) ? WEIR_ISA_NEON : WEIR_ISA_SCALAR;
}

bool weir_isa_runs(weir_isa isa)
{
    return isa == WEIR_ISA_AUTO || isa == WEIR_ISA_SCALAR ||
           (isa == WEIR_ISA_NEON && WEIR__BUILT(NEON));
}

#endif

const char *weir_isa_name(weir_isa isa)
{
    static const char names[WEIR_ISA_COUNT][11] = {
        [WEIR_ISA_AUTO] = "auto",     [WEIR_ISA_SCALAR] = "scalar",
        [WEIR_ISA_SSE42] = "sse42",   [WEIR_ISA_AVX2] = "avx2",
        [WEIR_ISA_AVX512] = "avx512", [WEIR_ISA_AVX512VBMI] = "avx512vbmi",
        [WEIR_ISA_NEON] = "neon",
    };
    return (size_t)isa < WEIR_ISA_COUNT ? names[isa] : "";
}
