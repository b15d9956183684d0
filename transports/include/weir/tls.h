/* SPDX-License-Identifier: MIT */
/* weir/tls.h - TLS 1.2 and 1.3 as a transport over any other, by OpenSSL 3. */
#ifndef WEIR_TLS_H
#define WEIR_TLS_H

#include "weir/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A certificate chain, leaf first, and its key, in PEM. Each is a file, or where the file is NULL,
 * a text.
 */
typedef struct weir_tls_pair {
    const char *chain_file, *key_file;
    const char *chain_pem, *key_pem;
} weir_tls_pair;

/* A protocol's name for ALPN (RFC 7301): 1 to 255 opaque octets, such as "http/1.1". */
typedef struct weir_tls_protocol {
    const char *name;
    size_t len;
} weir_tls_protocol;

typedef struct weir_tls_server_options {
    const weir_tls_pair *pairs; /* at least one */
    size_t pair_count;
    /*
     * In order of preference. A client that offers ALPN and none of these is refused with the alert
     * no_application_protocol (RFC 7301 §3.2); one that offers none at all is welcome. With none
     * here, ALPN is not answered.
     */
    const weir_tls_protocol *protocols;
    size_t protocol_count;
} weir_tls_server_options;

typedef struct weir_tls_client_options {
    const char *ca_file;                /* PEM; only what these sign is trusted. NULL: ca_pem */
    const char *ca_pem;                 /* NULL as well: the system's store */
    const weir_tls_protocol *protocols; /* to offer by ALPN */
    size_t protocol_count;
} weir_tls_client_options;

/*
 * What many sessions share: certificates, keys, protocols, tickets. Everything is read and copied
 * when it is made; the options may go. TLS 1.2 or newer, no renegotiation, no compression. Made
 * before the workers fork, its ticket keys are theirs in common.
 *
 * The certificate is the first whose subjectAltName fits the name that the client asks for, a
 * wildcard for one label included; the first of all where none fits or none is asked.
 */
typedef struct weir_tls_context weir_tls_context;

/* NULL: `why` has step, file and reason, such as "certificate cert.pem: no start line". */
weir_tls_context *weir_tls_server_context_create(const weir_tls_server_options *options,
                                                 weir_io_error *why);
weir_tls_context *weir_tls_client_context_create(const weir_tls_client_options *options,
                                                 weir_io_error *why);

/*
 * Gives up the caller's hold. Sessions hold their context too, so that one can be swapped on reload
 * while old sessions go on; the last of them frees it. NULL is fine.
 */
void weir_tls_context_free(weir_tls_context *context);

struct ssl_st; /* OpenSSL's SSL */

/* One session. Fields are private. */
typedef struct weir_tls {
    weir_transport transport; /* pass &tls.transport to the calls of weir/transport.h */
    weir_transport *below;
    weir_tls_context *context;
    struct ssl_st *ssl;
    size_t write_retry;              /* octets in a record that is sealed and not yet sent */
    weir_io below_read, below_write; /* what the stream below last answered */
    weir_io failed;                  /* a final result, told again; else OK */
    unsigned char first[5];          /* from below: the header of a TLS record, or something else */
    unsigned char first_len;
    bool has_more; /* octets were read behind them */
    bool is_server, is_ready, is_shut, is_notified;
} weir_tls;

/*
 * Begins a session over `below`, which from then on is the session's: closed with it, and not to be
 * used by anybody else (but after `foreign`, see weir/transport.h). False: out of memory, or a
 * context of the other role; `below` is still the caller's.
 */
bool weir_tls_server_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                          weir_io_error *why);

/*
 * The same for a client. `host` is a DNS name or an IP address; the certificate must be for it, and
 * a name is sent by SNI.
 */
bool weir_tls_client_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                          const char *host, weir_io_error *why);

/*
 * Gives back the stream below and ends the session without a word to the peer: for `foreign`, whose
 * octets are copied first. The session is closed, the stream is the caller's again.
 */
weir_transport *weir_tls_detach(weir_tls *tls);

/*
 * A session is a transport; what differs, beside weir/transport.h:
 *
 *   ready      drives the handshake. A failed one is FAILED with step "tls handshake"; an alert
 *              tells the peer why, if the stream below takes it at once.
 *   sendfile   UNSUPPORTED.
 *   shutdown   sends close_notify and shuts the half below. It does not wait for the peer's
 *              close_notify. Where none can be sent, it shuts the half below alone: before the
 *              handshake is done, after FAILED, and with a write() left half done.
 *   close      sends nothing: without shutdown() first, the peer reads TRUNCATED.
 *   facts      `pending` are octets decrypted already: no poll tells of them.
 */

#ifdef __cplusplus
}
#endif

#endif
