#include "sandbox/owned.h"

#include "manifest/manifest.h"
#include "sandbox/auth.h"

#include <stdio.h>
#include <string.h>

static void tell(void *at, const char *line)
{
    (void)at;
    fprintf(stderr, "rescind-sandbox: %s\n", line);
}

/* The definition as it is without an account: what it is served by. */
static const struct definition *served_by(const struct sandbox *s, const struct definition *d)
{
    return d->account ? catalog_find(s->catalog, d->provider, d->kind) : d;
}

static struct credential *credential_of(struct provider *p, unsigned account)
{
    for (unsigned i = 0; i < p->credentials; i++)
        if (p->credential[i].account == account)
            return &p->credential[i];
    return NULL;
}

/* The number of its account, which gets a credential where it has none. */
static int account_of(struct sandbox *s, const struct definition *d, unsigned *account,
                      struct error *err)
{
    struct provider *p = sandbox_provider(s, d->provider);
    *account = 0;
    if (!d->account)
        return 0;
    if (!accounts_number(&s->lists.accounts, d->account, account))
        return error_set(err, EXIT_DATA,
                         "account %.64s: more than %d accounts, or a name of more than %d bytes",
                         d->account, ACCOUNTS_MAX - 1, ACCOUNT_NAME - 1);
    if (credential_of(p, *account))
        return 0;
    if (p->credentials == CREDENTIALS_MAX)
        return error_set(err, EXIT_DATA, "more than %d credentials", CREDENTIALS_MAX);
    struct credential *c = &p->credential[p->credentials++];
    *c = (struct credential){.account = *account};
    auth_demo_secret(served_by(s, d), c->secret);
    size_t len = strlen(c->secret);
    snprintf(c->secret + len, sizeof c->secret - len, "-%s", d->account);
    return 0;
}

static int take(struct sandbox *s, const struct targets *t, uint32_t row, struct error *err)
{
    const struct definition *d = targets_definition(t, row);
    char id[ID_MAX + 1];
    unsigned account;
    if (account_of(s, d, &account, err) != 0)
        return -1;
    targets_id(t, row, id);
    uint32_t at =
        truth_add(&s->truth, served_by(s, d), id, targets_scope(t, row), s->absent, s->lists.seed);
    s->truth.entry[at].account = (uint8_t)account;
    return 0;
}

int owned_load(struct sandbox *s, const char *manifest, struct error *err)
{
    const struct manifest_options how = {.path = manifest, .allow_empty = true, .tell = tell};
    struct targets *all = targets_new(s->catalog);
    struct row_set *rows = row_set_new();
    struct manifest_facts facts;
    int result = manifest_read(&how, all, rows, &facts, err);
    for (uint32_t row = 0; result == 0 && row < targets_count(all); row++)
        result = take(s, all, row, err);
    row_set_free(rows);
    targets_free(all);
    return result;
}

void owned_print_credentials(struct sandbox *s, struct buf *out)
{
    const char *last = "";
    for (size_t i = 0; i < catalog_count(s->catalog); i++) {
        const struct definition *d = catalog_at(s->catalog, i);
        struct provider *p = sandbox_provider(s, d->provider);
        unsigned account = 0;
        if (strcmp(d->credential, last) == 0)
            continue;
        if (d->account)
            accounts_number(&s->lists.accounts, d->account, &account);
        auth_print(d, served_by(s, d), credential_of(p, account), out);
        last = d->credential;
    }
}
