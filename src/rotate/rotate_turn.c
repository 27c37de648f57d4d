/* What the steps of a rotation have in common: a request, its answer, its attempts, and the end.
 * Which step is next is in rotate_steps.c. */

#include "rotate/rotate_turn.h"

#include "journal/evidence.h"

#include "provider/condition.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURN_BODY_MAX = 64 << 10 }; /* of an answer */

/* Asking */

void turn_ask(struct turn *t, const struct asking *asking, const struct request *request,
              const char *about, char *body)
{
    free(t->body);
    t->body = body;
    t->asking = asking;
    t->request = request;
    snprintf(t->about, sizeof t->about, "%s", about);
    t->due_us = 0;
    t->ended = t->backoff_ms = 0;
    t->phase = TURN_WAITS;
}

bool turn_is_retry(const struct turn *t)
{
    return t->ended || (t->request == &t->rotor->d->rotate.create && t->creations);
}

static void judge(void *at, unsigned slot, const struct answer *a, struct verdict *v)
{
    struct turn *t = at;
    (void)slot;
    t->status = (unsigned)a->status;
    json_decref(t->json);
    t->json = a->transport == TRANSPORT_WHOLE && !a->body_clipped ? body_parse(a->body, a->body_len)
                                                                  : NULL;
    t->asking->judge(t, a);
    *v = t->verdict;
}

static void take(void *at, unsigned slot, const struct http_answer *a, struct verdict *v)
{
    struct turn *t = at;
    (void)slot;
    (void)v;
    t->ms = (unsigned)(a->took_us / 1000);
    t->phase = TURN_ANSWERED;
}

void turn_send(struct turn *t, int64_t now)
{
    static const struct wire_taker taker = {judge, take};
    struct rotor *r = t->rotor;
    struct error err;
    const struct wire_call call = {
        .endpoint = &r->endpoint,
        .request = t->request,
        .id = *t->about ? t->about : NULL,
        .scope = targets_scope(r->session.work.targets, t->row),
        .body = t->body,
        .body_max = TURN_BODY_MAX,
        .retry = turn_is_retry(t),
        .wipe = t->request == &r->d->rotate.create,
        .counted = true,
        .taker = &taker,
        .at = t,
    };
    if (wire_send(&r->wire, &call, now, &err) < 0) {
        session_stop(&r->session, EXIT_STOPPED, err.text);
        return;
    }
    t->phase = TURN_SENT;
    t->sent = true;
}

int64_t turn_backoff(struct turn *t, unsigned *backoff_ms)
{
    int64_t us = retry_backoff_us(&t->rotor->session.rng, (int64_t)*backoff_ms * 1000);
    *backoff_ms = (unsigned)(us / 1000);
    return clock_mono_us() + us;
}

void turn_judge(struct turn *t, struct question q, const struct answer *a)
{
    q.d = t->rotor->d;
    q.request = t->request;
    verdict_of(&q, a, &t->verdict);
}

bool turn_more(struct turn *t)
{
    return t->ended + 1 < t->rotor->session.work.settings->max_attempts;
}

/* Steps */

void turn_journal(struct turn *t, enum rotation_step step)
{
    struct record record = {.type = RECORD_ROTATE,
                            .rotate = {.row = t->row,
                                       .step = step,
                                       .marker = t->marker,
                                       .successor = step == ROTATION_CREATE ? NULL : t->successor}};
    session_put(&t->rotor->session, &record);
    t->state.step = step;
    t->phase = TURN_NEXT;
}

void turn_give_up(struct turn *t, const char *what, const char *why)
{
    t->state.give_up = true;
    snprintf(t->fail, sizeof t->fail, "%s: %.200s; the old key is untouched", what, why);
}

void turn_forget_secret(struct turn *t)
{
    mem_wipe(t->secret, SECRET_MAX);
    t->state.secret = false;
}

/* Beginning and end */

/* A process that ended between handing the secret over and saying so. */
static bool was_given(const struct turn *t)
{
    const struct rotate_handover *h = t->rotor->handover;
    return t->state.step == ROTATION_CREATED && h->given && h->given(h->at, t->successor);
}

void turn_begin(struct turn *t, uint32_t row)
{
    struct rotor *r = t->rotor;
    const struct rotation *known = ledger_rotation(r->session.work.ledger, row);
    *t = (struct turn){.rotor = r, .phase = TURN_NEXT, .row = row, .secret = t->secret};
    targets_id(r->session.work.targets, row, t->id);
    if (!known)
        return;
    t->state.step = known->step;
    t->state.lost =
        known->step != ROTATION_FOREIGN; /* whatever an earlier process was about when it ended */
    memcpy(t->marker, known->marker, sizeof t->marker);
    memcpy(t->successor, known->successor, sizeof t->successor);
    if (was_given(t))
        turn_journal(t, ROTATION_DELIVERED);
}

/* An absence is worth what these eyes have seen. */
static enum outcome worth(const struct turn *t, enum outcome o)
{
    const struct work *w = &t->rotor->session.work;
    const struct sight eye = evidence_sight(w->ledger, t->rotor->d);
    if (o != OUTCOME_ALREADY_ABSENT && o != OUTCOME_ABSENT_AFTER_RETRY)
        return o;
    return evidence_absence(&eye, o == OUTCOME_ABSENT_AFTER_RETRY,
                            settings_expect_absent(w->settings, t->rotor->d));
}

void turn_end(struct turn *t, enum outcome outcome, const char *why)
{
    struct rotor *r = t->rotor;
    outcome = worth(t, outcome);
    struct target_state st = ledger_state(r->session.work.ledger, t->row);
    struct record record = {.type = RECORD_END,
                            .end = {.row = t->row,
                                    .account = r->d->account,
                                    .provider = r->d->provider,
                                    .kind = r->d->kind,
                                    .id = t->id,
                                    .outcome = outcome,
                                    .status = t->status,
                                    .attempts = st.attempts,
                                    .ms = t->ms,
                                    .applied = t->verdict.may_have_applied,
                                    .error = why}};
    session_put(&r->session, &record);
    t->phase = TURN_OVER;
    if (outcome == OUTCOME_NOT_ATTEMPTED)
        return;
    r->tally.finished++;
    r->tally.done += outcome_done(outcome);
    r->tally.failed += outcome_failed(outcome);
    if (outcome_failed(outcome))
        session_tell(&r->session, why, "%s: %s: %s", r->d->shown, outcome_word[outcome], why);
    guard_finished(&r->guard, outcome);
    gate_heard(&r->gate, outcome);
}

bool turn_knows(const struct turn *t, const char *id)
{
    const struct rotor *r = t->rotor;
    const struct work *work = &r->session.work;
    for (unsigned i = 0; i < TURNS_MAX; i++) {
        const struct turn *other = &r->turn[i];
        if (other != t && other->phase != TURN_FREE && strcmp(other->successor, id) == 0)
            return true;
    }
    for (uint32_t row = 0; row < targets_count(work->targets); row++) {
        const struct rotation *known = ledger_rotation(work->ledger, row);
        if (known && row != t->row && known->step != ROTATION_FOREIGN &&
            strcmp(known->successor, id) == 0 && targets_definition(work->targets, row) == r->d)
            return true;
    }
    return (t->fresh && r->before && keylist_find(r->before, id) != SIZE_MAX) ||
           targets_find(work->targets, r->d, id, strlen(id),
                        targets_scope(work->targets, t->row)) != UINT32_MAX;
}

void turn_fail(struct turn *t, enum outcome outcome, const char *what, const char *why)
{
    char reason[300];
    snprintf(reason, sizeof reason, "%s: %.200s", what, *why ? why : "not as asked");
    turn_end(t, outcome, reason);
}

void turn_drop(struct turn *t)
{
    if (t->phase != TURN_FREE && !t->sent)
        row_set_add(t->rotor->unsent, t->row);
    turn_forget_secret(t);
    json_decref(t->json);
    json_decref(t->settings);
    free(t->body);
    free(t->found);
    *t = (struct turn){.rotor = t->rotor, .secret = t->secret};
}
