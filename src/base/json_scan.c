#include "base/json_scan.h"

#include "base/hex.h"
#include "base/text.h"

#include <string.h>

enum {
    DIGITS_MOST = 18, /* always fit into 64 bits */
    EXPONENT_MOST = 2 /* digits: with as many before it a double still holds it */
};

int json_scan_next(struct json_scan *s)
{
    for (; s->at < s->end; s->at++) {
        if (*s->at == '\n')
            s->lines++;
        else if (*s->at != ' ' && *s->at != '\t' && *s->at != '\r')
            return (unsigned char)*s->at;
    }
    return -1;
}

bool json_scan_take(struct json_scan *s, char what)
{
    if (json_scan_next(s) != what)
        return false;
    s->at++;
    return true;
}

/* What a backslash was passed of; false for what is no escape, for NUL, and for halves of a pair.
 */
static bool escape(struct json_scan *s, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *letter = s->at < s->end && *s->at ? strchr(letters, *s->at) : NULL;
    if (letter) {
        s->at++;
        buf_putc(out, means[letter - letters]);
        return true;
    }
    int unit = s->end - s->at >= 5 && *s->at == 'u' ? hex_number(s->at + 1, 4) : -1;
    if (unit <= 0 || (unit >= 0xd800 && unit <= 0xdfff))
        return false;
    char bytes[3];
    buf_put(out, bytes, text_put_unit(bytes, (unsigned)unit));
    s->at += 5;
    return true;
}

/* The rest of a text that has escapes, the first of which is next. What a row's texts become is no
 * longer than what they were, so that it never moves. */
static bool unescape(struct json_scan *s, const char *from, const char **out, size_t *len)
{
    struct buf *plain = &s->plain;
    size_t begin = plain->len;
    if (!begin)
        buf_room(plain, (size_t)(s->end - from));
    for (;;) {
        buf_put(plain, from, (size_t)(s->at - from));
        if (s->at == s->end || (*s->at != '"' && *s->at != '\\'))
            return false;
        if (*s->at++ == '"')
            break;
        if (!escape(s, plain))
            return false;
        from = s->at;
        s->at += text_unescaped(from, (size_t)(s->end - from), &s->wide);
    }
    *out = plain->data + begin;
    *len = plain->len - begin;
    return true;
}

bool json_scan_text(struct json_scan *s, const char **out, size_t *len)
{
    const char *from = *out = ++s->at;
    s->at += text_unescaped(from, (size_t)(s->end - from), &s->wide);
    if (s->at == s->end || *s->at != '"')
        return s->at < s->end && unescape(s, from, out, len);
    *len = (size_t)(s->at++ - from);
    return true;
}

static size_t digits(struct json_scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return (size_t)(s->at - from);
}

/* Whether what is next is one of two; it is passed. */
static bool passed(struct json_scan *s, char one, char other)
{
    if (s->at == s->end || (*s->at != one && *s->at != other))
        return false;
    s->at++;
    return true;
}

/* Of -0 the sign would be lost or not, whoever reads it. */
bool json_scan_number(struct json_scan *s, bool *whole)
{
    bool negative = passed(s, '-', '-');
    const char *first = s->at;
    size_t before = digits(s), behind = 0;
    *whole = true;
    if (!before || (*first == '0' && (before > 1 || negative)))
        return false;
    if (passed(s, '.', '.')) {
        *whole = false;
        if ((behind = digits(s)) == 0)
            return false;
    }
    if (passed(s, 'e', 'E')) {
        *whole = false;
        passed(s, '+', '-');
        size_t exponent = digits(s);
        if (!exponent || exponent > EXPONENT_MOST)
            return false;
    }
    return before + behind <= DIGITS_MOST;
}

bool json_scan_word(struct json_scan *s, const char *what)
{
    size_t len = strlen(what);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, what, len) != 0)
        return false;
    s->at += len;
    return true;
}
