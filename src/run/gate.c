#include "run/gate.h"

#include "run/pass.h"

#include "base/mem.h"
#include "journal/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const action_done[ACTION_COUNT] = {"deleted", "disabled", "enabled"};

static struct runner *runner_of(const struct part *p)
{
    return p->lane->run;
}

static const struct work *work_of(const struct part *p)
{
    return &runner_of(p)->session.work;
}

static const struct definition *definition_of(const struct part *p)
{
    return p->endpoint.definition;
}

static struct sight sight_of(const struct part *p)
{
    return evidence_sight(work_of(p)->ledger, definition_of(p));
}

static bool is_left(const struct part *p, uint32_t row)
{
    const struct work *w = work_of(p);
    return targets_definition(w->targets, row) == definition_of(p) && row_set_has(w->listed, row) &&
           !outcome_done((enum outcome)ledger_state(w->ledger, row).outcome);
}

static size_t parts_of(const struct runner *r)
{
    return catalog_count(targets_catalog(r->session.work.targets));
}

/* ---- stopping a part ---- */

void part_stop(struct part *p, enum exit_code code, const char *reason)
{
    struct runner *r = runner_of(p);
    struct queue *q = &p->lane->queue;
    uint32_t kept = q->announced;
    bool canary = false;
    if (ending_add(&p->ending, code, reason))
        session_tell(&r->session, "stop", "%s", reason);
    for (uint32_t at = q->announced; at < q->count; at++) {
        if (part_of(r, q->fresh[at]) != p)
            q->fresh[kept++] = q->fresh[at];
        else
            canary |= canary_has(&r->canary, q->fresh[at]);
    }
    q->count = kept;
    p->waiting = 0;
    if (canary) /* it would be waited for in vain */
        session_stop(&r->session, EXIT_STOPPED, "canary: one of its targets cannot be sent");
}

/* ---- the first target goes alone ---- */

static bool passed_before(const struct part *p, uint16_t eye)
{
    const struct work *w = work_of(p);
    for (uint32_t row = 0; eye && row < targets_count(w->targets); row++) {
        struct target_state st = ledger_state(w->ledger, row);
        if (targets_definition(w->targets, row) == definition_of(p) && st.end_eye == eye &&
            st.outcome == OUTCOME_REVOKED)
            return true;
    }
    return false;
}

/* To the front of what was not announced, from where it stands there. */
static void bring_forward(struct queue *q, uint32_t row)
{
    for (uint32_t at = q->announced; at < q->count; at++) {
        if (q->fresh[at] != row)
            continue;
        memmove(&q->fresh[q->announced + 1], &q->fresh[q->announced],
                (at - q->announced) * sizeof *q->fresh);
        q->fresh[q->announced] = row;
        return;
    }
}

/* The next seen target that goes alone; where there is none, nothing more can be tried. */
static void choose_trial(struct part *p)
{
    const struct work *w = work_of(p);
    const struct sight eye = sight_of(p);
    const struct queue *q = &p->lane->queue;
    p->trial.state = TRIAL_PASSED;
    for (uint32_t at = q->announced; at < q->count; at++) {
        struct target_state st = ledger_state(w->ledger, q->fresh[at]);
        if (part_of(runner_of(p), q->fresh[at]) != p || !evidence_seen(&eye, &st))
            continue;
        p->trial.state = TRIAL_WANTED;
        p->trial.row = q->fresh[at];
        bring_forward(&p->lane->queue, p->trial.row);
        return;
    }
}

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

static void on_recheck(void *at, struct recheck *check)
{
    struct part *p = at;
    struct trial *t = &p->trial;
    struct verdict v = t->verdict;
    char reason[ENDING_REASON] = "";
    const struct http_answer answer = {.answer = {.status = t->status}, .took_us = t->took_us};
    p->lane->pending--;
    t->state = check->gone ? t->after : TRIAL_FAILED;
    if (!check->gone) {
        v.outcome = outcome_absent(v.outcome) ? OUTCOME_UNPROVEN_ABSENT : OUTCOME_UNCONFIRMED;
        snprintf(v.reason, sizeof v.reason, "%.199s", check->reason);
        snprintf(reason, sizeof reason, "%s %s: one was %s, and %s; nothing more of it was sent",
                 definition_of(p)->shown, definition_of(p)->kind,
                 outcome_absent(v.outcome) ? "said to be absent" : "deleted alone", check->reason);
    }
    t->settling = true;
    runner_of(p)->pass->end(p->lane, &t->flight, &answer, &v, v.reason);
    t->settling = false;
    if (*reason) {
        part_stop(p, EXIT_STOPPED, reason);
    } else {
        p->gate.open = true;
        prove_doubted(p);
    }
}

void gates_finish(struct runner *r)
{
    for (size_t i = 0; i < parts_of(r); i++) {
        struct part *p = r->part[i];
        if (!p || p->trial.state != TRIAL_RECHECK)
            continue;
        recheck_end(&p->trial.recheck);
        p->trial.recheck = (struct recheck){.reason = "the look after it was broken off"};
        on_recheck(p, &p->trial.recheck);
    }
}

/* It was seen, nothing was sent for it, and now it is said to be absent: somebody else deleted it,
 * or the deletion goes somewhere else than the look. The look is asked again. */
static bool contradicts(const struct part *p, uint32_t row, enum outcome o)
{
    bool doubtful =
        o == OUTCOME_ALREADY_ABSENT || (o == OUTCOME_ABSENT_AFTER_RETRY && !p->gate.open);
    if (!doubtful || (p->trial.state != TRIAL_NONE && p->trial.state != TRIAL_PASSED) ||
        p->trial.settling)
        return false;
    const struct sight eye = sight_of(p);
    const struct target_state st = ledger_state(work_of(p)->ledger, row);
    return evidence_seen(&eye, &st) && st.looks & (1u << LOOK_READ | 1u << LOOK_LIST);
}

/* One failed. Without a seen one to try, what a success is worth is not to be found out. */
static void choose_next_trial(struct part *p)
{
    char reason[ENDING_REASON];
    choose_trial(p);
    if (p->trial.state != TRIAL_PASSED)
        return;
    p->trial.state = TRIAL_FAILED;
    if (!p->waiting)
        return;
    snprintf(reason, sizeof reason,
             "%s %s: no target that was seen could be deleted and looked at again; nothing else of "
             "it was deleted",
             definition_of(p)->shown, definition_of(p)->kind);
    part_stop(p, EXIT_STOPPED, reason);
}

/* Whatever ails them would fail the others, too. */
static void trial_failed(struct part *p, const struct verdict *v)
{
    char reason[ENDING_REASON];
    if (++p->trial.failed < TRIALS_MOST) {
        choose_next_trial(p);
        return;
    }
    p->trial.state = TRIAL_FAILED;
    snprintf(reason, sizeof reason,
             "%s %s: the first %d that were sent alone all failed (%.150s); nothing else of it was "
             "sent",
             definition_of(p)->shown, definition_of(p)->kind, TRIALS_MOST, v->reason);
    part_stop(p, EXIT_STOPPED, reason);
}

bool gate_tries(struct lane *l, const struct flight *f, const struct http_answer *a,
                const struct verdict *v)
{
    struct part *p = f->part;
    struct trial *t = &p->trial;
    bool alone = t->state == TRIAL_SENT && t->row == f->row;
    if (!alone && !contradicts(p, f->row, v->outcome))
        return false;
    if (alone && !outcome_done(v->outcome)) {
        if (v->outcome != OUTCOME_NOT_ATTEMPTED)
            trial_failed(p, v);
        return false;
    }
    t->after = alone ? TRIAL_PASSED : t->state;
    t->state = TRIAL_RECHECK;
    t->flight = *f;
    t->verdict = *v;
    t->status = a->answer.status;
    t->took_us = a->took_us;
    l->pending++;
    recheck_end(&t->recheck);
    t->recheck = (struct recheck){
        .wire = &l->wire,
        .endpoint = &p->endpoint,
        .row = f->row,
        .by_list = !(ledger_state(work_of(p)->ledger, f->row).looks & 1u << LOOK_READ),
        .patience_us = work_of(p)->settings->verify_patience_us,
        .over = on_recheck,
        .at = p};
    recheck_begin(&t->recheck);
    return true;
}

/* ---- the look before ---- */

/* Open where a deletion of these eyes has shown that it gets where their look does. */
static void open_gate(struct part *p)
{
    const struct work *w = work_of(p);
    const struct sight eye = sight_of(p);
    bool expected = settings_expect_absent(w->settings, definition_of(p));
    bool passed = p->survey.each ? passed_before(p, eye.eye) : eye.looks & 1u << LOOK_DELETE;
    p->sighted = eye.looks & 1u << LOOK_DELETE;
    p->gate = (struct gate){.open = expected || (eye.control && passed), .looked = eye.control};
    p->waiting = 0;
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        struct target_state st = ledger_state(w->ledger, row);
        if (!is_left(p, row))
            continue;
        p->waiting++;
        if (!eye.control && eye.eye && st.end_eye == eye.eye &&
            (st.outcome == OUTCOME_UNPROVEN_ABSENT || st.outcome == OUTCOME_UNCONFIRMED)) {
            gate_announced(&p->gate);
            gate_heard(&p->gate, (enum outcome)st.outcome);
        }
        if (!p->gate.open && !p->survey.each && evidence_seen(&eye, &st))
            bring_forward(&p->lane->queue, row);
    }
    if (p->survey.each && !passed)
        choose_trial(p);
}

static void ask_gate(struct part *p)
{
    char reason[ENDING_REASON];
    if (p->ending.code != EXIT_DONE ||
        !gate_says_stop(&p->gate, definition_of(p), p->waiting, reason))
        return;
    part_stop(p, EXIT_STOPPED, reason);
}

static void surveyed(struct part *p)
{
    char reason[ENDING_REASON];
    open_gate(p);
    if (p->survey.found == SURVEY_NONE && !p->gate.open && !sight_of(p).control) {
        snprintf(reason, sizeof reason, "%.299s; nothing of it was %s", p->survey.reason,
                 action_done[work_of(p)->settings->action]);
        part_stop(p, EXIT_STOPPED, reason);
        return;
    }
    if (!p->gate.open && p->survey.found != SURVEY_SEEN && *p->survey.reason)
        session_tell(&runner_of(p)->session, "", "%.299s; at most %d are sent until one was seen",
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
    l->ready = true;
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
                                    .at = p};
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
    const struct work *w = work_of(p);
    const struct definition *d = definition_of(p);
    if (v->kind != VERDICT_END || (v->outcome == OUTCOME_REVOKED && d->absent == ABSENT_GONE))
        return;
    const struct sight eye = sight_of(p);
    const struct target_state st = ledger_state(w->ledger, row);
    if (told_absent(v->outcome)) {
        bool applied = v->outcome == OUTCOME_ABSENT_AFTER_RETRY;
        bool settled = p->trial.settling || contradicts(p, row, v->outcome);
        v->outcome = evidence_absence(&eye, applied, settings_expect_absent(w->settings, d));
        bool blind = v->outcome == OUTCOME_UNPROVEN_ABSENT;
        v->unseen = blind || (!p->gate.open && !settled);
        if (!v->unseen)
            return;
        v->outcome = OUTCOME_UNPROVEN_ABSENT;
        snprintf(v->reason, sizeof v->reason,
                 blind ? "absent to an account that has seen none of these targets"
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
    const struct target_state st = ledger_state(work_of(p)->ledger, f->row);
    if (p->doubted < DOUBTS_MAX)
        p->doubt[p->doubted++] =
            (struct doubt){.row = f->row, .status = st.status, .applied = st.applied};
}

static void sighted(struct part *p, const struct flight *f)
{
    char row[16];
    struct record record = {.type = RECORD_SEEN,
                            .seen = {.provider = definition_of(p)->shown,
                                     .kind = definition_of(p)->kind,
                                     .look = LOOK_DELETE,
                                     .rows = row}};
    snprintf(row, sizeof row, "%lu", (unsigned long)f->row + 1);
    p->sighted = true;
    if (ledger_eye_now(work_of(p)->ledger, definition_of(p)))
        session_put(&runner_of(p)->session, &record);
    p->gate.open |= sight_of(p).control;
    if (p->gate.open)
        prove_doubted(p);
}

void gate_ended(struct part *p, const struct flight *f, const struct verdict *v)
{
    const enum outcome o = v->outcome;
    bool shows = (o == OUTCOME_REVOKED && definition_of(p)->absent == ABSENT_GONE) ||
                 o == OUTCOME_DISABLED || o == OUTCOME_ENABLED;
    gate_heard(&p->gate, o);
    if (shows && !p->sighted)
        sighted(p, f);
    else if (v->unseen && !p->gate.open)
        doubt(p, f);
    ask_gate(p);
}

/* ---- order ---- */

static void choose_canary(struct runner *r, bool seen_only)
{
    const struct work *w = &r->session.work;
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        struct part *p = row_set_has(w->listed, row) ? part_of(r, row) : NULL;
        if (r->canary.left >= w->settings->canary)
            return;
        if (!p || !is_left(p, row) || p->ending.code != EXIT_DONE)
            continue;
        struct target_state st = ledger_state(w->ledger, row);
        const struct sight eye = sight_of(p);
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
        if (r->part[i] && r->part[i]->trial.state == TRIAL_WANTED &&
            r->canary.left < r->session.work.settings->canary)
            canary_add(&r->canary, r->part[i]->trial.row);
    choose_canary(r, true);
    choose_canary(r, false);
    for (size_t i = 0; i < r->lanes; i++)
        order_lane(&r->lane[i]);
    for (size_t i = 0; i < parts_of(r); i++)
        if (r->part[i] && r->part[i]->trial.state == TRIAL_WANTED)
            bring_forward(&r->part[i]->lane->queue, r->part[i]->trial.row);
}
