#include "sandbox/inventory.h"

#include "sandbox/changes.h"
#include "sandbox/groups.h"
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
    if (!each || q->place->d->list.each_scope)
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

static const char *const limits[] = {"limit",      "per_page", "perPage",        "page_size",
                                     "pageSize",   "size",     "page%5Bsize%5D", "count",
                                     "maxResults", "max",      "page%5Blimit%5D"};
enum { LIMITS = sizeof limits / sizeof *limits };
/* Our own parameter in the addresses of further pages. */
static const char cursor[] = "cursor";

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
                     (list->each && !strcmp(name, list->each)) || !strcmp(name, cursor) ||
                     (list->pages.page && !strcmp(name, list->pages.page));
        for (size_t i = 0; i < LIMITS; i++)
            plain |= !strcmp(name, limits[i]);
        if (!plain)
            return q->in->query;
    }
    return "";
}

/* What part of a list is asked for. */
struct inventory_part {
    uint64_t offset, limit;  /* limit 0: all */
    uint64_t place;          /* TOKEN, URL, LINK: where it begins; UINT64_MAX: at first */
    char after[QUERY_VALUE]; /* LAST: behind this id; "": at first */
};

static bool part_asked(const struct inquiry *q, const struct list_pages *pages,
                       struct inventory_part *part)
{
    const struct vendor_list *vendor = vendor_list_of(q->place->d);
    const char *query = q->in->query;
    uint64_t most = vendor->page_max ? vendor->page_max : UINT32_MAX, number = pages->first;
    bool good = true;
    *part = (struct inventory_part){.place = UINT64_MAX};
    if (pages->paging != PAGING_NONE)
        part->limit = vendor->page ? vendor->page : PAGE;
    for (size_t i = 0; i < LIMITS; i++)
        good &= query_number(query, limits[i], 1, most, &part->limit);
    if (q->stuck)
        return good;
    switch (pages->paging) {
    case PAGING_NONE:
        break;
    case PAGING_OFFSET:
        good &= query_number(query, pages->page, 0, UINT32_MAX, &part->offset);
        break;
    case PAGING_NUMBER:
        good &= query_number(query, pages->page, pages->first, UINT32_MAX, &number);
        part->offset = good ? (number - pages->first) * part->limit : 0;
        break;
    case PAGING_LAST:
        if (!query_value(query, pages->page, part->after))
            part->after[0] = '\0';
        break;
    case PAGING_TOKEN:
        good &= query_number(query, pages->page, 0, UINT32_MAX, &part->place);
        break;
    case PAGING_URL:
    case PAGING_LINK:
        good &= query_number(query, cursor, 0, UINT32_MAX, &part->place);
        break;
    }
    return good;
}

/* The address of the page that begins at a place. */
static void put_url(const struct inquiry *q, uint64_t place, struct buf *out)
{
    const char *at = q->in->query;
    buf_printf(out, "%s%s?", q->origin, q->in->path);
    while (*at) {
        size_t len = strcspn(at, "&");
        if (strncmp(at, cursor, sizeof cursor - 1) != 0)
            buf_printf(out, "%.*s&", (int)len, at);
        at += len + (at[len] == '&');
    }
    buf_printf(out, "%s=%llu", cursor, (unsigned long long)place);
}

/* The end of a page, in all the ways in which the definition wants to hear of it. */
static void tell_page(struct stock *v, const struct inquiry *q, enum form_of form,
                      const struct list_pages *pages, const char *items, uint64_t count,
                      uint64_t next, struct reply *out)
{
    char total[24];
    struct buf url = {0}, quoted = {0};
    bool more = next > 0 || q->more;
    struct telling told = {.json = items, .total = total, .more = more ? "true" : "false"};
    snprintf(total, sizeof total, "%llu", (unsigned long long)count);
    if (more && pages->paging == PAGING_TOKEN)
        buf_printf(&quoted, "\"%llu\"", (unsigned long long)next);
    put_url(q, next, &url);
    if (more && pages->paging == PAGING_URL)
        buf_printf(&quoted, "\"%s\"", buf_text(&url));
    if (more && pages->paging == PAGING_LINK)
        reply_header(out, "Link", "<%s>; rel=\"next\"", buf_text(&url));
    told.next = quoted.len ? buf_text(&quoted) : NULL;
    stock_tell(v, q, form, &told, out);
    if (q->more && !pages->more && out->body.len > 2 && out->body.data[0] == '{') {
        buf_clear(&quoted);
        buf_printf(&quoted, "{\"has_more\":true,%s", out->body.data + 1);
        buf_clear(&out->body);
        buf_put(&out->body, quoted.data, quoted.len);
    }
    buf_free(&quoted);
    buf_free(&url);
}

static struct listing_filter filter_asked(const struct stock *v, const struct inquiry *q)
{
    const struct vendor_list *vendor = vendor_list_of(q->place->d);
    bool revealed = !vendor->reveals || query_flag(q->in->query, vendor->reveals);
    return (struct listing_filter){.d = q->place->d,
                                   .p = q->p,
                                   .who = q->who,
                                   .scope = *q->place->scope ? q->place->scope : NULL,
                                   .query = members_asked(q),
                                   .workspace = workspace_asked(v, q),
                                   .enabled_only = !revealed && vendor->hides == HIDES_DISABLED,
                                   .some_only = !revealed && vendor->hides == HIDES_SOME,
                                   .now_us = q->in->now_us};
}

static void list_keys(struct stock *v, struct inquiry *q, struct reply *out)
{
    const struct definition *d = q->place->d;
    struct listing_filter f = filter_asked(v, q);
    struct inventory_part part;
    struct buf items = {0};
    if (!part_asked(q, &d->list.pages, &part) || f.workspace == -2) {
        forms_error(v->forms, q->place->index, 400, "Invalid query", out);
        return;
    }
    if (q->effect && d->rotate.create.method)
        disturb(v, &f);
    const struct listing_index *index = listing_find(&v->listing, &f);
    size_t from = *part.after                ? listing_after(&v->listing, index, part.after)
                  : part.place != UINT64_MAX ? listing_from(index, (uint32_t)part.place)
                                             : part.offset;
    from = from < index->count ? from : index->count;
    size_t end = part.limit && part.limit < index->count - from ? from + part.limit : index->count;
    listing_put(&v->listing, index, from, end, &items);
    tell_page(v, q, FORM_LIST, &d->list.pages, buf_text(&items), index->count,
              end < index->count ? index->place[end] : 0, out);
    buf_free(&items);
}

static void list_groups(struct stock *v, const struct inquiry *q, struct reply *out)
{
    const struct definition *d = q->place->d;
    struct inventory_part part;
    struct buf items = {0};
    struct groups all;
    if (!part_asked(q, &d->list.each_pages, &part)) {
        forms_error(v->forms, q->place->index, 400, "Invalid query", out);
        return;
    }
    groups_find(&all, &v->listing, d, q->who);
    uint64_t i = part.place != UINT64_MAX ? part.place : part.offset;
    if (*part.after)
        i = groups_after(&all, part.after);
    uint64_t end = part.limit && i + part.limit < all.count ? i + part.limit : all.count;
    for (uint64_t from = i; i < end; i++) {
        json_t *o = profile_group(d, all.at[i], (unsigned)i, v->listing.epoch_ms);
        char *text = compose_text(o);
        buf_printf(&items, "%s%s", i > from ? "," : "", text);
        free(text);
    }
    tell_page(v, q, FORM_GROUPS, &d->list.each_pages, buf_text(&items), all.count,
              end < all.count ? end : 0, out);
    groups_free(&all);
    buf_free(&items);
}

static void read_one(struct stock *v, const struct inquiry *q, struct reply *out)
{
    const struct definition *d = q->place->d;
    bool own = listing_has_own(d, q->who) && !strcmp(q->who->own_id, q->place->id);
    if (q->row != UINT32_MAX &&
        listing_shows(&v->listing, &d->read_gone, q->p, q->row, q->who->account, q->in->now_us))
        stock_tell_object(v, q, FORM_READ, listing_object(&v->listing, q->row), NULL, out);
    else if (q->row == UINT32_MAX && own)
        stock_tell_object(v, q, FORM_READ, listing_own(&v->listing, d, q->who), NULL, out);
    else if (vendor_list_of(d)->absent_read)
        forms_error(v->forms, q->place->index, vendor_list_of(d)->absent_read, "Unauthorized", out);
    else
        forms_gone(v->forms, q->place->index, q->place->id, out);
}

void inventory_answer(struct stock *v, struct inquiry *q, struct reply *out)
{
    static const struct telling nothing = {.json = NULL};
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
        stock_tell(v, q, FORM_ACCOUNT, &nothing, out);
        break;
    case OP_SELF:
        stock_tell(v, q, q->p->weak ? FORM_WEAK_SELF : FORM_SELF, &nothing, out);
        break;
    default:
        stock_tell(v, q, q->p->weak ? FORM_WEAK : FORM_PREFLIGHT, &nothing, out);
        break;
    }
}
