#include "manifest/json_quick.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 16 };

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
    buf_free(&q->scan.plain);
    *q = (struct json_quick){0};
}

/* A value that is neither object nor array. */
static bool plain(struct json_quick *q, int first, bool of_member, enum quick_kind *kind)
{
    struct json_scan *s = &q->scan;
    const char *from = s->at;
    size_t len;
    bool whole;
    switch (first) {
    case '"':
        *kind = QUICK_TEXT;
        if (!json_scan_text(s, &from, &len))
            return false;
        json_quick_add(q, from, len);
        return true;
    case 'n':
        *kind = QUICK_NULL;
        return json_scan_word(s, "null");
    case 't':
    case 'f':
        *kind = QUICK_OTHER;
        return json_scan_word(s, first == 't' ? "true" : "false");
    default:
        if (!json_scan_number(s, &whole))
            return false;
        *kind = whole ? QUICK_INTEGER : QUICK_OTHER;
        if (whole && of_member)
            json_quick_add(q, from, (size_t)(s->at - from))->number = true;
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

static bool value(struct json_quick *q, unsigned depth, enum quick_kind *kind);

/* The members of an object whose bracket was passed. */
static bool object(struct json_quick *q, unsigned depth, struct quick_member *member, size_t *count)
{
    struct json_scan *s = &q->scan;
    *count = 0;
    if (json_scan_take(s, '}'))
        return true;
    do {
        struct quick_member *m = &member[*count];
        if (*count == QUICK_MEMBERS || json_scan_next(s) != '"' ||
            !json_scan_text(s, &m->key, &m->key_len) ||
            !is_new(member, *count, m->key, m->key_len) || !json_scan_take(s, ':'))
            return false;
        if (depth > 0)
            json_quick_add(q, m->key, m->key_len);
        if (!value(q, depth, &m->kind))
            return false;
        m->cells = q->count;
        ++*count;
    } while (json_scan_take(s, ','));
    return json_scan_take(s, '}');
}

static bool array(struct json_quick *q, unsigned depth)
{
    enum quick_kind kind;
    if (json_scan_take(&q->scan, ']'))
        return true;
    do {
        if (!value(q, depth, &kind))
            return false;
    } while (json_scan_take(&q->scan, ','));
    return json_scan_take(&q->scan, ']');
}

static bool nested_object(struct json_quick *q, unsigned depth)
{
    struct quick_member member[QUICK_MEMBERS];
    size_t count;
    return object(q, depth, member, &count);
}

static bool value(struct json_quick *q, unsigned depth, enum quick_kind *kind)
{
    int c = json_scan_next(&q->scan);
    if (c != '{' && c != '[')
        return c >= 0 && plain(q, c, depth == 0, kind);
    *kind = QUICK_OTHER;
    q->scan.at++;
    if (depth == DEPTH_MOST)
        return false;
    return c == '{' ? nested_object(q, depth + 1) : array(q, depth + 1);
}

const char *json_quick(struct json_quick *q, const char *text, size_t len)
{
    struct json_scan *s = &q->scan;
    buf_clear(&s->plain);
    *s = (struct json_scan){.at = text, .end = text + len, .plain = s->plain};
    q->count = q->members = 0;
    if (!json_scan_take(s, '{') || !object(q, 0, q->member, &q->members))
        return NULL;
    return s->wide && !text_is_utf8(text, (size_t)(s->at - text)) ? NULL : s->at;
}
