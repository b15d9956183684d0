/* SPDX-License-Identifier: MIT */
/* lease.c - a free list that grows by blocks and never shrinks while the worker lives. */
#include <assert.h>
#include <stdlib.h>

#include "lease.h"

struct weir_lease_block {
    weir_lease_block *next;
    size_t lent; /* how many of them ever were */
    weir_lease leases[WEIR_LEASE_BLOCK];
};

static bool lease_grow(weir_leases *l)
{
    weir_lease_block **end = &l->blocks;
    weir_lease_block *block = malloc(sizeof *block); /* most of its pages are never touched */

    if (block == NULL) return false;
    block->next = NULL;
    block->lent = 0;
    while (*end != NULL)
        end = &(*end)->next;
    *end = block;
    if (l->fresh == NULL) l->fresh = block;
    l->total += WEIR_LEASE_BLOCK;
    return true;
}

bool weir_leases_reserve(weir_leases *l, size_t count)
{
    while (l->total < count)
        if (!lease_grow(l)) return false;
    return true;
}

/* One that was never lent. */
static weir_lease *lease_fresh(weir_leases *l)
{
    weir_lease_block *block = l->fresh;

    assert(block != NULL);
    weir_lease *lease = &block->leases[block->lent++];
    if (block->lent == WEIR_LEASE_BLOCK) l->fresh = block->next;
    return lease;
}

weir_lease *weir_lease_take(weir_leases *l, weir_site *site)
{
    weir_lease *lease = l->free;

    if (lease != NULL)
        l->free = lease->next;
    else
        lease = lease_fresh(l);
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
