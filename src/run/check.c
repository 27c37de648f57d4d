#include "run/check.h"

#include "base/buf.h"
#include "wire/endpoint.h"

uint32_t check_left(const struct ledger *l, const struct row_set *listed, const struct targets *t)
{
    uint32_t left = 0;
    for (uint32_t row = 0; row < targets_count(t); row++) {
        struct target_state st = ledger_state(l, row);
        left += row_set_has(listed, row) && !outcome_done((enum outcome)st.outcome);
    }
    return left;
}

bool check_by_list(const struct definition *d)
{
    return !d->read.method && d->list.request.method && d->list.pages.paging == PAGING_NONE &&
           !d->list.each && !d->scope_count;
}

bool check_verifiable(const struct definition *d)
{
    return d->read.method || check_by_list(d);
}

bool check_unverified_row(const struct settings *s, const struct ledger *l, uint32_t row)
{
    return outcome_done((enum outcome)ledger_state(l, row).outcome) &&
           (s->again || ledger_verification(l, row).verified != VERIFIED_ABSENT);
}

uint32_t check_unverified(const struct settings *s, const struct ledger *l,
                          const struct row_set *listed, const struct targets *t)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < targets_count(t); row++)
        count += row_set_has(listed, row) && check_unverified_row(s, l, row);
    return count;
}

int check_definition(const struct settings *s, const struct definition *d, struct error *err)
{
    if (s->act && !d->action[s->action].method)
        return error_set(err, EXIT_REFUSED, "%s %s: this provider cannot %s; nothing was sent",
                         d->shown, d->kind, action_word[s->action]);
    if (s->act && s->verify && !check_verifiable(d))
        return error_set(err, EXIT_REFUSED,
                         "%s %s: --verify: its definition says no way to ask whether one is still "
                         "there; nothing was sent",
                         d->shown, d->kind);
    return 0;
}

int check_run(const struct settings *s, const struct targets *t, const struct row_set *listed,
              struct credentials *c, struct error *err)
{
    const struct definition *checked = NULL;
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        if (d == checked || !row_set_has(listed, row))
            continue;
        struct buf origin = {0};
        bool good = check_definition(s, d, err) == 0 && endpoint_origin(s, d, &origin, err) == 0 &&
                    credentials_get(c, d->credential, err);
        buf_free(&origin);
        if (!good)
            return -1;
        checked = d;
    }
    return 0;
}
