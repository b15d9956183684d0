/* SPDX-License-Identifier: MIT */
/*
 * fuzz/reference_parser.c - a function a rule, in the order of the wire. The comments are the rules:
 * RFC 9112 where no other is named. A function that is false has set the verdict.
 */
#include "reference_parser.h"

#include <string.h>

/* The default limits (core/include/weir/limits.h), in numbers of their own. */
enum {
    MOST_HEAD = 32768,
    MOST_METHOD = 32,
    MOST_TARGET = 16384,
    MOST_LINE = 24576,
    MOST_EMPTY_LINES = 4,
    MOST_EXTENSIONS = 4096,
    MOST_EXTENSIONS_OF_A_CHUNK = 1024,
    MOST_TRAILERS = 8192,
    PORT_MAX = 65535
};

#define LENGTH_MAX UINT64_C(9223372036854775807)

typedef struct {
    ref_message *m;
    const uint8_t *wire;
    size_t at, len;
    size_t line;    /* where the line begins */
    size_t section; /* where the head or the trailers begin */
    size_t most;    /* octets that they may have; 0: no limit here */
} ref;

/* ---- where it stops ---- */

static bool add_refusal(ref_message *m, int status)
{
    size_t i = 0;
    while (m->refusals[i] != 0 && m->refusals[i] != status && i < 3)
        i++;
    m->refusals[i] = status;
    m->verdict = REF_REFUSED;
    return false;
}

static bool refuse(ref *r, int status)
{
    return add_refusal(r->m, status);
}

/* There is another octet, within the limits of lines and sections. */
static bool have(ref *r)
{
    if (r->most != 0 && r->at - r->section >= r->most) return refuse(r, 431);
    if (r->at == r->len) {
        r->m->verdict = REF_MORE;
        return false;
    }
    if (r->most != 0 && r->at - r->line >= MOST_LINE) return refuse(r, 431);
    return true;
}

static bool take(ref *r, uint8_t wanted)
{
    if (!have(r)) return false;
    if (r->wire[r->at] != wanted) return refuse(r, 400);
    r->at++;
    return true;
}

static bool take_line_end(ref *r)
{
    if (!take(r, '\r') || !take(r, '\n')) return false;
    r->line = r->at;
    return true;
}

/* ---- octets: RFC 5234 B.1, RFC 9110 §5.5, §5.6, RFC 3986 §2 ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned hex_of(uint8_t c)
{
    return is_digit(c) ? (unsigned)(c - '0') : (c | 0x20u) - 'a' + 10;
}

static bool is_one_of(uint8_t c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

static bool is_tchar(uint8_t c)
{
    return is_digit(c) || is_alpha(c) || is_one_of(c, "!#$%&'*+-.^_`|~");
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_vchar(uint8_t c)
{
    return c >= 0x21 && c <= 0x7e;
}

/* HTAB / SP / VCHAR / obs-text */
static bool is_text(uint8_t c)
{
    return is_blank(c) || is_vchar(c) || c >= 0x80;
}

static bool is_reg_name(uint8_t c)
{
    return is_digit(c) || is_alpha(c) || is_one_of(c, "-._~!$&'()*+,;=");
}

static bool is_pchar(uint8_t c)
{
    return is_reg_name(c) || c == ':' || c == '@';
}

/* ---- pieces of what is complete ---- */

static uint8_t octet(const ref *r, size_t at)
{
    return r->wire[at];
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool same(const ref *r, ref_span s, const char *word)
{
    if (s.len != strlen(word)) return false;
    for (size_t i = 0; i < s.len; i++)
        if (lower(octet(r, s.at + i)) != (uint8_t)word[i]) return false;
    return true;
}

static ref_span trim(const ref *r, ref_span s)
{
    while (s.len > 0 && is_blank(octet(r, s.at)))
        s.at++, s.len--;
    while (s.len > 0 && is_blank(octet(r, s.at + s.len - 1)))
        s.len--;
    return s;
}

/* RFC 3986 §2.1: the first octet from `at` that neither `may_be` nor a percent-encoding has. */
static size_t run(const ref *r, size_t at, size_t end, bool (*may_be)(uint8_t), const char *others)
{
    while (at < end) {
        uint8_t c = octet(r, at);
        if (c == '%' && end - at >= 3 && is_hex(octet(r, at + 1)) && is_hex(octet(r, at + 2)))
            at += 3;
        else if (may_be(c) || is_one_of(c, others))
            at++;
        else
            break;
    }
    return at;
}

/* ---- host and port: RFC 3986 §3.2.2, §3.2.3 ---- */

/* dec-octet "." dec-octet "." dec-octet "." dec-octet */
static bool is_ipv4(const ref *r, size_t at, size_t end)
{
    for (int i = 0; i < 4; i++) {
        size_t from = at;
        unsigned value = 0;
        for (; at < end && is_digit(octet(r, at)) && at - from < 3; at++)
            value = value * 10 + (octet(r, at) - '0');
        if (at == from || value > 255 || (octet(r, from) == '0' && at - from > 1)) return false;
        if (i < 3 && (at == end || octet(r, at++) != '.')) return false;
    }
    return at == end;
}

/* h16 ( ":" h16 )..., of which the last two may be an IPv4address: how many groups, -1: none of it. */
static int ipv6_groups(const ref *r, size_t at, size_t end)
{
    if (at == end) return 0;
    for (int groups = 1;; groups++) {
        size_t from = at;
        while (at < end && is_hex(octet(r, at)))
            at++;
        if (at < end && octet(r, at) == '.') return is_ipv4(r, from, end) ? groups + 1 : -1;
        if (at == from || at - from > 4) return -1;
        if (at == end) return groups;
        if (octet(r, at++) != ':') return -1;
    }
}

/* Eight groups; or fewer, with "::" once in the place of those that are missing. */
static bool is_ipv6(const ref *r, size_t at, size_t end)
{
    for (size_t i = at; i + 1 < end; i++) {
        if (octet(r, i) != ':' || octet(r, i + 1) != ':') continue;
        /* Only what is last may be an IPv4address. */
        if (i > at && memchr(r->wire + at, '.', i - at) != NULL) return false;
        int before = ipv6_groups(r, at, i), behind = ipv6_groups(r, i + 2, end);
        return before >= 0 && behind >= 0 && before + behind < 8;
    }
    return ipv6_groups(r, at, end) == 8;
}

/* "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_ipvfuture(const ref *r, size_t at, size_t end)
{
    if (at == end || lower(octet(r, at++)) != 'v') return false;
    size_t from = at;
    while (at < end && is_hex(octet(r, at)))
        at++;
    if (at == from || at == end || octet(r, at++) != '.' || at == end) return false;
    while (at < end && (is_reg_name(octet(r, at)) || octet(r, at) == ':'))
        at++;
    return at == end;
}

/* host [ ":" port ]; the port, if it has digits, is one that TCP has. */
static bool is_authority(const ref *r, ref_span s, ref_span *host, unsigned *port)
{
    size_t at = s.at, end = s.at + s.len;
    *port = 0;
    if (s.len > 0 && octet(r, at) == '[') {
        while (at < end && octet(r, at) != ']')
            at++;
        if (at == end) return false;
        if (!is_ipv6(r, s.at + 1, at) && !is_ipvfuture(r, s.at + 1, at)) return false;
        at++;
    } else {
        at = run(r, at, end, is_reg_name, "");
    }
    *host = (ref_span){s.at, at - s.at};
    if (at == end) return true;
    if (octet(r, at) != ':' || host->len == 0) return false;
    for (at++; at < end; at++) {
        if (!is_digit(octet(r, at))) return false;
        *port = *port * 10 + (octet(r, at) - '0');
        if (*port > PORT_MAX) return false;
    }
    return true;
}

/* ---- targets (§3.2) ---- */

/* absolute-path [ "?" query ], or nothing before the "?" where an authority went before. */
static bool is_path_and_query(const ref *r, size_t at, size_t end)
{
    at = run(r, at, end, is_pchar, "/");
    if (at == end) return true;
    return octet(r, at) == '?' && run(r, at + 1, end, is_pchar, "/?") == end;
}

/* scheme "://" authority path [ "?" query ], and no userinfo (RFC 9110 §4.2) */
static bool is_absolute(const ref *r, ref_span target)
{
    size_t at = target.at, end = target.at + target.len;
    if (!is_alpha(octet(r, at))) return false;
    while (at < end &&
           (is_alpha(octet(r, at)) || is_digit(octet(r, at)) || is_one_of(octet(r, at), "+-.")))
        at++;
    if (end - at < 3 || memcmp(r->wire + at, "://", 3) != 0) return false;
    ref_span authority = {at + 3, 0}, host;
    unsigned port;
    for (at = authority.at; at < end && octet(r, at) != '/' && octet(r, at) != '?'; at++)
        authority.len++;
    return is_authority(r, authority, &host, &port) && host.len > 0 &&
           is_path_and_query(r, at, end);
}

static bool is_target(const ref *r, ref_span method, ref_span target)
{
    bool connect = method.len == 7 && memcmp(r->wire + method.at, "CONNECT", 7) == 0;
    bool options = method.len == 7 && memcmp(r->wire + method.at, "OPTIONS", 7) == 0;
    bool asterisk = target.len == 1 && octet(r, target.at) == '*';
    if (connect) { /* authority form: uri-host ":" port, with both */
        ref_span host;
        unsigned port;
        return !asterisk && is_authority(r, target, &host, &port) && host.len > 0 && port > 0;
    }
    if (asterisk) return options;
    if (octet(r, target.at) == '/') return is_path_and_query(r, target.at, target.at + target.len);
    return is_absolute(r, target);
}

/* ---- start lines ---- */

/* HTTP-name "/" DIGIT "." DIGIT (§2.3); `major` is for when what follows is there. */
static bool take_version(ref *r, unsigned *major)
{
    for (const char *p = "HTTP/"; *p != '\0'; p++)
        if (!take(r, (uint8_t)*p)) return false;
    for (int i = 0; i < 2; i++) {
        if (i == 1 && !take(r, '.')) return false;
        if (!have(r)) return false;
        if (!is_digit(octet(r, r->at))) return refuse(r, 400);
        if (i == 0)
            *major = octet(r, r->at) - '0';
        else
            r->m->minor = octet(r, r->at) - '0';
        r->at++;
    }
    return true;
}

/* method SP: a token, no longer than it may be */
static bool take_method(ref *r)
{
    ref_span *s = &r->m->method;
    s->at = r->at;
    for (;;) {
        if (!have(r)) return false;
        if (!is_tchar(octet(r, r->at))) break;
        if (s->len == MOST_METHOD) return refuse(r, 501);
        s->len++;
        r->at++;
    }
    return s->len > 0 ? take(r, ' ') : refuse(r, 400);
}

/* request-target SP: no blank, no control, ASCII */
static bool take_target(ref *r)
{
    ref_span *s = &r->m->target;
    s->at = r->at;
    for (;;) {
        if (!have(r)) return false;
        if (!is_vchar(octet(r, r->at))) break;
        if (s->len == MOST_TARGET) return refuse(r, 414);
        s->len++;
        r->at++;
    }
    return s->len > 0 ? take(r, ' ') : refuse(r, 400);
}

/* method SP request-target SP HTTP-version CRLF (§3), and empty lines before it (§2.2) */
static bool take_request_line(ref *r)
{
    for (int lines = 0; have(r) && octet(r, r->at) == '\r'; lines++) {
        if (lines == MOST_EMPTY_LINES) return refuse(r, 400);
        if (!take_line_end(r)) return false;
    }
    unsigned major;
    if (!take_method(r) || !take_target(r) || !take_version(r, &major)) return false;
    if (!take(r, '\r')) return false;
    if (major != 1) return refuse(r, 505);
    if (!take(r, '\n')) return false;
    r->line = r->at;
    return is_target(r, r->m->method, r->m->target) || refuse(r, 400);
}

/* HTTP-version SP status-code SP [ reason-phrase ] CRLF (§4) */
static bool take_status_line(ref *r)
{
    unsigned major;
    if (!take_version(r, &major) || !take(r, ' ')) return false;
    if (major != 1) return refuse(r, 505);
    for (int i = 0; i < 3; i++) {
        if (!have(r)) return false;
        if (!is_digit(octet(r, r->at)) || (i == 0 && octet(r, r->at) == '0')) return refuse(r, 502);
        r->m->status = r->m->status * 10 + (octet(r, r->at++) - '0');
    }
    if (!take(r, ' ')) return false;
    ref_span *s = &r->m->reason;
    s->at = r->at;
    while (have(r) && is_text(octet(r, r->at)))
        s->len++, r->at++;
    return r->m->verdict == REF_COMPLETE && take_line_end(r);
}

/* ---- fields (§5) ---- */

/* field-name ":" OWS field-value OWS CRLF */
static bool take_field_line(ref *r, ref_field *f)
{
    f->name = (ref_span){r->at, 0};
    for (;;) {
        if (!have(r)) return false;
        if (!is_tchar(octet(r, r->at))) break;
        f->name.len++;
        r->at++;
    }
    if (!take(r, ':')) return false;
    f->value = (ref_span){r->at, 0};
    for (;;) {
        if (!have(r)) return false;
        if (!is_text(octet(r, r->at))) break;
        f->value.len++;
        r->at++;
    }
    f->value = trim(r, f->value);
    return take_line_end(r);
}

/* *( field-line CRLF ) CRLF */
static bool take_section(ref *r, ref_section *section)
{
    for (;;) {
        if (!have(r)) return false;
        if (octet(r, r->at) == '\r') return take_line_end(r);
        if (!is_tchar(octet(r, r->at))) return refuse(r, 400);
        if (section->count == REF_FIELDS) return refuse(r, 431);
        if (!take_field_line(r, &section->field[section->count])) return false;
        section->count++;
    }
}

/* ---- lists (RFC 9110 §5.6.1) ---- */

/* Behind the quoted-string that begins at `at` (RFC 9110 §5.6.4); 0: it does not end. */
static size_t behind_quoted(const ref *r, size_t at, size_t end)
{
    for (at++; at < end; at++) {
        if (octet(r, at) == '"') return at + 1;
        if (octet(r, at) == '\\' && (++at == end || !is_text(octet(r, at)))) return 0;
    }
    return 0;
}

/* The next member that is not empty. False: there is none, or `malformed`. */
static bool next_member(const ref *r, ref_span *list, ref_span *member, bool *malformed)
{
    size_t at = list->at, end = list->at + list->len;
    *malformed = false;
    for (;;) {
        size_t from = at;
        while (at < end && octet(r, at) != ',') {
            at = octet(r, at) == '"' ? behind_quoted(r, at, end) : at + 1;
            *malformed = at == 0;
            if (*malformed) return false;
        }
        *member = trim(r, (ref_span){from, at - from});
        if (member->len > 0) break;
        if (at == end) return false;
        at++;
    }
    *list = (ref_span){at, end - at};
    return true;
}

/* ---- framing (§6, §9.3, §9.6; RFC 9110 §7.6.1, §7.8, §10.1.1) ---- */

static size_t count_of(const ref *r, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < r->m->head.count; i++)
        n += same(r, r->m->head.field[i].name, name);
    return n;
}

/* A member of any line of that name. */
static bool says(const ref *r, const char *name, const char *word)
{
    for (size_t i = 0; i < r->m->head.count; i++) {
        if (!same(r, r->m->head.field[i].name, name)) continue;
        ref_span list = r->m->head.field[i].value, member;
        bool malformed;
        while (next_member(r, &list, &member, &malformed))
            if (same(r, member, word)) return true;
    }
    return false;
}

/* A quote in any line of that name does not end. */
static bool breaks_off(const ref *r, const char *name)
{
    for (size_t i = 0; i < r->m->head.count; i++) {
        if (!same(r, r->m->head.field[i].name, name)) continue;
        ref_span list = r->m->head.field[i].value, member;
        bool malformed;
        while (next_member(r, &list, &member, &malformed))
            ;
        if (malformed) return true;
    }
    return false;
}

/* A word of Connection is a field that says where a message ends or goes. */
static bool drops_framing(const ref *r)
{
    for (size_t i = 0; i < r->m->head.count; i++) {
        if (!same(r, r->m->head.field[i].name, "connection")) continue;
        ref_span v = r->m->head.field[i].value;
        for (size_t at = v.at, end = v.at + v.len; at < end; at++) {
            ref_span word = {at, 0};
            while (at < end && is_tchar(octet(r, at)))
                at++, word.len++;
            if (same(r, word, "content-length") || same(r, word, "transfer-encoding") ||
                same(r, word, "host"))
                return true;
        }
    }
    return false;
}

static bool is_host_right(const ref *r)
{
    size_t n = count_of(r, "host");
    if (n == 0) return r->m->minor == 0;
    for (size_t i = 0; i < r->m->head.count; i++) {
        ref_span host;
        unsigned port;
        if (same(r, r->m->head.field[i].name, "host") &&
            !is_authority(r, r->m->head.field[i].value, &host, &port))
            return false;
    }
    return n == 1;
}

/* Content-Length: one, 1*DIGIT, below 2^63. */
static bool read_length(ref *r)
{
    ref_message *m = r->m;
    if (count_of(r, "content-length") > 1) add_refusal(m, 400);
    for (size_t i = 0; i < m->head.count; i++) {
        if (!same(r, m->head.field[i].name, "content-length")) continue;
        ref_span v = m->head.field[i].value;
        if (v.len == 0) return refuse(r, 400);
        bool above = false;
        uint64_t n = 0;
        for (size_t at = v.at; at < v.at + v.len; at++) {
            if (!is_digit(octet(r, at))) return refuse(r, 400);
            unsigned digit = octet(r, at) - '0';
            above = above || n > (LENGTH_MAX - digit) / 10;
            n = above ? 0 : n * 10 + digit;
        }
        if (above) return refuse(r, 413);
        m->length = n;
    }
    m->payload = REF_LENGTH;
    return m->verdict != REF_REFUSED;
}

/* transfer-parameter = token BWS "=" BWS ( token / quoted-string ); from `at`, its ";" behind it */
static bool are_parameters(const ref *r, size_t at, size_t end)
{
    while (at < end) {
        size_t from;
        while (at < end && is_blank(octet(r, at)))
            at++;
        if (at == end || octet(r, at++) != ';') return false;
        while (at < end && is_blank(octet(r, at)))
            at++;
        for (from = at; at < end && is_tchar(octet(r, at));)
            at++;
        if (at == from) return false;
        while (at < end && is_blank(octet(r, at)))
            at++;
        if (at == end || octet(r, at++) != '=') return false;
        while (at < end && is_blank(octet(r, at)))
            at++;
        if (at < end && octet(r, at) == '"') {
            at = behind_quoted(r, at, end);
            if (at == 0) return false;
            continue;
        }
        for (from = at; at < end && is_tchar(octet(r, at));)
            at++;
        if (at == from) return false;
    }
    return true;
}

/* transfer-coding = token *( OWS ";" OWS transfer-parameter ); chunked has none */
static bool read_coding(const ref *r, ref_span member, bool *chunked)
{
    ref_span name = {member.at, 0};
    while (name.len < member.len && is_tchar(octet(r, name.at + name.len)))
        name.len++;
    *chunked = same(r, name, "chunked");
    if (name.len == 0 || (*chunked && name.len < member.len)) return false;
    return are_parameters(r, name.at + name.len, member.at + member.len);
}

/* Transfer-Encoding: chunked alone and at the end. Of a response without it, the connection's end ends. */
static bool read_codings(ref *r, bool response)
{
    ref_message *m = r->m;
    size_t members = 0, chunks = 0;
    bool last = false, malformed = false;
    for (size_t i = 0; i < m->head.count; i++) {
        if (!same(r, m->head.field[i].name, "transfer-encoding")) continue;
        ref_span list = m->head.field[i].value, member;
        bool broken;
        while (next_member(r, &list, &member, &broken)) {
            if (!read_coding(r, member, &last)) malformed = true;
            members++;
            chunks += last;
        }
        malformed = malformed || broken;
    }
    if (m->minor == 0) add_refusal(m, 400);
    if (count_of(r, "content-length") > 0) add_refusal(m, 400);
    if (members == 0 || malformed || chunks > 1 || (!last && !response)) add_refusal(m, 400);
    if (members > 1 && last) add_refusal(m, 501);
    m->payload = last ? REF_CHUNKED : REF_UNTIL_CLOSE;
    return m->verdict != REF_REFUSED;
}

/* §6.3, the rules in their order */
static bool read_payload(ref *r, ref_kind kind)
{
    ref_message *m = r->m;
    bool response = kind != REF_REQUEST;
    if (response && (m->status == 101 || (kind == REF_RESPONSE_TO_CONNECT && m->status / 100 == 2)))
        m->payload = REF_TUNNEL;
    else if (response && (kind == REF_RESPONSE_TO_HEAD || m->status / 100 == 1 ||
                          m->status == 204 || m->status == 304))
        m->payload = REF_NO_PAYLOAD;
    else if (count_of(r, "transfer-encoding") > 0)
        return read_codings(r, response);
    else if (count_of(r, "content-length") > 0)
        return read_length(r);
    else
        m->payload = response ? REF_UNTIL_CLOSE : REF_NO_PAYLOAD;
    return true;
}

static bool read_framing(ref *r, ref_kind kind)
{
    ref_message *m = r->m;
    if (drops_framing(r)) add_refusal(m, 400);
    if (kind == REF_REQUEST && !is_host_right(r)) add_refusal(m, 400);
    read_payload(r, kind);
    bool close = says(r, "connection", "close") || breaks_off(r, "connection");
    bool keeps = says(r, "connection", "keep-alive");
    m->persistent = !close && (m->minor >= 1 || keeps) && m->payload != REF_UNTIL_CLOSE;
    bool payload = m->payload == REF_CHUNKED || (m->payload == REF_LENGTH && m->length > 0);
    m->expects_continue =
        kind == REF_REQUEST && payload && m->minor >= 1 && says(r, "expect", "100-continue");
    m->upgrade = m->minor >= 1 && count_of(r, "upgrade") > 0 && says(r, "connection", "upgrade");
    return m->verdict != REF_REFUSED;
}

/* ---- bodies (§6.2, §7) ---- */

/* As many octets of payload as there are, of `n`. */
static bool take_payload(ref *r, uint64_t n, uint8_t *is_payload)
{
    for (; n > 0; n--) {
        if (!have(r)) return false;
        is_payload[r->at++] = 1;
    }
    return true;
}

/* What a chunk's line may have beside its size. */
typedef struct {
    size_t all, of_this;
} extensions;

/* An octet of extensions: there is one, and it is not too many. */
static bool have_extension(ref *r, extensions *e)
{
    if (!have(r)) return false;
    if (octet(r, r->at) == '\r') return true;
    if (e->all == MOST_EXTENSIONS || e->of_this == MOST_EXTENSIONS_OF_A_CHUNK)
        return refuse(r, 413);
    return true;
}

static void pass_extension(ref *r, extensions *e)
{
    r->at++;
    e->all++;
    e->of_this++;
}

/* BWS */
static bool pass_blanks(ref *r, extensions *e)
{
    while (have_extension(r, e) && is_blank(octet(r, r->at)))
        pass_extension(r, e);
    return r->m->verdict == REF_COMPLETE;
}

static bool take_ext_token(ref *r, extensions *e)
{
    size_t from = r->at;
    while (have_extension(r, e) && is_tchar(octet(r, r->at)))
        pass_extension(r, e);
    if (r->m->verdict != REF_COMPLETE) return false;
    return r->at > from || refuse(r, 400);
}

/* RFC 9110 §5.6.4 */
static bool take_ext_quoted(ref *r, extensions *e)
{
    pass_extension(r, e);
    for (;;) {
        if (!have_extension(r, e)) return false;
        uint8_t c = octet(r, r->at);
        if (!is_text(c)) return refuse(r, 400);
        pass_extension(r, e);
        if (c == '"') return true;
        if (c != '\\') continue;
        if (!have_extension(r, e)) return false;
        if (!is_text(octet(r, r->at))) return refuse(r, 400);
        pass_extension(r, e);
    }
}

/* chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ), and the line's end */
static bool take_chunk_ext(ref *r, extensions *e)
{
    bool blanks = false; /* before the end of the line are none */
    for (;;) {
        if (!have_extension(r, e)) return false;
        if (octet(r, r->at) == '\r') return blanks ? refuse(r, 400) : take_line_end(r);
        if (is_blank(octet(r, r->at))) {
            blanks = true;
            if (!pass_blanks(r, e)) return false;
            continue;
        }
        if (octet(r, r->at) != ';') return refuse(r, 400);
        pass_extension(r, e);
        blanks = false;
        if (!pass_blanks(r, e) || !take_ext_token(r, e)) return false;
        size_t name_end = r->at;
        if (!pass_blanks(r, e)) return false;
        if (octet(r, r->at) != '=') {
            blanks = r->at > name_end;
            continue;
        }
        pass_extension(r, e);
        if (!pass_blanks(r, e)) return false;
        bool quoted = octet(r, r->at) == '"';
        if (!(quoted ? take_ext_quoted(r, e) : take_ext_token(r, e))) return false;
    }
}

/* 1*HEXDIG below 2^63; zeros that say nothing are counted as extensions are */
static bool take_chunk_size(ref *r, uint64_t *size, extensions *e)
{
    size_t digits = 0;
    *size = 0;
    e->of_this = 0;
    for (;; digits++) {
        if (!have(r)) return false;
        uint8_t c = octet(r, r->at);
        if (!is_hex(c)) break;
        if (*size > (LENGTH_MAX - hex_of(c)) / 16) return refuse(r, 413);
        if (digits > 0 && *size == 0) {
            if (!have_extension(r, e)) return false;
            e->all++;
            e->of_this++;
        }
        *size = *size * 16 + hex_of(c);
        r->at++;
    }
    return digits > 0 || refuse(r, 400);
}

/* *chunk last-chunk trailer-section CRLF */
static bool take_chunked(ref *r, uint8_t *is_payload)
{
    extensions e = {0, 0};
    uint64_t left = LENGTH_MAX; /* of the payload's limit */
    for (;;) {
        uint64_t size;
        if (!take_chunk_size(r, &size, &e) || !take_chunk_ext(r, &e)) return false;
        if (size == 0) break;
        if (size > left) return refuse(r, 413);
        left -= size;
        if (!take_payload(r, size, is_payload) || !take_line_end(r)) return false;
    }
    r->section = r->line = r->at;
    r->most = MOST_TRAILERS;
    return take_section(r, &r->m->trailers);
}

static bool take_body(ref *r, uint8_t *is_payload)
{
    r->most = 0;
    switch (r->m->payload) {
    case REF_NO_PAYLOAD: return true;
    case REF_LENGTH: return take_payload(r, r->m->length, is_payload);
    case REF_CHUNKED: return take_chunked(r, is_payload);
    case REF_UNTIL_CLOSE:
    case REF_TUNNEL: return take_payload(r, r->len - r->at, is_payload);
    }
    return false;
}

void ref_read(ref_message *m, ref_kind kind, const uint8_t *wire, size_t len, uint8_t *is_payload)
{
    ref r = {.m = m, .wire = wire, .len = len, .most = MOST_HEAD};
    memset(m, 0,
           offsetof(ref_message, head)); /* the fields of a section come into being one by one */
    m->head.count = m->trailers.count = 0;
    memset(&m->head_end, 0, sizeof *m - offsetof(ref_message, head_end));
    bool started = kind == REF_REQUEST ? take_request_line(&r) : take_status_line(&r);
    if (!started || !take_section(&r, &m->head)) return;
    m->head_end = r.at;
    m->part = REF_IN_FRAMING;
    if (!read_framing(&r, kind)) return;
    m->part = REF_IN_BODY;
    bool complete = take_body(&r, is_payload);
    m->end = r.at;
    if (complete) m->part = REF_AT_END;
}
