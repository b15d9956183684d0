/* SPDX-License-Identifier: MIT */
/* fuzz/edges.c - which edges a program has run, for minimise.py: linked into what clang has built with
 * -fsanitize-coverage=trace-pc-guard, it writes their numbers when the program ends, to the file that
 * $WEIR_EDGES names. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    EDGES_MAX = 1 << 20
};

static unsigned char edges_run[EDGES_MAX];
static uint32_t edges_count;

static void edges_write(void)
{
    const char *path = getenv("WEIR_EDGES");
    FILE *out = path != NULL ? fopen(path, "w") : NULL;
    if (out == NULL) return;
    for (uint32_t i = 1; i <= edges_count; i++)
        if (edges_run[i]) fprintf(out, "%u\n", i);
    fclose(out);
}

/* Names that the compiler calls: see its manual, SanitizerCoverage. */
void __sanitizer_cov_trace_pc_guard_init(uint32_t *begin, const uint32_t *end);
void __sanitizer_cov_trace_pc_guard(const uint32_t *guard);

void __sanitizer_cov_trace_pc_guard_init(uint32_t *begin, const uint32_t *end)
{
    if (begin == end || *begin != 0) return;
    if (edges_count == 0) atexit(edges_write);
    for (; begin < end && edges_count < EDGES_MAX - 1; begin++)
        *begin = ++edges_count;
}

void __sanitizer_cov_trace_pc_guard(const uint32_t *guard)
{
    edges_run[*guard] = 1;
}
