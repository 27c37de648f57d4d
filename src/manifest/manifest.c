/* From bytes to targets:
 *
 *   source (bytes, SHA-256) -> csv, jsonl or json (rows of cells) -> row_resolve -> targets_add
 *
 * A bad row is told and counted, and the reading goes on, so that one look finds them all. */

#include "manifest/manifest.h"

#include "base/text.h"
#include "manifest/json_quick.h"
#include "manifest/read_csv.h"
#include "manifest/read_json.h"
#include "manifest/read_jsonl.h"
#include "manifest/recognize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOOK_AHEAD = MANIFEST_LINE_MAX / 2 };

struct manifest_reading {
    const struct manifest_options *options;
    const struct catalog *catalog;
    struct source *source;
    struct columns *columns;
    struct csv_rows *csv;     /* or */
    struct jsonl_rows *jsonl; /* or */
    struct json_rows *json;
    struct manifest_facts *facts;
    struct buf identifiers, line;
    uint64_t told;
    char encoding[ROW_REASON]; /* what the file's may be where it is no UTF-8; told once */
    bool lists;                /* a line may be a whole list, a page of a provider's */
};

/* "keys.csv:118: reason" */
static void tell(struct manifest_reading *r, uint64_t line, const char *reason)
{
    if (!r->options->tell)
        return;
    buf_clear(&r->line);
    buf_puts(&r->line, r->options->path);
    buf_putc(&r->line, ':');
    if (line > 0) {
        buf_put_u64(&r->line, line);
        buf_putc(&r->line, ':');
    }
    buf_putc(&r->line, ' ');
    buf_puts(&r->line, reason);
    for (size_t i = 0; i < r->line.len; i++) /* a path may hold anything */
        if ((unsigned char)r->line.data[i] < 0x20 || r->line.data[i] == 0x7f)
            r->line.data[i] = '?';
    r->options->tell(r->options->tell_at, r->line.data);
}

static void tell_why(struct manifest_reading *r, uint64_t line, const char *reason)
{
    struct buf more = {0};
    buf_puts(&more, reason);
    if (strcmp(reason, MANIFEST_NO_UTF8) == 0 && *r->encoding) {
        buf_printf(&more, ": %s", r->encoding);
        *r->encoding = '\0';
    }
    tell(r, line, more.data);
    buf_free(&more);
}

static void tell_bad(struct manifest_reading *r, uint64_t line, const char *reason)
{
    r->facts->rejected++;
    if (r->told < MANIFEST_BAD_SHOWN) {
        r->told++;
        tell_why(r, line, reason);
    }
}

static void tell_rest(struct manifest_reading *r)
{
    char words[80];
    uint64_t rest = r->facts->rejected - r->told;
    if (rest == 0)
        return;
    snprintf(words, sizeof words, "%llu more bad row%s", (unsigned long long)rest,
             rest == 1 ? "" : "s");
    tell(r, 0, words);
}

static void tell_ignored(struct manifest_reading *r)
{
    struct buf names = {0};
    const char *what = r->csv ? "column" : "key";
    size_t count = columns_ignored(r->columns, &names);
    if (count > 0) {
        struct buf words = {0};
        buf_printf(&words, "warning: unknown %s%s ignored: %s", what, count == 1 ? "" : "s",
                   buf_text(&names));
        tell(r, 0, words.data);
        buf_free(&words);
    }
    buf_free(&names);
}

const char *const manifest_format_word[] = {
    [FORMAT_CSV] = "csv", [FORMAT_JSONL] = "jsonl", [FORMAT_JSON] = "json"};

enum manifest_format manifest_format_of(const char *path)
{
    static const struct {
        const char *ending;
        enum manifest_format format;
    } table[] = {{".csv", FORMAT_CSV}, {".jsonl", FORMAT_JSONL}, {".ndjson", FORMAT_JSONL}};
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending && i < sizeof table / sizeof *table; i++)
        if (strcasecmp(ending, table[i].ending) == 0)
            return table[i].format;
    return FORMAT_AUTO;
}

static enum manifest_format format_of(const struct manifest_options *options, struct source *source)
{
    enum manifest_format format = manifest_format_of(options->path);
    if (options->format != FORMAT_AUTO)
        return options->format;
    if (format == FORMAT_CSV || format == FORMAT_JSONL)
        return format;
    int first = source_peek(source);
    const char *text;
    size_t len;
    source_ahead(source, LOOK_AHEAD, &text, &len);
    if (first != '{' && first != '[')
        return FORMAT_CSV;
    return json_is_lines(text, len) ? FORMAT_JSONL : FORMAT_JSON;
}

static enum row_state next(struct manifest_reading *r, struct row *row)
{
    return r->csv    ? csv_rows_next(r->csv, row)
           : r->json ? json_rows_next(r->json, row)
                     : jsonl_rows_next(r->jsonl, row);
}

static int refuse(struct manifest_reading *r, uint64_t line, const char *reason, struct error *err)
{
    tell_rest(r);
    tell_why(r, line, reason);
    return error_set(err, EXIT_DATA, "%s: refused", r->options->path);
}

/* What nobody sees around a value came with it from a web page or a mail, and is not meant. */
static void trim(struct cell *cell, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cell[i].len &&
            ((unsigned char)cell[i].text[0] | (unsigned char)cell[i].text[cell[i].len - 1]) & 0x80)
            cell[i].text = text_trimmed(cell[i].text, &cell[i].len);
}

/* A good row of cells: a target, or a bad row after all. -1: the table is full. */
static int take(struct manifest_reading *r, const struct row_rules *rules, struct row *row,
                struct targets *t, struct row_set *listed, struct error *err)
{
    struct row_target target;
    bool fresh;
    trim(row->cell, row->count);
    if (!row_resolve(rules, row->cell, row->count, &target, row->reason)) {
        if (target.foreign)
            return refuse(r, row->line, row->reason, err);
        tell_bad(r, row->line, row->reason);
        return 0;
    }
    uint32_t line = row->line < UINT32_MAX ? (uint32_t)row->line : UINT32_MAX;
    uint32_t at = targets_add(t, target.definition, target.id, target.id_len, target.scope,
                              target.note, target.note_len, line, &fresh, err);
    if (at == UINT32_MAX)
        return error_prefix(err, "%s:%llu", r->options->path, (unsigned long long)row->line);
    if (target.priority && targets_prioritize(t, at, target.priority, err) < 0)
        return error_prefix(err, "%s:%llu", r->options->path, (unsigned long long)row->line);
    if (row_set_has(listed, at))
        r->facts->duplicates++;
    else
        row_set_add(listed, at);
    return 0;
}

/* What the counts say once everything was read. */
static int conclude(struct manifest_reading *r, uint64_t last_line, struct error *err)
{
    const struct manifest_options *o = r->options;
    const struct manifest_facts *f = r->facts;
    unsigned long long bad = f->rejected, rows = f->rows;
    if (rows == 0 && !o->allow_empty)
        return refuse(r, last_line > 0 ? last_line : 1,
                      o->none ? o->none : "the manifest holds no row", err);
    tell_rest(r);
    if (bad > 0 && bad == rows)
        return error_set(err, EXIT_DATA, "%s: refused: none of its %llu row%s is good%s", o->path,
                         rows, rows == 1 ? "" : "s",
                         r->lists ? "; a list in each line is what --format json takes" : "");
    if (bad > 0 && !o->skip_bad_rows)
        return error_set(err, EXIT_DATA,
                         "%s: refused: %llu of %llu rows %s bad; correct or remove %s, or leave %s "
                         "out with --skip-bad-rows",
                         o->path, bad, rows, bad == 1 ? "is" : "are", bad == 1 ? "it" : "them",
                         bad == 1 ? "it" : "them");
    return 0;
}

static int read_rows(struct manifest_reading *r, struct targets *t, struct row_set *listed,
                     struct error *err)
{
    struct row_rules rules = {.catalog = r->catalog,
                              .columns = r->columns,
                              .provider = r->options->provider,
                              .others = r->options->others,
                              .scopes = r->options->scopes,
                              .identifiers = buf_text(&r->identifiers)};
    struct row row = {0};
    enum row_state state = ROW_GOOD;
    if (r->csv)
        state = csv_rows_header(r->csv, r->columns, &row);
    if (r->csv && state == ROW_GOOD)
        tell_ignored(r);
    while (state == ROW_GOOD || state == ROW_BAD) {
        state = next(r, &row);
        if (state == ROW_GOOD && take(r, &rules, &row, t, listed, err) < 0)
            return -1;
        if (state == ROW_BAD)
            tell_bad(r, row.line, row.reason);
        if (state <= ROW_LOST)
            r->facts->rows++;
    }
    if (!r->csv)
        tell_ignored(r);
    if (state == ROW_END)
        return conclude(r, source_line(r->source), err);
    if (state == ROW_LOST && r->facts->rows > 0)
        r->facts->rejected++, r->told++;
    return refuse(r, row.line, row.reason, err);
}

/* {"word": [{ */
static bool begins_list(const char *text, size_t len)
{
    static const char signs[] = "{\"\":[{";
    const char *end = text + len;
    size_t sign = 0;
    for (; text < end && signs[sign]; text++) {
        if (*text == signs[sign])
            sign++;
        else if (sign != 2 && !strchr(" \t\r\n", *text))
            return false;
    }
    return !signs[sign];
}

/* A file that is no manifest of its format at all is refused in one line. */
static int refuse_unlike(struct manifest_reading *r, struct error *err)
{
    char reason[ROW_REASON];
    const char *text;
    size_t len;
    source_ahead(r->source, LOOK_AHEAD, &text, &len);
    if (r->options->some && len < LOOK_AHEAD && source_peek(r->source) < 0)
        return refuse(
            r, 1, "empty, without even a header: did the command that was to write it fail?", err);
    if (recognize(r->columns, r->catalog, text, len, r->options->path,
                  r->facts->format == FORMAT_CSV, reason))
        return refuse(r, 1, reason, err);
    recognize_encoding(text, len, r->options->path, r->encoding);
    if (r->facts->format != FORMAT_JSONL || len == 0)
        return 0;
    r->lists = begins_list(text, len);
    int first = source_peek(r->source);
    size_t at = 0;
    while (at < len && text[at] != first)
        at++;
    at++; /* a line that holds an opening bracket alone begins no object of one line */
    while (at < len && strchr(" \t\r", text[at]))
        at++;
    bool open = first == '{' && at < len && text[at] == '\n';
    if (first == '[' || open)
        return refuse(
            r, 1, "one JSON document, and one object a line is meant: --format json takes it", err);
    if (first >= 0 && first != '{')
        return refuse(r, 1, "no JSON: one object a line is meant, and --format csv is for a table",
                      err);
    return 0;
}

int manifest_read_source(const struct manifest_options *options, struct source *source,
                         struct targets *t, struct row_set *listed, struct manifest_facts *facts,
                         struct error *err)
{
    struct manifest_reading r = {
        .options = options, .catalog = targets_catalog(t), .source = source, .facts = facts};
    *facts = (struct manifest_facts){.format = format_of(options, source)};
    r.columns = columns_new(r.catalog);
    if (options->column)
        columns_choose(r.columns, options->column);
    columns_identifiers(r.columns, &r.identifiers);
    int rc = refuse_unlike(&r, err);
    if (rc == 0 && facts->format == FORMAT_CSV)
        r.csv = csv_rows_new(source);
    else if (rc == 0 && facts->format == FORMAT_JSON)
        r.json = json_rows_new(source, r.columns, options->provider != NULL);
    else if (rc == 0)
        r.jsonl = jsonl_rows_new(source, r.columns);
    if (rc == 0)
        rc = read_rows(&r, t, listed, err);
    source_sha256(source, facts->sha256);
    csv_rows_free(r.csv);
    jsonl_rows_free(r.jsonl);
    json_rows_free(r.json);
    columns_free(r.columns);
    buf_free(&r.identifiers);
    buf_free(&r.line);
    return rc;
}

int manifest_read(const struct manifest_options *options, struct targets *t, struct row_set *listed,
                  struct manifest_facts *facts, struct error *err)
{
    *facts = (struct manifest_facts){.format = options->format};
    struct source *source = source_open(options->path, options->tell, options->tell_at, err);
    if (!source)
        return -1;
    int rc = manifest_read_source(options, source, t, listed, facts, err);
    source_free(source);
    return rc;
}
