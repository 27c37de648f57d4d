#include "provider/json_tree.h"

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 64, NUMBER_MOST = 32 };

static json_t *value(struct json_scan *s, unsigned depth);

/* Of at most 18 digits. */
static json_t *number(struct json_scan *s)
{
    char copy[NUMBER_MOST];
    const char *from = s->at;
    bool whole;
    if (!json_scan_number(s, &whole))
        return NULL;
    size_t len = (size_t)(s->at - from);
    memcpy(copy, from, len);
    copy[len] = '\0';
    return whole ? json_integer(strtoll(copy, NULL, 10)) : json_real(strtod(copy, NULL));
}

static json_t *text(struct json_scan *s)
{
    const char *at;
    size_t len;
    buf_clear(&s->plain);
    return json_scan_text(s, &at, &len) ? json_stringn_nocheck(at, len) : NULL;
}

static json_t *plain(struct json_scan *s, int first)
{
    switch (first) {
    case '"':
        return text(s);
    case 'n':
        return json_scan_word(s, "null") ? json_null() : NULL;
    case 't':
        return json_scan_word(s, "true") ? json_true() : NULL;
    case 'f':
        return json_scan_word(s, "false") ? json_false() : NULL;
    default:
        return number(s);
    }
}

/* One member into an object; false where its key was there before. */
static bool member(struct json_scan *s, unsigned depth, json_t *into)
{
    const char *key;
    char kept[64];
    size_t len, before = json_object_size(into);
    buf_clear(&s->plain);
    if (json_scan_next(s) != '"' || !json_scan_text(s, &key, &len) || len > sizeof kept ||
        !json_scan_take(s, ':'))
        return false;
    memcpy(kept, key, len); /* a value's texts may take its place */
    json_t *of = value(s, depth);
    return of && json_object_setn_new_nocheck(into, kept, len, of) == 0 &&
           json_object_size(into) > before;
}

static bool object(struct json_scan *s, unsigned depth, json_t *into)
{
    if (json_scan_take(s, '}'))
        return true;
    do {
        if (!member(s, depth, into))
            return false;
    } while (json_scan_take(s, ','));
    return json_scan_take(s, '}');
}

static bool array(struct json_scan *s, unsigned depth, json_t *into)
{
    if (json_scan_take(s, ']'))
        return true;
    do {
        json_t *item = value(s, depth);
        if (!item || json_array_append_new(into, item) != 0)
            return false;
    } while (json_scan_take(s, ','));
    return json_scan_take(s, ']');
}

static json_t *value(struct json_scan *s, unsigned depth)
{
    int c = json_scan_next(s);
    if (c != '{' && c != '[')
        return c < 0 ? NULL : plain(s, c);
    if (depth == DEPTH_MOST)
        return NULL;
    s->at++;
    json_t *all = c == '{' ? json_object() : json_array();
    if (c == '{' ? object(s, depth + 1, all) : array(s, depth + 1, all))
        return all;
    json_decref(all);
    return NULL;
}

json_t *json_tree(const char *at, size_t len)
{
    struct json_scan s = {.at = at, .end = at + len};
    json_t *tree = value(&s, 0);
    if (tree && (json_scan_next(&s) >= 0 || (s.wide && !text_is_utf8(at, len)))) {
        json_decref(tree);
        tree = NULL;
    }
    if (s.plain.cap) /* there may have been a secret in it */
        mem_wipe(s.plain.data, s.plain.cap);
    buf_free(&s.plain);
    return tree ? tree : json_loadb(at, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}
