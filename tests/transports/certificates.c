/* SPDX-License-Identifier: MIT */
/* certificates.c - certificates for the tests, made as they run: none is kept in a file. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

struct support_ca {
    EVP_PKEY *key;
    X509 *certificate;
    char *pem;
};

static char *certificate_text(BIO *bio)
{
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    char *text = malloc((size_t)len + 1);

    assert_non_null(text);
    memcpy(text, data, (size_t)len);
    text[len] = '\0';
    BIO_free(bio);
    return text;
}

static char *certificate_pem(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());

    assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
    return certificate_text(bio);
}

static void certificate_extend(X509 *subject, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(subject, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* Valid from an hour ago for a day: no clock of a test machine is that far off. */
static X509 *certificate_begin(const char *name, EVP_PKEY *key)
{
    static long serial = 1;
    X509 *certificate = X509_new();

    assert_non_null(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               (const unsigned char *)name, -1, -1, 0);
    return certificate;
}

support_ca *support_ca_make(const char *name)
{
    support_ca *ca = malloc(sizeof *ca);

    assert_non_null(ca);
    ca->key = EVP_EC_gen("P-256");
    ca->certificate = certificate_begin(name, ca->key);
    X509_set_issuer_name(ca->certificate, X509_get_subject_name(ca->certificate));
    certificate_extend(ca->certificate, ca->certificate, NID_basic_constraints, "critical,CA:TRUE");
    certificate_extend(ca->certificate, ca->certificate, NID_key_usage, "critical,keyCertSign");
    certificate_extend(ca->certificate, ca->certificate, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(ca->certificate, ca->key, EVP_sha256()) > 0);
    ca->pem = certificate_pem(ca->certificate);
    return ca;
}

const char *support_ca_pem(const support_ca *ca)
{
    return ca->pem;
}

void support_ca_free(support_ca *ca)
{
    EVP_PKEY_free(ca->key);
    X509_free(ca->certificate);
    free(ca->pem);
    free(ca);
}

support_certificate support_certificate_make(const support_ca *ca, const char *names)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *leaf = certificate_begin("weir test", key);
    BIO *bio = BIO_new(BIO_s_mem());
    support_certificate made;

    X509_set_issuer_name(leaf, X509_get_subject_name(ca->certificate));
    certificate_extend(leaf, ca->certificate, NID_subject_alt_name, names);
    certificate_extend(leaf, ca->certificate, NID_authority_key_identifier, "keyid");
    assert_true(X509_sign(leaf, ca->key, EVP_sha256()) > 0);
    made.chain = certificate_pem(leaf);
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    made.key = certificate_text(bio);
    X509_free(leaf);
    EVP_PKEY_free(key);
    return made;
}

void support_certificate_free(support_certificate *certificate)
{
    free(certificate->chain);
    free(certificate->key);
}
