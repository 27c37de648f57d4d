#include "report/extra.h"
#include "report/report_forms.h"

#include "base/mem.h"
#include "manifest/manifest.h"
#include "provider/identifier.h"

#include <stdlib.h>
#include <string.h>

/* remaining.csv: the targets that are not done, as a manifest; and still_present.csv, likewise,
 * those that are done and were found still there. It reads back to the same targets whatever
 * --provider says; scope columns appear where a target that is left has such a scope.
 *
 *   provider,kind,id,note
 *   openrouter,key,0f3a...,left by alice
 *
 *   provider,kind,id,project,note
 *   openai,key,key_abc,proj_1,
 *   openrouter,key,0f3a...,,left by alice
 *
 * Texts are as they were read. A note is left out where its row would be longer than a manifest's
 * may be. */

struct scope_columns {
    const char **name;
    size_t count;
};

static void add_column(struct scope_columns *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->name[i], name) == 0)
            return;
    c->name = mem_resize(c->name, c->count + 1, sizeof *c->name);
    c->name[c->count++] = name;
}

typedef bool is_wanted(const struct entry *e);

static bool not_done(const struct entry *e)
{
    return !outcome_done(e->outcome);
}

static bool still_present(const struct entry *e)
{
    return e->verification.verified == VERIFIED_PRESENT;
}

static struct scope_columns columns_in_use(const struct report *r, is_wanted *wanted)
{
    struct scope_columns c = {0};
    struct cursor at = {.report = r};
    struct entry e;
    const struct definition *last = NULL;
    while (cursor_next(&at, &e)) {
        if (!wanted(&e) || e.definition == last)
            continue;
        last = e.definition;
        for (size_t i = 0; i < last->scope_count; i++)
            add_column(&c, last->scopes[i]);
    }
    return c;
}

static void put_scope(struct buf *b, const struct entry *e, const char *column)
{
    const char *value = targets_scope(e->source->targets, e->row);
    for (size_t i = 0; i < e->definition->scope_count; i++) {
        const char *end = strchrnul(value, SCOPE_SEPARATOR);
        if (strcmp(e->definition->scopes[i], column) == 0) {
            buf_put_csv(b, value, (size_t)(end - value));
            return;
        }
        value = *end ? end + 1 : end;
    }
}

static void put_row(struct buf *b, const struct entry *e, const struct scope_columns *c)
{
    char id[ID_MAX + 1];
    const char *note = targets_note(e->source->targets, e->row);
    size_t from = b->len;
    buf_printf(b, "%s,%s,", e->definition->provider, e->definition->kind);
    buf_put_csv(b, id, targets_id(e->source->targets, e->row, id));
    for (size_t i = 0; i < c->count; i++) {
        buf_putc(b, ',');
        put_scope(b, e, c->name[i]);
    }
    buf_putc(b, ',');
    size_t before_note = b->len;
    buf_put_csv(b, note, strlen(note));
    if (b->len - from > MANIFEST_LINE_MAX)
        b->len = before_note;
}

static void put_manifest(const struct report *r, struct sink *s, is_wanted *wanted)
{
    struct scope_columns c = columns_in_use(r, wanted);
    struct cursor at = {.report = r};
    struct entry e;
    buf_puts(&s->buf, "provider,kind,id,");
    for (size_t i = 0; i < c.count; i++) {
        buf_put_csv(&s->buf, c.name[i], strlen(c.name[i]));
        buf_putc(&s->buf, ',');
    }
    buf_puts(&s->buf, "note");
    extra_names(r, &s->buf);
    while (cursor_next(&at, &e)) {
        if (!wanted(&e))
            continue;
        put_row(&s->buf, &e, &c);
        extra_values(r, &e, &s->buf);
        sink_rest(s);
    }
    free(c.name);
}

void report_remaining(const struct report *r, struct sink *s)
{
    put_manifest(r, s, not_done);
}

void report_still_present(const struct report *r, struct sink *s)
{
    put_manifest(r, s, still_present);
}
