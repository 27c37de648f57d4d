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

char *clock_text(int64_t wall_ms, char out[CLOCK_TEXT])
{
    if (wall_ms < 0 || wall_ms > 253402300799999) /* year 9999 */
        wall_ms = 0;
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    char text[80];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900,
             t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)(wall_ms % 1000));
    memcpy(out, text, CLOCK_TEXT - 1);
    out[CLOCK_TEXT - 1] = '\0';
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
