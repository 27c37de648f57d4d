/* A key is one run of texts: its id, then each field of the definition in order, NUL after each; a
 * field that it lacks is the single byte 0x01, which no text can be since controls are blanked:
 *
 *   9f0c...\0batch-01\0sk-or-v1-0e6...1c9\0false\0 2026-...Z\0\x01\0...
 *
 * and last what it is listed for. Ids are looked up in an open-addressed table of key numbers, for
 * a key must not come twice. */

#include "provider/keylist.h"

#include "provider/condition.h"
#include "provider/identifier.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char absent[] = "\x01";

struct listed_key {
    char *texts;
    uint8_t usage[WINDOW_COUNT];
};

struct keylist {
    const struct definition *d;
    struct listed_key *key;
    size_t count, cap;
    uint32_t *slot; /* 1 + a key's number; 0: free */
    size_t slots;
    char **each;
    uint32_t *each_slot; /* likewise, 1 + its number */
    size_t each_count, each_slots;
    size_t dead;      /* items that list.gone calls so: they are no keys */
    size_t walk_from; /* how many keys there were when the walk at hand began */
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
    free(l->each_slot);
    free(l->key);
    free(l->slot);
    free(l);
}

/* The table of ids */

/* The slot of an id, or the free one where it would be. */
static uint32_t *find(const struct keylist *l, const char *id)
{
    size_t at = (size_t)hash_text(0, id) & (l->slots - 1);
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

static void add(struct keylist *l, const struct listed_key *key)
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

void keylist_cut(struct keylist *l, size_t count)
{
    if (!count)
        l->dead = 0;
    if (count >= l->count)
        return;
    while (l->count > count)
        free(l->key[--l->count].texts);
    build_table(l, l->slots);
}

/* Texts */

static void put_clean(struct buf *out, const char *text)
{
    size_t plain = text_plain(text, strlen(text)); /* nearly all of it */
    buf_put(out, text, plain);
    text += plain;
    for (size_t n; *text; text += n) {
        n = text_char_len(text);
        if (text_acts(text, n))
            buf_putc(out, ' ');
        else
            buf_put(out, text, n);
    }
}

/* What %.15g prints of it, where it has six decimals at most; printf takes ten times as long. */
static bool put_short_real(struct buf *out, double number)
{
    const double millionths = 1e6;
    const double scaled = nearbyint(number * millionths);
    if (!(number >= 1e-4 && number < 1e9) || scaled / millionths < number ||
        scaled / millionths > number)
        return false;
    const unsigned long long n = (unsigned long long)scaled;
    char decimals[8];
    size_t len = sizeof decimals - 1;
    for (unsigned long long rest = n % 1000000 + 1000000; len; rest /= 10)
        decimals[--len] = (char)('0' + rest % 10);
    for (len = sizeof decimals - 1; decimals[len - 1] == '0';)
        len--;
    decimals[0] = '.';
    buf_put_u64(out, n / 1000000);
    buf_put(out, decimals, len);
    return true;
}

static bool put_scalar(struct buf *out, const json_t *value)
{
    const double number = json_number_value(value);
    const bool count = json_is_number(value) && number >= 0 && !signbit(number) && number < 1e15 &&
                       floor(number) == number;
    if (json_is_string(value))
        put_clean(out, json_string_value(value));
    else if (count) /* printf takes ten times as long */
        buf_put_u64(out, (unsigned long long)number);
    else if (json_is_integer(value))
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value)) {
        if (!put_short_real(out, number))
            buf_printf(out, "%.15g", number);
    } else if (json_is_boolean(value))
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

static void put_items(struct buf *out, json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            buf_putc(out, KEYLIST_PART);
        put_scalar(out, json_array_get(array, i));
    }
}

static void put_field(struct buf *out, json_t *value)
{
    if (json_is_array(value))
        put_items(out, value);
    else if (json_is_object(value))
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

/* Pages */

static enum walk_step say(char reason[WALK_REASON], enum walk_step step, const char *what)
{
    snprintf(reason, WALK_REASON, "%s", what);
    return step;
}

/* Takes one new item in; a step other than MORE ends the page. */
typedef enum walk_step take_item(struct keylist *l, struct walk *w, json_t *item, const char *id,
                                 char reason[WALK_REASON]);

static enum walk_step take_items(struct keylist *l, struct walk *w, json_t *items, take_item *take,
                                 char reason[WALK_REASON])
{
    int overlap = walk_overlap(w, items, reason);
    if (overlap < 0)
        return (enum walk_step) - overlap;
    for (size_t i = (size_t)overlap; i < json_array_size(items); i++) {
        char number[32];
        json_t *item = json_array_get(items, i);
        const char *id = walk_id(w, item, number);
        if (!id)
            return say(reason, WALK_BROKEN, "an item of it has no id where one must be");
        enum walk_step step = w->again ? WALK_MORE : take(l, w, item, id, reason);
        if (step != WALK_MORE)
            return step;
        walk_took(w, id);
    }
    return WALK_MORE;
}

static enum walk_step take_page(struct keylist *l, struct walk *w, json_t *body, take_item *take,
                                char reason[WALK_REASON])
{
    json_t *items = walk_items(w, body, reason);
    if (!items)
        return WALK_BROKEN;
    size_t before = w->taken;
    enum walk_step step = take_items(l, w, items, take, reason);
    return step == WALK_MORE ? walk_turn(w, body, w->taken - before, reason) : step;
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
    struct listed_key key;
    if (identifier_reserved(l->d, id, strlen(id))) /* its administrator, say */
        return WALK_MORE;
    if (identifier_canonical(l->d, id, strlen(id), canonical, why) <= 0) {
        snprintf(reason, WALK_REASON, "an item of it: %.150s", why);
        return WALK_BROKEN;
    }
    if (conditions_met(&l->d->list.gone, item, canonical, l->d->id.lower)) {
        l->dead++;
        return WALK_MORE;
    }
    uint32_t before = l->slots ? *find(l, canonical) : 0;
    if (before && l->d->list.twice && before <= l->walk_from)
        return WALK_MORE;
    if (before)
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
    buf_put(&texts, w->each ? w->each : absent, strlen(w->each ? w->each : absent) + 1);
    for (size_t i = 0; i < WINDOW_COUNT; i++)
        key.usage[i] = (uint8_t)usage_of(item, l->d->list.unused[i]);
    key.texts = texts.data;
    add(l, &key);
    return WALK_MORE;
}

/* The slot of one that keys are listed for, or the free one where it would be. */
static uint32_t *find_each(const struct keylist *l, const char *id)
{
    size_t at = (size_t)hash_text(0, id) & (l->each_slots - 1);
    while (l->each_slot[at] && strcmp(l->each[l->each_slot[at] - 1], id) != 0)
        at = (at + 1) & (l->each_slots - 1);
    return &l->each_slot[at];
}

static void build_each_table(struct keylist *l, size_t slots)
{
    free(l->each_slot);
    l->each_slots = slots;
    l->each_slot = mem_zalloc(slots, sizeof *l->each_slot);
    for (size_t i = 0; i < l->each_count; i++)
        *find_each(l, l->each[i]) = (uint32_t)i + 1;
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
    if (l->each_count * 2 >= l->each_slots) {
        build_each_table(l, l->each_slots ? l->each_slots * 2 : 64);
        l->each = mem_resize(l->each, l->each_slots, sizeof *l->each);
    }
    uint32_t *slot = find_each(l, id);
    if (*slot)
        return say(reason, WALK_CHANGED, "an item is in it twice");
    l->each[l->each_count++] = mem_string(id);
    *slot = (uint32_t)l->each_count;
    return WALK_MORE;
}

enum walk_step keylist_page(struct keylist *l, struct walk *w, json_t *body,
                            char reason[WALK_REASON])
{
    if (!w->pages_read && !w->again)
        l->walk_from = l->count;
    return take_page(l, w, body, take_key, reason);
}

enum walk_step keylist_each_page(struct keylist *l, struct walk *w, json_t *body,
                                 char reason[WALK_REASON])
{
    if (!w->pages_read && !w->again) { /* a walk that begins anew */
        while (l->each_count)
            free(l->each[--l->each_count]);
        if (l->each_slots)
            build_each_table(l, l->each_slots);
    }
    return take_page(l, w, body, take_each, reason);
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

const char *keylist_of(const struct keylist *l, size_t i)
{
    return keylist_field(l, i, l->d->list.field_count);
}

size_t keylist_dead(const struct keylist *l)
{
    return l->dead;
}

size_t keylist_find(const struct keylist *l, const char *id)
{
    uint32_t slot = l->slots ? *find(l, id) : 0;
    return slot ? slot - 1 : SIZE_MAX;
}

enum usage keylist_usage(const struct keylist *l, size_t i, enum window w)
{
    return (enum usage)l->key[i].usage[w];
}
