/* SPDX-License-Identifier: MIT */
/*
 * fuzz/mutator.h - changes to an input that know the grammar of HTTP/1.x: lines, start lines, fields that
 * frame, chunks, line ends, numbers. Linked into the harnesses whose input has the wire in it; the rest of
 * an input, such as a plan, is changed as what it is made of: lines and octets.
 */
#ifndef WEIR_FUZZ_MUTATOR_H
#define WEIR_FUZZ_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* What libFuzzer asks for, and AFL++ by way of afl_mutator.c. The same seed gives the same change; never
 * more than `max` octets come out. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
                                 uint8_t *out, size_t max, unsigned seed);

/* One change by the grammar alone. */
size_t mutate_by_grammar(uint8_t *data, size_t size, size_t max, unsigned seed);

#endif
