/* SPDX-License-Identifier: MIT */
/* cookie.c - cookie pairs, one after the other (RFC 6265 §4.2.1). */
#include "weir/cookie.h"

#include "value.h"

/* cookie-octet: visible ASCII but quote, comma, semicolon and backslash. */
static bool cookie_is_octet(unsigned char c)
{
    return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

static const char *cookie_octets_end(const char *p, const char *end)
{
    while (p != end && cookie_is_octet((unsigned char)*p))
        p++;
    return p;
}

/* The pair at `p`, up to a semicolon or the end: *behind. On an error, the octet at fault: *behind. */
static bool cookie_pair(const char *p, const char *end, weir_cookie *out, const char **behind)
{
    const char *equals = weir__token_end(p, end);
    *behind = equals;
    if (equals == p || equals == end || *equals != '=') return false;
    const char *value = equals + 1;
    bool is_quoted = value != end && *value == '"';
    if (is_quoted) value++;
    const char *value_end = cookie_octets_end(value, end);
    *behind = value_end;
    if (is_quoted) {
        if (value_end == end || *value_end != '"') return false;
        ++*behind;
    }
    if (*behind != end && **behind != ';') return false;
    *out = (weir_cookie){.name = weir__span(p, equals),
                         .value = weir__span(value, value_end),
                         .is_quoted = is_quoted};
    return true;
}

/* Passes over "; " and sees to it that something follows. */
static bool cookie_separator(const char *p, const char *end, const char **behind)
{
    *behind = p;
    if (p == end) return true;
    *behind = ++p; /* a semicolon */
    if (p == end || *p != ' ') return false;
    *behind = ++p;
    return p != end;
}

/* Behind the next semicolon and its blanks. */
static const char *cookie_skip(const char *p, const char *end)
{
    while (p != end && *p != ';')
        p++;
    return p == end ? end : weir__skip_blank(p + 1, end);
}

weir_error weir_cookie_next(weir_str *cookies, weir_cookie *cookie, size_t *at)
{
    if (cookies->len == 0) return WEIR_END;
    const char *begin = cookies->p, *end = cookies->p + cookies->len, *p;
    weir_cookie found;
    bool is_pair = cookie_pair(begin, end, &found, &p);
    const char *pair_end = p;
    if (is_pair && cookie_separator(pair_end, end, &p)) {
        *cookies = weir__span(p, end);
        *cookie = found;
        return WEIR_OK;
    }
    *at = (size_t)(p - begin);
    p = cookie_skip(pair_end, end);
    *cookies = weir__span(p, end);
    return WEIR_ERR_COOKIE;
}

bool weir_cookie_find(const weir_field *fields, size_t count, weir_str name, weir_cookie *cookie)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].id != WEIR_FIELD_COOKIE) continue;
        weir_str cookies = fields[i].value;
        weir_cookie found;
        weir_error err;
        size_t at;
        while ((err = weir_cookie_next(&cookies, &found, &at)) != WEIR_END) {
            if (err != WEIR_OK || !weir_str_equal(found.name, name)) continue;
            *cookie = found;
            return true;
        }
    }
    return false;
}
