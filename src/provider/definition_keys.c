/* The keys of a definition: one table says where each goes and how its value is read. */

#include "provider/definition_keys.h"
#include "provider/condition.h"
#include "provider/rawkey.h"
#include "provider/verdict.h"

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
    static const char *const words[] = {"hex", "uuid", "digits", "word", "printable", "text"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *(enum id_class *)at = (enum id_class)i;
            return NULL;
        }
    return "not one of hex, uuid, digits, word, printable, text";
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

static const char *take_form(void *at, const char *value)
{
    struct request *request = at;
    if (request->body)
        return "there is a body already";
    request->form = true;
    return take_text(&request->body, value);
}

static const char *take_body(void *at, const char *value)
{
    struct request *request = at;
    return request->body ? "there is a form already" : take_text(&request->body, value);
}

static const char *take_condition(void *at, const char *value)
{
    return condition_parse(value, at);
}

static struct gone_rule *add_gone(struct definition *d)
{
    d->gone = mem_resize(d->gone, d->gone_count + 1, sizeof *d->gone);
    d->gone[d->gone_count] = (struct gone_rule){0};
    return &d->gone[d->gone_count++];
}

/* Belongs to the statuses above it, and to 404 where there are none. */
static const char *take_gone_form(void *at, const char *value)
{
    struct definition *d = at;
    struct gone_rule *rule = d->gone_count ? &d->gone[d->gone_count - 1] : add_gone(d);
    return condition_parse(value, &rule->form);
}

/* A range of statuses that a key may name, and what to say of others. */
static const struct key_range {
    unsigned first, last;
    const char *wrong;
} successes = {200, 299, "not a status from 200 to 299"},
  absences = {200, 499,
              "not a status from 200 to 299 or from 400 to 499 (408, 425 and 429 have a meaning of "
              "their own)"},
  refusals = {400, 499,
              "not a status from 400 to 499 (408, 425 and 429 have a meaning of their own)"};

static const char *statuses(struct status_set *set, const char *value,
                            const struct key_range *range)
{
    for (; *value; value = next_word(value)) {
        char *word = mem_string_n(value, word_length(value));
        uint64_t status = 0;
        bool good = text_u64(word, range->last, &status) && status >= range->first;
        free(word);
        if (!good || status / 100 == 3 || verdict_fixed((int)status))
            return range->wrong;
        if (set->count == sizeof set->at / sizeof *set->at)
            return "too many statuses: 16 at most";
        set->at[set->count++] = (uint16_t)status;
    }
    return NULL;
}

static const char *take_success(void *at, const char *value)
{
    return statuses(at, value, &successes);
}

static const char *take_status(void *at, const char *value)
{
    return statuses(at, value, &refusals);
}

/* Of one target's read; `none`: no status of it refuses the credential. */
static const char *take_read_stop(void *at, const char *value)
{
    struct definition *d = at;
    return strcmp(value, "none") == 0 ? NULL : take_status(&d->read_stop, value);
}

/* Begins an alternative, unless forms without a status stand above. */
static const char *take_gone_status(void *at, const char *value)
{
    struct definition *d = at;
    bool open = d->gone_count == 1 && !d->gone[0].status.count;
    return statuses(&(open ? d->gone : add_gone(d))->status, value, &absences);
}

static const char *take_absent(void *at, const char *value)
{
    static const char *const words[] = {"unknown", "gone", "success"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *(enum absent_rule *)at = (enum absent_rule)i;
            return NULL;
        }
    return "not one of gone, success, unknown";
}

static const char *take_yes(void *at, const char *value)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return "not yes or no";
    *(bool *)at = *value == 'y';
    return NULL;
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

/* METHOD PATH POINTER... */
static const char *take_asked(const char *value, struct request *request, char ***pointers)
{
    const char *path = next_word(value), *rest = next_word(path);
    if (!*rest)
        return "not METHOD /path and a JSON pointer";
    char *text = mem_string_n(value, (size_t)(path - value) + word_length(path));
    const char *why = take_request(request, text);
    free(text);
    return why ? why : take_pointers(pointers, rest);
}

/* `read METHOD PATH POINTER...` */
static bool is_read(const char *value)
{
    return word_length(value) == 4 && strncmp(value, "read", 4) == 0;
}

static const char *take_self(void *at, const char *value)
{
    static const struct {
        const char *word;
        enum self_rule rule;
    } rules[] = {
        {"none", SELF_NONE},
        {"sha256", SELF_SHA256},
        {"before-dot", SELF_BEFORE_DOT},
        {"between-dots", SELF_BETWEEN_DOTS},
        {"before-colon", SELF_BEFORE_COLON},
        {"secret", SELF_SECRET},
        {"user", SELF_USER},
        {"list", SELF_LIST},
    };
    struct definition *d = at;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(value, rules[i].word) == 0) {
            d->self = rules[i].rule;
            return NULL;
        }
    if (!is_read(value) || take_asked(next_word(value), &d->self_read, &d->self_pointers))
        return "not one of none, sha256, before-dot, between-dots, before-colon, secret, user, "
               "list, read METHOD /path /pointer";
    d->self = SELF_READ;
    return NULL;
}

static const char *take_account(void *at, const char *value)
{
    struct definition *d = at;
    if (!is_read(value) || take_asked(next_word(value), &d->account_read, &d->account_pointers))
        return "not read METHOD /path /pointer";
    return NULL;
}

static const char *take_pointer(void *at, const char *value)
{
    if (!pointer_valid(value))
        return "not a JSON pointer: it begins with /";
    *(char **)at = mem_string(value);
    return NULL;
}

/* As a pointer; none, or "", is all of it. */
static const char *take_place(void *at, const char *value)
{
    return take_pointer(at, strcmp(value, "\"\"") == 0 ? "" : value);
}

/* The ways to ask for a further page: each names a query parameter, or where the address is. */
static const char *take_way(struct list_pages *p, const char *value, enum paging paging)
{
    size_t len = word_length(value);
    p->paged++;
    p->paging = paging;
    free(p->page); /* of another way: definition_check.c refuses two */
    p->page = mem_string_n(value, len);
    return len && value[0] != '/' ? NULL : "not the name of a query parameter";
}

static const char *take_offset(void *at, const char *value)
{
    return *next_word(value) ? "not the name of a query parameter"
                             : take_way(at, value, PAGING_OFFSET);
}

static const char *take_number(void *at, const char *value)
{
    struct list_pages *p = at;
    const char *first = next_word(value);
    p->first = 1;
    if (*first && !text_u64(first, 1000, &p->first))
        return "not PARAMETER, or PARAMETER and the number of the first page";
    return take_way(p, value, PAGING_NUMBER);
}

static const char *take_after(void *at, const char *value)
{
    struct list_pages *p = at;
    const char *pointer = next_word(value);
    if (!*pointer)
        return take_way(p, value, PAGING_LAST);
    const char *why = take_way(p, value, PAGING_TOKEN);
    free(p->next);
    p->next = NULL;
    return why ? why : take_pointer(&p->next, pointer);
}

static const char *take_next(void *at, const char *value)
{
    struct list_pages *p = at;
    bool link = strcmp(value, "link") == 0;
    p->paged++;
    p->paging = link ? PAGING_LINK : PAGING_URL;
    free(p->next);
    p->next = NULL;
    return link ? NULL : take_pointer(&p->next, value);
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
    size_t len = word_length(value);
    list->each_scope = len > 2 && value[0] == '{' && value[len - 1] == '}';
    list->each = list->each_scope ? mem_string_n(value + 1, len - 2) : mem_string_n(value, len);
    const char *why = take_request(&list->each_request, next_word(value));
    return why ? "not PARAMETER METHOD /path, or {SCOPE} METHOD /path" : NULL;
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
static const struct key_spec {
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
    {"delete.body", take_body, AT(action[ACTION_DELETE]), false},
    {"delete.form", take_form, AT(action[ACTION_DELETE]), false},
    {"delete.note", take_text, AT(note), false},
    {"delete.absent", take_absent, AT(absent), false},
    {"delete.confirm", take_condition, AT(action[ACTION_DELETE].confirm), true},
    {"disable", take_request, AT(action[ACTION_DISABLE]), false},
    {"disable.status", take_success, AT(action[ACTION_DISABLE].status), false},
    {"disable.body", take_body, AT(action[ACTION_DISABLE]), false},
    {"disable.form", take_form, AT(action[ACTION_DISABLE]), false},
    {"disable.confirm", take_condition, AT(action[ACTION_DISABLE].confirm), true},
    {"enable", take_request, AT(action[ACTION_ENABLE]), false},
    {"enable.status", take_success, AT(action[ACTION_ENABLE].status), false},
    {"enable.body", take_body, AT(action[ACTION_ENABLE]), false},
    {"enable.form", take_form, AT(action[ACTION_ENABLE]), false},
    {"enable.confirm", take_condition, AT(action[ACTION_ENABLE].confirm), true},
    {"create", take_request, AT(rotate.create), false},
    {"create.field", take_create_field, AT(rotate), true},
    {"create.name", take_text, AT(rotate.name), false},
    {"create.id", take_pointer, AT(rotate.id), false},
    {"create.secret", take_pointer, AT(rotate.secret), false},
    {"rename", take_request, AT(rotate.rename), false},
    {"read", take_request, AT(read), false},
    {"read.body", take_body, AT(read), false},
    {"read.form", take_form, AT(read), false},
    {"read.status", take_success, AT(read.status), false},
    {"read.confirm", take_condition, AT(read.confirm), true},
    {"read.stop", take_read_stop, 0, false},
    {"read.gone", take_condition, AT(read_gone), true},
    {"echo", take_pointers, AT(echo), true},
    {"gone.status", take_gone_status, 0, true},
    {"gone.form", take_gone_form, 0, true},
    {"stop.status", take_status, AT(stop), false},
    {"stop.form", take_condition, AT(stop_form), true},
    {"error.text", take_pointers, AT(error_text), true},
    {"rate.limit", take_limit, AT(rate_limit), false},
    {"rate.header", take_rate_header, 0, true},
    {"rate.body", take_rate_body, 0, true},
    {"preflight", take_request, AT(preflight), false},
    {"preflight.body", take_body, AT(preflight), false},
    {"preflight.form", take_form, AT(preflight), false},
    {"preflight.check", take_condition, AT(preflight.confirm), true},
    {"self", take_self, 0, false},
    {"self.body", take_body, AT(self_read), false},
    {"account", take_account, 0, false},
    {"account.body", take_body, AT(account_read), false},
    {"raw", take_raw, AT(raw), true},
    {"raw.loose", take_raw, AT(raw_loose), true},
    {"list", take_request, AT(list.request), false},
    {"list.body", take_body, AT(list.request), false},
    {"list.form", take_form, AT(list.request), false},
    {"list.items", take_place, AT(list.pages.items), false},
    {"list.id", take_place, AT(list.pages.id), false},
    {"list.page", take_offset, AT(list.pages), false},
    {"list.number", take_number, AT(list.pages), false},
    {"list.after", take_after, AT(list.pages), false},
    {"list.next", take_next, AT(list.pages), false},
    {"list.more", take_pointer, AT(list.pages.more), false},
    {"list.total", take_pointer, AT(list.pages.total), false},
    {"list.each", take_each, AT(list), false},
    {"list.each.body", take_body, AT(list.each_request), false},
    {"list.each.form", take_form, AT(list.each_request), false},
    {"list.each.items", take_place, AT(list.each_pages.items), false},
    {"list.each.id", take_place, AT(list.each_pages.id), false},
    {"list.each.page", take_offset, AT(list.each_pages), false},
    {"list.each.number", take_number, AT(list.each_pages), false},
    {"list.each.after", take_after, AT(list.each_pages), false},
    {"list.each.next", take_next, AT(list.each_pages), false},
    {"list.each.more", take_pointer, AT(list.each_pages.more), false},
    {"list.each.total", take_pointer, AT(list.each_pages.total), false},
    {"list.field", take_field, AT(list), true},
    {"list.hint", take_text, AT(list.hint), false},
    {"list.gone", take_condition, AT(list.gone), true},
    {"list.own", take_yes, AT(list.own), false},
    {"list.twice", take_yes, AT(list.twice), false},
    {"list.partial", take_yes, AT(list.partial), false},
    {"list.unused.day", take_pointers, AT(list.unused[WINDOW_DAY]), false},
    {"list.unused.week", take_pointers, AT(list.unused[WINDOW_WEEK]), false},
    {"list.unused.month", take_pointers, AT(list.unused[WINDOW_MONTH]), false},
};
enum { KEY_COUNT = sizeof keys / sizeof *keys };
_Static_assert((int)KEY_COUNT <= (int)DEFINITION_KEYS, "`lines` has a place for each key");

static size_t find(const char *name, size_t len)
{
    size_t i = 0;
    while (i < KEY_COUNT && (strncmp(keys[i].name, name, len) != 0 || keys[i].name[len]))
        i++;
    return i;
}

const char *definition_set(struct definition *d, struct definition_lines *lines, unsigned line,
                           const char *name, const char *value)
{
    size_t i = find(name, strlen(name));
    if (i == KEY_COUNT)
        return "no such key";
    if (lines->at[i] && !keys[i].many)
        return "given twice";
    lines->at[i] = line;
    if (!*value && keys[i].take != take_place)
        return "no value";
    return keys[i].take((char *)d + keys[i].at, value);
}

unsigned definition_line(const struct definition_lines *lines, const char *name, size_t len)
{
    size_t i = find(name, len);
    return i < KEY_COUNT ? lines->at[i] : 0;
}
