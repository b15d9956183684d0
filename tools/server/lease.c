/* SPDX-License-Identifier: MIT */
/* lease.c - a free list that grows by blocks and never shrinks while the worker lives. */
#include <assert.h>
#include <stdlib.h>

#include "lease.h"

struct weir_lease_block {
    weir_lease_block *next;
    weir_lease leases[WEIR_LEASE_BLOCK];
};

bool weir_leases_reserve(weir_leases *l, size_t count)
{
    while (l->total < count) {
        weir_lease_block *block = malloc(sizeof *block); /* most of its pages are never touched */
        if (block == NULL) return false;
        block->next = l->blocks;
        l->blocks = block;
        for (size_t i = WEIR_LEASE_BLOCK; i > 0; i--)
            weir_lease_give(l, &block->leases[i - 1]);
        l->total += WEIR_LEASE_BLOCK;
    }
    return true;
}

weir_lease *weir_lease_take(weir_leases *l, weir_site *site)
{
    weir_lease *lease = l->free;

    assert(lease != NULL);
    l->free = lease->next;
    lease->next = NULL;
    lease->call = (weir_call){.site = site, .memory = lease->memory};
    weir_outbox_init(&lease->outbox, lease->out, sizeof lease->out);
    lease->pending = (weir_str){NULL, 0};
    lease->in_at = lease->in_len = 0;
    return lease;
}

void weir_lease_give(weir_leases *l, weir_lease *lease)
{
    lease->next = l->free;
    l->free = lease;
}

void weir_leases_free(weir_leases *l)
{
    while (l->blocks != NULL) {
        weir_lease_block *block = l->blocks;
        l->blocks = block->next;
        free(block);
    }
    *l = (weir_leases){.free = NULL};
}
