/* SPDX-License-Identifier: MIT */
/* fuzz/tls_memory.h - OpenSSL's memory, counted and lent again. */
#ifndef WEIR_FUZZ_TLS_MEMORY_H
#define WEIR_FUZZ_TLS_MEMORY_H

#include <stddef.h>

/*
 * From here on OpenSSL allocates by this: a handshake makes thousands of blocks, each of which would
 * have a sanitizer walk the stack. Before anything else is asked of OpenSSL.
 */
void tls_memory_use(void);

/* Blocks that OpenSSL has now. */
size_t tls_memory_lent(void);

#endif
