#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_is_utf8(const char *bytes, size_t len)
{
    const unsigned char *p = (const unsigned char *)bytes, *end = p + len;
    while (p < end) {
        while (end - p >= 8) { /* most text is ASCII */
            uint64_t word;
            memcpy(&word, p, 8);
            if (word & 0x8080808080808080u)
                break;
            p += 8;
        }
        if (p == end)
            break;
        unsigned char c = *p++;
        if (c < 0x80)
            continue;
        int more;
        unsigned char lo = 0x80, hi = 0xbf;
        if (c >= 0xc2 && c <= 0xdf) {
            more = 1;
        } else if (c >= 0xe0 && c <= 0xef) {
            more = 2;
            if (c == 0xe0)
                lo = 0xa0;
            else if (c == 0xed)
                hi = 0x9f;
        } else if (c >= 0xf0 && c <= 0xf4) {
            more = 3;
            if (c == 0xf0)
                lo = 0x90;
            else if (c == 0xf4)
                hi = 0x8f;
        } else {
            return false;
        }
        for (; more > 0; more--, lo = 0x80, hi = 0xbf) {
            if (p == end || *p < lo || *p > hi)
                return false;
            p++;
        }
    }
    return true;
}

/* The high bit of each byte that is zero, and perhaps of some above one that is. */
static uint64_t zeros(uint64_t word)
{
    return (word - 0x0101010101010101u) & ~word;
}

static uint64_t has(uint64_t word, unsigned char byte)
{
    return zeros(word ^ (0x0101010101010101u * byte));
}

size_t text_plain(const char *bytes, size_t len)
{
    size_t at = 0;
    for (; len - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, 8);
        uint64_t control = (word - 0x2020202020202020u) & ~word;
        uint64_t odd =
            control | word | has(word, 0x7f) | has(word, '"') | has(word, '\\') | has(word, ',');
        if (odd & 0x8080808080808080u)
            break;
    }
    return at;
}

size_t text_unescaped(const char *bytes, size_t len, bool *wide)
{
    const uint64_t high = 0x8080808080808080u;
    size_t at = 0;
    for (; len - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, 8);
        uint64_t control = (word - 0x2020202020202020u) & ~word;
        if ((control | has(word, '"') | has(word, '\\')) & high)
            break;
        *wide |= (word & high) != 0;
    }
    for (; at < len; at++) {
        unsigned char c = (unsigned char)bytes[at];
        if (c < 0x20 || c == '"' || c == '\\')
            break;
        *wide |= c >= 0x80;
    }
    return at;
}

struct range {
    uint32_t from, to;
};

static bool within(uint32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].from && code <= ranges[i].to)
            return true;
    return false;
}

/* The character of n bytes of a valid text. */
static uint32_t code_of(const char *at, size_t n)
{
    const unsigned char *c = (const unsigned char *)at;
    static const unsigned char lead[] = {0, 0xff, 0x1f, 0x0f, 0x07};
    uint32_t code = c[0] & lead[n <= 4 ? n : 4];
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (c[i] & 0x3f);
    return code;
}

bool text_acts(const char *at, size_t n)
{
    static const struct range acting[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},
                                          {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
                                          {0xfff9, 0xfffb}};
    return within(code_of(at, n), acting, sizeof acting / sizeof *acting);
}

bool text_invisible(const char *at, size_t n)
{
    static const struct range unseen[] = {
        {0x20, 0x20},     {0xa0, 0xa0},     {0xad, 0xad},      {0x34f, 0x34f},   {0x115f, 0x1160},
        {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f},  {0x2000, 0x200f}, {0x2028, 0x202f},
        {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000},  {0x3164, 0x3164}, {0xfe00, 0xfe0f},
        {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xe0000, 0xe0fff}};
    return text_acts(at, n) || within(code_of(at, n), unseen, sizeof unseen / sizeof *unseen);
}

bool text_begins_formula(const char *text)
{
    static const char *const marks[] = {
        "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
    size_t n;
    if ((*text >= '0' && *text <= '9') || ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z'))
        return false; /* nearly always */
    if (strchr("\t\r\n", *text) && *text)
        return true;
    for (; *text && text_invisible(text, n = text_char_len(text)); text += n)
        ;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            return true;
    return false;
}

size_t text_char_len(const char *at)
{
    size_t n = 1;
    while (((unsigned char)at[n] & 0xc0) == 0x80)
        n++;
    return n;
}

size_t text_put_unit(char *out, unsigned unit)
{
    if (unit < 0x80) {
        out[0] = (char)unit;
        return 1;
    }
    if (unit < 0x800) {
        out[0] = (char)(0xc0 | unit >> 6);
        out[1] = (char)(0x80 | (unit & 0x3f));
        return 2;
    }
    if (unit >= 0xd800 && unit < 0xe000)
        unit = 0xfffd;
    out[0] = (char)(0xe0 | unit >> 12);
    out[1] = (char)(0x80 | (unit >> 6 & 0x3f));
    out[2] = (char)(0x80 | (unit & 0x3f));
    return 3;
}

bool text_u64(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (n > max)
        return false;
    *out = n;
    return true;
}

bool text_duration(const char *text, int64_t *us)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    const int64_t most = 365 * (int64_t)86400;
    int64_t total = 0;
    size_t unit = 0;
    if (!*text)
        return false;
    while (*text) {
        int64_t n = 0;
        if (*text < '0' || *text > '9')
            return false;
        for (; *text >= '0' && *text <= '9'; text++) {
            n = n * 10 + (*text - '0');
            if (n > most)
                return false;
        }
        char letter = *text ? *text++ : 's';
        while (unit < sizeof units / sizeof *units && units[unit].letter != letter)
            unit++;
        if (unit == sizeof units / sizeof *units)
            return false;
        total += n * units[unit++].seconds;
        if (total > most)
            return false;
    }
    *us = total * 1000000;
    return true;
}

bool text_decimal(const char *text, double max, double *out)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole;
    if (!whole || whole > 15)
        return false;
    if (*rest == '.') {
        size_t fraction = strspn(++rest, "0123456789");
        if (!fraction || fraction > 15)
            return false;
        rest += fraction;
    }
    if (*rest)
        return false;
    double n = strtod(text, NULL);
    if (n > max)
        return false;
    *out = n;
    return true;
}

char *text_span(int64_t us, char out[TEXT_SPAN])
{
    double seconds = us < 0 ? 0 : (double)us / 1e6;
    long long whole = (long long)(seconds + .5);
    if (seconds < 59.95)
        snprintf(out, TEXT_SPAN, "%.1fs", seconds);
    else if (whole < 3600)
        snprintf(out, TEXT_SPAN, "%lldm %02llds", whole / 60, whole % 60);
    else if (whole < 86400)
        snprintf(out, TEXT_SPAN, "%lldh %02lldm", whole / 3600, whole % 3600 / 60);
    else
        snprintf(out, TEXT_SPAN, "%lldd %02lldh", whole / 86400, whole % 86400 / 3600);
    return out;
}

char *text_count(uint64_t n, char out[TEXT_COUNT])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

/* A character of n bytes, maybe no valid one, that is a blank or is beyond ASCII and not seen. */
static bool is_trim(const char *at, size_t n)
{
    bool blank = n == 1 && *at && strchr(" \t\r", *at);
    return blank || (n > 1 && text_is_utf8(at, n) && text_invisible(at, n));
}

const char *text_trimmed(const char *text, size_t *len)
{
    size_t n;
    while (*len) {
        for (n = 1; n < *len && ((unsigned char)text[n] & 0xc0) == 0x80; n++)
            ;
        if (!is_trim(text, n))
            break;
        text += n;
        *len -= n;
    }
    while (*len) {
        for (n = 1; n < *len && ((unsigned char)text[*len - n] & 0xc0) == 0x80; n++)
            ;
        if (!is_trim(text + *len - n, n))
            break;
        *len -= n;
    }
    return text;
}
