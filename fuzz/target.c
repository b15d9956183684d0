/* SPDX-License-Identifier: MIT */
/*
 * Request targets, authorities and paths. The first octet says the method: 'C' CONNECT, 'O' OPTIONS, any
 * other GET. The rest is the target.
 *
 * - Parts: those of an accepted target are inside it, in order, and together with what parts them are all
 *   of it; the form goes with the method.
 * - Leniency: what is accepted strictly has the same parts with all leniencies, and tells none.
 * - Paths: decoded, a path begins with "/", has no NUL, and no segment "." or "..": nothing leads out of
 *   the root. Encoded again and decoded again it is the same: it was decoded once, and never twice.
 * - Room: a buffer that is too small stays as it was.
 */
#include "support.h"

#include <stdlib.h>

static void check_origin(weir_str s, const weir_target *t)
{
    const char *p =
        s.p + (t->form == WEIR_TARGET_ABSOLUTE ? t->scheme.len + 3 + t->authority.len : 0);
    require(t->path.p == p, "the path follows what comes before it");
    p += t->path.len;
    if (t->has_query) {
        require(*p == '?' && t->query.p == p + 1, "the query follows its question mark");
        p += 1 + t->query.len;
    }
    require(p == s.p + s.len, "path and query are the rest of the target");
}

/* Behind a host, which may have brackets, nothing, or a colon and digits: and that is all. */
static void check_host(weir_str authority, weir_str host, weir_str port)
{
    const char *end = authority.p + authority.len, *behind = host.p + host.len;
    require(host.p == authority.p && host.len <= authority.len,
            "an authority begins with its host");
    if (behind == end) {
        require(port.len == 0, "where nothing is behind the host there is no port");
        return;
    }
    require(*behind == ':' && behind + 1 + port.len == end &&
                (port.len == 0 || port.p == behind + 1),
            "an authority is a host, and a port behind its colon");
    for (size_t i = 0; i < port.len; i++)
        require(port.p[i] >= '0' && port.p[i] <= '9', "a port is digits");
}

static void check_parts(weir_str s, weir_method method, const weir_target *t)
{
    require((t->form == WEIR_TARGET_AUTHORITY) == (method == WEIR_METHOD_CONNECT),
            "CONNECT has an authority, and no other method");
    require(t->form != WEIR_TARGET_ASTERISK || (method == WEIR_METHOD_OPTIONS && s.len == 1),
            "only OPTIONS has an asterisk");
    if (t->form == WEIR_TARGET_ABSOLUTE)
        require(t->scheme.p == s.p && t->authority.p == s.p + t->scheme.len + 3 && t->host.len > 0,
                "an absolute form has a scheme and a host");
    bool has_host = t->form == WEIR_TARGET_ABSOLUTE || t->form == WEIR_TARGET_AUTHORITY;
    require(has_host || (t->scheme.len + t->authority.len + t->host.len + t->port.len == 0),
            "what a form does not have is empty");
    if (t->form == WEIR_TARGET_ABSOLUTE) check_host(t->authority, t->host, t->port);
    if (t->form == WEIR_TARGET_AUTHORITY) check_host(s, t->host, t->port);
    if (t->form == WEIR_TARGET_ORIGIN || t->form == WEIR_TARGET_ABSOLUTE) check_origin(s, t);
    if (t->form == WEIR_TARGET_ORIGIN) require(s.p[0] == '/', "an origin form begins with /");
    for (size_t i = 0; i < s.len; i++)
        require((unsigned char)s.p[i] > ' ' && (unsigned char)s.p[i] < 0x7f && s.p[i] != '#',
                "a target has no blank, control, fragment, or octet above ASCII");
}

/* No segment leads anywhere but down. */
static void check_decoded(weir_str path)
{
    require(path.len > 0 && path.p[0] == '/', "a decoded path begins with /");
    require(memchr(path.p, '\0', path.len) == NULL, "a decoded path has no NUL");
    for (size_t at = 0; at < path.len;) {
        size_t end = at + 1;
        while (end < path.len && path.p[end] != '/')
            end++;
        size_t len = end - at - 1;
        require(!(len == 1 && path.p[at + 1] == '.') &&
                    !(len == 2 && path.p[at + 1] == '.' && path.p[at + 2] == '.'),
                "a decoded path has no dot segment");
        at = end;
    }
}

static void check_path(weir_str path)
{
    size_t at;
    weir_buf small = {malloc(path.len + 1), 0, path.len > 0 ? path.len - 1 : 0};
    weir_buf once = {malloc(path.len + 1), 0, path.len}, twice;
    if (small.p == NULL || once.p == NULL) abort();
    weir_error err = weir_path_decode(path, &once, &at);
    require(err == WEIR_OK || err == WEIR_ERR_PATH, "a path is decoded, or refused");
    if (err != WEIR_OK) {
        require(once.len == 0 && at < path.len + 1, "nothing is written of a path that is refused");
    } else {
        check_decoded((weir_str){once.p, once.len});
        require(weir_path_decode(path, &small, &at) == WEIR_SPACE && small.len == 0,
                "a buffer that is too small stays as it was");
        char *encoded = malloc(once.len * 3 + 1);
        twice = (weir_buf){malloc(once.len * 3 + 1), 0, once.len * 3};
        if (encoded == NULL || twice.p == NULL) abort();
        size_t n = 0;
        for (size_t i = 0; i < once.len; i++) {
            unsigned char c = (unsigned char)once.p[i];
            static const char hex[] = "0123456789ABCDEF";
            if (c == '/') {
                encoded[n++] = '/';
                continue;
            }
            encoded[n++] = '%';
            encoded[n++] = hex[c >> 4];
            encoded[n++] = hex[c & 15];
        }
        require(weir_path_decode((weir_str){encoded, n}, &twice, &at) == WEIR_OK &&
                    twice.len == once.len && memcmp(twice.p, once.p, once.len) == 0,
                "a decoded path, encoded and decoded again, is the same");
        free(encoded);
        free(twice.p);
    }
    free(small.p);
    free(once.p);
}

/* All parts, each at the same place. */
static bool same_parts(const weir_target *a, const weir_target *b, const char *in)
{
    return a->form == b->form && a->has_query == b->has_query &&
           span_same(a->scheme, in, b->scheme, in) &&
           span_same(a->authority, in, b->authority, in) && span_same(a->host, in, b->host, in) &&
           span_same(a->port, in, b->port, in) && span_same(a->path, in, b->path, in) &&
           span_same(a->query, in, b->query, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096) return 0;
    weir_method method = data[0] == 'C'   ? WEIR_METHOD_CONNECT
                         : data[0] == 'O' ? WEIR_METHOD_OPTIONS
                                          : WEIR_METHOD_GET;
    size_t len = size - 1, at = SIZE_MAX;
    char *in = copy_exact(data + 1, len);
    weir_str s = {in, len};
    weir_target strict, lenient;
    weir_error err = weir_target_parse(s, method, &strict, &at);
    uint32_t allowed = 0;
    size_t lenient_at;
    weir_error also =
        weir_target_parse_allowing(s, method, WEIR_ALLOW_TOLERANT, &lenient, &allowed, &lenient_at);
    if (err == WEIR_OK) {
        check_parts(s, method, &strict);
        require(also == WEIR_OK && allowed == 0 && same_parts(&strict, &lenient, in),
                "what is accepted strictly is accepted alike with all leniencies");
        if (strict.path.len > 0) check_path(strict.path);
    } else {
        require(at <= len, "the octet at fault is in the target, or behind it");
        require(also != WEIR_OK || allowed != 0, "what leniency takes besides it tells");
    }
    if (len > 0 && in[0] == '/') check_path(s);
    weir_str host, port;
    if (weir_authority_parse(s, &host, &port, &at) == WEIR_OK) check_host(s, host, port);
    copy_free(in, len);
    return 0;
}
