/* Reads the text of definitions (the format is in definition.h) through inih, which hands over one
 * `key = value` at a time. inih tells neither line numbers nor where a section begins, so the lines
 * go through a reader of our own that counts them and sees the headings first; inih's limits (200
 * bytes a line, 49 a section or a key, else cut silently) become errors here.
 *
 * One table says for every key where it goes and how its value is read. */

#include "provider/condition.h"
#include "provider/definition_text.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *const action_word[ACTION_COUNT] = {"delete", "disable", "enable"};

enum { LINE_MAX_BYTES = 197, NAME_MAX_BYTES = 49, WORDS_MAX = 32 };

struct reading {
    const char *name, *at, *piece; /* piece: where the current definition's text begins */
    const char *comment;           /* the comment that stands right above `at`, or NULL */
    unsigned line, heading_line;
    struct definition *current; /* NULL outside of a definition */
    uint64_t seen;              /* keys of the current definition, by place in the table */
    bool after_key;             /* inih takes an indented line for a continuation */
    bool failed;
    int (*each)(void *, struct definition *, char *, unsigned, struct error *);
    void *each_at;
    struct error *err;
};

static int fail(struct reading *r, unsigned line, const char *why)
{
    if (!r->failed)
        error_set(r->err, EXIT_CONFIG, "%s:%u: %s", r->name, line, why);
    r->failed = true;
    return -1;
}

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

static void list_free(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
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

static const char *take_status(void *at, const char *value)
{
    struct status_set *set = at;
    for (; *value; value = next_word(value)) {
        char *word = mem_string_n(value, word_length(value));
        uint64_t status = 0;
        bool good = text_u64(word, 499, &status) && status >= 400;
        free(word);
        if (!good || status == 408 || status == 425 || status == 429)
            return "not a status from 400 to 499 (408, 425 and 429 have a meaning of their own)";
        if (set->count == sizeof set->at / sizeof *set->at)
            return "too many statuses: 16 at most";
        set->at[set->count++] = (uint16_t)status;
    }
    return set->count ? NULL : "no status";
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
    static const char wrong[] = "not one of sha256, before-dot, read GET /path /pointer";
    const char *method = next_word(value), *path = next_word(method), *pointers = next_word(path);
    if (word_length(value) != 4 || strncmp(value, "read", 4) != 0 || !*pointers)
        return wrong;
    char *request = mem_string_n(method, (size_t)(path - method) + word_length(path));
    const char *why = take_request(&d->self_read, request);
    free(request);
    d->self = SELF_READ;
    return why ? why : take_pointers(&d->self_pointers, pointers);
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
    {"delete.body", take_text, AT(action[ACTION_DELETE].body), false},
    {"delete.confirm", take_condition, AT(action[ACTION_DELETE].confirm), true},
    {"disable", take_request, AT(action[ACTION_DISABLE]), false},
    {"disable.body", take_text, AT(action[ACTION_DISABLE].body), false},
    {"disable.confirm", take_condition, AT(action[ACTION_DISABLE].confirm), true},
    {"enable", take_request, AT(action[ACTION_ENABLE]), false},
    {"enable.body", take_text, AT(action[ACTION_ENABLE].body), false},
    {"enable.confirm", take_condition, AT(action[ACTION_ENABLE].confirm), true},
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
};
enum { KEY_COUNT = sizeof keys / sizeof *keys };
_Static_assert(KEY_COUNT <= 64, "struct reading's `seen` has a bit for each key");

static bool seen(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].name, name) == 0)
            return r->seen >> i & 1;
    return false;
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    char why[DEFINITION_WHY];
    (void)section;
    r->after_key = true;
    if (!r->current || r->failed)
        return 1;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(name, keys[i].name) != 0)
            continue;
        const char *wrong = NULL;
        if (r->seen >> i & 1 && !keys[i].many)
            wrong = "given twice";
        else if (!*value)
            wrong = "no value";
        else
            wrong = keys[i].take((char *)r->current + keys[i].at, value);
        r->seen |= (uint64_t)1 << i;
        if (wrong) {
            snprintf(why, sizeof why, "%s: %s", name, wrong);
            fail(r, r->line, why);
        }
        return 1;
    }
    snprintf(why, sizeof why, "%.60s: no such key", name);
    fail(r, r->line, why);
    return 1;
}

static const char *missing(const struct reading *r)
{
    static const char *const needed[] = {"credential", "header", "id.name", "id.class", "delete"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!seen(r, needed[i]))
            return needed[i];
    if (r->current->id.class != ID_UUID && !seen(r, "id.length"))
        return "id.length";
    return NULL;
}

/* What the definition leaves unsaid. */
static void fill_in(struct reading *r)
{
    struct definition *d = r->current;
    if (!d->title) {
        struct buf title = {0};
        buf_printf(&title, "%s %s", d->provider, d->kind);
        d->title = mem_string(buf_text(&title));
        buf_free(&title);
    }
    if (d->id.class == ID_UUID && !seen(r, "id.length"))
        d->id.min = d->id.max = 36;
    if (!seen(r, "gone.status"))
        d->gone = (struct status_set){.at = {404}, .count = 1};
    if (!seen(r, "stop.status"))
        d->stop = (struct status_set){.at = {401, 403}, .count = 2};
}

/* The definition ends where the text of the next section begins. */
static void finish(struct reading *r, const char *end)
{
    struct definition *d = r->current;
    r->current = NULL;
    if (!d)
        return;
    char why[DEFINITION_WHY];
    bool good = !r->failed;
    if (good) {
        r->current = d;
        const char *what = missing(r);
        fill_in(r);
        r->current = NULL;
        if (what)
            snprintf(why, sizeof why, "[provider %s %s] has no `%s`", d->provider, d->kind, what);
        good = !what && definition_possible(d, why);
        if (!good)
            fail(r, r->heading_line, why);
    }
    if (!good) {
        definition_free(d);
        return;
    }
    char *source = mem_string_n(r->piece, (size_t)(end - r->piece));
    if (r->each(r->each_at, d, source, r->heading_line, r->err) != 0) {
        r->failed = true;
        if (r->err)
            error_prefix(r->err, "%s:%u", r->name, r->heading_line);
    }
}

static bool name_valid(const char *text, size_t len)
{
    if (len == 0 || len > 32 || !isalnum((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) && text[i] != '-')
            return false;
    return true;
}

/* `text` is what stands between the brackets. */
static void begin(struct reading *r, const char *text, size_t len)
{
    static const char word[] = "provider";
    char heading[NAME_MAX_BYTES + 1];
    if (len > NAME_MAX_BYTES) {
        fail(r, r->line, "a section's heading has at most 49 characters");
        return;
    }
    memcpy(heading, text, len);
    heading[len] = '\0';
    const char *first = heading + strspn(heading, " \t");
    if (word_length(first) != sizeof word - 1 || memcmp(first, word, sizeof word - 1) != 0)
        return;
    const char *name = next_word(first), *kind = next_word(name);
    if (!name_valid(name, word_length(name)) ||
        (*kind && (!name_valid(kind, word_length(kind)) || *next_word(kind)))) {
        fail(r, r->line, "not `[provider NAME]` or `[provider NAME KIND]`, of a-z 0-9 -");
        return;
    }
    r->current = mem_zalloc(1, sizeof *r->current);
    r->current->provider = mem_string_n(name, word_length(name));
    r->current->kind = *kind ? mem_string_n(kind, word_length(kind)) : mem_string("key");
    r->seen = 0;
    r->heading_line = r->line;
}

static void see(struct reading *r, const char *line, size_t len)
{
    const char *first = line + strspn(line, " \t");
    if (*first == ';' || *first == '#') {
        r->comment = r->comment ? r->comment : line;
        return;
    }
    if (*first == '[' && !(r->after_key && first > line)) {
        const char *piece = r->comment ? r->comment : line;
        const char *end = memchr(first, ']', (size_t)(line + len - first));
        finish(r, piece);
        r->piece = piece;
        r->after_key = false;
        if (end)
            begin(r, first + 1, (size_t)(end - first - 1));
        else
            fail(r, r->line, "a section's heading ends in ]");
    }
    r->comment = NULL;
}

/* inih's reader: fgets over the text. */
static char *read_line(char *into, int size, void *stream)
{
    struct reading *r = stream;
    if (!*r->at || r->failed)
        return NULL;
    size_t len = strcspn(r->at, "\n"), whole = len + (r->at[len] == '\n');
    r->line++;
    if (len > LINE_MAX_BYTES || whole >= (size_t)size) {
        fail(r, r->line, "a line has at most 197 bytes");
        return NULL;
    }
    see(r, r->at, len);
    memcpy(into, r->at, whole);
    into[whole] = '\0';
    r->at += whole;
    return into;
}

int definition_read(const char *name, unsigned first_line, const char *text,
                    int (*each)(void *at, struct definition *d, char *source, unsigned line,
                                struct error *err),
                    void *at, struct error *err)
{
    static const char bom[] = "\xef\xbb\xbf";
    if (strncmp(text, bom, sizeof bom - 1) == 0)
        text += sizeof bom - 1;
    struct reading r = {
        .name = name,
        .at = text,
        .piece = text,
        .line = first_line - 1,
        .each = each,
        .each_at = at,
        .err = err,
    };
    int bad = ini_parse_stream(read_line, &r, handle, &r);
    if (bad > 0 && !r.failed)
        fail(&r, first_line + (unsigned)bad - 1, "neither `key = value` nor a `[section]`");
    finish(&r, r.at);
    return r.failed ? -1 : 0;
}

static void conditions_free(struct conditions *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->at[i].pointer);
        free(all->at[i].value);
    }
    free(all->at);
}

static void request_free(struct request *r)
{
    free(r->method);
    free(r->path);
    free(r->body);
    conditions_free(&r->confirm);
}

void definition_free(struct definition *d)
{
    if (!d)
        return;
    char *texts[] = {d->provider, d->kind, d->title, d->column, d->base, d->credential, d->id.name};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    char **lists[] = {d->headers, d->id.reserved, d->id.secret,
                      d->echo,    d->error_text,  d->self_pointers};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        list_free(lists[i]);
    for (size_t i = 0; i < d->scope_count; i++)
        free(d->scopes[i]);
    for (size_t i = 0; i < ACTION_COUNT; i++)
        request_free(&d->action[i]);
    for (size_t i = 0; i < d->rate_count; i++)
        free(d->rate[i].where);
    free(d->rate);
    conditions_free(&d->gone_form);
    request_free(&d->preflight);
    request_free(&d->self_read);
    free(d);
}
