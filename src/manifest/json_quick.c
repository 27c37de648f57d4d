#include "manifest/json_quick.h"

#include "base/hex.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MOST = 16,
    DIGITS_MOST = 18, /* always fit into 64 bits */
    EXPONENT_MOST = 2 /* digits: with as many before it a double still holds it */
};

struct quick_scan {
    const char *at, *end;
    bool wide; /* there were bytes beyond ASCII */
    struct json_quick *into;
};

struct cell *json_quick_add(struct json_quick *q, const char *text, size_t len)
{
    if (q->count == q->room) {
        q->room = q->room ? 2 * q->room : 64;
        q->cell = mem_resize(q->cell, q->room, sizeof *q->cell);
    }
    struct cell *cell = &q->cell[q->count++];
    *cell = (struct cell){.text = text, .len = len};
    return cell;
}

void json_quick_free(struct json_quick *q)
{
    free(q->cell);
    q->cell = NULL;
    buf_free(&q->plain);
}

/* The next byte that is no blank; -1 at the end. */
static int word(struct quick_scan *s)
{
    for (; s->at < s->end; s->at++) {
        if (*s->at == '\n')
            s->into->lines++;
        else if (*s->at != ' ' && *s->at != '\t' && *s->at != '\r')
            return (unsigned char)*s->at;
    }
    return -1;
}

static bool take(struct quick_scan *s, char what)
{
    if (word(s) != what)
        return false;
    s->at++;
    return true;
}

/* What a backslash was passed of; false for what is no escape, for NUL, and for halves of a pair.
 */
static bool escape(struct quick_scan *s, struct buf *out)
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
static bool unescape(struct quick_scan *s, const char *from, const char **out, size_t *len)
{
    struct buf *plain = &s->into->plain;
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

/* A text in quotes, the first of which is next. */
static bool text(struct quick_scan *s, const char **out, size_t *len)
{
    const char *from = *out = ++s->at;
    s->at += text_unescaped(from, (size_t)(s->end - from), &s->wide);
    if (s->at == s->end || *s->at != '"')
        return s->at < s->end && unescape(s, from, out, len);
    *len = (size_t)(s->at++ - from);
    return true;
}

static size_t digits(struct quick_scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return (size_t)(s->at - from);
}

/* Whether what is next is one of two; it is passed. */
static bool passed(struct quick_scan *s, char one, char other)
{
    if (s->at == s->end || (*s->at != one && *s->at != other))
        return false;
    s->at++;
    return true;
}

/* Of -0 the sign would be lost or not, whoever reads it. */
static bool number(struct quick_scan *s, enum quick_kind *kind)
{
    bool negative = passed(s, '-', '-');
    const char *first = s->at;
    size_t before = digits(s), behind = 0;
    *kind = QUICK_INTEGER;
    if (!before || (*first == '0' && (before > 1 || negative)))
        return false;
    if (passed(s, '.', '.')) {
        *kind = QUICK_OTHER;
        if ((behind = digits(s)) == 0)
            return false;
    }
    if (passed(s, 'e', 'E')) {
        *kind = QUICK_OTHER;
        if (!passed(s, '+', '-') && s->at == s->end)
            return false;
        size_t exponent = digits(s);
        if (!exponent || exponent > EXPONENT_MOST)
            return false;
    }
    return before + behind <= DIGITS_MOST;
}

static bool literal(struct quick_scan *s, const char *what)
{
    size_t len = strlen(what);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, what, len) != 0)
        return false;
    s->at += len;
    return true;
}

/* A value that is neither object nor array. */
static bool plain(struct quick_scan *s, bool of_member, enum quick_kind *kind)
{
    const char *from = s->at;
    size_t len;
    switch (*from) {
    case '"':
        *kind = QUICK_TEXT;
        if (!text(s, &from, &len))
            return false;
        json_quick_add(s->into, from, len);
        return true;
    case 'n':
        *kind = QUICK_NULL;
        return literal(s, "null");
    case 't':
    case 'f':
        *kind = QUICK_OTHER;
        return literal(s, *from == 't' ? "true" : "false");
    default:
        if (!number(s, kind))
            return false;
        if (*kind == QUICK_INTEGER && of_member)
            json_quick_add(s->into, from, (size_t)(s->at - from))->number = true;
        return true;
    }
}

static bool is_new(const struct quick_member *member, size_t count, const char *key, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (member[i].key_len == len && memcmp(member[i].key, key, len) == 0)
            return false;
    return true;
}

static bool value(struct quick_scan *s, unsigned depth, enum quick_kind *kind);

/* The members of an object whose bracket was passed. */
static bool object(struct quick_scan *s, unsigned depth, struct quick_member *member, size_t *count)
{
    *count = 0;
    if (word(s) == '}')
        return take(s, '}');
    do {
        struct quick_member *m = &member[*count];
        if (*count == QUICK_MEMBERS || word(s) != '"' || !text(s, &m->key, &m->key_len) ||
            !is_new(member, *count, m->key, m->key_len) || !take(s, ':'))
            return false;
        if (depth > 0)
            json_quick_add(s->into, m->key, m->key_len);
        if (!value(s, depth, &m->kind))
            return false;
        m->cells = s->into->count;
        ++*count;
    } while (word(s) == ',' && take(s, ','));
    return take(s, '}');
}

static bool array(struct quick_scan *s, unsigned depth)
{
    enum quick_kind kind;
    if (word(s) == ']')
        return take(s, ']');
    do {
        if (!value(s, depth, &kind))
            return false;
    } while (word(s) == ',' && take(s, ','));
    return take(s, ']');
}

static bool nested_object(struct quick_scan *s, unsigned depth)
{
    struct quick_member member[QUICK_MEMBERS];
    size_t count;
    return object(s, depth, member, &count);
}

static bool value(struct quick_scan *s, unsigned depth, enum quick_kind *kind)
{
    int c = word(s);
    if (c != '{' && c != '[')
        return c >= 0 && plain(s, depth == 0, kind);
    *kind = QUICK_OTHER;
    s->at++;
    if (depth == DEPTH_MOST)
        return false;
    return c == '{' ? nested_object(s, depth + 1) : array(s, depth + 1);
}

const char *json_quick(struct json_quick *q, const char *from, size_t len)
{
    struct quick_scan s = {.at = from, .end = from + len, .into = q};
    q->count = q->members = q->lines = 0;
    buf_clear(&q->plain);
    if (!take(&s, '{') || !object(&s, 0, q->member, &q->members))
        return NULL;
    return s.wide && !text_is_utf8(from, (size_t)(s.at - from)) ? NULL : s.at;
}
