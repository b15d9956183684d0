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

static void check_parts(weir_str s, weir_method method, const weir_target *t)
{
    require((t->form == WEIR_TARGET_AUTHORITY) == (method == WEIR_METHOD_CONNECT),
            "CONNECT has an authority, and no other method");
    require(t->form != WEIR_TARGET_ASTERISK || (method == WEIR_METHOD_OPTIONS && s.len == 1),
            "only OPTIONS has an asterisk");
    if (t->form == WEIR_TARGET_ABSOLUTE)
        require(t->scheme.p == s.p && t->authority.p == s.p + t->scheme.len + 3 && t->host.len > 0,
                "an absolute form has a scheme and a host");
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
        require(also == WEIR_OK && allowed == 0 && lenient.form == strict.form &&
                    span_same(strict.path, in, lenient.path, in) &&
                    span_same(strict.query, in, lenient.query, in) &&
                    span_same(strict.host, in, lenient.host, in),
                "what is accepted strictly is accepted alike with all leniencies");
        if (strict.path.len > 0) check_path(strict.path);
    } else {
        require(at <= len, "the octet at fault is in the target, or behind it");
        require(also != WEIR_OK || allowed != 0, "what leniency takes besides it tells");
    }
    if (len > 0 && in[0] == '/') check_path(s);
    weir_str host, port;
    if (weir_authority_parse(s, &host, &port, &at) == WEIR_OK)
        require(host.p == in &&
                    (host.len == len || (in[host.len] == ':' && port.p == in + host.len + 1 &&
                                         host.len + 1 + port.len == len)),
                "an authority is a host, and a port behind its colon");
    copy_free(in, len);
    return 0;
}
