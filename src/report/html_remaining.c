#include "report/html_remaining.h"
#include "report/html_text.h"

#include <string.h>

/* What is not done, and why: reasons counted, and the first rows of it. A run that stopped early
 * may leave a million targets, so failed ones are shown before those that were not attempted, and
 * the rows end at a budget of bytes. */

enum { REASONS_SHOWN = 40, ROWS_SHOWN = 200, ROWS_BYTES = 96 * 1024 };

static void put_status(struct buf *b, unsigned status)
{
    buf_puts(b, "<td class=\"n\">");
    if (status)
        buf_put_u64(b, status);
    else
        buf_puts(b, "\xe2\x80\x93");
    buf_puts(b, "</td>");
}

static void put_outcome(struct buf *b, enum outcome o)
{
    buf_printf(b, "<td class=\"o\"><span class=\"s\" style=\"--c:var(--%s)\"></span>%s</td>",
               outcome_word[o], outcome_word[o]);
}

static void put_reason(struct buf *b, const struct reason *v)
{
    buf_puts(b, "<tr><td class=\"n\">");
    html_count(b, v->targets);
    buf_puts(b, "</td>");
    put_outcome(b, v->outcome);
    buf_puts(b, "<td>");
    html_text(b, v->provider, 0);
    buf_puts(b, "</td>");
    put_status(b, v->status);
    buf_puts(b, "<td class=\"w\" dir=\"auto\">");
    if (*v->text)
        html_text(b, v->text, 200);
    else
        buf_puts(b, v->outcome == OUTCOME_NOT_ATTEMPTED ? "the run ended first" : "no text given");
    buf_puts(b, "</td></tr>\n");
}

void html_reasons(struct buf *b, const struct report *r)
{
    const struct reasons *s = &r->reasons;
    uint64_t others = 0;
    if (!s->count)
        return;
    html_section(b, "reasons", "Why targets are not done");
    buf_puts(b, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\" class=\"n\">Targets</th>"
                "<th scope=\"col\">Outcome</th><th scope=\"col\">Provider</th><th scope=\"col\" "
                "class=\"n\">Status</th><th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < s->count; i++)
        if (i < REASONS_SHOWN)
            put_reason(b, &s->at[i]);
        else
            others += s->at[i].targets;
    buf_puts(b, "</tbody>\n</table></div>\n");
    if (others) {
        buf_puts(b, "<p class=\"note\">");
        html_count(b, others);
        buf_puts(b, " more targets have other reasons; <code>report.csv</code> has each.</p>\n");
    }
    html_section_end(b);
}

static void put_row(struct buf *b, const struct entry *e)
{
    char id[ID_MAX + 1];
    const char *note = targets_note(e->source->targets, e->row);
    bool one_line = targets_id(e->source->targets, e->row, id) <= 64;
    buf_puts(b, "<tr><th scope=\"row\" class=\"t\"><span class=\"note\">");
    html_text(b, e->definition->shown, 0);
    buf_putc(b, ' ');
    html_text(b, e->definition->kind, 0);
    buf_printf(b, "</span><span class=\"id%s\">", one_line ? " k" : "");
    html_text(b, id, 0);
    buf_puts(b, "</span></th>");
    put_outcome(b, e->outcome);
    put_status(b, e->state.status);
    buf_printf(b, "<td class=\"n\">%u</td><td class=\"w\"><span dir=\"auto\">",
               (unsigned)e->state.attempts);
    html_text(b, ledger_error(e->source->ledger, e->row), 160);
    buf_puts(b, "</span>");
    if (*note) {
        buf_puts(b, "<span class=\"note\" dir=\"auto\">");
        html_text(b, note, 120);
        buf_puts(b, "</span>");
    }
    buf_puts(b, "</td></tr>\n");
}

static unsigned put_rows(struct buf *b, const struct report *r, bool failed, unsigned room,
                         size_t limit)
{
    struct cursor c = {.report = r};
    struct entry e;
    unsigned shown = 0;
    while (shown < room && b->len < limit && cursor_next(&c, &e))
        if (!outcome_done(e.outcome) && outcome_failed(e.outcome) == failed) {
            put_row(b, &e);
            shown++;
        }
    return shown;
}

void html_remaining(struct buf *b, const struct report *r)
{
    uint64_t left = r->facts.targets - r->facts.done;
    if (!left)
        return;
    html_section(b, "remaining", "What remains");
    buf_puts(b, "<p>");
    html_count(b, left);
    buf_printf(b,
               " target%s not done. <code>remaining.csv</code> lists %s, as a manifest that "
               "<code>rescind run</code> takes.</p>\n",
               left == 1 ? " is" : "s are", left == 1 ? "it" : "them all");
    buf_puts(
        b, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Target</th><th scope=\"col\">"
           "Outcome</th><th scope=\"col\" class=\"n\">Status</th><th scope=\"col\" "
           "class=\"n\">Attempts</th><th scope=\"col\">Error, note</th></tr></thead>\n"
           "<tbody>\n");
    size_t limit = b->len + ROWS_BYTES;
    unsigned shown = put_rows(b, r, true, ROWS_SHOWN, limit);
    shown += put_rows(b, r, false, ROWS_SHOWN - shown, limit);
    buf_puts(b, "</tbody>\n</table></div>\n");
    if (shown < left) {
        buf_printf(b,
                   "<p class=\"note\">The first %u are shown, failed ones before those that were "
                   "not attempted; ",
                   shown);
        html_count(b, left - shown);
        buf_puts(b, " more are in <code>remaining.csv</code>.</p>\n");
    }
    html_section_end(b);
}
