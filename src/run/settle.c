#include "run/settle.h"

#include "run/pass.h"

#include <stdio.h>

/* An attempt failed in a way that another one may mend. */
static void retry(struct lane *l, const struct flight *f, const struct http_answer *a,
                  const struct verdict *v)
{
    struct runner *r = l->run;
    unsigned ended = r->pass->ended(l, f) + 1u, most = r->session.work.settings->max_attempts;
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
    int64_t backoff = retry_backoff_us(&r->session.rng, (int64_t)f->backoff_ms * 1000);
    part_wait(f->part, (struct waiting){.due_us = a->sent_at_us + a->took_us + backoff,
                                        .row = f->row,
                                        .backoff_ms = (uint16_t)(backoff / 1000),
                                        .batch = announced,
                                        .ended = (uint16_t)ended});
    if (v->rate != ABOUT_RATE_REFUSED || v->hold.wait_us <= 0) /* else the hold is told */
        session_tell(&r->session, v->reason, "%s: %s; will be tried again", l->wire.name,
                     v->reason);
}

/* Its announcement stands: the batch before is on disk. */
static void hold(struct lane *l, const struct flight *f, const struct http_answer *a)
{
    part_wait(f->part, (struct waiting){.due_us = a->sent_at_us + a->took_us,
                                        .row = f->row,
                                        .backoff_ms = f->backoff_ms,
                                        .ended = f->ended,
                                        .batch = (uint16_t)(l->run->batch - 1)});
}

static void stop(struct lane *l, const struct flight *f, const struct http_answer *a,
                 struct verdict *v)
{
    char reason[512];
    bool all = a->answer.status == 401; /* of the credential, which the whole wire has */
    snprintf(reason, sizeof reason, "%s: %s", all ? l->wire.name : f->part->group->name, v->reason);
    v->outcome = OUTCOME_NOT_ATTEMPTED;
    l->run->pass->end(l, f, a, v, v->reason);
    if (all)
        wire_stop(&l->wire, v->stop, reason);
    else
        group_stop(l->run, f->part->group, v->stop, reason);
}

static void judge(void *at, unsigned slot, const struct answer *a, struct verdict *v)
{
    const struct lane *l = at;
    l->run->pass->judge(l, &l->flight[slot], a, v);
}

static void take(void *at, unsigned slot, const struct http_answer *a, struct verdict *v)
{
    struct lane *l = at;
    const struct flight f = l->flight[slot];
    l->flight[slot].busy = false;
    switch (v->kind) {
    case VERDICT_END:
        l->run->pass->end(l, &f, a, v, v->reason);
        break;
    case VERDICT_RETRY:
        retry(l, &f, a, v);
        break;
    case VERDICT_HOLD:
        hold(l, &f, a);
        break;
    case VERDICT_STOP:
        stop(l, &f, a, v);
        break;
    }
}

const struct wire_taker settle_taker = {judge, take};
