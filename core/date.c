/* SPDX-License-Identifier: MIT */
/* date.c - HTTP dates by plain arithmetic in the Gregorian calendar, backwards and forwards. */
#include "weir/date.h"
#include "scan.h"

#define DATE_DAY_SECONDS 86400

static const char date_days[7][10] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
static const char date_months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* A moment in the words of a date. Month and day count from 1. */
typedef struct {
    int64_t year;
    int month, day, hour, minute, second;
} date_parts;

static bool date_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int date_month_days(int64_t year, int month)
{
    static const char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && date_is_leap(year));
}

/*
 * Days from 1970-01-01. Years are taken to begin in March, so that the leap day ends them and the
 * days before month m are a linear function of m; year 0 and later.
 */
static int64_t date_days_of(const date_parts *d)
{
    int64_t year = d->year - (d->month <= 2), month = (d->month + 9) % 12; /* March is 0 */
    int64_t before = year * 365 + year / 4 - year / 100 + year / 400;
    return before + (153 * month + 2) / 5 + d->day - 1 - 719468; /* 0000-03-01 to 1970-01-01 */
}

static int64_t date_seconds_of(const date_parts *d)
{
    return date_days_of(d) * DATE_DAY_SECONDS + d->hour * 3600 + d->minute * 60 + d->second;
}

/* The inverse for what weir_date_write() can write; `weekday` counts from Sunday. */
static date_parts date_parts_of(int64_t seconds, int *weekday)
{
    int64_t since = seconds - WEIR_DATE_MIN; /* from 0001-01-01, a Monday: never negative */
    int64_t days = since / DATE_DAY_SECONDS;
    int clock = (int)(since % DATE_DAY_SECONDS);
    *weekday = (int)((days + 1) % 7);

    days += 306;                                      /* from 0000-03-01 */
    int64_t era = days / 146097, day = days % 146097; /* 400 years are that many days */
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;
    int month = (int)((5 * day + 2) / 153); /* March is 0 */
    return (date_parts){
        .year = era * 400 + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = (int)(day - (153 * month + 2) / 5 + 1),
        .hour = clock / 3600,
        .minute = clock / 60 % 60,
        .second = clock % 60,
    };
}

static int64_t date_clamp(int64_t seconds)
{
    if (seconds < WEIR_DATE_MIN) return WEIR_DATE_MIN;
    return seconds > WEIR_DATE_MAX ? WEIR_DATE_MAX : seconds;
}

static char *date_put(char *at, const char *text, size_t len)
{
    memcpy(at, text, len);
    return at + len;
}

static char *date_put_number(char *at, int64_t number, int digits)
{
    for (int i = digits; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + digits;
}

void weir_date_write(int64_t seconds, char out[WEIR_DATE_BYTES])
{
    int weekday;
    date_parts d = date_parts_of(date_clamp(seconds), &weekday);
    char *at = date_put(out, date_days[weekday], 3);
    at = date_put_number(date_put(at, ", ", 2), d.day, 2);
    at = date_put(date_put(at, " ", 1), date_months[d.month - 1], 3);
    at = date_put_number(date_put(at, " ", 1), d.year, 4);
    at = date_put_number(date_put(at, " ", 1), d.hour, 2);
    at = date_put_number(date_put(at, ":", 1), d.minute, 2);
    at = date_put_number(date_put(at, ":", 1), d.second, 2);
    date_put(at, " GMT", 4);
}

/* Each takes its piece off `text`, or returns false. */
static bool date_take(weir_str *text, const char *literal, size_t len)
{
    if (text->len < len || memcmp(text->p, literal, len) != 0) return false;
    *text = (weir_str){text->p + len, text->len - len};
    return true;
}

static bool date_take_number(weir_str *text, size_t digits, int *number)
{
    if (text->len < digits) return false;
    const char *end = text->p + digits;
    if (weir__scan_while(text->p, end, WEIR__DIGIT) != end) return false;
    *number = 0;
    for (const char *p = text->p; p != end; p++)
        *number = *number * 10 + (*p - '0');
    *text = (weir_str){end, text->len - digits};
    return true;
}

static bool date_take_weekday(weir_str *text, bool in_full)
{
    for (size_t i = 0; i < 7; i++)
        if (date_take(text, date_days[i], in_full ? weir_str_of(date_days[i]).len : 3)) return true;
    return false;
}

static bool date_take_month(weir_str *text, int *month)
{
    for (*month = 1; *month <= 12; ++*month)
        if (date_take(text, date_months[*month - 1], 3)) return true;
    return false;
}

/* One letter of a form, see weir_date_parse(). */
static bool date_take_piece(weir_str *text, char piece, date_parts *d)
{
    int year;
    switch (piece) {
    case 'w': return date_take_weekday(text, false);
    case 'l': return date_take_weekday(text, true);
    case 'd': return date_take_number(text, 2, &d->day);
    case 'e': /* 2DIGIT / ( SP 1DIGIT ) */
        return date_take(text, " ", 1) ? date_take_number(text, 1, &d->day)
                                       : date_take_number(text, 2, &d->day);
    case 'm': return date_take_month(text, &d->month);
    case 'y':
    case 'z':
        if (!date_take_number(text, piece == 'y' ? 4 : 2, &year)) return false;
        d->year = year;
        return true;
    case 't':
        return date_take_number(text, 2, &d->hour) && date_take(text, ":", 1) &&
               date_take_number(text, 2, &d->minute) && date_take(text, ":", 1) &&
               date_take_number(text, 2, &d->second);
    default: return date_take(text, &piece, 1);
    }
}

/* Small letters are pieces of the grammar, everything else stands for itself. */
static bool date_take_form(weir_str text, const char *form, date_parts *d)
{
    for (; *form != '\0'; form++)
        if (!date_take_piece(&text, *form, d)) return false;
    return text.len == 0;
}

/* RFC 9110 §5.6.7: more than 50 years ahead is in the past. The latest year that is not. */
static int64_t date_full_year(date_parts d, int64_t now)
{
    int weekday;
    date_parts limit = date_parts_of(date_clamp(now), &weekday);
    d.year += limit.year - limit.year % 100 + 100;
    limit.year += 50;
    int64_t last = date_seconds_of(&limit);
    while (d.year > 0 && (d.year > 9999 || date_seconds_of(&d) > last))
        d.year -= 100;
    return d.year;
}

/* A leap second is announced for the end of a day, nowhere else (RFC 9110 §5.6.7). */
static bool date_is_real(const date_parts *d)
{
    if (d->year < 1 || d->day < 1 || d->day > date_month_days(d->year, d->month)) return false;
    if (d->hour > 23 || d->minute > 59) return false;
    return d->second <= (d->hour == 23 && d->minute == 59 ? 60 : 59);
}

weir_error weir_date_parse(weir_str text, int64_t now, int64_t *seconds)
{
    /* w weekday, l in full, d day, e day with a space for a zero, m month, y year, z its last two
     * digits, t time of day. */
    static const char forms[3][20] = {"w, d m y t GMT", "l, d-m-z t GMT", "w m e t y"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        date_parts d = {0};
        if (!date_take_form(text, forms[i], &d)) continue;
        if (i == 1) d.year = date_full_year(d, now);
        if (!date_is_real(&d) || date_seconds_of(&d) > WEIR_DATE_MAX) return WEIR_ERR_DATE;
        *seconds = date_seconds_of(&d);
        return WEIR_OK;
    }
    return WEIR_ERR_DATE;
}
