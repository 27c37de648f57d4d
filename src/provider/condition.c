/* Conditions such as `/deleted is true`, `/prefix is {id}`, `/error/message is string`,
 * `/permissions/manage is "write" if present`. A VALUE is JSON, so a bare word that names a type
 * cannot be mistaken for a string. Values are compared as canonical JSON text: 1 is not 1.0, and an
 * object's members may stand in any order. */

#include "provider/condition.h"

#include "base/mem.h"
#include "provider/json_tree.h"

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
    json_t *json = json_tree(body, len);
    if (json && len <= SHORT) {
        json_decref(tree);
        tree = json_incref(json);
        memcpy(last, body, len);
        last_len = len;
    }
    return json;
}

json_t *body_text(const char *body, size_t len)
{
    while (len && strchr(" \t\r\n", body[len - 1]) && body[len - 1])
        len--;
    while (len && strchr(" \t\r\n", *body) && *body) {
        body++;
        len--;
    }
    return len && len <= SHORT ? json_stringn(body, len) : NULL;
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

/* `{NAME=TEXT}`: the first item whose member NAME is that text. */
static json_t *array_find(json_t *array, const char *name)
{
    const char *equals = strchr(name, '='), *end = name + strlen(name) - 1;
    for (size_t i = 0; equals && *end == '}' && i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        char member[64];
        snprintf(member, sizeof member, "%.*s", (int)(equals - name - 1), name + 1);
        const char *text = json_string_value(json_object_get(item, member));
        size_t len = (size_t)(end - equals - 1);
        if (text && strlen(text) == len && memcmp(text, equals + 1, len) == 0)
            return item;
    }
    return NULL;
}

static json_t *array_get(json_t *array, const char *name)
{
    if (*name == '{')
        return array_find(array, name);
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
        {"object", TEST_OBJECT}, {"array", TEST_ARRAY},   {"boolean", TEST_BOOLEAN},
    };
    for (size_t i = 0; out->test == TEST_VALUE && i < sizeof types / sizeof *types; i++)
        if (strcmp(text, types[i].word) == 0) {
            out->test = types[i].test;
            return NULL;
        }
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    char *canonical = value ? json_dumps(value, CANONICAL) : NULL;
    bool array = json_array_size(value) > 0;
    json_decref(value);
    if (canonical && (out->test != TEST_IN || array))
        out->value = mem_string(canonical);
    free(canonical);
    if (out->value)
        return NULL;
    return out->test == TEST_IN ? "what follows `is in` is a JSON array of values"
                                : "the value is not JSON, {id}, string, number, object, array or "
                                  "boolean";
}

static const char form[] = "a condition is a POINTER and `is [not] VALUE`, `is in [VALUES]`, `has "
                           "VALUE`, `exists`, `contains \"TEXT\"` or `lacks \"TEXT\"`";

static const char *contains_parse(const char *text, struct condition *out)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    out->value = json_string_length(value) ? mem_string(json_string_value(value)) : NULL;
    json_decref(value);
    return out->value ? NULL : "what is contained is a text in quotes";
}

static bool skip_word(const char **text, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*text, word, len) != 0 || ((*text)[len] && (*text)[len] != ' '))
        return false;
    *text += len;
    *text += strspn(*text, " ");
    return true;
}

/* What stands behind the pointer. */
static const char *test_parse(char *test, struct condition *out)
{
    static const char if_present[] = " if present";
    const char *rest = test;
    size_t len = strlen(test), tail = sizeof if_present - 1;
    if (len > tail && strcmp(test + len - tail, if_present) == 0) {
        out->if_present = true;
        len -= tail;
    }
    while (len && test[len - 1] == ' ')
        len--;
    test[len] = '\0';
    out->test = TEST_VALUE;
    if (skip_word(&rest, "exists")) {
        out->test = TEST_EXISTS;
        return *rest || out->if_present ? form : NULL;
    }
    out->negated = skip_word(&rest, "lacks");
    if (out->negated || skip_word(&rest, "contains")) {
        out->test = TEST_CONTAINS;
        return contains_parse(rest, out);
    }
    if (skip_word(&rest, "has")) {
        out->test = TEST_HAS;
        return value_parse(rest, out);
    }
    if (!skip_word(&rest, "is"))
        return form;
    out->negated = skip_word(&rest, "not");
    if (skip_word(&rest, "in"))
        out->test = TEST_IN;
    return value_parse(rest, out);
}

static const char *one_parse(const char *text, size_t len, struct condition *out)
{
    const char *space = memchr(text, ' ', len);
    if (!space)
        return form;
    char *pointer = mem_string_n(text, (size_t)(space - text));
    const char *test = space + strspn(space, " "), *why;
    char *copy = mem_string_n(test, test < text + len ? (size_t)(text + len - test) : 0);
    if (strcmp(pointer, "body") == 0)
        *pointer = '\0';
    if (!pointer_valid(pointer))
        why = "the pointer is not one of RFC 6901: it begins with /";
    else
        why = test_parse(copy, out);
    free(copy);
    out->pointer = pointer;
    return why;
}

/* The length of a text up to an ` or ` that stands in no quotes. */
static size_t alternative_length(const char *text)
{
    bool quoted = false;
    size_t i = 0;
    for (; text[i]; i++) {
        if (quoted && text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && strncmp(text + i, " or ", 4) == 0)
            break;
    }
    return i;
}

const char *condition_parse(const char *text, struct conditions *out)
{
    for (bool or_before = false;; or_before = true) {
        struct condition one = {.or_before = or_before};
        size_t len = alternative_length(text);
        const char *why = one_parse(text, len, &one);
        if (why) {
            free(one.pointer);
            free(one.value);
            return why;
        }
        out->at = mem_resize(out->at, out->count + 1, sizeof *out->at);
        out->at[out->count++] = one;
        if (!text[len])
            return NULL;
        text += len + 4;
        text += strspn(text, " ");
    }
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

static bool array_has(const json_t *array, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_equal(json_array_get(array, i), value))
            return true;
    return false;
}

/* IN and HAS: the value against those of the definition, or the other way round. */
static bool is_member(const struct condition *c, const json_t *value)
{
    json_t *said = json_loads(c->value, JSON_DECODE_ANY, NULL);
    bool member = c->test == TEST_IN ? array_has(said, value)
                                     : json_is_array(value) && array_has(value, said);
    json_decref(said);
    return member;
}

static bool test_holds(const struct condition *c, const json_t *value, const char *id, bool fold)
{
    switch (c->test) {
    case TEST_VALUE:
        return value_is(value, c->value);
    case TEST_ID:
        return id && value_is_id(value, id, fold);
    case TEST_EXISTS:
        return !json_is_null(value);
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
    case TEST_BOOLEAN:
        return json_is_boolean(value);
    case TEST_IN:
    case TEST_HAS:
        return is_member(c, value);
    }
    return false;
}

/* What is not there meets no test, a negated one neither: another body than the provider's would
 * meet that. */
static bool condition_holds(const struct condition *c, json_t *body, const char *id, bool fold)
{
    json_t *value = pointer_get(body, c->pointer);
    if (c->if_present && (!value || json_is_null(value)))
        return true;
    if (c->test == TEST_CONTAINS && !json_is_string(value))
        return false;
    return value && test_holds(c, value, id, fold) != c->negated;
}

const struct condition *conditions_broken(const struct conditions *all, json_t *body,
                                          const char *id, bool fold)
{
    for (size_t i = 0; i < all->count;) {
        const struct condition *first = &all->at[i];
        bool holds = false;
        do
            holds |= condition_holds(&all->at[i], body, id, fold);
        while (++i < all->count && all->at[i].or_before);
        if (!holds)
            return first;
    }
    return NULL;
}

bool conditions_met(const struct conditions *all, json_t *body, const char *id, bool fold)
{
    return body && all->count && !conditions_broken(all, body, id, fold);
}

bool gone_status(const struct definition *d, int status)
{
    for (size_t i = 0; i < d->gone_count; i++)
        if (status_in(&d->gone[i].status, status))
            return true;
    return false;
}

bool gone_told(const struct definition *d, int status, json_t *body, const char *id)
{
    for (size_t i = 0; i < d->gone_count; i++)
        if (status_in(&d->gone[i].status, status) &&
            conditions_met(&d->gone[i].form, body, id, d->id.lower))
            return true;
    return false;
}

bool status_in(const struct status_set *set, int status)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->at[i] == status)
            return true;
    return false;
}
