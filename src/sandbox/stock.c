#include "sandbox/stock.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "provider/own_id.h"
#include "sandbox/compose.h"
#include "sandbox/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stock *stock_new(struct truth *truth, const struct forms *forms,
                        struct stock_settings *settings)
{
    struct stock *v = mem_zalloc(1, sizeof *v);
    v->truth = truth;
    v->forms = forms;
    v->settings = settings;
    v->listing =
        (struct stock_listing){.truth = truth, .overlay = &v->overlay, .epoch_ms = clock_wall_ms()};
    return v;
}

void stock_free(struct stock *v)
{
    listing_free(&v->listing);
    overlay_free(&v->overlay);
    free(v);
}

void stock_say(struct stock *v, uint32_t row, json_t *fields)
{
    json_t *disabled = json_object_get(fields, "disabled");
    if (json_is_boolean(disabled))
        truth_set_disabled(v->truth, row, json_is_true(disabled));
    overlay_merge(&v->overlay, row, fields);
    v->truth->version++;
    json_decref(fields);
}

static struct fill json_fill(const char *name, const char *json)
{
    return (struct fill){name, json ? json : "null", true};
}

void stock_tell(struct stock *v, const struct inquiry *q, enum form_of form,
                const struct telling *t, struct reply *out)
{
    char account[ACCOUNT_ID], number[16];
    profile_workspace_id(0, q->who->account, account);
    snprintf(number, sizeof number, "%u", 100 + q->who->account);
    const struct fill fills[] = {
        json_fill("items", t->json),      json_fill("object", t->json),
        json_fill("total", t->total),     json_fill("more", t->more),
        json_fill("next", t->next),       {"secret", t->secret ? t->secret : "", false},
        {"own", q->who->own_id, false},   {"account", account, false},
        {"account_number", number, true}, {NULL, NULL, false}};
    forms_tell(v->forms, q->place->index, form, fills, out);
}

void stock_tell_object(struct stock *v, const struct inquiry *q, enum form_of form, json_t *object,
                       const char *secret, struct reply *out)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(10));
    const struct telling told = {.json = text, .secret = secret};
    stock_tell(v, q, form, &told, out);
    free(text);
    json_decref(object);
}

static int load_line(struct stock *v, const char *line, struct error *err)
{
    const char *provider = NULL, *kind = "key", *id = NULL, *account = NULL;
    char canonical[ID_MAX + 1], reason[ID_REASON];
    json_t *fields = NULL, *o = json_loads(line, 0, NULL);
    const struct definition *d = NULL;
    unsigned whose = 0;
    int result = -1;
    if (!o || json_unpack(o, "{s:s,s?s,s:s,s?s,s?o}", "provider", &provider, "kind", &kind, "id",
                          &id, "account", &account, "fields", &fields) < 0)
        error_set(err, EXIT_DATA, "not an object with provider and id");
    else if (!(d = catalog_find(targets_catalog(v->truth->targets), provider, kind)))
        error_set(err, EXIT_DATA, "no such provider or kind");
    else if (identifier_canonical(d, id, strlen(id), canonical, reason) < 0)
        error_set(err, EXIT_DATA, "%s", reason);
    else if (account && !accounts_number(&v->settings->accounts, account, &whose))
        error_set(err, EXIT_DATA, "more than %d accounts", ACCOUNTS_MAX);
    else {
        uint32_t row = truth_add(v->truth, d, canonical, "", 0, 0);
        v->truth->entry[row].account = (uint8_t)whose;
        if (json_is_object(fields))
            stock_say(v, row, json_incref(fields));
        result = 0;
    }
    json_decref(o);
    return result;
}

int stock_load(struct stock *v, const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t size = 0, n = 0;
    int result = 0;
    if (!f)
        return error_set(err, EXIT_NOINPUT, "%s:", path);
    while (result == 0 && getline(&line, &size, f) > 0) {
        n++;
        if (line[strspn(line, " \t\r\n")] && load_line(v, line, err) < 0)
            result = error_prefix(err, "%s:%zu", path, n);
    }
    free(line);
    fclose(f);
    return result;
}

static void load_raw(struct stock *v, const char *raw)
{
    const struct catalog *catalog = targets_catalog(v->truth->targets);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        char id[ID_MAX + 1], shown[RAW_SHOWN];
        const struct definition *d = catalog_at(catalog, i);
        if (!raw_field(d) || own_id_of_secret(d, raw, id) <= 0)
            continue;
        uint32_t row = truth_find(v->truth, d, id, "");
        json_t *fields = NULL;
        if (row == UINT32_MAX)
            continue;
        raw_show(d, raw, shown);
        compose_put(&fields, raw_field(d), json_string(shown));
        stock_say(v, row, fields);
    }
}

int stock_load_raw(struct stock *v, const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    if (!f)
        return error_set(err, EXIT_NOINPUT, "%s:", path);
    while (getline(&line, &size, f) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        load_raw(v, line);
    }
    free(line);
    fclose(f);
    return 0;
}

uint32_t stock_make_key(struct stock *v, const struct definition *d, unsigned account,
                        char secret[RAW_MAX])
{
    struct rng r = rng_seed(v->settings->seed ^ (0x6b657900 + v->made++));
    char id[ID_MAX + 1];
    if (!raw_make(d, &r, secret, id)) {
        generate_id(d, &r, id);
        snprintf(secret, RAW_MAX, "sandbox-made-%016llx", (unsigned long long)rng_next(&r));
    }
    uint32_t row = truth_add(v->truth, d, id, "", 0, 0);
    v->truth->entry[row].created = true;
    v->truth->entry[row].account = (uint8_t)account;
    return row;
}
