#include "intake/taker.h"

#include "intake/edges.h"

#include "base/locked.h"
#include "base/mem.h"
#include "base/scale.h"
#include "provider/own_id.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_ROOM = SHAPE_MOST + 1,
    RECORD_ROOM = 1 << SCALE_BITS(15, 12), /* for the keys of one record, */
    MASKED_MOST = 64,                      /* and its masked forms */
    SHOWN_MOST = 64,
};

/* What is shown of a key: masked, cut, or with more of something else right beside it. */
struct mask {
    enum left_kind kind;
    const struct shape *shape;
    char text[2 * SHOWN_MOST]; /* what it shows: head and tail */
    uint8_t head, tail;
    uint64_t place;
};

struct taker {
    struct taker_rules rules;
    struct places *places;
    struct finds *finds;
    struct leftovers *leftovers;
    char *key;    /* KEY_ROOM, locked */
    char *record; /* RECORD_ROOM, locked: its whole keys, each ended by a NUL */
    size_t record_len;
    struct mask *mask; /* MASKED_MOST, locked */
    size_t masks;
    uint64_t seen;
    const char *text;
    size_t len, counted; /* counted: up to where the lines are */
    uint64_t first_line, line;
    const struct occasion *occasion;
    struct error failed; /* code 0: nothing did */
};

struct taker *taker_new(const struct taker_rules *rules, struct places *places, struct finds *finds,
                        struct leftovers *leftovers)
{
    struct taker *t = mem_zalloc(1, sizeof *t);
    *t = (struct taker){.rules = *rules, .places = places, .finds = finds, .leftovers = leftovers};
    t->key = locked_new(KEY_ROOM);
    t->record = locked_new(RECORD_ROOM);
    t->mask = locked_new(MASKED_MOST * sizeof *t->mask);
    if (t->key && t->record && t->mask)
        return t;
    taker_free(t);
    return NULL;
}

void taker_free(struct taker *t)
{
    if (!t)
        return;
    locked_free(t->key, KEY_ROOM);
    locked_free(t->record, RECORD_ROOM);
    locked_free(t->mask, MASKED_MOST * sizeof *t->mask);
    free(t);
}

void taker_text(struct taker *t, const char *text, size_t len, uint64_t line,
                const struct occasion *occasion)
{
    t->text = text;
    t->len = len;
    t->counted = 0;
    t->first_line = t->line = line;
    t->occasion = occasion;
}

static uint64_t newlines(const char *from, const char *end)
{
    uint64_t count = 0;
    while (from < end && (from = memchr(from, '\n', (size_t)(end - from)))) {
        count++;
        from++;
    }
    return count;
}

static uint64_t place_of(struct taker *t, size_t where)
{
    if (t->occasion)
        return t->occasion->place;
    if (where < t->counted / 2) {
        t->counted = 0;
        t->line = t->first_line;
    }
    if (where < t->counted)
        t->line -= newlines(t->text + where, t->text + t->counted);
    else
        t->line += newlines(t->text + t->counted, t->text + where);
    t->counted = where;
    return places_at(t->places, t->line);
}

static bool of_asked(const struct taker *t, const struct definition *d)
{
    return !t->rules.provider || strcmp(t->rules.provider, d->provider) == 0;
}

static void leave(struct taker *t, enum left_kind kind, const struct sighting *s)
{
    const struct definition *d = s->shape->definition;
    leftovers_add(t->leftovers, kind, d, d ? NULL : s->shape->vendor, s->text, s->len,
                  place_of(t, s->where));
}

static void add(struct taker *t, const struct definition *d, const char *id, size_t len,
                const char *scope, uint64_t place)
{
    uint64_t number = t->occasion && t->occasion->number ? t->occasion->number : place;
    if (finds_add(t->finds, d, id, len, scope, place, number,
                  t->occasion ? t->occasion->words : NULL, &t->failed) == 0)
        t->failed.code = EXIT_DONE;
}

/* Keeps a whole key until its record ends: its masked forms there are known by it. */
static void remember(struct taker *t, const struct sighting *s)
{
    if (!t->occasion || !t->occasion->number || t->record_len + s->len + 1 > RECORD_ROOM)
        return;
    memcpy(t->record + t->record_len, s->text, s->len);
    t->record[t->record_len + s->len] = '\0';
    t->record_len += s->len + 1;
}

/* Adds what the list alone can tell: whose masked form there agrees with what is shown of a key. */
static bool add_listed(struct taker *t, const struct shape *shape, const char *head,
                       size_t head_len, const char *tail, size_t tail_len, uint64_t place,
                       int id_len)
{
    const struct definition *d = shape->definition;
    if (!t->rules.listed || (id_len > 0 && !d->scope_count))
        return false;
    uint32_t row = listed_fit(t->rules.listed, d, shape->lead, head, head_len, tail, tail_len);
    if (row == UINT32_MAX)
        return false;
    const struct targets *all = listed_targets(t->rules.listed);
    char id[ID_MAX + 1];
    size_t len = targets_id(all, row, id);
    add(t, targets_definition(all, row), id, len, targets_scope(all, row), place);
    return true;
}

/* Takes a key that the list has, as it has it: its account too. */
static void take_listed(struct taker *t, const struct sighting *s, const char *id, size_t len)
{
    uint32_t row = listed_find(t->rules.listed, s->shape->definition, id, len);
    if (row == UINT32_MAX)
        leave(t, LEFT_UNLISTED, s);
    else
        add(t, targets_definition(listed_targets(t->rules.listed), row), id, len, "",
            place_of(t, s->where));
}

static void take_whole(struct taker *t, const struct sighting *s)
{
    const struct definition *d = s->shape->definition;
    char id[ID_MAX + 1];
    if (s->len >= KEY_ROOM)
        return;
    memcpy(t->key, s->text, s->len);
    t->key[s->len] = '\0';
    int n = own_id_of_secret(d, t->key, id);
    mem_wipe(t->key, s->len);
    if (add_listed(t, s->shape, s->text, s->len, s->text, s->len, place_of(t, s->where), n))
        return;
    if (n > 0 && d->scope_count)
        leave(t, LEFT_SCOPED, s);
    else if (n > 0 && t->rules.listed)
        take_listed(t, s, id, (size_t)n);
    else if (n > 0)
        add(t, d, id, (size_t)n, "", place_of(t, s->where));
    else
        leave(t, LEFT_NO_ID, s);
}

/* So mixed that it is hardly a name. */
static bool random_looking(const char *text, size_t len)
{
    size_t changes = 0, digits = 0;
    int before = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        int class = isdigit(c) ? 1 : isupper(c) ? 2 : islower(c) ? 3 : 0;
        changes += class && before && class != before;
        digits += class == 1;
        before = class ? class : before;
    }
    return digits >= 2 && changes * 4 >= len;
}

/* Whether the loose shape's key is this provider's: it is in the list, or something names it. */
static bool is_of(struct taker *t, const struct sighting *s)
{
    const struct definition *d = s->shape->definition;
    char id[ID_MAX + 1];
    if (t->rules.listed && s->len < KEY_ROOM) {
        memcpy(t->key, s->text, s->len);
        t->key[s->len] = '\0';
        int n = own_id_of_secret(d, t->key, id);
        mem_wipe(t->key, s->len);
        if (n > 0)
            return listed_find(t->rules.listed, d, id, (size_t)n) != UINT32_MAX;
    }
    const char *rule = t->occasion && t->occasion->rule ? t->occasion->rule : "";
    return edge_names(t->text, s->where, d) || edge_says(rule, strlen(rule), d);
}

/* Of a shape without a literal anything may be: what is called a key, and is no commit's hash. */
static bool is_telling(const struct taker *t, const struct sighting *s)
{
    bool upper = false, lower = false;
    for (size_t i = 0; i < s->len; i++) {
        upper |= isupper((unsigned char)s->text[i]) != 0;
        lower |= islower((unsigned char)s->text[i]) != 0;
    }
    bool mixed = s->shape->piece[0].span.class == RAWKEY_HEX || (upper && lower);
    return s->shape->literal || (mixed && edge_is_key(t->text, s->where));
}

static void see_loose(struct taker *t, const struct sighting *s)
{
    if (is_telling(t, s) && is_of(t, s)) {
        remember(t, s);
        take_whole(t, s);
    } else if (s->shape->literal && random_looking(s->text, s->len)) {
        remember(t, s);
        leave(t, LEFT_LOOSE, s);
    }
}

static void leave_mask(struct taker *t, const struct mask *m)
{
    const struct definition *d = m->shape->definition;
    bool telling = m->kind != LEFT_MASKED || m->shape->lead > SHAPE_LEAD;
    if (m->kind == LEFT_MASKED &&
        add_listed(t, m->shape, m->text, m->head, m->text + m->head, m->tail, m->place, 0))
        return;
    leftovers_add(t->leftovers, m->kind, telling ? d : NULL, "sk-", m->text,
                  (size_t)(m->head + m->tail), m->place);
}

/* In a record it is no remainder where the key is there as well, which its end tells. */
static void see_part(struct taker *t, const struct sighting *s, enum left_kind kind)
{
    struct mask m = {.kind = kind, .shape = s->shape, .place = place_of(t, s->where)};
    size_t head = s->head ? s->head : s->len, tail = s->tail;
    if (!s->head && s->len > SHOWN_MOST) /* all of it is shown: both of its ends tell it */
        tail = s->len - SHOWN_MOST;
    m.head = (uint8_t)(head < SHOWN_MOST ? head : SHOWN_MOST);
    m.tail = (uint8_t)(tail < SHOWN_MOST ? tail : SHOWN_MOST);
    memcpy(m.text, s->text, m.head);
    memcpy(m.text + m.head, s->text + s->len - m.tail, m.tail);
    if (t->occasion && t->occasion->number && t->masks < MASKED_MOST)
        t->mask[t->masks++] = m;
    else
        leave_mask(t, &m);
    mem_wipe(&m, sizeof m);
}

void taker_see(void *taker, const struct sighting *s)
{
    static const enum left_kind left[] = {[SIGHT_SEVERAL] = LEFT_SEVERAL,
                                          [SIGHT_STUCK] = LEFT_STUCK,
                                          [SIGHT_CUT] = LEFT_CUT,
                                          [SIGHT_ENCODED] = LEFT_ENCODED};
    struct taker *t = taker;
    if (t->failed.code)
        return;
    if (s->kind == SIGHT_PACKED) {
        leftovers_add(t->leftovers, LEFT_PACKED, NULL,
                      *s->text == 'H' ? "gzip in base64 (base64 -d | zcat | rescind match -)"
                                      : "gzip in base64 twice (base64 -d | base64 -d | zcat | ...)",
                      NULL, 0, place_of(t, s->where));
        return;
    }
    const struct definition *d = s->shape->definition;
    t->seen++;
    if (!d && s->kind == SIGHT_KEY) {
        remember(t, s);
        leave(t, LEFT_VENDOR, s);
    } else if (!d) {
        return; /* what is left of other vendors' keys helps nobody here */
    } else if (!of_asked(t, d)) {
        remember(t, s);
        if (s->kind == SIGHT_KEY)
            leave(t, LEFT_PROVIDER, s);
    } else if (s->kind == SIGHT_KEY) {
        remember(t, s);
        take_whole(t, s);
    } else if (s->kind == SIGHT_LOOSE) {
        see_loose(t, s);
    } else if (s->kind == SIGHT_MASKED) {
        see_part(t, s, LEFT_MASKED);
    } else if (s->kind == SIGHT_CUT || s->kind == SIGHT_STUCK) {
        see_part(t, s, left[s->kind]);
    } else {
        remember(t, s);
        leave(t, left[s->kind], s);
    }
}

/* Whether one of the record's keys begins and ends like what is shown. */
static bool known_by(const struct taker *t, const struct mask *m)
{
    for (size_t at = 0; at < t->record_len;) {
        const char *key = t->record + at;
        size_t len = strlen(key);
        if (len >= (size_t)(m->head + m->tail) && memcmp(key, m->text, m->head) == 0 &&
            memcmp(key + len - m->tail, m->text + m->head, m->tail) == 0)
            return true;
        at += len + 1;
    }
    return false;
}

int taker_end(struct taker *t, uint64_t *seen, struct error *err)
{
    for (size_t i = 0; i < t->masks && !t->failed.code; i++)
        if (!known_by(t, &t->mask[i]))
            leave_mask(t, &t->mask[i]);
    mem_wipe(t->record, t->record_len);
    mem_wipe(t->mask, t->masks * sizeof *t->mask);
    t->masks = t->record_len = 0;
    *seen = t->seen;
    t->seen = 0;
    if (!t->failed.code && finds_settle(t->finds, &t->failed) == 0)
        return 0;
    *err = t->failed;
    return -1;
}
