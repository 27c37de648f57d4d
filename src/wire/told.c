#include "wire/told.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>

enum { HOLD_STEP_MS = 100 };

bool hold_record(const struct ledger *l, const char *pair, const char *who, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON])
{
    int64_t now = clock_wall_ms(), wait_ms = (hint->wait_us + 999) / 1000;
    char span[TEXT_SPAN];
    if (wait_ms < (l ? ledger_hold_left_ms(l, pair, now) : 0) + HOLD_STEP_MS)
        return false;
    snprintf(reason, HOLD_REASON, "%s asked to wait %s%s", who, text_span(hint->wait_us, span),
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
