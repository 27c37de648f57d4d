#include "sandbox/listing.h"

#include <stdlib.h>
#include <string.h>

json_t *listing_object(const struct listing *l, uint32_t row)
{
    char id[ID_MAX + 1];
    targets_id(l->truth->targets, row, id);
    const struct definition *d = targets_definition(l->truth->targets, row);
    json_t *o = profile_make(d, id, targets_identity(l->truth->targets, row), l->world);
    const json_t *over = overlay_get(l->overlay, row);
    if (over)
        json_object_update(o, (json_t *)over);
    if (json_object_get(o, "disabled"))
        json_object_set_new(o, "disabled", json_boolean(l->truth->entry[row].disabled));
    return o;
}

static bool in_workspace(const struct listing *l, uint32_t row, int workspace)
{
    char id[WORKSPACE_ID];
    const json_t *over = overlay_get(l->overlay, row);
    const char *said = json_string_value(json_object_get(over, "workspace_id"));
    if (!said)
        return profile_workspace_of(targets_identity(l->truth->targets, row),
                                    l->world->workspaces) == (unsigned)workspace;
    profile_workspace_id((unsigned)workspace, id);
    return !strcmp(said, id);
}

static bool of_upstream(const struct listing *l, uint32_t row, const char *upstream)
{
    json_t *o = listing_object(l, row);
    const char *said = json_string_value(json_object_get(o, "provider"));
    bool same = said && !strcmp(said, upstream);
    json_decref(o);
    return same;
}

static bool wanted(const struct listing *l, const struct listing_filter *f, uint32_t row)
{
    const struct truth_entry *e = &l->truth->entry[row];
    return e->exists && targets_definition(l->truth->targets, row) == f->d &&
           (f->disabled || !e->disabled) &&
           (f->workspace < 0 || in_workspace(l, row, f->workspace)) &&
           (!f->upstream[0] || of_upstream(l, row, f->upstream));
}

static bool same_filter(const struct listing_filter *a, const struct listing_filter *b)
{
    return a->d == b->d && a->workspace == b->workspace && a->disabled == b->disabled &&
           !strcmp(a->upstream, b->upstream);
}

/* One more than the row that stands at `offset`, or at the end. */
static uint32_t seek(struct listing *l, const struct listing_filter *f, uint64_t offset)
{
    uint32_t row = l->truth->entries;
    uint64_t at = 0;
    if (l->version == l->truth->version && same_filter(&l->filter, f) && l->offset <= offset) {
        row = l->next;
        at = l->offset;
    }
    for (; row && at < offset; row--)
        at += wanted(l, f, row - 1);
    return row;
}

static void put_object(const struct listing *l, uint32_t row, struct buf *out)
{
    json_t *o = listing_object(l, row);
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(10));
    buf_puts(out, text);
    free(text);
    json_decref(o);
}

void listing_page(struct listing *l, const struct listing_filter *f, uint64_t offset,
                  uint64_t limit, struct buf *out)
{
    uint32_t row = seek(l, f, offset), last = row;
    uint64_t shown = 0;
    for (; row && (!limit || shown < limit); row--) {
        if (!wanted(l, f, row - 1))
            continue;
        if (shown++)
            buf_putc(out, ',');
        put_object(l, row - 1, out);
        last = row;
    }
    l->filter = *f;
    l->version = l->truth->version;
    l->offset = offset + (shown ? shown - 1 : 0);
    l->next = last;
}

uint64_t listing_count(struct listing *l, const struct listing_filter *f)
{
    uint64_t n = 0;
    for (uint32_t row = 0; row < l->truth->entries; row++)
        n += wanted(l, f, row);
    return n;
}

uint32_t listing_newest(struct listing *l, const struct listing_filter *f)
{
    for (uint32_t row = l->truth->entries; row; row--)
        if (wanted(l, f, row - 1))
            return row - 1;
    return UINT32_MAX;
}
