#include "provider/rawkey.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 4096, PARTS_MAX = 8 };

bool rawkey_span(const char **at, size_t *min, size_t *max, bool *hex)
{
    char *end;
    const char *text = *at + 1;
    if (*text < '0' || *text > '9')
        return false;
    *min = *max = strtoul(text, &end, 10);
    if (*end == '-') {
        text = end + 1;
        if (*text < '0' || *text > '9')
            return false;
        *max = strtoul(text, &end, 10);
    }
    *hex = *end == 'h';
    end += *hex;
    *at = end + 1;
    return *end == '}' && *min > 0 && *min <= *max && *max <= COUNT_MAX;
}

bool rawkey_pattern_good(const char *pattern)
{
    size_t min, max, parts = 0;
    bool hex;
    while (*pattern) {
        if (*pattern == '{') {
            if (++parts > PARTS_MAX || !rawkey_span(&pattern, &min, &max, &hex))
                return false;
        } else if (*pattern <= 0x20 || *pattern > 0x7e || *pattern == '}') {
            return false;
        } else {
            pattern++;
        }
    }
    return parts > 0;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static bool is_hex(char c)
{
    return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
}

/* Tries the longest run first: what follows it is mostly a character that no run holds. */
static bool fits(const char *pattern, const char *text, size_t len)
{
    size_t min, max, n = 0;
    bool hex;
    for (; *pattern && *pattern != '{'; pattern++, text++, len--)
        if (!len || *text != *pattern)
            return false;
    if (!*pattern)
        return len == 0;
    if (!rawkey_span(&pattern, &min, &max, &hex))
        return false;
    while (n < len && n < max && (hex ? is_hex(text[n]) : is_word(text[n])))
        n++;
    for (; n >= min; n--)
        if (fits(pattern, text + n, len - n))
            return true;
    return false;
}

unsigned rawkey_fits(const char *pattern, const char *text, size_t len)
{
    unsigned literal = 0;
    size_t min, max;
    bool hex;
    if (!fits(pattern, text, len))
        return 0;
    while (*pattern) {
        if (*pattern == '{') {
            rawkey_span(&pattern, &min, &max, &hex);
        } else {
            literal++;
            pattern++;
        }
    }
    return literal + 1;
}

enum rawkey rawkey_find(const struct catalog *c, const char *text, size_t len,
                        const struct definition **out)
{
    enum rawkey found = RAWKEY_NONE;
    unsigned best = 0;
    for (size_t i = 0; i < catalog_count(c); i++) {
        const struct definition *d = catalog_at(c, i);
        for (char **pattern = d->raw; pattern && *pattern; pattern++) {
            unsigned n = rawkey_fits(*pattern, text, len);
            if (!n || n < best)
                continue;
            if (n > best)
                found = RAWKEY_ONE;
            else if (*out != d)
                found = RAWKEY_AMBIGUOUS;
            best = n;
            *out = d;
        }
    }
    return found;
}
