/* SPDX-License-Identifier: MIT */
/* fuzz/world_memory.c - an allocator that counts, and remembers large blocks. */
#include "world_memory.h"
#include "support.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    MEMORY_KEPT = 16, /* large blocks that are kept */
    MEMORY_LARGE = 64 * 1024,
};

/* Before each block. */
typedef union {
    struct {
        size_t size;
        bool is_lent;
    } is;
    max_align_t align;
} memory_head;

static struct {
    memory_head *kept[MEMORY_KEPT];
    size_t lent, peak, may;
} memory = {.may = SIZE_MAX};

static memory_head *memory_kept(size_t size)
{
    for (size_t i = 0; i < MEMORY_KEPT; i++) {
        memory_head *h = memory.kept[i];
        if (h == NULL || h->is.size != size) continue;
        memory.kept[i] = NULL;
        return h;
    }
    return NULL;
}

void *world_malloc(size_t size)
{
    if (memory.may == 0) return NULL;
    if (memory.may != SIZE_MAX) memory.may--;
    memory_head *h = memory_kept(size);
    if (h == NULL) h = malloc(sizeof *h + size);
    if (h == NULL) exit(1);
    h->is.size = size;
    h->is.is_lent = true;
    memory.lent += size;
    if (memory.lent > memory.peak) memory.peak = memory.lent;
    return h + 1;
}

void *world_calloc(size_t count, size_t size)
{
    require(size == 0 || count <= SIZE_MAX / size, "what is asked for has a size");
    void *p = world_malloc(count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

void world_free(void *p)
{
    if (p == NULL) return;
    memory_head *h = (memory_head *)p - 1;
    require(h->is.is_lent, "no memory is given back twice");
    h->is.is_lent = false;
    memory.lent -= h->is.size;
    for (size_t i = 0; h->is.size >= MEMORY_LARGE && i < MEMORY_KEPT; i++) {
        if (memory.kept[i] != NULL) continue;
        memory.kept[i] = h;
        return;
    }
    free(h);
}

size_t world_memory_lent(void)
{
    return memory.lent;
}

size_t world_memory_peak(void)
{
    return memory.peak;
}

void world_memory_reset(void)
{
    memory.peak = memory.lent;
    memory.may = SIZE_MAX;
}

void world_memory_fail_after(size_t count)
{
    memory.may = count;
}

bool world_memory_is_short(void)
{
    return memory.may == 0;
}
