/* Conditions such as `/deleted is true`, `/prefix is {id}`, `/error/message is string`,
 * `/permissions/manage is "write" if present`. A VALUE is JSON, so a bare word that names a type
 * cannot be mistaken for a string. Values are compared as canonical JSON text: 1 is not 1.0, and an
 * object's members may stand in any order. */

#include "provider/condition.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CANONICAL = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY, SHORT = 40 };

/* A provider answers thousands of deletions with the same few bytes, so the last short body's tree
 * is kept. No secret fits into one. */
json_t *body_parse(const char *body, size_t len)
{
    static _Thread_local char last[SHORT];
    static _Thread_local size_t last_len;
    static _Thread_local json_t *tree;
    if (!body || !len)
        return NULL;
    if (tree && len == last_len && memcmp(body, last, len) == 0)
        return json_incref(tree);
    json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
    if (json && len <= SHORT) {
        json_decref(tree);
        tree = json_incref(json);
        memcpy(last, body, len);
        last_len = len;
    }
    return json;
}

bool pointer_valid(const char *pointer)
{
    if (*pointer && *pointer != '/')
        return false;
    for (const char *at = pointer; *at; at++)
        if (*at == '~' && at[1] != '0' && at[1] != '1')
            return false;
    return true;
}

static json_t *array_get(json_t *array, const char *name)
{
    size_t index = 0, digits = strlen(name);
    if (digits == 0 || digits > 9 || strspn(name, "0123456789") != digits ||
        (name[0] == '0' && digits > 1))
        return NULL;
    index = strtoul(name, NULL, 10);
    return json_array_get(array, index);
}

json_t *pointer_get(json_t *from, const char *pointer)
{
    char name[256];
    while (from && *pointer == '/') {
        size_t len = 0;
        for (pointer++; *pointer && *pointer != '/'; pointer++) {
            char c = *pointer;
            if (c == '~')
                c = *++pointer == '1' ? '/' : '~';
            if (len == sizeof name - 1)
                return NULL;
            name[len++] = c;
        }
        name[len] = '\0';
        from = json_is_array(from) ? array_get(from, name) : json_object_get(from, name);
    }
    return from;
}

static const char *value_parse(const char *text, struct condition *out)
{
    static const struct {
        const char *word;
        enum condition_test test;
    } types[] = {
        {"{id}", TEST_ID},       {"string", TEST_STRING}, {"number", TEST_NUMBER},
        {"object", TEST_OBJECT}, {"array", TEST_ARRAY},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(text, types[i].word) == 0) {
            out->test = types[i].test;
            return NULL;
        }
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (!value)
        return "the value is not JSON, {id}, string, number, object or array";
    char *canonical = json_dumps(value, CANONICAL);
    json_decref(value);
    out->test = TEST_VALUE;
    out->value = mem_string(canonical);
    free(canonical);
    return NULL;
}

static const char form[] =
    "a condition is `POINTER is VALUE`, `POINTER exists` or `POINTER contains \"TEXT\"`";

static const char *contains_parse(const char *text, struct condition *out)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    out->test = TEST_CONTAINS;
    out->value = json_string_length(value) ? mem_string(json_string_value(value)) : NULL;
    json_decref(value);
    return out->value ? NULL : "what is contained is a text in quotes";
}

const char *condition_parse(const char *text, struct condition *out)
{
    static const char if_present[] = " if present";
    *out = (struct condition){0};
    const char *space = strchr(text, ' ');
    if (!space)
        return form;
    char *pointer = mem_string_n(text, (size_t)(space - text));
    const char *test = space + strspn(space, " "), *why = NULL;
    if (!pointer_valid(pointer)) {
        why = "the pointer is not one of RFC 6901: it begins with /";
    } else if (strcmp(test, "exists") == 0) {
        out->test = TEST_EXISTS;
    } else if (strncmp(test, "contains ", 9) == 0) {
        why = contains_parse(test + 9, out);
    } else if (strncmp(test, "is ", 3) == 0) {
        test += 3 + strspn(test + 3, " ");
        size_t len = strlen(test), tail = sizeof if_present - 1;
        out->if_present = len > tail && strcmp(test + len - tail, if_present) == 0;
        char *value = mem_string_n(test, out->if_present ? len - tail : len);
        for (len = strlen(value); len && value[len - 1] == ' '; len--)
            value[len - 1] = '\0';
        why = value_parse(value, out);
        free(value);
    } else {
        why = form;
    }
    if (why) {
        free(pointer);
        return why;
    }
    out->pointer = pointer;
    return NULL;
}

static bool text_is_id(const char *text, const char *id, bool fold)
{
    return (fold ? strcasecmp(text, id) : strcmp(text, id)) == 0;
}

bool value_is_id(const json_t *value, const char *id, bool fold)
{
    if (json_is_string(value))
        return text_is_id(json_string_value(value), id, fold);
    if (!json_is_integer(value))
        return false;
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
    return text_is_id(digits, id, fold);
}

static bool value_is(const json_t *value, const char *canonical)
{
    if (json_is_true(value)) /* what most providers confirm with */
        return strcmp(canonical, "true") == 0;
    char small[128];
    size_t len = json_dumpb(value, small, sizeof small, CANONICAL), wanted = strlen(canonical);
    if (len != wanted)
        return false;
    if (len <= sizeof small)
        return memcmp(small, canonical, len) == 0;
    char *text = json_dumps(value, CANONICAL);
    bool same = text && strcmp(text, canonical) == 0;
    free(text);
    return same;
}

static bool condition_holds(const struct condition *c, json_t *body, const char *id, bool fold)
{
    json_t *value = pointer_get(body, c->pointer);
    bool absent = !value || json_is_null(value);
    if (absent && c->if_present)
        return true;
    switch (c->test) {
    case TEST_VALUE:
        return value && value_is(value, c->value);
    case TEST_ID:
        return id && value_is_id(value, id, fold);
    case TEST_EXISTS:
        return !absent;
    case TEST_CONTAINS:
        return json_is_string(value) && strstr(json_string_value(value), c->value);
    case TEST_STRING:
        return json_is_string(value);
    case TEST_NUMBER:
        return json_is_number(value);
    case TEST_OBJECT:
        return json_is_object(value);
    case TEST_ARRAY:
        return json_is_array(value);
    }
    return false;
}

const struct condition *conditions_broken(const struct conditions *all, json_t *body,
                                          const char *id, bool fold)
{
    for (size_t i = 0; i < all->count; i++)
        if (!condition_holds(&all->at[i], body, id, fold))
            return &all->at[i];
    return NULL;
}
