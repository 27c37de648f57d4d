#include "intake/encoded.h"

#include <stdint.h>
#include <string.h>

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
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
    for (*used = 0; *used < len; ++*used) {
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
