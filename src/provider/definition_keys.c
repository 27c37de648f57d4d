/* The keys of a definition: one table says where each goes and how its value is read. */

#include "provider/condition.h"
#include "provider/definition_text.h"
#include "provider/rawkey.h"

#include "base/mem.h"
#include "base/text.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lists that grow by one and end in NULL. */
static void list_add(char ***list, const char *text, size_t len)
{
    size_t n = 0;
    while (*list && (*list)[n])
        n++;
    *list = mem_resize(*list, n + 2, sizeof **list);
    (*list)[n] = mem_string_n(text, len);
    (*list)[n + 1] = NULL;
}

static size_t word_length(const char *text)
{
    return strcspn(text, " \t");
}

static const char *next_word(const char *text)
{
    text += word_length(text);
    return text + strspn(text, " \t");
}

/* Each of these reads one value into its place. NULL, or what is wrong with it. */
typedef const char *take(void *at, const char *value);

static const char *take_text(void *at, const char *value)
{
    if (!text_is_utf8(value, strlen(value)))
        return "not UTF-8";
    *(char **)at = mem_string(value);
    return NULL;
}

static const char *take_line(void *at, const char *value)
{
    for (const char *c = value; *c; c++)
        if (*c < 0x20 || *c > 0x7e)
            return "only printable ASCII may stand here";
    list_add(at, value, strlen(value));
    return NULL;
}

static const char *take_words(void *at, const char *value)
{
    for (; *value; value = next_word(value))
        list_add(at, value, word_length(value));
    return NULL;
}

static const char *take_pointers(void *at, const char *value)
{
    for (; *value; value = next_word(value)) {
        char *pointer = mem_string_n(value, word_length(value));
        bool valid = pointer_valid(pointer);
        free(pointer);
        if (!valid)
            return "not a JSON pointer: it begins with /";
        list_add(at, value, word_length(value));
    }
    return NULL;
}

static const char *take_base(void *at, const char *value)
{
    char *base = mem_string(value);
    for (size_t len = strlen(base); len && base[len - 1] == '/'; len--)
        base[len - 1] = '\0';
    *(char **)at = base;
    return NULL;
}

static const char *take_class(void *at, const char *value)
{
    static const char *const words[] = {"hex", "uuid", "digits", "word", "printable"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *(enum id_class *)at = (enum id_class)i;
            return NULL;
        }
    return "not one of hex, uuid, digits, word, printable";
}

static const char *take_length(void *at, const char *value)
{
    struct id_rule *rule = at;
    uint64_t min, max;
    const char *dash = strchr(value, '-');
    char *first = mem_string_n(value, dash ? (size_t)(dash - value) : strlen(value));
    bool good = text_u64(first, ID_MAX, &min) && text_u64(dash ? dash + 1 : first, ID_MAX, &max);
    free(first);
    if (!good || min == 0 || max < min)
        return "not a length: N, or FIRST-LAST, from 1 to 256";
    rule->min = (unsigned)min;
    rule->max = (unsigned)max;
    return NULL;
}

static const char *take_fold(void *at, const char *value)
{
    if (strcmp(value, "lower") != 0)
        return "only `lower` is known";
    *(bool *)at = true;
    return NULL;
}

static const char *take_request(void *at, const char *value)
{
    struct request *request = at;
    size_t len = word_length(value);
    const char *path = next_word(value);
    if (len == 0 || strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != len || *path != '/' ||
        path[word_length(path)])
        return "not a request: METHOD and a path that begins with /";
    request->method = mem_string_n(value, len);
    request->path = mem_string(path);
    return NULL;
}

static const char *take_condition(void *at, const char *value)
{
    struct conditions *all = at;
    struct condition one;
    const char *why = condition_parse(value, &one);
    if (why)
        return why;
    all->at = mem_resize(all->at, all->count + 1, sizeof *all->at);
    all->at[all->count++] = one;
    return NULL;
}

static const char *statuses(struct status_set *set, const char *value, unsigned first,
                            unsigned last)
{
    for (; *value; value = next_word(value)) {
        char *word = mem_string_n(value, word_length(value));
        uint64_t status = 0;
        bool good = text_u64(word, last, &status) && status >= first;
        free(word);
        if (!good || status == 408 || status == 425 || status == 429)
            return first == 200 ? "not a status from 200 to 299"
                                : "not a status from 400 to 499 (408, 425 and 429 have a meaning "
                                  "of their own)";
        if (set->count == sizeof set->at / sizeof *set->at)
            return "too many statuses: 16 at most";
        set->at[set->count++] = (uint16_t)status;
    }
    return NULL;
}

static const char *take_success(void *at, const char *value)
{
    return statuses(at, value, 200, 299);
}

static const char *take_status(void *at, const char *value)
{
    return statuses(at, value, 400, 499);
}

static const char *take_limit(void *at, const char *value)
{
    if (!text_decimal(value, 1e6, at) || *(double *)at <= 0)
        return "not a number of requests a second above 0";
    return NULL;
}

static const char *rate_add(struct definition *d, const char *value, bool in_body)
{
    static const char *const units[] = {"s", "ms", "epoch-s", "epoch-ms"};
    const char *unit = next_word(value);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i]) != 0)
            continue;
        char *where = mem_string_n(value, word_length(value));
        if (in_body && !pointer_valid(where)) {
            free(where);
            return "not a JSON pointer: it begins with /";
        }
        d->rate = mem_resize(d->rate, d->rate_count + 1, sizeof *d->rate);
        d->rate[d->rate_count++] = (struct rate_source){where, (enum rate_unit)i, in_body};
        return NULL;
    }
    return "the unit is none of s, ms, epoch-s, epoch-ms";
}

static const char *take_rate_header(void *at, const char *value)
{
    return rate_add(at, value, false);
}

static const char *take_rate_body(void *at, const char *value)
{
    return rate_add(at, value, true);
}

static const char *take_scope(void *at, const char *value)
{
    struct definition *d = at;
    if (d->scope_count == SCOPES_MAX)
        return "too many scopes: 4 at most";
    d->scopes[d->scope_count++] = mem_string(value);
    return NULL;
}

static const char *take_self(void *at, const char *value)
{
    struct definition *d = at;
    if (strcmp(value, "sha256") == 0) {
        d->self = SELF_SHA256;
        return NULL;
    }
    if (strcmp(value, "before-dot") == 0) {
        d->self = SELF_BEFORE_DOT;
        return NULL;
    }
    if (strcmp(value, "between-dots") == 0) {
        d->self = SELF_BETWEEN_DOTS;
        return NULL;
    }
    static const char wrong[] = "not one of sha256, before-dot, between-dots, read GET /path "
                                "/pointer";
    const char *method = next_word(value), *path = next_word(method), *pointers = next_word(path);
    if (word_length(value) != 4 || strncmp(value, "read", 4) != 0 || !*pointers)
        return wrong;
    char *request = mem_string_n(method, (size_t)(path - method) + word_length(path));
    const char *why = take_request(&d->self_read, request);
    free(request);
    d->self = SELF_READ;
    return why ? why : take_pointers(&d->self_pointers, pointers);
}

static const char *take_pointer(void *at, const char *value)
{
    if (!pointer_valid(value))
        return "not a JSON pointer: it begins with /";
    *(char **)at = mem_string(value);
    return NULL;
}

static const char *take_raw(void *at, const char *value)
{
    if (!rawkey_pattern_good(value))
        return "not a pattern such as abc-{16-64}";
    list_add(at, value, strlen(value));
    return NULL;
}

static const char *take_each(void *at, const char *value)
{
    struct list_rule *list = at;
    list->each = mem_string_n(value, word_length(value));
    const char *why = take_request(&list->each_request, next_word(value));
    return why ? "not PARAMETER METHOD /path" : NULL;
}

static const char *add_field(struct list_field **field, size_t *count, const char *value)
{
    const char *pointer = next_word(value);
    if (!*pointer || !pointer_valid(pointer))
        return "not a name and a JSON pointer";
    *field = mem_resize(*field, *count + 1, sizeof **field);
    (*field)[(*count)++] =
        (struct list_field){mem_string_n(value, word_length(value)), mem_string(pointer)};
    return NULL;
}

static const char *take_field(void *at, const char *value)
{
    struct list_rule *list = at;
    return add_field(&list->field, &list->field_count, value);
}

static const char *take_create_field(void *at, const char *value)
{
    struct rotate_rule *rotate = at;
    return add_field(&rotate->field, &rotate->field_count, value);
}

#define AT(member) offsetof(struct definition, member)
static const struct key {
    const char *name;
    take *take;
    size_t at;
    bool many;
} keys[] = {
    {"title", take_text, AT(title), false},
    {"column", take_text, AT(column), false},
    {"base", take_base, AT(base), false},
    {"credential", take_text, AT(credential), false},
    {"header", take_line, AT(headers), true},
    {"scope", take_scope, 0, true},
    {"id.name", take_text, AT(id.name), false},
    {"id.class", take_class, AT(id.class), false},
    {"id.length", take_length, AT(id), false},
    {"id.fold", take_fold, AT(id.lower), false},
    {"id.reserved", take_words, AT(id.reserved), true},
    {"id.secret", take_words, AT(id.secret), true},
    {"delete", take_request, AT(action[ACTION_DELETE]), false},
    {"delete.status", take_success, AT(action[ACTION_DELETE].status), false},
    {"delete.body", take_text, AT(action[ACTION_DELETE].body), false},
    {"delete.confirm", take_condition, AT(action[ACTION_DELETE].confirm), true},
    {"disable", take_request, AT(action[ACTION_DISABLE]), false},
    {"disable.status", take_success, AT(action[ACTION_DISABLE].status), false},
    {"disable.body", take_text, AT(action[ACTION_DISABLE].body), false},
    {"disable.confirm", take_condition, AT(action[ACTION_DISABLE].confirm), true},
    {"enable", take_request, AT(action[ACTION_ENABLE]), false},
    {"enable.status", take_success, AT(action[ACTION_ENABLE].status), false},
    {"enable.body", take_text, AT(action[ACTION_ENABLE].body), false},
    {"enable.confirm", take_condition, AT(action[ACTION_ENABLE].confirm), true},
    {"create", take_request, AT(rotate.create), false},
    {"create.field", take_create_field, AT(rotate), true},
    {"create.name", take_text, AT(rotate.name), false},
    {"create.id", take_pointer, AT(rotate.id), false},
    {"create.secret", take_pointer, AT(rotate.secret), false},
    {"rename", take_request, AT(rotate.rename), false},
    {"read", take_request, AT(read), false},
    {"read.status", take_success, AT(read.status), false},
    {"read.confirm", take_condition, AT(read.confirm), true},
    {"echo", take_pointers, AT(echo), true},
    {"gone.status", take_status, AT(gone), false},
    {"gone.form", take_condition, AT(gone_form), true},
    {"stop.status", take_status, AT(stop), false},
    {"error.text", take_pointers, AT(error_text), true},
    {"rate.limit", take_limit, AT(rate_limit), false},
    {"rate.header", take_rate_header, 0, true},
    {"rate.body", take_rate_body, 0, true},
    {"preflight", take_request, AT(preflight), false},
    {"preflight.check", take_condition, AT(preflight.confirm), true},
    {"self", take_self, 0, false},
    {"raw", take_raw, AT(raw), true},
    {"list", take_request, AT(list.request), false},
    {"list.items", take_pointer, AT(list.pages.items), false},
    {"list.id", take_pointer, AT(list.pages.id), false},
    {"list.page", take_text, AT(list.pages.page), false},
    {"list.total", take_pointer, AT(list.pages.total), false},
    {"list.each", take_each, AT(list), false},
    {"list.each.items", take_pointer, AT(list.each_pages.items), false},
    {"list.each.id", take_pointer, AT(list.each_pages.id), false},
    {"list.each.page", take_text, AT(list.each_pages.page), false},
    {"list.each.total", take_pointer, AT(list.each_pages.total), false},
    {"list.field", take_field, AT(list), true},
    {"list.unused.day", take_pointers, AT(list.unused[WINDOW_DAY]), false},
    {"list.unused.week", take_pointers, AT(list.unused[WINDOW_WEEK]), false},
    {"list.unused.month", take_pointers, AT(list.unused[WINDOW_MONTH]), false},
};
enum { KEY_COUNT = sizeof keys / sizeof *keys };
_Static_assert(KEY_COUNT <= 64, "`seen` has a bit for each key");

static size_t find(const char *name)
{
    size_t i = 0;
    while (i < KEY_COUNT && strcmp(keys[i].name, name) != 0)
        i++;
    return i;
}

const char *definition_set(struct definition *d, uint64_t *seen, const char *name,
                           const char *value)
{
    size_t i = find(name);
    if (i == KEY_COUNT)
        return "no such key";
    uint64_t bit = (uint64_t)1 << i;
    if (*seen & bit && !keys[i].many)
        return "given twice";
    *seen |= bit;
    return *value ? keys[i].take((char *)d + keys[i].at, value) : "no value";
}

bool definition_was_set(uint64_t seen, const char *name)
{
    size_t i = find(name);
    return i < KEY_COUNT && seen >> i & 1;
}
