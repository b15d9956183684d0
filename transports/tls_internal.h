/* SPDX-License-Identifier: MIT */
/* tls_internal.h - private to tls*.c: what they share. OpenSSL's structs by name alone. */
#ifndef WEIR_TLS_INTERNAL_H
#define WEIR_TLS_INTERNAL_H

#include <stdatomic.h>

#include "weir/tls.h"

struct bio_method_st;
struct bio_st;
struct ssl_ctx_st;

struct weir_tls_context {
    atomic_uint holds;
    bool is_server;
    struct bio_method_st *bio_method;
    struct ssl_ctx_st *
        *entries; /* a server's: one a pair, in the caller's order; a client's: one */
    size_t entry_count;
    unsigned char *protocols; /* as ALPN writes them: each behind its length */
    size_t protocols_len;
};

/* tls.c: what has come so far is not how a TLS record begins. */
bool weir__tls_is_foreign(const weir_tls *tls);

/* tls_context.c */
void weir__tls_context_hold(weir_tls_context *context);

/* What OpenSSL gives as its first reason, and empties its queue. Static text, or NULL. */
const char *weir__tls_reason(void);

/* tls_bio.c: NULL where memory is short. */
struct bio_method_st *weir__tls_bio_method(void);
void weir__tls_bio_method_free(struct bio_method_st *method);
struct bio_st *weir__tls_bio(const struct bio_method_st *method, weir_tls *tls);

#endif
