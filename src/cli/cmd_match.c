/* `rescind match`: from raw keys to a manifest, on this machine alone. What leaves the files is the
 * id that the definition's `self` rule makes of a key: a digest, or its public part. */

#include "cli/commands.h"
#include "cli/prepare.h"
#include "cli/sheet.h"

#include "base/mem.h"
#include "base/text.h"
#include "intake/intake.h"
#include "provider/request.h"

#include <stdlib.h>
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
                                         .none = "names nothing: no key there is would be in it",
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

/* The columns of the manifest: those that what was found needs. */
enum { COLUMNS_MOST = 64 };
struct columns_used {
    const char *name[COLUMNS_MOST];
    size_t count;
};

static void use_column(struct columns_used *used, const char *name)
{
    for (size_t i = 0; i < used->count; i++)
        if (strcmp(used->name[i], name) == 0)
            return;
    if (used->count < COLUMNS_MOST)
        used->name[used->count++] = name;
}

static void find_columns(const struct match *m, struct columns_used *used)
{
    const struct catalog *c = m->catalog;
    size_t count = catalog_count(c);
    bool *in_use = mem_zalloc(count + 1, sizeof *in_use);
    uint32_t rows = targets_count(found(m));
    bool plain = rows == 0, accounts = false;
    for (uint32_t row = 0; row < rows; row++)
        in_use[targets_definition(found(m), row)->index] = true;
    for (size_t i = 0; i < count; i++) {
        plain |= in_use[i] && !catalog_at(c, i)->column;
        accounts |= in_use[i] && catalog_at(c, i)->account;
    }
    if (plain) {
        use_column(used, "provider");
        use_column(used, "kind");
        use_column(used, "id");
    }
    for (size_t i = 0; i < count; i++)
        if (in_use[i] && catalog_at(c, i)->column)
            use_column(used, catalog_at(c, i)->column);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; in_use[i] && k < catalog_at(c, i)->scope_count; k++)
            use_column(used, catalog_at(c, i)->scopes[k]);
    if (accounts)
        use_column(used, "account");
    free(in_use);
}

/* What a row has in a column, in `room` where it is made up; NULL for nothing. */
static const char *value_of(const struct match *m, uint32_t row, const char *column,
                            char room[SCOPE_TEXT_MAX + 1])
{
    const struct definition *d = targets_definition(found(m), row);
    bool own = d->column && strcmp(column, d->column) == 0;
    if (own || (!d->column && strcmp(column, "id") == 0)) {
        targets_id(found(m), row, room);
        return room;
    }
    if (strcmp(column, "account") == 0)
        return d->account;
    if (strcmp(column, "provider") == 0 || strcmp(column, "kind") == 0)
        return d->column ? NULL : *column == 'p' ? d->provider : d->kind;
    const char *scope = targets_scope(found(m), row);
    for (size_t i = 0; i < d->scope_count; i++) {
        size_t len = strcspn(scope, (const char[]){SCOPE_SEPARATOR, 0});
        if (strcmp(d->scopes[i], column) == 0) {
            memcpy(room, scope, len);
            room[len] = '\0';
            return room;
        }
        scope += len + (scope[len] != '\0');
    }
    return NULL;
}

static void put_rows(const struct match *m, struct sheet *sheet)
{
    struct columns_used used = {.count = 0};
    struct buf note = {0};
    find_columns(m, &used);
    for (size_t i = 0; i < used.count; i++)
        sheet_column(sheet, used.name[i]);
    sheet_column(sheet, "note");
    sheet_end_row(sheet);
    for (uint32_t row = 0; row < targets_count(found(m)); row++) {
        char room[SCOPE_TEXT_MAX + 1];
        for (size_t i = 0; i < used.count; i++)
            sheet_word(sheet, used.name[i], value_of(m, row, used.name[i], room));
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
    if (!m->o->operands[1] && intake_files(m->intake) == 1 && !intake_hides(m->intake, first))
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
    sheet_tell(m->o->output, m->o->job, finds_count(finds), &file);
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
        enum exit_code code = verdict(m);
        error_set(err, code == EXIT_DONE ? EXIT_DATA : code,
                  "%s: no whole key of a known provider whose id can be told from it",
                  buf_text(&files));
        buf_free(&files);
        return -1;
    }
    sheet_init(&sheet, m->catalog, m->o->format, m->o->output);
    put_rows(m, &sheet);
    int result = sheet_write(&sheet, err);
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
