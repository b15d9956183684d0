/* SPDX-License-Identifier: MIT */
/* value.c - field values taken apart in place: tokens, quoted strings, lists, parameters. */
#include "weir/value.h"
#include "scan.h"

/* Whitespace inside a value (RFC 9110 §5.6.3). */
static bool value_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *value_skip_blank(const char *p, const char *end)
{
    while (p != end && value_is_blank(*p))
        p++;
    return p;
}

/* Where the quoted-string that begins at `p` ends, behind its quote; NULL when it is none. */
static const char *value_quoted_end(const char *p, const char *end)
{
    if (p == end || *p != '"') return NULL;
    p = weir__scan_while(p + 1, end, WEIR__QDTEXT);
    while (p != end && *p == '\\') {
        if (end - p < 2 || !weir__is((unsigned char)p[1], WEIR__QPAIR)) return NULL;
        p = weir__scan_while(p + 2, end, WEIR__QDTEXT);
    }
    return p != end && *p == '"' ? p + 1 : NULL;
}

bool weir_is_token(weir_str s)
{
    if (s.len == 0) return false;
    const char *end = s.p + s.len;
    return weir__scan_while(s.p, end, WEIR__TCHAR) == end;
}

bool weir_is_quoted(weir_str s)
{
    return s.len > 0 && value_quoted_end(s.p, s.p + s.len) == s.p + s.len;
}

weir_str weir_trim(weir_str s)
{
    while (s.len > 0 && value_is_blank(s.p[s.len - 1]))
        s.len--;
    while (s.len > 0 && value_is_blank(s.p[0])) {
        s.p++;
        s.len--;
    }
    return s;
}

/* The comma that ends the member at `p`, or `end`; NULL when a quoted string in it does not end. */
static const char *value_member_end(const char *p, const char *end)
{
    while (p != NULL && p != end && *p != ',')
        p = *p == '"' ? value_quoted_end(p, end) : p + 1;
    return p;
}

weir_error weir_list_next(weir_str *list, weir_str *member)
{
    if (list->len == 0) return WEIR_END;
    const char *p = list->p, *end = list->p + list->len;
    while (p != end && (*p == ',' || value_is_blank(*p)))
        p++;
    const char *comma = value_member_end(p, end);
    if (comma == NULL) return WEIR_ERR_LIST;
    *list = (weir_str){comma, (size_t)(end - comma)};
    if (p == end) return WEIR_END;
    *member = weir_trim((weir_str){p, (size_t)(comma - p)});
    return WEIR_OK;
}

/* Where the token or quoted-string at `p` ends; NULL when there is neither. */
static const char *value_word_end(const char *p, const char *end)
{
    if (p != end && *p == '"') return value_quoted_end(p, end);
    const char *word_end = weir__scan_while(p, end, WEIR__TCHAR);
    return word_end == p ? NULL : word_end;
}

weir_error weir_param_next(weir_str *params, weir_str *name, weir_str *value)
{
    if (params->len == 0) return WEIR_END;
    const char *p = params->p, *end = params->p + params->len;
    do { /* a semicolon may have nothing behind it */
        p = value_skip_blank(p, end);
        if (p == end || *p != ';') return WEIR_ERR_LIST;
        p = value_skip_blank(p + 1, end);
        if (p == end) {
            *params = (weir_str){end, 0};
            return WEIR_END;
        }
    } while (*p == ';');

    const char *equals = weir__scan_while(p, end, WEIR__TCHAR);
    if (equals == p || equals == end || *equals != '=') return WEIR_ERR_LIST;
    const char *behind = value_word_end(equals + 1, end);
    if (behind == NULL) return WEIR_ERR_LIST;
    *params = (weir_str){behind, (size_t)(end - behind)};
    *name = (weir_str){p, (size_t)(equals - p)};
    *value = (weir_str){equals + 1, (size_t)(behind - (equals + 1))};
    return WEIR_OK;
}

weir_error weir_unquote(weir_str value, weir_buf *out)
{
    bool quoted = weir_is_quoted(value);
    if (!quoted && !weir_is_token(value)) return WEIR_ERR_LIST;
    weir_str text = quoted ? (weir_str){value.p + 1, value.len - 2} : value;

    size_t escapes = 0; /* no token has a backslash */
    for (size_t i = 0; i < text.len; i++)
        if (text.p[i] == '\\') {
            escapes++;
            i++;
        }
    if (text.len - escapes > out->cap - out->len) return WEIR_SPACE;
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '\\') i++;
        out->p[out->len++] = text.p[i];
    }
    return WEIR_OK;
}

bool weir_list_has(weir_str list, weir_str token)
{
    weir_str member;
    while (weir_list_next(&list, &member) == WEIR_OK)
        if (weir_str_equal_nocase(member, token)) return true;
    return false;
}
