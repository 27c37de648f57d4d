#include "sandbox/compose.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One token of a pointer, unescaped; *at moves behind it. */
static char *token(const char **at)
{
    size_t len = strcspn(*at, "/");
    struct buf out = {0};
    for (size_t i = 0; i < len; i++) {
        char c = (*at)[i];
        if (c == '~' && i + 1 < len)
            c = (*at)[++i] == '1' ? '/' : '~';
        buf_putc(&out, c);
    }
    *at += len;
    return out.data ? out.data : mem_string("");
}

static bool is_index(const char *t)
{
    return *t && strspn(t, "0123456789") == strlen(t);
}

static json_t *container_for(const char *rest)
{
    const char *at = rest + 1;
    char *next = token(&at);
    json_t *made = is_index(next) ? json_array() : json_object();
    free(next);
    return made;
}

static json_t *child(json_t *in, const char *name)
{
    return json_is_array(in) ? json_array_get(in, (size_t)atoi(name)) : json_object_get(in, name);
}

static void set_child(json_t *in, const char *name, json_t *value)
{
    if (json_is_array(in)) {
        size_t i = (size_t)atoi(name);
        while (json_array_size(in) < i)
            json_array_append_new(in, json_null());
        if (i < json_array_size(in))
            json_array_set_new(in, i, value);
        else
            json_array_append_new(in, value);
    } else if (json_is_object(in)) {
        json_object_set_new(in, name, value);
    } else {
        json_decref(value);
    }
}

void compose_put(json_t **root, const char *pointer, json_t *value)
{
    if (!*pointer) {
        json_decref(*root);
        *root = value;
        return;
    }
    if (!*root)
        *root = container_for(pointer);
    json_t *in = *root;
    while (*pointer == '/') {
        pointer++;
        char *name = token(&pointer);
        if (!*pointer) {
            set_child(in, name, value);
        } else {
            json_t *next = child(in, name);
            if (!json_is_object(next) && !json_is_array(next)) {
                next = container_for(pointer);
                set_child(in, name, json_incref(next));
                json_decref(next);
                next = child(in, name);
            }
            in = next;
        }
        free(name);
        if (!in) {
            json_decref(value);
            return;
        }
    }
}

static json_t *value_of(const struct condition *c)
{
    json_t *said = NULL, *made;
    if (c->negated)
        return json_string("other");
    switch (c->test) {
    case TEST_IN:
        said = json_loads(c->value, JSON_DECODE_ANY, NULL);
        made = json_incref(json_array_get(said, 0));
        json_decref(said);
        return made;
    case TEST_HAS:
        made = json_array();
        json_array_append_new(made, json_loads(c->value, JSON_DECODE_ANY, NULL));
        return made;
    case TEST_VALUE:
        return json_loads(c->value, JSON_DECODE_ANY, NULL);
    case TEST_ID:
        return json_string("{id}");
    case TEST_CONTAINS:
        return json_string(c->value);
    case TEST_STRING:
        return json_string("text");
    case TEST_NUMBER:
        return json_integer(1);
    case TEST_OBJECT:
        return json_object();
    case TEST_ARRAY:
        return json_array();
    case TEST_BOOLEAN:
    case TEST_EXISTS:
        break;
    }
    return json_true();
}

/* What is there already and of the right type stays: an error's text is better than "text". */
static bool holds(json_t *root, const struct condition *c)
{
    const char *at = c->pointer;
    json_t *in = root;
    while (in && *at == '/') {
        at++;
        char *name = token(&at);
        in = child(in, name);
        free(name);
    }
    return in && ((c->test == TEST_EXISTS) || (c->test == TEST_STRING && json_is_string(in)) ||
                  (c->test == TEST_NUMBER && json_is_number(in)) ||
                  (c->test == TEST_OBJECT && json_is_object(in)) ||
                  (c->test == TEST_ARRAY && json_is_array(in)));
}

void compose_condition(json_t **root, const struct condition *c)
{
    if (!c->or_before && !holds(*root, c))
        compose_put(root, c->pointer, value_of(c));
}

void compose_opposite(json_t **root, const struct condition *c)
{
    json_t *v = value_of(c);
    if (json_is_boolean(v))
        compose_put(root, c->pointer, json_boolean(!json_is_true(v)));
    else if (json_is_string(v))
        compose_put(root, c->pointer, json_string(""));
    else if (json_is_number(v))
        compose_put(root, c->pointer, json_integer(json_integer_value(v) + 1));
    else
        compose_put(root, c->pointer, json_null());
    json_decref(v);
}

char *compose_text(json_t *body)
{
    char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(body);
    return text ? text : mem_string("{}");
}

char *compose_conditions(const struct conditions *c)
{
    json_t *body = NULL;
    for (size_t i = 0; i < c->count; i++)
        if (!c->at[i].if_present || i == 0)
            compose_condition(&body, &c->at[i]);
    return compose_text(body);
}

static bool fill_one(const char **t, const char *name, const char *value, struct buf *out)
{
    size_t len = strlen(name);
    if (!value || strncmp(*t, name, len) != 0)
        return false;
    buf_put_json(out, value, strlen(value));
    *t += len;
    return true;
}

void compose_fill(const char *template, const char *id, int code, const char *message,
                  struct buf *out)
{
    const char *t = template;
    while (*t) {
        size_t plain = strcspn(t + (*t == '{'), "{") + (*t == '{');
        if (*t == '{' && (fill_one(&t, "{id}", id, out) || fill_one(&t, "{message}", message, out)))
            continue;
        if (code && !strncmp(t, "{code}", 6)) {
            buf_put_u64(out, (unsigned long long)code);
            t += 6;
            continue;
        }
        buf_put(out, t, plain);
        t += plain;
    }
}
