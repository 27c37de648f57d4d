#include "wire/check.h"

#include "base/mem.h"
#include "provider/identifier.h"
#include "wire/authorities.h"
#include "wire/guards.h"

#include <stdlib.h>
#include <string.h>

const char *check_base(const struct settings *s, const struct definition *d)
{
    for (unsigned i = 0; i < s->base_url_count; i++)
        if (strcmp(s->base_urls[i].provider, d->provider) == 0)
            return s->base_urls[i].url;
    return NULL;
}

int check_origin(const struct settings *s, const struct definition *d, struct buf *origin,
                 struct error *err)
{
    const char *base = check_base(s, d);
    bool plain;
    if (!base)
        base = d->base;
    if (!base)
        return error_set(err, EXIT_USAGE,
                         "%s has no base URL of its own: --base-url %s=https://...", d->provider,
                         d->provider);
    if (strchr(base, '{')) { /* a scope is part of the host: the template stands for all of them */
        buf_puts(origin, base);
        return 0;
    }
    return base_url_check(base, origin, &plain, err);
}

int check_ca_file(const struct settings *s, struct error *err)
{
    return s->ca_file ? authorities_check(s->ca_file, err) : 0;
}

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
    return !d->read.method && d->list.request.method && d->list.pages.paging == PAGING_NONE && !d->list.each &&
           !d->scope_count;
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

bool check_suspicious(const struct settings *s, const struct targets *t,
                      const struct row_set *listed, const struct ledger *l, char reason[512])
{
    const struct catalog *catalog = targets_catalog(t);
    size_t definitions = catalog_count(catalog);
    struct guard *guard = mem_zalloc(definitions, sizeof *guard);
    size_t *of =
        mem_zalloc(definitions, sizeof *of); /* a definition's group: its provider's first */
    for (size_t i = 0; i < definitions; i++) {
        while (strcmp(catalog_at(catalog, of[i])->provider, catalog_at(catalog, i)->provider) != 0)
            of[i]++;
    }
    for (uint32_t row = 0; row < targets_count(t); row++) {
        if (!row_set_has(listed, row))
            continue;
        size_t index = catalog_index(catalog, targets_definition(t, row));
        struct target_state st = ledger_state(l, row);
        guard_known(&guard[of[index]], (enum outcome)st.outcome, st.attempts > 0);
    }
    bool suspicious = false;
    for (size_t i = 0; i < definitions && !suspicious; i++)
        suspicious =
            guard_check(&guard[i], s, catalog_at(catalog, i)->provider, reason) == GUARD_ABSENT;
    free(guard);
    free(of);
    return suspicious;
}

int check_definition(const struct settings *s, const struct definition *d, struct credentials *c,
                     struct buf *origin, const char **secret, struct error *err)
{
    if (s->act && !d->action[s->action].method)
        return error_set(err, EXIT_REFUSED, "%s %s: this provider cannot %s; nothing was sent",
                         d->provider, d->kind, action_word[s->action]);
    if (s->act && s->verify && !check_verifiable(d))
        return error_set(err, EXIT_REFUSED,
                         "%s %s: --verify: its definition says no way to ask whether one is still "
                         "there; nothing was sent",
                         d->provider, d->kind);
    if (check_origin(s, d, origin, err) != 0)
        return -1;
    *secret = credentials_get(c, d->credential, err);
    return *secret ? 0 : -1;
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
        const char *secret;
        int result = check_definition(s, d, c, &origin, &secret, err);
        buf_free(&origin);
        if (result != 0)
            return -1;
        checked = d;
    }
    return 0;
}
