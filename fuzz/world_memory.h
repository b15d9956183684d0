/* SPDX-License-Identifier: MIT */
/* fuzz/world_memory.h - the server's memory, counted; large blocks are kept for the next input. */
#ifndef WEIR_FUZZ_WORLD_MEMORY_H
#define WEIR_FUZZ_WORLD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What malloc, calloc and free are in the server's files that allocate: CMakeLists.txt names these
 * in their place. A large block that is given back is not given to the system but lent again: to
 * map and unmap megabytes for each input would cost more than all the rest.
 */
void *world_malloc(size_t size);
void *world_calloc(size_t count, size_t size);
void world_free(void *p);

/* Octets that are lent now, and the most that ever were since the last call of reset. */
size_t world_memory_lent(void);
size_t world_memory_peak(void);
void world_memory_reset(void);

/* How many allocations succeed from now on; the next one fails. SIZE_MAX: all. */
void world_memory_fail_after(size_t count);
bool world_memory_is_short(void);

#endif
