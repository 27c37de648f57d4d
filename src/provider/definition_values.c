/* The values of a definition's keys. */

#include "provider/definition_values.h"
#include "provider/condition.h"
#include "provider/rawkey.h"
#include "provider/verdict.h"

#include "base/mem.h"
#include "base/text.h"

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

const char *take_text(void *at, const char *value)
{
    if (!text_is_utf8(value, strlen(value)))
        return "not UTF-8";
    *(char **)at = mem_string(value);
    return NULL;
}

const char *take_line(void *at, const char *value)
{
    for (const char *c = value; *c; c++)
        if (*c < 0x20 || *c > 0x7e)
            return "only printable ASCII may stand here";
    list_add(at, value, strlen(value));
    return NULL;
}

const char *take_words(void *at, const char *value)
{
    for (; *value; value = next_word(value))
        list_add(at, value, word_length(value));
    return NULL;
}

const char *take_pointers(void *at, const char *value)
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

const char *take_base(void *at, const char *value)
{
    char *base = mem_string(value);
    for (size_t len = strlen(base); len && base[len - 1] == '/'; len--)
        base[len - 1] = '\0';
    *(char **)at = base;
    return NULL;
}

const char *take_class(void *at, const char *value)
{
    static const char *const words[] = {"hex", "uuid", "digits", "word", "printable", "text"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *(enum id_class *)at = (enum id_class)i;
            return NULL;
        }
    return "not one of hex, uuid, digits, word, printable, text";
}

const char *take_length(void *at, const char *value)
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

const char *take_fold(void *at, const char *value)
{
    if (strcmp(value, "lower") != 0)
        return "only `lower` is known";
    *(bool *)at = true;
    return NULL;
}

const char *take_request(void *at, const char *value)
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

const char *take_form(void *at, const char *value)
{
    struct request *request = at;
    if (request->body)
        return "there is a body already";
    request->form = true;
    return take_text(&request->body, value);
}

const char *take_body(void *at, const char *value)
{
    struct request *request = at;
    return request->body ? "there is a form already" : take_text(&request->body, value);
}

const char *take_condition(void *at, const char *value)
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
const char *take_gone_form(void *at, const char *value)
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

const char *take_success(void *at, const char *value)
{
    return statuses(at, value, &successes);
}

const char *take_status(void *at, const char *value)
{
    return statuses(at, value, &refusals);
}

/* Of one target's read; `none`: no status of it refuses the credential. */
const char *take_read_stop(void *at, const char *value)
{
    struct definition *d = at;
    return strcmp(value, "none") == 0 ? NULL : take_status(&d->read_stop, value);
}

/* Begins an alternative, unless forms without a status stand above. */
const char *take_gone_status(void *at, const char *value)
{
    struct definition *d = at;
    bool open = d->gone_count == 1 && !d->gone[0].status.count;
    return statuses(&(open ? d->gone : add_gone(d))->status, value, &absences);
}

const char *take_absent(void *at, const char *value)
{
    static const char *const words[] = {"unknown", "gone", "success"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *(enum absent_rule *)at = (enum absent_rule)i;
            return NULL;
        }
    return "not one of gone, success, unknown";
}

const char *take_yes(void *at, const char *value)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return "not yes or no";
    *(bool *)at = *value == 'y';
    return NULL;
}

const char *take_limit(void *at, const char *value)
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

const char *take_rate_header(void *at, const char *value)
{
    return rate_add(at, value, false);
}

const char *take_rate_body(void *at, const char *value)
{
    return rate_add(at, value, true);
}

const char *take_scope(void *at, const char *value)
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

const char *take_self(void *at, const char *value)
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

const char *take_account(void *at, const char *value)
{
    struct definition *d = at;
    if (!is_read(value) || take_asked(next_word(value), &d->account_read, &d->account_pointers))
        return "not read METHOD /path /pointer";
    return NULL;
}

const char *take_pointer(void *at, const char *value)
{
    if (!pointer_valid(value))
        return "not a JSON pointer: it begins with /";
    *(char **)at = mem_string(value);
    return NULL;
}

/* As a pointer; none, or "", is all of it. */
const char *take_place(void *at, const char *value)
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

const char *take_offset(void *at, const char *value)
{
    return *next_word(value) ? "not the name of a query parameter"
                             : take_way(at, value, PAGING_OFFSET);
}

const char *take_number(void *at, const char *value)
{
    struct list_pages *p = at;
    const char *first = next_word(value);
    p->first = 1;
    if (*first && !text_u64(first, 1000, &p->first))
        return "not PARAMETER, or PARAMETER and the number of the first page";
    return take_way(p, value, PAGING_NUMBER);
}

const char *take_after(void *at, const char *value)
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

const char *take_next(void *at, const char *value)
{
    struct list_pages *p = at;
    bool link = strcmp(value, "link") == 0;
    p->paged++;
    p->paging = link ? PAGING_LINK : PAGING_URL;
    free(p->next);
    p->next = NULL;
    return link ? NULL : take_pointer(&p->next, value);
}

const char *take_raw(void *at, const char *value)
{
    if (!rawkey_pattern_good(value))
        return "not a pattern such as abc-{16-64}";
    list_add(at, value, strlen(value));
    return NULL;
}

const char *take_each(void *at, const char *value)
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

const char *take_field(void *at, const char *value)
{
    struct list_rule *list = at;
    return add_field(&list->field, &list->field_count, value);
}

const char *take_create_field(void *at, const char *value)
{
    struct rotate_rule *rotate = at;
    return add_field(&rotate->field, &rotate->field_count, value);
}
