/* SPDX-License-Identifier: MIT */
/* test_ascii.c - the class table against the RFCs' productions written out, and scans over it. */
#include "exact.h"

#include "ascii.h"
#include "internal.h"
#include "scan.h"

#define DIGITS "0123456789"
#define UPPERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWERS "abcdefghijklmnopqrstuvwxyz"
#define ALPHAS UPPERS LOWERS
#define UNRESERVED ALPHAS DIGITS "-._~"
#define SUB_DELIMS "!$&'()*+,;="
#define MARKS "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" /* with ALPHA and DIGIT: VCHAR */

/* Octets below 0x80 are listed; obs-text (0x80 to 0xff) belongs or does not. */
static const struct {
    const char *name;
    unsigned bits;
    const char *octets;
    bool obs_text;
} classes[] = {
    {"tchar, RFC 9110 §5.6.2", WEIR__TCHAR, "!#$%&'*+-.^_`|~" DIGITS ALPHAS, false},
    {"field value, RFC 9110 §5.5", WEIR__FIELD, "\t " MARKS DIGITS ALPHAS, true},
    {"reason, RFC 9112 §4", WEIR__REASON, "\t " MARKS DIGITS ALPHAS, true},
    {"qdtext, RFC 9110 §5.6.4", WEIR__QDTEXT, "\t !#$%&'()*+,-./:;<=>?@[]^_`{|}~" DIGITS ALPHAS,
     true},
    {"quoted-pair, RFC 9110 §5.6.4", WEIR__QPAIR, "\t " MARKS DIGITS ALPHAS, true},
    {"path and query, RFC 3986 §3.3-4", WEIR__TARGET, UNRESERVED "%" SUB_DELIMS ":@/?", false},
    {"path, RFC 3986 §3.3", WEIR__PATH, UNRESERVED "%" SUB_DELIMS ":@/", false},
    {"reg-name, RFC 3986 §3.2.2", WEIR__REGNAME, UNRESERVED "%" SUB_DELIMS, false},
    {"scheme, RFC 3986 §3.1", WEIR__SCHEME, ALPHAS DIGITS "+-.", false},
    {"ALPHA, RFC 5234 B.1", WEIR__ALPHA, ALPHAS, false},
    {"DIGIT, RFC 5234 B.1", WEIR__DIGIT, DIGITS, false},
    {"HEXDIG, RFC 5234 B.1", WEIR__HEX, DIGITS "ABCDEFabcdef", false},
    {"pchar and \"/\" without \"%\", RFC 3986 §3.3", WEIR__URI, UNRESERVED SUB_DELIMS ":@/", false},
};

static bool belongs(size_t i, unsigned c)
{
    if (c >= 0x80) return classes[i].obs_text;
    return memchr(classes[i].octets, (int)c, strlen(classes[i].octets)) != NULL;
}

static void every_octet_belongs_where_the_rfc_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        for (unsigned c = 0; c < 256; c++)
            if (weir__is((unsigned char)c, classes[i].bits) != belongs(i, c))
                fail_msg("%s: octet 0x%02x", classes[i].name, c);
}

static void the_table_has_no_other_bits(void **state)
{
    (void)state;
    unsigned known = 0;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        known |= classes[i].bits;
    for (unsigned c = 0; c < 256; c++)
        if ((weir__ascii[c] & ~known) != 0) fail_msg("octet 0x%02x", c);
}

static void several_classes_are_asked_for_at_once(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++)
        assert_int_equal(weir__is((unsigned char)c, WEIR__ALPHA | WEIR__DIGIT),
                         c < 0x80 && c != 0 && strchr(ALPHAS DIGITS, (int)c) != NULL);
}

/* One octet that is not of the class, at every place of every length; then none at all. */
static void check_scan(size_t i, size_t len, char in, char out)
{
    char text[40];
    memset(text, in, sizeof text);
    for (size_t at = 0; at <= len; at++) {
        char *p = exact_copy(text, len);
        if (at < len) p[at] = out;
        const char *found = weir__scan_while(p, p + len, classes[i].bits);
        if (found != p + at)
            fail_msg("%s: %zu of %zu is found at %td", classes[i].name, at, len, found - p);
        free(p);
    }
}

static void a_scan_stops_at_the_first_octet_outside(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        for (unsigned c = 0; c < 256; c++) {
            if (belongs(i, c)) continue;
            size_t len = c % 40;
            check_scan(i, len, classes[i].octets[c % strlen(classes[i].octets)], (char)c);
        }
}

static void a_scan_passes_over_every_octet_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        char all[256];
        size_t n = 0;
        for (unsigned c = 0; c < 256; c++)
            if (belongs(i, c)) all[n++] = (char)c;
        char *p = exact_copy(all, n);
        assert_ptr_equal(weir__scan_while(p, p + n, classes[i].bits), p + n);
        free(p);
    }
    assert_null(weir__scan_while(NULL, NULL, WEIR__TCHAR));
}

/* The other half, that a false one ends the program, is what a test cannot outlive. */
static void an_assertion_that_holds_does_nothing(void **state)
{
    (void)state;
    weir_assert(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_octet_belongs_where_the_rfc_says),
        cmocka_unit_test(the_table_has_no_other_bits),
        cmocka_unit_test(several_classes_are_asked_for_at_once),
        cmocka_unit_test(a_scan_stops_at_the_first_octet_outside),
        cmocka_unit_test(a_scan_passes_over_every_octet_inside),
        cmocka_unit_test(an_assertion_that_holds_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
