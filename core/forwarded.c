/* SPDX-License-Identifier: MIT */
/* forwarded.c - elements, pairs and nodes of Forwarded (RFC 7239 §4, §6). */
#include "weir/forwarded.h"

#include "value.h"
#include "weir/target.h"

/* ---- elements ---- */

/*
 * The next pair of `[ pair ] *( ";" [ pair ] )` from `*p` on; moves `*p` behind it and its semicolon.
 * WEIR_ERR_FORWARDED: *p is at the octet at fault.
 */
static weir_error forwarded_pair(const char **p, const char *end, weir_str *name, weir_str *value)
{
    while (*p != end && **p == ';')
        ++*p;
    if (*p == end) return WEIR_END;
    const char *begin = *p, *fault;
    const char *equals = *p = weir__token_end(begin, end);
    if (equals == begin || equals == end || *equals != '=') return WEIR_ERR_FORWARDED;
    const char *behind = weir__word_end(equals + 1, end, &fault);
    *p = behind == NULL ? fault : behind;
    if (behind == NULL || (behind != end && *behind != ';')) return WEIR_ERR_FORWARDED;
    *name = weir__span(begin, equals);
    *value = weir__span(equals + 1, behind);
    return WEIR_OK;
}

weir_error weir_forwarded_pair_next(weir_str *pairs, weir_str *name, weir_str *value)
{
    if (pairs->len == 0) return WEIR_END;
    const char *p = pairs->p, *end = pairs->p + pairs->len;
    weir_error err = forwarded_pair(&p, end, name, value);
    if (err != WEIR_ERR_FORWARDED) *pairs = weir__span(p, end);
    return err;
}

/* Where the value of a pair of that name goes; NULL: it is an extension. */
static weir_str *forwarded_member(weir_forwarded *f, weir_str name)
{
    static const weir_str by = WEIR_STR_INIT("by"), from = WEIR_STR_INIT("for"),
                          host = WEIR_STR_INIT("host"), proto = WEIR_STR_INIT("proto");
    if (weir__same(name, by)) return &f->by;
    if (weir__same(name, from)) return &f->for_node;
    if (weir__same(name, host)) return &f->host;
    return weir__same(name, proto) ? &f->proto : NULL;
}

static weir_error forwarded_element(weir_str text, weir_forwarded *out, const char **fault)
{
    const char *end = text.p + text.len;
    weir_forwarded found = {.pairs = text};
    weir_str name, value;
    weir_error err;
    *fault = text.p;
    while ((err = forwarded_pair(fault, end, &name, &value)) == WEIR_OK) {
        weir_str *member = forwarded_member(&found, name);
        if (member == NULL) continue;
        if (member->len > 0) { /* no value is empty: a token has an octet, a string its quotes */
            *fault = name.p;
            return WEIR_ERR_FORWARDED;
        }
        *member = value;
    }
    if (err != WEIR_END) return err;
    *out = found;
    return WEIR_OK;
}

weir_error weir_forwarded_next(weir_str *list, weir_forwarded *out, size_t *at)
{
    weir_str element;
    const char *begin = list->p, *fault;
    weir_error err = weir__list_next(list, &element, &fault);
    if (err == WEIR_END) return err;
    if (err != WEIR_OK) { /* there is no telling where the next one begins */
        *list = (weir_str){.p = begin};
        err = WEIR_ERR_FORWARDED;
    } else {
        err = forwarded_element(element, out, &fault);
    }
    if (err != WEIR_OK) *at = (size_t)(fault - begin);
    return err;
}

/* ---- nodes (RFC 7239 §6) ---- */

static const char *forwarded_digits_end(const char *p, const char *end)
{
    while (p != end && weir__is((unsigned char)*p, WEIR__DIGIT))
        p++;
    return p;
}

/* "_" 1*( ALPHA / DIGIT / "." / "_" / "-" ), obfuscated name or port; `p` itself where it is none. */
static const char *forwarded_hidden_end(const char *p, const char *end)
{
    const char *begin = p++;
    if (begin == end || *begin != '_') return begin;
    while (p != end && (weir__is((unsigned char)*p, WEIR__ALPHA | WEIR__DIGIT) || *p == '.' ||
                        *p == '_' || *p == '-'))
        p++;
    return p - begin < 2 ? begin : p;
}

/* Four numbers up to 255, without leading zeros (RFC 3986 §3.2.2). The end, or the octet at fault. */
static const char *forwarded_ipv4_end(const char *p, const char *end, bool *ok)
{
    *ok = false;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (p == end || *p != '.')) return p;
        if (i > 0) p++;
        const char *digits = forwarded_digits_end(p, end);
        unsigned value = 0;
        if (digits == p || digits - p > 3 || (*p == '0' && digits - p > 1)) return p;
        for (const char *d = p; d != digits; d++)
            value = value * 10 + (unsigned)(*d - '0');
        if (value > 255) return p;
        p = digits;
    }
    *ok = true;
    return p;
}

/* "[", an IPv6 address, "]". */
static const char *forwarded_ipv6_end(const char *p, const char *end, weir_str *name, bool *ok)
{
    const char *close = memchr(p, ']', (size_t)(end - p));
    weir_str host, port;
    size_t at;
    *ok = false;
    if (close == NULL || weir_lower((unsigned char)p[1]) == 'v') return p;
    *ok = weir_authority_parse(weir__span(p, close + 1), &host, &port, &at) == WEIR_OK;
    *name = weir__span(p + 1, close);
    return *ok ? close + 1 : p;
}

static const char *forwarded_name_end(const char *p, const char *end, weir_node *out, bool *ok)
{
    static const weir_str unknown = WEIR_STR_INIT("unknown");
    const char *behind;
    if (p != end && *p == '[') {
        out->kind = WEIR_NODE_IPV6;
        return forwarded_ipv6_end(p, end, &out->name, ok);
    }
    if (p != end && *p == '_') {
        out->kind = WEIR_NODE_HIDDEN;
        behind = forwarded_hidden_end(p, end);
        *ok = behind != p;
    } else if ((size_t)(end - p) >= unknown.len &&
               weir__same((weir_str){p, unknown.len}, unknown)) {
        out->kind = WEIR_NODE_UNKNOWN;
        behind = p + unknown.len;
        *ok = true;
    } else {
        out->kind = WEIR_NODE_IPV4;
        behind = forwarded_ipv4_end(p, end, ok);
    }
    out->name = weir__span(p, behind);
    return behind;
}

/* 1*5DIGIT, or a port that was made up; `p` itself where it is none. */
static const char *forwarded_port_end(const char *p, const char *end)
{
    const char *digits = forwarded_digits_end(p, end);
    if (digits == p) return forwarded_hidden_end(p, end);
    return digits - p > 5 ? p : digits;
}

weir_error weir_forwarded_node_parse(weir_str text, weir_node *out, size_t *at)
{
    weir_node found = {0};
    *at = 0;
    if (text.len == 0) return WEIR_ERR_FORWARDED;
    bool is_quoted = weir_is_quoted(text), ok;
    const char *p = text.p + is_quoted, *end = text.p + text.len - is_quoted;
    p = forwarded_name_end(p, end, &found, &ok);
    if (ok && p != end && *p == ':') {
        const char *port_end = forwarded_port_end(p + 1, end);
        ok = port_end != p + 1;
        found.port = weir__span(p + 1, port_end);
        p = port_end;
    }
    *at = (size_t)(p - text.p);
    if (!ok || p != end) return WEIR_ERR_FORWARDED;
    *out = found;
    return WEIR_OK;
}
