/* SPDX-License-Identifier: MIT */
/* isa.h - which instruction sets are compiled in. */
#ifndef WEIR__ISA_H
#define WEIR__ISA_H

#include "weir/isa.h"

/*
 * One instruction set is fixed at build time by defining WEIR_ISA_ONLY as its name: SCALAR, AVX2, ...
 * Then the machine is never asked: whoever builds so promises that it has it.
 *
 * A freestanding build has SCALAR alone unless it is fixed so: a kernel may not touch the vector
 * registers, and the compilers' headers for them want the ones of libc.
 */
#if (defined(__GNUC__) || defined(__clang__)) && (__STDC_HOSTED__ || defined(WEIR_ISA_ONLY))
#define WEIR__HAS_VECTORS 1
#else
#define WEIR__HAS_VECTORS 0
#endif

/* Of which family the target is. */
#if WEIR__HAS_VECTORS && defined(__x86_64__)
#define WEIR__HAS_X86 1
#else
#define WEIR__HAS_X86 0
#endif
#if WEIR__HAS_VECTORS && defined(__aarch64__) && defined(__ARM_NEON)
#define WEIR__HAS_ARM 1
#else
#define WEIR__HAS_ARM 0
#endif

/* The numbers of weir_isa, for the preprocessor. */
#define WEIR__ISA_SCALAR 1
#define WEIR__ISA_SSE42 2
#define WEIR__ISA_AVX2 3
#define WEIR__ISA_AVX512 4
#define WEIR__ISA_AVX512VBMI 5
#define WEIR__ISA_NEON 6
#define WEIR__JOIN_(a, b) a##b
#define WEIR__JOIN(a, b) WEIR__JOIN_(a, b)
#ifdef WEIR_ISA_ONLY
#define WEIR__WANTED(name) (WEIR__JOIN(WEIR__ISA_, WEIR_ISA_ONLY) == WEIR__ISA_##name)
#else
#define WEIR__WANTED(name) 1
#endif

#define WEIR__FAMILY_SSE42 WEIR__HAS_X86
#define WEIR__FAMILY_AVX2 WEIR__HAS_X86
#define WEIR__FAMILY_AVX512 WEIR__HAS_X86
#define WEIR__FAMILY_AVX512VBMI WEIR__HAS_X86
#define WEIR__FAMILY_NEON WEIR__HAS_ARM

/* 1 where the reader of that instruction set is in this build. For #if and for C alike. */
#define WEIR__BUILT(name) (WEIR__FAMILY_##name && WEIR__WANTED(name))

#endif
