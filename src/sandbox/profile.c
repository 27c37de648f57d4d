#include "sandbox/profile.h"

#include "base/clock.h"
#include "sandbox/compose.h"
#include "sandbox/raw.h"
#include "sandbox/vendors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (86400 * (int64_t)1000)

void profile_workspace_id(unsigned i, unsigned account, char out[ACCOUNT_ID])
{
    snprintf(out, ACCOUNT_ID, "0a0b0c0d-%04x-4000-8000-%012u", account & 0xffff, i % 1000000);
}

unsigned profile_workspace_of(uint64_t identity, unsigned workspaces)
{
    return workspaces ? (unsigned)((identity >> 17) % workspaces) : 0;
}

/* Both forms that are seen: milliseconds with Z, microseconds with +00:00. */
static json_t *moment(int64_t wall_ms, bool long_form)
{
    char text[CLOCK_TEXT], longer[48];
    clock_text(wall_ms, text);
    if (!long_form)
        return json_string(text);
    snprintf(longer, sizeof longer, "%.23s417+00:00", text);
    return json_string(longer);
}

json_t *profile_group(const struct definition *d, const char *id, unsigned i, int64_t epoch_ms)
{
    char name[32], slug[32];
    snprintf(name, sizeof name, i ? "Workspace %u" : "Default", i + 1);
    snprintf(slug, sizeof slug, i ? "workspace-%u" : "default", i + 1);
    json_t *o = json_pack("{s:s,s:s,s:b,s:o,s:s}", "name", name, "slug", slug, "is_default", i == 0,
                          "created_at", moment(epoch_ms - 500 * DAY_MS, false), "created_by",
                          "user_sandbox");
    compose_put(&o, d->list.each_pages.id, json_string(id)); /* which may be all of it */
    return o;
}

/* What is derived for one object, before it is known which of it the definition asks for. */
struct traits {
    char name[48], label[RAW_SHOWN], owner[40];
    double usage[WINDOW_COUNT + 1]; /* the last: of all time */
    double byok;
    int64_t created_ms, updated_ms, expires_ms; /* 0: never */
    bool long_form, seconds;
};

static void draw_name(struct traits *t, struct rng *r)
{
    static const char *const words[] = {"checkout", "search", "batch", "staging",
                                        "etl",      "agent",  "eval",  "demo"};
    const char *word = words[rng_next(r) % 8];
    snprintf(t->name, sizeof t->name, "%s-%04x", word, (unsigned)(rng_next(r) & 0xffff));
    snprintf(t->label, sizeof t->label, "sk-%03x...%03x", (unsigned)(rng_next(r) & 0xfff),
             (unsigned)(rng_next(r) & 0xfff));
    snprintf(t->owner, sizeof t->owner, "someone-%u@example.com", (unsigned)(rng_next(r) % 40));
}

/* Some never spent anything, some long ago, some through others' credentials only, some today. */
static void draw_usage(struct traits *t, struct rng *r)
{
    bool never = vendor_chance(r, 0.15), dormant = never || vendor_chance(r, 0.4);
    double total = never ? 0 : vendor_money(r, 900), month = dormant ? 0 : vendor_money(r, total);
    double week = dormant || vendor_chance(r, 0.3) ? 0 : month / 2;
    t->byok = vendor_chance(r, 0.1) ? 1.5 : 0;
    t->usage[WINDOW_COUNT] = total;
    t->usage[WINDOW_MONTH] = month;
    t->usage[WINDOW_WEEK] = week;
    t->usage[WINDOW_DAY] = week <= 0 || vendor_chance(r, 0.3) ? 0 : week / 4;
}

static void draw_dates(struct traits *t, struct rng *r, int64_t epoch_ms)
{
    bool updated = vendor_chance(r, 0.6), expires = vendor_chance(r, 0.2);
    t->long_form = vendor_chance(r, 0.5);
    t->created_ms = epoch_ms - (int64_t)rng_uniform(r, 1, 400) * DAY_MS - 3600000;
    double later = rng_uniform(r, 0, 1) * (double)(epoch_ms - t->created_ms);
    int64_t ends = epoch_ms + (int64_t)rng_uniform(r, -100, 100) * DAY_MS;
    t->updated_ms = updated ? t->created_ms + (int64_t)later : 0;
    t->expires_ms = expires ? ends : 0;
}

static json_t *money(double n)
{
    return n > 0 ? json_real(n) : json_integer(0);
}

static json_t *time_or_null(const struct traits *t, int64_t ms)
{
    return !ms ? json_null() : t->seconds ? json_integer(ms / 1000) : moment(ms, t->long_form);
}

/* By the name under which the field can be filtered; what has none of these is a text. */
static json_t *value_of(const char *field, const struct traits *t, const struct profile *p)
{
    const struct {
        const char *name;
        int64_t ms;
    } times[] = {{"created", t->created_ms},
                 {"updated", t->updated_ms},
                 {"used", t->updated_ms},
                 {"expires", t->expires_ms}};
    const struct {
        const char *name, *text;
    } texts[] = {{"label", t->label},
                 {"owner", t->owner},
                 {"creator", t->owner},
                 {"workspace", p->workspace}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (!strcmp(field, times[i].name))
            return time_or_null(t, times[i].ms);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(field, texts[i].name) && texts[i].text)
            return json_string(texts[i].text);
    if (!strcmp(field, "disabled"))
        return json_boolean(p->disabled);
    if (!strcmp(field, "spend") || !strncmp(field, "usage", 5))
        return money(t->usage[WINDOW_COUNT]);
    return json_string(t->name);
}

static void put_windows(json_t **o, const struct definition *d, const struct traits *t)
{
    for (int w = 0; w < WINDOW_COUNT; w++)
        for (char **at = d->list.unused[w]; at && *at; at++)
            compose_put(o, *at, money(at == d->list.unused[w] ? t->usage[w] : t->byok));
}

/* A number where the definition's ids are numbers. */
static json_t *id_value(const struct definition *d, const char *id)
{
    char again[32];
    long long n = strlen(id) < 19 ? atoll(id) : 0;
    snprintf(again, sizeof again, "%lld", n);
    return d->id.class == ID_DIGITS && !strcmp(again, id) ? json_integer(n) : json_string(id);
}

size_t profile_wrap(const char *pointer)
{
    const char *last = strrchr(pointer, '/');
    return last ? (size_t)(last - pointer) : 0;
}

const char *profile_read_id(const struct definition *d)
{
    for (size_t i = 0; d->read.method && i < d->read.confirm.count; i++)
        if (d->read.confirm.at[i].test == TEST_ID)
            return d->read.confirm.at[i].pointer;
    return NULL;
}

enum promise { KEPT, BROKEN };

/* What the definition says of the whole answer to a read, put into the object that is part of it.
 */
static void put_promises(json_t **o, const struct conditions *all, const char *wrap, size_t len,
                         enum promise promise)
{
    for (size_t i = 0; i < all->count; i++) {
        struct condition c = all->at[i];
        if (c.test == TEST_ID || strncmp(c.pointer, wrap, len) != 0 || c.pointer[len] != '/')
            continue;
        c.pointer += len;
        if (promise == KEPT)
            compose_condition(o, &c);
        else
            compose_opposite(o, &c);
    }
}

static void put_state(json_t **o, const struct definition *d, const struct profile *p)
{
    const char *id = profile_read_id(d), *wrap = id ? id : "";
    const enum promise gone = p->dead ? KEPT : BROKEN;
    size_t len = profile_wrap(wrap);
    if (id)
        put_promises(o, &d->read.confirm, wrap, len, KEPT);
    put_promises(o, &d->action[p->disabled ? ACTION_DISABLE : ACTION_ENABLE].confirm, wrap, len,
                 KEPT);
    put_promises(o, &d->read_gone, wrap, len, gone);
    put_promises(o, &d->list.gone, "", 0, gone);
}

static void put_hint(json_t **o, const struct definition *d, const struct profile *p)
{
    char raw[RAW_MAX], shown[RAW_SHOWN];
    const char *pointer = raw_field(d);
    if (!pointer || !(p->secret || raw_of(d, p->id, raw)))
        return;
    raw_show(d, p->secret ? p->secret : raw, shown);
    compose_put(o, pointer, json_string(shown));
}

static void put_fields(json_t **o, const struct definition *d, const struct traits *t,
                       const struct profile *p)
{
    for (size_t i = 0; i < d->list.field_count; i++)
        compose_put(o, d->list.field[i].pointer, value_of(d->list.field[i].name, t, p));
    put_hint(o, d, p);
    put_windows(o, d, t);
    if (d->list.each && !d->list.each_scope && p->workspace)
        json_object_set_new(*o, d->list.each, json_string(p->workspace));
}

static void put_id(json_t **o, const struct definition *d, const char *id)
{
    const char *read = profile_read_id(d);
    if (read)
        compose_put(o, read + profile_wrap(read), id_value(d, id));
    if (d->list.request.method && *d->list.pages.id)
        compose_put(o, d->list.pages.id, id_value(d, id));
    else if (!read)
        json_object_set_new(*o, "id", id_value(d, id));
}

json_t *profile_make(const struct definition *d, const struct profile *p)
{
    const struct vendor_list *vendor = vendor_list_of(d);
    struct rng r = rng_seed(p->identity);
    struct traits t = {.name = ""};
    json_t *o = vendor->members ? json_loads(vendor->members, 0, NULL) : json_object();
    t.seconds = vendor_of(d)->seconds;
    draw_name(&t, &r);
    draw_usage(&t, &r);
    draw_dates(&t, &r, p->epoch_ms);
    put_fields(&o, d, &t, p);
    if (vendor->more)
        vendor->more(o, &r);
    if (p->over)
        json_object_update(o, (json_t *)p->over);
    put_id(&o, d, p->id);
    put_state(&o, d, p);
    return o;
}
