/* A rotation run, definition by definition: what must be right before one is begun, and what the
 * whole comes to. */

#include "rotate/rotate.h"

#include "journal/evidence.h"
#include "rotate/rotate_loop.h"
#include "wire/missing.h"

#include "base/locked.h"
#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson's copies of an answer hold the secret too. */
static void wiping_free(void *at)
{
    if (at)
        mem_wipe(at, malloc_usable_size(at));
    free(at);
}

static void count_rows(struct rotor *r)
{
    enum { EACH = 5 }; /* the old one, the successor, its settings, its name, the deletion */
    const struct work *w = &r->session.work;
    r->tally.each = EACH;
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        if (!row_set_has(w->listed, row) || targets_definition(w->targets, row) != r->d)
            continue;
        struct target_state st = ledger_state(w->ledger, row);
        const enum outcome o = (enum outcome)st.outcome;
        r->tally.targets++;
        r->tally.finished += outcome_done(o);
        r->tally.done += outcome_done(o);
    }
}

/* The first reads */

static bool own_id(void *at, const struct endpoint *e, const char *id, size_t among)
{
    struct rotor *r = at;
    char why[ENDING_REASON], reason[ENDING_REASON + 40];
    if (!own_is_target(&r->session, e, id, among, why))
        return true;
    snprintf(reason, sizeof reason, "%s; nothing was sent for it", why);
    session_stop(&r->session, EXIT_REFUSED, reason);
    return false;
}

static void failed(void *at, enum exit_code code, const char *why)
{
    struct rotor *r = at;
    char reason[ENDING_REASON];
    snprintf(reason, sizeof reason, "%s: %s", r->d->shown, why);
    session_stop(&r->session, code, reason);
}

/* The canary's targets of this definition: those that were seen before the others. */
static void choose_canary(struct rotor *r, const struct sight *eye, bool seen)
{
    enum { EACH = 5 }; /* the old one, the successor, its settings, its name, the deletion */
    const struct work *w = &r->session.work;
    r->tally.each = EACH;
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        const struct target_state st = ledger_state(w->ledger, row);
        uint32_t chosen = r->canary.rows ? row_set_size(r->canary.rows) : 0;
        if (chosen < w->settings->canary && row_set_has(w->listed, row) &&
            targets_definition(w->targets, row) == r->d &&
            !outcome_done((enum outcome)st.outcome) && evidence_seen(eye, &st) == seen)
            canary_add(&r->canary, row);
    }
}

/* Names are no proof of what a creation made: a server may give one to a key that was there. */
static void on_before(void *at, struct lister *l)
{
    struct rotor *r = at;
    if (l->failed)
        session_tell(&r->session, "", "%.200s; what a lost creation makes is not deleted",
                     l->error.text);
    if (!l->failed) {
        r->before = l->keys;
        l->keys = NULL;
    }
    r->ready = true;
}

static void list_before(struct rotor *r)
{
    r->lister =
        (struct lister){.wire = &r->wire, .endpoint = &r->endpoint, .done = on_before, .at = r};
    lister_begin(&r->lister);
}

/* These eyes see nothing: the wrong account, workspace or URL? */
static void surveyed(void *at, struct survey *s)
{
    struct rotor *r = at;
    const struct work *w = &r->session.work;
    char reason[ENDING_REASON];
    const struct sight eye = evidence_sight(w->ledger, r->d);
    r->gate.open = eye.control || settings_expect_absent(w->settings, r->d);
    choose_canary(r, &eye, true);
    choose_canary(r, &eye, false);
    if (s->found != SURVEY_NONE || r->gate.open) {
        list_before(r);
        return;
    }
    r->ready = true;
    snprintf(reason, sizeof reason, "%.299s; nothing was sent for it", s->reason);
    session_stop(&r->session, EXIT_STOPPED, reason);
}

static void done(void *at)
{
    struct rotor *r = at;
    r->survey = (struct survey){
        .wire = &r->wire, .endpoint = &r->endpoint, .act = true, .over = surveyed, .at = r};
    survey_begin(&r->survey);
}

static void plan_firsts(struct rotor *r)
{
    const struct settings *s = r->session.work.settings;
    r->firsts = (struct firsts){.wire = &r->wire,
                                .attempts = s->max_attempts,
                                .own_id = own_id,
                                .done = done,
                                .failed = failed,
                                .at = r};
    if (!own_id(r, &r->endpoint, NULL, 1))
        return;
    firsts_plan(&r->firsts, &r->endpoint, "", s->preflight, true);
    if (firsts_begin(&r->firsts))
        done(r);
}

/* A definition */

static int open_wire(struct rotor *r, struct error *err)
{
    const struct work *w = &r->session.work;
    if (endpoint_open(&r->endpoint, w->settings, r->d, w->credentials, err) != 0)
        return -1;
    wire_init(&r->wire, &r->session, &r->endpoint);
    wire_join(&r->wire, &r->endpoint);
    return wire_open(&r->wire, r->turns, err);
}

static void begin_definition(struct rotor *r, const struct definition *d)
{
    r->d = d;
    r->guard = (struct guard){0};
    r->gate = (struct gate){0};
    r->tally = (struct tally){0};
    r->next_row = 0;
    r->ready = r->quiet = r->listing = false;
    count_rows(r);
}

static void rotate_definition(struct rotor *r, const struct definition *d)
{
    struct error err;
    begin_definition(r, d);
    if (r->tally.targets == r->tally.done)
        return;
    if (open_wire(r, &err) == 0) {
        plan_firsts(r);
        rotor_loop(r);
    } else {
        session_stop(&r->session, err.code, err.text);
    }
    keylist_free(r->before);
    r->before = NULL;
    firsts_end(&r->firsts);
    survey_end(&r->survey);
    wire_close(&r->wire);
    endpoint_close(&r->endpoint);
}

int rotate_check(const struct settings *s, const struct targets *t, const struct row_set *listed,
                 struct credentials *c, void (*tell)(void *at, const char *line), struct error *err)
{
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        struct buf origin = {0};
        if (!row_set_has(listed, row))
            continue;
        if (!d->rotate.create.method)
            return error_set(err, EXIT_REFUSED,
                             "%s %s: this provider cannot rotate; nothing was sent", d->shown,
                             d->kind);
        int result = endpoint_origin(s, d, &origin, err);
        buf_free(&origin);
        if (result != 0)
            return -1;
    }
    return missing_credentials(t, listed, c, tell, err);
}

static void rotor_free(struct rotor *r)
{
    for (unsigned i = 0; i < r->turns; i++)
        locked_free(r->turn[i].secret, SECRET_MAX);
    row_set_free(r->unsent);
    row_set_free(r->taken);
    canary_free(&r->canary);
}

static int rotor_init(struct rotor *r, const struct settings *s, struct error *err)
{
    unsigned turns = s->concurrency < TURNS_MAX ? s->concurrency : TURNS_MAX;
    r->unsent = row_set_new();
    r->taken = row_set_new();
    for (r->turns = 0; r->turns < turns; r->turns++) {
        struct turn *t = &r->turn[r->turns];
        t->rotor = r;
        t->secret = locked_new(SECRET_MAX);
        if (!t->secret)
            return error_set(err, EXIT_STOPPED, "no memory for secrets");
    }
    return 0;
}

static void put_close(struct rotor *r)
{
    struct buf unsent = {0};
    struct error err;
    row_set_print(r->unsent, &unsent);
    session_put_close(&r->session, buf_text(&unsent));
    if (journal_flush(r->session.work.journal, &err) != 0)
        session_stop(&r->session, EXIT_IO, err.text);
    buf_free(&unsent);
}

int rotate_run(const struct work *work, const struct rotate_handover *handover,
               struct ending *ending, struct error *err)
{
    struct rotor r = {.handover = handover};
    struct session *s = &r.session;
    const struct catalog *catalog = targets_catalog(work->targets);
    int status = rotor_init(&r, work->settings, err);
    if (status == 0)
        status = session_begin(s, work, err);
    if (status != 0)
        goto out;
    json_set_alloc_funcs(mem_alloc, wiping_free);
    for (size_t i = 0; i < catalog_count(catalog) && !session_stopping(s); i++)
        rotate_definition(&r, catalog_at(catalog, i));
    if (!session_stopping(s))
        ending_add(&s->ending, ending_of_targets(work->targets, work->listed, work->ledger), "");
    if (!journal_failed(work->journal))
        put_close(&r);
    *ending = s->ending;
out:
    session_end(s);
    rotor_free(&r);
    return status;
}
