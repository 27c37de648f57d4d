#include "report/html_charts.h"
#include "report/html_course.h"
#include "report/html_facts.h"
#include "report/html_remaining.h"
#include "report/html_text.h"
#include "report/html_verified.h"
#include "report/report_forms.h"
#include "report/seen_by.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* report.html: for the engineer who ran it and the auditor who did not. One file: its style is in
 * it, its charts are inline SVG, it has no script, refers to nothing, and says so to the browser.
 * Everything that came from outside goes through html_text. Its size is bounded: aggregates, and
 * rows up to a budget of bytes.
 *
 *   <!doctype html><html lang="en"><head>...<title>9,976 of 10,000 done: keys.csv</title>
 *   <h1>Key revocation report</h1> verdict, figures
 *   <section id="outcomes"> <section id="providers"> <section id="verification"> <section
 * id="course"> <section id="latency"> <section id="reasons"> <section id="remaining"> <section
 * id="facts"> */

static const char *const subject[ACTION_COUNT] = {
    [ACTION_DELETE] = "Key revocation report",
    [ACTION_DISABLE] = "Key disabling report",
    [ACTION_ENABLE] = "Key enabling report",
    [ACTION_ROTATE] = "Key rotation report",
};

static void put_head(struct buf *b, const struct report *r)
{
    const struct report_facts *f = &r->facts;
    struct manifest_sum m = report_manifest(r);
    buf_puts(b, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n"
                "<meta name=\"referrer\" content=\"no-referrer\">\n"
                "<meta name=\"robots\" content=\"noindex\">\n<title>");
    buf_puts(b, f->salvaged ? "Salvaged: " : f->missing ? "Incomplete: " : "");
    html_count(b, f->done);
    buf_puts(b, " of ");
    html_count(b, f->targets);
    buf_puts(b, " done: ");
    html_text(b, m.path ? m.path : "several manifests", 120);
    buf_puts(b, "</title>\n<style>\n");
    buf_puts(b, html_style);
    buf_puts(b, "</style>\n</head>\n<body>\n<main>\n");
}

static void put_of(struct buf *b, const struct report *r)
{
    struct manifest_sum m = report_manifest(r);
    buf_puts(b, "<p class=\"of\">");
    html_text(b, m.path ? m.path : "several manifests", 300);
    if (r->sources > 1)
        buf_printf(b, ", merged from %zu run directories", r->sources);
    if (r->facts.started_ms) {
        buf_puts(b, ", begun ");
        html_time(b, r->facts.started_ms);
    }
    buf_puts(b, "</p>\n");
}

static void put_verdict_words(struct buf *b, const struct report_facts *f)
{
    uint64_t left = f->targets - f->done - f->failed;
    if (!f->targets) {
        buf_puts(b, "The manifest holds no target.");
    } else if (f->done == f->targets && f->missing) {
        html_count(b, f->done);
        buf_puts(b, f->targets == 1 ? " target is done" : " targets are done");
        buf_puts(b, ", and a part of the manifest is not in this report.");
    } else if (f->done == f->targets) {
        buf_puts(b, f->targets == 1 ? "The target is done." : "All ");
        if (f->targets > 1) {
            html_count(b, f->targets);
            buf_puts(b, " targets are done.");
        }
    } else {
        html_count(b, f->done);
        buf_puts(b, " of ");
        html_count(b, f->targets);
        buf_puts(b, " targets are done");
        if (f->failed) {
            buf_puts(b, "; ");
            html_count(b, f->failed);
            buf_puts(b, " failed");
        }
        if (left) {
            buf_puts(b, "; ");
            html_count(b, left);
            buf_puts(b, left == 1 ? " was not attempted" : " were not attempted");
        }
        buf_putc(b, '.');
    }
}

/* Nobody may take this page for a run's own report. */
static void put_salvaged(struct buf *b, const struct report_facts *f)
{
    if (f->salvaged)
        buf_puts(b, "<p id=\"salvaged\" class=\"verdict\" style=\"--tone:var(--failed)\"><strong>"
                    "Salvaged from a damaged journal</strong><span>What is done was on record as "
                    "done. What is not may have been sent, deleted or failed all the same: the "
                    "record is lost.</span></p>\n");
}

/* Before all else: the provider said that they are gone, and they are not. */
static void put_still_present(struct buf *b, const struct report_facts *f)
{
    uint64_t n = f->verified[VERIFIED_PRESENT];
    if (!n)
        return;
    buf_puts(b,
             "<p id=\"still-present\" class=\"verdict\" style=\"--tone:var(--failed)\"><strong>");
    html_count(b, n);
    buf_puts(b, n == 1 ? " target is still present" : " targets are still present");
    buf_puts(b, "</strong><span>The provider said that ");
    buf_puts(b, n == 1 ? "it was gone, and a later read finds it. "
                       : "they were gone, and a later read finds them. ");
    buf_puts(b, "<code>still_present.csv</code> lists what is there.</span></p>\n");
}

static void put_verdict(struct buf *b, const struct report *r)
{
    const struct report_facts *f = &r->facts;
    bool clean = f->done == f->targets && !f->salvaged && !f->missing;
    const char *tone = clean ? "revoked" : f->failed ? "failed" : "limited";
    buf_printf(b, "<p id=\"verdict\" class=\"verdict\" style=\"--tone:var(--%s)\"><strong>", tone);
    put_verdict_words(b, f);
    buf_puts(b, "</strong><span>");
    if (!r->runs)
        buf_puts(b, "No run has begun.");
    else if (f->exit_code < 0)
        buf_puts(b, "The last run never closed: it was killed, or was still running when this "
                    "report was made.");
    else if (*f->reason) {
        buf_puts(b, f->exit_code == EXIT_DONE || f->exit_code == EXIT_SOME_FAILED
                        ? "It ended: "
                        : "It stopped early: ");
        html_text(b, f->reason, 400);
        buf_putc(b, '.');
    } else {
        buf_puts(b, r->sources > 1 ? "The runs went through to their end."
                                   : "The run went through to its end.");
    }
    buf_puts(b, "</span></p>\n");
}

static void put_notes(struct buf *b, const struct report *r)
{
    const struct kinds *kinds = &r->facts.kinds;
    for (size_t i = 0; i < kinds->count; i++) {
        const char *note = kinds_note(kinds, i, r->facts.action);
        if (!note)
            continue;
        buf_puts(b, "<p class=\"note\"><strong>");
        html_text(b, kinds->at[i].definition->provider, 100);
        buf_putc(b, ' ');
        html_text(b, kinds->at[i].kind, 100);
        buf_puts(b, ":</strong> ");
        html_text(b, note, 400);
        buf_puts(b, "</p>\n");
    }
}

static void put_figure(struct buf *b, const char *name, const char *id, uint64_t n)
{
    buf_printf(b, "<div><dt>%s</dt><dd id=\"%s\">", name, id);
    html_count(b, n);
    buf_puts(b, "</dd></div>\n");
}

static void put_figures(struct buf *b, const struct report_facts *f)
{
    char span[TEXT_SPAN];
    buf_puts(b, "<dl class=\"figures\">\n");
    put_figure(b, "Targets", "n-targets", f->targets);
    put_figure(b, "Done", "n-done", f->done);
    put_figure(b, "Failed", "n-failed", f->failed);
    put_figure(b, "Not attempted", "n-left", f->targets - f->done - f->failed);
    put_figure(b, "Requests sent", "n-sent", f->requests.sent);
    put_figure(b, "Answered 429", "n-429", f->requests.http_429);
    buf_printf(b, "<div><dt>Time in runs</dt><dd>%s</dd></div>\n</dl>\n",
               text_span(f->elapsed_ms * 1000, span));
}

static const struct {
    const char *counts_as, *meaning;
} legend[OUTCOME_COUNT] = {
    [OUTCOME_REVOKED] = {"done", "The provider confirmed the deletion."},
    [OUTCOME_DISABLED] = {"done", "The provider confirmed that it is disabled."},
    [OUTCOME_ENABLED] = {"done", "The provider confirmed that it is enabled again."},
    [OUTCOME_ROTATED] = {"done", "A successor was made and the old one was deleted."},
    [OUTCOME_ALREADY_ABSENT] = {"done", "The provider did not have it before anything was sent."},
    [OUTCOME_ABSENT_AFTER_RETRY] = {"done", "Gone after an attempt whose answer was lost or an "
                                            "error, so probably deleted by it."},
    [OUTCOME_UNPROVEN_ABSENT] = {"failed", "A 404 that does not show that the provider itself "
                                           "said so."},
    [OUTCOME_UNCONFIRMED] = {"failed", "Accepted, but the answer does not confirm it."},
    [OUTCOME_FAILED] = {"failed", "A permanent error, or no attempt left."},
    [OUTCOME_NOT_ATTEMPTED] = {"left over", "The run stopped first, or its provider was stopped."},
};

/* Outcomes that the action cannot have are only in the way. */
static bool worth_a_row(const struct report_facts *f, int o)
{
    static const enum action of[OUTCOME_COUNT] = {
        [OUTCOME_REVOKED] = ACTION_DELETE,
        [OUTCOME_DISABLED] = ACTION_DISABLE,
        [OUTCOME_ENABLED] = ACTION_ENABLE,
        [OUTCOME_ROTATED] = ACTION_ROTATE,
    };
    if (f->outcome[o])
        return true;
    return o > OUTCOME_ROTATED || of[o] == f->action;
}

/* Only a deletion can have been the cause of an absence. */
static const char *meaning_of(const struct report_facts *f, int o)
{
    if (o == OUTCOME_ABSENT_AFTER_RETRY && f->action != ACTION_DELETE)
        return "Not there when it was tried again, after an answer that was lost or an error.";
    return legend[o].meaning;
}

static void put_percent(struct buf *b, uint64_t part, uint64_t whole)
{
    double share = whole ? 100 * (double)part / (double)whole : 0;
    if (part && share < .1)
        buf_puts(b, "&lt; 0.1%");
    else if (part < whole && share > 99.9)
        buf_puts(b, "&gt; 99.9%");
    else
        buf_printf(b, "%.1f%%", share);
}

static void put_outcomes(struct buf *b, const struct report_facts *f)
{
    html_section(b, "outcomes", "Outcomes");
    html_outcome_bar(b, f->outcome, f->targets);
    buf_puts(
        b,
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Outcome</th><th scope=\"col\" "
        "class=\"n\">Targets</th><th scope=\"col\" class=\"n\">Share</th><th scope=\"col\" "
        "class=\"o\">Counts as</th><th scope=\"col\" class=\"meaning\">Meaning</th></tr></thead>\n"
        "<tbody>\n");
    for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++) {
        if (!worth_a_row(f, o))
            continue;
        buf_printf(
            b,
            "<tr data-outcome=\"%s\"%s><th scope=\"row\" class=\"o\"><span class=\"s\" style=\"--c:"
            "var(--%s)\"></span>%s</th><td class=\"n\">",
            outcome_word[o], f->outcome[o] ? "" : " class=\"zero\"", outcome_word[o],
            outcome_word[o]);
        html_count(b, f->outcome[o]);
        buf_puts(b, "</td><td class=\"n\">");
        put_percent(b, f->outcome[o], f->targets);
        buf_printf(b, "</td><td class=\"o\">%s</td><td class=\"meaning\">%s</td></tr>\n",
                   legend[o].counts_as, meaning_of(f, o));
    }
    buf_puts(b, "</tbody>\n</table></div>\n");
    html_section_end(b);
}

static void put_provider(struct buf *b, const struct provider_totals *p)
{
    uint64_t done = 0, failed = 0;
    for (int o = 0; o < OUTCOME_COUNT; o++) {
        done += outcome_done((enum outcome)o) ? p->outcome[o] : 0;
        failed += outcome_failed((enum outcome)o) ? p->outcome[o] : 0;
    }
    const uint64_t n[] = {p->targets, done, failed, p->targets - done - failed};
    buf_puts(b, "<tr><th scope=\"row\">");
    html_text(b, p->name, 0);
    buf_puts(b, "</th>");
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        buf_printf(b, "<td class=\"n%s\">", n[i] ? "" : " zero");
        html_count(b, n[i]);
        buf_puts(b, "</td>");
    }
    buf_puts(b, "<td>");
    html_outcome_bar(b, p->outcome, p->targets);
    buf_puts(b, "</td></tr>\n");
}

static void put_providers(struct buf *b, const struct report_facts *f)
{
    html_section(b, "providers", "Providers");
    buf_puts(b, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Provider</th>"
                "<th scope=\"col\" class=\"n\">Targets</th><th scope=\"col\" class=\"n\">Done</th>"
                "<th scope=\"col\" class=\"n\">Failed</th><th scope=\"col\" class=\"n\">"
                "Not attempted</th><th scope=\"col\">Outcomes</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < f->providers; i++)
        put_provider(b, &f->provider[i]);
    buf_puts(b, "</tbody>\n</table></div>\n");
    html_section_end(b);
}

void report_html(const struct report *r, struct sink *s)
{
    struct buf *b = &s->buf;
    struct timeline t;
    report_timeline(r, &t);
    put_head(b, r);
    buf_printf(b, "<header>\n<h1>%s</h1>\n", subject[r->facts.action]);
    put_of(b, r);
    put_salvaged(b, &r->facts);
    put_still_present(b, &r->facts);
    seen_by_html(r, b);
    put_verdict(b, r);
    put_notes(b, r);
    put_figures(b, &r->facts);
    buf_puts(b, "</header>\n");
    if (r->facts.targets) {
        put_outcomes(b, &r->facts);
        put_providers(b, &r->facts);
    }
    html_verification(b, r);
    html_timeline(b, r, &t);
    html_latency(b, &t);
    html_reasons(b, r);
    html_remaining(b, r);
    html_facts(b, r);
    buf_puts(b, "<footer><p>Made from the journal and the targets of the run directory alone; "
                "<code>rescind report</code> makes it again. The same numbers for programs are in "
                "<code>report.json</code>, every target in <code>report.csv</code>.</p></footer>\n"
                "</main>\n</body>\n</html>\n");
}
