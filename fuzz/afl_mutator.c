/* SPDX-License-Identifier: MIT */
/*
 * fuzz/afl_mutator.c - mutator.h as a library for AFL++, whose driver does not ask for it: run.py builds it
 * and names it in AFL_CUSTOM_MUTATOR_LIBRARY. AFL++ goes on making its own changes besides.
 */
#include "mutator.h"

#include <stdlib.h>
#include <string.h>

/* What AFL++ looks up by name (docs/custom_mutators.md there). */
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *in, size_t len, uint8_t **out, uint8_t *other,
                       size_t other_len, size_t max);
void afl_custom_deinit(void *data);

typedef struct {
    uint8_t *out;
    size_t cap;
    unsigned seed;
} mutator;

void *afl_custom_init(void *afl, unsigned seed)
{
    (void)afl;
    mutator *m = calloc(1, sizeof *m);
    if (m != NULL) m->seed = seed;
    return m;
}

/* One in eight is crossed with another input of the queue. */
size_t afl_custom_fuzz(void *data, uint8_t *in, size_t len, uint8_t **out, uint8_t *other,
                       size_t other_len, size_t max)
{
    mutator *m = data;
    if (m->cap < max) {
        uint8_t *more = realloc(m->out, max);
        if (more == NULL) return 0; /* no change: AFL++ goes on */
        m->out = more;
        m->cap = max;
    }
    unsigned seed = m->seed += 0x9e3779b9u;
    *out = m->out;
    if (len > max) len = max;
    if (other != NULL && (seed >> 16) % 8 == 0)
        return LLVMFuzzerCustomCrossOver(in, len, other, other_len, m->out, max, seed);
    memcpy(m->out, in, len);
    return LLVMFuzzerCustomMutator(m->out, len, max, seed);
}

void afl_custom_deinit(void *data)
{
    mutator *m = data;
    free(m->out);
    free(m);
}
