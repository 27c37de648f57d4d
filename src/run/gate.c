#include "run/gate.h"

#include "run/pass.h"
#include "run/trial.h"

#include "base/mem.h"
#include "journal/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const action_done[ACTION_COUNT] = {"deleted", "disabled", "enabled"};

static bool is_left(const struct part *p, uint32_t row)
{
    const struct work *w = part_work(p);
    return targets_definition(w->targets, row) == part_definition(p) &&
           row_set_has(w->listed, row) &&
           !outcome_done((enum outcome)ledger_state(w->ledger, row).outcome);
}

static size_t parts_of(const struct runner *r)
{
    return catalog_count(targets_catalog(r->session.work.targets));
}

/* ---- doubts ---- */

/* The first sighting makes a control: what was absent in the provider's own form before it is
 * proven by it. */
static void prove_doubted(struct part *p)
{
    struct lane *l = p->lane;
    l->tally.finished -= p->doubted;
    l->tally.failed -= p->doubted;
    for (unsigned i = 0; i < p->doubted; i++) {
        const struct doubt *d = &p->doubt[i];
        const struct flight f = {.part = p, .row = d->row};
        const struct http_answer answer = {.answer = {.status = d->status}};
        struct verdict v = {.kind = VERDICT_END,
                            .outcome =
                                d->applied ? OUTCOME_ABSENT_AFTER_RETRY : OUTCOME_ALREADY_ABSENT};
        l->run->pass->end(l, &f, &answer, &v, "");
    }
    p->doubted = 0;
}

/* ---- the look before ---- */

static bool seen_is_left(const struct part *p, const struct sight *eye)
{
    uint32_t count;
    const uint32_t *rows = session_rows(&part_runner(p)->session, part_definition(p), &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct target_state st = ledger_state(part_work(p)->ledger, rows[i]);
        if (evidence_seen(eye, &st) && is_left(p, rows[i]))
            return true;
    }
    return false;
}

/* Open where a deletion of these eyes has shown that it gets where their look does; and where
 * absence is expected, unless one was seen that could tell. */
static void open_gate(struct part *p)
{
    p->trial.passed = prove_doubted;
    const struct work *w = part_work(p);
    const struct sight eye = part_sight(p);
    bool expected = settings_expect_absent(w->settings, part_definition(p));
    bool passed = (!p->survey.each && eye.looks & 1u << LOOK_DELETE) ||
                  (ledger_runs(w->ledger) > 1 && trial_passed_before(p, eye.eye));
    p->sighted = eye.looks & 1u << LOOK_DELETE;
    bool telling = expected && eye.control && !passed && !p->survey.each && seen_is_left(p, &eye);
    unsigned forward = ABSENT_GATE;
    p->gate = (struct gate){.open = (expected && !telling) || (eye.control && passed),
                            .looked = eye.control};
    p->waiting = 0;
    uint32_t count;
    const uint32_t *rows = session_rows(&part_runner(p)->session, part_definition(p), &count);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t row = rows[i];
        struct target_state st = ledger_state(w->ledger, row);
        if (!is_left(p, row))
            continue;
        p->waiting++;
        if (!eye.control && eye.eye && st.end_eye == eye.eye &&
            (st.outcome == OUTCOME_UNPROVEN_ABSENT || st.outcome == OUTCOME_UNCONFIRMED)) {
            gate_announced(&p->gate);
            gate_heard(&p->gate, (enum outcome)st.outcome);
        }
        if (!p->gate.open && !p->survey.each && forward && evidence_seen(&eye, &st)) {
            queue_forward(&p->lane->queue, row);
            forward--;
        }
    }
    if (p->survey.each && !passed)
        trial_choose(p);
}

static void ask_gate(struct part *p)
{
    char reason[ENDING_REASON];
    if (p->ending.code != EXIT_DONE ||
        !gate_says_stop(&p->gate, part_definition(p), p->waiting, reason))
        return;
    part_halt(p, reason);
}

static void surveyed(struct part *p)
{
    char reason[ENDING_REASON];
    open_gate(p);
    if (p->survey.found == SURVEY_NONE && p->waiting && !p->gate.open && !part_sight(p).control) {
        snprintf(reason, sizeof reason, "%.299s; nothing of it was %s", p->survey.reason,
                 action_done[part_work(p)->settings->action]);
        part_halt(p, reason);
        return;
    }
    if (p->waiting && !p->gate.open && p->survey.found != SURVEY_SEEN && *p->survey.reason)
        session_tell(&part_runner(p)->session, "", "%.299s; at most %d are sent until one was seen",
                     p->survey.reason, ABSENT_GATE);
    ask_gate(p);
}

static void on_survey(void *at, struct survey *s)
{
    struct part *p = at;
    struct lane *l = p->lane;
    (void)s;
    if (--l->surveys)
        return;
    for (size_t i = 0; i < parts_of(l->run); i++)
        if (l->run->part[i] && l->run->part[i]->lane == l)
            surveyed(l->run->part[i]);
    l->pending -= l->foreign;
    l->foreign = false;
    l->ready = true;
}

/* One of the lane before it that asks whose account it is in the same way. */
static struct survey *survey_like(const struct lane *l, size_t i)
{
    for (size_t j = 0; l->parts > 1 && j < i; j++) {
        struct part *p = l->run->part[j];
        if (p && p->lane == l && survey_alike(&p->endpoint, &l->run->part[i]->endpoint))
            return &p->survey;
    }
    return NULL;
}

void gates_begin(struct lane *l)
{
    struct runner *r = l->run;
    l->checked = true;
    for (size_t i = 0; i < parts_of(r); i++)
        l->surveys += r->part[i] && r->part[i]->lane == l;
    for (size_t i = 0; i < parts_of(r); i++) {
        struct part *p = r->part[i];
        if (!p || p->lane != l)
            continue;
        p->survey = (struct survey){.wire = &l->wire,
                                    .endpoint = &p->endpoint,
                                    .act = r->session.work.settings->act,
                                    .over = on_survey,
                                    .at = p,
                                    .like = survey_like(l, i)};
        survey_begin(&p->survey);
    }
}

bool gate_lets(const struct part *p, uint32_t row)
{
    if (p->trial.state == TRIAL_WANTED)
        return row == p->trial.row;
    return p->trial.state == TRIAL_NONE || p->trial.state == TRIAL_PASSED ? gate_allows(&p->gate)
                                                                          : false;
}

bool gates_let_others(const struct part *p)
{
    const struct runner *r = part_runner(p);
    for (size_t i = 0; i < parts_of(r) && p->lane->parts > 1; i++) {
        const struct part *other = r->part[i];
        if (other && other != p && other->lane == p->lane && other->waiting &&
            other->ending.code == EXIT_DONE && gate_lets(other, other->trial.row))
            return true;
    }
    return false;
}

void gate_sends(struct part *p, uint32_t row)
{
    if (p->trial.state == TRIAL_WANTED && p->trial.row == row)
        p->trial.state = TRIAL_SENT;
    gate_announced(&p->gate);
    p->waiting -= p->waiting > 0;
}

/* ---- what an answer is worth ---- */

/* In the provider's own form; an absence in another is unproven whoever looks. */
static bool told_absent(enum outcome o)
{
    return o == OUTCOME_ALREADY_ABSENT || o == OUTCOME_ABSENT_AFTER_RETRY;
}

void gate_judge(const struct part *p, uint32_t row, struct verdict *v)
{
    const struct work *w = part_work(p);
    const struct definition *d = part_definition(p);
    bool revoked = v->kind == VERDICT_END && v->outcome == OUTCOME_REVOKED;
    if (revoked && d->absent == ABSENT_GONE && survey_missed(&p->survey, row)) {
        v->outcome = OUTCOME_UNCONFIRMED;
        snprintf(v->reason, sizeof v->reason,
                 "a success for one that was not there when it was looked for: what does not exist "
                 "may get it as well");
        return;
    }
    if (v->kind != VERDICT_END || (revoked && d->absent == ABSENT_GONE))
        return;
    const struct sight eye = part_sight(p);
    const struct target_state st = ledger_state(w->ledger, row);
    if (told_absent(v->outcome)) {
        bool applied = v->outcome == OUTCOME_ABSENT_AFTER_RETRY;
        bool settled = p->trial.settling || trial_rechecks(p, row, v->outcome);
        v->outcome = evidence_absence(&eye, applied, settings_expect_absent(w->settings, d));
        bool blind = v->outcome == OUTCOME_UNPROVEN_ABSENT;
        v->unseen = blind || (!p->gate.open && !settled);
        if (!v->unseen && (settled || !trial_doubts(p, row, v->outcome)))
            return;
        v->outcome = OUTCOME_UNPROVEN_ABSENT;
        snprintf(v->reason, sizeof v->reason,
                 blind ? "absent to an account that has seen none of these targets"
                 : p->gate.open
                     ? "seen before, said to be absent, and not looked at again"
                     : "absent, and no deletion of this account is known to have taken effect");
    } else if (v->outcome == OUTCOME_REVOKED && !evidence_revokes(d, &eye, &st)) {
        v->outcome = OUTCOME_UNCONFIRMED;
        snprintf(v->reason, sizeof v->reason,
                 "a success that what never existed may get as well, of a target that this account "
                 "never saw");
    }
}

static void doubt(struct part *p, const struct flight *f)
{
    const struct target_state st = ledger_state(part_work(p)->ledger, f->row);
    if (p->doubted < DOUBTS_MAX)
        p->doubt[p->doubted++] =
            (struct doubt){.row = f->row, .status = st.status, .applied = st.applied};
}

static void sighted(struct part *p, const struct flight *f)
{
    char row[16];
    struct record record = {.type = RECORD_SEEN,
                            .seen = {.provider = part_definition(p)->shown,
                                     .kind = part_definition(p)->kind,
                                     .look = LOOK_DELETE,
                                     .rows = row}};
    snprintf(row, sizeof row, "%lu", (unsigned long)f->row + 1);
    p->sighted = true;
    if (ledger_eye_now(part_work(p)->ledger, part_definition(p)))
        session_put(&part_runner(p)->session, &record);
    p->gate.open |= part_sight(p).control;
    if (p->gate.open)
        prove_doubted(p);
}

/* Absence is expected, and this one was seen: where its answer is not that it is absent, nothing
 * speaks against the others' absence. */
static bool is_telling(const struct part *p, uint32_t row)
{
    const struct sight eye = part_sight(p);
    const struct target_state st = ledger_state(part_work(p)->ledger, row);
    return !p->survey.each && evidence_seen(&eye, &st) &&
           settings_expect_absent(part_work(p)->settings, part_definition(p));
}

void gate_ended(struct part *p, const struct flight *f, const struct verdict *v)
{
    const enum outcome o = v->outcome;
    bool shows = (o == OUTCOME_REVOKED && part_definition(p)->absent == ABSENT_GONE) ||
                 o == OUTCOME_DISABLED || o == OUTCOME_ENABLED;
    gate_heard(&p->gate, o);
    if (!p->gate.open && is_telling(p, f->row) && !outcome_absent(o)) {
        p->gate.open = true;
        prove_doubted(p);
    }
    if (shows && !p->sighted)
        sighted(p, f);
    else if (v->unseen && !p->gate.open)
        doubt(p, f);
    ask_gate(p);
}

/* ---- order ---- */

static bool may_go(const struct part *p)
{
    return p->ending.code == EXIT_DONE && wire_active(&p->lane->wire);
}

static void choose_canary(struct runner *r, bool seen_only)
{
    const struct work *w = &r->session.work;
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        struct part *p = row_set_has(w->listed, row) ? part_of(r, row) : NULL;
        if (r->canary.left >= w->settings->canary)
            return;
        if (!p || !is_left(p, row) || !may_go(p))
            continue;
        struct target_state st = ledger_state(w->ledger, row);
        const struct sight eye = part_sight(p);
        if (!seen_only || evidence_seen(&eye, &st))
            canary_add(&r->canary, row);
    }
}

/* Those of the canary before the others; else as they stand. */
static void order_lane(struct lane *l)
{
    struct queue *q = &l->queue;
    uint32_t *others = mem_alloc((q->count + 1) * sizeof *others), kept = q->announced, n = 0;
    for (uint32_t at = q->announced; at < q->count; at++) {
        if (canary_has(&l->run->canary, q->fresh[at]))
            q->fresh[kept++] = q->fresh[at];
        else
            others[n++] = q->fresh[at];
    }
    if (n)
        memcpy(q->fresh + kept, others, n * sizeof *others);
    free(others);
}

void gates_order(struct runner *r)
{
    if (!r->session.work.settings->canary)
        return;
    for (size_t i = 0; i < parts_of(r); i++)
        if (r->part[i] && may_go(r->part[i]) && r->part[i]->trial.state == TRIAL_WANTED &&
            r->canary.left < r->session.work.settings->canary)
            canary_add(&r->canary, r->part[i]->trial.row);
    choose_canary(r, true);
    choose_canary(r, false);
    for (size_t i = 0; i < r->lanes; i++)
        order_lane(&r->lane[i]);
    for (size_t i = 0; i < parts_of(r); i++)
        if (r->part[i] && r->part[i]->trial.state == TRIAL_WANTED)
            queue_forward(&r->part[i]->lane->queue, r->part[i]->trial.row);
}
