#include "sandbox/groups.h"

#include "base/mem.h"
#include "provider/request.h"

#include <stdlib.h>
#include <string.h>

static void add(struct groups *g, const char *name, size_t len)
{
    for (size_t i = 0; i < g->count; i++)
        if (strlen(g->at[i]) == len && !memcmp(g->at[i], name, len))
            return;
    g->at = mem_resize(g->at, g->count + 1, sizeof *g->at);
    g->at[g->count++] = mem_string_n(name, len);
}

/* The value of the nth scope. */
static const char *nth(const char *scope, size_t n, size_t *len)
{
    const char separator[] = {SCOPE_SEPARATOR, '\0'};
    while (n--) {
        scope += strcspn(scope, separator);
        scope += *scope != '\0';
    }
    *len = strcspn(scope, separator);
    return scope;
}

static void find_scopes(struct groups *g, const struct stock_listing *l, const struct definition *d,
                        const struct credential *who)
{
    size_t n = 0, len = 0;
    while (n < d->scope_count && strcmp(d->scopes[n], d->list.each) != 0)
        n++;
    for (uint32_t row = 0; row < l->truth->entries; row++)
        if (targets_definition(l->truth->targets, row) == d &&
            l->truth->entry[row].account == who->account) {
            const char *value = nth(targets_scope(l->truth->targets, row), n, &len);
            add(g, value, len);
        }
}

void groups_find(struct groups *g, const struct stock_listing *l, const struct definition *d,
                 const struct credential *who)
{
    char id[ACCOUNT_ID];
    *g = (struct groups){0};
    if (d->list.each_scope)
        find_scopes(g, l, d, who);
    for (unsigned i = 0; i < l->workspaces && !d->list.each_scope; i++) {
        profile_workspace_id(i, who->account, id);
        add(g, id, strlen(id));
    }
}

void groups_free(struct groups *g)
{
    while (g->count)
        free(g->at[--g->count]);
    free(g->at);
}

size_t groups_after(const struct groups *g, const char *name)
{
    size_t i = 0;
    while (i < g->count && strcmp(g->at[i], name) != 0)
        i++;
    return i < g->count ? i + 1 : i;
}
