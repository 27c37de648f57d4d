#include "cli/commands.h"
#include "cli/estimate.h"
#include "cli/prepare.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "run/check.h"
#include "wire/credential.h"
#include "wire/endpoint.h"
#include "wire/headers.h"
#include "wire/survey.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *many(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_manifest(const struct prepared *p)
{
    static const char *const format[] = {
        [FORMAT_AUTO] = "", [FORMAT_CSV] = "CSV", [FORMAT_JSONL] = "JSONL", [FORMAT_JSON] = "JSON"};
    const struct options *o = p->options;
    char targets[TEXT_COUNT], rows[TEXT_COUNT], left[TEXT_COUNT];
    printf("manifest     %s (%s, sha256 %.12s...)\n", o->manifest, format[p->facts.format],
           p->facts.sha256);
    printf("             %s target%s in %s row%s, %" PRIu64 " duplicate%s, %" PRIu64 " rejected\n",
           text_count(p->manifest_targets, targets), many(p->manifest_targets),
           text_count(p->facts.rows, rows), many(p->facts.rows), p->facts.duplicates,
           many(p->facts.duplicates), p->facts.rejected);
    if (o->shards > 1)
        printf("shard        %" PRIu32 "/%" PRIu32 ": %s target%s\n", o->shard, o->shards,
               text_count(row_set_size(p->listed), targets), many(row_set_size(p->listed)));
    printf("action       %s\n", action_word[o->settings.action]);
    printf("run dir      %s (%s)\n", p->run_dir,
           ledger_runs(p->ledger) ? "there: this carries on" : "new");
    printf("left to do   %s\n", text_count(p->left, left));
}

/* All that it takes, the credential itself first. */
static bool print_credentials(const struct definition *d)
{
    struct buf name = {0};
    bool all = true;
    for (size_t i = 0; headers_variable(d, i, &name); i++) {
        const char *from = credentials_origin(buf_text(&name));
        printf("  credential  %s: %s\n", buf_text(&name),
               from ? from : "MISSING, a run would be refused");
        all &= from != NULL;
    }
    buf_free(&name);
    return all;
}

/* Whether a run would be let through. */
static bool print_share(const struct prepared *p, const struct definition *d,
                        const struct share *share)
{
    const struct settings *s = &p->options->settings;
    struct error err;
    struct buf origin = {0};
    char targets[TEXT_COUNT], left[TEXT_COUNT], span[TEXT_SPAN];
    double ceiling = estimate_ceiling(s, d),
           seconds = ceiling > 0 ? (double)share->left / ceiling : 0;
    const struct request *r = &d->action[s->action];
    bool verifiable = check_verifiable(d), placed;
    const char *base = endpoint_base(s, d), *look = survey_words(s, d);
    printf("\n%s %s: %s target%s, %s left\n", d->shown, d->kind,
           text_count(share->targets, targets), many(share->targets),
           text_count(share->left, left));
    placed = endpoint_origin(s, d, &origin, &err) == 0;
    if (placed)
        printf("  at          %s\n", base ? base : d->base);
    else
        printf("  at          %s\n", err.text);
    if (d->self == SELF_UNKNOWN)
        printf("  own key     its definition does not tell which one the credential is\n");
    if (r->method)
        printf("  request     %s %s\n", r->method, r->path);
    else
        printf("  request     none: this provider cannot %s, a run would be refused\n",
               action_word[s->action]);
    if (r->method && *look)
        printf("  look        %s\n", look);
    if (d->note && r->method && (s->action == ACTION_DELETE || s->action == ACTION_ROTATE))
        printf("  note        %s\n", d->note);
    if (s->verify && verifiable)
        printf("  verify      %s %s\n", d->read.method ? d->read.method : d->list.request.method,
               d->read.method ? d->read.path : d->list.request.path);
    else if (s->verify)
        printf("  verify      none: its definition says no way, a run would be refused\n");
    bool there = print_credentials(d);
    if (ceiling > 0)
        printf("  pace        at most %g a second: at least %s\n", ceiling,
               text_span((int64_t)(seconds * 1e6), span));
    else
        printf("  pace        no known limit: found by its 429 answers\n");
    if (share->left && estimate_hold_us(p, d) > 0)
        printf("  held        for %s more, as an earlier run was told\n",
               text_span(estimate_hold_us(p, d), span));
    buf_free(&origin);
    return placed && r->method && (verifiable || !s->verify) && there;
}

/* Whether a run would be let through by all of them. */
static bool print_shares(const struct prepared *p, const struct catalog *catalog)
{
    struct share *share = mem_zalloc(catalog_count(catalog), sizeof *share);
    estimate_shares(p, catalog, share);
    const struct outlook outlook = estimate(p, catalog);
    double longest = outlook.least_s;
    bool open_ended = outlook.open_ended, good = true;
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        if (!share[i].targets)
            continue;
        const struct definition *d = catalog_at(catalog, i);
        good &= print_share(p, d, &share[i]);
    }
    char span[TEXT_SPAN], deadline[TEXT_SPAN];
    int64_t deadline_us = p->options->settings.deadline_us;
    if (open_ended && longest <= 0)
        printf("\nat least     unknown: no ceiling is known\n");
    else
        printf("\nat least     %s at the known ceilings%s\n",
               text_span((int64_t)(longest * 1e6), span),
               open_ended ? "; a provider without one may take longer" : "");
    if (p->left)
        printf(
            "estimate     about %s, with a round trip of %d ms (assumed) and no limit but those\n",
            text_span((int64_t)(outlook.likely_s * 1e6), span), ESTIMATE_TRIP_MS);
    if (deadline_us)
        printf("deadline     %s: %s\n", text_span(deadline_us, deadline),
               longest * 1e6 > (double)deadline_us ? "cannot be met, the run would end resumable"
               : outlook.likely_s * 1e6 > (double)deadline_us
                   ? "can hardly be met, the run would end resumable"
               : open_ended ? "can be met if the unknown limits allow"
                            : "can be met");
    free(share);
    return good;
}

static void print_next(const struct options *o)
{
    struct buf command = {0};
    options_command(o, &command);
    printf("\nTo do it:       %s\n", buf_text(&command));
    buf_free(&command);
}

int command_plan(const struct options *o, struct catalog *catalog)
{
    struct prepared p = {.options = o};
    struct error err = {0};
    int code = EXIT_DONE;
    if (prepare(&p, o, catalog, false, &err) != 0) {
        say("%s", err.text);
        code = (int)err.code;
    } else {
        print_manifest(&p);
        bool good = print_shares(&p, catalog);
        if (prepare_guards(&p, catalog, &err) != 0) {
            say("%s", err.text);
            code = (int)err.code;
        } else if (good && p.left) {
            print_next(o);
        }
    }
    prepared_free(&p);
    return code;
}
