#include "report/extra.h"
#include "report/report_forms.h"

#include "base/clock.h"
#include "base/text.h"
#include "report/sink.h"

#include <string.h>

/* report.csv: one row a target, in the order of the manifest.
 *
 *   provider,kind,id,outcome,status,attempts,finished,error,note
 *   openrouter,key,0f3a...,revoked,200,1,2026-11-21T05:40:00.123Z,,left by alice
 *   requesty,key,3f0c...,failed,503,8,2026-11-21T05:41:07.004Z,upstream down,
 *   baseten,key,abc-1,not_attempted,,0,,,"'=SUM(A1)"
 *
 * Of a rotation there is one more column, `successor`: the id of the key that took its place.
 *
 * `status` is empty where no answer came, `finished` where the target is not finished. An error or
 * a note that a spreadsheet would take for a formula gets an apostrophe before it, and what would
 * act on a terminal is U+FFFD; identifiers are never changed. report.json and remaining.csv have
 * texts as they are. */

static void put_shown_text(struct buf *b, const char *text)
{
    struct buf shown = {0}, clean = {0};
    if (!*text)
        return;
    put_harmless(&clean, text);
    if (text_begins_formula(buf_text(&clean)))
        buf_putc(&shown, '\'');
    buf_put(&shown, clean.data, clean.len);
    buf_free(&clean);
    buf_put_csv(b, buf_text(&shown), shown.len);
    buf_free(&shown);
}

static void put_successor(struct buf *b, const struct entry *e)
{
    const char *id = entry_successor(e);
    buf_putc(b, ',');
    buf_put_csv(b, id, strlen(id));
}

static void put_row(struct buf *b, const struct entry *e, bool rotated)
{
    char id[ID_MAX + 1], at[CLOCK_TEXT];
    size_t len = targets_id(e->source->targets, e->row, id);
    int64_t finished = entry_finished_ms(e);
    buf_puts(b, e->definition->provider);
    buf_putc(b, ',');
    buf_puts(b, e->definition->kind);
    buf_putc(b, ',');
    buf_put_csv(b, id, len);
    buf_putc(b, ',');
    buf_puts(b, outcome_word[e->outcome]);
    buf_putc(b, ',');
    if (e->state.status)
        buf_put_u64(b, e->state.status);
    buf_putc(b, ',');
    buf_put_u64(b, e->state.attempts);
    buf_putc(b, ',');
    if (finished)
        buf_puts(b, clock_text(finished, at));
    buf_putc(b, ',');
    put_shown_text(b, ledger_error(e->source->ledger, e->row));
    buf_putc(b, ',');
    put_shown_text(b, targets_note(e->source->targets, e->row));
    if (rotated)
        put_successor(b, e);
}

/* verified.csv, of the targets that are done, in the order of the manifest:
 *
 *   provider,kind,id,outcome,verified,status,at,error,note
 *   openrouter,key,0f3a...,revoked,confirmed_absent,404,2026-11-21T05:40:09.311Z,,left by alice
 *
 * `verified`, `status` and `at` are empty where nobody has looked yet. */
static void put_verified(struct buf *b, const struct entry *e)
{
    const struct verification *v = &e->verification;
    char id[ID_MAX + 1], at[CLOCK_TEXT];
    size_t len = targets_id(e->source->targets, e->row, id);
    buf_printf(b, "%s,%s,", e->definition->provider, e->definition->kind);
    buf_put_csv(b, id, len);
    buf_printf(b, ",%s,%s,", outcome_word[e->outcome], verified_word[v->verified]);
    if (v->status)
        buf_put_u64(b, v->status);
    buf_printf(b, ",%s,", v->verified ? clock_text(v->at_ms, at) : "");
    put_shown_text(b, ledger_verification_error(e->source->ledger, e->row));
    buf_putc(b, ',');
    put_shown_text(b, targets_note(e->source->targets, e->row));
    buf_putc(b, '\n');
}

void report_verified(const struct report *r, struct sink *s)
{
    struct cursor c = {.report = r};
    struct entry e;
    buf_puts(&s->buf, "provider,kind,id,outcome,verified,status,at,error,note\n");
    while (cursor_next(&c, &e)) {
        if (outcome_done(e.outcome))
            put_verified(&s->buf, &e);
        sink_rest(s);
    }
}

void report_csv(const struct report *r, struct sink *s)
{
    struct cursor c = {.report = r};
    struct entry e;
    bool rotated = r->facts.action == ACTION_ROTATE;
    buf_puts(&s->buf, "provider,kind,id,outcome,status,attempts,finished,error,note");
    buf_puts(&s->buf, rotated ? ",successor" : "");
    extra_names(r, &s->buf);
    while (cursor_next(&c, &e)) {
        put_row(&s->buf, &e, rotated);
        extra_values(r, &e, &s->buf);
        sink_rest(s);
    }
}
