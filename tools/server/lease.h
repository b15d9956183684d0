/* SPDX-License-Identifier: MIT */
/* lease.h - the memory of an exchange, lent to a session by the worker and given back when idle. */
#ifndef WEIR_LEASE_H
#define WEIR_LEASE_H

#include "handler.h"
#include "outbox.h"

enum {
    WEIR_LEASE_IN = WEIR_HEAD_BYTES_DEFAULT, /* the engine asks for no less */
    WEIR_LEASE_OUT = 32768,
    WEIR_LEASE_BLOCK = 64, /* leases allocated at a time: pages of one never lent stay untouched */
};

/* Small members first: an exchange that needs little touches few pages. */
typedef struct weir_lease weir_lease;
struct weir_lease {
    weir_lease *next;
    weir_call call;
    weir_outbox outbox;
    weir_str pending; /* payload that the handler has not taken yet; in `in` */
    size_t in_at, in_len;
    weir_field fields[WEIR_FIELDS_DEFAULT];
    char in[WEIR_LEASE_IN];
    char out[WEIR_LEASE_OUT];
    _Alignas(16) char memory[WEIR_CALL_MEMORY];
};

typedef struct weir_lease_block weir_lease_block;

/* Zero-initialised it is empty. */
typedef struct {
    weir_lease *free;         /* the one given back last is lent first: it is still in the cache */
    weir_lease_block *blocks; /* in the order in which they were allocated */
    weir_lease_block *fresh;  /* the first with leases that were never lent; NULL: none */
    size_t total;
} weir_leases;

/*
 * Makes sure that there are `count` in all, so that as many sessions can never lack one. Called
 * when a connection is accepted: it is the one allocation of its life. False: no memory.
 */
bool weir_leases_reserve(weir_leases *l, size_t count);

/* Never NULL while no more are taken than were reserved. */
weir_lease *weir_lease_take(weir_leases *l, weir_site *site);

void weir_lease_give(weir_leases *l, weir_lease *lease);

void weir_leases_free(weir_leases *l);

#endif
