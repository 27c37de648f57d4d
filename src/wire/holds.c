#include "wire/holds.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>

enum { HOLD_STEP_MS = 100 };

struct hint hint_of_answer(const struct definition *d, const struct http_answer *a)
{
    int status = a->answer.status;
    if (a->answer.transport != TRANSPORT_WHOLE || (status != 429 && status != 425 && status != 503))
        return (struct hint){.wait_us = -1};
    return hint_read(d, &a->headers, a->answer.body, a->answer.body_len, clock_wall_ms());
}

enum pacer_answer rate_of_answer(const struct answer *a, bool holds)
{
    if (holds)
        return PACER_REFUSED;
    if (a->transport != TRANSPORT_WHOLE)
        return PACER_LOST;
    return a->status >= 500 || a->status == 408 ? PACER_SICK : PACER_OK;
}

bool is_about_rate(const struct answer *a, const struct hint *hint)
{
    return a->transport == TRANSPORT_WHOLE &&
           (a->status == 429 || a->status == 425 || (a->status == 503 && hint->wait_us >= 0));
}

bool hold_record(const struct ledger *l, const char *pair, int status, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON])
{
    int64_t now = clock_wall_ms(), wait_ms = (hint->wait_us + 999) / 1000;
    char span[TEXT_SPAN];
    if (wait_ms < (l ? ledger_hold_left_ms(l, pair, now) : 0) + HOLD_STEP_MS)
        return false;
    snprintf(reason, HOLD_REASON, "%d, asked to wait %s%s", status, text_span(hint->wait_us, span),
             hint->clamped ? " (clamped: more was asked for)" : "");
    *out = (struct record){.type = RECORD_HOLD,
                           .hold = {.pair = pair, .reason = reason, .until_ms = now + wait_ms}};
    return true;
}

int64_t hold_left_us(const struct ledger *l, const char *pair)
{
    int64_t left_us = ledger_hold_left_ms(l, pair, clock_wall_ms()) * 1000;
    return left_us < HINT_MAX_US ? left_us : HINT_MAX_US;
}
