/* Reads the text of definitions (the format is in rescind-providers(5)) through inih, which hands
 * over one `key = value` at a time. inih tells neither line numbers nor where a section begins, so
 * the lines go through a reader of our own that counts them and sees the headings first; inih's
 * limits (200 bytes a line, 49 a section or a key, else cut silently) become errors here. What the
 * keys mean is in definition_keys.c. */

#include "provider/definition_read.h"
#include "provider/definition_check.h"
#include "provider/definition_keys.h"
#include "provider/verdict.h"

#include "base/mem.h"

#include <ctype.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

const char *const action_word[ACTION_COUNT] = {"delete", "disable", "enable", "rotate"};

enum { LINE_MAX_BYTES = 197, NAME_MAX_BYTES = 49 };

struct text_reading {
    const char *name, *at, *piece; /* piece: where the current definition's text begins */
    const char *comment;           /* the comment that stands right above `at`, or NULL */
    unsigned line, heading_line;
    struct definition *current;    /* NULL outside of a definition */
    struct definition_lines lines; /* of what the current definition has set */
    bool after_key;                /* inih takes an indented line for a continuation */
    bool failed;
    int (*each)(void *, struct definition *, char *, unsigned, struct error *);
    void *each_at;
    struct error *err;
};

static int fail(struct text_reading *r, unsigned line, const char *why)
{
    if (!r->failed)
        error_set(r->err, EXIT_CONFIG, "%s:%u: %s", r->name, line, why);
    r->failed = true;
    return -1;
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
    struct text_reading *r = user;
    (void)section;
    r->after_key = true;
    if (!r->current || r->failed)
        return 1;
    const char *wrong = definition_set(r->current, &r->lines, r->line, name, value);
    if (wrong) {
        char why[DEFINITION_WHY];
        snprintf(why, sizeof why, "%.60s: %s", name, wrong);
        fail(r, r->line, why);
    }
    return 1;
}

static bool was_set(const struct text_reading *r, const char *name)
{
    return definition_line(&r->lines, name, strlen(name)) != 0;
}

/* The line of the key that a reason begins with, else of what it belongs to (read.confirm: read),
 * else of the heading. Of a key that repeats, [which] of them it is is taken out of the reason. */
static unsigned line_of(const struct text_reading *r, char *why)
{
    unsigned line = 0;
    size_t which = strcspn(why, ": [");
    if (why[which] == '[') {
        char *end;
        line = definition_line_nth(&r->lines, why, which, strtoul(why + which + 1, &end, 10));
        memmove(why + which, end + 1, strlen(end));
    }
    for (size_t len = strcspn(why, ": "); !line && len > 0;) {
        line = definition_line(&r->lines, why, len);
        while (--len > 0 && why[len] != '.')
            ;
    }
    return line ? line : r->heading_line;
}

static const char *missing(const struct text_reading *r)
{
    static const char *const needed[] = {"credential", "header", "id.name", "id.class", "delete"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!was_set(r, needed[i]))
            return needed[i];
    if (r->current->id.class != ID_UUID && !was_set(r, "id.length"))
        return "id.length";
    return NULL;
}

/* What the definition leaves unsaid. */
static void fill_in(struct text_reading *r)
{
    struct definition *d = r->current;
    if (!d->title) {
        struct buf title = {0};
        buf_printf(&title, "%s %s", d->provider, d->kind);
        d->title = mem_string(buf_text(&title));
        buf_free(&title);
    }
    if (d->id.class == ID_UUID && !was_set(r, "id.length"))
        d->id.min = d->id.max = 36;
    if (!d->gone_count) {
        d->gone = mem_zalloc(1, sizeof *d->gone);
        d->gone_count = 1;
    }
    verdict_defaults(d);
    if (!was_set(r, "read.stop"))
        d->read_stop = d->stop;
}

/* The definition ends where the text of the next section begins. */
static void finish(struct text_reading *r, const char *end)
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
            fail(r, what ? r->heading_line : line_of(r, why), why);
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

static size_t word_length(const char *text)
{
    return strcspn(text, " \t");
}

static const char *next_word(const char *text)
{
    text += word_length(text);
    return text + strspn(text, " \t");
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
static void begin(struct text_reading *r, const char *text, size_t len)
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
    r->lines = (struct definition_lines){0};
    r->heading_line = r->line;
}

static void see(struct text_reading *r, const char *line, size_t len)
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
    struct text_reading *r = stream;
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
    struct text_reading r = {
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

static void list_free(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
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

static void list_rule_free(struct list_rule *l)
{
    request_free(&l->request);
    request_free(&l->each_request);
    free(l->each);
    struct list_pages *pages[] = {&l->pages, &l->each_pages};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        free(pages[i]->items);
        free(pages[i]->id);
        free(pages[i]->page);
        free(pages[i]->next);
        free(pages[i]->more);
        free(pages[i]->total);
    }
    for (size_t i = 0; i < l->field_count; i++) {
        free(l->field[i].name);
        free(l->field[i].pointer);
    }
    free(l->field);
    free(l->hint);
    for (size_t i = 0; i < WINDOW_COUNT; i++)
        list_free(l->unused[i]);
    conditions_free(&l->gone);
}

static void rotate_rule_free(struct rotate_rule *r)
{
    request_free(&r->create);
    request_free(&r->rename);
    for (size_t i = 0; i < r->field_count; i++) {
        free(r->field[i].name);
        free(r->field[i].pointer);
    }
    free(r->field);
    free(r->name);
    free(r->id);
    free(r->secret);
}

void definition_free(struct definition *d)
{
    if (!d)
        return;
    char *texts[] = {d->provider, d->shown,      d->kind,    d->title, d->column,
                     d->base,     d->credential, d->id.name, d->note};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    char **lists[] = {d->headers, d->id.reserved,      d->id.secret,
                      d->echo,    d->error_text,       d->self_pointers,
                      d->raw,     d->account_pointers, d->raw_loose};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        list_free(lists[i]);
    for (size_t i = 0; i < d->scope_count; i++)
        free(d->scopes[i]);
    for (size_t i = 0; i < ACTION_COUNT; i++)
        request_free(&d->action[i]);
    for (size_t i = 0; i < d->rate_count; i++)
        free(d->rate[i].where);
    free(d->rate);
    for (size_t i = 0; i < d->gone_count; i++)
        conditions_free(&d->gone[i].form);
    free(d->gone);
    conditions_free(&d->read_gone);
    conditions_free(&d->stop_form);
    request_free(&d->account_read);
    request_free(&d->preflight);
    request_free(&d->read);
    request_free(&d->self_read);
    list_rule_free(&d->list);
    rotate_rule_free(&d->rotate);
    free(d);
}
