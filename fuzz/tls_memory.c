/* SPDX-License-Identifier: MIT */
/* fuzz/tls_memory.c - free lists by powers of two. What they hold stays until the process ends. */
#include "tls_memory.h"
#include "support.h"

#include <openssl/crypto.h>
#include <stdlib.h>

enum {
    MEMORY_RANKS = 13, /* 32 octets to 128 KiB; what is larger comes from malloc each time */
    MEMORY_LEAST = 32,
};

/* Before each block. */
typedef union memory_head memory_head;
union memory_head {
    struct {
        memory_head *next;
        size_t size; /* of the block */
    } is;
    max_align_t align;
};

static memory_head *memory_free[MEMORY_RANKS];
static size_t memory_lent;

/* MEMORY_RANKS: too large for any. */
static size_t memory_rank(size_t size)
{
    size_t rank = 0;

    while (rank < MEMORY_RANKS && (size_t)MEMORY_LEAST << rank < size)
        rank++;
    return rank;
}

static void *memory_take(size_t size, const char *file, int line)
{
    size_t rank = memory_rank(size);
    memory_head *h;

    (void)file;
    (void)line;
    if (size == 0) return NULL;
    if (rank < MEMORY_RANKS) size = (size_t)MEMORY_LEAST << rank;
    if (rank < MEMORY_RANKS && memory_free[rank] != NULL) {
        h = memory_free[rank];
        memory_free[rank] = h->is.next;
    } else {
        h = malloc(sizeof *h + size);
        if (h == NULL) return NULL;
    }
    h->is.size = size;
    memory_lent++;
    return h + 1;
}

static void memory_give(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    if (p == NULL) return;
    memory_head *h = (memory_head *)p - 1;
    size_t rank = memory_rank(h->is.size);
    memory_lent--;
    if (rank == MEMORY_RANKS) {
        free(h);
        return;
    }
    h->is.next = memory_free[rank];
    memory_free[rank] = h;
}

static void *memory_change(void *p, size_t size, const char *file, int line)
{
    if (p == NULL) return memory_take(size, file, line);
    size_t before = ((const memory_head *)p - 1)->is.size;
    if (size > 0 && size <= before) return p;
    void *other = memory_take(size, file, line);
    if (other != NULL) memcpy(other, p, before);
    if (other != NULL || size == 0) memory_give(p, file, line);
    return other;
}

void tls_memory_use(void)
{
    require(CRYPTO_set_mem_functions(memory_take, memory_change, memory_give) == 1,
            "OpenSSL has allocated nothing yet");
}

size_t tls_memory_lent(void)
{
    return memory_lent;
}
