#include "provider/rawkey.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 4096, PARTS_MAX = 8 };

static bool count(const char **at, size_t *out)
{
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    *out = strtoul(*at, &end, 10);
    *at = end;
    return *out > 0 && *out <= COUNT_MAX;
}

bool rawkey_span(const char **at, struct rawkey_span *out)
{
    const char *text = *at + 1;
    if (!count(&text, &out->min))
        return false;
    out->max = out->min;
    if (*text == '-') {
        text++;
        if (!count(&text, &out->max))
            return false;
    }
    out->class = *text == 'h'   ? RAWKEY_HEX
                 : *text == 'a' ? RAWKEY_ALNUM
                 : *text == 'b' ? RAWKEY_BASE64
                                : RAWKEY_WORD;
    text += out->class != RAWKEY_WORD;
    *at = text + 1;
    return *text == '}' && out->min <= out->max;
}

bool rawkey_pattern_good(const char *pattern)
{
    size_t parts = 0;
    struct rawkey_span span;
    while (*pattern) {
        if (*pattern == '{') {
            if (++parts > PARTS_MAX || !rawkey_span(&pattern, &span))
                return false;
        } else if (*pattern <= 0x20 || *pattern > 0x7e || *pattern == '}') {
            return false;
        } else {
            pattern++;
        }
    }
    return parts > 0;
}

bool rawkey_holds(enum rawkey_class class, char c)
{
    if (c >= '0' && c <= '9')
        return true;
    if (c >= 'a' && c <= 'z')
        return class != RAWKEY_HEX || c <= 'f';
    if (c >= 'A' && c <= 'Z')
        return class != RAWKEY_HEX;
    if (c == '_' || c == '-')
        return class == RAWKEY_WORD || class == RAWKEY_BASE64;
    return class == RAWKEY_BASE64 && (c == '+' || c == '/');
}

/* Where a run of a class ends that begins at text: at most `max` characters of it, the = at the end
 * of a base64 text counted. */
static size_t run_length(const struct rawkey_span *span, const char *text, size_t len)
{
    size_t n = 0, end;
    while (n < len && n < span->max && rawkey_holds(span->class, text[n]))
        n++;
    for (end = n; span->class == RAWKEY_BASE64 && end < len && end < n + 2 && text[end] == '=';)
        end++;
    return end > span->max ? span->max : end;
}

/* Tries the longest run first: what follows it is mostly a character that no run holds. */
static bool fits(const char *pattern, const char *text, size_t len)
{
    struct rawkey_span span;
    for (; *pattern && *pattern != '{'; pattern++, text++, len--)
        if (!len || *text != *pattern)
            return false;
    if (!*pattern)
        return len == 0;
    if (!rawkey_span(&pattern, &span))
        return false;
    for (size_t n = run_length(&span, text, len); n >= span.min; n--)
        if (fits(pattern, text + n, len - n))
            return true;
    return false;
}

unsigned rawkey_fits(const char *pattern, const char *text, size_t len)
{
    unsigned literal = 0;
    struct rawkey_span span;
    if (!fits(pattern, text, len))
        return 0;
    while (*pattern) {
        if (*pattern == '{') {
            rawkey_span(&pattern, &span);
        } else {
            literal++;
            pattern++;
        }
    }
    return literal + 1;
}

/* The characters before a pattern's first run, where the text begins with them. */
static size_t lead_of(const char *pattern, const char *text, size_t len)
{
    size_t n = strcspn(pattern, "{");
    return n <= len && memcmp(pattern, text, n) == 0 ? n : 0;
}

/* Whose a text is that begins like this is settled by the longest beginning that anybody has: what
 * begins with sk-or-v1- and was cut is no key of those that begin with sk-. */
static size_t longest_lead(const struct catalog *c, const char *text, size_t len)
{
    size_t longest = 0;
    for (size_t i = 0; i < catalog_plain(c); i++) {
        for (char **pattern = catalog_at(c, i)->raw; pattern && *pattern; pattern++) {
            size_t n = lead_of(*pattern, text, len);
            longest = n > longest ? n : longest;
        }
    }
    return longest;
}

enum rawkey rawkey_find(const struct catalog *c, const char *text, size_t len,
                        const struct definition **out)
{
    enum rawkey found = RAWKEY_NONE;
    unsigned best = 0;
    size_t lead = longest_lead(c, text, len);
    for (size_t i = 0; i < catalog_plain(c); i++) {
        const struct definition *d = catalog_at(c, i);
        for (char **pattern = d->raw; pattern && *pattern; pattern++) {
            unsigned n = rawkey_fits(*pattern, text, len);
            if (!n || n < best || lead_of(*pattern, text, len) < lead)
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
