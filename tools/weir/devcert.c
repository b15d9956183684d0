/* SPDX-License-Identifier: MIT */
/* devcert.c - a development certificate: a local authority, kept, and a leaf for this machine. */
#define _GNU_SOURCE /* openat and its kin, O_NOFOLLOW, flock */
#include "devcert.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DEVCERT_CA_DAYS = 3650,
    DEVCERT_LEAF_DAYS = 90,
    DEVCERT_LEAF_LEFT = 30, /* fewer days than that: a new one */
    /* The authority outlives every leaf that it signs. */
    DEVCERT_CA_LEFT = DEVCERT_LEAF_DAYS + DEVCERT_LEAF_LEFT,
    DEVCERT_FILE_MAX = 65536,
};

static const char devcert_ca_file[] = "ca.pem";
static const char devcert_ca_key_file[] = "ca-key.pem";
static const char devcert_leaf_file[] = "localhost.pem"; /* the leaf, then its key: one rename */

/* What the steps share. Zero members are not there yet. */
typedef struct {
    weir_devcert *out;
    int folder, lock;
    char host[256]; /* this machine's name where a certificate can hold it, else "" */
    EVP_PKEY *ca_key, *leaf_key;
    X509 *ca, *leaf;
} devcert_state;

/* Keeps the reason; the system's where `code` is not 0. Always false. */
static bool devcert_failed(devcert_state *s, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool devcert_failed(devcert_state *s, int code, const char *format, ...)
{
    char *text = s->out->problem;
    size_t size = sizeof s->out->problem;
    va_list args;

    va_start(args, format);
    int len = vsnprintf(text, size, format, args);
    va_end(args);
    if (code != 0 && len >= 0 && (size_t)len < size)
        snprintf(text + len, size - (size_t)len, ": %s", strerror(code));
    return false;
}

/* OpenSSL fails here only when memory or its random numbers do. Always false. */
static bool devcert_crypto_failed(devcert_state *s, const char *step)
{
    const char *reason = ERR_reason_error_string(ERR_get_error());

    ERR_clear_error();
    return devcert_failed(s, 0, "%s: %s", step, reason != NULL ? reason : "OpenSSL failed");
}

/* ---- the folder ---- */

/* $XDG_STATE_HOME/weir; relative ones are to be ignored, as its specification says. */
static bool devcert_folder_name(devcert_state *s, char *path, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int len;

    if (state != NULL && state[0] == '/') {
        len = snprintf(path, size, "%s/weir", state);
    } else {
        if (home == NULL || home[0] != '/') {
            const struct passwd *user = getpwuid(geteuid());
            home = user != NULL ? user->pw_dir : NULL;
        }
        if (home == NULL || home[0] != '/')
            return devcert_failed(s, 0,
                                  "there is no home folder: neither XDG_STATE_HOME nor HOME "
                                  "is set");
        len = snprintf(path, size, "%s/.local/state/weir", home);
    }
    if (len < 0 || (size_t)len >= size) return devcert_failed(s, ENAMETOOLONG, "state folder");
    return true;
}

/* Makes the folders above `path` and itself where they are not there, for the user alone. */
static bool devcert_make_folders(devcert_state *s, char *path)
{
    for (char *slash = path + 1;; slash++) {
        slash = strchr(slash, '/');
        if (slash != NULL) *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        int code = errno;
        struct stat facts;
        /* A read-only file system says EROFS even for what exists. */
        if (!made && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) made = true;
        if (!made) devcert_failed(s, code, "cannot make the folder %s", path);
        if (slash != NULL) *slash = '/';
        if (!made) return false;
        if (slash == NULL) return true;
    }
}

/* Opens the folder, ours and nobody else's, and waits for whoever is at work in it. */
static bool devcert_enter(devcert_state *s)
{
    char path[sizeof s->out->ca_file - sizeof devcert_ca_key_file];
    struct stat facts;

    if (!devcert_folder_name(s, path, sizeof path) || !devcert_make_folders(s, path)) return false;
    s->folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (s->folder < 0) return devcert_failed(s, errno, "cannot open the folder %s", path);
    if (fstat(s->folder, &facts) != 0) return devcert_failed(s, errno, "folder %s", path);
    if (facts.st_uid != geteuid())
        return devcert_failed(s, 0, "the folder %s belongs to somebody else", path);
    if ((facts.st_mode & 0777) != 0700 && fchmod(s->folder, 0700) != 0)
        return devcert_failed(s, errno, "cannot make the folder %s private", path);
    snprintf(s->out->ca_file, sizeof s->out->ca_file, "%s/%s", path, devcert_ca_file);

    s->lock = openat(s->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock < 0) return devcert_failed(s, errno, "cannot open %s/lock for writing", path);
    while (flock(s->lock, LOCK_EX) != 0)
        if (errno != EINTR) return devcert_failed(s, errno, "cannot lock %s/lock", path);
    return true;
}

/* ---- files ---- */

/* A file of ours. NULL: not there, too large, or readable by others where it is secret. */
static BIO *devcert_read(devcert_state *s, const char *name, bool secret)
{
    char text[DEVCERT_FILE_MAX];
    struct stat facts;
    int fd = openat(s->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0) return NULL;
    bool ours = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == geteuid();
    bool hidden = ours && (!secret || (facts.st_mode & 0077) == 0);
    ssize_t len = hidden ? read(fd, text, sizeof text) : -1;
    close(fd);
    if (len <= 0 || (size_t)len == sizeof text) return NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio != NULL && BIO_write(bio, text, (int)len) == (int)len) return bio;
    BIO_free(bio);
    return NULL;
}

static bool devcert_write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text += n;
        len -= (size_t)n;
    }
    return fsync(fd) == 0;
}

/* Whole or not at all, also if the machine stops in between. Takes `bio`; NULL fails. */
static bool devcert_write(devcert_state *s, const char *name, mode_t mode, BIO *bio)
{
    static const char fresh[] = "new.tmp"; /* one writer: the lock is held */
    char *text;
    long len = bio != NULL ? BIO_get_mem_data(bio, &text) : 0;

    if (len <= 0) {
        BIO_free(bio);
        return devcert_crypto_failed(s, name);
    }
    unlinkat(s->folder, fresh, 0); /* of one that was interrupted */
    int fd = openat(s->folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool done = fd >= 0 && fchmod(fd, mode) == 0 && devcert_write_all(fd, text, (size_t)len);
    int code = errno;
    BIO_free(bio);
    if (fd >= 0) close(fd);
    if (done && renameat(s->folder, fresh, s->folder, name) != 0) {
        done = false;
        code = errno;
    }
    if (!done) {
        unlinkat(s->folder, fresh, 0);
        return devcert_failed(s, code, "cannot write %s beside %s", name, s->out->ca_file);
    }
    fsync(s->folder);
    return true;
}

/* ---- certificates ---- */

/* The host's name, where it is a DNS name that adds something. */
static void devcert_host(char *host, size_t size)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

    if (gethostname(host, size) != 0) host[0] = '\0';
    host[size - 1] = '\0';
    for (char *c = host; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    size_t len = strlen(host);
    bool fits = len > 0 && len <= 64 && strspn(host, allowed) == len && host[0] != '.' &&
                host[0] != '-' && host[len - 1] != '.' && strstr(host, "..") == NULL;
    /* A name of digits and dots alone reads as an address. */
    bool is_name = host[strspn(host, "0123456789.")] != '\0';
    if (!fits || !is_name || strcmp(host, "localhost") == 0) host[0] = '\0';
}

static bool devcert_extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool done = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

/* 159 random bits: positive, and within the 20 octets of RFC 5280 §4.1.2.2. */
static bool devcert_serial(X509 *cert)
{
    BIGNUM *number = BN_new();
    bool done = number != NULL && BN_rand(number, 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return done;
}

/* Valid from an hour ago, for clocks that are a little slow. NULL: OpenSSL failed. */
static X509 *devcert_begin(const char *name, EVP_PKEY *key, int days)
{
    X509 *cert = X509_new();
    X509_NAME *subject = cert != NULL ? X509_get_subject_name(cert) : NULL;
    const unsigned char *text = (const unsigned char *)name;

    if (cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 && devcert_serial(cert) &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
        X509_time_adj_ex(X509_getm_notAfter(cert), days, 0, NULL) != NULL &&
        X509_set_pubkey(cert, key) == 1 &&
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                   (const unsigned char *)"weir development", -1, -1, 0) == 1 &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1)
        return cert;
    X509_free(cert);
    return NULL;
}

/* "permitted;DNS:" or "DNS:" and so on in front of each name that is ours. */
static void devcert_names(const devcert_state *s, bool constraints, char *out, size_t size)
{
    const char *mode = constraints ? "permitted;" : "";
    const char *one4 = constraints ? "/255.255.255.255" : "";
    const char *one6 = constraints ? "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "";

    int len = snprintf(out, size, "%s%sDNS:localhost,%sIP:127.0.0.1%s,%sIP:0:0:0:0:0:0:0:1%s",
                       constraints ? "critical," : "", mode, mode, one4, mode, one6);
    if (s->host[0] != '\0') snprintf(out + len, size - (size_t)len, ",%sDNS:%s", mode, s->host);
}

static bool devcert_make_ca(devcert_state *s)
{
    char names[1024], title[128];
    int n = snprintf(title, sizeof title, "weir development CA%s%s",
                     s->host[0] != '\0' ? " of " : "", s->host);

    if (n > 64) title[64] = '\0'; /* RFC 5280: ub-common-name */
    devcert_names(s, true, names, sizeof names);
    s->ca_key = EVP_EC_gen("P-256");
    s->ca = s->ca_key != NULL ? devcert_begin(title, s->ca_key, DEVCERT_CA_DAYS) : NULL;
    if (s->ca == NULL || X509_set_issuer_name(s->ca, X509_get_subject_name(s->ca)) != 1 ||
        !devcert_extend(s->ca, s->ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !devcert_extend(s->ca, s->ca, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !devcert_extend(s->ca, s->ca, NID_ext_key_usage, "serverAuth") ||
        !devcert_extend(s->ca, s->ca, NID_name_constraints, names) ||
        !devcert_extend(s->ca, s->ca, NID_subject_key_identifier, "hash") ||
        X509_sign(s->ca, s->ca_key, EVP_sha256()) <= 0)
        return devcert_crypto_failed(s, "making the certificate authority");

    /* The key first: a certificate without its key would be trusted for nothing. */
    BIO *key = BIO_new(BIO_s_mem()), *cert = BIO_new(BIO_s_mem());
    bool done = key != NULL && cert != NULL &&
                PEM_write_bio_PrivateKey(key, s->ca_key, NULL, NULL, 0, NULL, NULL) == 1 &&
                PEM_write_bio_X509(cert, s->ca) == 1;
    if (!done) {
        BIO_free(key);
        BIO_free(cert);
        return devcert_crypto_failed(s, "writing the certificate authority");
    }
    done = devcert_write(s, devcert_ca_key_file, 0600, key);
    if (!done) {
        BIO_free(cert);
        return false;
    }
    s->out->is_new_ca = true;
    return devcert_write(s, devcert_ca_file, 0644, cert);
}

static bool devcert_make_leaf(devcert_state *s)
{
    char names[1024];

    devcert_names(s, false, names, sizeof names);
    s->leaf_key = EVP_EC_gen("P-256");
    s->leaf =
        s->leaf_key != NULL ? devcert_begin("localhost", s->leaf_key, DEVCERT_LEAF_DAYS) : NULL;
    if (s->leaf == NULL || X509_set_issuer_name(s->leaf, X509_get_subject_name(s->ca)) != 1 ||
        !devcert_extend(s->leaf, s->ca, NID_basic_constraints, "critical,CA:FALSE") ||
        !devcert_extend(s->leaf, s->ca, NID_key_usage, "critical,digitalSignature") ||
        !devcert_extend(s->leaf, s->ca, NID_ext_key_usage, "serverAuth") ||
        !devcert_extend(s->leaf, s->ca, NID_subject_alt_name, names) ||
        !devcert_extend(s->leaf, s->ca, NID_subject_key_identifier, "hash") ||
        !devcert_extend(s->leaf, s->ca, NID_authority_key_identifier, "keyid:always") ||
        X509_sign(s->leaf, s->ca_key, EVP_sha256()) <= 0)
        return devcert_crypto_failed(s, "making the certificate");

    BIO *both = BIO_new(BIO_s_mem());
    if (both == NULL || PEM_write_bio_X509(both, s->leaf) != 1 ||
        PEM_write_bio_PrivateKey(both, s->leaf_key, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(both);
        return devcert_crypto_failed(s, "writing the certificate");
    }
    return devcert_write(s, devcert_leaf_file, 0600, both);
}

/* ---- what is kept ---- */

static int devcert_no_passphrase(char *buf, int size, int for_writing, void *data)
{
    (void)buf;
    (void)size;
    (void)for_writing;
    (void)data;
    return -1;
}

/* Begun, and not ending within so many days. */
static bool devcert_is_current(const X509 *cert, int days)
{
    int left, seconds;
    return X509_cmp_current_time(X509_get0_notBefore(cert)) < 0 &&
           ASN1_TIME_diff(&left, &seconds, NULL, X509_get0_notAfter(cert)) == 1 && left >= days;
}

/* Whether the names of the certificate are those that one made now would have. */
static bool devcert_has_names(const devcert_state *s, X509 *cert, int nid, bool constraints)
{
    char names[1024];
    X509V3_CTX context;

    devcert_names(s, constraints, names, sizeof names);
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, NULL, NULL, NULL, NULL, 0);
    X509_EXTENSION *wanted = X509V3_EXT_conf_nid(NULL, &context, nid, names);
    int at = X509_get_ext_by_NID(cert, nid, -1);
    bool same = wanted != NULL && at >= 0 &&
                ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(X509_get_ext(cert, at)),
                                      X509_EXTENSION_get_data(wanted)) == 0;
    X509_EXTENSION_free(wanted);
    return same;
}

static bool devcert_load_ca(devcert_state *s)
{
    BIO *key = devcert_read(s, devcert_ca_key_file, true);
    BIO *cert = devcert_read(s, devcert_ca_file, false);

    if (key != NULL) s->ca_key = PEM_read_bio_PrivateKey(key, NULL, devcert_no_passphrase, NULL);
    if (cert != NULL) s->ca = PEM_read_bio_X509(cert, NULL, devcert_no_passphrase, NULL);
    BIO_free(key);
    BIO_free(cert);
    bool good = s->ca_key != NULL && s->ca != NULL &&
                X509_check_private_key(s->ca, s->ca_key) == 1 && X509_check_ca(s->ca) == 1 &&
                devcert_is_current(s->ca, DEVCERT_CA_LEFT) &&
                devcert_has_names(s, s->ca, NID_name_constraints, true);
    ERR_clear_error();
    if (good) return true;
    EVP_PKEY_free(s->ca_key);
    X509_free(s->ca);
    s->ca_key = NULL;
    s->ca = NULL;
    return false;
}

static bool devcert_load_leaf(devcert_state *s)
{
    BIO *both = devcert_read(s, devcert_leaf_file, true);

    if (both != NULL) s->leaf = PEM_read_bio_X509(both, NULL, devcert_no_passphrase, NULL);
    if (s->leaf != NULL)
        s->leaf_key = PEM_read_bio_PrivateKey(both, NULL, devcert_no_passphrase, NULL);
    BIO_free(both);
    bool good = s->leaf_key != NULL && X509_check_private_key(s->leaf, s->leaf_key) == 1 &&
                X509_verify(s->leaf, s->ca_key) == 1 &&
                devcert_is_current(s->leaf, DEVCERT_LEAF_LEFT) &&
                devcert_has_names(s, s->leaf, NID_subject_alt_name, false);
    ERR_clear_error();
    if (good) return true;
    EVP_PKEY_free(s->leaf_key);
    X509_free(s->leaf);
    s->leaf_key = NULL;
    s->leaf = NULL;
    return false;
}

/* ---- the whole ---- */

/* What was written to `bio`, NUL-terminated on the heap. Takes `bio`. NULL: out of memory. */
static char *devcert_text(BIO *bio)
{
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    char *text = malloc((size_t)len + 1);

    if (text != NULL) {
        memcpy(text, data, (size_t)len);
        text[len] = '\0';
    }
    BIO_free(bio);
    return text;
}

static bool devcert_hand_out(devcert_state *s)
{
    BIO *chain = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());

    if (chain == NULL || key == NULL || PEM_write_bio_X509(chain, s->leaf) != 1 ||
        PEM_write_bio_PrivateKey(key, s->leaf_key, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(chain);
        BIO_free(key);
        return devcert_crypto_failed(s, "copying the certificate");
    }
    s->out->chain_pem = devcert_text(chain);
    s->out->key_pem = devcert_text(key);
    if (s->out->chain_pem != NULL && s->out->key_pem != NULL) return true;
    weir_devcert_free(s->out);
    return devcert_failed(s, ENOMEM, "copying the certificate");
}

bool weir_devcert_open(weir_devcert *out)
{
    devcert_state s = {.out = out, .folder = -1, .lock = -1};

    *out = (weir_devcert){.chain_pem = NULL};
    devcert_host(s.host, sizeof s.host);
    bool done = devcert_enter(&s) && (devcert_load_ca(&s) || devcert_make_ca(&s)) &&
                (devcert_load_leaf(&s) || devcert_make_leaf(&s)) && devcert_hand_out(&s);
    EVP_PKEY_free(s.leaf_key);
    X509_free(s.leaf);
    EVP_PKEY_free(s.ca_key);
    X509_free(s.ca);
    if (s.lock >= 0) close(s.lock); /* gives the lock back */
    if (s.folder >= 0) close(s.folder);
    return done;
}

void weir_devcert_free(weir_devcert *cert)
{
    free(cert->chain_pem);
    free(cert->key_pem);
    cert->chain_pem = cert->key_pem = NULL;
}
