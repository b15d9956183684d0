/* SPDX-License-Identifier: MIT */
/* fuzz/tls_random.h - randomness that is none, for a harness alone: runs repeat themselves. */
#ifndef WEIR_FUZZ_TLS_RANDOM_H
#define WEIR_FUZZ_TLS_RANDOM_H

#include <stdint.h>

/*
 * From here on OpenSSL gets its "random" octets, keys included, from a sequence that `seed` begins.
 * For this process, until it ends. check-random.sh sees to it that no library or program of weir
 * has this in it: it looks for the name of this function and for the text in tls_random.c.
 */
void weir_fuzz_fixed_random(uint64_t seed);

#endif
