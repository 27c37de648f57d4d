#include "sandbox/changes.h"

#include "base/clock.h"
#include "sandbox/vendors.h"

#include <stdio.h>
#include <string.h>

/* The body of a change or a creation, or NULL with an answer that says what is wrong. */
static json_t *fields_of(struct stock *v, const struct inquiry *q, bool creating, struct reply *out)
{
    const struct definition *d = q->place->d;
    const char *(*judge)(const json_t *fields, bool creating) = vendor_list_of(d)->wrong;
    json_t *fields = json_loadb(q->in->body, q->in->body_len, 0, NULL);
    const char *wrong = !json_is_object(fields) ? "body" : judge ? judge(fields, creating) : NULL;
    if (!wrong && creating && !json_object_get(fields, d->rotate.name))
        wrong = d->rotate.name;
    if (!wrong)
        return fields;
    char words[160];
    snprintf(words, sizeof words, "Invalid value: %.100s", wrong);
    forms_error(v->forms, q->place->index, 400, words, out);
    json_decref(fields);
    return NULL;
}

void changes_update(struct stock *v, struct inquiry *q, struct reply *out)
{
    if (q->row == UINT32_MAX || !v->truth->entry[q->row].exists) {
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
        stock_say(v, q->row, json_incref(fields));
    stock_tell_object(v, q, FORM_READ, after, NULL, out);
    json_decref(before);
    json_decref(fields);
}

/* A new key has spent nothing, and was made now. Takes the fields. */
static json_t *newborn(const struct definition *d, json_t *fields, const struct inquiry *q,
                       const char *secret)
{
    char now[CLOCK_TEXT], workspace[ACCOUNT_ID], label[32];
    json_t *all = json_object();
    clock_text(clock_wall_ms(), now);
    profile_workspace_id(0, q->who->account, workspace);
    snprintf(label, sizeof label, "%.12s...%s", secret, secret + strlen(secret) - 3);
    for (size_t i = 0; i < d->list.field_count; i++) {
        const char *name = d->list.field[i].name;
        json_t *value = !strcmp(name, "created")                               ? json_string(now)
                        : !strcmp(name, "label")                               ? json_string(label)
                        : !strcmp(name, "spend") || !strncmp(name, "usage", 5) ? json_integer(0)
                                                                               : json_null();
        compose_put(&all, d->list.field[i].pointer, value);
    }
    for (int w = 0; w < WINDOW_COUNT; w++)
        for (char **at = d->list.unused[w]; at && *at; at++)
            compose_put(&all, *at, json_integer(0));
    if (d->list.each)
        json_object_set_new(all, d->list.each, json_string(workspace));
    if (vendor_list_of(d)->born)
        vendor_list_of(d)->born(all, fields);
    json_object_update(all, fields);
    json_decref(fields);
    return all;
}

/* A creation that a fault keeps from happening is answered as an error: whatever the fault puts in
 * its place, no secret goes out for a key that is not there. */
void changes_create(struct stock *v, struct inquiry *q, struct reply *out)
{
    char secret[RAW_MAX];
    if (!q->effect) {
        forms_error(v->forms, q->place->index, 500, "Injected fault", out);
        return;
    }
    json_t *fields = fields_of(v, q, true, out);
    if (!fields)
        return;
    q->row = stock_make_key(v, q->place->d, q->who->account, secret);
    stock_say(v, q->row, newborn(q->place->d, fields, q, secret));
    q->changed = true;
    stock_tell_object(v, q, FORM_MADE, listing_object(&v->listing, q->row), secret, out);
    out->status = 201;
}
