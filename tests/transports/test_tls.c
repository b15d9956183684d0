/* SPDX-License-Identifier: MIT */
/* test_tls.c - what TLS adds: names, protocols, trust, versions, and peers that do not speak it. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "weir/memory.h"
#include "weir/tls.h"

enum {
    BUFFER = 65536
};

/* Certificates of the whole file: made once. */
static support_ca *ca, *other_ca;
static support_certificate first, second, wild;

static int make_certificates(void **state)
{
    (void)state;
    ca = support_ca_make("weir test CA");
    other_ca = support_ca_make("another CA");
    first = support_certificate_make(ca, "DNS:first.example,IP:127.0.0.1,IP:::1");
    second = support_certificate_make(ca, "DNS:second.example,DNS:alias.example");
    wild = support_certificate_make(ca, "DNS:*.wild.example");
    return 0;
}

static int free_certificates(void **state)
{
    (void)state;
    support_certificate_free(&first);
    support_certificate_free(&second);
    support_certificate_free(&wild);
    support_ca_free(ca);
    support_ca_free(other_ca);
    return 0;
}

static weir_tls_context *server_context(const weir_tls_protocol *protocols, size_t count)
{
    weir_tls_pair pairs[] = {
        {.chain_pem = first.chain, .key_pem = first.key},
        {.chain_pem = second.chain, .key_pem = second.key},
        {.chain_pem = wild.chain, .key_pem = wild.key},
    };
    weir_tls_server_options options = {pairs, 3, protocols, count};
    weir_io_error why;
    weir_tls_context *context = weir_tls_server_context_create(&options, &why);

    assert_non_null(context);
    return context;
}

static weir_tls_context *client_context(const support_ca *trusted,
                                        const weir_tls_protocol *protocols, size_t count)
{
    weir_tls_client_options options = {NULL, support_ca_pem(trusted), protocols, count};
    weir_io_error why;
    weir_tls_context *context = weir_tls_client_context_create(&options, &why);

    assert_non_null(context);
    return context;
}

/* A line in memory with TLS at one end or both. */
struct session {
    weir_memory_end below_client, below_server;
    unsigned char client_buffer[BUFFER], server_buffer[BUFFER];
    weir_tls client, server;
    weir_tls_context *client_context, *server_context;
};

static void session_join(struct session *s, size_t buffer_size)
{
    weir_memory_options client = {.buffer = s->client_buffer, .buffer_size = buffer_size};
    weir_memory_options server = {.buffer = s->server_buffer, .buffer_size = buffer_size};

    weir_memory_join(&s->below_client, &client, &s->below_server, &server);
}

static void session_serve(struct session *s)
{
    weir_io_error why;

    assert_true(
        weir_tls_server_init(&s->server, s->server_context, &s->below_server.transport, &why));
}

/* Takes over both contexts. */
static struct session *session_begin(weir_tls_context *client, weir_tls_context *server,
                                     const char *host)
{
    struct session *s = calloc(1, sizeof *s);
    weir_io_error why;

    assert_non_null(s);
    s->client_context = client;
    s->server_context = server;
    session_join(s, BUFFER);
    session_serve(s);
    assert_true(weir_tls_client_init(&s->client, client, &s->below_client.transport, host, &why));
    return s;
}

/* Both ends go on until neither wants any more, or both only want. */
static void session_shake(struct session *s, weir_io *client, weir_io *server)
{
    for (int turn = 0; turn < 20; turn++) {
        *client = weir_transport_ready(&s->client.transport);
        *server = weir_transport_ready(&s->server.transport);
    }
}

static void session_expect_ready(struct session *s)
{
    weir_io client, server;

    session_shake(s, &client, &server);
    if (client != WEIR_IO_OK || server != WEIR_IO_OK)
        fail_msg("%s, %s", weir_io_name(client), weir_io_name(server));
}

static void session_end(struct session *s)
{
    if (s->client.transport.ops != NULL) weir_transport_close(&s->client.transport);
    if (s->server.transport.ops != NULL) weir_transport_close(&s->server.transport);
    weir_tls_context_free(s->client_context);
    weir_tls_context_free(s->server_context);
    free(s);
}

static void expect_error(const weir_tls *tls, const char *text)
{
    char buf[256];

    assert_string_equal(weir_io_error_text(&tls->transport.error, buf, sizeof buf), text);
}

static void send_text(weir_transport *t, const char *text)
{
    char copy[256];
    struct iovec part = {copy, strlen(text)};
    size_t put;

    memcpy(copy, text, part.iov_len);
    assert_int_equal(weir_transport_write(t, &part, 1, &put), WEIR_IO_OK);
    assert_int_equal(put, part.iov_len);
}

/* Which certificate a name gets, and whether the client is content with it. */
static const struct {
    const char *host, *certificate;
    bool is_trusted;
} names[] = {
    {"first.example", "first.example", true},
    {"second.example", "second.example", true},
    {"alias.example", "second.example", true},
    {"ALIAS.Example", "second.example", true},
    {"a.wild.example", "b.wild.example", true},
    {"127.0.0.1", "first.example", true}, /* an address: no SNI, the first of all */
    {"::1", "first.example", true},
    {"127.0.0.2", "first.example", false},
    {"nobody.example", "first.example", false},
    {"wild.example", "first.example", false},     /* a wildcard is one label, no less */
    {"a.b.wild.example", "first.example", false}, /* and no more */
};

static void the_certificate_is_chosen_by_name_else_the_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        weir_io client, server;
        struct session *s =
            session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), names[i].host);
        /* The client's own check of the name is looked at apart: the certificate is kept. */
        session_shake(s, &client, &server);
        if ((client == WEIR_IO_OK) != names[i].is_trusted)
            fail_msg("%s: %s", names[i].host, weir_io_name(client));
        if (!names[i].is_trusted)
            assert_non_null(strstr(s->client.transport.error.reason, "mismatch"));
        SSL_CTX *used = SSL_get_SSL_CTX(s->server.ssl);
        if (X509_check_host(SSL_CTX_get0_certificate(used), names[i].certificate, 0, 0, NULL) != 1)
            fail_msg("%s: not the certificate of %s", names[i].host, names[i].certificate);
        session_end(s);
    }
}

static void the_name_asked_for_is_a_fact(void **state)
{
    weir_transport_facts facts;
    struct session *s =
        session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "alias.example");

    (void)state;
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_false(facts.secure);
    session_expect_ready(s);
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_true(facts.secure);
    assert_string_equal(facts.name, "alias.example");
    session_end(s);

    s = session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "127.0.0.1");
    session_expect_ready(s);
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_null(facts.name);
    session_end(s);
}

/* ALPN: what the client offers, what the server speaks, what they agree on. */
static const struct {
    const char *name, *offered[3], *spoken[3], *agreed; /* agreed NULL: refused; "": none */
} protocols[] = {
    {"the same one", {"http/1.1"}, {"http/1.1"}, "http/1.1"},
    {"one of several", {"h2", "http/1.1"}, {"http/1.1"}, "http/1.1"},
    {"the server prefers", {"http/1.1", "h2"}, {"h2", "http/1.1"}, "h2"},
    {"nothing in common", {"h2"}, {"http/1.1"}, NULL},
    {"a prefix is not the same", {"http/1"}, {"http/1.1"}, NULL},
    {"as long is not the same", {"http/1.0"}, {"http/1.1"}, NULL},
    {"longer is not the same", {"http/1.1x"}, {"http/1.1"}, NULL},
    {"nothing offered", {NULL}, {"http/1.1"}, ""},
    {"nothing spoken", {"http/1.1"}, {NULL}, ""},
};

static size_t protocol_list(const char *const names_in[3], weir_tls_protocol out[3])
{
    size_t n = 0;

    while (n < 3 && names_in[n] != NULL) {
        out[n] = (weir_tls_protocol){names_in[n], strlen(names_in[n])};
        n++;
    }
    return n;
}

static void protocols_are_agreed_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        weir_tls_protocol offered[3], spoken[3];
        size_t offered_count = protocol_list(protocols[i].offered, offered);
        size_t spoken_count = protocol_list(protocols[i].spoken, spoken);
        weir_transport_facts facts;
        weir_io client, server;
        struct session *s = session_begin(client_context(ca, offered, offered_count),
                                          server_context(spoken, spoken_count), "first.example");
        session_shake(s, &client, &server);
        if (protocols[i].agreed == NULL) {
            assert_int_equal(server, WEIR_IO_FAILED);
            assert_int_equal(client, WEIR_IO_FAILED);
            expect_error(&s->server, "tls handshake: no application protocol");
            expect_error(&s->client, "tls handshake: tlsv1 alert no application protocol");
        } else {
            if (client != WEIR_IO_OK || server != WEIR_IO_OK) fail_msg("%s", protocols[i].name);
            weir_transport_facts_get(&s->server.transport, &facts);
            assert_int_equal(facts.protocol_len, strlen(protocols[i].agreed));
            if (facts.protocol_len > 0)
                assert_memory_equal(facts.protocol, protocols[i].agreed, facts.protocol_len);
        }
        session_end(s);
    }
}

static void a_certificate_of_another_authority_is_refused(void **state)
{
    weir_io client, server;
    struct session *s =
        session_begin(client_context(other_ca, NULL, 0), server_context(NULL, 0), "first.example");

    (void)state;
    session_shake(s, &client, &server);
    assert_int_equal(client, WEIR_IO_FAILED);
    expect_error(&s->client, "tls handshake: unable to get local issuer certificate");
    assert_int_equal(server, WEIR_IO_FAILED);
    expect_error(&s->server, "tls handshake: tlsv1 alert unknown ca");
    session_end(s);
}

static void a_certificate_for_another_name_is_refused(void **state)
{
    weir_io client, server;
    struct session *s =
        session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "nobody.example");

    (void)state;
    session_shake(s, &client, &server);
    assert_int_equal(client, WEIR_IO_FAILED);
    expect_error(&s->client, "tls handshake: hostname mismatch");
    session_end(s);
}

/* OpenSSL's own words: a ClientHello of this version alone. Returns its length. */
static size_t old_hello(int version, unsigned char *out, size_t size)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    BIO *in = BIO_new(BIO_s_mem()), *written = BIO_new(BIO_s_mem());

    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL *ssl = SSL_new(context);
    SSL_set_bio(ssl, in, written);
    SSL_set_connect_state(ssl);
    (void)SSL_do_handshake(ssl);
    int len = BIO_read(written, out, (int)size);
    assert_true(len > 0);
    SSL_free(ssl);
    SSL_CTX_free(context);
    ERR_clear_error();
    return (size_t)len;
}

/* What a server makes of octets from a peer that is not ours. */
static struct session *session_with(const void *octets, size_t len, weir_io *server)
{
    struct session *s = calloc(1, sizeof *s);
    unsigned char copy[4096];
    struct iovec part = {copy, len};
    size_t put;

    assert_non_null(s);
    assert_true(len <= sizeof copy);
    memcpy(copy, octets, len);
    s->server_context = server_context(NULL, 0);
    session_join(s, BUFFER);
    session_serve(s);
    assert_int_equal(weir_transport_write(&s->below_client.transport, &part, 1, &put), WEIR_IO_OK);
    *server = weir_transport_ready(&s->server.transport);
    return s;
}

static void tls_before_1_2_is_refused(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION};
    unsigned char hello[4096];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        weir_io server;
        size_t len = old_hello(versions[i], hello, sizeof hello);
        struct session *s = session_with(hello, len, &server);
        if (versions[i] == TLS1_2_VERSION) {
            assert_int_equal(server, WEIR_IO_WANT_READ); /* the neighbour that is welcome */
        } else {
            assert_int_equal(server, WEIR_IO_FAILED);
            expect_error(&s->server, "tls handshake: unsupported protocol");
        }
        weir_transport_close(&s->below_client.transport);
        session_end(s);
    }
}

static void what_is_not_tls_is_given_back_with_the_stream(void **state)
{
    static const char *const requests[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                           "BREW /pot HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        weir_transport_facts facts;
        weir_io server;
        char all[64];
        size_t got, len = strlen(requests[i]);
        struct session *s = session_with(requests[i], len, &server);
        assert_int_equal(server, WEIR_IO_FAILED);
        expect_error(&s->server, i == 0 ? "tls handshake: http request"
                                        : "tls handshake: wrong version number");
        weir_transport_facts_get(&s->server.transport, &facts);
        assert_true(facts.foreign_len > 0);
        assert_false(facts.secure);
        memcpy(all, facts.foreign, facts.foreign_len);
        size_t at = facts.foreign_len;
        weir_transport *below = weir_tls_detach(&s->server);
        assert_ptr_equal(below, &s->below_server.transport);
        assert_int_equal(weir_transport_read(below, all + at, sizeof all - at, &got), WEIR_IO_OK);
        assert_int_equal(at + got, len);
        assert_memory_equal(all, requests[i], len);
        send_text(below, "HTTP/1.1 400 Bad Request\r\n\r\n");
        /* and the session said nothing of its own before that */
        assert_int_equal(weir_transport_read(&s->below_client.transport, all, 4, &got), WEIR_IO_OK);
        assert_memory_equal(all, "HTTP", 4);
        weir_transport_close(below);
        weir_transport_close(&s->below_client.transport);
        session_end(s);
    }
}

static void a_failed_handshake_of_tls_is_not_foreign(void **state)
{
    weir_transport_facts facts;
    weir_io server;
    struct session *s = session_with("\x16\x03\x01\x00\x04junk", 9, &server);

    (void)state;
    assert_int_equal(server, WEIR_IO_FAILED);
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_int_equal(facts.foreign_len, 0);
    weir_transport_close(&s->below_client.transport);
    session_end(s);
}

/* One octet and the end: too short to be told from a record, and not answered by an alert. */
static void a_beginning_that_is_not_tls_is_given_back_too(void **state)
{
    weir_transport_facts facts;
    weir_io server;
    struct session *s = session_with("G", 1, &server);
    char octet;
    size_t got;

    (void)state;
    assert_int_equal(server, WEIR_IO_WANT_READ);
    assert_int_equal(weir_transport_shutdown(&s->below_client.transport), WEIR_IO_OK);
    assert_int_equal(weir_transport_ready(&s->server.transport), WEIR_IO_TRUNCATED);
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_int_equal(facts.foreign_len, 1);
    assert_int_equal(weir_transport_read(&s->below_client.transport, &octet, 1, &got),
                     WEIR_IO_WANT_READ);
    weir_transport_close(&s->below_client.transport);
    session_end(s);
}

/* OpenSSL reads a hello of SSL 2 as a whole: it cannot be given back, and is no promise. */
static void what_was_read_further_is_not_foreign(void **state)
{
    static const char hello[] = "\x80\x0e\x01\x03\x01\x00\x15\x00\x00\x00\x10junkjunk";
    weir_transport_facts facts;
    weir_io server;
    struct session *s = session_with(hello, sizeof hello - 1, &server);

    (void)state;
    assert_int_equal(server, WEIR_IO_FAILED);
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_int_equal(facts.foreign_len, 0);
    weir_transport_close(&s->below_client.transport);
    session_end(s);
}

static void a_peer_that_leaves_in_the_handshake_truncates(void **state)
{
    weir_io server;
    struct session *s = session_with("\x16\x03\x01", 3, &server);

    (void)state;
    assert_int_equal(server, WEIR_IO_WANT_READ);
    weir_transport_close(&s->below_client.transport);
    assert_int_equal(weir_transport_ready(&s->server.transport), WEIR_IO_TRUNCATED);
    assert_int_equal(weir_transport_ready(&s->server.transport), WEIR_IO_TRUNCATED);
    session_end(s);
}

static void octets_that_no_epoll_sees_are_pending(void **state)
{
    struct session *s =
        session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "first.example");
    weir_transport_facts facts;
    char buf[1];
    size_t got;

    (void)state;
    session_expect_ready(s);
    send_text(&s->client.transport, "hello");
    assert_int_equal(weir_transport_read(&s->server.transport, buf, 1, &got), WEIR_IO_OK);
    weir_transport_facts_get(&s->server.transport, &facts);
    assert_int_equal(facts.pending, 4);
    assert_int_equal(weir_memory_readiness(&s->below_server, 0) & WEIR_MEMORY_READABLE, 0);
    session_end(s);
}

/* A record is sealed and stuck; `s` has small buffers below. Returns how many octets it takes. */
static struct session *session_stuck(struct iovec *part)
{
    struct session *s =
        session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "first.example");
    size_t put;

    session_expect_ready(s);
    for (;;) {
        weir_io io = weir_transport_write(&s->server.transport, part, 1, &put);
        if (io == WEIR_IO_WANT_WRITE) return s;
        assert_int_equal(io, WEIR_IO_OK);
        if (put < part->iov_len) return s;
    }
}

static void a_sealed_record_must_be_offered_again(void **state)
{
    static char octets[10000];
    struct iovec part = {octets, sizeof octets};
    struct session *s = session_stuck(&part);
    size_t put;

    (void)state;
    part.iov_len = sizeof octets - 1;
    assert_int_equal(weir_transport_write(&s->server.transport, &part, 1, &put), WEIR_IO_FAILED);
    expect_error(&s->server, "tls write: not the octets that were offered before");
    assert_int_equal(put, 0);
    session_end(s);
}

/* The peer must not take a message that was cut in the middle for a whole one. */
static void a_shutdown_over_a_sealed_record_is_a_truncation(void **state)
{
    static char octets[10000], buf[20000];
    struct iovec part = {octets, sizeof octets};
    struct session *s = session_stuck(&part);
    size_t got;
    weir_io io;

    (void)state;
    assert_int_equal(weir_transport_shutdown(&s->server.transport), WEIR_IO_OK);
    do {
        io = weir_transport_read(&s->client.transport, buf, sizeof buf, &got);
    } while (io == WEIR_IO_OK);
    assert_int_equal(io, WEIR_IO_TRUNCATED);
    session_end(s);
}

static void a_shutdown_before_the_handshake_ends_the_stream_below(void **state)
{
    struct session *s =
        session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "first.example");

    (void)state;
    assert_int_equal(weir_transport_shutdown(&s->client.transport), WEIR_IO_OK);
    assert_int_equal(weir_transport_ready(&s->server.transport), WEIR_IO_TRUNCATED);
    session_end(s);
}

static void sessions_outlive_the_callers_hold_on_their_context(void **state)
{
    struct session *s =
        session_begin(client_context(ca, NULL, 0), server_context(NULL, 0), "second.example");

    (void)state;
    weir_tls_context_free(s->client_context);
    weir_tls_context_free(s->server_context);
    s->client_context = s->server_context = NULL;
    session_expect_ready(s);
    session_end(s);
    weir_tls_context_free(NULL);
}

static void a_session_needs_a_context_of_its_role_and_a_host(void **state)
{
    weir_tls_context *client = client_context(ca, NULL, 0), *server = server_context(NULL, 0);
    struct session *s = calloc(1, sizeof *s);
    char host[300];
    weir_io_error why;
    weir_tls tls;

    (void)state;
    session_join(s, BUFFER);
    assert_false(weir_tls_server_init(&tls, client, &s->below_server.transport, &why));
    assert_false(weir_tls_client_init(&tls, server, &s->below_client.transport, "a", &why));
    assert_false(weir_tls_client_init(&tls, client, &s->below_client.transport, "", &why));
    assert_string_equal(why.step, "tls host name");
    memset(host, 'a', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    assert_false(weir_tls_client_init(&tls, client, &s->below_client.transport, host, &why));
    weir_tls_context_free(client);
    weir_tls_context_free(server);
    weir_transport_close(&s->below_client.transport);
    weir_transport_close(&s->below_server.transport);
    free(s);
}

/* Files of certificates and keys. */

static char *locked_key(void)
{
    BIO *in = BIO_new_mem_buf(first.key, -1), *out = BIO_new(BIO_s_mem());
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    unsigned char passphrase[] = "secret";
    char *data;

    assert_int_equal(PEM_write_bio_PrivateKey(out, key, EVP_aes_128_cbc(), passphrase, 6, NULL,
                                              NULL),
                     1);
    long len = BIO_get_mem_data(out, &data);
    char *text = malloc((size_t)len + 1);
    memcpy(text, data, (size_t)len);
    text[len] = '\0';
    EVP_PKEY_free(key);
    BIO_free(in);
    BIO_free(out);
    return text;
}

static void files_that_will_not_do_are_named_with_the_reason(void **state)
{
    char folder[128], chain[256], key[256], other[256], locked[256], junk[256], none[256];
    char text[1024], *locked_text = locked_key();
    weir_io_error why;

    (void)state;
    support_make_folder(folder, sizeof folder);
    support_path(none, sizeof none, folder, "none.pem");
    support_write_file(support_path(chain, sizeof chain, folder, "chain.pem"), first.chain,
                       strlen(first.chain));
    support_write_file(support_path(key, sizeof key, folder, "key.pem"), first.key,
                       strlen(first.key));
    support_write_file(support_path(other, sizeof other, folder, "other.pem"), second.key,
                       strlen(second.key));
    support_write_file(support_path(locked, sizeof locked, folder, "locked.pem"), locked_text,
                       strlen(locked_text));
    support_write_file(support_path(junk, sizeof junk, folder, "junk.pem"), "junk", 4);

    const struct {
        const char *chain, *key, *step, *file, *reason; /* step NULL: this one will do */
    } rows[] = {
        {chain, key, NULL, NULL, NULL},
        {none, key, "certificate", none, "No such file or directory"},
        {chain, none, "key", none, "No such file or directory"},
        {junk, key, "certificate", junk, "no start line"},
        {key, key, "certificate", key, "no start line"},
        {chain, junk, "key", junk, ""},
        {chain, other, "key", other, "key values mismatch"},
        {chain, locked, "key", locked, ""}, /* and nobody was asked for a passphrase */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        weir_tls_pair pair = {.chain_file = rows[i].chain, .key_file = rows[i].key};
        weir_tls_server_options options = {&pair, 1, NULL, 0};
        weir_tls_context *context = weir_tls_server_context_create(&options, &why);
        assert_int_equal(context != NULL, rows[i].step == NULL);
        weir_tls_context_free(context);
        if (context != NULL || rows[i].reason == NULL) continue;
        assert_string_equal(why.step, rows[i].step);
        assert_string_equal(why.file, rows[i].file);
        weir_io_error_text(&why, text, sizeof text);
        if (strstr(text, rows[i].reason) == NULL) fail_msg("%s", text);
    }
    weir_tls_client_options options = {.ca_file = junk};
    assert_null(weir_tls_client_context_create(&options, &why));
    assert_string_equal(why.step, "certificate authority");
    options.ca_file = none;
    assert_null(weir_tls_client_context_create(&options, &why));
    weir_tls_server_options empty = {NULL, 0, NULL, 0};
    assert_null(weir_tls_server_context_create(&empty, &why));
    free(locked_text);
    support_remove_folder(folder);
}

#define TLS_TEST(f) \
    cmocka_unit_test_setup_teardown(f, support_count_descriptors, support_check_descriptors)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(the_certificate_is_chosen_by_name_else_the_first),
        TLS_TEST(the_name_asked_for_is_a_fact),
        TLS_TEST(protocols_are_agreed_or_refused),
        TLS_TEST(a_certificate_of_another_authority_is_refused),
        TLS_TEST(a_certificate_for_another_name_is_refused),
        TLS_TEST(tls_before_1_2_is_refused),
        TLS_TEST(what_is_not_tls_is_given_back_with_the_stream),
        TLS_TEST(a_failed_handshake_of_tls_is_not_foreign),
        TLS_TEST(a_beginning_that_is_not_tls_is_given_back_too),
        TLS_TEST(what_was_read_further_is_not_foreign),
        TLS_TEST(a_peer_that_leaves_in_the_handshake_truncates),
        TLS_TEST(octets_that_no_epoll_sees_are_pending),
        TLS_TEST(a_sealed_record_must_be_offered_again),
        TLS_TEST(a_shutdown_over_a_sealed_record_is_a_truncation),
        TLS_TEST(a_shutdown_before_the_handshake_ends_the_stream_below),
        TLS_TEST(sessions_outlive_the_callers_hold_on_their_context),
        TLS_TEST(a_session_needs_a_context_of_its_role_and_a_host),
        TLS_TEST(files_that_will_not_do_are_named_with_the_reason),
    };
    return cmocka_run_group_tests_name("tls", tests, make_certificates, free_certificates);
}
