/* A key is one run of texts: its id, then each field of the definition in order, NUL after each; a
 * field that it lacks is the single byte 0x01, which no text can be since controls are blanked:
 *
 *   9f0c...\0batch-01\0sk-or-v1-0e6...1c9\0false\0 2026-...Z\0\x01\0...
 *
 * Ids are looked up in an open-addressed table of key numbers, for a key must not come twice. */

#include "provider/keylist.h"

#include "provider/condition.h"
#include "provider/identifier.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char absent[] = "\x01";

struct key {
    char *texts;
    uint8_t usage[WINDOW_COUNT];
};

struct keylist {
    const struct definition *d;
    struct key *key;
    size_t count, cap;
    uint32_t *slot; /* 1 + a key's number; 0: free */
    size_t slots;
    char **each;
    size_t each_count;
};

struct keylist *keylist_new(const struct definition *d)
{
    struct keylist *l = mem_zalloc(1, sizeof *l);
    l->d = d;
    return l;
}

void keylist_free(struct keylist *l)
{
    if (!l)
        return;
    keylist_cut(l, 0);
    for (size_t i = 0; i < l->each_count; i++)
        free(l->each[i]);
    free(l->each);
    free(l->key);
    free(l->slot);
    free(l);
}

void walk_free(struct walk *w)
{
    free(w->last);
    w->last = NULL;
}

/* The table of ids */

static uint64_t hash(const char *id)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (; *id; id++)
        h = (h ^ (unsigned char)*id) * 1099511628211u;
    return h;
}

/* The slot of an id, or the free one where it would be. */
static uint32_t *find(const struct keylist *l, const char *id)
{
    size_t at = (size_t)hash(id) & (l->slots - 1);
    while (l->slot[at] && strcmp(l->key[l->slot[at] - 1].texts, id) != 0)
        at = (at + 1) & (l->slots - 1);
    return &l->slot[at];
}

static void build_table(struct keylist *l, size_t slots)
{
    free(l->slot);
    l->slots = slots;
    l->slot = mem_zalloc(slots, sizeof *l->slot);
    for (size_t i = 0; i < l->count; i++)
        *find(l, l->key[i].texts) = (uint32_t)i + 1;
}

static void add(struct keylist *l, const struct key *key)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 128;
        l->key = mem_resize(l->key, l->cap, sizeof *l->key);
    }
    l->key[l->count++] = *key;
    if (l->count * 2 > l->slots)
        build_table(l, l->slots ? l->slots * 2 : 256);
    else
        *find(l, key->texts) = (uint32_t)l->count;
}

static bool known(const struct keylist *l, const char *id)
{
    return l->slots && *find(l, id);
}

void keylist_cut(struct keylist *l, size_t count)
{
    if (count >= l->count)
        return;
    while (l->count > count)
        free(l->key[--l->count].texts);
    build_table(l, l->slots);
}

/* Texts */

static void put_clean(struct buf *out, const char *text)
{
    for (size_t n; *text; text += n) {
        n = text_char_len(text);
        if (text_acts(text, n))
            buf_putc(out, ' ');
        else
            buf_put(out, text, n);
    }
}

static bool put_scalar(struct buf *out, const json_t *value)
{
    if (json_is_string(value))
        put_clean(out, json_string_value(value));
    else if (json_is_integer(value))
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        buf_printf(out, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        buf_puts(out, json_is_true(value) ? "true" : "false");
    else
        return false;
    return true;
}

static void put_members(struct buf *out, json_t *object)
{
    const char *name;
    json_t *value;
    bool first = true;
    json_object_foreach(object, name, value)
    {
        size_t before = out->len;
        if (!first)
            buf_putc(out, KEYLIST_PART);
        put_clean(out, name);
        buf_putc(out, '=');
        if (put_scalar(out, value)) {
            first = false;
        } else {
            out->len = before;
            out->data[before] = '\0';
        }
    }
}

static void put_field(struct buf *out, json_t *value)
{
    if (json_is_object(value))
        put_members(out, value);
    else if (!put_scalar(out, value))
        buf_puts(out, absent);
    buf_putc(out, '\0');
}

static enum usage usage_of(json_t *item, char **pointers)
{
    enum usage usage = pointers ? USAGE_ZERO : USAGE_UNTOLD;
    for (char **pointer = pointers; pointer && *pointer; pointer++) {
        const json_t *value = pointer_get(item, *pointer);
        double n;
        if (json_is_number(value))
            n = json_number_value(value);
        else if (!json_is_string(value) || !text_decimal(json_string_value(value), 1e15, &n))
            return USAGE_UNTOLD;
        if (n < 0 || n > 0)
            usage = USAGE_SOME;
    }
    return usage;
}

/* The text of an item's id, NUL-terminated, or NULL where it has none. */
static const char *raw_id(json_t *item, const char *pointer, char number[32])
{
    const json_t *value = pointer_get(item, pointer);
    if (json_is_integer(value)) {
        snprintf(number, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return number;
    }
    return json_string_value(value);
}

/* Walking */

static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

static void put_parameter(struct buf *out, const char *name, const char *value)
{
    buf_putc(out, strchr(buf_text(out), '?') ? '&' : '?');
    buf_printf(out, "%s=", name);
    for (; *value; value++) {
        if (unreserved(*value))
            buf_putc(out, *value);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

void walk_request(const struct walk *w, const struct definition *d, struct buf *out)
{
    char offset[24];
    buf_clear(out);
    buf_puts(out, w->request->path);
    if (w->each)
        put_parameter(out, d->list.each, w->each);
    if (w->pages->page && w->taken) {
        snprintf(offset, sizeof offset, "%zu", w->taken - 1);
        put_parameter(out, w->pages->page, offset);
    }
}

static enum walk_step say(char reason[WALK_REASON], enum walk_step step, const char *what)
{
    snprintf(reason, WALK_REASON, "%s", what);
    return step;
}

/* Takes one new item in; a step other than MORE ends the page. */
typedef enum walk_step take_item(struct keylist *l, struct walk *w, json_t *item, const char *id,
                                 char reason[WALK_REASON]);

static enum walk_step total_agrees(struct walk *w, json_t *body, bool end, char reason[WALK_REASON])
{
    const json_t *total = w->pages->total ? pointer_get(body, w->pages->total) : NULL;
    if (!json_is_integer(total))
        return WALK_MORE;
    json_int_t n = json_integer_value(total);
    if (n < 0 || n >= INT64_MAX || (w->total && w->total != n + 1))
        return say(reason, WALK_CHANGED, "its total changed from one page to the next");
    w->total = n + 1;
    if (end && (int64_t)w->taken != n) {
        snprintf(reason, WALK_REASON, "it tells of %" PRId64 " and has %zu", (int64_t)n, w->taken);
        return WALK_CHANGED;
    }
    return WALK_MORE;
}

/* The first item of a further page must be the last of the page before. */
static enum walk_step follows(const struct walk *w, json_t *items, char reason[WALK_REASON])
{
    char number[32];
    json_t *item = json_array_get(items, 0);
    const char *id = item ? raw_id(item, w->pages->id, number) : NULL;
    if (id && strcmp(id, w->last) == 0)
        return WALK_MORE;
    snprintf(reason, WALK_REASON,
             "the page after %zu items does not follow the one before: a key came or went, or its "
             "%s is ignored",
             w->taken, w->pages->page);
    return WALK_CHANGED;
}

static enum walk_step take_items(struct keylist *l, struct walk *w, json_t *items, take_item *take,
                                 char reason[WALK_REASON])
{
    size_t from = w->taken ? 1 : 0, size = json_array_size(items);
    if (w->taken && follows(w, items, reason) != WALK_MORE)
        return WALK_CHANGED;
    for (size_t i = from; i < size; i++) {
        char number[32];
        json_t *item = json_array_get(items, i);
        const char *id = raw_id(item, w->pages->id, number);
        if (!id)
            return say(reason, WALK_BROKEN, "an item of it has no id where one must be");
        enum walk_step step = take(l, w, item, id, reason);
        if (step != WALK_MORE)
            return step;
        w->taken++;
        if (i + 1 == size) {
            free(w->last);
            w->last = mem_string(id);
        }
    }
    return size > from && w->pages->page ? WALK_MORE : WALK_END;
}

static enum walk_step take_page(struct keylist *l, struct walk *w, const char *body, size_t len,
                                take_item *take, char reason[WALK_REASON])
{
    json_t *json = body_parse(body, len);
    json_t *items = json ? pointer_get(json, w->pages->items) : NULL;
    enum walk_step step, total;
    if (json_is_array(items)) {
        step = take_items(l, w, items, take, reason);
        if (step == WALK_MORE || step == WALK_END) {
            total = total_agrees(w, json, step == WALK_END, reason);
            step = total == WALK_MORE ? step : total;
        }
    } else {
        snprintf(reason, WALK_REASON, "it has no array at %.60s", w->pages->items);
        step = WALK_BROKEN;
    }
    json_decref(json);
    return step;
}

/* An item tells what it is listed for, if at all, in the member of the parameter's name. */
static bool is_each(const struct keylist *l, const char *pointer)
{
    return pointer[0] == '/' && strcmp(pointer + 1, l->d->list.each) == 0;
}

static bool of_each(const struct keylist *l, const struct walk *w, const json_t *item)
{
    const char *said = w->each ? json_string_value(json_object_get(item, l->d->list.each)) : NULL;
    return !said || strcmp(said, w->each) == 0;
}

static enum walk_step take_key(struct keylist *l, struct walk *w, json_t *item, const char *id,
                               char reason[WALK_REASON])
{
    char canonical[ID_MAX + 1], why[ID_REASON];
    struct buf texts = {0};
    struct key key;
    if (identifier_canonical(l->d, id, strlen(id), canonical, why) <= 0) {
        snprintf(reason, WALK_REASON, "an item of it: %.150s", why);
        return WALK_BROKEN;
    }
    if (known(l, canonical))
        return say(reason, WALK_CHANGED, "a key is in it twice");
    if (!of_each(l, w, item)) {
        snprintf(reason, WALK_REASON, "a key is of another %.40s than was asked for",
                 l->d->list.each);
        return WALK_CHANGED;
    }
    buf_put(&texts, canonical, strlen(canonical) + 1);
    for (size_t i = 0; i < l->d->list.field_count; i++) {
        const char *pointer = l->d->list.field[i].pointer;
        json_t *value = pointer_get(item, pointer);
        if (!value && w->each && is_each(l, pointer))
            buf_put(&texts, w->each, strlen(w->each) + 1);
        else
            put_field(&texts, value);
    }
    for (size_t i = 0; i < WINDOW_COUNT; i++)
        key.usage[i] = (uint8_t)usage_of(item, l->d->list.unused[i]);
    key.texts = texts.data;
    add(l, &key);
    return WALK_MORE;
}

static enum walk_step take_each(struct keylist *l, struct walk *w, json_t *item, const char *id,
                                char reason[WALK_REASON])
{
    char why[ID_REASON];
    (void)w;
    (void)item;
    if (!scope_value_good(l->d->list.each, id, strlen(id), why)) {
        snprintf(reason, WALK_REASON, "%.160s", why);
        return WALK_BROKEN;
    }
    for (size_t i = 0; i < l->each_count; i++)
        if (strcmp(l->each[i], id) == 0)
            return say(reason, WALK_CHANGED, "an item is in it twice");
    l->each = mem_resize(l->each, l->each_count + 1, sizeof *l->each);
    l->each[l->each_count++] = mem_string(id);
    return WALK_MORE;
}

enum walk_step keylist_page(struct keylist *l, struct walk *w, const char *body, size_t len,
                            char reason[WALK_REASON])
{
    return take_page(l, w, body, len, take_key, reason);
}

enum walk_step keylist_each_page(struct keylist *l, struct walk *w, const char *body, size_t len,
                                 char reason[WALK_REASON])
{
    if (!w->taken) { /* a walk that begins anew */
        while (l->each_count)
            free(l->each[--l->each_count]);
    }
    return take_page(l, w, body, len, take_each, reason);
}

size_t keylist_each_count(const struct keylist *l)
{
    return l->each_count;
}

const char *keylist_each(const struct keylist *l, size_t i)
{
    return l->each[i];
}

size_t keylist_count(const struct keylist *l)
{
    return l->count;
}

const char *keylist_id(const struct keylist *l, size_t i)
{
    return l->key[i].texts;
}

const char *keylist_field(const struct keylist *l, size_t i, size_t field)
{
    const char *at = l->key[i].texts;
    for (size_t n = 0; n <= field; n++)
        at += strlen(at) + 1;
    return strcmp(at, absent) == 0 ? NULL : at;
}

enum usage keylist_usage(const struct keylist *l, size_t i, enum window w)
{
    return (enum usage)l->key[i].usage[w];
}
