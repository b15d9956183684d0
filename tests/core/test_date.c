/* SPDX-License-Identifier: MIT */
/* test_date.c - the three forms of HTTP-date against a calendar that counts day by day. */
#include "exact.h"

#include "weir/date.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

static weir_error parse(const char *text, int64_t now, int64_t *seconds)
{
    char *copy = exact_copy(text, strlen(text));
    weir_error err = weir_date_parse((weir_str){copy, strlen(text)}, now, seconds);
    free(copy);
    return err;
}

static void check_written(int64_t seconds, const char *expected)
{
    char *out = exact_copy("-----------------------------", WEIR_DATE_BYTES);
    weir_date_write(seconds, out);
    if (memcmp(out, expected, WEIR_DATE_BYTES) != 0)
        fail_msg("%lld: \"%.29s\" is not \"%s\"", (long long)seconds, out, expected);
    free(out);
}

static const struct {
    int64_t seconds;
    const char *text;
} moments[] = {
    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110 §5.6.7 */
    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
    {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
    {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT"},
    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
    {-2203891200, "Thu, 01 Mar 1900 00:00:00 GMT"},
    {WEIR_DATE_MIN, "Mon, 01 Jan 0001 00:00:00 GMT"},
    {WEIR_DATE_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
};

static void known_moments_are_written_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        int64_t seconds = 42;
        check_written(moments[i].seconds, moments[i].text);
        assert_int_equal(parse(moments[i].text, NOW, &seconds), WEIR_OK);
        if (seconds != moments[i].seconds)
            fail_msg("%s: %lld", moments[i].text, (long long)seconds);
    }
}

static void what_the_form_cannot_hold_is_clamped(void **state)
{
    (void)state;
    check_written(WEIR_DATE_MIN - 1, "Mon, 01 Jan 0001 00:00:00 GMT");
    check_written(INT64_MIN, "Mon, 01 Jan 0001 00:00:00 GMT");
    check_written(WEIR_DATE_MAX + 1, "Fri, 31 Dec 9999 23:59:59 GMT");
    check_written(INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
}

/* A calendar that knows how to go to the next day, and nothing else. */
typedef struct {
    int year, month, day, weekday;
    int64_t midnight;
} calendar;

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                   "Friday", "Saturday", "Sunday"};

static int month_days(int year, int month)
{
    if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void next_day(calendar *c)
{
    c->midnight += 86400;
    c->weekday = (c->weekday + 1) % 7;
    if (++c->day <= month_days(c->year, c->month)) return;
    c->day = 1;
    if (++c->month <= 12) return;
    c->month = 1;
    c->year++;
}

/* All three forms of one moment of that day. */
static void check_day(const calendar *c, int clock)
{
    char text[3][48];
    int h = clock / 3600, m = clock / 60 % 60, s = clock % 60;
    snprintf(text[0], sizeof text[0], "%.3s, %02d %s %04d %02d:%02d:%02d GMT", days[c->weekday],
             c->day, months[c->month - 1], c->year, h, m, s);
    snprintf(text[1], sizeof text[1], "%.3s %s %2d %02d:%02d:%02d %04d", days[c->weekday],
             months[c->month - 1], c->day, h, m, s, c->year);
    snprintf(text[2], sizeof text[2], "%s, %02d-%s-%02d %02d:%02d:%02d GMT", days[c->weekday],
             c->day, months[c->month - 1], c->year % 100, h, m, s);
    check_written(c->midnight + clock, text[0]);
    for (int form = 0; form < 3; form++) {
        int64_t seconds = 42;
        if (parse(text[form], c->midnight, &seconds) != WEIR_OK || seconds != c->midnight + clock)
            fail_msg("%s: %lld", text[form], (long long)seconds);
    }
}

/* Every day from 1870 to 2130 and every 53rd of the others: 0001 and 9999 are among them. */
static void every_day_reads_back_as_itself(void **state)
{
    (void)state;
    calendar c = {1, 1, 1, 0, WEIR_DATE_MIN};
    for (int number = 0; c.year <= 9999; number++, next_day(&c)) {
        bool near = c.year >= 1870 && c.year <= 2130;
        if (near || number % 53 == 0) check_day(&c, (int)((number * 7919LL) % 86400));
    }
    assert_true(c.midnight == WEIR_DATE_MAX + 1);
}

static void every_second_of_a_day_reads_back_as_itself(void **state)
{
    (void)state;
    const calendar leap_day = {2000, 2, 29, 1, 951782400};
    for (int clock = 0; clock < 86400; clock += 7)
        check_day(&leap_day, clock);
    check_day(&leap_day, 86399);
}

static void more_than_fifty_years_ahead_is_in_the_past(void **state)
{
    (void)state;
    static const struct {
        const char *now, *text, *meant;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
         "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-44 08:49:37 GMT",
         "Sun, 06 Nov 2044 08:49:37 GMT"}, /* fifty years and no more */
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-44 08:49:38 GMT",
         "Mon, 06 Nov 1944 08:49:38 GMT"},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Friday, 01-Jan-99 00:00:00 GMT",
         "Fri, 01 Jan 1999 00:00:00 GMT"},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Friday, 01-Jan-45 00:00:00 GMT",
         "Mon, 01 Jan 1945 00:00:00 GMT"},
        {"Wed, 01 Jan 2025 00:00:00 GMT", "Friday, 31-Dec-99 23:59:59 GMT",
         "Fri, 31 Dec 1999 23:59:59 GMT"},
        {"Wed, 01 Jan 2025 00:00:00 GMT", "Tuesday, 29-Feb-00 00:00:00 GMT",
         "Tue, 29 Feb 2000 00:00:00 GMT"},
        {"Wed, 01 Jan 2025 00:00:00 GMT", "Tuesday, 01-Jan-75 00:00:00 GMT",
         "Tue, 01 Jan 2075 00:00:00 GMT"},
        {"Wed, 01 Jan 2025 00:00:00 GMT", "Tuesday, 02-Jan-75 00:00:00 GMT",
         "Thu, 02 Jan 1975 00:00:00 GMT"},
        {"Fri, 31 Dec 1999 23:59:59 GMT", "Saturday, 01-Jan-00 00:00:00 GMT",
         "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"Fri, 31 Dec 9999 23:59:59 GMT", "Saturday, 01-Jan-05 00:00:00 GMT",
         "Sun, 01 Jan 9905 00:00:00 GMT"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t now, seconds = 42;
        assert_int_equal(parse(rows[i].now, NOW, &now), WEIR_OK);
        if (parse(rows[i].text, now, &seconds) != WEIR_OK) fail_msg("%s", rows[i].text);
        check_written(seconds, rows[i].meant);
    }
}

static void any_now_is_survived(void **state)
{
    (void)state;
    const int64_t nows[] = {INT64_MIN, WEIR_DATE_MIN, 0, WEIR_DATE_MAX, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(nows); i++)
        for (int year = 0; year < 100; year++) {
            char text[40];
            int64_t seconds = WEIR_DATE_MIN;
            snprintf(text, sizeof text, "Sunday, 06-Nov-%02d 08:49:37 GMT", year);
            weir_error err = parse(text, nows[i], &seconds);
            assert_true(err == WEIR_OK || err == WEIR_ERR_DATE);
            assert_true(seconds >= WEIR_DATE_MIN && seconds <= WEIR_DATE_MAX);
        }
}

static void a_leap_second_is_the_one_after_59(void **state)
{
    (void)state;
    int64_t leap, next;
    assert_int_equal(parse("Sat, 31 Dec 2016 23:59:60 GMT", NOW, &leap), WEIR_OK);
    assert_int_equal(parse("Sun, 01 Jan 2017 00:00:00 GMT", NOW, &next), WEIR_OK);
    assert_true(leap == next);
}

static const char *const accepted[] = {
    "Mon, 06 Nov 1994 08:49:37 GMT", /* was a Sunday; nobody is asked to know */
    "Sun Nov 06 08:49:37 1994",      /* 2DIGIT is a day of asctime-date too */
    "Thu, 29 Feb 2024 00:00:00 GMT", "Tue, 29 Feb 1600 00:00:00 GMT",
    "Tue, 29 Feb 2400 00:00:00 GMT", "Sun, 06 Nov 1994 23:59:60 GMT",
};

static const char *const refused[] = {
    "",
    " ",
    "Sun",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMTX",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "sun, 06 Nov 1994 08:49:37 GMT",
    "SUN, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 06 NOV 1994 08:49:37 GMT",
    "Son, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nev 1994 08:49:37 GMT",
    "Sun,06 Nov 1994 08:49:37 GMT",
    "Sun 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun,  6 Nov 1994 08:49:37 GMT",
    "Sun, 006 Nov 1994 08:49:37 GMT",
    "Sun, 06  Nov 1994 08:49:37 GMT",
    "Sun, 06-Nov-1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov 01994 08:49:37 GMT",
    "Sun, 06 Nov -994 08:49:37 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 08.49.37 GMT",
    "Sun, 06 Nov 1994 08:49:37.5 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:60 GMT", /* leap seconds end a day */
    "Sun, 06 Nov 1994 23:58:60 GMT",
    "Sun, 06 Nov 1994 23:59:61 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 32 Dec 1994 08:49:37 GMT",
    "Tue, 29 Feb 2023 00:00:00 GMT",
    "Mon, 29 Feb 2100 00:00:00 GMT",
    "Thu, 29 Feb 1900 00:00:00 GMT",
    "Sat, 29 Feb 3000 00:00:00 GMT",
    "Tue, 30 Feb 2000 00:00:00 GMT",
    "Sat, 01 Jan 0000 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:60 GMT", /* year 10000 */
    "Sunday, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sunday, 6-Nov-94 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37",
    "Sunday 06-Nov-94 08:49:37 GMT",
    "sunday, 06-Nov-94 08:49:37 GMT",
    "Sunday, 31-Nov-94 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov   6 08:49:37 1994",
    "Sun Nov  6 08:49:37 94",
    "Sun Nov  6 08:49:37 1994 GMT",
    "Sun Nov  6 08:49:37 1994\n",
    "Sun Nov  0 08:49:37 1994",
    "Sun, Nov  6 08:49:37 1994",
    "Sunday Nov  6 08:49:37 1994",
    "1994-11-06T08:49:37Z",
    "784111777",
};

static void only_the_grammar_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        int64_t seconds = 42;
        if (parse(accepted[i], NOW, &seconds) != WEIR_OK) fail_msg("refused: %s", accepted[i]);
        assert_true(seconds != 42);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        int64_t seconds = 42;
        if (parse(refused[i], NOW, &seconds) != WEIR_ERR_DATE) fail_msg("read: %s", refused[i]);
        assert_true(seconds == 42);
    }
    int64_t seconds;
    assert_int_equal(weir_date_parse((weir_str){NULL, 0}, NOW, &seconds), WEIR_ERR_DATE);
}

/* Every prefix ends too early, and no octet but one of its kind may take another's place. */
static void no_octet_can_be_left_out_or_become_another_kind(void **state)
{
    (void)state;
    static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                        "Sunday, 06-Nov-94 08:49:37 GMT",
                                        "Sun Nov  6 08:49:37 1994"};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        int64_t seconds;
        for (size_t len = 0; len < strlen(forms[i]); len++) {
            char *copy = exact_copy(forms[i], len);
            assert_int_equal(weir_date_parse((weir_str){copy, len}, NOW, &seconds), WEIR_ERR_DATE);
            copy = realloc(copy, strlen(forms[i]));
            memcpy(copy, forms[i], strlen(forms[i]));
            for (int c = 0; c < 256; c++) {
                bool is_digit = forms[i][len] >= '0' && forms[i][len] <= '9';
                if ((char)c == forms[i][len] || (is_digit && c >= '0' && c <= '9')) continue;
                if (i == 2 && len == 8 && c >= '0' && c <= '3') continue; /* " 6" to "06", "16" */
                copy[len] = (char)c;
                weir_str text = {copy, strlen(forms[i])};
                if (weir_date_parse(text, NOW, &seconds) != WEIR_ERR_DATE)
                    fail_msg("%s with 0x%02x at %zu", forms[i], (unsigned)c, len);
            }
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_moments_are_written_and_read),
        cmocka_unit_test(what_the_form_cannot_hold_is_clamped),
        cmocka_unit_test(every_day_reads_back_as_itself),
        cmocka_unit_test(every_second_of_a_day_reads_back_as_itself),
        cmocka_unit_test(more_than_fifty_years_ahead_is_in_the_past),
        cmocka_unit_test(any_now_is_survived),
        cmocka_unit_test(a_leap_second_is_the_one_after_59),
        cmocka_unit_test(only_the_grammar_is_read),
        cmocka_unit_test(no_octet_can_be_left_out_or_become_another_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
