#include "run/act.h"

#include "run/gate.h"
#include "run/trial.h"

#include "base/mem.h"
#include "journal/evidence.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODY_MAX = 16 << 10 };

static void remember_unsynced(struct runner *r, uint32_t row)
{
    if (r->unsynced_count == r->unsynced_cap) {
        r->unsynced_cap = r->unsynced_cap ? r->unsynced_cap * 2 : 256;
        r->unsynced = mem_resize(r->unsynced, r->unsynced_cap, sizeof *r->unsynced);
    }
    r->unsynced[r->unsynced_count++] = row;
}

/* Those of higher priority, then in the manifest's order; what must come before them all is brought
 * forward later. */
static int in_order(const void *a, const void *b, void *at)
{
    const struct targets *t = at;
    const uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    const int32_t mine = targets_priority(t, one), its = targets_priority(t, other);
    if (mine != its)
        return mine > its ? -1 : 1;
    return one < other ? -1 : 1;
}

static void order(struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++) {
        struct queue *q = &r->lane[i].queue;
        if (q->count)
            qsort_r(q->fresh, q->count, sizeof *q->fresh, in_order, r->session.work.targets);
    }
}

/* The lane is not through before it was looked whether what another account found absent is. */
static void await_look(const struct runner *r, struct lane *l, uint32_t row)
{
    const struct ledger *ledger = r->session.work.ledger;
    const struct target_state st = ledger_state(ledger, row);
    const struct sight eye = evidence_sight(ledger, part_of(r, row)->endpoint.definition);
    if (l->foreign || !evidence_foreign_absence(&eye, &st))
        return;
    l->foreign = true;
    l->pending++;
}

static void fill(struct runner *r)
{
    bool prioritized = false;
    const struct work *work = &r->session.work;
    for (uint32_t row = 0; row < targets_count(work->targets); row++) {
        if (!row_set_has(work->listed, row))
            continue;
        struct lane *l = part_of(r, row)->lane;
        l->tally.targets++;
        if (outcome_done((enum outcome)ledger_state(work->ledger, row).outcome)) {
            l->tally.finished++;
            l->tally.done++;
            await_look(r, l, row);
            continue;
        }
        queue_add(&l->queue, row);
        prioritized |= targets_priority(work->targets, row) != 0;
    }
    if (prioritized)
        order(r);
}

static const struct request *request(const struct runner *r, const struct definition *d)
{
    return &d->action[r->session.work.settings->action];
}

static size_t body_max(const struct definition *d)
{
    (void)d;
    return BODY_MAX;
}

static void judge(const struct lane *l, const struct flight *f, const struct answer *a,
                  struct verdict *v)
{
    const struct work *work = &l->run->session.work;
    char id[ID_MAX + 1];
    targets_id(work->targets, f->row, id);
    const struct definition *d = f->part->endpoint.definition;
    verdict_of(&(struct question){.d = d,
                                  .action = work->settings->action,
                                  .request = request(l->run, d),
                                  .id = id,
                                  .applied_before = ledger_state(work->ledger, f->row).applied},
               a, v);
    gate_judge(f->part, f->row, v);
}

static unsigned ended(const struct lane *l, const struct flight *f)
{
    return ledger_state(l->run->session.work.ledger, f->row).ended;
}

static void again(struct lane *l, const struct flight *f, const struct http_answer *a,
                  const struct verdict *v)
{
    struct session *s = &l->run->session;
    struct record record = {.type = RECORD_TRY,
                            .try = {.row = f->row,
                                    .attempts = ledger_state(s->work.ledger, f->row).attempts,
                                    .status = (unsigned)a->answer.status,
                                    .applied = v->may_have_applied,
                                    .error = v->reason}};
    session_put(s, &record);
}

static void put_end(struct session *s, const struct flight *f, const struct http_answer *a,
                    const struct verdict *v, const char *why)
{
    const struct definition *d = f->part->endpoint.definition;
    char id[ID_MAX + 1];
    targets_id(s->work.targets, f->row, id);
    struct record record = {.type = RECORD_END,
                            .end = {.row = f->row,
                                    .account = d->account,
                                    .provider = d->provider,
                                    .kind = d->kind,
                                    .id = id,
                                    .outcome = v->outcome,
                                    .status = (unsigned)a->answer.status,
                                    .attempts = ledger_state(s->work.ledger, f->row).attempts,
                                    .ms = (unsigned)(a->took_us / 1000),
                                    .applied = v->may_have_applied,
                                    .error = why}};
    session_put(s, &record);
}

static void ask_canary(struct runner *r, const char *provider, uint32_t row, enum outcome o)
{
    char reason[512];
    switch (canary_judge(&r->canary, provider, row, o, reason)) {
    case CANARY_PASSED:
        session_tell(&r->session, OBSERVER_GOOD_NEWS, "canary of %u succeeded, going on",
                     r->session.work.settings->canary);
        break;
    case CANARY_FAILED:
        r->session.halted = true;
        session_stop(&r->session, EXIT_STOPPED, reason);
        break;
    case CANARY_NOTHING:
        break;
    }
}

static void end(struct lane *l, const struct flight *f, const struct http_answer *a,
                const struct verdict *v, const char *why)
{
    struct runner *r = l->run;
    struct session *s = &r->session;
    const enum outcome o = v->outcome;
    const char *provider = f->part->endpoint.definition->shown;
    struct guard *g = &f->part->group->guard;
    if (trial_takes(l, f, a, v))
        return;
    put_end(s, f, a, v, why);
    remember_unsynced(r, f->row);
    if (o == OUTCOME_NOT_ATTEMPTED)
        return;
    l->tally.finished++;
    l->tally.done += outcome_done(o);
    if (outcome_failed(o)) {
        l->tally.failed++;
        if (!v->unseen) /* else the part says it, or it is proven yet */
            session_tell(s, why, "%s: %s: %s", provider, outcome_word[o], why);
    }
    if (!v->unseen) {
        guard_finished(g, o);
        ask_canary(r, provider, f->row, o);
    }
    gate_ended(f->part, f, v);
    char reason[512];
    if (!session_stopping(s) && guard_says_halt(g, s->work.settings, provider, reason)) {
        s->halted = true;
        group_stop(r, f->part->group, EXIT_STOPPED, reason);
    }
}

const struct pass pass_act = {.announces = RECORD_TRY,
                              .guarded = true,
                              .state = "running",
                              .fill = fill,
                              .request = request,
                              .body_max = body_max,
                              .judge = judge,
                              .ended = ended,
                              .again = again,
                              .end = end};
