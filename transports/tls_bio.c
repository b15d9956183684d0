/* SPDX-License-Identifier: MIT */
/* tls_bio.c - a BIO over weir_transport: what OpenSSL reads from and writes to. */
#include <openssl/bio.h>
#include <string.h>

#include "tls_internal.h"

/*
 * Tells OpenSSL whether to come again, and for what. It must be -1 then: SSL_shutdown() takes a 0
 * for an alert that was sent. The calls with lengths in size_t cannot say it.
 */
static int bio_result(BIO *bio, weir_io io)
{
    if (io == WEIR_IO_WANT_READ) BIO_set_retry_read(bio);
    if (io == WEIR_IO_WANT_WRITE) BIO_set_retry_write(bio);
    return io == WEIR_IO_END || io == WEIR_IO_TRUNCATED ? 0 : -1;
}

/* Keeps the first octets: if they are no TLS record, they are given back. */
static void bio_keep_first(weir_tls *tls, const char *in, size_t len)
{
    size_t room = sizeof tls->first - tls->first_len;
    size_t n = len < room ? len : room;

    memcpy(tls->first + tls->first_len, in, n);
    tls->first_len = (unsigned char)(tls->first_len + n);
    tls->has_more |= len > n;
}

static int bio_read(BIO *bio, char *out, int len)
{
    weir_tls *tls = BIO_get_data(bio);
    size_t got;

    BIO_clear_retry_flags(bio);
    if (len <= 0) return 0;
    tls->below_read = weir_transport_read(tls->below, out, (size_t)len, &got);
    if (tls->below_read != WEIR_IO_OK) return bio_result(bio, tls->below_read);
    bio_keep_first(tls, out, got);
    return (int)got;
}

static int bio_write(BIO *bio, const char *in, int len)
{
    weir_tls *tls = BIO_get_data(bio);
    union { /* a write does not write through iov_base, which is not const all the same */
        const char *in;
        void *out;
    } alias = {.in = in};
    struct iovec part = {.iov_base = alias.out, .iov_len = (size_t)len};
    size_t put;

    BIO_clear_retry_flags(bio);
    if (len <= 0) return 0;
    if (!tls->is_ready && weir__tls_is_foreign(tls)) return len; /* an alert: it is not for him */
    tls->below_write = weir_transport_write(tls->below, &part, 1, &put);
    if (tls->below_write != WEIR_IO_OK) return bio_result(bio, tls->below_write);
    return (int)put;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    const weir_tls *tls = BIO_get_data(bio);

    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH: return 1; /* nothing is held back here */
    case BIO_CTRL_EOF:
        return tls->below_read == WEIR_IO_END || tls->below_read == WEIR_IO_TRUNCATED;
    default: return 0;
    }
}

struct bio_method_st *weir__tls_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "weir_transport");

    if (method == NULL) return NULL;
    if (BIO_meth_set_read(method, bio_read) && BIO_meth_set_write(method, bio_write) &&
        BIO_meth_set_ctrl(method, bio_control))
        return method;
    BIO_meth_free(method);
    return NULL;
}

void weir__tls_bio_method_free(struct bio_method_st *method)
{
    BIO_meth_free(method);
}

struct bio_st *weir__tls_bio(const struct bio_method_st *method, weir_tls *tls)
{
    BIO *bio = BIO_new(method);

    if (bio == NULL) return NULL;
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    return bio;
}
