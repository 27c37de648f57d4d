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

#define HEX    (1u << RAWKEY_HEX)
#define ALNUM  (1u << RAWKEY_ALNUM)
#define WORD   (1u << RAWKEY_WORD)
#define BASE64 (1u << RAWKEY_BASE64)

const unsigned char rawkey_classes[256] = {
    ['0' ... '9'] = HEX | ALNUM | WORD | BASE64,
    ['a' ... 'f'] = HEX | ALNUM | WORD | BASE64,
    ['g' ... 'z'] = ALNUM | WORD | BASE64,
    ['A' ... 'Z'] = ALNUM | WORD | BASE64,
    ['_'] = WORD | BASE64,
    ['-'] = WORD | BASE64,
    ['+'] = BASE64,
    ['/'] = BASE64,
};
