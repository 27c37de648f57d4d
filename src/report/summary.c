#include "report/summary.h"
#include "report/model.h"
#include "report/seen_by.h"
#include "report/sink.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The summary: what a person wants to know when the run has ended, in the order of the questions.
 *
 *   9,976 of 10,000 targets done in 41.2s
 *
 *     revoked                   7,012
 *     already_absent            2,938
 *     absent_after_retry           26
 *     failed                       12
 *     not_attempted                12
 *
 *     openrouter    5,990 of 6,000 done
 *     requesty      3,986 of 4,000 done
 *
 *     requests      10,412 sent, 253 a second; 102 answered 429, 33 answered 5xx
 *     stopped       interrupted by SIGINT (exit 75)
 *     not done      12 x requesty failed 503: upstream down
 *     report        keys.csv.run/report.html
 *     left over     keys.csv.run/remaining.csv (24 targets)
 *
 *   To carry on:    rescind run keys.csv
 */

enum { REASONS_SHOWN = 5, FINDINGS_SHOWN = 5, REASON_WIDTH = 90, LABEL_WIDTH = 14 };

static const char bold[] = "\033[1m", red[] = "\033[31m", green[] = "\033[32m",
                  yellow[] = "\033[33m", plain[] = "\033[0m";

static void put_shown(struct buf *b, const char *text, size_t width)
{
    struct buf clean = {0};
    put_utf8(&clean, text);
    const char *at = buf_text(&clean);
    for (size_t column = 0; *at; column++) {
        size_t n = text_char_len(at);
        if (column == width) {
            buf_puts(b, "\xe2\x80\xa6");
            break;
        }
        if (text_acts(at, n))
            buf_putc(b, ' ');
        else
            buf_put(b, at, n);
        at += n;
    }
    buf_free(&clean);
}

static void put_label(struct buf *b, const char *label)
{
    buf_printf(b, "  %-*s", LABEL_WIDTH, label);
}

/* What matters most: the provider said that they are gone, and they are not. */
static void put_still_present(struct buf *b, const struct report_facts *f, bool colour)
{
    char n[TEXT_COUNT];
    uint64_t present = f->verified[VERIFIED_PRESENT];
    if (!present)
        return;
    buf_printf(b, "%s%s%s target%s STILL PRESENT after the provider said %s gone%s\n\n",
               colour ? bold : "", colour ? red : "", text_count(present, n),
               present == 1 ? " is" : "s are", present == 1 ? "it was" : "they were",
               colour ? plain : "");
}

/* Before all numbers: they are of what is left of the journal. */
static void put_salvaged(struct buf *b, const struct report_facts *f, bool colour)
{
    if (!f->salvaged)
        return;
    buf_printf(b, "%s%sSALVAGED FROM A DAMAGED JOURNAL: what is done was on record as done%s\n",
               colour ? bold : "", colour ? red : "", colour ? plain : "");
    buf_puts(b, "What is not may have been sent, deleted or failed all the same: the record is "
                "lost.\n\n");
}

/* Above "all done": not seeing them is not knowing that they are gone. */
static void put_doubtful(struct buf *b, const struct report_facts *f, bool colour)
{
    const struct kind_totals *k = NULL;
    while ((k = kinds_doubtful(&f->kinds, k)) != NULL) {
        buf_puts(b, colour ? bold : "");
        buf_puts(b, colour ? red : "");
        seen_by_headline(k, b);
        buf_puts(b, colour ? plain : "");
        buf_puts(b, "\n\n");
    }
}

/* Before all numbers: they are of a part. */
static void put_missing(struct buf *b, const struct report_facts *f, bool colour)
{
    if (f->missing)
        buf_printf(b, "%s%sINCOMPLETE: what the shards %s hold is not in this report%s\n\n",
                   colour ? bold : "", colour ? red : "", f->missing, colour ? plain : "");
}

static void put_headline(struct buf *b, const struct report_facts *f, bool colour)
{
    char done[TEXT_COUNT], all[TEXT_COUNT], span[TEXT_SPAN];
    const char *on = f->failed                                           ? red
                     : f->done < f->targets || f->salvaged || f->missing ? yellow
                                                                         : green;
    if (colour)
        buf_printf(b, "%s%s", bold, on);
    if (!f->targets)
        buf_puts(b, "Nothing to do: the manifest holds no target");
    else
        buf_printf(b, "%s of %s targets done in %s", text_count(f->done, done),
                   text_count(f->targets, all), text_span(f->elapsed_ms * 1000, span));
    if (colour)
        buf_puts(b, plain);
    buf_puts(b, "\n\n");
}

static const char *colour_of(enum outcome o)
{
    return outcome_done(o) ? green : outcome_failed(o) ? red : yellow;
}

static enum outcome success_of(enum action a)
{
    return a == ACTION_DISABLE  ? OUTCOME_DISABLED
           : a == ACTION_ENABLE ? OUTCOME_ENABLED
           : a == ACTION_ROTATE ? OUTCOME_ROTATED
                                : OUTCOME_REVOKED;
}

static void put_outcomes(struct buf *b, const struct report_facts *f, bool colour)
{
    char n[TEXT_COUNT];
    for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++) {
        bool matters =
            o == (int)success_of(f->action) || o == OUTCOME_FAILED || o == OUTCOME_NOT_ATTEMPTED;
        if (!f->outcome[o] && !matters)
            continue;
        bool paint = colour && f->outcome[o];
        buf_printf(b, "  %-18s %s%12s%s\n", outcome_word[o],
                   paint ? colour_of((enum outcome)o) : "", text_count(f->outcome[o], n),
                   paint ? plain : "");
    }
    buf_putc(b, '\n');
}

static void put_verified(struct buf *b, const struct report *r, bool colour)
{
    static const char *const paint[VERIFIED_COUNT] = {yellow, green, red, yellow};
    static const char *const name[VERIFIED_COUNT] = {"not verified"};
    char n[TEXT_COUNT];
    if (!report_was_verified(r))
        return;
    for (int i = 1; i <= VERIFIED_COUNT; i++) {
        int v = i % VERIFIED_COUNT;
        uint64_t count = r->facts.verified[v];
        if (!count && v == VERIFIED_NONE)
            continue;
        bool on = colour && count;
        buf_printf(b, "  %-18s %s%12s%s\n", v ? verified_word[v] : name[v], on ? paint[v] : "",
                   text_count(count, n), on ? plain : "");
    }
    buf_putc(b, '\n');
}

static uint64_t provider_done(const struct provider_totals *p)
{
    uint64_t done = 0;
    for (int o = 0; o < OUTCOME_COUNT; o++)
        done += outcome_done((enum outcome)o) ? p->outcome[o] : 0;
    return done;
}

static int count_width(uint64_t n)
{
    char text[TEXT_COUNT];
    return (int)strlen(text_count(n, text));
}

static void put_providers(struct buf *b, const struct report_facts *f)
{
    int done_width = 1, all_width = 1;
    char done[TEXT_COUNT], all[TEXT_COUNT];
    for (size_t i = 0; i < f->providers; i++) {
        int d = count_width(provider_done(&f->provider[i]));
        int a = count_width(f->provider[i].targets);
        done_width = d > done_width ? d : done_width;
        all_width = a > all_width ? a : all_width;
    }
    for (size_t i = 0; i < f->providers; i++) {
        const struct provider_totals *p = &f->provider[i];
        put_label(b, p->name);
        buf_printf(b, "%s%*s of %*s done\n", strlen(p->name) >= LABEL_WIDTH ? " " : "", done_width,
                   text_count(provider_done(p), done), all_width, text_count(p->targets, all));
    }
    if (f->providers)
        buf_putc(b, '\n');
}

static void put_requests(struct buf *b, const struct report_facts *f)
{
    const struct request_counts *n = &f->requests;
    char text[TEXT_COUNT];
    put_label(b, "requests");
    buf_printf(b, "%s sent", text_count(n->sent, text));
    if (f->elapsed_ms > 0 && n->sent)
        buf_printf(b, ", %.*f a second", n->sent * 100 < (uint64_t)f->elapsed_ms ? 1 : 0,
                   (double)n->sent * 1000 / (double)f->elapsed_ms);
    const char *before = "; ";
    const struct {
        uint64_t n;
        const char *what;
    } odd[] = {{n->http_429, "answered 429"},
               {n->http_5xx, "answered 5xx"},
               {n->network_errors, "lost to the network"}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (odd[i].n) {
            buf_printf(b, "%s%s %s", before, text_count(odd[i].n, text), odd[i].what);
            before = ", ";
        }
    buf_putc(b, '\n');
}

static void put_ending(struct buf *b, const struct report *r)
{
    const struct report_facts *f = &r->facts;
    if (f->exit_code < 0) {
        put_label(b, "stopped");
        buf_puts(b, r->runs ? "the last run never closed: it was killed, or is still running\n"
                            : "no run has begun\n");
    } else if (*f->reason) {
        put_label(b, f->exit_code == EXIT_DONE || f->exit_code == EXIT_SOME_FAILED ? "ended"
                                                                                   : "stopped");
        put_shown(b, f->reason, 4 * (size_t)REASON_WIDTH);
        buf_printf(b, " (exit %d)\n", f->exit_code);
    }
    if (f->dropped) {
        char n[TEXT_COUNT];
        put_label(b, "dropped");
        buf_printf(b, "%s of an earlier run, not in this manifest or shard\n",
                   text_count(f->dropped, n));
    }
}

static void put_reasons(struct buf *b, const struct report *r)
{
    char n[TEXT_COUNT];
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < r->reasons.count; i++) {
        const struct reason *v = &r->reasons.at[i];
        if (v->outcome == OUTCOME_NOT_ATTEMPTED && !v->status && !*v->text)
            continue; /* never reached: the ending says why */
        if (shown == REASONS_SHOWN) {
            more++;
            continue;
        }
        put_label(b, shown++ ? "" : "not done");
        buf_printf(b, "%s x %s %s", text_count(v->targets, n), v->provider,
                   outcome_word[v->outcome]);
        if (v->status && strtoul(v->text, NULL, 10) != v->status)
            buf_printf(b, " %u", v->status);
        if (*v->text) {
            buf_puts(b, ": ");
            put_shown(b, v->text, REASON_WIDTH);
        }
        buf_putc(b, '\n');
    }
    if (more) {
        put_label(b, "");
        buf_printf(b, "and %zu more reason%s, in the report\n", more, more == 1 ? "" : "s");
    }
}

static void put_notes(struct buf *b, const struct report *r)
{
    const struct kinds *kinds = &r->facts.kinds;
    for (size_t i = 0; i < kinds->count; i++) {
        const char *note = kinds_note(kinds, i, r->facts.action);
        if (!note)
            continue;
        put_label(b, "note");
        buf_printf(b, "%s %s: ", kinds->at[i].definition->provider, kinds->at[i].kind);
        put_shown(b, note, REASON_WIDTH);
        buf_putc(b, '\n');
    }
}

/* The first of what is not confirmed. */
static void put_findings(struct buf *b, const struct report *r)
{
    static const struct {
        enum verified verified;
        const char *label;
    } row[] = {{VERIFIED_PRESENT, "still there"}, {VERIFIED_UNPROVEN, "unproven"}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct cursor c = {.report = r};
        struct entry e;
        uint64_t left = r->facts.verified[row[i].verified], shown = 0;
        while (left > shown && shown < FINDINGS_SHOWN && cursor_next(&c, &e)) {
            char id[ID_MAX + 1];
            const char *why = ledger_verification_error(e.source->ledger, e.row);
            if (e.verification.verified != row[i].verified)
                continue;
            targets_id(e.source->targets, e.row, id);
            put_label(b, shown++ ? "" : row[i].label);
            buf_printf(b, "%s %s ", e.definition->shown, e.definition->kind);
            put_shown(b, id, REASON_WIDTH);
            buf_puts(b, *why ? ": " : "");
            put_shown(b, why, REASON_WIDTH);
            buf_putc(b, '\n');
        }
        if (left > shown) {
            char n[TEXT_COUNT];
            put_label(b, "");
            buf_printf(b, "and %s more\n", text_count(left - shown, n));
        }
    }
}

static void put_files(struct buf *b, const struct report_facts *f, const char *dir)
{
    char n[TEXT_COUNT];
    uint64_t left = f->targets - f->done;
    put_label(b, "report");
    put_shown(b, dir, SIZE_MAX);
    buf_puts(b, "/report.html\n");
    if (f->verified[VERIFIED_PRESENT]) {
        put_label(b, "to try again");
        put_shown(b, dir, SIZE_MAX);
        buf_puts(b, "/still_present.csv, a manifest of those still there\n");
    }
    if (!left)
        return;
    put_label(b, "left over");
    put_shown(b, dir, SIZE_MAX);
    buf_printf(b, "/remaining.csv (%s target%s)\n", text_count(left, n), left == 1 ? "" : "s");
}

static void put_command(struct buf *b, const char *label, const char *command, bool colour)
{
    buf_printf(b, "\n%s%-16s", colour ? bold : "", label);
    put_shown(b, command, SIZE_MAX);
    buf_printf(b, "%s\n", colour ? plain : "");
}

void report_summary(const struct report *r, const char *dir, const char *command, const char *proof,
                    bool colour, struct buf *out)
{
    const struct report_facts *f = &r->facts;
    put_salvaged(out, f, colour);
    put_missing(out, f, colour);
    put_still_present(out, f, colour);
    put_doubtful(out, f, colour);
    put_headline(out, f, colour);
    put_outcomes(out, f, colour);
    put_verified(out, r, colour);
    put_providers(out, f);
    put_requests(out, f);
    put_ending(out, r);
    put_reasons(out, r);
    put_notes(out, r);
    put_findings(out, r);
    if (dir)
        put_files(out, f, dir);
    if (f->done == f->targets && proof)
        put_command(out, "To prove it:", proof, colour);
    if (f->done < f->targets && command)
        put_command(out,
                    f->done + f->failed < f->targets ? "To carry on:" : "To try again:", command,
                    colour);
}
