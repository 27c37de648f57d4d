#include "wire/alias.h"

#include "base/digest.h"
#include "base/mem.h"
#include "provider/identifier.h"
#include "provider/own_id.h"
#include "wire/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct aliases {
    const struct settings *settings;
    const struct targets *targets;
    const struct row_set *rows;
    size_t definitions;
    uint32_t *row;      /* the rows, those of one definition after those of another, */
    uint32_t *first;    /* which begin here, by catalog index; one more for the end */
    struct buf *origin; /* by catalog index; "" where it has none */
};

/* "" where it has none. */
static void put_origin(const struct settings *s, const struct definition *d, struct buf *out)
{
    struct buf origin = {0};
    if (endpoint_origin(s, d, &origin, NULL) == 0) {
        char *plain = endpoint_plain(buf_text(&origin));
        buf_puts(out, plain);
        free(plain);
    }
    buf_free(&origin);
}

static size_t definition_of(const struct aliases *a, uint32_t row)
{
    return catalog_index(targets_catalog(a->targets), targets_definition(a->targets, row));
}

/* In their order, by definition: of many accounts each is looked through by itself. */
static void sort_rows(struct aliases *a)
{
    const uint32_t count = targets_count(a->targets);
    a->row = mem_alloc((row_set_size(a->rows) + 1) * sizeof *a->row);
    a->first = mem_zalloc(a->definitions + 2, sizeof *a->first);
    for (uint32_t row = 0; row < count; row++)
        if (row_set_has(a->rows, row))
            a->first[definition_of(a, row) + 2]++;
    for (size_t i = 2; i < a->definitions + 2; i++)
        a->first[i] += a->first[i - 1];
    for (uint32_t row = 0; row < count; row++) /* each moves its beginning to where it ends */
        if (row_set_has(a->rows, row))
            a->row[a->first[definition_of(a, row) + 1]++] = row;
}

struct aliases *aliases_new(const struct settings *s, const struct targets *t,
                            const struct row_set *rows)
{
    struct aliases *a = mem_zalloc(1, sizeof *a);
    const struct catalog *catalog = targets_catalog(t);
    *a = (struct aliases){
        .settings = s, .targets = t, .rows = rows, .definitions = catalog_count(catalog)};
    a->origin = mem_zalloc(a->definitions + 1, sizeof *a->origin);
    sort_rows(a);
    for (size_t i = 0; i < a->definitions; i++)
        put_origin(s, catalog_at(catalog, i), &a->origin[i]);
    return a;
}

void aliases_free(struct aliases *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->definitions; i++)
        buf_free(&a->origin[i]);
    free(a->origin);
    free(a->row);
    free(a->first);
    free(a);
}

const uint32_t *aliases_rows(const struct aliases *a, const struct definition *d, uint32_t *count)
{
    const size_t index = catalog_index(targets_catalog(a->targets), d);
    *count = index < a->definitions ? a->first[index + 1] - a->first[index] : 0;
    return a->row + (*count ? a->first[index] : 0);
}

/* Where the table's own search cannot be used: the same letters in another case, another scope. */
static uint32_t look_through(const struct aliases *a, const struct definition *d, const char *id,
                             size_t len, bool any_case)
{
    char text[ID_MAX + 1];
    uint32_t count;
    const uint32_t *rows = aliases_rows(a, d, &count);
    if (len < d->id.min || len > d->id.max)
        return UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        if (targets_id(a->targets, rows[i], text) != len)
            continue;
        if (any_case ? strncasecmp(text, id, len) == 0 : memcmp(text, id, len) == 0)
            return rows[i];
    }
    return UINT32_MAX;
}

static uint32_t find_under(const struct aliases *a, const struct definition *d,
                           const struct definition *alias, const char *id, size_t len,
                           const char *scope)
{
    char canonical[ID_MAX + 1], why[ID_REASON];
    if (len > ID_MAX)
        return UINT32_MAX;
    if (d->id.lower && !alias->id.lower)
        return look_through(a, alias, id, len, true);
    int n = identifier_canonical(alias, id, len, canonical, why);
    if (n <= 0) /* what looks like a secret is no id of a manifest's, but may be the one in use */
        return look_through(a, alias, id, len, alias->id.lower);
    if (alias->scope_count && (alias->scope_count != d->scope_count || !scope))
        return look_through(a, alias, canonical, (size_t)n, false);
    uint32_t row =
        targets_find(a->targets, alias, canonical, (size_t)n, alias->scope_count ? scope : "");
    return row != UINT32_MAX && row_set_has(a->rows, row) ? row : UINT32_MAX;
}

uint32_t aliases_find(const struct aliases *a, const struct definition *d, const char *id,
                      size_t len, const char *scope)
{
    const struct catalog *catalog = targets_catalog(a->targets);
    size_t own = catalog_index(catalog, d);
    for (size_t i = 0; i < a->definitions; i++) {
        if (a->first[i] == a->first[i + 1] ||
            (i != own && (!a->origin[i].len || own >= a->definitions ||
                          strcmp(buf_text(&a->origin[i]), buf_text(&a->origin[own])) != 0)))
            continue;
        uint32_t row = find_under(a, d, catalog_at(catalog, i), id, len, scope);
        if (row != UINT32_MAX)
            return row;
    }
    return UINT32_MAX;
}

/* By the ids that the definitions of this origin tell from a secret: of one with accounts each has
 * the same rule. */
static uint32_t own_by_rules(const struct aliases *a, const struct definition *d,
                             const char *secret)
{
    const struct catalog *catalog = targets_catalog(a->targets);
    const char *origin = buf_text(&a->origin[catalog_index(catalog, d)]);
    for (size_t i = 0; i < catalog_plain(catalog); i++) {
        char id[ID_MAX + 1];
        const struct definition *rule = catalog_at(catalog, i);
        bool same = strcmp(rule->provider, d->provider) == 0 && strcmp(rule->kind, d->kind) == 0;
        if (!same && strcmp(buf_text(&a->origin[i]), origin) != 0)
            continue;
        int len = own_id_of_secret(rule, secret, id);
        uint32_t row = len > 0 ? aliases_find(a, d, id, (size_t)len, NULL) : UINT32_MAX;
        if (row != UINT32_MAX)
            return row;
    }
    return UINT32_MAX;
}

uint32_t aliases_own(const struct aliases *a, const struct definition *d,
                     const char *const *secrets)
{
    for (size_t i = 0; secrets[i]; i++) {
        char digest[SHA256_HEX + 1];
        uint32_t row = own_by_rules(a, d, secrets[i]);
        if (row == UINT32_MAX)
            row = aliases_find(a, d, secrets[i], strlen(secrets[i]), NULL);
        sha256_of(secrets[i], strlen(secrets[i]), digest);
        if (row == UINT32_MAX)
            row = aliases_find(a, d, digest, SHA256_HEX, NULL);
        if (row != UINT32_MAX)
            return row;
    }
    return UINT32_MAX;
}
