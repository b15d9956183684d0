/* SPDX-License-Identifier: MIT */
/* fuzz/tls_peer.h - OpenSSL's own client, which knows nothing of weir: octets in, octets out. */
#ifndef WEIR_FUZZ_TLS_PEER_H
#define WEIR_FUZZ_TLS_PEER_H

#include "support.h"

#include <openssl/ssl.h>

/* How it behaves. */
typedef struct {
    bool is_old;   /* TLS 1.2 */
    char name[16]; /* for SNI; "": none */
    unsigned alpn; /* 0: none; 1: "http/1.1"; 2: what the server does not know */
} tls_peer_options;

typedef struct {
    SSL *ssl;
    BIO *in, *out; /* octets from and to the server */
    weir_str say;  /* plaintext that is not said yet */
    text heard;
    bool is_ready, is_failed;
    bool has_notify; /* the server said close_notify */
    bool is_notified;
} tls_peer;

/* The server's certificate and key in PEM, made once, when first asked for. */
const char *tls_peer_chain(void);
const char *tls_peer_key(void);

void tls_peer_init(tls_peer *p, tls_peer_options *options, weir_str say);
void tls_peer_free(tls_peer *p);

/* Handshake, write, read, as far as the octets go. True: something moved. */
bool tls_peer_go_on(tls_peer *p);

/* Puts close_notify behind all that it said. */
void tls_peer_notify(tls_peer *p);

#endif
