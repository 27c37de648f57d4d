#include "rotate/rotate_go.h"

#include "rotate/rotate_clear.h"
#include "rotate/rotate_make.h"
#include "rotate/rotate_swap.h"

#include "base/clock.h"

#include <stdio.h>

static void settle(struct turn *t)
{
    const struct verdict *v = &t->verdict;
    char reason[512];
    switch (v->kind) {
    case VERDICT_HOLD:
        t->phase = TURN_WAITS;
        return;
    case VERDICT_STOP:
        snprintf(reason, sizeof reason, "%s: %s", t->rotor->d->shown, v->reason);
        turn_end(t, OUTCOME_NOT_ATTEMPTED, v->reason);
        session_stop(&t->rotor->session, v->stop, reason);
        return;
    case VERDICT_RETRY:
        if (t->asking->again && t->asking->again(t)) {
            t->ended++;
            t->due_us = turn_backoff(t, &t->backoff_ms);
            t->phase = TURN_WAITS;
            return;
        }
        break;
    case VERDICT_END:
        break;
    }
    t->asking->go_on(t);
}

static void step(struct turn *t)
{
    enum rotate_do next = rotate_next(&t->state);
    /* A stop begins nothing, but leaves no secret that is in memory alone. */
    if (session_stopping(&t->rotor->session) && next != DO_DELIVER && next != DO_FAIL) {
        t->phase = TURN_OVER;
        return;
    }
    switch (next) {
    case DO_READ:
        turn_read(t);
        break;
    case DO_INTEND:
        turn_intend(t);
        break;
    case DO_SWEEP:
        t->phase = TURN_SWEEPS;
        t->sweeps_since_us = clock_mono_us();
        break;
    case DO_CREATE:
        turn_create(t);
        break;
    case DO_DELIVER:
        t->phase = TURN_HOLDS;
        t->safe = false;
        break;
    case DO_REMOVE:
        turn_remove(t);
        break;
    case DO_RENAME:
        turn_rename(t);
        break;
    case DO_DELETE:
        turn_delete(t);
        break;
    case DO_FAIL:
        turn_end(t, OUTCOME_FAILED, t->fail);
        break;
    }
}

void turn_go(struct turn *t)
{
    while (t->phase == TURN_NEXT || t->phase == TURN_ANSWERED) {
        if (t->phase == TURN_NEXT)
            step(t);
        else
            settle(t);
    }
}
