#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct clock_source *replaced;

int64_t clock_mono_us(void)
{
    if (replaced)
        return replaced->mono_us();
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    if (replaced)
        return replaced->wall_ms();
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void clock_set(const struct clock_source *source)
{
    replaced = source;
}

static void put_two(char *at, int n)
{
    at[0] = (char)('0' + n / 10);
    at[1] = (char)('0' + n % 10);
}

/* By hand: the times of a long list are all of other minutes. */
static void print_minute(int64_t minute, char text[CLOCK_TEXT])
{
    time_t seconds = (time_t)(minute * 60);
    struct tm t;
    gmtime_r(&seconds, &t);
    memcpy(text, "0000-00-00T00:00:00.000Z", CLOCK_TEXT);
    put_two(text, (t.tm_year + 1900) / 100);
    put_two(text + 2, (t.tm_year + 1900) % 100);
    put_two(text + 5, t.tm_mon + 1);
    put_two(text + 8, t.tm_mday);
    put_two(text + 11, t.tm_hour);
    put_two(text + 14, t.tm_min);
}

/* The times of a journal and a report follow each other within the same minute, so all but seconds
 * and milliseconds is kept from the last one: gmtime_r for each would be a quarter of the writing.
 */
char *clock_text(int64_t wall_ms, char out[CLOCK_TEXT])
{
    static _Thread_local int64_t minute = -1;
    static _Thread_local char text[CLOCK_TEXT];
    if (wall_ms < 0 || wall_ms > 253402300799999) /* year 9999 */
        wall_ms = 0;
    if (wall_ms / 60000 != minute) {
        minute = wall_ms / 60000;
        print_minute(minute, text);
    }
    unsigned rest = (unsigned)(wall_ms % 60000);
    memcpy(out, text, CLOCK_TEXT);
    out[17] = (char)('0' + rest / 10000);
    out[18] = (char)('0' + rest / 1000 % 10);
    out[20] = (char)('0' + rest / 100 % 10);
    out[21] = (char)('0' + rest / 10 % 10);
    out[22] = (char)('0' + rest % 10);
    return out;
}

static int digits(const char **at, int count)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        if (**at < '0' || **at > '9')
            return -1;
        n = n * 10 + (*(*at)++ - '0');
    }
    return n;
}

int64_t clock_parse(const char *text)
{
    const char *at = text;
    int y = digits(&at, 4);
    if (y < 1970 || *at++ != '-')
        return -1;
    int month = digits(&at, 2);
    if (month < 1 || month > 12 || *at++ != '-')
        return -1;
    int day = digits(&at, 2);
    if (day < 1 || day > 31 || (*at != 'T' && *at != ' '))
        return -1;
    at++;
    int hour = digits(&at, 2);
    if (hour < 0 || hour > 23 || *at++ != ':')
        return -1;
    int minute = digits(&at, 2);
    if (minute < 0 || minute > 59 || *at++ != ':')
        return -1;
    int second = digits(&at, 2);
    if (second < 0 || second > 60)
        return -1;
    int ms = 0;
    if (*at == '.') {
        at++;
        int scale = 100, any = 0;
        for (; *at >= '0' && *at <= '9'; at++, any = 1) {
            ms += (*at - '0') * scale;
            scale /= 10;
        }
        if (!any)
            return -1;
    }
    if (strcmp(at, "Z") != 0 && strcmp(at, "+00:00") != 0)
        return -1;
    struct tm t = {.tm_year = y - 1900,
                   .tm_mon = month - 1,
                   .tm_mday = day,
                   .tm_hour = hour,
                   .tm_min = minute,
                   .tm_sec = second};
    time_t seconds = timegm(&t);
    if (t.tm_mday != day) /* 31 February is none */
        return -1;
    return (int64_t)seconds * 1000 + ms;
}
