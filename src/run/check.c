#include "run/check.h"

#include "base/buf.h"
#include "base/mem.h"
#include "journal/evidence.h"
#include "wire/endpoint.h"
#include "wire/looker.h"
#include "wire/missing.h"

#include <stdlib.h>
#include <string.h>

uint32_t check_left(const struct ledger *l, const struct row_set *listed, const struct targets *t)
{
    uint32_t left = 0;
    for (uint32_t row = 0; row < targets_count(t); row++) {
        struct target_state st = ledger_state(l, row);
        left += row_set_has(listed, row) && !outcome_done((enum outcome)st.outcome);
    }
    return left;
}

bool check_foreign(const struct settings *s, const struct ledger *l, const struct row_set *listed,
                   const struct targets *t, struct credentials *c)
{
    uint16_t same = EYE_NONE; /* they come in rows of one eye */
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct target_state st = ledger_state(l, row);
        const struct definition *d = targets_definition(t, row);
        const struct sight other = {.eye = UINT16_MAX};
        if (!row_set_has(listed, row) || st.end_eye == same ||
            !evidence_foreign_absence(&other, &st) || settings_expect_absent(s, d))
            continue;
        if (!looker_same_secrets(d, c, ledger_eye(l, st.end_eye)))
            return true;
        same = st.end_eye;
    }
    return false;
}

bool check_verifiable(const struct definition *d)
{
    return d->read.method || d->list.request.method;
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
              struct credentials *c, void (*tell)(void *at, const char *line), struct error *err)
{
    const struct catalog *catalog = targets_catalog(t);
    bool *checked = mem_zalloc(catalog_count(catalog) + 1, sizeof *checked);
    int result = 0;
    for (uint32_t row = 0; row < targets_count(t) && result == 0; row++) {
        const struct definition *d = targets_definition(t, row);
        struct buf origin = {0};
        size_t index = catalog_index(catalog, d);
        if (checked[index] || !row_set_has(listed, row))
            continue;
        checked[index] = true;
        if (check_definition(s, d, err) != 0 || endpoint_origin(s, d, &origin, err) != 0)
            result = -1;
        buf_free(&origin);
    }
    free(checked);
    return result != 0 ? result : missing_credentials(t, listed, c, tell, err);
}
