#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *in = bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)in[i] << 16 | (n > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                     (n > 2 ? in[i + 2] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_putc(out, k <= n ? letters[v >> (18 - 6 * k) & 63] : '=');
    }
}

bool base64_read(struct buf *out, const char *text, size_t len)
{
    size_t before = out->len, pad = 0;
    while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
        pad++;
    bool good = len > 0 && len % 4 == 0;
    for (size_t i = 0; good && i < len; i += 4) {
        uint32_t v = 0;
        size_t n = i + 4 == len ? 3 - pad : 3;
        for (size_t k = 0; k < 4; k++) {
            const char *at = k <= n ? memchr(letters, text[i + k], 64) : letters;
            good &= at != NULL;
            v = v << 6 | (uint32_t)(at ? at - letters : 0);
        }
        for (size_t k = 0; k < n; k++)
            buf_putc(out, (char)(v >> (16 - 8 * k) & 255));
    }
    if (!good && out->len > before)
        out->data[out->len = before] = '\0';
    return good;
}

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
    size_t first = (shift * 8 + 5) / 6, n = 0;
    for (size_t i = first; (i + 1) * 6 <= (shift + len) * 8; i++) {
        unsigned value = 0;
        for (size_t bit = i * 6; bit < (i + 1) * 6; bit++) {
            size_t at = bit - shift * 8;
            const unsigned byte = (unsigned char)text[at / 8];
            value = value * 2 + (byte >> (7 - at % 8) & 1u);
        }
        out[n++] = letters[value];
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
