#include "sandbox/profile.h"

#include "base/clock.h"
#include "base/rng.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS (86400 * (int64_t)1000)

void profile_workspace_id(unsigned i, char out[WORKSPACE_ID])
{
    snprintf(out, WORKSPACE_ID, "0a0b0c0d-0000-4000-8000-%012u", i % 1000000);
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

json_t *profile_workspace(unsigned i, int64_t epoch_ms)
{
    char id[WORKSPACE_ID], name[32], slug[32];
    profile_workspace_id(i, id);
    snprintf(name, sizeof name, i ? "Workspace %u" : "Default", i + 1);
    snprintf(slug, sizeof slug, i ? "workspace-%u" : "default", i + 1);
    return json_pack("{s:s,s:s,s:s,s:o,s:s}", "id", id, "name", name, "slug", slug, "created_at",
                     moment(epoch_ms - 500 * DAY_MS, false), "created_by", "user_sandbox");
}

static bool chance(struct rng *r, double share)
{
    return rng_uniform(r, 0, 1) < share;
}

static double money(struct rng *r, double most)
{
    return (double)(int64_t)rng_uniform(r, 0, most * 100) / 100;
}

static void put_name(struct rng *r, json_t *key)
{
    static const char *const words[] = {"checkout", "search", "batch", "staging",
                                        "etl",      "agent",  "eval",  "demo"};
    char name[48];
    snprintf(name, sizeof name, "%s-%04x", words[rng_next(r) % 8],
             (unsigned)(rng_next(r) & 0xffff));
    json_object_set_new(key, "name", json_string(name));
}

/* Some never spent anything, some long ago, some through BYOK only, some today. */
static void put_usage(struct rng *r, json_t *key)
{
    static const char *const windows[] = {"", "_daily", "_weekly", "_monthly"};
    bool never = chance(r, 0.15), dormant = never || chance(r, 0.4), byok = chance(r, 0.1);
    double total = never ? 0 : money(r, 900), month = dormant ? 0 : money(r, total);
    double week = dormant || chance(r, 0.3) ? 0 : month / 2;
    double day = week == 0 || chance(r, 0.3) ? 0 : week / 4;
    const double spent[] = {total, day, week, month};
    for (int i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "usage%s", windows[i]);
        json_object_set_new(key, name, json_real(spent[i]));
        snprintf(name, sizeof name, "byok_usage%s", windows[i]);
        json_object_set_new(key, name, byok ? json_real(1.5) : json_integer(0));
    }
}

static void put_limit(struct rng *r, json_t *key)
{
    static const char *const resets[] = {"daily", "weekly", "monthly"};
    bool limited = chance(r, 0.5);
    double limit = 10 + (double)(rng_next(r) % 50) * 10;
    bool resets_it = limited && chance(r, 0.7);
    const char *reset = resets[rng_next(r) % 3];
    json_object_set_new(key, "limit", limited ? json_real(limit) : json_null());
    json_object_set_new(key, "limit_remaining", limited ? json_real(limit) : json_null());
    json_object_set_new(key, "limit_reset", resets_it ? json_string(reset) : json_null());
    json_object_set_new(key, "include_byok_in_limit", json_boolean(chance(r, 0.5)));
}

static void put_dates(struct rng *r, json_t *key, int64_t epoch_ms)
{
    bool longer = chance(r, 0.5), updated = chance(r, 0.6), expires = chance(r, 0.2);
    int64_t created = epoch_ms - (int64_t)rng_uniform(r, 1, 400) * DAY_MS - 3600000;
    int64_t changed = created + (int64_t)(rng_uniform(r, 0, 1) * (double)(epoch_ms - created));
    int64_t ends = epoch_ms + (int64_t)rng_uniform(r, -100, 100) * DAY_MS;
    json_object_set_new(key, "created_at", moment(created, longer));
    json_object_set_new(key, "updated_at", updated ? moment(changed, longer) : json_null());
    json_object_set_new(key, "expires_at", expires ? moment(ends, longer) : json_null());
}

static void put_workspace(json_t *key, uint64_t identity, const struct profile_world *world)
{
    char id[WORKSPACE_ID];
    profile_workspace_id(profile_workspace_of(identity, world->workspaces), id);
    json_object_set_new(key, "workspace_id", json_string(id));
}

static void openrouter_key(json_t *key, struct rng *r, uint64_t identity,
                           const struct profile_world *world)
{
    char label[40], creator[32];
    put_name(r, key);
    snprintf(label, sizeof label, "sk-or-v1-%03x...%03x", (unsigned)(rng_next(r) & 0xfff),
             (unsigned)(rng_next(r) & 0xfff));
    snprintf(creator, sizeof creator, "user_%08x", (unsigned)(rng_next(r) % 40) * 2654435761u);
    json_object_set_new(key, "label", json_string(label));
    json_object_set_new(key, "disabled", json_false());
    put_limit(r, key);
    put_usage(r, key);
    put_dates(r, key, world->epoch_ms);
    json_object_set_new(key, "creator_user_id", json_string(creator));
    put_workspace(key, identity, world);
    json_object_set_new(key, "a_field_of_tomorrow", json_pack("{s:i}", "more", 1));
}

static void openrouter_byok(json_t *key, struct rng *r, uint64_t identity,
                            const struct profile_world *world)
{
    static const char *const upstream[] = {"openai", "anthropic", "amazon-bedrock", "mistral"};
    int64_t created = world->epoch_ms - (int64_t)rng_uniform(r, 1, 400) * DAY_MS - 3600000;
    put_name(r, key);
    json_object_set_new(key, "provider", json_string(upstream[rng_next(r) % 4]));
    json_object_set_new(key, "label", json_string("sk-...AbCd"));
    json_object_set_new(key, "disabled", json_false());
    json_object_set_new(key, "is_fallback", json_boolean(chance(r, 0.2)));
    json_object_set_new(key, "sort_order", json_integer(0));
    json_object_set_new(key, "allowed_models", json_null());
    json_object_set_new(key, "allowed_user_ids", json_null());
    json_object_set_new(key, "allowed_api_key_hashes", json_null());
    json_object_set_new(key, "created_at", moment(created, chance(r, 0.5)));
    put_workspace(key, identity, world);
}

/* Requesty gives money as a string or as a number. */
static json_t *requesty_money(struct rng *r, double n)
{
    char text[32];
    snprintf(text, sizeof text, "%.2f", n);
    return chance(r, 0.5) ? json_string(text) : json_real(n);
}

static void requesty_key(json_t *key, struct rng *r)
{
    double spend = chance(r, 0.4) ? 0 : money(r, 80);
    put_name(r, key);
    json_object_set_new(key, "monthly_limit", requesty_money(r, chance(r, 0.5) ? 0 : 100));
    json_object_set_new(key, "monthly_spend", requesty_money(r, spend));
    json_object_set_new(key, "permissions",
                        json_pack("{s:s,s:s}", "manage", "none", "completions", "write"));
    json_object_set_new(key, "labels",
                        json_pack("{s:s}", "team", chance(r, 0.5) ? "core" : "growth"));
    json_object_set_new(key, "created_by",
                        json_pack("{s:s,s:s}", "id", "1", "email", "someone@example.com"));
    json_object_set_new(key, "group", json_pack("{s:s,s:s}", "id", "7", "name", "everybody"));
}

static void baseten_key(json_t *key, struct rng *r)
{
    static const char *const types[] = {"PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_INVOKE",
                                        "WORKSPACE_EXPORT_METRICS"};
    put_name(r, key);
    json_object_set_new(key, "type", json_string(types[rng_next(r) % 4]));
    json_object_set_new(key, "model_ids", json_null());
    json_object_set_new(key, "team_name", json_null());
}

const char *profile_id_field(const struct definition *d)
{
    if (!strcmp(d->provider, "openrouter") && !strcmp(d->kind, "key"))
        return "hash";
    return strcmp(d->provider, "baseten") == 0 ? "prefix" : "id";
}

json_t *profile_make(const struct definition *d, const char *id, uint64_t identity,
                     const struct profile_world *world)
{
    struct rng r = rng_seed(identity);
    json_t *key = json_object();
    json_object_set_new(key, profile_id_field(d), json_string(id));
    if (!strcmp(d->provider, "openrouter") && !strcmp(d->kind, "key"))
        openrouter_key(key, &r, identity, world);
    else if (!strcmp(d->provider, "openrouter"))
        openrouter_byok(key, &r, identity, world);
    else if (!strcmp(d->provider, "requesty"))
        requesty_key(key, &r);
    else if (!strcmp(d->provider, "baseten"))
        baseten_key(key, &r);
    return key;
}
