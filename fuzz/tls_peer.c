/* SPDX-License-Identifier: MIT */
/* fuzz/tls_peer.c - a client by OpenSSL alone, over memory, and the certificate that it trusts. */
#include "tls_peer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum {
    PEER_PIECE = 3000, /* octets of plaintext in a record, at most */
};

/* ---- the certificate ---- */

/* Made once in a process and used by all inputs. */
static struct {
    char *chain, *key;
    X509 *certificate;
    SSL_CTX *context;
} peer;

static char *peer_text(BIO *bio)
{
    char *data, *copy;
    long len = BIO_get_mem_data(bio, &data);

    copy = malloc((size_t)len + 1);
    if (copy == NULL) exit(1);
    memcpy(copy, data, (size_t)len);
    copy[len] = '\0';
    BIO_free(bio);
    return copy;
}

/* Signed by itself, for the name "h", in a century in which this runs. */
static X509 *peer_certificate(EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509V3_CTX context;

    require(x != NULL, "there is memory for a certificate");
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(x), "21200101000000Z");
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               (const unsigned char *)"weir fuzz", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, "DNS:h");
    X509_add_ext(x, names, -1);
    X509_EXTENSION_free(names);
    require(X509_sign(x, key, EVP_sha256()) > 0, "a certificate can be signed");
    return x;
}

static void peer_make(void)
{
    BIO *chain = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_mem());
    EVP_PKEY *key = EVP_EC_gen("P-256");

    peer.certificate = peer_certificate(key);
    PEM_write_bio_X509(chain, peer.certificate);
    PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL);
    peer.chain = peer_text(chain);
    peer.key = peer_text(key_text);
    EVP_PKEY_free(key);
    peer.context = SSL_CTX_new(TLS_client_method());
    require(peer.context != NULL, "there is memory for a context");
    X509_STORE_add_cert(SSL_CTX_get_cert_store(peer.context), peer.certificate);
    SSL_CTX_set_verify(peer.context, SSL_VERIFY_PEER, NULL);
}

const char *tls_peer_chain(void)
{
    if (peer.chain == NULL) peer_make();
    return peer.chain;
}

const char *tls_peer_key(void)
{
    if (peer.chain == NULL) peer_make();
    return peer.key;
}

/* ---- the client ---- */

void tls_peer_init(tls_peer *p, tls_peer_options *options, weir_str say)
{
    static const unsigned char known[] = "\x08http/1.1", unknown[] = "\x02h9";

    (void)tls_peer_chain();
    *p = (tls_peer){.ssl = SSL_new(peer.context), .say = say};
    p->in = BIO_new(BIO_s_mem());
    p->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(p->in, -1); /* empty is not the end */
    SSL_set_bio(p->ssl, p->in, p->out);
    SSL_set_connect_state(p->ssl);
    if (options->is_old) SSL_set_max_proto_version(p->ssl, TLS1_2_VERSION);
    if (options->name[0] != '\0') SSL_set_tlsext_host_name(p->ssl, options->name);
    if (options->alpn == 1) SSL_set_alpn_protos(p->ssl, known, sizeof known - 1);
    if (options->alpn == 2) SSL_set_alpn_protos(p->ssl, unknown, sizeof unknown - 1);
}

void tls_peer_free(tls_peer *p)
{
    SSL_free(p->ssl);
    text_free(&p->heard);
    ERR_clear_error();
}

/* What a call that did not succeed means. */
static bool peer_failed(tls_peer *p, int result)
{
    switch (SSL_get_error(p->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return false;
    case SSL_ERROR_ZERO_RETURN: p->has_notify = true; return false;
    default: p->is_failed = true; return true;
    }
}

static bool peer_write(tls_peer *p)
{
    size_t n = p->say.len < PEER_PIECE ? p->say.len : PEER_PIECE, put = 0;

    if (n == 0) return false;
    int result = SSL_write_ex(p->ssl, p->say.p, n, &put);
    if (result != 1) return peer_failed(p, result);
    p->say.p += put;
    p->say.len -= put;
    return true;
}

static bool peer_read(tls_peer *p)
{
    char piece[PEER_PIECE];
    size_t got = 0;

    if (p->has_notify) return false;
    int result = SSL_read_ex(p->ssl, piece, sizeof piece, &got);
    if (result != 1) return peer_failed(p, result) || p->has_notify;
    text_add(&p->heard, piece, got);
    return true;
}

bool tls_peer_go_on(tls_peer *p)
{
    ERR_clear_error();
    if (p->is_failed) return false;
    if (!p->is_ready) {
        int result = SSL_do_handshake(p->ssl);
        if (result != 1) return peer_failed(p, result);
        p->is_ready = true;
        return true;
    }
    bool moved = peer_write(p);
    return (!p->is_failed && peer_read(p)) || moved;
}

void tls_peer_notify(tls_peer *p)
{
    if (p->is_notified) return;
    ERR_clear_error();
    p->is_notified = true;
    if (p->is_ready && !p->is_failed) (void)SSL_shutdown(p->ssl);
}
