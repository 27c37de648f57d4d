#include "provider/moment.h"

#include "provider/date.h"

#include "base/clock.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 40, FIRST_S = 100000000 }; /* in 1973, before any key was made */

/* The year 10000 in seconds, 1978 in milliseconds: keys that never expire are given the last second
 * of 9999. */
#define SECONDS_END 253402300800

static int64_t of_number(const char *text)
{
    uint64_t n;
    double seconds;
    if (text_u64(text, INT64_MAX, &n)) {
        if (n < SECONDS_END)
            return n >= FIRST_S ? (int64_t)n * 1000 : -1;
        while (n >= SECONDS_END * 1000)
            n /= 1000;
        return (int64_t)n;
    }
    return text_decimal(text, SECONDS_END, &seconds) && seconds >= FIRST_S
               ? (int64_t)(seconds * 1000)
               : -1;
}

/* The minutes of an offset such as +02:00 or -0530 at the end of a text, which is cut off. */
static int64_t cut_offset(char *text)
{
    size_t len = strlen(text);
    char *at = text + len - 6;
    if (len < 17)
        return 0;
    if (at[3] != ':')
        at++;
    const char *minute = at + 3 + (at[3] == ':');
    if ((*at != '+' && *at != '-') || strspn(at + 1, "0123456789") < 2 ||
        strspn(minute, "0123456789") != 2 || minute[2])
        return 0;
    int64_t minutes = (at[1] - '0') * 600 + (at[2] - '0') * 60 + atoi(minute);
    minutes = *at == '-' ? -minutes : minutes;
    *at = '\0';
    return minutes;
}

/* RFC 3339, and what leaves its zone, or its time, out. */
static int64_t of_date(const char *said)
{
    char text[LONGEST + 16];
    snprintf(text, sizeof text, "%s", said);
    size_t len = strlen(text);
    if (len == 10)
        memcpy(text + 10, "T23:59:59.999", 14);
    int64_t offset = cut_offset(text);
    len = strlen(text);
    if (len && toupper((unsigned char)text[len - 1]) == 'Z')
        text[--len] = '\0';
    memcpy(text + len, "Z", 2);
    int64_t ms = clock_parse(text);
    return ms < FIRST_S * INT64_C(1000) ? -1 : ms - offset * 60000;
}

static int64_t of_mail_date(const char *said)
{
    char text[LONGEST + 1];
    int64_t seconds;
    snprintf(text, sizeof text, "%s", said);
    size_t len = strlen(text);
    if (len > 5 && strcmp(text + len - 5, "+0000") == 0)
        memcpy(text + len - 5, "GMT", 4);
    len = date_read(text, clock_wall_ms(), &seconds);
    return len && !text[len] ? seconds * 1000 : -1;
}

int64_t moment_parse(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > LONGEST)
        return -1;
    if (strspn(text, "0123456789.") == len)
        return of_number(text);
    return isdigit((unsigned char)*text) ? of_date(text) : of_mail_date(text);
}
