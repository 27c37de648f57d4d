#include "sandbox/forms.h"

#include "base/mem.h"
#include "provider/condition.h"
#include "sandbox/profile.h"
#include "sandbox/vendors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char type_json[] = "application/json";

struct form {
    const struct definition *d;
    char *done[ACTION_COUNT]; /* NULL: an empty body */
    char *error, *refusal;    /* of the credential */
    char *told[FORM_COUNT];
    char **gone; /* by alternative */
};

struct forms {
    struct form *at;
    size_t count;
};

static void fill_error(const char *template, int code, const char *message, struct buf *out)
{
    char number[16];
    snprintf(number, sizeof number, "%d", code);
    const struct fill fills[] = {
        {"code", number, true}, {"message", message, false}, {NULL, NULL, false}};
    compose_fill(template, fills, out);
}

static void fill_id(const char *template, const char *id, struct buf *out)
{
    const struct fill fills[] = {{"id", id, false}, {NULL, NULL, false}};
    compose_fill(template, fills, out);
}

static char *error_template(const struct definition *d)
{
    const char *vendor = vendor_of(d)->error;
    if (vendor)
        return mem_string(vendor);
    json_t *body = json_object();
    const char *pointer = d->error_text && d->error_text[0] ? d->error_text[0] : "/error";
    compose_put(&body, pointer, json_string("{message}"));
    return compose_text(body);
}

/* The error's form with what tells it from other uses of its status. */
static char *refusal_template(const struct definition *d, const char *error)
{
    struct buf text = {0};
    fill_error(error, d->stop.count ? d->stop.at[0] : 401, "{message}", &text);
    json_t *body = json_loads(buf_text(&text), 0, NULL);
    buf_free(&text);
    compose_conditions(&body, &d->stop_form);
    return compose_text(body);
}

/* The error's form with whatever else the definition wants to see in an absence. */
static char *gone_template(const struct gone_rule *rule, const char *error)
{
    int status = rule->status.at[0];
    struct buf text = {0};
    json_t *body = NULL;
    if (status >= 400) {
        fill_error(error, status, "Not found", &text);
        body = json_loads(buf_text(&text), 0, NULL);
        buf_free(&text);
    }
    compose_conditions(&body, &rule->form);
    return compose_text(body);
}

/* Whether both are the same request but for their queries. */
static bool same_place(const struct request *a, const struct request *b)
{
    if (!a->method || !b->method || strcmp(a->method, b->method) != 0)
        return false;
    size_t len = strcspn(a->path, "?");
    return len == strcspn(b->path, "?") && !strncmp(a->path, b->path, len);
}

static void put_checks(json_t **body, const struct conditions *checks, bool weak)
{
    if (!weak)
        compose_conditions(body, checks);
    else if (checks->count)
        compose_opposite(body, &checks->at[0]);
}

/* A number where the checks want one there. */
static void put_account(json_t **body, const char *pointer)
{
    bool number = *body && json_is_number(pointer_get(*body, pointer));
    compose_put(body, pointer, json_string(number ? "{account_number}" : "{account}"));
}

/* All that the definitions of a provider look for in the answer to a request. */
static void put_roles(json_t **body, const struct catalog *c, const struct definition *d,
                      const struct request *r, bool weak)
{
    for (size_t i = 0; i < catalog_count(c); i++) {
        const struct definition *e = catalog_at(c, i);
        if (strcmp(e->provider, d->provider) != 0)
            continue;
        if (same_place(&e->preflight, r))
            put_checks(body, &e->preflight.confirm, weak);
        if (e->self == SELF_READ && same_place(&e->self_read, r) && e->self_pointers[0])
            compose_put(body, e->self_pointers[0], json_string("{own}"));
        if (same_place(&e->account_read, r))
            put_account(body, e->account_pointers[0]);
    }
}

static char *list_template(const struct catalog *c, const struct definition *d,
                           const struct request *r, const struct list_pages *pages)
{
    json_t *body = NULL;
    if (!r->method)
        return NULL;
    put_roles(&body, c, d, r, false);
    compose_conditions(&body, &r->confirm);
    compose_put(&body, pages->items, json_pack("[s]", "{items}"));
    /* What stands beside the items, where there is room beside them. */
    if (pages->total)
        compose_put(&body, pages->total, json_string("{total}"));
    if (pages->more)
        compose_put(&body, pages->more, json_string("{more}"));
    if (pages->next)
        compose_put(&body, pages->next, json_string("{next}"));
    return compose_text(body);
}

/* The answer to the preflight, and what else is read at its path. */
static char *who_template(const struct catalog *c, const struct definition *d,
                          const struct request *r, bool weak)
{
    json_t *body = NULL;
    put_roles(&body, c, d, r, weak);
    return compose_text(body);
}

/* An answer with a key's object where the pointer to its id says. */
static char *object_template(const char *id, const char *secret)
{
    json_t *body = NULL;
    char *wrap = mem_string_n(id, profile_wrap(id));
    compose_put(&body, wrap, json_string("{object}"));
    free(wrap);
    if (secret)
        compose_put(&body, secret, json_string("{secret}"));
    return compose_text(body);
}

static struct form form_of(const struct catalog *c, const struct definition *d)
{
    struct form f = {.d = d, .error = error_template(d)};
    if (d->stop_form.count)
        f.refusal = refusal_template(d, f.error);
    f.gone = mem_zalloc(d->gone_count, sizeof *f.gone);
    for (size_t i = 0; i < d->gone_count; i++)
        f.gone[i] = gone_template(&d->gone[i], f.error);
    for (int a = 0; a < ACTION_COUNT; a++)
        if (d->action[a].method && d->action[a].confirm.count) {
            json_t *body = NULL;
            compose_conditions(&body, &d->action[a].confirm);
            f.done[a] = compose_text(body);
        }
    f.told[FORM_LIST] = list_template(c, d, &d->list.request, &d->list.pages);
    f.told[FORM_GROUPS] = list_template(c, d, &d->list.each_request, &d->list.each_pages);
    if (profile_read_id(d))
        f.told[FORM_READ] = object_template(profile_read_id(d), NULL);
    if (d->rotate.create.method)
        f.told[FORM_MADE] = object_template(d->rotate.id, d->rotate.secret);
    f.told[FORM_PREFLIGHT] = who_template(c, d, &d->preflight, false);
    f.told[FORM_SELF] = who_template(c, d, &d->self_read, false);
    f.told[FORM_ACCOUNT] = who_template(c, d, &d->account_read, false);
    f.told[FORM_WEAK] = who_template(c, d, &d->preflight, true);
    f.told[FORM_WEAK_SELF] = who_template(c, d, &d->self_read, true);
    return f;
}

struct forms *forms_new(const struct catalog *catalog)
{
    struct forms *f = mem_zalloc(1, sizeof *f);
    f->count = catalog_count(catalog);
    f->at = mem_zalloc(f->count, sizeof *f->at);
    for (size_t i = 0; i < f->count; i++)
        f->at[i] = form_of(catalog, catalog_at(catalog, i));
    return f;
}

void forms_free(struct forms *f)
{
    for (size_t i = 0; i < f->count; i++) {
        for (int a = 0; a < ACTION_COUNT; a++)
            free(f->at[i].done[a]);
        for (int a = 0; a < FORM_COUNT; a++)
            free(f->at[i].told[a]);
        for (size_t k = 0; k < f->at[i].d->gone_count; k++)
            free(f->at[i].gone[k]);
        free(f->at[i].gone);
        free(f->at[i].error);
        free(f->at[i].refusal);
    }
    free(f->at);
    free(f);
}

/* An answer with a JSON body, which is empty still. */
static struct buf *json_answer(struct reply *out, int status)
{
    out->status = status;
    out->type = type_json;
    buf_clear(&out->body);
    return &out->body;
}

static void answer_json(struct reply *out, json_t *body)
{
    char *text = compose_text(body);
    buf_puts(json_answer(out, 200), text);
    free(text);
}

void forms_done(const struct forms *f, size_t definition, enum action a, const char *id,
                uint64_t identity, struct reply *out)
{
    const struct form *form = &f->at[definition];
    const struct status_set *promised = &form->d->action[a].status;
    int usual = form->done[a] || (vendor_of(form->d)->terse && identity % 2 == 0) ? 200 : 204;
    int status = promised->count ? promised->at[0] : usual;
    if (form->done[a])
        fill_id(form->done[a], id, json_answer(out, status));
    else
        out->status = status;
}

void forms_gone(const struct forms *f, size_t definition, const char *id, struct reply *out)
{
    const struct form *form = &f->at[definition];
    size_t which = strlen(id) ? (unsigned char)id[strlen(id) - 1] % form->d->gone_count : 0;
    fill_id(form->gone[which], id, json_answer(out, form->d->gone[which].status.at[0]));
}

void forms_error(const struct forms *f, size_t definition, int status, const char *message,
                 struct reply *out)
{
    const struct form *form = &f->at[definition];
    const char *limited = vendor_of(form->d)->limited;
    if (status == 429)
        message = limited ? limited : "Too many requests";
    bool refused = form->refusal && status_in(&form->d->stop, status);
    fill_error(refused ? form->refusal : form->error, status, message, json_answer(out, status));
}

void forms_denied(const struct forms *f, size_t definition, enum action a, struct reply *out)
{
    const struct request *r = &f->at[definition].d->action[a];
    json_t *body = NULL;
    for (size_t i = 0; i < r->confirm.count; i++)
        compose_opposite(&body, &r->confirm.at[i]);
    if (body)
        answer_json(out, body);
    else
        forms_error(f, definition, 200, "The key could not be deleted", out);
}

/* The id with one character changed, so that it keeps its length. */
static char *other_id(const char *id)
{
    char *other = mem_string(id);
    if (*other)
        other[0] = other[0] == '0' ? '1' : '0';
    return other;
}

void forms_other(const struct forms *f, size_t definition, enum action a, const char *id,
                 struct reply *out)
{
    const struct form *form = &f->at[definition];
    char *other = other_id(id);
    json_t *body = NULL;
    if (form->done[a]) {
        struct buf text = {0};
        fill_id(form->done[a], other, &text);
        body = json_loads(buf_text(&text), 0, NULL);
        buf_free(&text);
    }
    if (form->d->echo && form->d->echo[0])
        compose_put(&body, form->d->echo[0], json_string(other));
    answer_json(out, body);
    free(other);
}

void forms_tell(const struct forms *f, size_t definition, enum form_of which,
                const struct fill *fills, struct reply *out)
{
    compose_fill(f->at[definition].told[which], fills, json_answer(out, 200));
}

void forms_html(int status, const char *title, struct reply *out)
{
    out->status = status;
    out->type = "text/html; charset=utf-8";
    buf_clear(&out->body);
    buf_printf(&out->body,
               "<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>",
               title, title);
}
