/* A rotation run: definition by definition, target by target. Slower than `run` on purpose: each
 * step of a target waits until the one before is on disk, and a person who rotates keys has
 * hundreds of them, not a hundred thousand. */

#include "engine/rotate.h"

#include "engine/check.h"
#include "engine/lister.h"
#include "engine/rotate_target.h"

#include "base/clock.h"
#include "base/locked.h"
#include "base/mem.h"
#include "base/text.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A hold that moves the end of the one before by less is not worth a record of its own. */
enum { HOLD_STEP_MS = 100 };

/* jansson's copies of an answer hold the secret too. */
static void wiping_free(void *at)
{
    if (at)
        mem_wipe(at, malloc_usable_size(at));
    free(at);
}

void rotor_stop(struct rotor *r, enum exit_code code, const char *reason)
{
    static const enum exit_code order[] = {EXIT_REFUSED, EXIT_IO, EXIT_CREDENTIAL, EXIT_STOPPED};
    if (r->observer.tell)
        r->observer.tell(r->observer.at, reason);
    size_t len = strlen(r->reason);
    if (!strstr(r->reason, reason))
        snprintf(r->reason + len, sizeof r->reason - len, "%s%s", len ? "; " : "", reason);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (r->code == order[i] || code == order[i]) {
            r->code = order[i];
            return;
        }
    }
    r->code = EXIT_STOPPED;
}

int rotor_commit(struct rotor *r, struct record *record)
{
    struct error err;
    record->at_ms = clock_wall_ms();
    journal_put(r->run->journal, record);
    if (journal_flush(r->run->journal, &err) == 0)
        return 0;
    rotor_stop(r, EXIT_IO, err.text);
    return -1;
}

void rotor_hold(void *rotor, int status, const struct hint *hint)
{
    struct rotor *r = rotor;
    char span[TEXT_SPAN], reason[96];
    int64_t now = clock_wall_ms(), wait_ms = (hint->wait_us + 999) / 1000;
    if (wait_ms < ledger_hold_left_ms(r->run->ledger, r->pair, now) + HOLD_STEP_MS)
        return;
    snprintf(reason, sizeof reason, "%d, asked to wait %s", status, text_span(hint->wait_us, span));
    struct record record = {.type = RECORD_HOLD,
                            .hold = {.pair = r->pair, .reason = reason, .until_ms = now + wait_ms}};
    rotor_commit(r, &record);
}

void turn_end(struct turn *t, enum outcome outcome, const char *why)
{
    struct rotor *r = t->rotor;
    struct target_state st = ledger_state(r->run->ledger, t->row);
    struct record record = {.type = RECORD_END,
                            .end = {.row = t->row,
                                    .provider = r->d->provider,
                                    .kind = r->d->kind,
                                    .id = t->id,
                                    .outcome = outcome,
                                    .status = t->status,
                                    .attempts = st.attempts,
                                    .ms = t->ms,
                                    .applied = t->verdict.may_have_applied,
                                    .error = why}};
    if (rotor_commit(r, &record) != 0 || outcome == OUTCOME_NOT_ATTEMPTED)
        return;
    r->finished++;
    r->done += outcome_done(outcome);
    r->failed += outcome_failed(outcome);
    if (outcome_failed(outcome) && r->observer.tell) {
        char line[400];
        snprintf(line, sizeof line, "%s: %s: %s", r->d->provider, outcome_word[outcome], why);
        r->observer.tell(r->observer.at, line);
    }
    guard_finished(r->guard, (enum outcome)st.outcome, outcome);
}

static void look(struct rotor *r)
{
    const struct observer *o = r->run->observer;
    if (!o || !o->tick)
        return;
    struct lane_view lane = {.name = r->d->provider,
                             .targets = r->targets,
                             .finished = r->finished,
                             .done = r->done,
                             .failed = r->failed,
                             .sent = r->sent,
                             .http_429 = r->http_429,
                             .eta_us = -1,
                             .state = r->finished == r->targets ? "finished" : "running"};
    const struct run_view view = {.lane = &lane,
                                  .lanes = 1,
                                  .elapsed_us = clock_mono_us() - r->started_us,
                                  .deadline_left_us = -1,
                                  .stopping = r->code == EXIT_DONE ? NULL : r->reason};
    o->tick(o->at, &view);
}

static void turn_begin(struct turn *t, struct rotor *r, uint32_t row)
{
    const struct rotation *known = ledger_rotation(r->run->ledger, row);
    *t = (struct turn){.rotor = r, .row = row};
    targets_id(r->run->targets, row, t->id);
    if (!known)
        return;
    t->state.step = known->step;
    t->state.lost = true; /* whatever an earlier process was about when it ended */
    memcpy(t->marker, known->marker, sizeof t->marker);
    memcpy(t->successor, known->successor, sizeof t->successor);
}

/* A process that ended between handing the secret over and saying so. */
static int turn_resume(struct turn *t)
{
    const struct rotate_handover *h = t->rotor->handover;
    if (t->state.step != ROTATION_CREATED || !h->given || !h->given(h->at, t->successor))
        return 0;
    struct record record = {.type = RECORD_ROTATE,
                            .rotate = {.row = t->row,
                                       .step = ROTATION_DELIVERED,
                                       .marker = t->marker,
                                       .successor = t->successor}};
    t->state.step = ROTATION_DELIVERED;
    return rotor_commit(t->rotor, &record);
}

static int announce(struct turn *t)
{
    struct rotor *r = t->rotor;
    char row[16];
    snprintf(row, sizeof row, "%lu", (unsigned long)t->row + 1);
    struct record record = {.type = RECORD_TRY, .try = {.rows = row, .counts = r->counts}};
    return rotor_commit(r, &record);
}

static void rotate_row(struct rotor *r, uint32_t row)
{
    struct turn t;
    turn_begin(&t, r, row);
    if (announce(&t) == 0 && turn_resume(&t) == 0)
        while (turn_step(&t) == TURNED && r->code == EXIT_DONE)
            ;
    /* A stop leaves a secret that is in memory alone: it is handed over first. */
    if (t.state.secret && t.state.step == ROTATION_CREATED)
        turn_step(&t);
    mem_wipe(r->secret, SECRET_MAX);
    json_decref(t.json);
    json_decref(t.settings);
}

static bool is_left(const struct rotor *r, uint32_t row)
{
    return row_set_has(r->run->listed, row) && targets_definition(r->run->targets, row) == r->d &&
           !outcome_done((enum outcome)ledger_state(r->run->ledger, row).outcome);
}

static bool own_id_hits(struct rotor *r)
{
    const struct run *run = r->run;
    char reason[400];
    uint32_t row = *r->own_id ? targets_find(run->targets, r->d, r->own_id, strlen(r->own_id), "")
                              : UINT32_MAX;
    if (row == UINT32_MAX || !row_set_has(run->listed, row))
        return false;
    snprintf(reason, sizeof reason,
             "line %u of the manifest is the very credential in use (%s): take it out, or use "
             "another credential; nothing was sent for it",
             (unsigned)targets_line(run->targets, row), r->d->credential);
    rotor_stop(r, EXIT_REFUSED, reason);
    return true;
}

static void judge(struct rotor *r, uint32_t row, uint32_t *canary)
{
    char reason[512];
    enum outcome o = (enum outcome)ledger_state(r->run->ledger, row).outcome;
    if (*canary && r->code == EXIT_DONE) {
        if (outcome_done(o)) {
            --*canary;
        } else {
            snprintf(reason, sizeof reason, "canary: a target of %s ended as %s", r->d->provider,
                     outcome_word[o]);
            rotor_stop(r, EXIT_STOPPED, reason);
        }
    }
    if (r->code == EXIT_DONE &&
        guard_check(r->guard, r->run->settings, r->d->provider, reason) != GUARD_GO)
        rotor_stop(r, EXIT_STOPPED, reason);
}

static void rotate_rows(struct rotor *r, uint32_t *canary)
{
    struct error err;
    for (uint32_t row = 0; row < targets_count(r->run->targets) && r->code == EXIT_DONE; row++) {
        struct target_state st = ledger_state(r->run->ledger, row);
        if (!is_left(r, row))
            continue;
        if (fetch_stopped(r->fetch, &err) != 0) {
            rotor_stop(r, EXIT_STOPPED, err.text);
            return;
        }
        if (!st.attempts)
            guard_announced(r->guard);
        rotate_row(r, row);
        look(r);
        judge(r, row, canary);
    }
}

static void count_rows(struct rotor *r)
{
    const struct run *run = r->run;
    for (uint32_t row = 0; row < targets_count(run->targets); row++) {
        if (!row_set_has(run->listed, row) || targets_definition(run->targets, row) != r->d)
            continue;
        struct target_state st = ledger_state(run->ledger, row);
        guard_known(r->guard, (enum outcome)st.outcome, st.attempts > 0);
        r->targets++;
        r->finished += outcome_done((enum outcome)st.outcome);
        r->done += outcome_done((enum outcome)st.outcome);
    }
}

static void rotate_definition(struct rotor *r, uint32_t *canary)
{
    const struct run *run = r->run;
    struct guard guard = {0};
    struct error err;
    struct buf pair = {0};
    r->guard = &guard;
    r->targets = r->finished = r->done = r->failed = 0;
    count_rows(r);
    if (r->targets == r->done)
        return;
    bool good = check_origin(run->settings, r->d, &pair, &err) == 0;
    buf_printf(&pair, " %s", r->d->credential);
    r->pair = buf_text(&pair);
    if (good)
        r->fetch = fetch_new(run->settings, r->d, run->credentials, &r->observer, &err);
    if (!r->fetch) {
        rotor_stop(r, err.code, err.text);
    } else {
        int64_t left_ms = ledger_hold_left_ms(run->ledger, r->pair, clock_wall_ms());
        if (left_ms > HINT_MAX_US / 1000)
            left_ms = HINT_MAX_US / 1000;
        if (left_ms > 0)
            fetch_hold(r->fetch, clock_mono_us() + left_ms * 1000);
        if (lister_preflight(r->fetch, r->d, run->settings->preflight, r->own_id, &err) != 0)
            rotor_stop(r, err.code, err.text);
        else if (!own_id_hits(r))
            rotate_rows(r, canary);
    }
    fetch_free(r->fetch);
    r->fetch = NULL;
    buf_free(&pair);
}

static enum exit_code code_of_targets(const struct run *run)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t row = 0; row < targets_count(run->targets); row++) {
        enum outcome o = ledger_outcome(run->ledger, row);
        if (!row_set_has(run->listed, row) || outcome_done(o))
            continue;
        if (!outcome_failed(o))
            return EXIT_STOPPED;
        code = EXIT_SOME_FAILED;
    }
    return code;
}

static void tell_line(void *at, const char *line)
{
    const struct observer *o = ((const struct rotor *)at)->run->observer;
    if (o && o->tell)
        o->tell(o->at, line, line);
}

int rotate_check(const struct settings *s, const struct targets *t, const struct row_set *listed,
                 struct credentials *c, struct error *err)
{
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        struct buf origin = {0};
        if (!row_set_has(listed, row))
            continue;
        if (!d->rotate.create.method)
            return error_set(err, EXIT_REFUSED,
                             "%s %s: this provider cannot rotate; nothing was sent", d->provider,
                             d->kind);
        int result = check_origin(s, d, &origin, err);
        buf_free(&origin);
        if (result != 0 || !credentials_get(c, d->credential, err))
            return -1;
    }
    return 0;
}

int rotate_run(const struct run *run, const struct rotate_handover *handover,
               struct run_result *result, struct error *err)
{
    struct rotor r = {.run = run,
                      .handover = handover,
                      .observer = {tell_line, &r, rotor_hold},
                      .started_us = clock_mono_us(),
                      .secret = locked_new(SECRET_MAX)};
    const struct catalog *catalog = targets_catalog(run->targets);
    uint32_t canary = run->settings->canary;
    if (!r.secret)
        return error_set(err, EXIT_STOPPED, "no memory for secrets");
    json_set_alloc_funcs(mem_alloc, wiping_free);
    r.rng = rng_seed((uint64_t)r.started_us ^ (uint64_t)clock_wall_ms() << 20);
    for (size_t i = 0; i < catalog_count(catalog) && r.code == EXIT_DONE; i++) {
        r.d = catalog_at(catalog, i);
        rotate_definition(&r, &canary);
    }
    if (r.code == EXIT_DONE)
        r.code = code_of_targets(run);
    *result = (struct run_result){.code = r.code};
    memcpy(result->reason, r.reason, sizeof result->reason);
    if (r.code != EXIT_IO) {
        struct record close = {
            .type = RECORD_CLOSE,
            .close = {
                .exit_code = (int)r.code, .reason = r.reason, .unsent = "", .counts = r.counts}};
        if (rotor_commit(&r, &close) != 0)
            result->code = EXIT_IO;
    }
    locked_free(r.secret, SECRET_MAX);
    return 0;
}
