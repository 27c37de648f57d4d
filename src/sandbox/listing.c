#include "sandbox/listing.h"

#include "base/mem.h"
#include "provider/request.h"
#include "sandbox/faults.h"
#include "sandbox/query.h"

#include <stdlib.h>
#include <string.h>

/* A place counts down from the newest row to the credential's own key: row + 2, 1; 0 is the end. */
enum { PLACE_OWN = 1, PLACE_ROWS };

bool listing_shows(const struct stock_listing *l, const struct conditions *gone,
                   const struct provider *p, uint32_t row, unsigned account, int64_t now_us)
{
    const struct truth_entry *e = &l->truth->entry[row];
    return e->account == account &&
           (e->exists || (e->deletions && (gone->count || now_us < e->deleted_us + p->linger_us)));
}

json_t *listing_object(const struct stock_listing *l, uint32_t row)
{
    const struct targets *targets = l->truth->targets;
    const struct definition *d = targets_definition(targets, row);
    const struct truth_entry *e = &l->truth->entry[row];
    char id[ID_MAX + 1], workspace[ACCOUNT_ID];
    struct profile p = {.id = id,
                        .workspace = workspace,
                        .identity = targets_identity(targets, row),
                        .account = e->account,
                        .disabled = e->disabled,
                        .dead = !e->exists && e->deletions &&
                                (d->read_gone.count || d->list.gone.count),
                        .epoch_ms = l->epoch_ms,
                        .over = overlay_get(l->overlay, row)};
    targets_id(targets, row, id);
    profile_workspace_id(profile_workspace_of(p.identity, l->workspaces), p.account, workspace);
    return profile_make(d, &p);
}

json_t *listing_own(const struct stock_listing *l, const struct definition *d,
                    const struct credential *who)
{
    char workspace[ACCOUNT_ID];
    profile_workspace_id(0, who->account, workspace);
    const struct profile p = {.id = who->own_id,
                              .workspace = workspace,
                              .secret = who->secret,
                              .account = who->account,
                              .epoch_ms = l->epoch_ms};
    json_t *o = profile_make(d, &p);
    if (json_object_get(o, "name"))
        json_object_set_new(o, "name", json_string("rescind"));
    return o;
}

static json_t *object_at(const struct stock_listing *l, const struct listing_filter *f,
                         uint32_t place)
{
    return place == PLACE_OWN ? listing_own(l, f->d, f->who)
                              : listing_object(l, place - PLACE_ROWS);
}

static json_t *id_at(const struct stock_listing *l, const struct listing_filter *f, uint32_t place)
{
    char id[ID_MAX + 1];
    if (place == PLACE_OWN)
        return json_string(f->who->own_id);
    targets_id(l->truth->targets, place - PLACE_ROWS, id);
    return json_string(id);
}

/* One that is said to be in none is listed for each. */
static bool in_workspace(const struct stock_listing *l, uint32_t row,
                         const struct listing_filter *f)
{
    char id[ACCOUNT_ID];
    const json_t *said = json_object_get(overlay_get(l->overlay, row), f->d->list.each);
    if (!said)
        return profile_workspace_of(targets_identity(l->truth->targets, row), l->workspaces) ==
               (unsigned)f->workspace;
    profile_workspace_id((unsigned)f->workspace, f->who->account, id);
    return json_is_null(said) || !strcmp(json_string_value(said), id);
}

static bool members_agree(const struct stock_listing *l, const struct listing_filter *f,
                          uint32_t place)
{
    json_t *o = object_at(l, f, place), *value = NULL;
    const char *name = NULL;
    bool agree = true;
    json_object_foreach(o, name, value)
    {
        char asked[QUERY_VALUE];
        if (json_is_string(value) && query_value(f->query, name, asked))
            agree &= !strcmp(json_string_value(value), asked);
    }
    json_decref(o);
    return agree;
}

/* Value by value; one that was not asked for is any. */
static bool scope_agrees(const char *have, const char *asked)
{
    const char separator[] = {SCOPE_SEPARATOR, '\0'};
    for (;;) {
        size_t n = strcspn(have, separator), m = strcspn(asked, separator);
        if (m && (n != m || memcmp(have, asked, n) != 0))
            return false;
        if (!have[n] || !asked[m])
            return true;
        have += n + 1;
        asked += m + 1;
    }
}

static bool hidden(const struct stock_listing *l, const struct listing_filter *f, uint32_t row)
{
    uint64_t identity = targets_identity(l->truth->targets, row);
    return (f->enabled_only && l->truth->entry[row].disabled) ||
           (f->some_only && identity % 4 == 0) ||
           (f->p->hide > 0 && fault_dice('h', identity, 0, 0) < f->p->hide);
}

bool listing_has_own(const struct definition *d, const struct credential *who)
{
    return *who->own_id && d->self != SELF_UNKNOWN && d->self != SELF_NONE &&
           (d->list.own || d->self != SELF_SHA256);
}

static bool own_is_listed(const struct stock_listing *l, const struct listing_filter *f)
{
    const struct definition *d = f->d;
    return listing_has_own(d, f->who) && f->workspace <= 0 &&
           truth_find(l->truth, d, f->who->own_id, "") == UINT32_MAX;
}

static bool wanted(const struct stock_listing *l, const struct listing_filter *f, uint32_t place)
{
    uint32_t row = place - PLACE_ROWS;
    if (place == PLACE_OWN)
        return own_is_listed(l, f) && (!*f->query || members_agree(l, f, place));
    return targets_definition(l->truth->targets, row) == f->d &&
           listing_shows(l, &f->d->list.gone, f->p, row, f->who->account, f->now_us) &&
           (f->workspace < 0 || in_workspace(l, row, f)) &&
           (!f->scope || scope_agrees(targets_scope(l->truth->targets, row), f->scope)) &&
           !hidden(l, f, row) && (!*f->query || members_agree(l, f, place));
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool is_for(const struct stock_listing *l, const struct listing_index *x,
                   const struct listing_filter *f)
{
    return x->version == l->truth->version && x->filter.d == f->d && x->filter.who == f->who &&
           x->filter.workspace == f->workspace && x->filter.enabled_only == f->enabled_only &&
           x->filter.some_only == f->some_only && same_text(x->scope, f->scope) &&
           same_text(x->query, f->query) && !f->p->linger_us;
}

static void fill(const struct stock_listing *l, struct listing_index *x,
                 const struct listing_filter *f)
{
    free(x->scope);
    free(x->query);
    x->scope = f->scope ? mem_string(f->scope) : NULL;
    x->query = mem_string(f->query);
    x->filter = *f;
    x->filter.scope = x->scope;
    x->filter.query = x->query;
    x->version = l->truth->version;
    x->count = 0;
    for (uint32_t place = l->truth->entries + PLACE_ROWS - 1; place; place--) {
        if (!wanted(l, f, place))
            continue;
        if (x->count == x->cap) {
            x->cap = x->cap ? x->cap * 2 : 256;
            x->place = mem_resize(x->place, x->cap, sizeof *x->place);
        }
        x->place[x->count++] = place;
    }
}

const struct listing_index *listing_find(struct stock_listing *l, const struct listing_filter *f)
{
    struct listing_index *oldest = l->index, *found = NULL;
    for (size_t i = 0; i < LISTING_INDEXES && !found; i++) {
        struct listing_index *x = &l->index[i];
        if (x->query && is_for(l, x, f))
            found = x;
        if (x->used < oldest->used)
            oldest = x;
    }
    if (!found) {
        found = oldest;
        fill(l, found, f);
    }
    found->used = ++l->uses;
    return found;
}

void listing_free(struct stock_listing *l)
{
    for (size_t i = 0; i < LISTING_INDEXES; i++) {
        free(l->index[i].scope);
        free(l->index[i].query);
        free(l->index[i].place);
    }
}

size_t listing_from(const struct listing_index *x, uint32_t place)
{
    size_t low = 0, high = x->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->place[middle] > place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t listing_after(const struct stock_listing *l, const struct listing_index *x, const char *id)
{
    const char *scope = x->scope ? x->scope : "";
    uint32_t row = truth_find(l->truth, x->filter.d, id, scope);
    return row != UINT32_MAX ? listing_from(x, row + PLACE_ROWS - 1) : x->count;
}

void listing_put(const struct stock_listing *l, const struct listing_index *x, size_t from,
                 size_t end, struct buf *out)
{
    for (size_t i = from; i < end; i++) {
        json_t *o = *x->filter.d->list.pages.id ? object_at(l, &x->filter, x->place[i])
                                                : id_at(l, &x->filter, x->place[i]);
        char *text = json_dumps(o, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
        buf_printf(out, "%s", i > from ? "," : "");
        buf_puts(out, text);
        free(text);
        json_decref(o);
    }
}

uint32_t listing_newest(struct stock_listing *l, const struct listing_filter *f)
{
    const struct listing_index *x = listing_find(l, f);
    return x->count && x->place[0] >= PLACE_ROWS ? x->place[0] - PLACE_ROWS : UINT32_MAX;
}
