/* SPDX-License-Identifier: MIT */
/*
 * Field values. The first octet says of what kind: 'l' list, 'p' parameters, 'q' quoted, 'w' weight,
 * 'm' media type, 'c' cookies, 'f' Forwarded, 'a' 'h' 'e' 'g' the four Accept fields, 'o' a profile's
 * name. The rest is the value.
 *
 * - Progress: every call takes octets or says END, and after an error leads on; nothing is taken twice.
 * - Bounds: what comes out lies inside the value.
 * - A second reading: all but the nodes of Forwarded and the profiles is read again from the grammar, with
 *   nothing of the core: the same verdicts, members, names, values and weights, and the same offer of nine.
 * - Sameness: the members of a list, put together again, are the same members; a quoted string that is
 *   unquoted and quoted again unquotes to the same; a media type that is written again is the same one.
 */
#include "support.h"

#include <stdlib.h>

#include "weir/cookie.h"
#include "weir/forwarded.h"
#include "weir/media_type.h"
#include "weir/negotiate.h"
#include "weir/value.h"

/* ---- the grammar, read naively (RFC 9110 §5.6) ---- */

static bool naive_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool naive_word_octet(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* How many octets at the front are a token. */
static size_t naive_token(weir_str s)
{
    size_t n = 0;
    while (n < s.len && s.p[n] != '\0' &&
           (naive_word_octet(s.p[n]) || strchr("!#$%&'*+-.^_`|~", s.p[n]) != NULL))
        n++;
    return n;
}

/* How many are a quoted string; what it means is appended to `means`, unless that is NULL. */
static size_t naive_quoted(weir_str s, text *means)
{
    if (s.len == 0 || s.p[0] != '"') return 0;
    for (size_t n = 1; n < s.len; n++) {
        if (s.p[n] == '"') return n + 1;
        if (s.p[n] == '\\' && ++n == s.len) return 0;
        if ((unsigned char)s.p[n] < ' ' && s.p[n] != '\t') return 0;
        if (s.p[n] == 0x7f) return 0;
        if (means != NULL) text_add(means, s.p + n, 1);
    }
    return 0;
}

/* How many are a token or a quoted string. */
static size_t naive_word(weir_str s, text *means)
{
    size_t n = naive_token(s);
    if (n == 0) return naive_quoted(s, means);
    if (means != NULL) text_add(means, s.p, n);
    return n;
}

static void naive_take(weir_str *s, size_t n)
{
    s->p += n;
    s->len -= n;
}

static void naive_blanks(weir_str *s)
{
    while (s->len > 0 && naive_blank(s->p[0]))
        naive_take(s, 1);
}

/* The next member of a list that is not empty. */
static weir_error naive_member(weir_str *list, weir_str *member)
{
    weir_str left = *list;
    while (left.len > 0 && (left.p[0] == ',' || naive_blank(left.p[0])))
        naive_take(&left, 1);
    size_t n = 0;
    while (n < left.len && left.p[n] != ',') {
        size_t quoted = naive_quoted((weir_str){left.p + n, left.len - n}, NULL);
        if (left.p[n] == '"' && quoted == 0) return WEIR_ERR_LIST;
        n += quoted > 0 ? quoted : 1;
    }
    *list = (weir_str){left.p + n, left.len - n};
    if (n == 0) return WEIR_END;
    while (naive_blank(left.p[n - 1]))
        n--;
    *member = (weir_str){left.p, n};
    return WEIR_OK;
}

/* The next of *( OWS ";" OWS [ name "=" value ] ). */
static weir_error naive_param(weir_str *params, weir_str *name, weir_str *value)
{
    weir_str left = *params;
    for (;;) {
        if (left.len == 0) return WEIR_END;
        naive_blanks(&left);
        if (left.len == 0 || left.p[0] != ';') return WEIR_ERR_LIST;
        naive_take(&left, 1);
        naive_blanks(&left);
        if (left.len > 0 && left.p[0] != ';') break;
    }
    *name = (weir_str){left.p, naive_token(left)};
    naive_take(&left, name->len);
    if (name->len == 0 || left.len == 0 || left.p[0] != '=') return WEIR_ERR_LIST;
    naive_take(&left, 1);
    *value = (weir_str){left.p, naive_word(left, NULL)};
    naive_take(&left, value->len);
    *params = left;
    return value->len > 0 ? WEIR_OK : WEIR_ERR_LIST;
}

/* RFC 9110 §12.4.2; -1: it is none. */
static int naive_weight(weir_str s)
{
    int sum = 0, factor = 1000;
    if (s.len < 1 || s.len > 5 || (s.p[0] != '0' && s.p[0] != '1')) return -1;
    if (s.len > 1 && s.p[1] != '.') return -1;
    for (size_t i = 0; i < s.len; i++) {
        if (i == 1) continue;
        if (s.p[i] < '0' || s.p[i] > '9') return -1;
        sum += factor * (s.p[i] - '0');
        factor /= 10;
    }
    return sum <= 1000 ? sum : -1;
}

static bool naive_is(weir_str s, const char *word)
{
    return weir_str_equal_nocase(s, weir_str_of(word));
}

static bool span_is(weir_str a, weir_str b)
{
    return a.p == b.p && a.len == b.len;
}

/* ---- what is taken apart ---- */

/* Nothing but blanks is taken off, and no blank is left at an end. */
static void check_trim(weir_str value)
{
    weir_str trimmed = weir_trim(value);
    require(span_inside(trimmed, value.p, value.len), "what is trimmed lies in the value");
    const char *p = trimmed.p, *end = p + trimmed.len;
    require(p == end || (*p != ' ' && *p != '\t' && end[-1] != ' ' && end[-1] != '\t'),
            "no blank is left at an end");
    for (const char *gone = value.p; gone < value.p + value.len; gone++)
        require((gone >= p && gone < end) || *gone == ' ' || *gone == '\t',
                "nothing but blanks is taken off");
}

static void check_list(weir_str value)
{
    check_trim(value);
    weir_str list = value, second = value, member = {0}, again, is = {0};
    text joined = {0};
    weir_error err;
    for (size_t count = 0;; count++) {
        weir_str before = list;
        err = weir_list_next(&list, &member);
        require(err == naive_member(&second, &is), "a member is one, or none");
        if (err != WEIR_OK) {
            require(err == WEIR_END ? list.len == 0 : span_is(list, before),
                    "a list is used up at its end, and stands where it began after an error");
            break;
        }
        require(span_is(member, is) && span_is(list, second),
                "a member is what is between commas, without the blanks");
        require(weir_list_has(value, member), "a list has its members");
        if (count > 0) text_add(&joined, ",", 1);
        text_span(&joined, member);
    }
    list = value;
    second = (weir_str){joined.p, joined.len};
    while (weir_list_next(&second, &again) == WEIR_OK)
        require(weir_list_next(&list, &member) == WEIR_OK && weir_str_equal(member, again),
                "members put together again are the same");
    require(weir_list_next(&list, &member) == err, "and as many");
    text_free(&joined);
}

static void check_params(weir_str value)
{
    weir_str params = value, second = value, name = {0}, is = {0}, naive_name = {0},
             naive_value = {0};
    weir_error err;
    do {
        err = weir_param_next(&params, &name, &is);
        require(err == naive_param(&second, &naive_name, &naive_value),
                "a parameter is one, or none");
        if (err == WEIR_OK)
            require(span_is(name, naive_name) && span_is(is, naive_value) &&
                        span_is(params, second),
                    "a parameter has that name and that value");
    } while (err == WEIR_OK);
}

static void check_unquote(weir_str value)
{
    weir_buf out = {malloc(value.len + 1), 0, value.len}, again;
    if (out.p == NULL) abort();
    weir_error err = weir_unquote(value, &out);
    text means = {0};
    bool is_token = value.len > 0 && naive_token(value) == value.len;
    bool is_quoted = value.len > 0 && naive_quoted(value, &means) == value.len;
    require(weir_is_token(value) == is_token && weir_is_quoted(value) == is_quoted,
            "a token is one, and a quoted string is one");
    require((err == WEIR_OK) == (is_token || is_quoted),
            "a token or a quoted string is unquoted, and nothing else");
    if (is_token) text_span(&means, value);
    if (err == WEIR_OK) {
        require(weir_str_equal((weir_str){out.p, out.len}, (weir_str){means.p, means.len}),
                "unquoted, it is what it means");
        text quoted = {0};
        text_add(&quoted, "\"", 1);
        for (size_t i = 0; i < out.len; i++) {
            if (out.p[i] == '"' || out.p[i] == '\\') text_add(&quoted, "\\", 1);
            text_add(&quoted, out.p + i, 1);
        }
        text_add(&quoted, "\"", 1);
        again = (weir_buf){malloc(quoted.len), 0, quoted.len};
        if (again.p == NULL) abort();
        require(weir_unquote((weir_str){quoted.p, quoted.len}, &again) == WEIR_OK &&
                    again.len == out.len && memcmp(again.p, out.p, out.len) == 0,
                "quoted again, it means the same");
        require(weir_word_equal(value, (weir_str){quoted.p, quoted.len}), "and the two are equal");
        quoted.p[quoted.len - 1] = 'x';
        text_add(&quoted, "\"", 1);
        require(!weir_word_equal(value, (weir_str){quoted.p, quoted.len}) &&
                    !weir_word_equal_nocase((weir_str){quoted.p, quoted.len}, value),
                "with an octet more, they are not");
        free(again.p);
        text_free(&quoted);
    }
    text_free(&means);
    free(out.p);
}

static void check_weight(weir_str value)
{
    unsigned weight = 9999;
    size_t at = SIZE_MAX;
    int naive = naive_weight(value);
    weir_error err = weir_weight_parse(value, &weight, &at);
    require((err == WEIR_OK) == (naive >= 0), "a weight is one, or none");
    require(naive < 0 || weight == (unsigned)naive, "a weight is what its digits say");
    require(naive >= 0 || (weight == 9999 && at <= value.len),
            "what is none leaves the weight alone");
}

static bool naive_media_type(weir_str s, weir_str *type, weir_str *subtype, weir_str *params)
{
    weir_str left = s, name, value;
    *type = (weir_str){left.p, naive_token(left)};
    naive_take(&left, type->len);
    if (type->len == 0 || left.len == 0 || left.p[0] != '/') return false;
    naive_take(&left, 1);
    *subtype = (weir_str){left.p, naive_token(left)};
    naive_take(&left, subtype->len);
    *params = left;
    weir_error err = subtype->len > 0 ? WEIR_OK : WEIR_ERR_LIST;
    while (err == WEIR_OK)
        err = naive_param(&left, &name, &value);
    return err == WEIR_END;
}

/* The first of that name. */
static weir_str naive_param_named(weir_str params, weir_str name)
{
    weir_str found, value;
    while (naive_param(&params, &found, &value) == WEIR_OK)
        if (weir_str_equal_nocase(found, name)) return value;
    return (weir_str){0};
}

/* How well ranges made of a media type fit it: the more of it they name, the better. */
static void check_ranges(const weir_media_type *t)
{
    weir_media_type any = {.type = WEIR_STR_INIT("*"), .subtype = WEIR_STR_INIT("*")};
    weir_media_type all = {.type = t->type, .subtype = any.type};
    weir_media_type bare = {.type = t->type, .subtype = t->subtype};
    weir_media_type other = {.type = WEIR_STR_INIT("x-other"), .subtype = t->subtype};
    unsigned by_any = weir_media_type_match(&any, t), by_type = weir_media_type_match(&all, t);
    unsigned by_name = weir_media_type_match(&bare, t), by_all = weir_media_type_match(t, t);
    weir_str params = t->params, name, value;
    unsigned count = 0;
    while (naive_param(&params, &name, &value) == WEIR_OK)
        count += !naive_is(name, "q");
    require(0 < by_any && by_any < by_type && by_type < by_name,
            "the more specific range fits better");
    require(by_all == by_name + count, "and better with each parameter");
    require(naive_is(t->type, "x-other") || weir_media_type_match(&other, t) == 0,
            "a range of another type does not fit");
}

static void check_media_type(weir_str value)
{
    weir_media_type t, again;
    size_t at;
    weir_str type = {0}, subtype = {0}, params = {0}, name, is;
    bool is_one = weir_media_type_parse(value, &t, &at) == WEIR_OK;
    require(is_one == naive_media_type(value, &type, &subtype, &params),
            "a media type is one, or none");
    if (!is_one) {
        require(at <= value.len, "the octet at fault is in the value, or behind it");
        return;
    }
    require(!weir_media_type_param(&t, weir_str_of("?"), &is), "no parameter is named so");
    require(span_is(t.type, type) && span_is(t.subtype, subtype) && t.params.len == params.len &&
                (params.len == 0 || t.params.p == params.p),
            "type, subtype and parameters");
    text whole = {0};
    text_span(&whole, type);
    text_add(&whole, "/", 1);
    text_span(&whole, subtype);
    while (naive_param(&params, &name, &is) == WEIR_OK) {
        weir_str found = {0};
        require(weir_media_type_param(&t, name, &found) &&
                    span_is(found, naive_param_named(t.params, name)),
                "a parameter is found by its name, the first one first");
        text_add(&whole, ";", 1);
        text_span(&whole, name);
        text_add(&whole, "=", 1);
        text_span(&whole, is);
    }
    require(weir_media_type_parse((weir_str){whole.p, whole.len}, &again, &at) == WEIR_OK &&
                weir_str_equal(again.type, type) && weir_str_equal(again.subtype, subtype),
            "written again, it is one again");
    bool is_range = naive_is(type, "*") || naive_is(subtype, "*");
    if (!is_range) {
        require(weir_media_type_match(&t, &again) > 0 &&
                    weir_media_type_match(&t, &again) == weir_media_type_match(&again, &t),
                "a type fits itself");
        check_ranges(&t);
    }
    text_free(&whole);
}

/* By its name, in the whole value: it or one of the same name before it. */
static void check_cookie_found(weir_str value, const weir_cookie *cookie)
{
    const weir_field fields[] = {
        {.name = WEIR_STR_INIT("Accept"), .id = WEIR_FIELD_ACCEPT},
        {.name = WEIR_STR_INIT("Cookie"), .value = value, .id = WEIR_FIELD_COOKIE},
    };
    weir_cookie found, none;
    require(weir_cookie_find(fields, 2, cookie->name, &found) &&
                weir_str_equal(found.name, cookie->name) && found.name.p <= cookie->name.p,
            "a cookie is found by its name, the first one first");
    require(!weir_cookie_find(fields, 1, cookie->name, &none), "a cookie is in Cookie alone");
}

/* RFC 6265 §4.2.1; what is malformed ends with its semicolon and the blanks behind it. */
static weir_error naive_cookie(weir_str *cookies, weir_cookie *c)
{
    weir_str left = *cookies;
    size_t n = 0;
    if (left.len == 0) return WEIR_END;
    while (n < left.len && left.p[n] != ';')
        n++;
    weir_str name = {left.p, naive_token((weir_str){left.p, n})};
    weir_str is = {left.p + name.len, n - name.len};
    bool is_good = name.len > 0 && is.len > 0 && is.p[0] == '=';
    if (is_good) naive_take(&is, 1);
    bool is_quoted = is_good && is.len > 1 && is.p[0] == '"' && is.p[is.len - 1] == '"';
    if (is_quoted) is = (weir_str){is.p + 1, is.len - 2};
    for (size_t i = 0; is_good && i < is.len; i++)
        is_good = is.p[i] > ' ' && is.p[i] < 0x7f && strchr("\",;\\", is.p[i]) == NULL;
    naive_take(&left, n < left.len ? n + 1 : n);
    size_t before = left.len;
    bool has_more = n < cookies->len;
    if (has_more && (before < 2 || left.p[0] != ' ')) is_good = false;
    if (is_good && has_more)
        naive_take(&left, 1);
    else
        naive_blanks(&left);
    *cookies = left;
    if (is_good) *c = (weir_cookie){.name = name, .value = is, .is_quoted = is_quoted};
    return is_good ? WEIR_OK : WEIR_ERR_COOKIE;
}

static void check_cookies(weir_str value)
{
    weir_str left = value, second = value;
    for (;;) {
        weir_cookie cookie = {0}, naive = {0};
        size_t at = 0, before = left.len;
        weir_error err = weir_cookie_next(&left, &cookie, &at);
        require(err == naive_cookie(&second, &naive), "a cookie is one, or none");
        if (err == WEIR_END) break;
        require(left.len == second.len && at <= before, "what follows a cookie is behind it");
        if (err != WEIR_OK) continue;
        require(span_is(cookie.name, naive.name) && span_is(cookie.value, naive.value) &&
                    cookie.is_quoted == naive.is_quoted,
                "a cookie has that name and that value");
        check_cookie_found(value, &cookie);
    }
}

/* RFC 7239 §4: [ pair ] *( ";" [ pair ] ). */
static weir_error naive_pair(weir_str *pairs, weir_str *name, weir_str *value)
{
    weir_str left = *pairs;
    while (left.len > 0 && left.p[0] == ';')
        naive_take(&left, 1);
    if (left.len == 0) return WEIR_END;
    *name = (weir_str){left.p, naive_token(left)};
    naive_take(&left, name->len);
    if (name->len == 0 || left.len == 0 || left.p[0] != '=') return WEIR_ERR_FORWARDED;
    naive_take(&left, 1);
    *value = (weir_str){left.p, naive_word(left, NULL)};
    naive_take(&left, value->len);
    *pairs = left;
    bool is_good = value->len > 0 && (left.len == 0 || left.p[0] == ';');
    return is_good ? WEIR_OK : WEIR_ERR_FORWARDED;
}

/* An element has each of its four names once. */
static bool naive_element(weir_str element, weir_str said[4])
{
    static const char *const names[] = {"by", "for", "host", "proto"};
    weir_str name, value;
    weir_error err;
    while ((err = naive_pair(&element, &name, &value)) == WEIR_OK) {
        for (size_t i = 0; i < 4; i++) {
            if (!naive_is(name, names[i])) continue;
            if (said[i].len > 0) return false;
            said[i] = value;
        }
    }
    return err == WEIR_END;
}

static void check_node(weir_str node, weir_str value)
{
    weir_node out;
    size_t at = 0;
    if (node.len == 0) return;
    if (weir_forwarded_node_parse(node, &out, &at) != WEIR_OK)
        require(at <= node.len, "the octet at fault is in the node, or behind it");
    else
        require(span_inside(out.name, value.p, value.len) &&
                    span_inside(out.port, value.p, value.len),
                "a node lies in the value");
}

static void check_forwarded(weir_str value)
{
    weir_str list = value, second = value;
    for (;;) {
        weir_forwarded f = {0};
        weir_str element = {0}, said[4] = {{0}}, name, is;
        size_t at = 0;
        weir_error err = weir_forwarded_next(&list, &f, &at),
                   naive = naive_member(&second, &element);
        bool is_list = naive == WEIR_OK;
        if (is_list && !naive_element(element, said)) naive = WEIR_ERR_FORWARDED;
        if (naive == WEIR_ERR_LIST) naive = WEIR_ERR_FORWARDED;
        require(err == naive, "an element is one, or none");
        require(list.len == (is_list ? second.len : 0), "the list stands behind its element");
        if (err == WEIR_END) break;
        if (!is_list) break; /* there is no telling where the next one begins */
        if (err != WEIR_OK) continue;
        require(span_is(f.pairs, element), "the pairs are all of the element");
        const weir_str members[] = {f.by, f.for_node, f.host, f.proto};
        for (size_t i = 0; i < 4; i++)
            require(members[i].len == said[i].len &&
                        (said[i].len == 0 || members[i].p == said[i].p),
                    "an element says what its pairs say");
        while ((err = weir_forwarded_pair_next(&f.pairs, &name, &is)) == WEIR_OK) {
            weir_str naive_name = {0}, naive_value = {0};
            require(naive_pair(&element, &naive_name, &naive_value) == WEIR_OK &&
                        span_is(name, naive_name) && span_is(is, naive_value),
                    "a pair has that name and that value");
        }
        require(err == WEIR_END, "the pairs of an element are without a fault");
        check_node(f.for_node, value);
        check_node(f.by, value);
    }
}

/* ---- negotiation, read a second time (RFC 9110 §12.5, RFC 4647 §3.3.1) ---- */

/* Do two words mean the same? */
static bool naive_means(weir_str a, weir_str b, bool with_case)
{
    text x = {0}, y = {0};
    naive_word(a, &x);
    naive_word(b, &y);
    weir_str s = {x.p, x.len}, t = {y.p, y.len};
    bool same = with_case ? weir_str_equal(s, t) : weir_str_equal_nocase(s, t);
    text_free(&x);
    text_free(&y);
    return same;
}

/* Has the offer such a parameter? */
static bool naive_has(weir_str params, weir_str name, weir_str wanted)
{
    weir_str found, value;
    while (naive_param(&params, &found, &value) == WEIR_OK)
        if (weir_str_equal_nocase(found, name) &&
            naive_means(value, wanted, !naive_is(name, "charset")))
            return true;
    return false;
}

/* How a member of Accept fits, -1: it is none, 0: not at all; and its weight. */
static int naive_accepts(weir_str member, weir_str offer, int *weight)
{
    weir_str type, subtype, params, name, value, has_type, has_subtype, has;
    if (!naive_media_type(member, &type, &subtype, &params)) return -1;
    if (naive_is(type, "*") && !naive_is(subtype, "*")) return -1;
    require(naive_media_type(offer, &has_type, &has_subtype, &has), "an offer is a media type");
    int count = 0, fits = 1;
    bool has_weight = false;
    while (naive_param(&params, &name, &value) == WEIR_OK) {
        if (naive_is(name, "q")) {
            if (has_weight || naive_weight(value) < 0) return -1;
            has_weight = true;
            *weight = naive_weight(value);
        } else {
            fits = fits && naive_has(has, name, value);
            count++;
        }
    }
    if (!fits) return 0;
    if (naive_is(type, "*")) return 10000 + count;
    if (!weir_str_equal_nocase(type, has_type)) return 0;
    if (naive_is(subtype, "*")) return 20000 + count;
    return weir_str_equal_nocase(subtype, has_subtype) ? 30000 + count : 0;
}

/* Subtags of 1 to 8 letters, behind the first one digits, too. */
static bool naive_is_language(weir_str s)
{
    size_t subtag = 0;
    bool is_first = true;
    if (naive_is(s, "*")) return true;
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '-') {
            if (subtag == 0) return false;
            subtag = 0;
            is_first = false;
        } else if (!naive_word_octet(s.p[i]) || (is_first && s.p[i] <= '9') || ++subtag > 8)
            return false;
    }
    return subtag > 0;
}

static weir_str naive_coding(weir_str s)
{
    if (naive_is(s, "x-gzip") || naive_is(s, "x-compress")) naive_take(&s, 2);
    return s;
}

static bool naive_begins(weir_str s, weir_str with)
{
    return s.len > with.len && s.p[with.len] == '-' &&
           weir_str_equal_nocase((weir_str){s.p, with.len}, with);
}

/* The same of the other three. */
static int naive_token_fits(weir_field_id id, weir_str member, weir_str offer, int *weight)
{
    bool is_language = id == WEIR_FIELD_ACCEPT_LANGUAGE;
    weir_str range = {member.p, naive_token(member)}, left = member;
    naive_take(&left, range.len);
    if (range.len == 0 || (is_language && !naive_is_language(range))) return -1;
    if (left.len > 0) {
        naive_blanks(&left);
        if (left.len == 0 || left.p[0] != ';') return -1;
        naive_take(&left, 1);
        naive_blanks(&left);
        if (left.len < 2 || !naive_is((weir_str){left.p, 2}, "q=")) return -1;
        naive_take(&left, 2);
        if (naive_weight(left) < 0) return -1;
        *weight = naive_weight(left);
    }
    if (naive_is(range, "*")) return 1;
    if (id == WEIR_FIELD_ACCEPT_ENCODING) range = naive_coding(range);
    if (weir_str_equal_nocase(range, offer)) return 10 + (int)range.len;
    if (is_language && naive_begins(offer, range)) return 10 + (int)range.len;
    return is_language && *weight > 0 && naive_begins(range, offer) ? 2 : 0;
}

/* What weir_negotiate_weight() says where the value is the only line of the field. */
static unsigned naive_liking(weir_field_id id, weir_str value, weir_str offer)
{
    weir_str member;
    int best = 0, best_weight = 0;
    bool has_members = false, is_coding = id == WEIR_FIELD_ACCEPT_ENCODING;
    while (naive_member(&value, &member) == WEIR_OK) {
        int weight = WEIR_WEIGHT_MAX;
        int fits = id == WEIR_FIELD_ACCEPT ? naive_accepts(member, offer, &weight)
                                           : naive_token_fits(id, member, offer, &weight);
        has_members = has_members || fits >= 0;
        if (fits <= 0 || fits < best || (fits == best && weight < best_weight)) continue;
        best = fits;
        best_weight = weight;
    }
    if (best > 0) return (unsigned)best_weight;
    if (is_coding && naive_is(offer, "identity")) return has_members ? 1 : WEIR_WEIGHT_MAX;
    return has_members || is_coding ? 0 : WEIR_WEIGHT_MAX;
}

static void check_negotiation(weir_field_id id, weir_str value)
{
    static const weir_str offers[] = {
        WEIR_STR_INIT("text/html"), WEIR_STR_INIT("text/html;level=1"),
        WEIR_STR_INIT("image/png"), WEIR_STR_INIT("gzip"),
        WEIR_STR_INIT("identity"),  WEIR_STR_INIT("br"),
        WEIR_STR_INIT("utf-8"),     WEIR_STR_INIT("en-GB"),
        WEIR_STR_INIT("en"),
    };
    const size_t count = sizeof offers / sizeof offers[0];
    weir_field field = {.value = value, .id = id};
    weir_str list = value;
    weir_preference preference;
    size_t before = list.len + 1, at;
    for (weir_error err; (err = weir_preference_next(id, &list, &preference, &at)) != WEIR_END;) {
        require(list.len < before, "a preference takes octets");
        before = list.len;
        require(err != WEIR_OK || preference.weight <= WEIR_WEIGHT_MAX, "a weight is at most 1000");
    }
    unsigned best = 0;
    size_t first = count;
    for (size_t i = 0; i < count; i++) {
        bool is_media = memchr(offers[i].p, '/', offers[i].len) != NULL;
        unsigned weight = weir_negotiate_weight(&field, 1, id, offers[i]);
        require(weight ==
                    (id == WEIR_FIELD_ACCEPT && !is_media ? 0 : naive_liking(id, value, offers[i])),
                "an offer is liked as the field says");
        if (weight <= best) continue;
        best = weight;
        first = i;
    }
    require(
        weir_negotiate(&field, 1, id, offers, count) == first,
        "what is chosen is liked best, of equals the first; none only where none is acceptable");
}

static void check_profile(weir_str name)
{
    uint32_t allow = UINT32_MAX;
    bool is_strict = weir_str_equal(name, weir_str_of("strict"));
    bool is_known = is_strict || weir_str_equal(name, weir_str_of("tolerant"));
    require(weir_profile_find(name, &allow) == is_known, "there are two profiles");
    if (!is_known) return;
    for (unsigned i = 0; i < 32; i++) {
        bool is_named = weir_allow_name(UINT32_C(1) << i)[0] != '\0';
        require(((allow >> i & 1) != 0) == (is_named && !is_strict),
                "tolerant is all leniencies, and each has a name");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096) return 0;
    char *in = copy_exact(data + 1, size - 1);
    weir_str value = {in, size - 1};
    switch (data[0]) {
    case 'l': check_list(value); break;
    case 'p': check_params(value); break;
    case 'q': check_unquote(value); break;
    case 'w': check_weight(value); break;
    case 'm': check_media_type(value); break;
    case 'c': check_cookies(value); break;
    case 'f': check_forwarded(value); break;
    case 'a': check_negotiation(WEIR_FIELD_ACCEPT, value); break;
    case 'h': check_negotiation(WEIR_FIELD_ACCEPT_CHARSET, value); break;
    case 'e': check_negotiation(WEIR_FIELD_ACCEPT_ENCODING, value); break;
    case 'o': check_profile(value); break;
    case 'g': check_negotiation(WEIR_FIELD_ACCEPT_LANGUAGE, value); break;
    default: break;
    }
    copy_free(in, size - 1);
    return 0;
}
