#include "run/trial.h"

#include "run/pass.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool trial_passed_before(const struct part *p, uint16_t eye)
{
    const struct work *w = part_work(p);
    for (uint32_t row = 0; eye && row < targets_count(w->targets); row++) {
        if (targets_definition(w->targets, row) != part_definition(p))
            continue;
        struct target_state st = ledger_state(w->ledger, row);
        if (st.end_eye == eye && st.outcome == OUTCOME_REVOKED)
            return true;
    }
    return false;
}

void trial_choose(struct part *p)
{
    const struct work *w = part_work(p);
    const struct sight eye = part_sight(p);
    const struct queue *q = &p->lane->queue;
    p->trial.state = TRIAL_PASSED;
    for (uint32_t at = q->announced; at < q->count; at++) {
        struct target_state st = ledger_state(w->ledger, q->fresh[at]);
        if (part_of(part_runner(p), q->fresh[at]) != p || !evidence_seen(&eye, &st))
            continue;
        p->trial.state = TRIAL_WANTED;
        p->trial.row = q->fresh[at];
        queue_forward(&p->lane->queue, p->trial.row);
        return;
    }
}

/* ---- looking again ---- */

static void look_again(struct part *p);

/* It has its answer at last; `why` as its reason where the look does not bear the answer out. */
static void settle(struct part *p, const struct suspect *x, const char *why)
{
    struct verdict v = x->verdict;
    const struct http_answer answer = {.answer = {.status = x->status}, .took_us = x->took_us};
    if (why) {
        v.outcome = outcome_absent(v.outcome) ? OUTCOME_UNPROVEN_ABSENT : OUTCOME_UNCONFIRMED;
        snprintf(v.reason, sizeof v.reason, "%.199s", why);
    }
    p->lane->pending--;
    p->trial.settling = true;
    part_runner(p)->pass->end(p->lane, &x->flight, &answer, &v, v.reason);
    p->trial.settling = false;
}

/* `broken_off`: by whoever stopped the run. */
static void fail(struct part *p, const char *why, bool broken_off)
{
    struct trial *t = &p->trial;
    char reason[ENDING_REASON];
    bool absent = outcome_absent(t->now.verdict.outcome);
    t->state = TRIAL_FAILED;
    settle(p, &t->now, why);
    for (unsigned i = 0; i < t->suspects; i++)
        settle(p, &t->suspect[i], "seen before, said to be absent, and not looked at again");
    t->suspects = 0;
    snprintf(reason, sizeof reason, "%s %s: one was %s, and %s; nothing more of it was sent",
             part_definition(p)->shown, part_definition(p)->kind,
             absent ? "said to be absent" : "deleted alone", why);
    if (broken_off)
        part_stop(p, EXIT_STOPPED, reason);
    else
        part_halt(p, reason);
}

/* What the list that was read tells of those that came meanwhile. */
static void settle_listed(struct part *p, const struct recheck *check)
{
    const struct targets *targets = part_work(p)->targets;
    const char *scope = targets_scope(targets, check->row);
    struct trial *t = &p->trial;
    unsigned kept = 0;
    for (unsigned i = 0; i < t->suspects; i++) {
        const struct suspect x = t->suspect[i];
        char id[ID_MAX + 1];
        targets_id(targets, x.flight.row, id);
        if (strcmp(targets_scope(targets, x.flight.row), scope) != 0 ||
            keylist_find(check->lister.keys, id) != SIZE_MAX)
            t->suspect[kept++] = x;
        else
            settle(p, &x, NULL);
    }
    t->suspects = kept;
}

static void on_recheck(void *at, struct recheck *check)
{
    struct part *p = at;
    struct trial *t = &p->trial;
    if (!check->gone) {
        fail(p, check->reason, false);
        return;
    }
    t->state = t->after;
    settle(p, &t->now, NULL);
    p->gate.open = true;
    t->passed(p);
    if (check->by_list)
        settle_listed(p, check);
    if (t->suspects) {
        t->now = t->suspect[--t->suspects];
        look_again(p);
    }
}

/* What was deleted may still be shown for a while; what was only to be disabled is there or not. */
static int64_t patience_us(const struct part *p)
{
    const int64_t most_us = 5000000, asked_us = part_work(p)->settings->verify_patience_us;
    return part_work(p)->settings->action == ACTION_DELETE || asked_us < most_us ? asked_us
                                                                                 : most_us;
}

static void look_again(struct part *p)
{
    struct trial *t = &p->trial;
    t->state = TRIAL_RECHECK;
    recheck_end(&t->recheck);
    t->recheck = (struct recheck){
        .wire = &p->lane->wire,
        .endpoint = &p->endpoint,
        .row = t->now.flight.row,
        .by_list = !(ledger_state(part_work(p)->ledger, t->now.flight.row).looks & 1u << LOOK_READ),
        .absent = outcome_absent(t->now.verdict.outcome),
        .patience_us = patience_us(p),
        .over = on_recheck,
        .at = p};
    recheck_begin(&t->recheck);
}

void trials_finish(struct runner *r)
{
    for (size_t i = 0; i < catalog_count(targets_catalog(r->session.work.targets)); i++) {
        struct part *p = r->part[i];
        if (!p || p->trial.state != TRIAL_RECHECK)
            continue;
        recheck_end(&p->trial.recheck);
        fail(p, "the look after it was broken off", true);
    }
}

bool trial_doubts(const struct part *p, uint32_t row, enum outcome o)
{
    bool doubtful =
        o == OUTCOME_ALREADY_ABSENT || (o == OUTCOME_ABSENT_AFTER_RETRY && !p->gate.open);
    if (!doubtful || p->trial.settling)
        return false;
    const struct sight eye = part_sight(p);
    const struct target_state st = ledger_state(part_work(p)->ledger, row);
    return evidence_seen(&eye, &st) && st.looks & (1u << LOOK_READ | 1u << LOOK_LIST);
}

/* It was seen, nothing was sent for it, and now it is said to be absent: somebody else deleted it,
 * or the deletion goes somewhere else than the look. */
bool trial_rechecks(const struct part *p, uint32_t row, enum outcome o)
{
    const enum trial_state state = p->trial.state;
    return (state == TRIAL_NONE || state == TRIAL_PASSED || state == TRIAL_RECHECK) &&
           trial_doubts(p, row, o);
}

/* ---- the first target goes alone ---- */

/* One failed. Without a seen one to try, what a success is worth is not to be found out. */
static void choose_next_trial(struct part *p)
{
    char reason[ENDING_REASON];
    trial_choose(p);
    if (p->trial.state != TRIAL_PASSED)
        return;
    p->trial.state = TRIAL_FAILED;
    if (!p->waiting)
        return;
    snprintf(reason, sizeof reason,
             "%s %s: no target that was seen could be deleted and looked at again; nothing else of "
             "it was deleted",
             part_definition(p)->shown, part_definition(p)->kind);
    part_halt(p, reason);
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
             part_definition(p)->shown, part_definition(p)->kind, TRIALS_MOST, v->reason);
    part_halt(p, reason);
}

static void suspect(struct trial *t, const struct suspect *x)
{
    if (t->suspects == t->suspects_cap) {
        t->suspects_cap = t->suspects_cap ? t->suspects_cap * 2 : 16;
        t->suspect = mem_resize(t->suspect, t->suspects_cap, sizeof *t->suspect);
    }
    t->suspect[t->suspects++] = *x;
}

bool trial_takes(struct lane *l, const struct flight *f, const struct http_answer *a,
                 const struct verdict *v)
{
    struct part *p = f->part;
    struct trial *t = &p->trial;
    bool alone = t->state == TRIAL_SENT && t->row == f->row;
    if (!alone && !trial_rechecks(p, f->row, v->outcome))
        return false;
    if (alone && !outcome_done(v->outcome)) {
        if (v->outcome != OUTCOME_NOT_ATTEMPTED)
            trial_failed(p, v);
        return false;
    }
    const struct suspect x = {
        .flight = *f, .verdict = *v, .status = a->answer.status, .took_us = a->took_us};
    l->pending++;
    if (t->state == TRIAL_RECHECK) {
        suspect(t, &x);
        return true;
    }
    t->after = alone ? TRIAL_PASSED : t->state;
    t->now = x;
    look_again(p);
    return true;
}
