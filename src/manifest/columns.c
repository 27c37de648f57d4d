/* The known names are laid out once, from the catalog; there are a dozen or two, so a search is a
 * walk. Ignored names are remembered, up to a number that no honest manifest reaches. */

#include "manifest/columns.h"

#include "base/mem.h"
#include "base/text.h"
#include "provider/identifier.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    IGNORED_KEPT = 64,
    IGNORED_SHOWN = 10,
    NAME_SHOWN = 40,   /* bytes of an ignored name */
    MEMBERS_LEAST = 3, /* of a list's items, that it is known by: fewer may be anybody's */
};

struct columns {
    const struct catalog *catalog;
    struct column *known;
    size_t known_count;
    char *ignored_name[IGNORED_KEPT]; /* as it was met */
    struct column ignored[IGNORED_KEPT];
    size_t ignored_count;
    bool ignored_more;
    const struct column *chosen;
    struct column nameless;
    struct answer {
        size_t looked_at; /* of the ignored names, and one */
        bool is_one;
    } * answer; /* by definition */
};

static bool is_name(const char *known, const char *name, size_t len)
{
    return strlen(known) == len && strncasecmp(known, name, len) == 0;
}

static struct column *known(const struct columns *c, const char *name, size_t len)
{
    for (size_t i = 0; i < c->known_count; i++)
        if (is_name(c->known[i].name, name, len))
            return &c->known[i];
    return NULL;
}

static void learn(struct columns *c, enum column_role role, const char *name,
                  const struct definition *d)
{
    if (known(c, name, strlen(name)))
        return; /* the first meaning of a name counts */
    c->known = mem_resize(c->known, c->known_count + 1, sizeof *c->known);
    c->known[c->known_count++] = (struct column){role, mem_string(name), d};
}

struct columns *columns_new(const struct catalog *catalog)
{
    struct columns *c = mem_zalloc(1, sizeof *c);
    c->catalog = catalog;
    c->answer = mem_zalloc(catalog_plain(catalog) + 1, sizeof *c->answer);
    learn(c, COLUMN_PROVIDER, "provider", NULL);
    learn(c, COLUMN_KIND, "kind", NULL);
    learn(c, COLUMN_ID, "id", NULL);
    learn(c, COLUMN_NOTE, "note", NULL);
    learn(c, COLUMN_ACCOUNT, "account", NULL);
    learn(c, COLUMN_PRIORITY, "priority", NULL);
    for (size_t i = 0; i < catalog_plain(catalog); i++) {
        const char *word = catalog_at(catalog, i)->column;
        if (word)
            learn(c, COLUMN_WORD, word, catalog_by_column(catalog, word));
    }
    for (size_t i = 0; i < catalog_plain(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        for (size_t k = 0; k < d->scope_count; k++)
            learn(c, COLUMN_SCOPE, d->scopes[k], NULL);
    }
    return c;
}

bool column_identifies(const struct column *c)
{
    return c->role == COLUMN_ID || c->role == COLUMN_WORD;
}

void columns_choose(struct columns *c, const char *name)
{
    for (size_t i = 0; i < c->known_count; i++)
        if (column_identifies(&c->known[i]) && strcasecmp(c->known[i].name, name) != 0)
            c->known[i].role = COLUMN_IGNORED;
    struct column *there = known(c, name, strlen(name));
    if (!there)
        learn(c, COLUMN_ID, name, NULL);
    else if (!column_identifies(there))
        there->role = COLUMN_ID;
    c->chosen = known(c, name, strlen(name));
}

const struct column *columns_chosen(const struct columns *c)
{
    return c->chosen;
}

void columns_free(struct columns *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->known_count; i++)
        free(c->known[i].name);
    for (size_t i = 0; i < c->ignored_count; i++) {
        free(c->ignored_name[i]);
        free(c->ignored[i].name);
    }
    free(c->known);
    free(c->answer);
    free(c);
}

/* A name as it may be shown: short, one line, no control characters, and no secret that somebody's
 * file without a header has in its first row. */
static char *showable(const struct columns *c, const char *name, size_t len)
{
    if (len == 0 || identifier_is_secret(c->catalog, name, len))
        return mem_string("(unnamed)");
    size_t shown = len <= NAME_SHOWN ? len : NAME_SHOWN;
    while (shown < len && shown > 0 && ((unsigned char)name[shown] & 0xc0) == 0x80)
        shown--; /* not within a character */
    struct buf text = {0};
    for (size_t i = 0; i < shown; i++) {
        unsigned char byte = (unsigned char)name[i];
        bool control = byte < 0x20 || byte == 0x7f ||
                       (byte == 0xc2 && i + 1 < shown && (unsigned char)name[i + 1] < 0xa0);
        if (control && byte == 0xc2)
            i++;
        buf_putc(&text, control ? '?' : name[i]);
    }
    if (shown < len)
        buf_puts(&text, "...");
    char *copy = mem_string(buf_text(&text));
    buf_free(&text);
    return copy;
}

const struct column *columns_find(struct columns *c, const char *name, size_t len)
{
    name = text_trimmed(name, &len);
    const struct column *found = known(c, name, len);
    if (found)
        return found;
    if (!len) /* a spreadsheet's spare columns */
        return &c->nameless;
    for (size_t i = 0; i < c->ignored_count; i++)
        if (is_name(c->ignored_name[i], name, len))
            return &c->ignored[i];
    if (c->ignored_count == IGNORED_KEPT) {
        c->ignored_more = true;
        return &c->nameless;
    }
    size_t i = c->ignored_count++;
    c->ignored_name[i] = mem_string_n(name, len);
    c->ignored[i] = (struct column){COLUMN_IGNORED, showable(c, name, len), NULL};
    return &c->ignored[i];
}

/* The member of an item that a pointer leads to or into: "group" of "/group/name". */
static bool is_member(const char *pointer, const char *name)
{
    size_t len = strlen(name);
    return *pointer == '/' && strncasecmp(pointer + 1, name, len) == 0 &&
           (pointer[1 + len] == '\0' || pointer[1 + len] == '/');
}

static bool has_member(const struct definition *d, const char *name)
{
    for (size_t i = 0; i < d->list.field_count; i++)
        if (is_member(d->list.field[i].pointer, name))
            return true;
    return false;
}

bool columns_is_answer(struct columns *c, const struct definition *d)
{
    struct answer *answer = &c->answer[d->index];
    size_t members = 0;
    if (!d->list.request.method || answer->looked_at == c->ignored_count + 1)
        return answer->is_one;
    for (size_t i = 0; i < c->ignored_count; i++)
        members += has_member(d, c->ignored_name[i]);
    answer->looked_at = c->ignored_count + 1;
    answer->is_one = members >= MEMBERS_LEAST;
    return answer->is_one;
}

const struct definition *columns_answer_with(struct columns *c, const char *name)
{
    for (size_t i = 0; i < catalog_plain(c->catalog); i++) {
        const struct definition *d = catalog_at(c->catalog, i);
        if (columns_is_answer(c, d) && has_member(d, name))
            return d;
    }
    return NULL;
}

bool columns_answers_chosen(struct columns *c, const struct column *column)
{
    const struct definition *d = c->chosen ? c->chosen->definition : NULL;
    return d && column != c->chosen && column->name && d->list.pages.id &&
           is_member(d->list.pages.id, column->name) && columns_is_answer(c, d);
}

bool columns_knows(const struct columns *c, const char *name, size_t len)
{
    return known(c, name, len) != NULL;
}

/* A field without blanks and quotes around it. */
static const char *bare(const char *field, size_t *len)
{
    for (size_t before = *len + 1; *len != before;) {
        before = *len;
        field = text_trimmed(field, len);
        if (*len && field[*len - 1] == '"')
            --*len;
        if (*len && *field == '"')
            field++, --*len;
    }
    return field;
}

bool columns_identifies(const struct columns *c, const char *name, size_t len)
{
    const struct column *one = known(c, name, len);
    return one && column_identifies(one);
}

bool columns_is_secret(const struct columns *c, const char *text, size_t len)
{
    return identifier_is_secret(c->catalog, text, len);
}

bool columns_in_line(const struct columns *c, const char *line, size_t len, char separator)
{
    const char *end = line + len;
    while (line < end) {
        const char *next = memchr(line, separator, (size_t)(end - line));
        size_t n = (size_t)((next ? next : end) - line);
        const char *name = bare(line, &n);
        if (columns_identifies(c, name, n))
            return true;
        line = next ? next + 1 : end;
    }
    return false;
}

bool columns_is_identifier(const struct columns *c, const char *text, size_t len)
{
    char id[ID_MAX + 1], reason[ID_REASON];
    bool digit = false; /* a word without one may be a heading */
    for (size_t i = 0; i < len; i++)
        digit |= text[i] >= '0' && text[i] <= '9';
    for (size_t i = 0; i < catalog_plain(c->catalog); i++) {
        const struct definition *d = catalog_at(c->catalog, i);
        const struct definition *meant = c->chosen ? c->chosen->definition : NULL;
        if (digit && (!meant || meant == d) && identifier_canonical(d, text, len, id, reason) > 0)
            return true;
    }
    return false;
}

/* How many of the ignored names are fields of this definition's list. */
static size_t fields_of(const struct columns *c, const struct definition *d)
{
    size_t found = 0;
    for (size_t i = 0; i < c->ignored_count; i++)
        for (size_t k = 0; k < d->list.field_count; k++)
            if (strcmp(d->list.field[k].name, c->ignored_name[i]) == 0) {
                found++;
                break;
            }
    return found;
}

/* Whether the ignored names are those that `rescind list` writes beside the keys: nothing of a
 * person's is lost with them. Fewer than three may be anybody's. */
static bool is_inventory(const struct columns *c)
{
    for (size_t i = 0; i < catalog_plain(c->catalog) && !c->ignored_more; i++) {
        const struct definition *d = catalog_at(c->catalog, i);
        if (c->ignored_count >= 3 && fields_of(c, d) == c->ignored_count)
            return true;
    }
    return false;
}

size_t columns_ignored(const struct columns *c, struct buf *out)
{
    if (is_inventory(c))
        return 0;
    size_t shown = c->ignored_count <= IGNORED_SHOWN ? c->ignored_count : IGNORED_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        buf_puts(out, i == 0 ? "" : ", ");
        buf_puts(out, c->ignored[i].name);
    }
    if (c->ignored_more)
        buf_puts(out, " and many more");
    else if (shown < c->ignored_count)
        buf_printf(out, " and %zu more", c->ignored_count - shown);
    return c->ignored_count;
}

void columns_identifiers(const struct columns *c, struct buf *out)
{
    size_t left = 0;
    for (size_t i = 0; i < c->known_count; i++)
        left += column_identifies(&c->known[i]);
    for (size_t i = 0; i < c->known_count; i++) {
        if (!column_identifies(&c->known[i]))
            continue;
        left--;
        buf_puts(out, c->known[i].name);
        buf_puts(out, left > 1 ? ", " : left == 1 ? " or " : "");
    }
}
