#include "report/html_verified.h"
#include "report/html_text.h"

/* What a later read found of the targets that are done: counts, and the first of those that are not
 * confirmed. */

enum { ROWS_SHOWN = 200 };

static const struct {
    enum verified verified;
    const char *tone, *word, *meaning;
} row[] = {
    {VERIFIED_ABSENT, "revoked", "confirmed_absent",
     "Asked again, the provider said in its own form that it is not there, or its list is without "
     "it."},
    {VERIFIED_PRESENT, "failed", "still_present",
     "The provider shows it, although it said that it was gone."},
    {VERIFIED_UNPROVEN, "unproven_absent", "unproven", "Neither can be told from the answer."},
    {VERIFIED_NONE, "not_attempted", "not verified", "Nobody has looked yet."},
};
enum { KINDS = sizeof row / sizeof *row };

static void put_mark(struct buf *b, size_t kind)
{
    buf_printf(b, "<span class=\"s\" style=\"--c:var(--%s)\"></span>%s", row[kind].tone,
               row[kind].word);
}

static void put_target(struct buf *b, const struct entry *e, size_t kind)
{
    char id[ID_MAX + 1];
    targets_id(e->source->targets, e->row, id);
    buf_puts(b, "<tr><td class=\"o\">");
    put_mark(b, kind);
    buf_puts(b, "</td><td class=\"w\">");
    html_text(b, e->definition->shown, 0);
    buf_putc(b, ' ');
    html_text(b, e->definition->kind, 0);
    buf_puts(b, " <code>");
    html_text(b, id, 0);
    buf_puts(b, "</code></td><td>");
    html_time(b, e->verification.at_ms);
    buf_puts(b, "</td><td class=\"w\" dir=\"auto\">");
    html_text(b, ledger_verification_error(e->source->ledger, e->row), 200);
    buf_puts(b, "</td></tr>\n");
}

static void put_targets(struct buf *b, const struct report *r)
{
    uint64_t all = r->facts.verified[VERIFIED_PRESENT] + r->facts.verified[VERIFIED_UNPROVEN];
    unsigned shown = 0;
    if (!all)
        return;
    buf_puts(b, "<div class=\"wide\"><table id=\"not-confirmed\">\n<thead><tr>"
                "<th scope=\"col\">Found</th><th scope=\"col\">Target</th><th scope=\"col\">At</th>"
                "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct cursor c = {.report = r};
        struct entry e;
        if (row[kind].verified != VERIFIED_PRESENT && row[kind].verified != VERIFIED_UNPROVEN)
            continue;
        for (uint64_t left = r->facts.verified[row[kind].verified];
             left && shown < ROWS_SHOWN && cursor_next(&c, &e);) {
            if (e.verification.verified != row[kind].verified)
                continue;
            put_target(b, &e, kind);
            left--;
            shown++;
        }
    }
    buf_puts(b, "</tbody>\n</table></div>\n");
    if (shown < all) {
        buf_printf(b, "<p class=\"note\">The first %u are shown; ", shown);
        html_count(b, all - shown);
        buf_puts(b, " more are in <code>verified.csv</code>.</p>\n");
    }
}

void html_verification(struct buf *b, const struct report *r)
{
    if (!report_was_verified(r))
        return;
    html_section(b, "verification", "Verification");
    buf_puts(b, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Found</th>"
                "<th scope=\"col\" class=\"n\">Targets</th><th scope=\"col\" class=\"meaning\">"
                "Meaning</th></tr></thead>\n<tbody>\n");
    for (size_t kind = 0; kind < KINDS; kind++) {
        uint64_t n = r->facts.verified[row[kind].verified];
        if (!n && row[kind].verified == VERIFIED_NONE)
            continue;
        buf_printf(b, "<tr data-verified=\"%s\"%s><th scope=\"row\" class=\"o\">", row[kind].word,
                   n ? "" : " class=\"zero\"");
        put_mark(b, kind);
        buf_puts(b, "</th><td class=\"n\">");
        html_count(b, n);
        buf_printf(b, "</td><td class=\"meaning\">%s</td></tr>\n", row[kind].meaning);
    }
    buf_puts(b, "</tbody>\n</table></div>\n");
    put_targets(b, r);
    html_section_end(b);
}
