#include "sandbox/inventory.h"

#include "sandbox/changes.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_PAGE = 100, BYOK_PAGE = 50, BYOK_PAGE_MAX = 100 };

/* Somebody else's key comes or goes while the list is read. */
static void disturb(struct stock *v, const struct listing_filter *f)
{
    char secret[STOCK_SECRET], workspace[WORKSPACE_ID];
    v->lists++;
    if (v->lists == v->settings->appear) {
        uint32_t row = stock_make_key(v, f->d, secret);
        profile_workspace_id(f->workspace < 0 ? 0 : (unsigned)f->workspace, workspace);
        json_t *fields = json_pack("{s:s}", "workspace_id", workspace);
        stock_say(v, row, fields);
        json_decref(fields);
    }
    if (v->lists == v->settings->vanish) {
        uint32_t row = listing_newest(&v->listing, f);
        if (row != UINT32_MAX)
            truth_delete(v->truth, row);
    }
}

/* -1: no such workspace. Without the parameter it is the default one. */
static int workspace_asked(const struct stock *v, const char *query)
{
    char asked[QUERY_VALUE], id[WORKSPACE_ID];
    if (!query_value(query, "workspace_id", asked))
        return 0;
    for (unsigned i = 0; i < v->world.workspaces; i++) {
        profile_workspace_id(i, id);
        if (!strcmp(id, asked))
            return (int)i;
    }
    return -1;
}

static void list_openrouter(struct stock *v, struct inquiry *q, bool byok, struct reply *out)
{
    const char *query = q->in->query;
    uint64_t offset = 0, limit = byok ? BYOK_PAGE : KEYS_PAGE;
    struct listing_filter f = {.d = q->place->d, .workspace = workspace_asked(v, query)};
    bool good = query_number(query, "offset", 0, UINT32_MAX, &offset) &&
                (!byok || query_number(query, "limit", 1, BYOK_PAGE_MAX, &limit));
    if (!good || f.workspace < 0) {
        stock_refuse(v, q->place, 400,
                     f.workspace < 0 ? "No such workspace" : "Invalid offset or limit", out);
        return;
    }
    f.disabled = byok || query_flag(query, "include_disabled");
    if (byok && !query_value(query, "provider", f.upstream))
        f.upstream[0] = '\0';
    if (!byok && q->effect)
        disturb(v, &f);
    stock_start(out, 200);
    buf_puts(&out->body, "{\"data\":[");
    listing_page(&v->listing, &f, q->stuck ? 0 : offset, limit, &out->body);
    buf_puts(&out->body, "]");
    if (byok)
        buf_printf(&out->body, ",\"total_count\":%llu",
                   (unsigned long long)listing_count(&v->listing, &f));
    buf_puts(&out->body, "}");
}

static void list_workspaces(struct stock *v, struct inquiry *q, struct reply *out)
{
    uint64_t offset = 0, limit = 50;
    if (!query_number(q->in->query, "offset", 0, UINT32_MAX, &offset) ||
        !query_number(q->in->query, "limit", 1, 100, &limit)) {
        stock_refuse(v, q->place, 400, "Invalid offset or limit", out);
        return;
    }
    json_t *data = json_array();
    for (uint64_t i = q->stuck ? 0 : offset; i < v->world.workspaces && limit--; i++)
        json_array_append_new(data, profile_workspace((unsigned)i, v->world.epoch_ms));
    json_t *body = json_pack("{s:o,s:i}", "data", data, "total_count", (int)v->world.workspaces);
    char *text = json_dumps(body, JSON_COMPACT);
    stock_start(out, 200);
    buf_puts(&out->body, text);
    free(text);
    json_decref(body);
}

/* The credential itself is a key like others at these providers. */
static void put_own(const struct inquiry *q, struct buf *out)
{
    const struct definition *d = q->place->d;
    if (!strcmp(d->provider, "requesty"))
        buf_printf(
            out,
            "{\"id\":\"%s\",\"name\":\"rescind\",\"monthly_limit\":0,\"monthly_spend\":\"0\","
            "\"permissions\":{\"manage\":\"write\",\"completions\":\"none\"}}",
            q->p->own_id);
    else
        buf_printf(out,
                   "{\"prefix\":\"%s\",\"type\":\"WORKSPACE_MANAGE_ALL\",\"name\":\"rescind\","
                   "\"model_ids\":null,\"team_name\":null}",
                   q->p->own_id);
}

static void list_all(struct stock *v, struct inquiry *q, struct reply *out)
{
    struct listing_filter f = {.d = q->place->d, .workspace = -1, .disabled = true};
    uint32_t own = *q->p->own_id ? truth_find(v->truth, f.d, q->p->own_id, "") : UINT32_MAX;
    stock_start(out, 200);
    buf_puts(&out->body, "{\"keys\":[");
    size_t before = out->body.len;
    listing_page(&v->listing, &f, 0, 0, &out->body);
    if (*q->p->own_id && own == UINT32_MAX) {
        if (out->body.len > before)
            buf_putc(&out->body, ',');
        put_own(q, &out->body);
    }
    buf_puts(&out->body, "]}");
}

static void read_one(struct stock *v, const struct inquiry *q, struct reply *out)
{
    if (!stock_present(v, q->row)) {
        forms_gone(v->forms, q->place->index, q->place->id, out);
        return;
    }
    stock_start(out, 200);
    stock_put_data(listing_object(&v->listing, q->row), NULL, out);
}

static void who_am_i(struct stock *v, const struct inquiry *q, struct reply *out)
{
    stock_start(out, 200);
    if (!strcmp(q->p->name, "openrouter"))
        buf_printf(&out->body,
                   "{\"data\":{\"label\":\"sk-or-v1-san...key\",\"usage\":0,\"usage_daily\":0,"
                   "\"limit\":null,\"limit_remaining\":null,\"is_free_tier\":false,"
                   "\"is_management_key\":%s}}",
                   q->p->weak ? "false" : "true");
    else if (!strcmp(q->p->name, "requesty"))
        buf_printf(
            &out->body,
            "{\"id\":\"%s\",\"name\":\"rescind\",\"monthly_limit\":0,\"monthly_spend\":\"0\","
            "\"permissions\":{\"manage\":\"%s\",\"completions\":\"none\"}}",
            q->p->own_id, q->p->weak ? "read" : "write");
    else
        forms_checked(v->forms, q->place->index, q->p->own_id, out);
}

void inventory_answer(struct stock *v, struct inquiry *q, struct reply *out)
{
    const char *provider = q->place->d->provider;
    v->world.workspaces = v->settings->workspaces;
    switch (q->place->op) {
    case OP_LIST:
        if (!strcmp(provider, "openrouter"))
            list_openrouter(v, q, strcmp(q->place->d->kind, "byok") == 0, out);
        else
            list_all(v, q, out);
        break;
    case OP_WORKSPACES:
        list_workspaces(v, q, out);
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
    default:
        who_am_i(v, q, out);
        break;
    }
}
