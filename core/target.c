/* SPDX-License-Identifier: MIT */
/* target.c - request targets and the parts of URIs that HTTP needs (RFC 9112 §3.2, RFC 3986). */
#include "weir/target.h"

#include "ascii.h"
#include "scan.h"
#include "scan_host.h"

/* Reports the octet at fault. */
static weir_error target_fail(weir_error error, size_t at_fault, size_t *at)
{
    *at = at_fault;
    return error;
}

static weir_str target_span(const char *begin, const char *end)
{
    return (weir_str){begin, (size_t)(end - begin)};
}

static bool target_is_percent(const char *p, const char *end)
{
    return end - p >= 3 && weir__is((unsigned char)p[1], WEIR__HEX) &&
           weir__is((unsigned char)p[2], WEIR__HEX);
}

/*
 * The first octet of [p, end) that is not of the class or begins a broken percent-encoding
 * (RFC 3986 §2.1); `end` if there is none. "%" is in every class that is asked for here.
 */
static const char *target_scan(const char *p, const char *end, unsigned bits)
{
    const char *stop = weir__scan_while(p, end, bits);
    while (p < stop && (p = memchr(p, '%', (size_t)(stop - p))) != NULL) {
        if (!target_is_percent(p, stop)) return p;
        p += 3;
    }
    return stop;
}

/* ---- authorities (RFC 3986 §3.2) ---- */

/* dec-octet: 0 to 255 without leading zeros. Its end, or NULL. */
static const char *target_ipv4_octet(const char *p, const char *end)
{
    unsigned value = 0;
    const char *begin = p;
    while (p < end && p - begin < 3 && weir__is((unsigned char)*p, WEIR__DIGIT))
        value = value * 10 + (unsigned)(*p++ - '0');
    if (p == begin || value > 255 || (*begin == '0' && p - begin > 1)) return NULL;
    return p;
}

static bool target_is_ipv4(const char *p, const char *end)
{
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (p == end || *p++ != '.')) return false;
        p = target_ipv4_octet(p, end);
        if (p == NULL) return false;
    }
    return p == end;
}

/* RFC 3986 §3.2.2: eight groups of h16, one run of them as "::", the last two as IPv4 at will. */
static bool target_is_ipv6(const char *p, const char *end)
{
    int groups = 0;
    bool gap = false;
    if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
        gap = true;
        p += 2;
    }
    while (p < end) {
        const char *begin = p;
        while (p < end && weir__is((unsigned char)*p, WEIR__HEX))
            p++;
        if (p < end && *p == '.') {
            groups += 2;
            return target_is_ipv4(begin, end) && (gap ? groups < 8 : groups == 8);
        }
        if (p == begin || p - begin > 4 || ++groups > 8) return false;
        if (p == end) break;
        if (*p++ != ':' || p == end) return false;
        if (*p == ':') {
            if (gap) return false;
            gap = true;
            p++;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

/* RFC 3986 §3.2.2: "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool target_is_ipvfuture(const char *p, const char *end)
{
    if (p == end || (*p != 'v' && *p != 'V')) return false;
    const char *digits = ++p;
    while (p < end && weir__is((unsigned char)*p, WEIR__HEX))
        p++;
    if (p == digits || p == end || *p != '.' || ++p == end) return false;
    for (; p < end; p++)
        if (*p == '%' || (*p != ':' && !weir__is((unsigned char)*p, WEIR__REGNAME))) return false;
    return true;
}

/* The end of the host that begins at `p`; on an error, the octet at fault and *ok is false. */
static const char *target_host_end(const char *p, const char *end, bool *ok)
{
    *ok = true;
    if (p < end && *p == '[') {
        const char *close = memchr(p, ']', (size_t)(end - p));
        *ok = close != NULL && (target_is_ipv6(p + 1, close) || target_is_ipvfuture(p + 1, close));
        return *ok ? close + 1 : p;
    }
    const char *stop = target_scan(p, end, WEIR__REGNAME);
    *ok = stop == end || *stop == ':';
    return stop;
}

enum {
    TARGET_PORT_MAX = 65535
};

/* Digits that no TCP port is above; leading zeros are allowed (RFC 3986 §3.2.3). */
static const char *target_port_end(const char *p, const char *end, unsigned *port)
{
    *port = 0;
    for (; p < end && weir__is((unsigned char)*p, WEIR__DIGIT); p++) {
        unsigned next = *port * 10 + (unsigned)(*p - '0');
        if (next > TARGET_PORT_MAX) return p;
        *port = next;
    }
    return p;
}

weir_error weir_authority_parse(weir_str text, weir_str *host, weir_str *port, size_t *at)
{
    const char *begin = text.p, *end = text.p + text.len;
    if (weir__is_plain_name(begin, end)) { /* as most are */
        *host = text;
        *port = target_span(end, end);
        return WEIR_OK;
    }
    bool ok;
    const char *host_end = target_host_end(begin, end, &ok);
    if (!ok) return target_fail(WEIR_ERR_HOST, (size_t)(host_end - begin), at);
    const char *port_begin = host_end;
    if (host_end < end) {
        if (*host_end != ':' || host_end == begin)
            return target_fail(WEIR_ERR_HOST, (size_t)(host_end - begin), at);
        port_begin = host_end + 1;
        unsigned number;
        const char *port_end = target_port_end(port_begin, end, &number);
        if (port_end < end) return target_fail(WEIR_ERR_HOST, (size_t)(port_end - begin), at);
    }
    *host = target_span(begin, host_end);
    *port = target_span(port_begin, end);
    return WEIR_OK;
}

/* ---- the four forms (RFC 9112 §3.2) ---- */

/* What may be put up with, and what was. */
typedef struct {
    uint32_t allow, allowed;
} target_leniency;

/* What browsers send raw in a query. */
static bool target_is_raw(char c)
{
    return c == '"' || c == '<' || c == '>' || c == '[' || c == ']' || c == '\\' || c == '^' ||
           c == '`' || c == '{' || c == '|' || c == '}';
}

/* The end of a query, or its first octet that does not belong there. */
static const char *target_query(const char *p, const char *end, uint32_t allow, uint32_t *allowed)
{
    for (;;) {
        p = target_scan(p, end, WEIR__TARGET);
        if (p == end || !(allow & WEIR_ALLOW_RAW_QUERY) || !target_is_raw(*p)) return p;
        *allowed |= WEIR_ALLOW_RAW_QUERY;
        p++;
    }
}

/* Path and query from `p` to the end of the target; `p` is at "/", "?" or the end. */
static weir_error target_path(weir_str text, const char *p, target_leniency *l, weir_target *out,
                              size_t *at)
{
    const char *end = text.p + text.len;
    const char *path_end = target_scan(p, end, WEIR__PATH);
    out->path = target_span(p, path_end);
    if (path_end == end) return WEIR_OK;
    if (*path_end != '?') return target_fail(WEIR_ERR_TARGET, (size_t)(path_end - text.p), at);
    const char *query_end = target_query(path_end + 1, end, l->allow, &l->allowed);
    if (query_end < end) return target_fail(WEIR_ERR_TARGET, (size_t)(query_end - text.p), at);
    out->query = target_span(path_end + 1, end);
    out->has_query = true;
    return WEIR_OK;
}

/* RFC 9112 §3.2.3: CONNECT alone, with a host, and a port that can be connected to. */
static weir_error target_authority(weir_str text, weir_target *out, size_t *at)
{
    const char *end = text.p + text.len;
    bool asterisk = text.len == 1 && text.p[0] == '*'; /* with more behind it, a host */
    if (text.p[0] == '/' || asterisk) return target_fail(WEIR_ERR_TARGET_FORM, 0, at);
    const char *user = memchr(text.p, '@', text.len);
    if (user != NULL) return target_fail(WEIR_ERR_USERINFO, (size_t)(user - text.p), at);
    if (weir_authority_parse(text, &out->host, &out->port, at) != WEIR_OK) return WEIR_ERR_TARGET;
    unsigned port;
    target_port_end(out->port.p, end, &port);
    if (out->host.len == 0 || port == 0) return target_fail(WEIR_ERR_TARGET, text.len, at);
    out->form = WEIR_TARGET_AUTHORITY;
    out->authority = text;
    return WEIR_OK;
}

/* The authority of an absolute form: a host of at least one octet (RFC 9110 §4.2.1), no user. */
static weir_error target_absolute_authority(weir_str text, weir_target *out, size_t *at)
{
    size_t offset = (size_t)(out->authority.p - text.p);
    const char *user = memchr(out->authority.p, '@', out->authority.len);
    if (user != NULL) return target_fail(WEIR_ERR_USERINFO, (size_t)(user - text.p), at);
    size_t fault;
    if (weir_authority_parse(out->authority, &out->host, &out->port, &fault) != WEIR_OK)
        return target_fail(WEIR_ERR_TARGET, offset + fault, at);
    if (out->host.len == 0) return target_fail(WEIR_ERR_TARGET, offset, at);
    return WEIR_OK;
}

/* RFC 9112 §3.2.2, with the authority that "http" and "https" have (RFC 9110 §4.2). */
static weir_error target_absolute(weir_str text, target_leniency *l, weir_target *out, size_t *at)
{
    const char *end = text.p + text.len;
    if (!weir__is((unsigned char)text.p[0], WEIR__ALPHA))
        return target_fail(WEIR_ERR_TARGET, 0, at);
    const char *p = weir__scan_while(text.p, end, WEIR__SCHEME);
    if (end - p < 3 || p[0] != ':' || p[1] != '/' || p[2] != '/')
        return target_fail(WEIR_ERR_TARGET, (size_t)(p - text.p), at);
    out->form = WEIR_TARGET_ABSOLUTE;
    out->scheme = target_span(text.p, p);
    const char *authority = p + 3;
    for (p = authority; p < end && *p != '/' && *p != '?'; p++) {
    }
    out->authority = target_span(authority, p);
    weir_error err = target_absolute_authority(text, out, at);
    return err == WEIR_OK ? target_path(text, p, l, out, at) : err;
}

weir_error weir_target_parse(weir_str text, weir_method method, weir_target *out, size_t *at)
{
    uint32_t allowed = 0;
    return weir_target_parse_allowing(text, method, 0, out, &allowed, at);
}

weir_error weir_target_parse_allowing(weir_str text, weir_method method, uint32_t allow,
                                      weir_target *out, uint32_t *allowed, size_t *at)
{
    target_leniency l = {allow, 0};
    if (text.len == 0) return target_fail(WEIR_ERR_TARGET, 0, at);
    weir_target parts = {.form = WEIR_TARGET_ORIGIN};
    weir_error err = WEIR_OK;
    if (method == WEIR_METHOD_CONNECT) {
        err = target_authority(text, &parts, at);
    } else if (text.p[0] == '/') {
        err = target_path(text, text.p, &l, &parts, at);
    } else if (text.p[0] == '*') {
        if (text.len > 1) return target_fail(WEIR_ERR_TARGET, 1, at);
        if (method != WEIR_METHOD_OPTIONS) return target_fail(WEIR_ERR_TARGET_FORM, 0, at);
        parts.form = WEIR_TARGET_ASTERISK;
    } else {
        err = target_absolute(text, &l, &parts, at);
    }
    if (err != WEIR_OK) return err;
    *out = parts;
    *allowed |= l.allowed;
    return WEIR_OK;
}

/* ---- paths for a file system (RFC 3986 §2.1, §5.2.4) ---- */

static unsigned target_hex(char c)
{
    unsigned char lower = weir_lower((unsigned char)c);
    return lower >= 'a' ? lower - 'a' + 10u : lower - (unsigned)'0';
}

/* Takes one octet of the path, decoded; NULL: a broken encoding, or NUL or "/" encoded. */
static const char *target_decode(const char *p, const char *end, char *octet)
{
    if (*p != '%') {
        *octet = *p;
        return *p != '\0' ? p + 1 : NULL;
    }
    if (!target_is_percent(p, end)) return NULL;
    unsigned value = target_hex(p[1]) << 4 | target_hex(p[2]);
    if (value == 0 || value == '/') return NULL;
    *octet = (char)(unsigned char)value;
    return p + 3;
}

/*
 * What a decoded segment [begin, end) of the output does to it: "." vanishes, ".." takes the
 * segment before it along but never the root's "/". Returns the new end.
 */
static char *target_dot_segment(char *root, char *begin, char *end)
{
    bool dot = end - begin == 1 && begin[0] == '.';
    bool dots = end - begin == 2 && begin[0] == '.' && begin[1] == '.';
    if (!dot && !dots) return end;
    if (dots && begin - root > 1) {
        begin--; /* the "/" before it, then the segment before that */
        while (begin[-1] != '/')
            begin--;
    }
    return begin;
}

weir_error weir_path_decode(weir_str path, weir_buf *out, size_t *at)
{
    const char *p = path.p, *end = path.p + path.len;
    if (path.len == 0 || *p != '/') return target_fail(WEIR_ERR_PATH, 0, at);
    if (out->cap - out->len < path.len) return WEIR_SPACE;

    char *root = out->p + out->len, *segment = root, *w = root;
    while (p < end) {
        if (*p == '/') {
            char *kept = target_dot_segment(root, segment, w);
            if (kept == w)
                *w++ = '/';
            else
                w = kept; /* a dot segment goes with the "/" behind it */
            segment = w;
            p++;
            continue;
        }
        const char *next = target_decode(p, end, w);
        if (next == NULL) return target_fail(WEIR_ERR_PATH, (size_t)(p - path.p), at);
        w++;
        p = next;
    }
    w = target_dot_segment(root, segment, w);
    out->len += (size_t)(w - root);
    return WEIR_OK;
}
