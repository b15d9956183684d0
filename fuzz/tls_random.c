/* SPDX-License-Identifier: MIT */
/* fuzz/tls_random.c - a fixed sequence in the place of OpenSSL's random source. */
#define OPENSSL_SUPPRESS_DEPRECATED /* the one way to replace it that OpenSSL 3 has for all users */
#include "tls_random.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state;

/* splitmix64, an octet each: never meant to be secret. */
static int random_bytes(unsigned char *out, int len)
{
    for (int i = 0; i < len; i++) {
        uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        out[i] = (unsigned char)((z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb) >> 56);
    }
    return 1;
}

static int random_status(void)
{
    return 1;
}

void weir_fuzz_fixed_random(uint64_t seed)
{
    static const RAND_METHOD method = {.bytes = random_bytes,
                                       .pseudorand = random_bytes,
                                       .status = random_status};

    random_state = seed;
    if (RAND_get_rand_method() == &method) return;
    if (RAND_set_rand_method(&method) == 1) return;
    fputs("weir-fuzz-fixed-random cannot be set\n", stderr);
    exit(1);
}
