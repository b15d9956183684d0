/* SPDX-License-Identifier: MIT */
/* tls_context.c - what many TLS sessions share: certificates, names, protocols, rules. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls_internal.h"

/* Forward secret and authenticated; what TLS 1.3 has is of that kind by itself. */
static const char context_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

const char *weir__tls_reason(void)
{
    unsigned long first = ERR_get_error();

    ERR_clear_error();
    if (first == 0) return NULL;
    const char *text = ERR_reason_error_string(first);
    return text != NULL ? text : "OpenSSL gives no text";
}

/* Always false. */
static bool context_failed(const char *step, const char *file, weir_io_error *why)
{
    *why = (weir_io_error){.step = step, .file = file, .reason = weir__tls_reason()};
    return false;
}

/* A PEM file or, where it is NULL, a text. */
static BIO *context_pem(const char *file, const char *text, const char *step, weir_io_error *why)
{
    if (file == NULL) {
        BIO *bio = BIO_new_mem_buf(text != NULL ? text : "", -1);
        if (bio == NULL) (void)context_failed(step, NULL, why);
        return bio;
    }
    FILE *stream = fopen(file, "re");
    if (stream == NULL) {
        *why = (weir_io_error){.step = step, .file = file, .code = errno};
        return NULL;
    }
    BIO *bio = BIO_new_fp(stream, BIO_CLOSE);
    if (bio == NULL) {
        (void)context_failed(step, file, why);
        (void)fclose(stream);
    }
    return bio;
}

/* A server must not stop to ask a terminal: a key with a passphrase is an error. */
static int context_no_passphrase(char *buf, int size, int for_writing, void *data)
{
    (void)buf;
    (void)size;
    (void)for_writing;
    (void)data;
    return -1;
}

/* The leaf, then the certificates that sign it, until the text ends. */
static bool context_read_chain(SSL_CTX *entry, BIO *pem)
{
    X509 *leaf = PEM_read_bio_X509(pem, NULL, context_no_passphrase, NULL);
    X509 *next;

    if (leaf == NULL) return false;
    bool fits = SSL_CTX_use_certificate(entry, leaf) == 1;
    X509_free(leaf); /* the entry holds it too */
    while (fits && (next = PEM_read_bio_X509(pem, NULL, context_no_passphrase, NULL)) != NULL) {
        if (SSL_CTX_add0_chain_cert(entry, next) == 1) continue;
        X509_free(next);
        return false;
    }
    if (!fits) return false;
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return false;
    ERR_clear_error(); /* that is how the end of the text looks */
    return true;
}

static bool context_use_chain(SSL_CTX *entry, const weir_tls_pair *pair, weir_io_error *why)
{
    BIO *pem = context_pem(pair->chain_file, pair->chain_pem, "certificate", why);

    if (pem == NULL) return false;
    ERR_clear_error();
    bool done = context_read_chain(entry, pem);
    BIO_free(pem);
    return done || context_failed("certificate", pair->chain_file, why);
}

static bool context_use_key(SSL_CTX *entry, const weir_tls_pair *pair, weir_io_error *why)
{
    BIO *pem = context_pem(pair->key_file, pair->key_pem, "key", why);

    if (pem == NULL) return false;
    ERR_clear_error();
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, context_no_passphrase, NULL);
    BIO_free(pem);
    /* A key that is not the certificate's is refused here, as "key values mismatch". */
    bool done = key != NULL && SSL_CTX_use_PrivateKey(entry, key) == 1 &&
                SSL_CTX_check_private_key(entry) == 1;
    EVP_PKEY_free(key);
    return done || context_failed("key", pair->key_file, why);
}

/* The rules that are alike for both roles and for every certificate. NULL: out of memory. */
static SSL_CTX *context_entry(bool is_server)
{
    SSL_CTX *entry = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());

    if (entry == NULL) return NULL;
    if (SSL_CTX_set_min_proto_version(entry, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(entry, context_ciphers) != 1) {
        SSL_CTX_free(entry);
        return NULL;
    }
    /* Tickets alone carry a session on: no cache here that grows with the peers. */
    (void)SSL_CTX_set_session_cache_mode(entry, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_options(entry, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    (void)SSL_CTX_set_mode(entry, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
    return entry;
}

/* The first whose certificate is for this name; NULL: none. */
static SSL_CTX *context_find(const weir_tls_context *context, const char *name)
{
    unsigned flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;

    for (size_t i = 0; i < context->entry_count; i++) {
        X509 *leaf = SSL_CTX_get0_certificate(context->entries[i]);
        if (X509_check_host(leaf, name, strlen(name), flags, NULL) == 1) return context->entries[i];
    }
    return NULL;
}

/* Called in the handshake; what none is found for goes on with the first. */
static int context_on_name(SSL *ssl, int *alert, void *data)
{
    const weir_tls_context *context = data;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *found = name != NULL ? context_find(context, name) : NULL;

    (void)alert;
    if (found == NULL) return SSL_TLSEXT_ERR_NOACK;
    return SSL_set_SSL_CTX(ssl, found) != NULL ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Called if the client offers ALPN. We prefer; no match is fatal (RFC 7301 §3.2). */
static int context_on_protocols(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                                const unsigned char *in, unsigned in_len, void *data)
{
    const weir_tls_context *context = data;

    (void)ssl;
    for (size_t i = 0; i < context->protocols_len; i += 1U + context->protocols[i]) {
        const unsigned char *ours = context->protocols + i;
        for (size_t k = 0; k < in_len && in_len - k > in[k]; k += 1U + in[k]) {
            if (ours[0] != in[k] || memcmp(ours + 1, in + k + 1, ours[0]) != 0) continue;
            *out = in + k + 1;
            *out_len = in[k];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool context_copy_protocols(weir_tls_context *context, const weir_tls_protocol *protocols,
                                   size_t count)
{
    size_t sum = 0, at = 0;

    for (size_t i = 0; i < count; i++) {
        if (protocols[i].len < 1 || protocols[i].len > 255) return false;
        sum += 1 + protocols[i].len;
    }
    if (sum == 0) return true;
    context->protocols = malloc(sum);
    if (context->protocols == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        context->protocols[at++] = (unsigned char)protocols[i].len;
        memcpy(context->protocols + at, protocols[i].name, protocols[i].len);
        at += protocols[i].len;
    }
    context->protocols_len = sum;
    return true;
}

/* What both roles begin with. NULL: `why` has the reason. */
static weir_tls_context *context_begin(bool is_server, size_t entry_count,
                                       const weir_tls_protocol *protocols, size_t protocol_count,
                                       weir_io_error *why)
{
    weir_tls_context *context = calloc(1, sizeof *context);

    *why = (weir_io_error){.step = "tls context", .code = ENOMEM};
    if (context == NULL) return NULL;
    atomic_init(&context->holds, 1);
    context->is_server = is_server;
    context->bio_method = weir__tls_bio_method();
    context->entries = calloc(entry_count, sizeof *context->entries);
    if (context->bio_method != NULL && context->entries != NULL) {
        *why = (weir_io_error){.step = "protocols", .code = EINVAL};
        if (context_copy_protocols(context, protocols, protocol_count)) return context;
    }
    weir_tls_context_free(context);
    return NULL;
}

static bool context_add_pair(weir_tls_context *context, const weir_tls_pair *pair,
                             weir_io_error *why)
{
    SSL_CTX *entry = context_entry(true);

    if (entry == NULL) return context_failed("tls context", NULL, why);
    context->entries[context->entry_count++] = entry; /* freed with the context from here on */
    if (!context_use_chain(entry, pair, why) || !context_use_key(entry, pair, why)) return false;
    (void)SSL_CTX_set_tlsext_servername_callback(entry, context_on_name);
    (void)SSL_CTX_set_tlsext_servername_arg(entry, context);
    if (context->protocols_len > 0)
        SSL_CTX_set_alpn_select_cb(entry, context_on_protocols, context);
    return true;
}

weir_tls_context *weir_tls_server_context_create(const weir_tls_server_options *options,
                                                 weir_io_error *why)
{
    if (options->pair_count == 0) {
        *why = (weir_io_error){.step = "certificate", .code = EINVAL};
        return NULL;
    }
    weir_tls_context *context =
        context_begin(true, options->pair_count, options->protocols, options->protocol_count, why);
    for (size_t i = 0; context != NULL && i < options->pair_count; i++) {
        if (context_add_pair(context, &options->pairs[i], why)) continue;
        weir_tls_context_free(context);
        return NULL;
    }
    return context;
}

/* Every certificate of the text is trusted. */
static bool context_trust_pem(SSL_CTX *entry, BIO *pem)
{
    X509_STORE *store = SSL_CTX_get_cert_store(entry);
    size_t count = 0;
    X509 *ca;

    while ((ca = PEM_read_bio_X509(pem, NULL, context_no_passphrase, NULL)) != NULL) {
        int added = X509_STORE_add_cert(store, ca);
        X509_free(ca);
        if (added != 1) return false;
        count++;
    }
    if (count == 0 || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return false;
    ERR_clear_error(); /* that is how the end of the text looks */
    return true;
}

static bool context_trust(SSL_CTX *entry, const weir_tls_client_options *options,
                          weir_io_error *why)
{
    if (options->ca_file == NULL && options->ca_pem == NULL)
        return SSL_CTX_set_default_verify_paths(entry) == 1 ||
               context_failed("certificate authority", NULL, why);
    BIO *pem = context_pem(options->ca_file, options->ca_pem, "certificate authority", why);
    if (pem == NULL) return false;
    ERR_clear_error();
    bool done = context_trust_pem(entry, pem);
    BIO_free(pem);
    return done || context_failed("certificate authority", options->ca_file, why);
}

static bool context_add_client(weir_tls_context *context, const weir_tls_client_options *options,
                               weir_io_error *why)
{
    SSL_CTX *entry = context_entry(false);

    if (entry == NULL) return context_failed("tls context", NULL, why);
    context->entries[context->entry_count++] = entry; /* freed with the context from here on */
    SSL_CTX_set_verify(entry, SSL_VERIFY_PEER, NULL);
    /* This one call says 0 where it succeeds. */
    if (SSL_CTX_set_alpn_protos(entry, context->protocols, (unsigned)context->protocols_len) != 0)
        return context_failed("protocols", NULL, why);
    return context_trust(entry, options, why);
}

weir_tls_context *weir_tls_client_context_create(const weir_tls_client_options *options,
                                                 weir_io_error *why)
{
    weir_tls_context *context =
        context_begin(false, 1, options->protocols, options->protocol_count, why);

    if (context == NULL || context_add_client(context, options, why)) return context;
    weir_tls_context_free(context);
    return NULL;
}

void weir__tls_context_hold(weir_tls_context *context)
{
    atomic_fetch_add(&context->holds, 1);
}

void weir_tls_context_free(weir_tls_context *context)
{
    if (context == NULL || atomic_fetch_sub(&context->holds, 1) > 1) return;
    for (size_t i = 0; i < context->entry_count; i++)
        SSL_CTX_free(context->entries[i]);
    free(context->entries);
    free(context->protocols);
    weir__tls_bio_method_free(context->bio_method);
    free(context);
}
