#include "sandbox/forms.h"

#include "base/mem.h"
#include "sandbox/compose.h"

#include <stdlib.h>
#include <string.h>

static const char type_json[] = "application/json";

/* Vendors' documented error bodies; {code} and {message} are filled in. */
static const struct {
    const char *provider, *error, *limited;
} vendors[] = {
    {"openrouter", "{\"error\":{\"code\":{code},\"message\":\"{message}\"},\"user_id\":null}",
     "Rate limit exceeded"},
    {"requesty", "{\"error\":{\"origin\":\"router\",\"message\":\"{message}\"}}",
     "Too many requests"},
    {"baseten", "{\"error\":\"{message}\"}", "Rate limit exceeded. Please try again later."},
};

struct form {
    const struct definition *d;
    char *done[ACTION_COUNT]; /* NULL: an empty body */
    char *gone, *error, *checked;
    const char *limited;
};

struct forms {
    struct form *at;
    size_t count;
};

static char *error_template(const struct definition *d)
{
    for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
        if (!strcmp(d->provider, vendors[i].provider))
            return mem_string(vendors[i].error);
    json_t *body = json_object();
    const char *pointer = d->error_text && d->error_text[0] ? d->error_text[0] : "/error";
    compose_put(&body, pointer, json_string("{message}"));
    return compose_text(body);
}

/* The error's form with whatever else the definition wants to see in an absence. */
static char *gone_template(const struct definition *d, const char *error)
{
    struct buf text = {0};
    compose_fill(error, NULL, 404, "Not found", &text);
    json_t *body = json_loads(buf_text(&text), 0, NULL);
    buf_free(&text);
    for (size_t i = 0; i < d->gone[0].form.count; i++)
        compose_condition(&body, &d->gone[0].form.at[i]);
    return compose_text(body);
}

static char *checked_template(const struct definition *d)
{
    char *text = compose_conditions(&d->preflight.confirm);
    json_t *body = json_loads(text, 0, NULL);
    free(text);
    if (d->self == SELF_READ && d->self_pointers && d->self_pointers[0])
        compose_put(&body, d->self_pointers[0], json_string("{id}"));
    return compose_text(body);
}

static struct form form_of(const struct definition *d)
{
    struct form f = {.d = d, .error = error_template(d), .limited = "Too many requests"};
    f.gone = gone_template(d, f.error);
    f.checked = checked_template(d);
    for (int a = 0; a < ACTION_COUNT; a++)
        if (d->action[a].method && d->action[a].confirm.count)
            f.done[a] = compose_conditions(&d->action[a].confirm);
    for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
        if (!strcmp(d->provider, vendors[i].provider))
            f.limited = vendors[i].limited;
    return f;
}

struct forms *forms_new(const struct catalog *catalog)
{
    struct forms *f = mem_zalloc(1, sizeof *f);
    f->count = catalog_count(catalog);
    f->at = mem_zalloc(f->count, sizeof *f->at);
    for (size_t i = 0; i < f->count; i++)
        f->at[i] = form_of(catalog_at(catalog, i));
    return f;
}

void forms_free(struct forms *f)
{
    for (size_t i = 0; i < f->count; i++) {
        for (int a = 0; a < ACTION_COUNT; a++)
            free(f->at[i].done[a]);
        free(f->at[i].gone);
        free(f->at[i].error);
        free(f->at[i].checked);
    }
    free(f->at);
    free(f);
}

void forms_done(const struct forms *f, size_t definition, enum action a, const char *id,
                uint64_t identity, struct reply *out)
{
    const struct form *form = &f->at[definition];
    const struct status_set *promised = &form->d->action[a].status;
    out->status = promised->count ? promised->at[0] : 200;
    if (form->done[a]) {
        out->type = type_json;
        compose_fill(form->done[a], id, 0, NULL, &out->body);
    } else if (identity % 2 || strcmp(form->d->provider, "requesty") != 0) {
        out->status = 204;
    }
}

void forms_gone(const struct forms *f, size_t definition, const char *id, struct reply *out)
{
    const struct form *form = &f->at[definition];
    out->status = form->d->gone[0].status.at[0];
    out->type = type_json;
    compose_fill(form->gone, id, out->status, NULL, &out->body);
}

void forms_error(const struct forms *f, size_t definition, int status, const char *message,
                 struct reply *out)
{
    const struct form *form = &f->at[definition];
    out->status = status;
    out->type = type_json;
    buf_clear(&out->body);
    compose_fill(form->error, NULL, status, status == 429 ? form->limited : message, &out->body);
}

void forms_checked(const struct forms *f, size_t definition, const char *own_id, struct reply *out)
{
    out->status = 200;
    out->type = type_json;
    compose_fill(f->at[definition].checked, own_id, 0, NULL, &out->body);
}

void forms_denied(const struct forms *f, size_t definition, enum action a, struct reply *out)
{
    const struct request *r = &f->at[definition].d->action[a];
    json_t *body = NULL;
    for (size_t i = 0; i < r->confirm.count; i++)
        compose_opposite(&body, &r->confirm.at[i]);
    if (!body) {
        forms_error(f, definition, 200, "The key could not be deleted", out);
        return;
    }
    char *text = compose_text(body);
    out->status = 200;
    out->type = type_json;
    buf_clear(&out->body);
    buf_puts(&out->body, text);
    free(text);
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
        compose_fill(form->done[a], other, 0, NULL, &text);
        body = json_loads(buf_text(&text), 0, NULL);
        buf_free(&text);
    }
    if (form->d->echo && form->d->echo[0])
        compose_put(&body, form->d->echo[0], json_string(other));
    char *text = compose_text(body);
    out->status = 200;
    out->type = type_json;
    buf_clear(&out->body);
    buf_puts(&out->body, text);
    free(text);
    free(other);
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
