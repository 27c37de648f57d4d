/* The three forms share their pieces, so each is a pattern: W a weekday's name, w its first three
 * letters, d two digits of the day, D the same with a space for a leading zero, m a month, Y four
 * digits of a year, y two, t the time; others stand for themselves. */

#include "provider/httpdate.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct date {
    int year, month, day, hour, minute, second;
    bool short_year;
};

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool digits(const char **at, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (!isdigit((unsigned char)**at))
            return false;
        *out = *out * 10 + (**at - '0');
    }
    return true;
}

static bool weekday(const char **at, bool whole)
{
    for (size_t i = 0; i < 7; i++) {
        size_t len = whole ? strlen(weekdays[i]) : 3;
        if (strncmp(*at, weekdays[i], len) == 0) {
            *at += len;
            return true;
        }
    }
    return false;
}

static bool month(const char **at, int *out)
{
    for (*out = 1; *out <= 12; (*out)++)
        if (strncmp(*at, months + 3 * (*out - 1), 3) == 0) {
            *at += 3;
            return true;
        }
    return false;
}

static bool time_of_day(const char **at, struct date *d)
{
    return digits(at, 2, &d->hour) && *(*at)++ == ':' && digits(at, 2, &d->minute) &&
           *(*at)++ == ':' && digits(at, 2, &d->second);
}

static bool piece(char what, const char **at, struct date *d)
{
    switch (what) {
    case 'W':
        return weekday(at, true);
    case 'w':
        return weekday(at, false);
    case 'D':
        if (**at == ' ') {
            (*at)++;
            return digits(at, 1, &d->day);
        }
        return digits(at, 2, &d->day);
    case 'd':
        return digits(at, 2, &d->day);
    case 'm':
        return month(at, &d->month);
    case 'Y':
        return digits(at, 4, &d->year);
    case 'y':
        d->short_year = true;
        return digits(at, 2, &d->year);
    case 't':
        return time_of_day(at, d);
    default:
        return *(*at)++ == what;
    }
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool lawful(const struct date *d)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int last = days[d->month - 1] + (d->month == 2 && leap(d->year));
    return d->year >= 1 && d->day >= 1 && d->day <= last && d->hour <= 23 && d->minute <= 59 &&
           d->second <= 60; /* a leap second */
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_since_epoch(int year, int month_of_year, int day)
{
    int64_t y = month_of_year <= 2 ? year - 1 : year; /* years that begin in March */
    int64_t day_of_year = (153 * (month_of_year + (month_of_year > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t leaps = y / 4 - y / 100 + y / 400;
    return y * 365 + leaps + day_of_year - 719468;
}

static int64_t to_unix(const struct date *d)
{
    return ((days_since_epoch(d->year, d->month, d->day) * 24 + d->hour) * 60 + d->minute) * 60 +
           d->second;
}

static int century(int short_year, int64_t now_wall_ms)
{
    int now = 1970 + (int)(now_wall_ms / 1000 / 31556952); /* the mean Gregorian year */
    int year = now - now % 100 + short_year;
    if (year > now + 50)
        return year - 100;
    return year <= now - 50 ? year + 100 : year;
}

size_t http_date(const char *text, int64_t now_wall_ms, int64_t *unix_s)
{
    static const char *const forms[] = {"w, d m Y t GMT", "W, d-m-y t GMT", "w m D t Y"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct date d = {.month = 1};
        const char *at = text, *form = forms[i];
        while (*form && piece(*form, &at, &d))
            form++;
        if (*form)
            continue;
        if (d.short_year)
            d.year = century(d.year, now_wall_ms);
        if (!lawful(&d))
            continue;
        *unix_s = to_unix(&d);
        return (size_t)(at - text);
    }
    return 0;
}
