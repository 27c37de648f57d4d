/* `rescind match`: from raw keys to a manifest, on this machine alone. What leaves the lines is the
 * id that the definition's `self` rule makes of a key: a digest, or its public part. */

#include "cli/commands.h"
#include "cli/prepare.h"
#include "cli/rawlines.h"
#include "cli/sheet.h"

#include "base/text.h"
#include "provider/classify.h"
#include "provider/rawkey.h"

#include <inttypes.h>
#include <string.h>

enum { RANGES_SHOWN = 20 };

/* Line numbers as "4, 9-11", of which the first RANGES_SHOWN are shown. */
struct numbers {
    uint64_t count, first, last, hidden;
    unsigned ranges;
    struct buf text;
};

static void numbers_close(struct numbers *n)
{
    if (!n->first)
        return;
    uint64_t size = n->last - n->first + 1;
    if (n->ranges++ >= RANGES_SHOWN)
        n->hidden += size;
    else if (size == 1)
        buf_printf(&n->text, "%s%" PRIu64, n->text.len ? ", " : "", n->first);
    else
        buf_printf(&n->text, "%s%" PRIu64 "-%" PRIu64, n->text.len ? ", " : "", n->first, n->last);
    n->first = 0;
}

static void numbers_add(struct numbers *n, uint64_t line)
{
    n->count++;
    if (n->first && line == n->last + 1) {
        n->last = line;
        return;
    }
    numbers_close(n);
    n->first = n->last = line;
}

static void tell_numbers(const char *path, struct numbers *n, const char *what)
{
    struct buf more = {0};
    numbers_close(n);
    if (n->hidden)
        buf_printf(&more, " and %" PRIu64 " more", n->hidden);
    if (n->count)
        say("%s: %" PRIu64 " line%s %s: line%s %s%s", path, n->count, n->count == 1 ? "" : "s",
            what, n->count == 1 ? "" : "s", buf_text(&n->text), buf_text(&more));
    buf_free(&more);
    buf_free(&n->text);
}

struct match {
    const struct options *o;
    const char *file; /* for messages */
    const struct catalog *catalog;
    struct targets *found; /* their notes say the line */
    struct targets *known; /* of --against, or NULL */
    struct row_set *listed;
    uint64_t lines, keys, repeated, not_there;
    struct numbers foreign, unclear;
};

static int read_known(struct match *m, struct error *err)
{
    struct manifest_facts facts;
    if (!m->o->against)
        return 0;
    m->known = targets_new(m->catalog);
    m->listed = row_set_new();
    const struct manifest_options how = {.path = m->o->against,
                                         .allow_empty = true,
                                         .scopes = (const char *const *)m->o->scopes,
                                         .tell = say_line};
    return manifest_read(&how, m->known, m->listed, &facts, err);
}

static int take_key(struct match *m, const struct definition *d, const char *id, size_t len,
                    uint64_t line, struct error *err)
{
    struct buf note = {0};
    bool fresh;
    m->keys++;
    if (m->known && targets_find(m->known, d, id, len, "") == UINT32_MAX) {
        m->not_there++;
        return 0;
    }
    buf_printf(&note, "line %" PRIu64, line);
    uint32_t row = targets_add(m->found, d, id, len, "", buf_text(&note), note.len,
                               line < UINT32_MAX ? (uint32_t)line : 0, &fresh, err);
    buf_free(&note);
    m->repeated += row != UINT32_MAX && !fresh;
    return row == UINT32_MAX ? -1 : 0;
}

static int take_line(struct match *m, const char *text, size_t len, uint64_t line,
                     struct error *err)
{
    const struct definition *d = NULL;
    char id[ID_MAX + 1];
    enum rawkey which = rawkey_find(m->catalog, text, len, &d);
    int n = which == RAWKEY_ONE && !d->scope_count ? own_id_of_secret(d, text, id) : 0;
    if (n > 0)
        return take_key(m, d, id, (size_t)n, line, err);
    numbers_add(which == RAWKEY_AMBIGUOUS ? &m->unclear : &m->foreign, line);
    return 0;
}

static int read_lines(struct match *m, struct rawlines *r, struct error *err)
{
    const char *text;
    size_t len;
    for (;;) {
        switch (rawlines_next(r, &text, &len, err)) {
        case RAWLINE_TEXT:
            m->lines++;
            if (take_line(m, text, len, rawlines_line(r), err) != 0)
                return -1;
            break;
        case RAWLINE_LONG:
            m->lines++;
            numbers_add(&m->foreign, rawlines_line(r));
            break;
        case RAWLINE_END:
            return 0;
        case RAWLINE_FAILED:
            return -1;
        }
    }
}

/* Which definitions have a column of their own in the manifest: those that were found. */
static bool in_use(const struct match *m, const struct definition *d)
{
    for (uint32_t row = 0; row < targets_count(m->found); row++)
        if (targets_definition(m->found, row) == d)
            return true;
    return false;
}

static void put_rows(const struct match *m, struct sheet *sheet)
{
    const struct definition *own[256];
    size_t owns = 0;
    bool plain = targets_count(m->found) == 0;
    for (size_t i = 0; i < catalog_plain(m->catalog); i++) {
        const struct definition *d = catalog_at(m->catalog, i);
        if (!in_use(m, d))
            continue;
        if (d->column)
            own[owns++] = d;
        else
            plain = true;
    }
    static const char *const words[] = {"provider", "kind", "id"};
    for (size_t i = 0; plain && i < 3; i++)
        sheet_column(sheet, words[i]);
    for (size_t i = 0; i < owns; i++)
        sheet_column(sheet, own[i]->column);
    sheet_column(sheet, "note");
    sheet_end_row(sheet);
    for (uint32_t row = 0; row < targets_count(m->found); row++) {
        char id[ID_MAX + 1];
        const struct definition *d = targets_definition(m->found, row);
        targets_id(m->found, row, id);
        const char *const values[] = {d->provider, d->kind, id};
        for (size_t i = 0; plain && i < 3; i++)
            sheet_word(sheet, words[i], d->column ? NULL : values[i]);
        for (size_t i = 0; i < owns; i++)
            sheet_word(sheet, own[i]->column, own[i] == d ? id : NULL);
        sheet_word(sheet, "note", targets_note(m->found, row));
        sheet_end_row(sheet);
    }
}

static int write_found(struct match *m, struct error *err)
{
    struct sheet sheet;
    if (!m->keys)
        return error_set(err, EXIT_DATA, "%s: no line of it is a whole key of a known provider",
                         m->file);
    sheet_init(&sheet, m->catalog, m->o->format, m->o->output);
    put_rows(m, &sheet);
    int result = sheet_write(&sheet, m->o->output, err);
    sheet_free(&sheet);
    return result;
}

static void tell(const struct match *m)
{
    char keys[TEXT_COUNT], lines[TEXT_COUNT];
    struct buf more = {0}, file = {0};
    if (m->repeated)
        buf_printf(&more, ", %" PRIu64 " of them repeated", m->repeated);
    if (m->known)
        buf_printf(&more, ", %" PRIu64 " not in %s", m->not_there, m->o->against);
    sheet_tell(m->o->output, targets_count(m->found), &file);
    say("%s: %s key%s in %s line%s%s; %" PRIu32 " written%s", m->file, text_count(m->keys, keys),
        m->keys == 1 ? "" : "s", text_count(m->lines, lines), m->lines == 1 ? "" : "s",
        buf_text(&more), targets_count(m->found), buf_text(&file));
    buf_free(&more);
    buf_free(&file);
}

static int match(struct match *m, struct error *err)
{
    const struct options *o = m->o;
    if (o->against && strcmp(o->against, "-") == 0 && strcmp(o->manifest, "-") == 0)
        return error_set(err, EXIT_USAGE, "both FILE and --against are standard input");
    if (o->output && is_same_file(o->manifest, o->output))
        return error_set(err, EXIT_USAGE, "--output %s is the file with the raw keys: name another",
                         o->output);
    if (read_known(m, err) != 0)
        return -1;
    struct rawlines *r = rawlines_open(o->manifest, err);
    int result = r ? read_lines(m, r, err) : -1;
    rawlines_free(r);
    tell_numbers(m->file, &m->foreign, "without a whole key of a known provider");
    tell_numbers(m->file, &m->unclear, "that several providers know as a key");
    if (result == 0)
        result = write_found(m, err);
    if (result == 0)
        tell(m);
    return result;
}

int command_match(const struct options *o, struct catalog *catalog)
{
    struct match m = {.o = o, .catalog = catalog, .found = targets_new(catalog)};
    struct error err = {0};
    m.file = strcmp(o->manifest, "-") == 0 ? "standard input" : o->manifest;
    int result = match(&m, &err);
    if (result != 0)
        say("%s", err.text);
    targets_free(m.found);
    targets_free(m.known);
    if (m.listed)
        row_set_free(m.listed);
    return result == 0 ? EXIT_DONE : (int)err.code;
}
