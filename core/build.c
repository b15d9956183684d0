/* SPDX-License-Identifier: MIT */
/* build.c - facts to octets: everything is checked and measured, and only then written. */
#include "weir/build.h"
#include "weir/value.h"
#include "internal.h"
#include "scan.h"

/* What a section of fields may hold. */
enum build_section {
    BUILD_HEAD,     /* no framing fields: the engine writes them */
    BUILD_TRAILERS, /* nothing that is forbidden as a trailer */
    BUILD_LINE,     /* whatever is a field */
};

/* Of what stands behind the fields: Content-Length, Connection and the empty line. */
enum {
    BUILD_TAIL_OCTETS = 80,
    BUILD_LENGTH_DIGITS = 20
};

static const weir_str build_crlf = WEIR_STR_INIT("\r\n");

static bool build_is_all(weir_str s, unsigned bits)
{
    return s.len == 0 || weir__scan_while(s.p, s.p + s.len, bits) == s.p + s.len;
}

/* Of that class, and behind each "%" are two hexadecimal digits (RFC 3986 §2.1). */
static bool build_is_uri(weir_str s, unsigned bits)
{
    if (!build_is_all(s, bits)) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] == '%' && (s.len - i < 3 || !weir__is((unsigned char)s.p[i + 1], WEIR__HEX) ||
                              !weir__is((unsigned char)s.p[i + 2], WEIR__HEX)))
            return false;
    return true;
}

/* A decimal number without leading zeros, at most `max`. */
static bool build_is_number(weir_str s, unsigned max)
{
    if (s.len == 0 || s.len > 5 || !build_is_all(s, WEIR__DIGIT)) return false;
    unsigned number = 0;
    for (size_t i = 0; i < s.len; i++)
        number = number * 10 + (unsigned)(s.p[i] - '0');
    return number <= max && (s.len == 1 || s.p[0] != '0');
}

/* What stands before the first `c`, which is taken off too; all of it where there is none. */
static weir_str build_split(weir_str *s, char c)
{
    const char *found = s->len > 0 ? memchr(s->p, c, s->len) : NULL;
    size_t len = found != NULL ? (size_t)(found - s->p) : s->len;
    weir_str before = {s->p, len};
    size_t gone = found != NULL ? len + 1 : len;
    *s = (weir_str){gone > 0 ? s->p + gone : s->p, s->len - gone};
    return before;
}

/* IPv4address (RFC 3986 §3.2.2). */
static bool build_is_ipv4(weir_str s)
{
    for (int dots = 0; dots < 3; dots++) {
        size_t len = s.len;
        weir_str octet = build_split(&s, '.');
        if (octet.len == len || !build_is_number(octet, 255)) return false;
    }
    return build_is_number(s, 255);
}

/* IPv6address (RFC 3986 §3.2.2): eight groups, or "::" once for one group or more. */
static bool build_is_ipv6(weir_str s)
{
    size_t groups = 0;
    bool gap = s.len >= 2 && s.p[0] == ':' && s.p[1] == ':';
    if (gap) s = (weir_str){s.p + 2, s.len - 2};
    while (s.len > 0) {
        if (memchr(s.p, ':', s.len) == NULL && build_is_ipv4(s)) {
            groups += 2;
            break;
        }
        size_t len = s.len;
        weir_str group = build_split(&s, ':');
        if (group.len == 0 || group.len > 4 || !build_is_all(group, WEIR__HEX)) return false;
        groups++;
        if (group.len == len) break; /* the last one */
        if (s.len == 0) return false;
        if (s.p[0] != ':') continue;
        if (gap) return false;
        gap = true;
        s = (weir_str){s.p + 1, s.len - 1};
    }
    return gap ? groups < 8 : groups == 8;
}

/*
 * uri-host with a port or without (RFC 3986 §3.2.2-3). Stricter than a reader has to be: no
 * empty host, no IPvFuture, no port with leading zeros or one that TCP has not.
 */
static bool build_is_authority(weir_str s, bool port_needed)
{
    if (s.len > 0 && s.p[0] == '[') {
        s = (weir_str){s.p + 1, s.len - 1};
        size_t len = s.len;
        weir_str address = build_split(&s, ']');
        if (address.len == len || !build_is_ipv6(address)) return false;
        if (s.len == 0) return !port_needed;
        if (s.p[0] != ':') return false;
        s = (weir_str){s.p + 1, s.len - 1};
    } else {
        size_t len = s.len;
        weir_str host = build_split(&s, ':');
        if (host.len == 0 || !build_is_uri(host, WEIR__REGNAME)) return false;
        if (host.len == len) return !port_needed;
    }
    if (port_needed && s.len == 1 && s.p[0] == '0') return false; /* nothing listens there */
    return build_is_number(s, 65535) || (s.len == 0 && !port_needed);
}

/* absolute-form: a scheme, "://", an authority, and what an origin-form may begin with or "?". */
static bool build_is_absolute(weir_str s)
{
    size_t len = s.len;
    weir_str scheme = build_split(&s, ':');
    if (scheme.len == 0 || scheme.len == len || !build_is_all(scheme, WEIR__SCHEME)) return false;
    if (!weir__is((unsigned char)scheme.p[0], WEIR__ALPHA)) return false;
    if (s.len < 2 || s.p[0] != '/' || s.p[1] != '/') return false;
    s = (weir_str){s.p + 2, s.len - 2};

    size_t end = 0;
    while (end < s.len && s.p[end] != '/' && s.p[end] != '?')
        end++;
    weir_str rest = {s.p + end, s.len - end};
    return build_is_authority((weir_str){s.p, end}, false) && build_is_uri(rest, WEIR__TARGET);
}

/* One of the four forms, and one that goes with the method (RFC 9112 §3.2). */
static bool build_is_target(weir_str target, weir_method method)
{
    if (target.len == 0) return false;
    if (method == WEIR_METHOD_CONNECT) return build_is_authority(target, true);
    if (target.p[0] == '/') return build_is_uri(target, WEIR__TARGET);
    if (target.len == 1 && target.p[0] == '*') return method == WEIR_METHOD_OPTIONS;
    return build_is_absolute(target);
}

static bool build_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* RFC 9110 §5.1 and §5.5: what a reader gives back as the same name and the same value. */
static weir_error build_check_octets(weir_str name, weir_str value)
{
    if (name.len == 0 || !build_is_all(name, WEIR__TCHAR)) return WEIR_ERR_CALL_FIELD_NAME;
    if (value.len == 0) return WEIR_OK;
    if (build_is_blank(value.p[0]) || build_is_blank(value.p[value.len - 1]))
        return WEIR_ERR_CALL_FIELD_VALUE;
    return build_is_all(value, WEIR__FIELD) ? WEIR_OK : WEIR_ERR_CALL_FIELD_VALUE;
}

/*
 * `close` and `keep-alive` are the engine's to say; others, such as "upgrade", are the caller's.
 * One that names a field of framing or routing would have the next hop drop it (RFC 9110 §7.6.1).
 */
static weir_error build_check_connection(weir_str value)
{
    weir_str option;
    while (weir_list_next(&value, &option) == WEIR_OK) {
        if (!weir_is_token(option)) return WEIR_ERR_CALL_FIELD_VALUE;
        if (weir_str_equal_nocase(option, (weir_str)WEIR_STR_INIT("close")) ||
            weir_str_equal_nocase(option, (weir_str)WEIR_STR_INIT("keep-alive")))
            return WEIR_ERR_CALL_FRAMING;
        weir_field_id named = weir_field_find(option);
        if (named == WEIR_FIELD_CONTENT_LENGTH || named == WEIR_FIELD_TRANSFER_ENCODING ||
            named == WEIR_FIELD_HOST)
            return WEIR_ERR_CALL_FRAMING;
    }
    return value.len == 0 ? WEIR_OK : WEIR_ERR_CALL_FIELD_VALUE; /* a quote that does not end */
}

static weir_error build_check_field(const weir_field *field, enum build_section section)
{
    weir_error err = build_check_octets(field->name, field->value);
    if (err != WEIR_OK || section == BUILD_LINE) return err;
    weir_field_id id = weir_field_find(field->name); /* field->id may say anything */
    if (section == BUILD_TRAILERS)
        return weir_is_trailer_forbidden(id) ? WEIR_ERR_CALL_TRAILER : WEIR_OK;
    if (id == WEIR_FIELD_CONTENT_LENGTH || id == WEIR_FIELD_TRANSFER_ENCODING)
        return WEIR_ERR_CALL_FRAMING;
    return id == WEIR_FIELD_CONNECTION ? build_check_connection(field->value) : WEIR_OK;
}

/* Takes `len` off the room that is left. Never wraps, however often a long span is given. */
static bool build_take(size_t *room, size_t len)
{
    if (len > *room) return false;
    *room -= len;
    return true;
}

static char *build_put(char *at, weir_str s)
{
    if (s.len > 0) memcpy(at, s.p, s.len);
    return at + s.len;
}

static char *build_put_number(char *at, uint64_t number)
{
    char digits[BUILD_LENGTH_DIGITS];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return build_put(at, (weir_str){digits + first, sizeof digits - first});
}

/*
 * The one place that writes: pieces, field lines, more pieces. An error does not depend on the
 * room there is, so it is known before any of it is used.
 */
static weir_error build_write(const weir_str *start, size_t start_count, const weir_field *fields,
                              size_t field_count, enum build_section section, weir_str tail,
                              weir_buf *out)
{
    size_t room = out->cap - out->len;
    bool fits = true;
    for (size_t i = 0; i < start_count; i++)
        fits = fits && build_take(&room, start[i].len);
    for (size_t i = 0; i < field_count; i++) {
        weir_error err = build_check_field(&fields[i], section);
        if (err != WEIR_OK) return err;
        fits = fits && build_take(&room, fields[i].name.len) &&
               build_take(&room, fields[i].value.len) && build_take(&room, sizeof ": \r\n" - 1);
    }
    if (!fits || !build_take(&room, tail.len)) return WEIR_SPACE;

    char *at = out->p + out->len;
    for (size_t i = 0; i < start_count; i++)
        at = build_put(at, start[i]);
    for (size_t i = 0; i < field_count; i++) {
        at = build_put(at, fields[i].name);
        at = build_put(at, (weir_str)WEIR_STR_INIT(": "));
        at = build_put(at, fields[i].value);
        at = build_put(at, build_crlf);
    }
    at = build_put(at, tail);
    weir_assert((size_t)(out->p + out->cap - at) == room);
    out->len = out->cap - room;
    return WEIR_OK;
}

/* What ends a head: the framing fields, Connection, the empty line. */
static weir_str build_tail(char *text, weir_framing_kind kind, uint64_t length, weir_str connection)
{
    char *at = text;
    if (kind == WEIR_FRAMING_LENGTH) {
        at = build_put(at, (weir_str)WEIR_STR_INIT("Content-Length: "));
        at = build_put(build_put_number(at, length), build_crlf);
    } else if (kind == WEIR_FRAMING_CHUNKED) {
        at = build_put(at, (weir_str)WEIR_STR_INIT("Transfer-Encoding: chunked\r\n"));
    }
    at = build_put(build_put(at, connection), build_crlf);
    weir_assert(at - text <= BUILD_TAIL_OCTETS);
    return (weir_str){text, (size_t)(at - text)};
}

/* RFC 9112 §9.3: a version says what holds unless Connection says otherwise. */
static weir_str build_connection(bool close, bool keep_alive)
{
    if (close) return (weir_str)WEIR_STR_INIT("Connection: close\r\n");
    if (keep_alive) return (weir_str)WEIR_STR_INIT("Connection: keep-alive\r\n");
    return (weir_str){NULL, 0};
}

/* The method's text; empty when the request contradicts itself. */
static weir_str build_method(const weir_request *req)
{
    weir_str known = weir_method_name(req->method_id);
    if (known.len == 0) return req->method;
    if (req->method.len > 0 && !weir_str_equal(req->method, known)) return (weir_str){NULL, 0};
    return known;
}

/* Is that a way to send a request with this version (RFC 9112 §6.1, §6.3)? */
static weir_error build_check_request_framing(const weir_framing *f, bool is_10)
{
    if (f->kind == WEIR_FRAMING_LENGTH && f->length > WEIR_LENGTH_HARD_MAX)
        return WEIR_ERR_CALL_LENGTH;
    if (f->kind == WEIR_FRAMING_CLOSE || f->kind == WEIR_FRAMING_TUNNEL)
        return WEIR_ERR_CALL_FRAMING;
    return f->kind == WEIR_FRAMING_CHUNKED && is_10 ? WEIR_ERR_CALL_LENGTH : WEIR_OK;
}

weir_error weir_request_write(const weir_request *req, const weir_framing *f, weir_buf *out)
{
    bool is_10 = req->minor == 0;
    weir_str method = build_method(req);
    if (!weir_is_token(method)) return WEIR_ERR_CALL_METHOD;
    if (!build_is_target(req->target, weir_method_find(method))) return WEIR_ERR_CALL_TARGET;
    weir_error err = build_check_request_framing(f, is_10);
    if (err != WEIR_OK) return err;

    weir_str connection = build_connection(!is_10 && !f->persistent, is_10 && f->persistent);
    char tail[BUILD_TAIL_OCTETS];
    const weir_str start[] = {
        method,
        WEIR_STR_INIT(" "),
        req->target,
        is_10 ? (weir_str)WEIR_STR_INIT(" HTTP/1.0\r\n") : (weir_str)WEIR_STR_INIT(" HTTP/1.1\r\n"),
    };
    return build_write(start, sizeof start / sizeof start[0], req->fields, req->field_count,
                       BUILD_HEAD, build_tail(tail, f->kind, f->length, connection), out);
}

/*
 * What a response announces (RFC 9110 §8.6, RFC 9112 §6.1): 1xx, 204 and 2xx to CONNECT nothing,
 * a response to HEAD and a 304 the length that they would have had.
 */
static weir_error build_announced(const weir_response *res, const weir_framing *f,
                                  weir_framing_kind *kind, uint64_t *length)
{
    bool framed = f->kind == WEIR_FRAMING_LENGTH || f->kind == WEIR_FRAMING_CHUNKED;
    bool bare = res->status < 200 || res->status == 204;
    if (bare && framed) return WEIR_ERR_CALL_FRAMING;
    *kind = f->kind;
    *length = f->length;
    if (f->kind == WEIR_FRAMING_NONE && !bare && res->length != WEIR_LENGTH_UNKNOWN) {
        *kind = WEIR_FRAMING_LENGTH;
        *length = res->length;
    }
    if (*kind == WEIR_FRAMING_LENGTH && *length > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_LENGTH;
    return WEIR_OK;
}

weir_error weir_response_write(const weir_response *res, const weir_framing *f, bool keep_alive,
                               weir_buf *out)
{
    if (res->status < 100 || res->status > 599) return WEIR_ERR_CALL_STATUS;
    weir_str reason = res->reason.len > 0 ? res->reason : weir_status_reason(res->status);
    if (!build_is_all(reason, WEIR__REASON)) return WEIR_ERR_CALL_REASON;
    weir_framing_kind kind;
    uint64_t length;
    weir_error err = build_announced(res, f, &kind, &length);
    if (err != WEIR_OK) return err;

    /* Behind 1xx comes another response or no HTTP: the connection is not theirs to speak of. */
    bool final = res->status >= 200 && kind != WEIR_FRAMING_TUNNEL;
    weir_str connection = build_connection(final && !f->persistent, final && keep_alive);
    char tail[BUILD_TAIL_OCTETS];
    const char status[] = {(char)('0' + res->status / 100), (char)('0' + res->status / 10 % 10),
                           (char)('0' + res->status % 10), ' '};
    const weir_str start[] = {
        WEIR_STR_INIT("HTTP/1.1 "),
        {status, sizeof status},
        reason,
        build_crlf,
    };
    return build_write(start, sizeof start / sizeof start[0], res->fields, res->field_count,
                       BUILD_HEAD, build_tail(tail, kind, length, connection), out);
}

weir_error weir_chunk_open_write(uint64_t len, weir_buf *out)
{
    if (len == 0 || len > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_LENGTH; /* 0 ends the body */
    char digits[16];
    size_t first = sizeof digits;
    for (; len > 0; len >>= 4)
        digits[--first] = "0123456789abcdef"[len & 15];
    const weir_str size = {digits + first, sizeof digits - first};
    return build_write(&size, 1, NULL, 0, BUILD_LINE, build_crlf, out);
}

weir_error weir_chunk_close_write(weir_buf *out)
{
    return build_write(NULL, 0, NULL, 0, BUILD_LINE, build_crlf, out);
}

weir_error weir_chunk_last_write(const weir_field *trailers, size_t count, weir_buf *out)
{
    const weir_str last = WEIR_STR_INIT("0\r\n");
    return build_write(&last, 1, trailers, count, BUILD_TRAILERS, build_crlf, out);
}

weir_error weir_field_write(weir_str name, weir_str value, weir_buf *out)
{
    const weir_field field = {.name = name, .value = value};
    return build_write(NULL, 0, &field, 1, BUILD_LINE, (weir_str){NULL, 0}, out);
}
