#include "intake/recordings.h"

#include "intake/records.h"

#include "base/hex.h"
#include "base/locked.h"
#include "base/mem.h"
#include "base/scale.h"
#include "provider/identifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_ROOM = 1 << SCALE_BITS(22, 12), /* longest record; a longer one is text like any other */
    BETWEEN_ROOM = 1 << SCALE_BITS(16, 10),
    COLUMNS = 128,
    ABOVE = 40, /* hex digits of a commit's hash */
};

struct recordings {
    struct finder *finder;
    struct taker *taker;
    struct leftovers *leftovers;
    struct places *places;
    const struct catalog *catalog;
    const struct report_form *form;
    char *record, *copy, *between; /* locked; copy: of a CSV record, taken apart, or of what is
                                      outside of a JSON record's array */
    size_t record_len, between_len;
    uint64_t line, record_line, between_line; /* where each begins */
    uint64_t number;                          /* of occasions */
    struct json_walk walk;
    bool quoted; /* CSV: within quotes */
    char delimiter;
    char *header; /* CSV: the first record, with `name` in it */
    struct field name[COLUMNS], value[COLUMNS];
    size_t names, values;
    struct buf words, rule;
    char above[ABOVE + 1]; /* JSON: the commit that the records are of; or "" */
};

struct recordings *recordings_new(struct finder *finder, struct taker *taker,
                                  struct leftovers *leftovers, struct places *places,
                                  const struct catalog *catalog)
{
    struct recordings *r = mem_zalloc(1, sizeof *r);
    r->finder = finder;
    r->taker = taker;
    r->leftovers = leftovers;
    r->places = places;
    r->catalog = catalog;
    r->record = locked_new(RECORD_ROOM + FINDER_PAD);
    r->copy = locked_new(RECORD_ROOM + FINDER_PAD);
    r->between = locked_new(BETWEEN_ROOM + FINDER_PAD);
    if (r->record && r->copy && r->between)
        return r;
    recordings_free(r);
    return NULL;
}

void recordings_free(struct recordings *r)
{
    if (!r)
        return;
    locked_free(r->record, RECORD_ROOM + FINDER_PAD);
    locked_free(r->copy, RECORD_ROOM + FINDER_PAD);
    locked_free(r->between, BETWEEN_ROOM + FINDER_PAD);
    buf_free(&r->words);
    buf_free(&r->rule);
    free(r->header);
    free(r);
}

void recordings_begin(struct recordings *r, const struct report_form *form)
{
    r->form = form;
    r->walk = (struct json_walk){.path = form->records};
    r->record_len = r->between_len = 0;
    r->line = r->record_line = r->between_line = 1;
    r->quoted = false;
    r->above[0] = '\0';
    free(r->header);
    r->header = NULL;
}

/* Looks through a text without a report's words. */
static int plain(struct recordings *r, const char *text, size_t len, uint64_t line,
                 struct error *err)
{
    uint64_t seen;
    taker_text(r->taker, text, len, line, NULL);
    finder_run(r->finder, text, len, 0, len, taker_see, r->taker);
    return taker_end(r->taker, &seen, err);
}

static int flush_between(struct recordings *r, struct error *err)
{
    int result = r->between_len ? plain(r, r->between, r->between_len, r->between_line, err) : 0;
    mem_wipe(r->between, r->between_len);
    r->between_len = 0;
    r->between_line = r->line;
    return result;
}

/* Where a path is looked for: an item, what it is an item of, and so on. */
struct scope {
    const struct recordings *r;
    const char *text[3];
    size_t len[3], depth;
};

static bool pick(void *at, const char *path, struct buf *out)
{
    const struct scope *s = at;
    size_t depth = s->depth;
    if (*path == '^') {
        buf_puts(out, s->r->above);
        return s->r->above[0];
    }
    if (depth > 1 && strncmp(path, "../", 3) == 0)
        depth--;
    path += strncmp(path, "../", 3) == 0 ? 3 : 0;
    for (size_t i = depth; i-- > 0;)
        if (json_pick(s->text[i], s->len[i], path, out))
            return true;
    return false;
}

static bool pick_column(void *at, const char *name, struct buf *out)
{
    const struct scope *s = at;
    const struct recordings *r = s->r;
    for (size_t i = 0; i < r->names && i < r->values; i++)
        if (r->value[i].len && r->name[i].len == strlen(name) &&
            strncasecmp(r->name[i].text, name, r->name[i].len) == 0) {
            buf_put(out, r->value[i].text, r->value[i].len);
            return true;
        }
    return false;
}

/* Looks through a record, or an item of it. */
static int look(struct recordings *r, const struct scope *scope, report_pick *how, uint64_t line,
                uint64_t *seen, struct error *err)
{
    struct buf own = {0};
    const char *text = scope->text[scope->depth - 1];
    size_t len = scope->len[scope->depth - 1];
    places_put(r->places, places_at(r->places, line), &own);
    buf_clear(&r->words);
    report_words(r->form, how, (void *)scope, buf_text(&own), &r->words, &r->rule);
    buf_free(&own);
    bool secret = identifier_is_secret(r->catalog, buf_text(&r->words), r->words.len);
    struct occasion o = {.place = places_at(r->places, line),
                         .number = (uint64_t)1 << 63 | ++r->number,
                         .words = secret ? NULL : buf_text(&r->words),
                         .rule = buf_text(&r->rule)};
    taker_text(r->taker, text, len, line, &o);
    finder_run(r->finder, text, len, 0, len, taker_see, r->taker);
    return taker_end(r->taker, seen, err);
}

/* What is said of the whole record is looked for in a copy without its array: that may be long, and
 * each of its items asks. */
static void leave_out(struct recordings *r, struct scope *scope, const char *array, size_t len)
{
    size_t before = (size_t)(array - scope->text[0]), after = scope->len[0] - before - len;
    memcpy(r->copy, scope->text[0], before);
    memcpy(r->copy + before, "[]", 2);
    memcpy(r->copy + before + 2, array + len, after);
    scope->text[0] = r->copy;
    scope->len[0] = before + 2 + after;
}

/* The items of an item, by the rest of the form's `nested`. */
static int look_nested(struct recordings *r, struct scope *scope, const char *path, uint64_t line,
                       uint64_t *seen, struct error *err)
{
    size_t step = strcspn(path, "/"), depth = scope->depth, len, at = 0;
    const char *array;
    char name[64];
    int result = 0;
    snprintf(name, sizeof name, "%.*s", (int)step, path);
    if (!json_find(scope->text[depth - 1], scope->len[depth - 1], name, &array, &len))
        return 0;
    if (depth == 1)
        leave_out(r, scope, array, len);
    scope->depth = depth + 1;
    while (result == 0 && json_item(array, len, &at, &scope->text[depth], &scope->len[depth])) {
        uint64_t more = 0;
        result = path[step] ? look_nested(r, scope, path + step + 1, line, &more, err)
                            : look(r, scope, pick, line, &more, err);
        *seen += more;
    }
    scope->depth = depth;
    return result;
}

/* The rule of a record in which nothing was found, as it is told: neither it nor what is left of it
 * there looks like a secret. */
static const char *rule_shown(const struct recordings *r, char room[LEFT_WHO])
{
    leftovers_who(buf_text(&r->rule), room);
    if (!*room || identifier_is_secret(r->catalog, buf_text(&r->rule), r->rule.len) ||
        identifier_is_secret(r->catalog, room, strlen(room)))
        return r->form->tool;
    return room;
}

static int record_ends(struct recordings *r, struct error *err)
{
    struct scope scope = {.r = r, .text = {r->record}, .len = {r->record_len}, .depth = 1};
    uint64_t seen = 0, more = 0;
    int result = 0;
    if (r->form->nested) {
        result = look_nested(r, &scope, r->form->nested, r->record_line, &seen, err);
        scope.text[0] = r->record;
        scope.len[0] = r->record_len;
        mem_wipe(r->copy, r->record_len);
    }
    if (result == 0 && !seen)
        result = look(r, &scope, r->form->records ? pick : pick_column, r->record_line, &more, err);
    if (result == 0 && !seen && !more) {
        enum left_kind kind = r->form->hashed ? LEFT_HASHED : LEFT_FINDING;
        char room[LEFT_WHO];
        const char *who = r->form->hashed ? r->form->tool : rule_shown(r, room);
        leftovers_add(r->leftovers, kind, NULL, who, NULL, 0, places_at(r->places, r->record_line));
    }
    mem_wipe(r->record, r->record_len);
    r->record_len = 0;
    return result;
}

/* It is no record that fits in: its text is looked through like any other. */
static int record_too_long(struct recordings *r, struct error *err)
{
    int result = plain(r, r->record, r->record_len, r->record_line, err);
    mem_wipe(r->record, r->record_len);
    r->record_len = 0;
    r->record_line = r->line;
    return result;
}

static int put_record(struct recordings *r, char c, struct error *err)
{
    if (r->record_len == RECORD_ROOM && record_too_long(r, err) != 0)
        return -1;
    r->record[r->record_len++] = c;
    return 0;
}

/* Of what stands before a record: the commit that it and those behind it are of. */
static void look_above(struct recordings *r)
{
    static const char name[] = "\"id\"";
    const char *at = r->between, *end = at + r->between_len, *last = NULL;
    while ((at = memmem(at, (size_t)(end - at), name, strlen(name))))
        last = at += strlen(name);
    if (!last)
        return;
    while (last < end && (*last == ':' || *last == ' '))
        last++;
    bool hash = end - last > ABOVE + 1 && *last == '"' && last[ABOVE + 1] == '"' &&
                hex_all(last + 1, ABOVE);
    snprintf(r->above, sizeof r->above, "%.*s", hash ? ABOVE : 0, last + 1);
}

static int take_json(struct recordings *r, char c, struct error *err)
{
    enum json_step step = json_walk(&r->walk, c);
    if (step == JSON_OUTSIDE) {
        if (r->between_len == BETWEEN_ROOM && flush_between(r, err) != 0)
            return -1;
        r->between[r->between_len++] = c;
        return 0;
    }
    if (step == JSON_BEGINS) {
        look_above(r);
        if (flush_between(r, err) != 0)
            return -1;
        r->record_line = r->line;
    }
    if (put_record(r, c, err) != 0)
        return -1;
    return step == JSON_ENDS ? record_ends(r, err) : 0;
}

/* The first record names the columns. */
static void take_header(struct recordings *r)
{
    static const char delimiters[] = ",;\t|";
    size_t most = 0, skip = r->record_len >= 3 && memcmp(r->record, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    r->delimiter = ',';
    for (const char *d = delimiters; *d; d++) {
        size_t n = 0;
        for (size_t i = 0; i < r->record_len; i++)
            n += r->record[i] == *d;
        if (n > most) {
            most = n;
            r->delimiter = *d;
        }
    }
    r->header = mem_string_n(r->record, r->record_len);
    r->names = csv_fields(r->header + skip, r->record_len - skip, r->delimiter, r->name, COLUMNS);
    mem_wipe(r->record, r->record_len);
    r->record_len = 0;
}

static int csv_record_ends(struct recordings *r, struct error *err)
{
    if (!r->header) {
        take_header(r);
        return 0;
    }
    size_t len = r->record_len;
    if (len == 0 || (len == 1 && r->record[0] == '\r')) {
        r->record_len = 0;
        return 0;
    }
    memcpy(r->copy, r->record, len);
    r->values = csv_fields(r->copy, len, r->delimiter, r->value, COLUMNS);
    int result = record_ends(r, err);
    mem_wipe(r->copy, len);
    return result;
}

static int take_csv(struct recordings *r, char c, struct error *err)
{
    if (r->record_len == 0)
        r->record_line = r->line;
    r->quoted ^= c == '"';
    if (c == '\n' && !r->quoted)
        return csv_record_ends(r, err);
    return put_record(r, c, err);
}

int recordings_take(struct recordings *r, const char *text, size_t len, struct error *err)
{
    for (size_t i = 0; i < len; i++) {
        if ((r->form->records ? take_json : take_csv)(r, text[i], err) != 0)
            return -1;
        r->line += text[i] == '\n';
    }
    return 0;
}

int recordings_end(struct recordings *r, struct error *err)
{
    if (flush_between(r, err) != 0)
        return -1;
    if (!r->record_len)
        return 0;
    return r->form->records ? record_too_long(r, err) : csv_record_ends(r, err);
}
