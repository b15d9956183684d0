/* SPDX-License-Identifier: MIT */
/*
 * Field values. The first octet says of what kind: 'l' list, 'p' parameters, 'q' quoted, 'w' weight,
 * 'm' media type, 'c' cookies, 'f' Forwarded, 'a' 'h' 'e' 'g' the four Accept fields, 'o' a profile's name. The
 * rest is the value.
 *
 * - Progress: every call takes octets or says END, and after an error leads on; nothing is taken twice.
 * - Bounds: what comes out lies inside the value.
 * - Sameness: the members of a list, put together again, are the same members; a quoted string that is
 *   unquoted and quoted again unquotes to the same; a media type is one again; a weight is what its
 *   digits say.
 * - Negotiation: a weight is from 0 to 1000, and the offer that is liked best is liked no less than any.
 */
#include "support.h"

#include <stdlib.h>

#include "weir/cookie.h"
#include "weir/forwarded.h"
#include "weir/media_type.h"
#include "weir/negotiate.h"
#include "weir/value.h"

static void check_list(weir_str value)
{
    weir_str list = value, member, again;
    text joined = {0};
    size_t count = 0;
    while (weir_list_next(&list, &member) == WEIR_OK) {
        require(member.len > 0 && span_inside(member, value.p, value.len),
                "a member lies in its list");
        weir_str trimmed = weir_trim(member);
        require(trimmed.len == member.len, "a member has no blank around it");
        if (count++ > 0) text_add(&joined, ",", 1);
        text_span(&joined, member);
    }
    /* text_span() parts words by blanks, which are none of a member's. */
    weir_str second = {joined.p, joined.len};
    size_t n = 0;
    while (weir_list_next(&second, &again) == WEIR_OK)
        n++;
    require(n == count, "members put together again are as many");
    text_free(&joined);
}

static void check_params(weir_str value)
{
    weir_str params = value, name, is;
    size_t left = params.len + 1;
    while (weir_param_next(&params, &name, &is) == WEIR_OK) {
        require(params.len < left, "a parameter takes octets");
        left = params.len;
        require(weir_is_token(name), "the name of a parameter is a token");
        require(weir_is_token(is) || weir_is_quoted(is), "its value is a token or quoted");
    }
}

static void check_unquote(weir_str value)
{
    weir_buf out = {malloc(value.len + 1), 0, value.len}, again;
    if (out.p == NULL) abort();
    weir_error err = weir_unquote(value, &out);
    require((err == WEIR_OK) == (weir_is_token(value) || weir_is_quoted(value)),
            "a token or a quoted string is unquoted, and nothing else");
    if (err == WEIR_OK) {
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
        free(again.p);
        text_free(&quoted);
    }
    free(out.p);
}

/* RFC 9110 §12.4.2, read naively. */
static void check_weight(weir_str value)
{
    unsigned weight = 9999, naive = 0, factor = 1000;
    size_t at = SIZE_MAX;
    bool good = value.len >= 1 && value.len <= 5 && (value.p[0] == '0' || value.p[0] == '1') &&
                (value.len == 1 || value.p[1] == '.');
    for (size_t i = 0; good && i < value.len; i++) {
        if (i == 1) continue;
        good = value.p[i] >= '0' && value.p[i] <= '9';
        naive += good ? factor * (unsigned)(value.p[i] - '0') : 0;
        factor /= 10;
    }
    good = good && naive <= 1000;
    weir_error err = weir_weight_parse(value, &weight, &at);
    require((err == WEIR_OK) == good, "a weight is one, or none");
    require(!good || weight == naive, "a weight is what its digits say");
    require(good || (weight == 9999 && at <= value.len), "what is none leaves the weight alone");
}

static void check_media_type(weir_str value)
{
    weir_media_type t, again;
    size_t at;
    if (weir_media_type_parse(value, &t, &at) != WEIR_OK) {
        require(at <= value.len, "the octet at fault is in the value, or behind it");
        return;
    }
    require(t.type.p == value.p && t.subtype.p == t.type.p + t.type.len + 1, "type and subtype");
    weir_str params = t.params, name, is;
    weir_error err;
    while ((err = weir_param_next(&params, &name, &is)) == WEIR_OK)
        require(weir_media_type_param(&t, name, &is), "a parameter is found by its name");
    require(err == WEIR_END, "the parameters of a media type are without a fault");
    require(weir_media_type_parse(value, &again, &at) == WEIR_OK, "it is one again");
    bool is_range =
        (t.type.len == 1 && t.type.p[0] == '*') || (t.subtype.len == 1 && t.subtype.p[0] == '*');
    require(is_range || weir_media_type_match(&t, &again) > 0, "a type fits itself");
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

static void check_cookies(weir_str value)
{
    weir_str left = value;
    weir_cookie cookie;
    size_t before = left.len + 1, at;
    for (;;) {
        weir_error err = weir_cookie_next(&left, &cookie, &at);
        if (err == WEIR_END) break;
        require(left.len < before || before == 0, "a cookie takes octets");
        before = left.len;
        if (err != WEIR_OK) continue;
        require(weir_is_token(cookie.name) && span_inside(cookie.name, value.p, value.len) &&
                    span_inside(cookie.value, value.p, value.len),
                "a cookie has a name that is a token, and lies in the value");
        for (size_t i = 0; i < cookie.value.len; i++)
            require(strchr(" \",;\\", cookie.value.p[i]) == NULL && cookie.value.p[i] > ' ' &&
                        cookie.value.p[i] < 0x7f,
                    "its value has none of the octets that part cookies");
        check_cookie_found(value, &cookie);
        if (left.len == 0) break;
    }
}

static void check_forwarded(weir_str value)
{
    weir_str list = value;
    weir_forwarded f;
    size_t before = list.len + 1, at;
    for (;;) {
        weir_error err = weir_forwarded_next(&list, &f, &at);
        if (err == WEIR_END) break;
        require(list.len < before, "an element takes octets");
        before = list.len;
        if (err != WEIR_OK) continue;
        weir_str pairs = f.pairs, name, is;
        while ((err = weir_forwarded_pair_next(&pairs, &name, &is)) == WEIR_OK)
            require(weir_is_token(name) && (weir_is_token(is) || weir_is_quoted(is)), "a pair");
        require(err == WEIR_END, "the pairs of an element are without a fault");
        weir_node node;
        if (f.for_node.len > 0 && weir_forwarded_node_parse(f.for_node, &node, &at) == WEIR_OK)
            require(span_inside(node.name, value.p, value.len) &&
                        span_inside(node.port, value.p, value.len),
                    "a node lies in the value");
    }
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
    size_t chosen = weir_negotiate(&field, 1, id, offers, count);
    for (size_t i = 0; i < count; i++) {
        unsigned weight = weir_negotiate_weight(&field, 1, id, offers[i]);
        require(weight <= WEIR_WEIGHT_MAX, "a weight is at most 1000");
        if (weight > best) best = weight;
    }
    require((chosen == count) == (best == 0), "none is chosen only where none is acceptable");
    require(chosen == count || weir_negotiate_weight(&field, 1, id, offers[chosen]) == best,
            "what is chosen is liked no less than any");
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
