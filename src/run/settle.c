/* What an answer means for everybody: the pacer, the health, the queue; and, for the pass that
 * acts, the journal and the guards. */

#include "run/lane.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { ROOM_US = 5000 };

void runner_put(struct runner *r, struct record *record)
{
    record->at_ms = clock_wall_ms();
    journal_put(r->run.journal, record);
    if (!r->dirty_since_us)
        r->dirty_since_us = clock_mono_us();
}

static void count_requests(struct lane *l, const struct answer *a)
{
    struct record_counts *c = &l->run->counts;
    c->sent += a->sends;
    l->sent += a->sends;
    if (a->transport != TRANSPORT_WHOLE)
        c->network_errors++;
    else if (a->status == 429)
        c->http_429++;
    else if (a->status >= 500)
        c->http_5xx++;
    if (a->transport == TRANSPORT_WHOLE && a->status == 429)
        l->http_429++;
}

/* Tells the journal and the observer of a hold that reaches further than the last one. */
static void note_hold(struct lane *l, int status, const struct hint *hint)
{
    struct record record;
    char reason[HOLD_REASON];
    if (!pacing_hold(l->run->run.ledger, l->pair, status, hint, &record, reason))
        return;
    runner_put(l->run, &record);
    l->run->dirty_since_us = 1; /* due at once: a restart must know of it, however soon it comes */
    view_tell(l->run, l->pair, "%s: %s", l->name, reason);
}

static void tell_pacer(struct lane *l, const struct http_answer *a, const struct hint *hint,
                       bool holds, int64_t now)
{
    pacing_answer(&l->pacer, &l->health, a, hint, holds, now);
    if (holds && hint->wait_us > 0)
        note_hold(l, a->answer.status, hint);
}

/* What is left of a quota changes slowly, and looking a dozen headers up is not free. */
static void read_room(struct lane *l, const struct definition *d, const struct http_answer *a,
                      int64_t now)
{
    if (now - l->room_read_us < ROOM_US)
        return;
    l->room_read_us = now;
    struct room room = hint_room(d, &a->headers, clock_wall_ms());
    if (room.remaining >= 0)
        pacer_room(&l->pacer, now, room.remaining, room.reset_us);
}

static void remember_unsynced(struct runner *r, uint32_t row)
{
    if (r->unsynced_count == r->unsynced_cap) {
        r->unsynced_cap = r->unsynced_cap ? r->unsynced_cap * 2 : 256;
        r->unsynced = mem_resize(r->unsynced, r->unsynced_cap, sizeof *r->unsynced);
    }
    r->unsynced[r->unsynced_count++] = row;
}

static void judge_canary(struct runner *r, const char *provider, uint32_t row, enum outcome o)
{
    if (!r->canary_left || row > r->canary_row)
        return;
    if (outcome_done(o)) {
        if (--r->canary_left == 0)
            view_tell(r, "canary", "canary of %u succeeded, going on", r->run.settings->canary);
        return;
    }
    r->canary_failed = true;
    char reason[256];
    snprintf(reason, sizeof reason, "canary: a target of %s ended as %s", provider,
             outcome_word[o]);
    runner_stop(r, EXIT_STOPPED, reason);
}

static void act_fill(struct runner *r)
{
    const uint32_t canary = r->run.settings->canary;
    for (uint32_t row = 0; row < targets_count(r->run.targets); row++) {
        if (!row_set_has(r->run.listed, row))
            continue;
        struct lane *l = endpoint_of(r, row)->lane;
        l->targets++;
        if (outcome_done((enum outcome)ledger_state(r->run.ledger, row).outcome)) {
            l->finished++;
            l->done++;
            continue;
        }
        queue_add(&l->queue, row);
        if (r->canary_left < canary) {
            r->canary_left++;
            r->canary_row = row;
        }
    }
}

static const struct request *act_request(const struct runner *r, const struct definition *d)
{
    return &d->action[r->run.settings->action];
}

static size_t act_body_max(const struct definition *d)
{
    (void)d;
    return BODY_MAX;
}

static void act_judge(const struct lane *l, const struct flight *f, const struct answer *a,
                      struct verdict *v)
{
    const struct run *run = &l->run->run;
    char id[ID_MAX + 1];
    targets_id(run->targets, f->row, id);
    classify(f->endpoint->definition, run->settings->action, id,
             ledger_state(run->ledger, f->row).applied, a, v);
}

static unsigned act_ended(const struct lane *l, const struct flight *f)
{
    return ledger_state(l->run->run.ledger, f->row).ended;
}

static void act_again(struct lane *l, const struct flight *f, const struct http_answer *a,
                      const struct verdict *v)
{
    struct record record = {.type = RECORD_TRY,
                            .try = {.row = f->row,
                                    .attempts = ledger_state(l->run->run.ledger, f->row).attempts,
                                    .status = (unsigned)a->answer.status,
                                    .applied = v->may_have_applied,
                                    .error = v->reason}};
    runner_put(l->run, &record);
}

static void act_end(struct lane *l, const struct flight *f, const struct http_answer *a,
                    const struct verdict *v, const char *why)
{
    struct runner *r = l->run;
    const enum outcome outcome = v->outcome;
    const struct definition *d = f->endpoint->definition;
    struct guard *g = &f->endpoint->group->guard;
    struct target_state st = ledger_state(r->run.ledger, f->row);
    char id[ID_MAX + 1];
    targets_id(r->run.targets, f->row, id);
    struct record record = {.type = RECORD_END,
                            .end = {.row = f->row,
                                    .provider = d->provider,
                                    .kind = d->kind,
                                    .id = id,
                                    .outcome = outcome,
                                    .status = (unsigned)a->answer.status,
                                    .attempts = st.attempts,
                                    .ms = (unsigned)(a->took_us / 1000),
                                    .applied = v->may_have_applied,
                                    .error = why}};
    runner_put(r, &record);
    remember_unsynced(r, f->row);
    if (outcome == OUTCOME_NOT_ATTEMPTED)
        return;
    l->finished++;
    l->done += outcome_done(outcome);
    f->endpoint->by_us |= outcome_done(outcome) && !outcome_absent(outcome);
    if (outcome_failed(outcome)) {
        l->failed++;
        view_tell(r, why, "%s: %s: %s", d->provider, outcome_word[outcome], why);
    }
    guard_finished(g, (enum outcome)st.outcome, outcome);
    judge_canary(r, d->provider, f->row, outcome);
    char reason[512];
    if (!r->stopping && guard_check(g, r->run.settings, d->provider, reason) != GUARD_GO)
        runner_stop(r, EXIT_STOPPED, reason);
}

const struct pass pass_act = {.announces = RECORD_TRY,
                              .guarded = true,
                              .state = "running",
                              .fill = act_fill,
                              .request = act_request,
                              .body_max = act_body_max,
                              .judge = act_judge,
                              .ended = act_ended,
                              .again = act_again,
                              .end = act_end};

/* An attempt failed in a way that another one may mend. */
static void settle_retry(struct lane *l, const struct flight *f, const struct http_answer *a,
                         const struct verdict *v, int64_t now)
{
    struct runner *r = l->run;
    unsigned ended = r->pass->ended(l, f) + 1u, most = r->run.settings->max_attempts;
    if (ended >= most) {
        char why[256];
        snprintf(why, sizeof why, "%s (attempt %u of %u)", v->reason, ended, most);
        r->pass->end(l, f, a, v, why);
        return;
    }
    uint16_t announced = (uint16_t)(r->batch - 1);
    if (r->pass->again) {
        r->pass->again(l, f, a, v);
        announced = r->batch;
    }
    int64_t backoff = retry_backoff_us(&r->rng, (int64_t)f->backoff_ms * 1000);
    queue_wait(&l->queue, (struct waiting){.due_us = now + backoff,
                                           .row = f->row,
                                           .backoff_ms = (uint16_t)(backoff / 1000),
                                           .batch = announced,
                                           .ended = (uint16_t)ended});
    view_tell(r, v->reason, "%s: %s; will be tried again", l->name, v->reason);
}

static void settle_stop(struct lane *l, const struct flight *f, const struct http_answer *a,
                        struct verdict *v)
{
    char reason[512];
    snprintf(reason, sizeof reason, "%s: %s", l->name, v->reason);
    v->outcome = OUTCOME_NOT_ATTEMPTED;
    l->run->pass->end(l, f, a, v, v->reason);
    lane_stop(l, EXIT_CREDENTIAL, reason);
}

static void settle(struct lane *l, const struct flight *f, struct http_answer *a, int64_t now)
{
    struct runner *r = l->run;
    const struct definition *d = f->endpoint->definition;
    const struct hint hint = pacing_hint(d, a);
    a->answer.retry_after = hint.wait_us >= 0;
    struct verdict v;
    r->pass->judge(l, f, &a->answer, &v);
    count_requests(l, &a->answer);
    tell_pacer(l, a, &hint, v.kind == VERDICT_HOLD || v.holds_pair, now);
    if (v.closes_connection)
        l->fresh_next = true;
    switch (v.kind) {
    case VERDICT_END:
        read_room(l, d, a, now);
        r->pass->end(l, f, a, &v, v.reason);
        view_count_answer(l, now);
        break;
    case VERDICT_RETRY:
        settle_retry(l, f, a, &v, now);
        break;
    case VERDICT_HOLD: /* its announcement stands: the batch before is on disk */
        queue_wait(&l->queue, (struct waiting){.due_us = now,
                                               .row = f->row,
                                               .backoff_ms = f->backoff_ms,
                                               .ended = f->ended,
                                               .batch = (uint16_t)(r->batch - 1)});
        break;
    case VERDICT_STOP:
        settle_stop(l, f, a, &v);
        break;
    }
}

void lane_answered(void *at, unsigned slot, const struct http_answer *answer)
{
    struct lane *l = at;
    struct flight f = l->flight[slot];
    l->flight[slot].busy = false;
    struct http_answer a = *answer;
    a.answer.secrets = f.endpoint->secrets;
    if (f.read)
        preflight_answered(l, &f, &a);
    else
        settle(l, &f, &a, a.sent_at_us + a.took_us);
}

void lane_read_answered(struct lane *l, const struct definition *d, const struct http_answer *a)
{
    const struct hint hint = pacing_hint(d, a);
    tell_pacer(l, a, &hint, pacing_read_holds(a, &hint), clock_mono_us());
}
