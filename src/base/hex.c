/* A word of eight bytes is looked at as eight numbers side by side. Bytes below 0x80 have room for
 * a sum that sets their own high bit and no other's: that is how all eight are compared at once. */

#include "base/hex.h"

#include <ctype.h>
#include <endian.h>
#include <stdint.h>
#include <string.h>

#define EACH(byte) (0x0101010101010101u * (byte))

/* The first byte in memory is the lowest. */
static uint64_t load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

/* The high bit of each byte from `from` to `to`; the word's own high bits are clear. */
static uint64_t between(uint64_t word, unsigned char from, unsigned char to)
{
    return (word + EACH(0x80u - from)) & ~(word + EACH(0x7fu - to)) & EACH(0x80u);
}

static bool eight_digits(uint64_t word, bool any_case)
{
    uint64_t letters = any_case ? word | EACH(0x20u) : word;
    if (word & EACH(0x80u))
        return false;
    return (between(word, '0', '9') | between(letters, 'a', 'f')) == EACH(0x80u);
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_all(const char *text, size_t len)
{
    size_t at = 0;
    for (; len - at >= 8; at += 8)
        if (!eight_digits(load(text + at), true))
            return false;
    for (; at < len; at++)
        if (!isxdigit((unsigned char)text[at]))
            return false;
    return true;
}

void hex_put(const void *bytes, size_t n, char *digits)
{
    static const char digit[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    for (; n >= 4; n -= 4, from += 4, digits += 8) {
        uint32_t four;
        memcpy(&four, from, sizeof four);
        uint64_t word = le32toh(four);
        word = (word | word << 16) & 0x0000ffff0000ffffu;
        word = (word | word << 8) & 0x00ff00ff00ff00ffu;
        word = (word >> 4 & 0x000f000f000f000fu) | (word & 0x000f000f000f000fu) << 8;
        uint64_t letters = (word + EACH(6u)) >> 4 & EACH(1u);
        word = htole64(word + EACH('0') + letters * ('a' - '0' - 10));
        memcpy(digits, &word, sizeof word);
    }
    for (; n; n--, from++, digits += 2) {
        digits[0] = digit[*from >> 4];
        digits[1] = digit[*from & 15];
    }
}

bool hex_get(const char *digits, size_t n, void *bytes)
{
    unsigned char *to = bytes;
    for (; n >= 4; n -= 4, to += 4, digits += 8) {
        uint64_t word = load(digits);
        if (!eight_digits(word, false))
            return false;
        word = (word & EACH(0x0fu)) + (word >> 6 & EACH(1u)) * 9;
        word = (word << 4 | word >> 8) & 0x00ff00ff00ff00ffu;
        word = (word | word >> 8) & 0x0000ffff0000ffffu;
        uint32_t four = htole32((uint32_t)(word | word >> 16));
        memcpy(to, &four, sizeof four);
    }
    for (; n; n--, to++, digits += 2) {
        int high = digit_value(digits[0]), low = digit_value(digits[1]);
        if (high < 0 || low < 0)
            return false;
        *to = (unsigned char)(high << 4 | low);
    }
    return true;
}

int hex_value(char digit)
{
    char lower = (char)(digit | 0x20);
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

int hex_number(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        int value = hex_value(digits[i]);
        if (value < 0)
            return -1;
        number = number * 16 + value;
    }
    return number;
}
