#include "sandbox/inventory.h"

#include "sandbox/changes.h"
#include "sandbox/query.h"
#include "sandbox/vendors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

/* Somebody else's key comes or goes while the list is read. */
static void disturb(struct stock *v, const struct listing_filter *f)
{
    char secret[RAW_MAX], workspace[ACCOUNT_ID];
    v->lists++;
    if (v->lists == v->settings->appear) {
        uint32_t row = stock_make_key(v, f->d, f->who->account, secret);
        profile_workspace_id(f->workspace < 0 ? 0 : (unsigned)f->workspace, f->who->account,
                             workspace);
        if (f->d->list.each)
            stock_say(v, row, json_pack("{s:s}", f->d->list.each, workspace));
    }
    if (v->lists == v->settings->vanish) {
        uint32_t row = listing_newest(&v->listing, f);
        if (row != UINT32_MAX)
            truth_delete(v->truth, row, f->now_us);
    }
}

/* Which workspace is asked for: without the parameter the default one, -2 for none that there is,
 * -1 where the list knows no workspaces. */
static int workspace_asked(const struct stock *v, const struct inquiry *q)
{
    char asked[QUERY_VALUE], id[ACCOUNT_ID];
    const char *each = q->place->d->list.each;
    if (!each)
        return -1;
    if (!query_value(q->in->query, each, asked))
        return 0;
    for (unsigned i = 0; i < v->settings->workspaces; i++) {
        profile_workspace_id(i, q->who->account, id);
        if (!strcmp(id, asked))
            return (int)i;
    }
    return -2;
}

static const char *const limits[] = {"limit", "per_page", "page_size", "size", "page[size]"};
enum { LIMITS = sizeof limits / sizeof *limits };

/* The query where it has a parameter that neither the definition's list has nor its paging: such a
 * one asks for the keys whose member of this name is so. "" otherwise. */
static const char *members_asked(const struct inquiry *q)
{
    const struct list_rule *list = &q->place->d->list;
    const char *known = list->request.path + strcspn(list->request.path, "?");
    for (const char *at = q->in->query; *at; at += strcspn(at, "&"), at += *at == '&') {
        char name[64], ignored[QUERY_VALUE];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "=&"), at);
        bool plain = (*known && query_value(known + 1, name, ignored)) ||
                     (list->each && !strcmp(name, list->each)) ||
                     (list->pages.page && !strcmp(name, list->pages.page));
        for (size_t i = 0; i < LIMITS; i++)
            plain |= !strcmp(name, limits[i]);
        if (!plain)
            return q->in->query;
    }
    return "";
}

/* What part of a list is asked for. */
struct part {
    uint64_t offset, limit; /* limit 0: all */
};

static bool part_asked(const struct inquiry *q, const struct list_pages *pages, struct part *part)
{
    const struct vendor_list *vendor = vendor_list_of(q->place->d);
    uint64_t most = vendor->page_max ? vendor->page_max : UINT32_MAX;
    bool good = true;
    part->offset = 0;
    part->limit = !pages->page ? 0 : vendor->page ? vendor->page : PAGE;
    for (size_t i = 0; i < LIMITS; i++)
        good &= query_number(q->in->query, limits[i], 1, most, &part->limit);
    if (pages->page)
        good &= query_number(q->in->query, pages->page, 0, UINT32_MAX, &part->offset);
    if (q->stuck)
        part->offset = 0;
    return good;
}

static void list_keys(struct stock *v, struct inquiry *q, struct reply *out)
{
    const struct definition *d = q->place->d;
    const struct vendor_list *vendor = vendor_list_of(d);
    bool revealed = !vendor->reveals || query_flag(q->in->query, vendor->reveals);
    struct listing_filter f = {.d = d,
                               .p = q->p,
                               .who = q->who,
                               .scope = *q->place->scope ? q->place->scope : NULL,
                               .query = members_asked(q),
                               .workspace = workspace_asked(v, q),
                               .enabled_only = !revealed && vendor->hides == HIDES_DISABLED,
                               .some_only = !revealed && vendor->hides == HIDES_SOME,
                               .now_us = q->in->now_us};
    struct part part;
    struct buf items = {0};
    char total[24];
    if (!part_asked(q, &d->list.pages, &part) || f.workspace == -2) {
        forms_error(v->forms, q->place->index, 400, "Invalid query", out);
        return;
    }
    if (q->effect && d->rotate.create.method)
        disturb(v, &f);
    listing_page(&v->listing, &f, part.offset, part.limit, &items);
    uint64_t count = d->list.pages.total ? listing_count(&v->listing, &f) : 0;
    snprintf(total, sizeof total, "%llu", (unsigned long long)count);
    stock_tell(v, q, FORM_LIST, buf_text(&items), total, "", out);
    buf_free(&items);
}

static void list_groups(struct stock *v, const struct inquiry *q, struct reply *out)
{
    struct part part;
    struct buf items = {0};
    char id[ACCOUNT_ID], total[24];
    if (!part_asked(q, &q->place->d->list.each_pages, &part)) {
        forms_error(v->forms, q->place->index, 400, "Invalid query", out);
        return;
    }
    uint64_t end = part.limit ? part.offset + part.limit : UINT64_MAX;
    for (uint64_t i = part.offset; i < v->settings->workspaces && i < end; i++) {
        profile_workspace_id((unsigned)i, q->who->account, id);
        char *text = compose_text(profile_group(q->place->d, id, (unsigned)i, v->listing.epoch_ms));
        buf_printf(&items, "%s%s", i > part.offset ? "," : "", text);
        free(text);
    }
    snprintf(total, sizeof total, "%u", v->settings->workspaces);
    stock_tell(v, q, FORM_GROUPS, buf_text(&items), total, "", out);
    buf_free(&items);
}

static void read_one(struct stock *v, const struct inquiry *q, struct reply *out)
{
    const struct definition *d = q->place->d;
    bool own = listing_has_own(d, q->who) && !strcmp(q->who->own_id, q->place->id);
    if (q->row != UINT32_MAX &&
        listing_shows(&v->listing, &d->read_gone, q->p, q->row, q->who->account, q->in->now_us))
        stock_tell_object(v, q, FORM_READ, listing_object(&v->listing, q->row), "", out);
    else if (q->row == UINT32_MAX && own)
        stock_tell_object(v, q, FORM_READ, listing_own(&v->listing, d, q->who), "", out);
    else
        forms_gone(v->forms, q->place->index, q->place->id, out);
}

void inventory_answer(struct stock *v, struct inquiry *q, struct reply *out)
{
    v->listing.workspaces = v->settings->workspaces;
    switch (q->place->op) {
    case OP_LIST:
        list_keys(v, q, out);
        break;
    case OP_GROUPS:
        list_groups(v, q, out);
        break;
    case OP_READ:
        read_one(v, q, out);
        break;
    case OP_UPDATE:
        changes_update(v, q, out);
        break;
    case OP_CREATE:
        changes_create(v, q, out);
        break;
    case OP_ACCOUNT:
        stock_tell(v, q, FORM_ACCOUNT, "", "", "", out);
        break;
    case OP_SELF:
        stock_tell(v, q, q->p->weak ? FORM_WEAK_SELF : FORM_SELF, "", "", "", out);
        break;
    default:
        stock_tell(v, q, q->p->weak ? FORM_WEAK : FORM_PREFLIGHT, "", "", "", out);
        break;
    }
}
