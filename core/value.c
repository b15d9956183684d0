/* SPDX-License-Identifier: MIT */
/* value.c - field values taken apart in place: tokens, quoted strings, lists, parameters. */
#include "value.h"

static bool value_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Where the quoted-string that begins at `p` ends, behind its quote; NULL: see weir__word_end(). */
static const char *value_quoted_end(const char *p, const char *end, const char **fault)
{
    *fault = p;
    if (p == end || *p != '"') return NULL;
    p = weir__scan_while(p + 1, end, WEIR__QDTEXT);
    while (p != end && *p == '\\') {
        *fault = p + 1;
        if (p + 1 == end || !weir__is((unsigned char)p[1], WEIR__QPAIR)) return NULL;
        p = weir__scan_while(p + 2, end, WEIR__QDTEXT);
    }
    *fault = p;
    return p != end && *p == '"' ? p + 1 : NULL;
}

bool weir__same(weir_str a, weir_str b)
{
    return weir_str_equal_nocase(a, b);
}

bool weir_is_token(weir_str s)
{
    if (s.len == 0) return false;
    const char *end = s.p + s.len;
    return weir__scan_while(s.p, end, WEIR__TCHAR) == end;
}

bool weir_is_quoted(weir_str s)
{
    const char *fault;
    return s.len > 0 && value_quoted_end(s.p, s.p + s.len, &fault) == s.p + s.len;
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
static const char *value_member_end(const char *p, const char *end, const char **fault)
{
    while (p != NULL && p != end && *p != ',')
        p = *p == '"' ? value_quoted_end(p, end, fault) : p + 1;
    return p;
}

weir_error weir__list_next(weir_str *list, weir_str *member, const char **fault)
{
    if (list->len == 0) return WEIR_END;
    const char *p = list->p, *end = list->p + list->len;
    while (p != end && (*p == ',' || value_is_blank(*p)))
        p++;
    const char *comma = value_member_end(p, end, fault);
    if (comma == NULL) return WEIR_ERR_LIST;
    *list = weir__span(comma, end);
    if (p == end) return WEIR_END;
    *member = weir_trim(weir__span(p, comma));
    return WEIR_OK;
}

weir_error weir_list_next(weir_str *list, weir_str *member)
{
    const char *fault;
    return weir__list_next(list, member, &fault);
}

const char *weir__word_end(const char *p, const char *end, const char **fault)
{
    if (p != end && *p == '"') return value_quoted_end(p, end, fault);
    const char *word_end = weir__token_end(p, end);
    *fault = word_end;
    return word_end == p ? NULL : word_end;
}

weir_error weir__param_next(weir_str *params, weir_str *name, weir_str *value, const char **fault)
{
    if (params->len == 0) return WEIR_END;
    const char *p = params->p, *end = params->p + params->len;
    do { /* a semicolon may have nothing behind it */
        p = weir__skip_blank(p, end);
        *fault = p;
        if (p == end || *p != ';') return WEIR_ERR_LIST;
        p = weir__skip_blank(p + 1, end);
        if (p == end) {
            *params = weir__span(end, end);
            return WEIR_END;
        }
    } while (*p == ';');

    const char *equals = weir__token_end(p, end);
    *fault = equals;
    if (equals == p || equals == end || *equals != '=') return WEIR_ERR_LIST;
    const char *behind = weir__word_end(equals + 1, end, fault);
    if (behind == NULL) return WEIR_ERR_LIST;
    *params = weir__span(behind, end);
    *name = weir__span(p, equals);
    *value = weir__span(equals + 1, behind);
    return WEIR_OK;
}

weir_error weir_param_next(weir_str *params, weir_str *name, weir_str *value)
{
    const char *fault;
    return weir__param_next(params, name, value, &fault);
}

weir_error weir_weight_parse(weir_str text, unsigned *weight, size_t *at)
{
    unsigned sum = 0, unit = 1000;
    for (*at = 0; *at < text.len; ++*at) {
        char c = text.p[*at];
        if (*at == 1 && c == '.') continue;
        if (*at == 1 || *at > 4 || !weir__is((unsigned char)c, WEIR__DIGIT)) return WEIR_ERR_WEIGHT;
        sum += (unsigned)(c - '0') * unit;
        if (sum > 1000) return WEIR_ERR_WEIGHT;
        unit /= 10;
    }
    if (text.len == 0) return WEIR_ERR_WEIGHT;
    *weight = sum;
    return WEIR_OK;
}

/* What stands between the quotes of a quoted string, escapes and all; a token as it is. */
static bool value_word(weir_str word, weir_str *text)
{
    bool quoted = weir_is_quoted(word);
    if (!quoted && !weir_is_token(word)) return false;
    *text = quoted ? (weir_str){word.p + 1, word.len - 2} : word;
    return true;
}

/* Takes the next octet that is meant off the front; -1: none is left. No token has a backslash. */
static int value_word_octet(weir_str *text)
{
    if (text->len == 0) return -1;
    size_t taken = *text->p == '\\' ? 2 : 1;
    unsigned char c = (unsigned char)text->p[taken - 1];
    text->p += taken;
    text->len -= taken;
    return c;
}

static bool value_words_equal(weir_str a, weir_str b, bool with_case)
{
    if (!value_word(a, &a) || !value_word(b, &b)) return false;
    for (;;) {
        int x = value_word_octet(&a), y = value_word_octet(&b);
        if (!with_case && x >= 0) x = weir_lower((unsigned char)x);
        if (!with_case && y >= 0) y = weir_lower((unsigned char)y);
        if (x != y) return false;
        if (x < 0) return true;
    }
}

bool weir_word_equal(weir_str a, weir_str b)
{
    return value_words_equal(a, b, true);
}

bool weir_word_equal_nocase(weir_str a, weir_str b)
{
    return value_words_equal(a, b, false);
}

weir_error weir_unquote(weir_str value, weir_buf *out)
{
    weir_str text;
    if (!value_word(value, &text)) return WEIR_ERR_LIST;

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
        if (weir__same(member, token)) return true;
    return false;
}
