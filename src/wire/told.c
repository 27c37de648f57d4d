#include "wire/told.h"

#include "base/clock.h"
#include "base/text.h"
#include "wire/looker.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOLD_STEP_MS = 100 };

void told_pair_put(struct buf *out, const struct endpoint *e)
{
    char account[ACCOUNT_DIGITS + 1], *origin = endpoint_plain(e->origin);
    looker_account(e->secrets, account);
    buf_printf(out, "%s %s", origin, account);
    free(origin);
}

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

int64_t hold_left_us(const struct ledger *l, const struct endpoint *e)
{
    const int64_t now_ms = clock_wall_ms();
    struct buf pair = {0}, former = {0};
    told_pair_put(&pair, e);
    buf_printf(&former, "%s %s", e->origin, e->definition->credential);
    int64_t left_us = ledger_hold_left_ms(l, buf_text(&pair), now_ms) * 1000;
    int64_t before_us = ledger_hold_left_ms(l, buf_text(&former), now_ms) * 1000;
    buf_free(&pair);
    buf_free(&former);
    if (before_us > left_us)
        left_us = before_us;
    return left_us < HINT_MAX_US ? left_us : HINT_MAX_US;
}
