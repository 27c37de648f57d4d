/* The forms share their pieces, so each is a pattern: W a weekday's name, w its first three
 * letters, d two digits of the day, D the same with a space for a leading zero, n one or two, m a
 * month's first three letters, M its two digits, Y four digits of a year, y two, t the time, T the
 * same with or without seconds, f a fraction of a second or nothing, z a zone, Z a zone or nothing,
 * p a T or a space, h the time without colons; others stand for themselves. */

#include "provider/date.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct date {
    int year, month, day, hour, minute, second;
    int ahead_minutes; /* of UTC */
    bool short_year, fraction;
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
        if (strncasecmp(*at, weekdays[i], len) == 0) {
            *at += len;
            return true;
        }
    }
    return false;
}

static bool month(const char **at, int *out)
{
    for (*out = 1; *out <= 12; (*out)++)
        if (strncasecmp(*at, months + 3 * (*out - 1), 3) == 0) {
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

static bool time_with_or_without_seconds(const char **at, struct date *d)
{
    if (!digits(at, 2, &d->hour) || *(*at)++ != ':' || !digits(at, 2, &d->minute))
        return false;
    return **at != ':' || ((*at)++, digits(at, 2, &d->second));
}

static bool day(const char **at, struct date *d)
{
    bool two = isdigit((unsigned char)**at) && isdigit((unsigned char)(*at)[1]);
    return digits(at, two ? 2 : 1, &d->day);
}

static bool fraction(const char **at, struct date *d)
{
    if (**at != '.')
        return true;
    for ((*at)++; isdigit((unsigned char)**at); (*at)++)
        d->fraction |= **at != '0';
    return isdigit((unsigned char)(*at)[-1]) != 0;
}

/* Z, a name of RFC 5322, or +hhmm with or without a colon. */
static bool zone(const char **at, struct date *d)
{
    static const struct {
        const char *name;
        int hours;
    } names[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"EST", -5}, {"EDT", -4}, {"CST", -6},
                 {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"Z", 0}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i].name);
        if (strncasecmp(*at, names[i].name, len) == 0 && !isalpha((unsigned char)(*at)[len])) {
            d->ahead_minutes = names[i].hours * 60;
            *at += len;
            return true;
        }
    }
    int hours, minutes, sign = **at == '+' ? 1 : **at == '-' ? -1 : 0;
    if (!sign || ((*at)++, !digits(at, 2, &hours)))
        return false;
    *at += **at == ':';
    if (!digits(at, 2, &minutes) || minutes > 59)
        return false;
    d->ahead_minutes = sign * (hours * 60 + minutes);
    return true;
}

static bool zone_or_nothing(const char **at, struct date *d)
{
    const char *from = *at;
    if (!zone(at, d))
        *at = from;
    return true;
}

static bool piece(char what, const char **at, struct date *d)
{
    switch (what) {
    case 'n':
        return day(at, d);
    case 'M':
        return digits(at, 2, &d->month) && d->month >= 1 && d->month <= 12;
    case 'T':
        return time_with_or_without_seconds(at, d);
    case 'f':
        return fraction(at, d);
    case 'z':
        return zone(at, d);
    case 'Z':
        return zone_or_nothing(at, d);
    case 'p':
        return **at == 'T' || **at == 't' || **at == ' ' ? ((*at)++, true) : false;
    case 'h':
        return digits(at, 2, &d->hour) && digits(at, 2, &d->minute) && digits(at, 2, &d->second);
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
    int64_t minutes = (days_since_epoch(d->year, d->month, d->day) * 24 + d->hour) * 60 + d->minute;
    return (minutes - d->ahead_minutes) * 60 + d->second + d->fraction;
}

static int century(int short_year, int64_t now_wall_ms)
{
    int now = 1970 + (int)(now_wall_ms / 1000 / 31556952); /* the mean Gregorian year */
    int year = now - now % 100 + short_year;
    if (year > now + 50)
        return year - 100;
    return year <= now - 50 ? year + 100 : year;
}

size_t date_read(const char *text, int64_t now_wall_ms, int64_t *unix_s)
{
    static const char *const forms[] = {
        "w, n m Y T z", "n m Y T z",    "w, n m y T z", /* RFC 5322, and so RFC 9110's first */
        "W, d-m-y t z", "w m D t Y",                    /* RFC 9110's obsolete ones */
        "W, n m Y T z", "w, d-m-Y t z", "W, d-m-Y t z", /* as cookies have it */
        "Y-M-dpTf z",   "Y-M-dpTfZ",    "YMdphfZ",      /* ISO 8601 */
    };
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
