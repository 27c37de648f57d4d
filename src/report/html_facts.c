#include "report/html_facts.h"
#include "report/html_text.h"

#include "base/text.h"

#include <jansson.h>
#include <string.h>

/* What an auditor checks the page against: digests, versions, options, and each run. */

enum { RUNS_SHOWN = 30 };

static void put_fact(struct buf *b, const char *name)
{
    buf_printf(b, "<dt>%s</dt><dd>", name);
}

static void put_text_fact(struct buf *b, const char *name, const char *text, bool code)
{
    if (!text || !*text)
        return;
    put_fact(b, name);
    buf_puts(b, code ? "<code>" : "");
    html_text(b, text, 2000);
    buf_puts(b, code ? "</code></dd>\n" : "</dd>\n");
}

static void put_count_fact(struct buf *b, const char *name, uint64_t n)
{
    put_fact(b, name);
    html_count(b, n);
    buf_puts(b, "</dd>\n");
}

/* {"max-rate":"5"} as "--max-rate 5". */
static void put_options(struct buf *b, const char *text)
{
    json_t *options = text ? json_loads(text, 0, NULL) : NULL;
    const char *name, *before = "";
    json_t *value;
    put_fact(b, "Options");
    json_object_foreach(options, name, value)
    {
        buf_printf(b, "%s<code>--", before);
        html_text(b, name, 0);
        if (json_is_string(value) && *json_string_value(value)) {
            buf_putc(b, ' ');
            html_text(b, json_string_value(value), 300);
        }
        buf_puts(b, "</code>");
        before = " ";
    }
    buf_puts(b, *before ? "</dd>\n" : "none given</dd>\n");
    json_decref(options);
}

static void put_origins(struct buf *b, const char *text)
{
    json_t *origins = text ? json_loads(text, 0, NULL) : NULL;
    const char *provider, *before = "";
    json_t *value;
    if (json_object_size(origins)) {
        put_fact(b, "Sent to");
        json_object_foreach(origins, provider, value)
        {
            buf_puts(b, before);
            html_text(b, provider, 0);
            buf_puts(b, ": <code>");
            html_text(b, json_is_string(value) ? json_string_value(value) : "", 300);
            buf_puts(b, "</code>");
            before = "<br>";
        }
        buf_puts(b, "</dd>\n");
    }
    json_decref(origins);
}

static void put_source(struct buf *b, const struct report_source *s, bool named)
{
    const struct run_facts *run = report_last_run(s);
    if (named) {
        buf_puts(b, "<h3>");
        html_text(b, s->run_dir, 300);
        buf_puts(b, "</h3>\n");
    }
    buf_puts(b, "<dl class=\"facts\">\n");
    if (!named)
        put_text_fact(b, "Run directory", s->run_dir, true);
    put_text_fact(b, "Journal SHA-256", s->journal_sha256, true);
    if (run) {
        put_text_fact(b, "Manifest", run->open.manifest_path, true);
        put_text_fact(b, "Manifest SHA-256", run->open.manifest_sha256, true);
        put_count_fact(b, "Manifest rows", run->open.rows);
        put_count_fact(b, "Duplicate rows", run->open.duplicates);
        put_count_fact(b, "Rejected rows", run->open.rejected);
        put_text_fact(b, "Shard", run->open.shard, true);
        put_text_fact(b, "Action", run->open.action, false);
        put_origins(b, run->open.origins);
        put_options(b, run->open.options);
        put_text_fact(b, "Tool", run->open.tool, false);
        put_text_fact(b, "libcurl", run->open.libcurl, false);
    }
    buf_puts(b, "</dl>\n");
}

static void put_all(struct buf *b, const struct report_facts *f)
{
    buf_puts(b, "<dl class=\"facts\">\n");
    put_fact(b, "Begun");
    html_time(b, f->started_ms);
    buf_puts(b, "</dd>\n");
    put_fact(b, "Ended");
    html_time(b, f->finished_ms);
    buf_puts(b, "</dd>\n");
    put_fact(b, "Exit code");
    if (f->exit_code < 0)
        buf_puts(b, "none yet");
    else
        buf_printf(b, "%d", f->exit_code);
    buf_puts(b, "</dd>\n");
    put_count_fact(b, "Requests sent", f->requests.sent);
    put_count_fact(b, "Answers 429", f->requests.http_429);
    put_count_fact(b, "Answers 5xx", f->requests.http_5xx);
    put_count_fact(b, "Network errors", f->requests.network_errors);
    if (f->dropped)
        put_count_fact(b, "Dropped: in an earlier run only", f->dropped);
    buf_puts(b, "</dl>\n");
}

static void put_run(struct buf *b, const struct report *r, const struct report_run *run)
{
    const struct run_facts *f = run->facts;
    char span[TEXT_SPAN];
    buf_puts(b, "<tr>");
    if (r->sources > 1) {
        buf_puts(b, "<td class=\"w\">");
        html_text(b, r->source[run->source].run_dir, 200);
        buf_puts(b, "</td>");
    }
    buf_printf(b, "<td class=\"n\">%u</td><td>", f->open.run);
    html_time(b, f->opened_ms);
    buf_printf(b, "</td><td class=\"n\">%s</td><td class=\"n\">",
               text_span((run->end_ms - f->opened_ms) * 1000, span));
    html_count(b, f->requests.sent);
    buf_puts(b, "</td><td class=\"n\">");
    if (f->closed_ms)
        buf_printf(b, "%d", f->exit_code);
    else
        buf_puts(b, "\xe2\x80\x93");
    buf_puts(b, "</td><td class=\"w\">");
    if (f->closed_ms)
        html_text(b, f->reason ? f->reason : "", 200);
    else
        buf_puts(b, "never closed");
    buf_puts(b, "</td></tr>\n");
}

static void put_runs(struct buf *b, const struct report *r)
{
    size_t from = r->runs > RUNS_SHOWN ? r->runs - RUNS_SHOWN : 0;
    if (!r->runs)
        return;
    buf_printf(b,
               "<h3>Runs</h3>\n<div class=\"wide\"><table id=\"runs\">\n<thead><tr>%s"
               "<th scope=\"col\" class=\"n\">Run</th><th scope=\"col\">Begun</th>"
               "<th scope=\"col\" class=\"n\">Lasted</th><th scope=\"col\" class=\"n\">Requests"
               "</th><th scope=\"col\" class=\"n\">Exit code</th><th scope=\"col\">Why it ended"
               "</th></tr></thead>\n<tbody>\n",
               r->sources > 1 ? "<th scope=\"col\">Run directory</th>" : "");
    for (size_t i = from; i < r->runs; i++)
        put_run(b, r, &r->run[i]);
    buf_puts(b, "</tbody>\n</table></div>\n");
    if (from)
        buf_printf(b, "<p class=\"note\">%zu earlier runs are in <code>report.json</code>.</p>\n",
                   from);
}

void html_facts(struct buf *b, const struct report *r)
{
    enum { SOURCES_SHOWN = 30 };
    html_section(b, "facts", "Run facts");
    put_all(b, &r->facts);
    for (size_t s = 0; s < r->sources && s < SOURCES_SHOWN; s++)
        put_source(b, &r->source[s], r->sources > 1);
    if (r->sources > SOURCES_SHOWN)
        buf_printf(b,
                   "<p class=\"note\">%zu more run directories are in <code>report.json</code>."
                   "</p>\n",
                   r->sources - SOURCES_SHOWN);
    put_runs(b, r);
    html_section_end(b);
}
