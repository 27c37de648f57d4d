#include "sandbox/vendors.h"

#include <stdio.h>
#include <string.h>

static const struct vendor vendors[] = {
    {.provider = "openrouter",
     .error = "{\"error\":{\"code\":{code},\"message\":\"{message}\"},\"user_id\":null}",
     .limited = "Rate limit exceeded",
     .secret = "sk-or-v1-sandbox-demo-management-key"},
    {.provider = "requesty",
     .error = "{\"error\":{\"origin\":\"router\",\"message\":\"{message}\"}}",
     .secret = "rqsty-sk-sandbox-demo",
     .wrong = 403,
     .terse = true},
    {.provider = "baseten",
     .error = "{\"error\":\"{message}\"}",
     .limited = "Rate limit exceeded. Please try again later.",
     .secret = "sbxdemo.sandbox-demo-secret",
     .tells_in_body = true},
    {.provider = "openai", .seconds = true},
    {.provider = NULL},
};

const struct vendor *vendor_named(const char *provider)
{
    const struct vendor *v = vendors;
    while (v->provider && strcmp(v->provider, provider) != 0)
        v++;
    return v;
}

const struct vendor *vendor_of(const struct definition *d)
{
    return vendor_named(d->provider);
}

bool vendor_chance(struct rng *r, double share)
{
    return rng_uniform(r, 0, 1) < share;
}

double vendor_money(struct rng *r, double most)
{
    return (double)(int64_t)rng_uniform(r, 0, most * 100) / 100;
}

static void openrouter_key(json_t *key, struct rng *r)
{
    static const char *const resets[] = {"daily", "weekly", "monthly"};
    char creator[32];
    bool limited = vendor_chance(r, 0.5);
    double limit = 10 + (double)(rng_next(r) % 50) * 10;
    bool resets_it = limited && vendor_chance(r, 0.7);
    const char *reset = resets[rng_next(r) % 3];
    json_object_set_new(key, "limit", limited ? json_real(limit) : json_null());
    json_object_set_new(key, "limit_remaining", limited ? json_real(limit) : json_null());
    json_object_set_new(key, "limit_reset", resets_it ? json_string(reset) : json_null());
    json_object_set_new(key, "include_byok_in_limit", json_boolean(vendor_chance(r, 0.5)));
    snprintf(creator, sizeof creator, "user_%08x", (unsigned)(rng_next(r) % 40) * 2654435761u);
    json_object_set_new(key, "creator_user_id", json_string(creator));
}

/* The field that may not be given, or not with this value. */
static const char *openrouter_wrong(const json_t *fields, bool creating)
{
    static const char *const resets[] = {"daily", "weekly", "monthly"};
    const char *key = NULL;
    json_t *v = NULL;
    json_object_foreach((json_t *)fields, key, v)
    {
        bool good = false;
        if (!strcmp(key, "name"))
            good = json_string_length(v) > 0;
        else if (!strcmp(key, "disabled"))
            good = json_is_boolean(v) && !creating;
        else if (!strcmp(key, "include_byok_in_limit"))
            good = json_is_boolean(v);
        else if (!strcmp(key, "limit"))
            good = json_is_null(v) || json_number_value(v) > 0 || json_is_number(v);
        else if (!strcmp(key, "limit_reset"))
            good = json_is_null(v);
        else if (creating && (!strcmp(key, "expires_at") || !strcmp(key, "creator_user_id")))
            good = json_is_null(v) || json_is_string(v);
        else if (creating && !strcmp(key, "workspace_id"))
            good = json_is_string(v);
        for (size_t i = 0; i < 3 && !strcmp(key, "limit_reset"); i++)
            good |= json_is_string(v) && !strcmp(json_string_value(v), resets[i]);
        if (!good)
            return key;
    }
    return NULL;
}

static void openrouter_born(json_t *key, const json_t *fields)
{
    static const char none[] =
        "{\"limit\":null,\"limit_reset\":null,\"include_byok_in_limit\":false}";
    json_t *all = json_loads(none, 0, NULL), *limit = json_object_get(fields, "limit");
    json_object_update(key, all);
    json_object_set(key, "limit_remaining", limit ? limit : json_object_get(all, "limit"));
    json_decref(all);
}

static void openrouter_byok(json_t *key, struct rng *r)
{
    static const char *const upstream[] = {"openai", "anthropic", "amazon-bedrock", "mistral"};
    json_object_set_new(key, "provider", json_string(upstream[rng_next(r) % 4]));
    json_object_set_new(key, "is_fallback", json_boolean(vendor_chance(r, 0.2)));
}

/* Requesty gives money as a string or as a number. */
static json_t *requesty_money(struct rng *r, double n)
{
    char text[32];
    snprintf(text, sizeof text, "%.2f", n);
    return vendor_chance(r, 0.5) ? json_string(text) : json_real(n);
}

static void requesty_key(json_t *key, struct rng *r)
{
    double spend = vendor_chance(r, 0.4) ? 0 : vendor_money(r, 80);
    const char *team = vendor_chance(r, 0.5) ? "core" : "growth";
    json_object_set_new(key, "monthly_limit", requesty_money(r, vendor_chance(r, 0.5) ? 0 : 100));
    json_object_set_new(key, "monthly_spend", requesty_money(r, spend));
    json_object_set_new(key, "labels", json_pack("{s:s}", "team", team));
}

static void baseten_key(json_t *key, struct rng *r)
{
    static const char *const types[] = {"PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_INVOKE",
                                        "WORKSPACE_EXPORT_METRICS"};
    json_object_set_new(key, "type", json_string(types[rng_next(r) % 4]));
}

static const struct vendor_list lists[] = {
    {.provider = "openrouter",
     .kind = "key",
     .reveals = "include_disabled",
     .hides = HIDES_DISABLED,
     .members = "{\"byok_usage\":0,\"a_field_of_tomorrow\":{\"more\":1}}",
     .more = openrouter_key,
     .wrong = openrouter_wrong,
     .born = openrouter_born},
    {.provider = "openrouter",
     .kind = "byok",
     .page = 50,
     .page_max = 100,
     .members = "{\"sort_order\":0,\"allowed_models\":null,\"allowed_user_ids\":null,"
                "\"allowed_api_key_hashes\":null}",
     .more = openrouter_byok},
    {.provider = "requesty",
     .kind = "key",
     .members = "{\"permissions\":{\"manage\":\"none\",\"completions\":\"write\"}}",
     .more = requesty_key},
    {.provider = "baseten", .kind = "key", .members = "{\"model_ids\":null}", .more = baseten_key},
    {.provider = "gitlab", .kind = "key", .absent_read = 401}, /* but to administrators */
    {.provider = "openai", .kind = "key", .reveals = "owner_project_access", .hides = HIDES_SOME},
    {.provider = NULL},
};

const struct vendor_list *vendor_list_of(const struct definition *d)
{
    const struct vendor_list *v = lists;
    while (v->provider && (strcmp(v->provider, d->provider) != 0 || strcmp(v->kind, d->kind) != 0))
        v++;
    return v;
}
