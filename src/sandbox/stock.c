#include "sandbox/stock.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stock *stock_new(struct truth *truth, const struct forms *forms,
                        const struct stock_settings *settings)
{
    struct stock *v = mem_zalloc(1, sizeof *v);
    v->truth = truth;
    v->forms = forms;
    v->settings = settings;
    v->world.epoch_ms = clock_wall_ms();
    v->listing = (struct listing){.truth = truth, .overlay = &v->overlay, .world = &v->world};
    return v;
}

void stock_free(struct stock *v)
{
    overlay_free(&v->overlay);
    free(v);
}

void stock_say(struct stock *v, uint32_t row, json_t *fields)
{
    json_t *disabled = json_object_get(fields, "disabled");
    if (json_is_boolean(disabled))
        truth_set_disabled(v->truth, row, json_is_true(disabled));
    overlay_merge(&v->overlay, row, fields);
}

void stock_start(struct reply *out, int status)
{
    out->status = status;
    out->type = "application/json";
}

void stock_refuse(struct stock *v, const struct place *place, int status, const char *why,
                  struct reply *out)
{
    forms_error(v->forms, place->index, status, why, out);
}

void stock_put_data(json_t *object, const char *secret, struct reply *out)
{
    json_t *body = secret ? json_pack("{s:o,s:s}", "data", object, "key", secret)
                          : json_pack("{s:o}", "data", object);
    char *text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(10));
    buf_puts(&out->body, text);
    free(text);
    json_decref(body);
}

bool stock_present(const struct stock *v, uint32_t row)
{
    return row != UINT32_MAX && v->truth->entry[row].exists;
}

static int load_line(struct stock *v, const char *line, struct error *err)
{
    const char *provider = NULL, *kind = "key", *id = NULL;
    char canonical[ID_MAX + 1], reason[ID_REASON];
    json_t *fields = NULL, *o = json_loads(line, 0, NULL);
    const struct definition *d = NULL;
    int result = -1;
    if (!o || json_unpack(o, "{s:s,s?s,s:s,s?o}", "provider", &provider, "kind", &kind, "id", &id,
                          "fields", &fields) < 0)
        error_set(err, EXIT_DATA, "not an object with provider and id");
    else if (!(d = catalog_find(targets_catalog(v->truth->targets), provider, kind)))
        error_set(err, EXIT_DATA, "no such provider or kind");
    else if (identifier_canonical(d, id, strlen(id), canonical, reason) < 0)
        error_set(err, EXIT_DATA, "%s", reason);
    else {
        uint32_t row = truth_add(v->truth, d, canonical, "", 0, 0);
        if (json_is_object(fields))
            stock_say(v, row, fields);
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

void stock_draw_hex(struct stock *v, size_t digits, char *out)
{
    struct rng r = rng_seed(v->settings->seed ^ (0x6b657900 + v->made++));
    for (size_t i = 0; i < digits; i++)
        out[i] = "0123456789abcdef"[rng_next(&r) % 16];
    out[digits] = '\0';
}

uint32_t stock_make_key(struct stock *v, const struct definition *d, char secret[STOCK_SECRET])
{
    char hash[SHA256_HEX + 1];
    memcpy(secret, "sk-or-v1-", 9);
    stock_draw_hex(v, 64, secret + 9);
    sha256_of(secret, strlen(secret), hash);
    uint32_t row = truth_add(v->truth, d, hash, "", 0, 0);
    v->truth->entry[row].created = true;
    return row;
}
