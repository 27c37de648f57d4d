#include "base/encoded.h"

#include <stdint.h>
#include <string.h>

/* The value of a digit, of either alphabet, and 1; 0 for none. */
static const unsigned char digit_values[256] = {
#define RUN4(c, v) [c] = (v) + 1, [(c) + 1] = (v) + 2, [(c) + 2] = (v) + 3, [(c) + 3] = (v) + 4
#define RUN8(c, v) RUN4(c, v), RUN4((c) + 4, (v) + 4)
#define RUN26(c, v)                                                                                \
    RUN8(c, v), RUN8((c) + 8, (v) + 8), RUN8((c) + 16, (v) + 16), [(c) + 24] = (v) + 25,           \
                                                                         [(c) + 25] = (v) + 26
    RUN26('A', 0), RUN26('a', 26), RUN8('0', 52), ['8'] = 61, ['9'] = 62,
    ['+'] = 63,    ['-'] = 63,     ['/'] = 64,    ['_'] = 64,
#undef RUN26
#undef RUN8
#undef RUN4
};

static int value_of(char c)
{
    return digit_values[(unsigned char)c] - 1;
}

size_t base64_form(const char *text, size_t len, unsigned shift, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t first = (shift * 8 + 5) / 6, n = 0;
    for (size_t i = first; (i + 1) * 6 <= (shift + len) * 8; i++) {
        unsigned value = 0;
        for (size_t bit = i * 6; bit < (i + 1) * 6; bit++) {
            size_t at = bit - shift * 8;
            const unsigned byte = (unsigned char)text[at / 8];
            value = value * 2 + (byte >> (7 - at % 8) & 1u);
        }
        out[n++] = digits[value];
    }
    return n;
}

size_t base64_before(unsigned shift)
{
    return (shift * 8 + 5) / 6;
}

bool base64_digit(char c)
{
    return value_of(c) >= 0;
}

bool base64_group(const char *four)
{
    return value_of(four[0]) >= 0 && value_of(four[1]) >= 0 && value_of(four[2]) >= 0 &&
           value_of(four[3]) >= 0;
}

size_t base64_decode(const char *text, size_t len, char *out, size_t *used)
{
    size_t n = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (*used = 0; *used + 4 <= len && base64_group(text + *used); *used += 4) {
        const char *four = text + *used;
        bits = (uint32_t)value_of(four[0]) << 18 | (uint32_t)value_of(four[1]) << 12 |
               (uint32_t)value_of(four[2]) << 6 | (uint32_t)value_of(four[3]);
        out[n++] = (char)(bits >> 16);
        out[n++] = (char)(bits >> 8);
        out[n++] = (char)bits;
    }
    for (; *used < len; ++*used) {
        int value = value_of(text[*used]);
        if (value < 0)
            break;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have);
        }
    }
    return n;
}
