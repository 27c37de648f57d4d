/* `rescind match`: from raw keys to a manifest, on this machine alone. What leaves the files is the
 * id that the definition's `self` rule makes of a key: a digest, or its public part. */

#include "cli/commands.h"
#include "cli/prepare.h"
#include "cli/sheet.h"

#include "base/text.h"
#include "intake/intake.h"

#include <inttypes.h>
#include <string.h>

struct match {
    const struct options *o;
    const struct catalog *catalog;
    struct listed *listed; /* of --against, or NULL */
    struct intake *intake;
};

static void say_plainly(const char *line)
{
    say("%s", line);
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static int check_files(const struct options *o, struct error *err)
{
    unsigned stdins = o->against && is_stdin(o->against);
    for (char **file = o->operands; *file; file++) {
        stdins += is_stdin(*file);
        if (o->output && is_same_file(*file, o->output))
            return error_set(err, EXIT_USAGE,
                             "--output %s is the file with the raw keys: name another", o->output);
    }
    if (stdins > 1)
        return error_set(err, EXIT_USAGE,
                         o->against && is_stdin(o->against)
                             ? "both FILE and --against are standard input"
                             : "standard input is named twice");
    return 0;
}

static int read_listed(struct match *m, struct error *err)
{
    const struct manifest_options how = {.path = m->o->against,
                                         .allow_empty = true,
                                         .scopes = (const char *const *)m->o->scopes,
                                         .tell = say_line};
    if (!m->o->against)
        return 0;
    m->listed = listed_read(&how, m->catalog, err);
    return m->listed ? 0 : -1;
}

static int read_files(struct match *m, struct error *err)
{
    const struct options *o = m->o;
    const struct intake_rules rules = {.catalog = m->catalog,
                                       .provider = o->provider,
                                       .listed = m->listed,
                                       .form = o->form,
                                       .output = o->output,
                                       .tell = say_plainly};
    m->intake = intake_new(&rules, err);
    if (!m->intake)
        return -1;
    for (char **file = o->operands; *file; file++)
        if (intake_read(m->intake, *file, err) != 0)
            return -1;
    return 0;
}

static const struct targets *found(const struct match *m)
{
    return finds_targets(intake_finds(m->intake));
}

/* The definitions that have a column of their own in the manifest: those that were found. */
struct columns_used {
    const struct definition *own[256];
    size_t owns;
    bool plain; /* some have none: provider, kind and id */
};

static void find_columns(const struct match *m, struct columns_used *used)
{
    bool in_use[256] = {false};
    uint32_t rows = targets_count(found(m));
    used->owns = 0;
    used->plain = rows == 0;
    for (uint32_t row = 0; row < rows; row++)
        in_use[targets_definition(found(m), row)->index] = true;
    for (size_t i = 0; i < catalog_plain(m->catalog) && i < 256; i++) {
        const struct definition *d = catalog_at(m->catalog, i);
        if (in_use[d->index] && d->column)
            used->own[used->owns++] = d;
        used->plain |= in_use[d->index] && !d->column;
    }
}

static void put_rows(const struct match *m, struct sheet *sheet)
{
    static const char *const words[] = {"provider", "kind", "id"};
    struct columns_used used;
    struct buf note = {0};
    find_columns(m, &used);
    for (size_t i = 0; used.plain && i < 3; i++)
        sheet_column(sheet, words[i]);
    for (size_t i = 0; i < used.owns; i++)
        sheet_column(sheet, used.own[i]->column);
    sheet_column(sheet, "note");
    sheet_end_row(sheet);
    for (uint32_t row = 0; row < targets_count(found(m)); row++) {
        char id[ID_MAX + 1];
        const struct definition *d = targets_definition(found(m), row);
        targets_id(found(m), row, id);
        const char *const values[] = {d->provider, d->kind, id};
        for (size_t i = 0; used.plain && i < 3; i++)
            sheet_word(sheet, words[i], d->column ? NULL : values[i]);
        for (size_t i = 0; i < used.owns; i++)
            sheet_word(sheet, used.own[i]->column, used.own[i] == d ? id : NULL);
        buf_clear(&note);
        finds_note(intake_finds(m->intake), row, intake_places(m->intake), &note);
        sheet_own(sheet, "note", buf_text(&note));
        sheet_end_row(sheet);
    }
    buf_free(&note);
}

/* What was looked through, for people. */
static void put_files(const struct match *m, struct buf *out)
{
    const char *first = m->o->operands[0];
    char files[TEXT_COUNT];
    if (!m->o->operands[1] && intake_files(m->intake) == 1)
        buf_puts(out, is_stdin(first) ? "standard input" : first);
    else
        buf_printf(out, "%s file%s", text_count(intake_files(m->intake), files),
                   intake_files(m->intake) == 1 ? "" : "s");
}

static void tell(const struct match *m)
{
    const struct finds *finds = intake_finds(m->intake);
    char keys[TEXT_COUNT], repeated[TEXT_COUNT];
    struct buf more = {0}, file = {0}, files = {0};
    if (finds_repeated(finds))
        buf_printf(&more, " (found %s more time%s)", text_count(finds_repeated(finds), repeated),
                   finds_repeated(finds) == 1 ? "" : "s");
    sheet_tell(m->o->output, finds_count(finds), &file);
    put_files(m, &files);
    say("%s: %s key%s%s written%s", buf_text(&files), text_count(finds_count(finds), keys),
        finds_count(finds) == 1 ? "" : "s", buf_text(&more), buf_text(&file));
    buf_free(&more);
    buf_free(&file);
    buf_free(&files);
}

/* EXIT_SOME_FAILED where something that looks like a whole key was not taken, so that a script that
 * goes on only after success does not. */
static enum exit_code verdict(const struct match *m)
{
    if (intake_unread(m->intake))
        return EXIT_NOINPUT;
    return leftovers_whole(intake_leftovers(m->intake)) && !m->o->partial ? EXIT_SOME_FAILED
                                                                          : EXIT_DONE;
}

static int write_found(const struct match *m, struct error *err)
{
    struct leftovers *left = intake_leftovers(m->intake);
    struct sheet sheet;
    if (!finds_count(intake_finds(m->intake)) && !leftovers_count(left, LEFT_UNLISTED) &&
        !leftovers_count(left, LEFT_PROVIDER)) {
        struct buf files = {0};
        put_files(m, &files);
        error_set(err, leftovers_whole(left) && !m->o->partial ? EXIT_SOME_FAILED : EXIT_DATA,
                  "%s: no whole key of a known provider whose id can be told from it",
                  buf_text(&files));
        buf_free(&files);
        return -1;
    }
    sheet_init(&sheet, m->catalog, m->o->format, m->o->output);
    put_rows(m, &sheet);
    int result = sheet_write(&sheet, m->o->output, err);
    sheet_free(&sheet);
    return result;
}

static int match(struct match *m, struct error *err)
{
    if (check_files(m->o, err) != 0 || read_listed(m, err) != 0 || read_files(m, err) != 0)
        return -1;
    leftovers_tell(intake_leftovers(m->intake), m->o->against, say_plainly);
    if (write_found(m, err) != 0)
        return -1;
    tell(m);
    return 0;
}

int command_match(const struct options *o, struct catalog *catalog)
{
    struct match m = {.o = o, .catalog = catalog};
    struct error err = {0};
    int result = match(&m, &err);
    enum exit_code code = result == 0 ? verdict(&m) : err.code;
    if (result != 0)
        say("%s", err.text);
    intake_free(m.intake);
    listed_free(m.listed);
    return (int)code;
}
