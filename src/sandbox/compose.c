#include "sandbox/compose.h"

#include "base/mem.h"
#include "provider/condition.h"

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

/* `{NAME=TEXT}`: the item of an array whose member NAME is that text. */
static bool is_selector(const char *t)
{
    return *t == '{' && strchr(t, '=') && t[strlen(t) - 1] == '}';
}

static bool is_index(const char *t)
{
    return is_selector(t) || (*t && strspn(t, "0123456789") == strlen(t));
}

static json_t *container_for(const char *rest)
{
    const char *at = rest + 1;
    char *next = token(&at);
    json_t *made = is_index(next) ? json_array() : json_object();
    free(next);
    return made;
}

/* The item that a selector means, made where there is none. */
static json_t *selected(json_t *in, const char *selector)
{
    size_t name_len = strcspn(selector, "=") - 1;
    char *name = mem_string_n(selector + 1, name_len);
    char *text = mem_string_n(selector + name_len + 2, strlen(selector) - name_len - 3);
    json_t *item = NULL, *found = NULL;
    size_t i = 0;
    json_array_foreach(in, i, item)
    {
        const char *said = json_string_value(json_object_get(item, name));
        if (said && !strcmp(said, text))
            found = item;
    }
    if (!found) {
        found = json_pack("{s:s}", name, text);
        json_array_append_new(in, found);
    }
    free(name);
    free(text);
    return found;
}

static json_t *child(json_t *in, const char *name)
{
    if (is_selector(name) && json_is_array(in))
        return selected(in, name);
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

/* What is there already stays where it is as good: an error's text is better than "text". */
void compose_condition(json_t **root, const struct condition *c)
{
    struct condition one = *c;
    const struct conditions all = {&one, 1};
    one.if_present = one.or_before = false;
    if (!c->or_before && conditions_broken(&all, *root, "{id}", false))
        compose_put(root, c->pointer, value_of(c));
}

void compose_opposite(json_t **root, const struct condition *c)
{
    struct condition plain = *c;
    plain.negated = false;
    json_t *v = value_of(&plain);
    if (c->negated)
        compose_put(root, c->pointer, json_incref(v));
    else if (json_is_boolean(v))
        compose_put(root, c->pointer, json_boolean(!json_is_true(v)));
    else if (json_is_string(v))
        compose_put(root, c->pointer,
                    json_string(strcmp(json_string_value(v), "active") ? "active" : "inactive"));
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

void compose_conditions(json_t **root, const struct conditions *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (!c->at[i].if_present || i == 0)
            compose_condition(root, &c->at[i]);
}

/* Whether the template has this name here; where it ends. A raw value takes the quotes with it. */
static const char *named(const char *t, const struct fill *f)
{
    size_t quote = *t == '"' && f->raw, len = strlen(f->name);
    if (t[quote] != '{' || strncmp(t + quote + 1, f->name, len) != 0 || t[quote + 1 + len] != '}')
        return NULL;
    t += quote + len + 2;
    return !quote ? t : *t == '"' ? t + 1 : NULL;
}

void compose_fill(const char *template, const struct fill *fills, struct buf *out)
{
    for (const char *t = template, *end = NULL; *t; t = end) {
        const struct fill *f = fills;
        while (f->name && !(end = named(t, f)))
            f++;
        if (f->name && f->raw) {
            buf_puts(out, f->text);
        } else if (f->name) {
            buf_put_json(out, f->text, strlen(f->text));
        } else {
            size_t plain = 1 + strcspn(t + 1, "\"{");
            buf_put(out, t, plain);
            end = t + plain;
        }
    }
}
