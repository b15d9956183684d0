/* SPDX-License-Identifier: MIT */
/* test_negotiate.c - what Accept and its kin say of offers (RFC 9110 §12.5). */
#include "exact.h"

#include "weir/negotiate.h"

#define A WEIR_FIELD_ACCEPT
#define C WEIR_FIELD_ACCEPT_CHARSET
#define E WEIR_FIELD_ACCEPT_ENCODING
#define L WEIR_FIELD_ACCEPT_LANGUAGE

/* Traces: range=weight for each member; an error by its name and the offset from the beginning. */
static const struct {
    weir_field_id id;
    const char *value, *trace;
} members[] = {
    {A, "", "END"},
    {A, "audio/*; q=0.2, audio/basic", "audio/*=200 audio/basic=1000 END"},
    {A, "text/html;q=0.5;level=1, , */*;Q=0", "text/html=500 */*=0 END"},
    {A, "a/b;x=\",;q=0\";q=0.1", "a/b=100 END"},
    {A, "text, a/b", "ERR_MEDIA_TYPE@4 a/b=1000 END"},
    {A, "*/html;q=1, a/b", "ERR_MEDIA_TYPE@2 a/b=1000 END"},
    {A, "*, a/b", "ERR_MEDIA_TYPE@1 a/b=1000 END"},
    {A, "a/b;q=2, c/d", "ERR_WEIGHT@6 c/d=1000 END"},
    {A, "a/b;q=0.1;q=0.2", "ERR_WEIGHT@10 END"},
    {A, "a/b;q=\"0.1\"", "ERR_WEIGHT@6 END"},
    {A, "a/b, c/d;x=\"y, e/f", "a/b=1000 ERR_LIST@18 END"},
    {C, "iso-8859-5, unicode-1-1;q=0.8", "iso-8859-5=1000 unicode-1-1=800 END"},
    {E, "gzip;q=1.0, identity; q=0.5 ,\t*;q=0", "gzip=1000 identity=500 *=0 END"},
    {E, "gzip \t; \tq=0.3", "gzip=300 END"},
    {E, "g@zip, br", "ERR_LIST@1 br=1000 END"},
    {E, "@, br", "ERR_LIST@0 br=1000 END"},
    {E, "gzip;level=9, br", "ERR_LIST@5 br=1000 END"},
    {E, "gzip;q, br", "ERR_LIST@5 br=1000 END"},
    {E, "gzip;, br", "ERR_LIST@5 br=1000 END"},
    {E, "gzip;q=, br", "ERR_WEIGHT@7 br=1000 END"},
    {E, "gzip;q=1;x=y", "ERR_WEIGHT@8 END"},
    {E, "gzip;q =1", "ERR_LIST@5 END"},
    {E, "gzip;Q=0.5", "gzip=500 END"},
    {E, "gzip;", "ERR_LIST@5 END"},
    {E, "gzip;q", "ERR_LIST@5 END"},
    {E, "gzip;q=", "ERR_WEIGHT@7 END"},
    {E, "br, @", "br=1000 ERR_LIST@4 END"},
    {E, "gzip;q=1.5", "ERR_WEIGHT@9 END"},
    {E, "gzip, \"br", "gzip=1000 ERR_LIST@9 END"},
    {L, "da, en-gb;q=0.8, en;q=0.7", "da=1000 en-gb=800 en=700 END"},
    {L, "*;q=0.1,zh-Hant-CN-x-private1", "*=100 zh-Hant-CN-x-private1=1000 END"},
    {L, "sl-rozaj-1994", "sl-rozaj-1994=1000 END"},
    {L, "en-, de", "ERR_LIST@3 de=1000 END"},
    {L, "e1, de", "ERR_LIST@1 de=1000 END"},
    {L, "abcdefghi, de", "ERR_LIST@8 de=1000 END"},
    {L, "en-abcdefghi, de", "ERR_LIST@11 de=1000 END"},
    {L, "-en, *-de, en_US", "ERR_LIST@0 ERR_LIST@6 ERR_LIST@13 END"},
    {WEIR_FIELD_HOST, "a, b", "ERR_LIST@0 END"},
};

static void members_come_one_by_one_and_faults_by_their_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        size_t len = strlen(members[i].value), n = 0, at = 0;
        char *copy = exact_copy(members[i].value, len), trace[200];
        weir_str list = {copy, len};
        for (weir_error err = WEIR_OK; err != WEIR_END;) {
            weir_preference p = {.weight = 4711};
            size_t from = len - list.len;
            err = weir_preference_next(members[i].id, &list, &p, &at);
            if (err == WEIR_OK)
                n += (size_t)snprintf(trace + n, sizeof trace - n, "%.*s=%u ", (int)p.range.len,
                                      p.range.p, p.weight);
            else
                assert_int_equal(p.weight, 4711);
            if (weir_is_error(err))
                n += (size_t)snprintf(trace + n, sizeof trace - n, "%s@%zu ",
                                      weir_error_info(err)->name, from + at);
        }
        snprintf(trace + n, sizeof trace - n, "END");
        if (strcmp(trace, members[i].trace) != 0) fail_msg("%s: %s", members[i].value, trace);
        free(copy);
    }
}

static const struct {
    weir_field_id id;
    const char *value; /* NULL: no such field; "|" parts two lines of it */
    const char *offer;
    unsigned weight;
} rows[] = {
    /* the examples of RFC 9110 §12.5.1 */
    {A, "audio/*; q=0.2, audio/basic", "audio/basic", 1000},
    {A, "audio/*; q=0.2, audio/basic", "audio/mpeg", 200},
    {A, "audio/*; q=0.2, audio/basic", "video/mpeg", 0},
#define RFC_ACCEPT                                               \
    "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, " \
    "text/plain;format=fixed;q=0.4, */*;q=0.5"
    {A, RFC_ACCEPT, "text/plain;format=flowed", 1000},
    {A, RFC_ACCEPT, "text/plain", 700},
    {A, RFC_ACCEPT, "text/html", 300},
    {A, RFC_ACCEPT, "image/jpeg", 500},
    {A, RFC_ACCEPT, "text/plain;format=fixed", 400},
    {A, RFC_ACCEPT, "text/html;level=3",
     300}, /* its table says 0.7, and only the first member and the last fit */
    {A, NULL, "text/html", 1000},
    {A, "", "text/html", 1000},
    {A, "text/html;q=0, */*", "text/html", 0},
    {A, "*/*, text/html;q=0", "text/html", 0},
    {A, "*/*;q=0, text/html", "text/html", 1000},
    {A, "text/html;q=0.3, text/html;q=0.6", "text/html", 600},
    {A, "text/plain|text/html;q=0.4", "text/html", 400},
    {A, "text/html;q=9", "text/html", 1000}, /* no member is well formed: as if there were none */
    {A, "text/html;q=9, a/b", "text/html", 0},
    {A, "*/*", "nonsense", 0},
    {C, "iso-8859-5, unicode-1-1;q=0.8", "ISO-8859-5", 1000},
    {C, "iso-8859-5, unicode-1-1;q=0.8", "utf-8", 0},
    {C, "iso-8859-5, *;q=0.8", "utf-8", 800},
    {C, "utf-8;q=0, *", "utf-8", 0},
    {C, "iso-8859", "iso-8859-5", 0},
    {C, "x-gzip", "gzip", 0},
    {C, "gzip", "x-gzip", 0},
    {C, "utf-8", "identity", 0},
    /* RFC 9110 §12.5.3 */
    {E, NULL, "gzip", 1000},
    {E, NULL, "identity", 1000},
    {E, "", "gzip", 0},
    {E, "", "identity", 1000},
    {E, "compress, gzip", "gzip", 1000},
    {E, "compress, gzip", "br", 0},
    {E, "compress, gzip", "identity", 1},
    {E, "*", "br", 1000},
    {E, "*", "identity", 1000},
    {E, "gzip;q=1.0, identity; q=0.5, *;q=0", "identity", 500},
    {E, "gzip;q=1.0, identity; q=0.5, *;q=0", "br", 0},
    {E, "gzip, *;q=0", "identity", 0},
    {E, "gzip, identity;q=0", "identity", 0},
    {E, "gzip, IDENTITY;q=0", "Identity", 0},
    {E, "gzip;q=0", "gzip", 0},
    {E, "gzip;q=0", "identity", 1},
    {E, "x-gzip;q=0.7", "gzip", 700},
    {E, "gzip;q=0.7", "x-gzip", 700},
    {E, "X-Compress", "compress", 1000},
    {E, "x-br", "br", 0},
    /* RFC 9110 §12.5.4, RFC 4647 §3.3.1 and §3.4 */
    {L, "da, en-gb;q=0.8, en;q=0.7", "da", 1000},
    {L, "da, en-gb;q=0.8, en;q=0.7", "en-GB", 800},
    {L, "da, en-gb;q=0.8, en;q=0.7", "en-US", 700},
    {L, "da, en-gb;q=0.8, en;q=0.7", "en-GB-oed", 800},
    {L, "da, en-gb;q=0.8, en;q=0.7", "en", 700},
    {L, "da, en-gb;q=0.8, en;q=0.7", "fr", 0},
    {L, "en-GB;q=0.8, *;q=0.1", "en", 800},
    {L, "en-GB;q=0.8, en-US;q=0.9", "en", 900},
    {L, "en-GB;q=0, *;q=0.1", "en", 100},
    {L, "en-GB;q=0", "en", 0},
    {L, "en;q=0, *", "en-GB", 0},
    {L, "e", "en", 0},
    {L, "eng", "en", 0},
    {L, "en", "eng", 0},
    {L, "fr, *;q=0.5", "de", 500},
    {WEIR_FIELD_HOST, "nonsense", "gzip", 1000},
};

/* One or two lines of a field, among others. `value` lives as long as they. */
static size_t fields_of(weir_field_id id, weir_str value, weir_field out[4])
{
    size_t n = 0;
    out[n++] = (weir_field){.id = WEIR_FIELD_DATE, .value = SPAN("*/*;q=0.9, *;q=0.9")};
    if (value.p == NULL) return n;
    const char *bar = value.len > 0 ? memchr(value.p, '|', value.len) : NULL;
    size_t len = bar != NULL ? (size_t)(bar - value.p) : value.len;
    out[n++] = (weir_field){.id = id, .value = {value.p, len}};
    if (bar != NULL) out[n++] = (weir_field){.id = id, .value = {bar + 1, value.len - len - 1}};
    out[n++] = (weir_field){.id = WEIR_FIELD_OTHER, .value = SPAN("*/*;q=0.9, *;q=0.9")};
    return n;
}

static void the_most_specific_member_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = rows[i].value != NULL ? strlen(rows[i].value) : 0;
        char *copy = rows[i].value != NULL ? exact_copy(rows[i].value, len) : NULL;
        weir_field fields[4];
        size_t n = fields_of(rows[i].id, (weir_str){copy, len}, fields);
        unsigned weight = weir_negotiate_weight(fields, n, rows[i].id, weir_str_of(rows[i].offer));
        if (weight != rows[i].weight)
            fail_msg("%s for %s: %u", rows[i].value, rows[i].offer, weight);
        free(copy);
    }
}

static void the_best_offer_is_the_first_of_the_best(void **state)
{
    (void)state;
    static const weir_str codings[] = {WEIR_STR_INIT("br"), WEIR_STR_INIT("gzip"),
                                       WEIR_STR_INIT("identity")};
    static const struct {
        const char *value;
        size_t best;
    } choices[] = {
        {NULL, 0},
        {"gzip, br", 0},
        {"gzip, br;q=0.9", 1},
        {"compress", 2},
        {"gzip;q=0.001", 1},
        {"identity, gzip;q=0.5", 2},
        {"*;q=0", 3},
        {"", 2},
        {"*;q=0.1", 0},
    };
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        weir_field fields[4];
        weir_str value = choices[i].value != NULL ? weir_str_of(choices[i].value) : (weir_str){0};
        size_t n = fields_of(E, value, fields);
        size_t best = weir_negotiate(fields, n, E, codings, COUNT_OF(codings));
        if (best != choices[i].best) fail_msg("%s: %zu", choices[i].value, best);
    }
    assert_int_equal(weir_negotiate(NULL, 0, A, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_one_by_one_and_faults_by_their_octet),
        cmocka_unit_test(the_most_specific_member_decides),
        cmocka_unit_test(the_best_offer_is_the_first_of_the_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
