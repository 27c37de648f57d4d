#include "wire/pacing.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>

enum { HOLD_STEP_MS = 100 };

int64_t pacing_open_us(struct pacer *p, struct health *h, int64_t now, bool retry)
{
    int64_t at = pacer_next(p, now), healthy = health_next(h, now, retry);
    return at > healthy ? at : healthy;
}

struct hint pacing_hint(const struct definition *d, const struct http_answer *a)
{
    int status = a->answer.status;
    if (a->answer.transport != TRANSPORT_WHOLE || (status != 429 && status != 425 && status != 503))
        return (struct hint){.wait_us = -1};
    return hint_read(d, &a->headers, a->answer.body, a->answer.body_len, clock_wall_ms());
}

static enum pacer_answer pacing_of(const struct answer *a, bool holds)
{
    if (holds)
        return PACER_REFUSED;
    if (a->transport != TRANSPORT_WHOLE)
        return PACER_LOST;
    return a->status >= 500 || a->status == 408 ? PACER_SICK : PACER_OK;
}

void pacing_answer(struct pacer *p, struct health *h, const struct http_answer *a,
                   const struct hint *hint, bool holds, int64_t now)
{
    enum pacer_answer what = pacing_of(&a->answer, holds);
    pacer_answer(p, now, a->sent_at_us, what, holds ? hint->wait_us : -1);
    /* A 503 that asks for a wait is both: nothing but those is a provider that is down. */
    bool failed = what == PACER_SICK || what == PACER_LOST || (holds && a->answer.status >= 500);
    health_answer(h, now, failed);
}

bool pacing_read_holds(const struct http_answer *a, const struct hint *hint)
{
    int status = a->answer.status;
    return a->answer.transport == TRANSPORT_WHOLE &&
           (status == 429 || status == 425 || (status == 503 && hint->wait_us >= 0));
}

bool pacing_hold(const struct ledger *l, const char *pair, int status, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON])
{
    int64_t now = clock_wall_ms(), wait_ms = (hint->wait_us + 999) / 1000;
    char span[TEXT_SPAN];
    if (wait_ms < ledger_hold_left_ms(l, pair, now) + HOLD_STEP_MS)
        return false;
    snprintf(reason, HOLD_REASON, "%d, asked to wait %s%s", status, text_span(hint->wait_us, span),
             hint->clamped ? " (clamped: more was asked for)" : "");
    *out = (struct record){.type = RECORD_HOLD,
                           .hold = {.pair = pair, .reason = reason, .until_ms = now + wait_ms}};
    return true;
}
