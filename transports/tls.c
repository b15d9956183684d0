/* SPDX-License-Identifier: MIT */
/* tls.c - one TLS session as a transport over another. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "tls_internal.h"

enum {
    TLS_RECORD_MAX = 16384
}; /* octets of a record (RFC 8446 §5.1) */

static weir_tls *tls_of(weir_transport *t)
{
    return (weir_tls *)t; /* its first member */
}

/* The one place where a final result is set. */
static weir_io tls_end(weir_tls *tls, weir_io io, weir_io_error why)
{
    tls->failed = io;
    tls->transport.error = why;
    return io;
}

/*
 * The stream below is at fault, or OpenSSL found one. Its queue was empty before the call. A stream
 * that has ended comes first: OpenSSL sends an alert then, and the peer may be gone for that.
 */
static weir_io tls_failed(weir_tls *tls, const char *step)
{
    unsigned long first = ERR_peek_error();
    bool is_ended = tls->below_read == WEIR_IO_END || tls->below_read == WEIR_IO_TRUNCATED;
    bool is_eof = ERR_GET_REASON(first) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    bool is_written = tls->below_write == WEIR_IO_RESET || tls->below_write == WEIR_IO_FAILED;
    weir_io below = is_written ? tls->below_write : tls->below_read;
    long verified = SSL_get_verify_result(tls->ssl);
    const char *reason = weir__tls_reason();

    if (is_ended && (is_eof || (first == 0 && !is_written)))
        return tls_end(tls, WEIR_IO_TRUNCATED, (weir_io_error){.step = step, .reason = reason});
    if (below == WEIR_IO_RESET || below == WEIR_IO_FAILED)
        return tls_end(tls, below, *weir_transport_error(tls->below));
    if (!tls->is_server && !tls->is_ready && verified != X509_V_OK)
        reason = X509_verify_cert_error_string(verified); /* says more than "verify failed" */
    return tls_end(tls, WEIR_IO_FAILED, (weir_io_error){.step = step, .reason = reason});
}

/* Sorts what a call of OpenSSL returned when it did not succeed. */
static weir_io tls_result(weir_tls *tls, int result, const char *step)
{
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ: return WEIR_IO_WANT_READ;
    case SSL_ERROR_WANT_WRITE: return WEIR_IO_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN: return WEIR_IO_END;
    default: return tls_failed(tls, step);
    }
}

static weir_io tls_ready(weir_transport *t)
{
    weir_tls *tls = tls_of(t);

    if (tls->failed != WEIR_IO_OK) return tls->failed;
    if (tls->is_ready) return WEIR_IO_OK;
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    if (result != 1) return tls_result(tls, result, "tls handshake");
    tls->is_ready = true;
    return WEIR_IO_OK;
}

static weir_io tls_read(weir_transport *t, void *buf, size_t len, size_t *got)
{
    weir_tls *tls = tls_of(t);
    weir_io io = tls_ready(t);

    if (io != WEIR_IO_OK) return io;
    ERR_clear_error();
    int result = SSL_read_ex(tls->ssl, buf, len, got);
    if (result == 1) return WEIR_IO_OK;
    return tls_result(tls, result, "tls read");
}

/* Where a gathered write has got to. */
struct tls_cursor {
    const struct iovec *parts;
    size_t count, at; /* at: octets of parts[0] already sent */
};

static void tls_advance(struct tls_cursor *c, size_t len)
{
    while (c->count > 0 && len >= c->parts->iov_len - c->at) {
        len -= c->parts->iov_len - c->at;
        c->parts++;
        c->count--;
        c->at = 0;
    }
    c->at += len;
}

/*
 * Up to `max` octets in one piece, so that small parts share a record: in place where the first
 * part is long or the last, else copied to `room`. Returns how many.
 */
static size_t tls_gather(struct tls_cursor c, size_t max, char *room, const char **out)
{
    const char *first = (const char *)c.parts->iov_base + c.at;
    size_t len = c.parts->iov_len - c.at;
    size_t sum = 0;

    *out = first;
    if (len >= max) return max;
    if (c.count == 1) return len;
    while (c.count > 0 && sum < max) {
        size_t n = c.parts->iov_len - c.at;
        if (n > max - sum) n = max - sum;
        if (n > 0) memcpy(room + sum, (const char *)c.parts->iov_base + c.at, n);
        sum += n;
        tls_advance(&c, n);
    }
    *out = room;
    return sum;
}

/* One record. A record that is sealed and not yet sent is offered again with its very octets. */
static weir_io tls_write_record(weir_tls *tls, struct tls_cursor *c, size_t *put)
{
    char room[TLS_RECORD_MAX];
    const char *piece;
    size_t max = tls->write_retry > 0 ? tls->write_retry : sizeof room;
    size_t len = tls_gather(*c, max, room, &piece);

    if (len < tls->write_retry)
        return tls_end(tls, WEIR_IO_FAILED,
                       (weir_io_error){.step = "tls write",
                                       .reason = "not the octets that were offered before"});
    ERR_clear_error();
    int result = SSL_write_ex(tls->ssl, piece, len, put);
    if (result == 1) {
        tls->write_retry = 0;
        tls_advance(c, *put);
        return WEIR_IO_OK;
    }
    *put = 0;
    weir_io io = tls_result(tls, result, "tls write");
    if (io == WEIR_IO_WANT_READ || io == WEIR_IO_WANT_WRITE) tls->write_retry = len;
    return io;
}

static weir_io tls_write(weir_transport *t, const struct iovec *parts, size_t count, size_t *put)
{
    weir_tls *tls = tls_of(t);
    struct tls_cursor c = {.parts = parts, .count = count};
    weir_io io = tls_ready(t);
    size_t sum = 0, n = 0;

    if (io == WEIR_IO_OK && tls->is_shut) io = WEIR_IO_RESET;
    tls_advance(&c, 0); /* empty parts in front would look like an empty record */
    while (io == WEIR_IO_OK && c.count > 0) {
        io = tls_write_record(tls, &c, &n);
        sum += n;
        tls_advance(&c, 0);
    }
    *put = sum;
    return sum > 0 ? WEIR_IO_OK : io; /* what stopped it is told again by the next call */
}

static weir_io tls_sendfile(weir_transport *t, int fd, off_t *offset, size_t len)
{
    (void)t;
    (void)fd;
    (void)offset;
    (void)len;
    return WEIR_IO_UNSUPPORTED;
}

/* A message cut in the middle must not end in a close_notify: the peer would take it for whole. */
static bool tls_can_notify(const weir_tls *tls)
{
    return tls->is_ready && tls->failed == WEIR_IO_OK && tls->write_retry == 0;
}

static weir_io tls_shutdown(weir_transport *t)
{
    weir_tls *tls = tls_of(t);

    if (tls->failed == WEIR_IO_RESET) return WEIR_IO_RESET;
    tls->is_shut = true;
    if (tls_can_notify(tls) && !tls->is_notified) {
        ERR_clear_error();
        int result = SSL_shutdown(tls->ssl); /* 0: sent, and the peer's has not come: no matter */
        if (result < 0) return tls_result(tls, result, "tls shutdown");
        tls->is_notified = true;
    }
    return weir_transport_shutdown(tls->below);
}

static void tls_release(weir_tls *tls)
{
    SSL_free(tls->ssl); /* with its BIO */
    tls->ssl = NULL;
    ERR_clear_error();
    weir_tls_context_free(tls->context);
    tls->context = NULL;
}

static void tls_close(weir_transport *t)
{
    weir_tls *tls = tls_of(t);

    tls_release(tls);
    weir_transport_close(tls->below);
    tls->below = NULL;
}

static void tls_abort(weir_transport *t)
{
    weir_tls *tls = tls_of(t);

    tls_release(tls);
    weir_transport_abort(tls->below);
    tls->below = NULL;
}

static int tls_handle(const weir_transport *t)
{
    return weir_transport_handle(((const weir_tls *)t)->below);
}

static void tls_addresses(const weir_transport *t, weir_address *local, weir_address *remote)
{
    weir_transport_addresses(((const weir_tls *)t)->below, local, remote);
}

/*
 * A TLS record begins with its type, 20 to 24, and 3 (RFC 8446 §5.1). What was read further, as the
 * hello of SSL 2 is, could not be given back.
 */
bool weir__tls_is_foreign(const weir_tls *tls)
{
    if (tls->first_len == 0 || tls->has_more) return false;
    if (tls->first[0] < 20 || tls->first[0] > 24) return true;
    return tls->first_len > 1 && tls->first[1] != 3;
}

static void tls_facts(const weir_transport *t, weir_transport_facts *facts)
{
    const weir_tls *tls = (const weir_tls *)t;
    unsigned protocol_len = 0;

    if (tls->failed != WEIR_IO_OK && !tls->is_ready && weir__tls_is_foreign(tls)) {
        facts->foreign = tls->first;
        facts->foreign_len = tls->first_len;
    }
    if (!tls->is_ready) return;
    facts->secure = true;
    facts->version = SSL_get_version(tls->ssl);
    facts->cipher = SSL_get_cipher_name(tls->ssl);
    facts->name = SSL_get_servername(tls->ssl, TLSEXT_NAMETYPE_host_name);
    SSL_get0_alpn_selected(tls->ssl, &facts->protocol, &protocol_len);
    facts->protocol_len = protocol_len;
    facts->pending = (size_t)SSL_pending(tls->ssl);
}

static const weir_transport_ops tls_ops = {
    .name = "tls",
    .ready = tls_ready,
    .read = tls_read,
    .write = tls_write,
    .sendfile = tls_sendfile,
    .shutdown = tls_shutdown,
    .close = tls_close,
    .abort = tls_abort,
    .handle = tls_handle,
    .addresses = tls_addresses,
    .facts = tls_facts,
};

/* What both roles begin with. On false nothing is held. */
static bool tls_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                     bool is_server, weir_io_error *why)
{
    *tls = (weir_tls){.below = below, .context = context, .is_server = is_server};
    *why = (weir_io_error){.step = "tls session", .code = EINVAL};
    if (context->is_server != is_server) return false;
    why->code = ENOMEM;
    tls->ssl = SSL_new(context->entries[0]);
    if (tls->ssl == NULL) return false;
    BIO *bio = weir__tls_bio(context->bio_method, tls);
    if (bio == NULL) {
        SSL_free(tls->ssl);
        return false;
    }
    SSL_set_bio(tls->ssl, bio, bio);
    weir__tls_context_hold(context);
    tls->transport.ops = &tls_ops;
    return true;
}

bool weir_tls_server_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                          weir_io_error *why)
{
    if (!tls_init(tls, context, below, true, why)) return false;
    SSL_set_accept_state(tls->ssl);
    return true;
}

/* An address is looked for among the certificate's; it is no name for SNI (RFC 6066 §3). */
static bool tls_expect(weir_tls *tls, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(tls->ssl);
    unsigned char ip[16];
    size_t len = strlen(host);
    char name[256]; /* OpenSSL's call takes no const */

    if (inet_pton(AF_INET, host, ip) == 1 || inet_pton(AF_INET6, host, ip) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
    if (len == 0 || len >= sizeof name) return false; /* "" would check no name at all */
    memcpy(name, host, len + 1);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, host, len) == 1 &&
           SSL_set_tlsext_host_name(tls->ssl, name) == 1;
}

bool weir_tls_client_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                          const char *host, weir_io_error *why)
{
    if (!tls_init(tls, context, below, false, why)) return false;
    SSL_set_connect_state(tls->ssl);
    if (tls_expect(tls, host)) return true;
    *why = (weir_io_error){.step = "tls host name", .code = EINVAL};
    (void)weir_tls_detach(tls);
    return false;
}

weir_transport *weir_tls_detach(weir_tls *tls)
{
    weir_transport *below = tls->below;

    tls_release(tls);
    tls->below = NULL;
    tls->transport.ops = NULL;
    return below;
}
