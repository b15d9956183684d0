/* SPDX-License-Identifier: MIT */
/* weir/isa.h - which instruction set heads are read with. All give the same answers. */
#ifndef WEIR_ISA_H
#define WEIR_ISA_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    WEIR_ISA_AUTO,       /* not chosen yet: the best that runs here, on first use */
    WEIR_ISA_SCALAR,     /* C11 and nothing else */
    WEIR_ISA_SSE42,      /* x86: SSE4.2 with POPCNT */
    WEIR_ISA_AVX2,       /* x86: AVX2 with BMI1 and BMI2 */
    WEIR_ISA_AVX512,     /* x86: AVX-512 F, BW, VL with BMI1 and BMI2 */
    WEIR_ISA_AVX512VBMI, /* x86: the same with VBMI and VBMI2 */
    WEIR_ISA_NEON,       /* AArch64 */
    WEIR_ISA_COUNT
} weir_isa;

/*
 * The best one that this library was built with and that this machine runs. It asks the machine each
 * time, and in a virtual machine that costs microseconds: weir_head and weir_conn keep the answer,
 * and a program with many connections asks once and hands it to each (weir_conn_options).
 */
weir_isa weir_isa_best(void);

/* True where `isa` is built in and runs on this machine. AUTO and SCALAR always do. */
bool weir_isa_runs(weir_isa isa);

/* "auto", "scalar", "sse42", "avx2", "avx512", "avx512vbmi", "neon"; "" for any other number. */
const char *weir_isa_name(weir_isa isa);

#ifdef __cplusplus
}
#endif

#endif
