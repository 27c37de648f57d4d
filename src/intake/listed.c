#include "intake/listed.h"

#include "intake/records.h"

#include "base/mem.h"
#include "provider/identifier.h"
#include "provider/secret_hint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 4, LINE_MOST = 1 << 20, HINT_MOST = 255 };

struct listed_hint {
    uint32_t row; /* of the targets */
    uint32_t at;  /* in the texts */
    uint8_t head, tail;
    bool inside;
};

struct listed {
    struct targets *targets;
    struct row_set *rows;
    struct listed_hint *hint;
    size_t hints;
    struct buf text; /* head and tail of each */
};

static bool is_same(const struct definition *a, const struct definition *b)
{
    return strcmp(a->provider, b->provider) == 0 && strcmp(a->kind, b->kind) == 0;
}

uint32_t listed_find(const struct listed *l, const struct definition *d, const char *id, size_t len)
{
    const struct catalog *c = targets_catalog(l->targets);
    uint32_t row = targets_find(l->targets, d, id, len, "");
    for (size_t i = catalog_plain(c); i < catalog_count(c) && row == UINT32_MAX; i++)
        if (is_same(catalog_at(c, i), d))
            row = targets_find(l->targets, catalog_at(c, i), id, len, "");
    return row;
}

static void add_hint(struct listed *l, uint32_t row, const char *text, size_t len)
{
    struct secret_hint h;
    if (len > HINT_MOST || !secret_hint_read(text, len, &h))
        return;
    l->hint = mem_resize(l->hint, l->hints + 1, sizeof *l->hint);
    l->hint[l->hints++] = (struct listed_hint){.row = row,
                                               .at = (uint32_t)l->text.len,
                                               .head = (uint8_t)h.head_len,
                                               .tail = (uint8_t)h.tail_len,
                                               .inside = h.inside};
    buf_put(&l->text, h.head, h.head_len);
    buf_put(&l->text, h.tail, h.tail_len);
}

/* A line of the list: what is in its cells by the names of the header. */
struct listed_line {
    const struct catalog *catalog;
    const struct field *name, *value;
    size_t count;
};

static const struct field *cell(const struct listed_line *line, const char *name)
{
    for (size_t i = 0; name && i < line->count; i++)
        if (line->name[i].len == strlen(name) &&
            strncasecmp(line->name[i].text, name, line->name[i].len) == 0 && line->value[i].len)
            return &line->value[i];
    return NULL;
}

static bool is_word(const struct field *f, const char *word)
{
    return f && f->len == strlen(word) && strncasecmp(f->text, word, f->len) == 0;
}

/* The scopes of a line as the table has them. */
static bool scope_of(const struct listed_line *line, const struct definition *d,
                     char out[SCOPE_TEXT_MAX + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < d->scope_count; i++) {
        const struct field *value = cell(line, d->scopes[i]);
        if (!value || n + value->len + 1 > SCOPE_TEXT_MAX)
            return false;
        if (i)
            out[n++] = SCOPE_SEPARATOR;
        memcpy(out + n, value->text, value->len);
        n += value->len;
    }
    out[n] = '\0';
    return true;
}

static void take_line(struct listed *l, const struct listed_line *line)
{
    char id[ID_MAX + 1], reason[ID_REASON];
    for (size_t i = 0; i < catalog_plain(line->catalog); i++) {
        const struct definition *d = catalog_at(line->catalog, i);
        const struct field *hint = cell(line, d->list.hint), *own = cell(line, d->column);
        if (!hint)
            continue;
        if (!own && is_word(cell(line, "provider"), d->provider) &&
            (!cell(line, "kind") || is_word(cell(line, "kind"), d->kind)))
            own = cell(line, "id");
        int n = own ? identifier_canonical(d, own->text, own->len, id, reason) : 0;
        char scope[SCOPE_TEXT_MAX + 1];
        if (n <= 0 || !scope_of(line, d, scope))
            continue;
        uint32_t row = *scope ? targets_find(l->targets, d, id, (size_t)n, scope)
                              : listed_find(l, d, id, (size_t)n);
        if (row != UINT32_MAX)
            add_hint(l, row, hint->text, hint->len);
    }
}

enum { CELLS = 256 };

static void read_csv_hints(struct listed *l, const struct catalog *catalog, FILE *f, char **line,
                           size_t *room)
{
    struct field name[CELLS], value[CELLS];
    char *header = NULL;
    struct listed_line at = {.catalog = catalog, .name = name, .value = value};
    ssize_t n;
    while ((n = getline(line, room, f)) > 0) {
        struct field *out = header ? value : name;
        char *text = header ? *line : mem_string_n(*line, (size_t)n);
        size_t skip = !header && n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        size_t count = csv_fields(text + skip, (size_t)n - skip, ',', out, CELLS);
        if (header && count >= at.count)
            take_line(l, &at);
        else if (!header)
            at.count = count;
        header = header ? header : text;
    }
    free(header);
}

static void read_jsonl_hints(struct listed *l, const struct catalog *catalog, FILE *f, char **line,
                             size_t *room)
{
    struct field name[CELLS], value[CELLS];
    ssize_t n;
    while ((n = getline(line, room, f)) > 0) {
        struct listed_line at = {.catalog = catalog, .name = name, .value = value};
        at.count = json_members(*line, (size_t)n, name, value, CELLS);
        take_line(l, &at);
    }
}

static void read_hints(struct listed *l, const char *path, const struct catalog *catalog)
{
    FILE *f = strcmp(path, "-") == 0 ? NULL : fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    if (!f)
        return;
    int first = getc(f);
    ungetc(first, f);
    if (first == '{')
        read_jsonl_hints(l, catalog, f, &line, &room);
    else
        read_csv_hints(l, catalog, f, &line, &room);
    free(line);
    fclose(f);
}

struct listed *listed_read(const struct manifest_options *how, const struct catalog *catalog,
                           struct error *err)
{
    struct manifest_facts facts;
    struct listed *l = mem_zalloc(1, sizeof *l);
    l->targets = targets_new(catalog);
    l->rows = row_set_new();
    if (manifest_read(how, l->targets, l->rows, &facts, err) == 0) {
        read_hints(l, how->path, catalog);
        return l;
    }
    listed_free(l);
    return NULL;
}

void listed_free(struct listed *l)
{
    if (!l)
        return;
    targets_free(l->targets);
    row_set_free(l->rows);
    buf_free(&l->text);
    free(l->hint);
    free(l);
}

uint32_t listed_fit(const struct listed *l, const struct definition *d, size_t lead,
                    const char *head, size_t head_len, const char *tail, size_t tail_len)
{
    uint32_t found = UINT32_MAX;
    for (size_t i = 0; i < l->hints; i++) {
        const struct listed_hint *h = &l->hint[i];
        const char *text = l->text.data + h->at;
        const struct secret_hint shown = {text, text + h->head, h->head, h->tail, h->inside};
        if (!is_same(targets_definition(l->targets, h->row), d) ||
            !secret_hint_fits(&shown, lead, SHOWN, head, head_len, tail, tail_len))
            continue;
        if (found != UINT32_MAX && found != h->row)
            return UINT32_MAX;
        found = h->row;
    }
    return found;
}

const struct targets *listed_targets(const struct listed *l)
{
    return l->targets;
}
