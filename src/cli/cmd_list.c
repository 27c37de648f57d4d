/* `rescind list`: everything is read before anything is selected, and everything is selected before
 * anything is written. A filter never answers for what it was not told. */

#include "cli/commands.h"
#include "cli/prepare.h"
#include "cli/scopes.h"
#include "cli/sheet.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "manifest/columns.h"
#include "manifest/manifest.h"
#include "provider/mask.h"
#include "provider/moment.h"
#include "provider/request.h"
#include "wire/alias.h"
#include "wire/endpoint.h"
#include "wire/inventory_read.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILTERS_MAX = 16 };

struct selection {
    bool *chosen;    /* by key */
    uint64_t others; /* keys but for the credential in use */
    uint64_t selected;
    size_t own;           /* the credential in use, or what may be it */
    struct aliases *kept; /* what --not-in names, of whatever account */
    uint64_t left_out;    /* of the others, for that */
    const char *scope;    /* as request.h has it, of all that is listed, or NULL */
    struct untold {
        const char *option;
        uint64_t count;
    } untold[FILTERS_MAX];
};

static bool filters(const struct options *o)
{
    return o->list.not_in || filter_any(&o->list.filter);
}

static int find_definition(const struct options *o, const struct catalog *catalog,
                           const struct definition **d, struct error *err)
{
    *d = catalog_wanted(catalog, o->operands[0], o->list.kind, err);
    if (!*d)
        return -1;
    return (*d)->list.request.method
               ? 0
               : error_set(err, EXIT_USAGE, "%s %s: its definition does not say how to list it",
                           (*d)->provider, (*d)->kind);
}

static int check_filter(const struct options *o, const struct definition *d, struct error *err)
{
    const char *option = filter_unanswerable(&o->list.filter, d);
    if (option)
        return error_set(err, EXIT_USAGE,
                         "%s: the list of %s %s does not tell that; nothing was read", option,
                         d->provider, d->kind);
    if (o->list.has_min_window && !o->list.filter.by_unused)
        return error_set(err, EXIT_USAGE, "--min-window says something with --unused only");
    return 0;
}

/* A column of ours that `run` would read as one of its own. */
static int check_columns(const struct catalog *catalog, const struct definition *d,
                         struct error *err)
{
    struct columns *columns = columns_new(catalog);
    int result = 0;
    for (size_t i = 0; i < d->list.field_count && result == 0; i++) {
        const char *name = d->list.field[i].name;
        if (columns_find(columns, name, strlen(name))->role != COLUMN_IGNORED)
            result = error_set(err, EXIT_CONFIG,
                               "%s %s: list.field %s is a column that manifests know already",
                               d->provider, d->kind, name);
    }
    columns_free(columns);
    return result;
}

/* Just after a window began every key looks unused. */
static int check_window(const struct options *o, int64_t now_ms, struct error *err)
{
    const struct filter *f = &o->list.filter;
    char age[TEXT_SPAN], least[TEXT_SPAN];
    if (!f->by_unused)
        return 0;
    int64_t young_us = (now_ms - window_start_ms(f->unused, now_ms)) * 1000;
    int64_t least_us = o->list.has_min_window ? o->list.min_window_us : window_least_us(f->unused);
    if (young_us >= least_us)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "--unused %s: this %s (UTC) is %s old, and until it is %s old a key that is "
                     "in use may well look unused; nothing was read (--min-window changes that)",
                     window_word[f->unused], window_word[f->unused], text_span(young_us, age),
                     text_span(least_us, least));
}

static void count_untold(struct selection *s, const char *option)
{
    size_t i = 0;
    while (s->untold[i].option && s->untold[i].option != option)
        i++;
    s->untold[i].option = option;
    s->untold[i].count++;
}

/* What --not-in names. */
static int read_kept(const struct options *o, const struct definition *d, struct catalog *catalog,
                     struct targets **kept, struct row_set **rows, struct error *err)
{
    struct manifest_facts facts;
    const struct manifest_options how = {.path = o->list.not_in,
                                         .provider = d->provider,
                                         .others = true,
                                         .none = "names nothing: each key there is would be one "
                                                 "that is not in it",
                                         .scopes = (const char *const *)o->scopes,
                                         .tell = say_line};
    *kept = targets_new(catalog);
    *rows = row_set_new();
    return o->list.not_in ? manifest_read(&how, *kept, *rows, &facts, err) : 0;
}

/* The scope of a key: the one that all are of, or what it is listed for. */
static void put_scope(struct buf *out, const struct selection *s, const struct definition *d,
                      const struct keylist *keys, size_t i)
{
    const char *of = keylist_of(keys, i);
    if (s->scope)
        buf_puts(out, s->scope);
    else if (of && d->list.each_scope)
        request_scope(d, d->list.each, of, out);
}

static bool is_kept(const struct selection *s, const struct definition *d,
                    const struct keylist *keys, size_t i)
{
    const char *id = keylist_id(keys, i);
    struct buf scope = {0};
    put_scope(&scope, s, d, keys, i);
    bool kept = aliases_find(s->kept, d, id, strlen(id), buf_text(&scope)) != UINT32_MAX;
    buf_free(&scope);
    return kept;
}

static void select_keys(const struct options *o, const struct definition *d,
                        const struct inventory *all, int64_t now_ms, struct selection *s)
{
    size_t count = keylist_count(all->keys);
    s->chosen = mem_zalloc(count + 1, sizeof *s->chosen);
    for (size_t i = 0; i < count; i++) {
        const char *untold = NULL;
        if (inventory_own(all, i)) {
            s->own++;
            continue;
        }
        s->others++;
        if (is_kept(s, d, all->keys, i)) {
            s->left_out++;
            continue;
        }
        switch (filter_match(&o->list.filter, d, all->keys, i, now_ms, &untold)) {
        case FILTER_SELECTED:
            s->chosen[i] = true;
            s->selected++;
            break;
        case FILTER_UNTOLD:
            count_untold(s, untold);
            break;
        case FILTER_PASSED:
            break;
        }
    }
}

static void put_header(struct sheet *sheet, const struct definition *d)
{
    if (d->column) {
        sheet_column(sheet, d->column);
    } else {
        sheet_column(sheet, "provider");
        sheet_column(sheet, "kind");
        sheet_column(sheet, "id");
    }
    for (size_t i = 0; i < d->scope_count; i++)
        sheet_column(sheet, d->scopes[i]);
    for (size_t i = 0; i < d->list.field_count; i++)
        sheet_column(sheet, d->list.field[i].name);
    sheet_end_row(sheet);
}

static bool is_day(const char *text)
{
    return strlen(text) == 10 && text[4] == '-' && text[7] == '-';
}

/* For people: one form of time, and a blank between the parts of what has several. */
static void put_field(struct sheet *sheet, const char *name, const char *text)
{
    static const char *const times[] = {"created", "updated", "expires", "used"};
    char moment[CLOCK_TEXT];
    struct buf shown = {0};
    int64_t at = text ? clock_parse(text) : -1;
    for (size_t i = 0; i < sizeof times / sizeof *times && text && at < 0; i++)
        if (strcmp(name, times[i]) == 0 && !is_day(text)) /* a day stays one */
            at = moment_parse(text);
    if (at >= 0) {
        sheet_word(sheet, name, clock_text(at, moment));
        return;
    }
    if (text && mask_knows(text, strlen(text)))
        mask_put(&shown, text, strlen(text));
    else if (text)
        buf_puts(&shown, text);
    for (size_t i = 0; i < shown.len; i++)
        if (shown.data[i] == KEYLIST_PART)
            shown.data[i] = ' ';
    sheet_text(sheet, name, buf_text(&shown));
    buf_free(&shown);
}

static void put_scope_columns(struct sheet *sheet, const struct selection *s,
                              const struct definition *d, const struct keylist *keys, size_t i)
{
    const char separator[] = {SCOPE_SEPARATOR, '\0'};
    struct buf scope = {0};
    put_scope(&scope, s, d, keys, i);
    char *all = mem_string(buf_text(&scope)), *rest = all;
    for (size_t k = 0; k < d->scope_count; k++) {
        const char *value = rest ? strsep(&rest, separator) : NULL;
        sheet_word(sheet, d->scopes[k], value && *value ? value : NULL);
    }
    free(all);
    buf_free(&scope);
}

static void put_key(struct sheet *sheet, const struct selection *s, const struct definition *d,
                    const struct keylist *keys, size_t i)
{
    if (d->column) {
        sheet_word(sheet, d->column, keylist_id(keys, i));
    } else {
        sheet_word(sheet, "provider", d->provider);
        sheet_word(sheet, "kind", d->kind);
        sheet_word(sheet, "id", keylist_id(keys, i));
    }
    put_scope_columns(sheet, s, d, keys, i);
    for (size_t k = 0; k < d->list.field_count; k++)
        put_field(sheet, d->list.field[k].name, keylist_field(keys, i, k));
    sheet_end_row(sheet);
}

static int write_keys(const struct options *o, const struct catalog *catalog,
                      const struct definition *d, const struct keylist *keys,
                      const struct selection *s, struct error *err)
{
    struct sheet sheet;
    sheet_init(&sheet, catalog, o->format, o->output);
    put_header(&sheet, d);
    for (size_t i = 0; i < keylist_count(keys); i++)
        if (s->chosen[i])
            put_key(&sheet, s, d, keys, i);
    int result = sheet_write(&sheet, err);
    sheet_free(&sheet);
    return result;
}

/* What went well. Where nothing but trouble is wanted on standard error (a schedule, which mails
 * what stands there), it goes where the list does not. */
__attribute__((format(printf, 2, 3))) static void tell_good(const struct options *o,
                                                            const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len >= 0 && o->progress != PROGRESS_NEVER)
        say("%s", text);
    else if (len >= 0 && o->output && strcmp(o->output, "-") != 0)
        printf("%s\n", text);
    free(text);
}

static void tell(const struct options *o, const struct definition *d, const struct selection *s)
{
    struct buf file = {0};
    char selected[TEXT_COUNT], others[TEXT_COUNT];
    for (const struct untold *u = s->untold; u->option; u++)
        tell_good(o,
                  "%s %s: %" PRIu64
                  " not selected, because the list does not tell for them what %s asks",
                  d->provider, d->kind, u->count, u->option);
    if (d->self == SELF_UNKNOWN)
        tell_good(
            o,
            "%s %s: its definition does not tell which one the credential in use is (`self`): "
            "it may be one of these",
            d->provider, d->kind);
    if (s->own == 1)
        tell_good(o, "%s %s: the credential in use is one of them and was left out", d->provider,
                  d->kind);
    else if (s->own)
        tell_good(o, "%s %s: %zu may be the credential in use, by their %s, and were left out",
                  d->provider, d->kind, s->own, d->list.hint);
    else if (d->self == SELF_LIST)
        tell_good(o,
                  "%s %s: none of them shows a %s like that of the credential in use: it may be "
                  "one of these",
                  d->provider, d->kind, d->list.hint);
    text_count(s->others, others);
    sheet_tell(o->output, o->job, s->selected, &file);
    if (s->left_out)
        tell_good(o, "%s %s: %" PRIu64 " left out, because %s names them", d->provider, d->kind,
                  s->left_out, o->list.not_in);
    if (filters(o))
        tell_good(o, "%s %s: %s of %s selected%s%s", d->provider, d->kind,
                  text_count(s->selected, selected), others, file.len ? ", written" : "",
                  buf_text(&file));
    else
        tell_good(o, "%s %s: %s listed", d->provider, d->kind, others);
    buf_free(&file);
}

static int check_selection(const struct options *o, const struct definition *d,
                           const struct selection *s, struct error *err)
{
    char count[TEXT_COUNT];
    if (!filters(o) || o->list.all || s->selected == 0 || s->selected < s->others)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "%s %s: the filter selects every key there is (%s); nothing was written. "
                     "--all if that is meant",
                     d->provider, d->kind, text_count(s->selected, count));
}

/* What was read: whether it can be selected from, selected, and written. */
static int use(const struct options *o, const struct catalog *catalog, const struct definition *d,
               const struct inventory *all, struct aliases *kept, const char *scope,
               int64_t began_ms, struct error *err)
{
    const struct filter *f = &o->list.filter;
    struct selection s = {.kept = kept, .scope = scope};
    int64_t now_ms = clock_wall_ms();
    if (f->by_unused && window_start_ms(f->unused, began_ms) != window_start_ms(f->unused, now_ms))
        return error_set(err, EXIT_STOPPED,
                         "--unused %s: a new %s began (UTC) while the list was read; nothing was "
                         "written",
                         window_word[f->unused], window_word[f->unused]);
    select_keys(o, d, all, now_ms, &s);
    int result = check_selection(o, d, &s, err);
    if (result == 0)
        result = write_keys(o, catalog, d, all->keys, &s, err);
    if (result == 0)
        tell(o, d, &s);
    free(s.chosen);
    return result;
}

/* What could be written nowhere is not read. */
static int check_output(const char *path, struct error *err)
{
    struct stat st;
    if (path && strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return error_set(err, EXIT_CANTCREATE, "cannot write %s: a directory, and a file is needed",
                         path);
    return 0;
}

static void say_event(void *at, const char *key, const char *line)
{
    (void)key;
    say_line(at, line);
}

static int list(const struct options *o, struct catalog *catalog, struct credentials *credentials,
                struct error *err)
{
    const struct definition *d = NULL;
    const struct observer observer = {.tell = say_event};
    struct inventory all = {0};
    struct targets *kept = NULL;
    struct row_set *rows = NULL;
    int64_t began_ms = clock_wall_ms();
    if (find_definition(o, catalog, &d, err) != 0 || check_filter(o, d, err) != 0 ||
        check_columns(catalog, d, err) != 0 || check_window(o, began_ms, err) != 0 ||
        check_output(o->output, err) != 0 || endpoint_ca_file(&o->settings, err) != 0)
        return -1;
    char *scope = scopes_given(o, d);
    int result = read_kept(o, d, catalog, &kept, &rows, err);
    struct aliases *aliases = aliases_new(&o->settings, kept, rows);
    if (result == 0)
        result = inventory_read(&o->settings, d, scope, credentials, &observer, &all, err);
    if (result == 0)
        result = use(o, catalog, d, &all, aliases, scope, began_ms, err);
    inventory_free(&all);
    aliases_free(aliases);
    row_set_free(rows);
    targets_free(kept);
    free(scope);
    return result;
}

int command_list(const struct options *o, struct catalog *catalog)
{
    struct error err = {0};
    struct credentials *credentials = credentials_new();
    credentials_on_warning(credentials, say_line, NULL);
    int result = list(o, catalog, credentials, &err);
    if (result != 0)
        say("%s", err.text);
    credentials_free(credentials);
    return result == 0 ? EXIT_DONE : (int)err.code;
}
