#include "sandbox/changes.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

/* Whether these are fields that may be given, with values that they may have. */
static const char *wrong_field(const json_t *fields, bool creating)
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

/* The body of a change or a creation, or NULL with an answer that says what is wrong. */
static json_t *fields_of(struct stock *v, const struct inquiry *q, bool creating, struct reply *out)
{
    json_t *fields = json_loadb(q->in->body, q->in->body_len, 0, NULL);
    const char *wrong = json_is_object(fields) ? wrong_field(fields, creating) : "body";
    if (!wrong && creating && !json_object_get(fields, "name"))
        wrong = "name";
    if (!wrong)
        return fields;
    char words[160];
    snprintf(words, sizeof words, "Invalid value: %.100s", wrong);
    stock_refuse(v, q->place, 400, words, out);
    json_decref(fields);
    return NULL;
}

void changes_update(struct stock *v, struct inquiry *q, struct reply *out)
{
    if (!stock_present(v, q->row)) {
        forms_gone(v->forms, q->place->index, q->place->id, out);
        return;
    }
    json_t *fields = fields_of(v, q, false, out);
    if (!fields)
        return;
    json_t *before = listing_object(&v->listing, q->row), *after = json_deep_copy(before);
    json_object_update(after, fields);
    q->changed = q->effect && !json_equal(before, after);
    if (q->effect)
        stock_say(v, q->row, fields);
    stock_start(out, 200);
    stock_put_data(after, NULL, out);
    json_decref(before);
    json_decref(fields);
}

/* A new key has spent nothing, and was made now. */
static json_t *newborn(const struct stock *v, json_t *fields)
{
    static const char *const windows[] = {"", "_daily", "_weekly", "_monthly"};
    char now[CLOCK_TEXT], name[32], workspace[WORKSPACE_ID];
    (void)v;
    clock_text(clock_wall_ms(), now);
    profile_workspace_id(0, workspace);
    json_t *all = json_pack("{s:s,s:n,s:n,s:n,s:n,s:n,s:b,s:b,s:s}", "created_at", now,
                            "updated_at", "expires_at", "limit", "limit_remaining", "limit_reset",
                            "include_byok_in_limit", 0, "disabled", 0, "workspace_id", workspace);
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "usage%s", windows[i]);
        json_object_set_new(all, name, json_integer(0));
        snprintf(name, sizeof name, "byok_usage%s", windows[i]);
        json_object_set_new(all, name, json_integer(0));
    }
    json_object_update(all, fields);
    json_object_set(all, "limit_remaining", json_object_get(all, "limit"));
    return all;
}

static void create_openrouter(struct stock *v, struct inquiry *q, struct reply *out)
{
    char secret[STOCK_SECRET], label[32];
    json_t *fields = fields_of(v, q, true, out);
    if (!fields)
        return;
    q->row = stock_make_key(v, q->place->d, secret);
    json_t *all = newborn(v, fields);
    snprintf(label, sizeof label, "%.12s...%s", secret, secret + strlen(secret) - 3);
    json_object_set_new(all, "label", json_string(label));
    stock_say(v, q->row, all);
    q->changed = true;
    stock_start(out, 201);
    stock_put_data(listing_object(&v->listing, q->row), secret, out);
    json_decref(all);
    json_decref(fields);
}

static void create_other(struct stock *v, struct inquiry *q, struct reply *out)
{
    bool requesty = !strcmp(q->place->d->provider, "requesty");
    char hex[33], id[ID_MAX + 1];
    stock_draw_hex(v, 32, hex);
    if (requesty)
        snprintf(id, sizeof id, "%.8s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
                 hex + 18);
    else
        snprintf(id, sizeof id, "%.8s", hex);
    q->row = truth_add(v->truth, q->place->d, id, "", 0, 0);
    v->truth->entry[q->row].created = true;
    q->changed = true;
    json_t *name = json_loadb(q->in->body, q->in->body_len, 0, NULL);
    if (json_is_string(json_object_get(name, "name")))
        json_object_set(name, "name", json_object_get(name, "name"));
    if (json_is_object(name))
        overlay_merge(&v->overlay, q->row, name);
    json_decref(name);
    stock_start(out, requesty ? 201 : 200);
    if (requesty)
        buf_printf(&out->body, "{\"api_key_id\":\"%s\",\"api_key\":\"rqsty-sk-%s\"}", id, hex);
    else
        buf_printf(&out->body, "{\"api_key\":\"%s.%s\"}", id, hex);
}

/* A creation that a fault keeps from happening is answered as an error: whatever the fault puts in
 * its place, no secret goes out for a key that is not there. */
void changes_create(struct stock *v, struct inquiry *q, struct reply *out)
{
    if (!q->effect)
        stock_refuse(v, q->place, 500, "Injected fault", out);
    else if (!strcmp(q->place->d->provider, "openrouter"))
        create_openrouter(v, q, out);
    else
        create_other(v, q, out);
}
