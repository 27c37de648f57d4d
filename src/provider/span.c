#include "provider/span.h"

#include <ctype.h>
#include <stdbool.h>
#include <strings.h>

#define MS_US     ((int64_t)1000)
#define SECOND_US (1000 * MS_US)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)

#define SCALE_MOST 1000000 /* digits of a fraction that are used; later ones still round it up */

int64_t span_decimal_us(const char *text, size_t len, int64_t unit_us)
{
    size_t i = 0;
    int64_t us = 0, part = 0, scale = 1;
    bool more = false;
    for (; i < len && isdigit((unsigned char)text[i]); i++)
        us = us >= SPAN_FOREVER / 10 ? SPAN_FOREVER : us * 10 + (text[i] - '0');
    if (i == 0)
        return -1;
    us = us > SPAN_FOREVER / unit_us ? SPAN_FOREVER : us * unit_us;
    if (i == len)
        return us;
    if (text[i++] != '.' || i == len)
        return -1;
    for (; i < len && isdigit((unsigned char)text[i]); i++) {
        if (scale < SCALE_MOST) {
            scale *= 10;
            part = part * 10 + (text[i] - '0');
        } else {
            more |= text[i] != '0';
        }
    }
    if (i < len)
        return -1;
    int64_t fraction_us = (part * unit_us + scale - 1) / scale + more;
    return us >= SPAN_FOREVER ? us : us + (fraction_us + 999) / 1000 * 1000;
}

static size_t blanks(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && (text[n] == ' ' || text[n] == '\t'))
        n++;
    return n;
}

static size_t number_length(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && (isdigit((unsigned char)text[n]) || text[n] == '.'))
        n++;
    return n;
}

/* The unit that the `len` letters name; 0: none. */
static int64_t unit_of(const char *text, size_t len)
{
    static const struct {
        const char *name;
        int64_t us;
    } units[] = {
        {"d", DAY_US},           {"day", DAY_US},        {"days", DAY_US},
        {"h", HOUR_US},          {"hr", HOUR_US},        {"hrs", HOUR_US},
        {"hour", HOUR_US},       {"hours", HOUR_US},     {"m", MINUTE_US},
        {"min", MINUTE_US},      {"mins", MINUTE_US},    {"minute", MINUTE_US},
        {"minutes", MINUTE_US},  {"s", SECOND_US},       {"sec", SECOND_US},
        {"secs", SECOND_US},     {"second", SECOND_US},  {"seconds", SECOND_US},
        {"ms", MS_US},           {"msec", MS_US},        {"msecs", MS_US},
        {"milliseconds", MS_US}, {"millisecond", MS_US},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strncasecmp(units[i].name, text, len) == 0 && !units[i].name[len])
            return units[i].us;
    return 0;
}

/* The span read so far, and the unit of its last number. */
struct span {
    int64_t us, unit_us;
};

static bool add(struct span *s, const char *number, size_t len, int64_t unit_us)
{
    int64_t us = unit_us > 0 && unit_us < s->unit_us ? span_decimal_us(number, len, unit_us) : -1;
    if (us < 0)
        return false;
    s->us = us > SPAN_FOREVER - s->us ? SPAN_FOREVER : s->us + us;
    s->unit_us = unit_us;
    return true;
}

static int64_t iso_unit(char c, bool of_time)
{
    switch (toupper((unsigned char)c)) {
    case 'D':
        return of_time ? 0 : DAY_US;
    case 'H':
        return of_time ? HOUR_US : 0;
    case 'M': /* before the T it is a month */
        return of_time ? MINUTE_US : 0;
    case 'S':
        return of_time ? SECOND_US : 0;
    default:
        return 0;
    }
}

/* "PT1M30S", from behind the P. */
static int64_t iso_us(const char *text, size_t len)
{
    struct span s = {0, INT64_MAX};
    bool of_time = false;
    for (size_t i = 0; i < len;) {
        if (!of_time && toupper((unsigned char)text[i]) == 'T') {
            of_time = true;
            i++;
            continue;
        }
        size_t n = number_length(text + i, len - i);
        if (i + n == len || !add(&s, text + i, n, iso_unit(text[i + n], of_time)))
            return -1;
        i += n + 1;
    }
    return s.unit_us == INT64_MAX ? -1 : s.us;
}

int64_t span_us(const char *text, size_t len)
{
    struct span s = {0, INT64_MAX};
    if (len && toupper((unsigned char)*text) == 'P')
        return iso_us(text + 1, len - 1);
    for (size_t i = 0; i < len; i += blanks(text + i, len - i)) {
        size_t n = number_length(text + i, len - i), from = i + n, letters = 0;
        from += blanks(text + from, len - from);
        while (from + letters < len && isalpha((unsigned char)text[from + letters]))
            letters++;
        if (!add(&s, text + i, n, unit_of(text + from, letters)))
            return -1;
        i = from + letters;
    }
    return s.unit_us == INT64_MAX ? -1 : s.us;
}
