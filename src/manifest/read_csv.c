/* CSV through libcsv 3.0.3, which is fed one physical line at a time, so that the line on which a
 * row starts is known although its quoted fields span lines:
 *
 *   1  hash,note            row 1, the header
 *   2  8f1b...,"leaked      row 2 starts here
 *   3  on Friday"           and ends here: told as line 2
 *   4                       empty: skipped
 *   5  77ad...,             row 5
 *
 * What libcsv does by itself, and what is done about it: it ends a row at a lone CR (here only LF
 * ends one; CR counts as a blank, so that CRLF works, a CR within a value stays in it and is
 * refused there); it hands out fields in a buffer that it uses again (they are copied); it grows
 * that buffer by 128 bytes (here by more); it leaves the parser in the middle of a row after an
 * error in strict mode (it is made anew).
 *
 * Where quotes are wrong: if the row stands on one line and its quotes pair up, the next line is
 * certainly the next row and this one is a bad row. Otherwise where the next row starts is a guess,
 * and the reading ends. */

#include "manifest/read_csv.h"

#include "base/mem.h"
#include "base/text.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS_MAX = 256, /* of a header; further fields of a row are counted, not kept */
    BUFFER_STEP = 1 << 14,
};

struct csv_rows {
    struct source *source;
    struct csv_parser parser;
    const struct column *column[COLUMNS_MAX];
    struct cell cell[COLUMNS_MAX];
    size_t columns;
    struct buf text; /* the fields of this row, one behind the other */
    size_t field_end[COLUMNS_MAX];
    size_t fields;
    bool complete; /* libcsv has told the end of the row */
    bool ended;
    char separator;
    struct buf line; /* one that was made over for libcsv */
    bool again;      /* the row that was read as the header is the first of a list */
    bool header;     /* there is one */
    struct columns *names;
};

static int is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int is_end(unsigned char c)
{
    return c == '\n';
}

static void *grow(void *old, size_t size)
{
    return mem_resize(old, size, 1);
}

static void parser_begin(struct csv_rows *c)
{
    csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_realloc_func(&c->parser, grow);
    csv_set_blk_size(&c->parser, BUFFER_STEP);
    csv_set_delim(&c->parser, (unsigned char)c->separator);
}

/* A CR is no row's end but before a LF. Lines without any other CR are left to libcsv's own tests,
 * which come to the same and take a fifth off the time of the whole reading. */
static void parser_suit(struct csv_rows *c, const char *text, size_t len)
{
    const char *cr = memchr(text, '\r', len);
    bool stray = cr && !((size_t)(cr - text) + 2 == len && text[len - 1] == '\n');
    csv_set_space_func(&c->parser, stray ? is_blank : NULL);
    csv_set_term_func(&c->parser, stray ? is_end : NULL);
}

static void on_field(void *text, size_t len, void *at)
{
    struct csv_rows *c = at;
    if (c->fields < COLUMNS_MAX) {
        buf_put(&c->text, text, len);
        c->field_end[c->fields] = c->text.len;
    }
    c->fields++;
}

static void on_row(int end, void *at)
{
    (void)end;
    ((struct csv_rows *)at)->complete = true;
}

struct csv_rows *csv_rows_new(struct source *s)
{
    struct csv_rows *c = mem_zalloc(1, sizeof *c);
    c->source = s;
    c->separator = ',';
    parser_begin(c);
    return c;
}

void csv_rows_free(struct csv_rows *c)
{
    if (!c)
        return;
    csv_free(&c->parser);
    buf_free(&c->text);
    buf_free(&c->line);
    free(c);
}

/* What is wrong with the bytes of a line, or NULL. */
static const char *bytes_wrong(const char *text, size_t len)
{
    if (memchr(text, '\0', len))
        return "a NUL byte (a file in UTF-16? UTF-8 is needed)";
    if (!text_is_utf8(text, len))
        return MANIFEST_NO_UTF8;
    return NULL;
}

static bool quotes_pair_up(const char *text, size_t len)
{
    size_t quotes = 0;
    for (size_t i = 0; i < len; i++)
        quotes += text[i] == '"';
    return quotes % 2 == 0;
}

/* A spreadsheet keeps a text that looks like a number as ="12345": without its equals sign that is
 * a quoted field. NULL where the line has none. */
static const char *without_equals(struct csv_rows *c, const char *text, size_t *len)
{
    const char *end = text + *len, *at = memmem(text, *len, "=\"", 2);
    if (!at || c->parser.quoted)
        return NULL;
    buf_clear(&c->line);
    for (const char *from = text; from < end; from = at) {
        at = memmem(from, (size_t)(end - from), "=\"", 2);
        at = at ? at : end;
        buf_put(&c->line, from, (size_t)(at - from));
        if (at < end && (at == text || at[-1] == c->separator))
            at++;
        else if (at < end)
            buf_putc(&c->line, *at++);
    }
    *len = c->line.len;
    return c->line.data;
}

/* A line to libcsv; `first`: the row starts with it. */
static enum row_state feed(struct csv_rows *c, const char *text, size_t len, bool first,
                           struct row *out)
{
    const char *plain = without_equals(c, text, &len);
    text = plain ? plain : text;
    parser_suit(c, text, len);
    if (csv_parse(&c->parser, text, len, on_field, on_row, c) == len)
        return ROW_GOOD;
    csv_free(&c->parser);
    parser_begin(c);
    if (first && quotes_pair_up(text, len))
        return row_say(out, ROW_BAD, "a quote in the middle of a value");
    return row_say(out, ROW_LOST, "quotes that do not pair up: where the row ends cannot be known");
}

/* The last row may lack its line end. */
static enum row_state finish(struct csv_rows *c, struct row *out)
{
    c->ended = true;
    if (csv_fini(&c->parser, on_field, on_row, c) != 0)
        return row_say(out, ROW_LOST, "a quote is opened here and never closed");
    return c->complete ? ROW_GOOD : ROW_END;
}

/* The next row's fields into c->text; ROW_BAD and below with their reason. */
static enum row_state read_fields(struct csv_rows *c, struct row *out)
{
    const char *wrong = NULL, *text;
    size_t len, row_len = 0;
    buf_clear(&c->text);
    c->fields = 0;
    c->complete = false;
    while (!c->complete) {
        bool first = row_len == 0;
        enum row_state row = ROW_GOOD;
        enum source_state state = source_next(c->source, &text, &len);
        if (first || state == SOURCE_FAILED)
            out->line = source_line(c->source);
        if (state == SOURCE_FAILED)
            return row_say(out, ROW_FAILED, source_reason(c->source));
        if (state == SOURCE_LONG || (state == SOURCE_LINE && row_len + len > MANIFEST_LINE_MAX + 1))
            return row_say(out, ROW_LOST,
                           first ? "a row of more than 1 MiB"
                                 : "a row of more than 1 MiB: a quote that is never closed?");
        if (state == SOURCE_END) {
            row = finish(c, out);
        } else {
            const char *why = bytes_wrong(text, len);
            wrong = wrong ? wrong : why;
            row = feed(c, text, len, first, out);
        }
        if (row != ROW_GOOD)
            return row;
        bool empty = !c->complete && !c->parser.quoted;
        row_len = empty ? 0 : row_len + len;
    }
    return wrong ? row_say(out, ROW_BAD, wrong) : ROW_GOOD;
}

static void cells_of(const struct csv_rows *c, struct cell cell[COLUMNS_MAX])
{
    size_t from = 0, kept = c->fields < COLUMNS_MAX ? c->fields : COLUMNS_MAX;
    for (size_t i = 0; i < kept; i++) {
        cell[i].text = buf_text(&c->text) + from;
        cell[i].len = c->field_end[i] - from;
        from = c->field_end[i];
    }
}

static bool is_blank_text(const char *text, size_t len)
{
    text_trimmed(text, &len);
    return len == 0;
}

/* The next row of which any field holds something. */
static enum row_state read_some(struct csv_rows *c, struct row *out)
{
    enum row_state state;
    do
        state = read_fields(c, out);
    while (state == ROW_GOOD && is_blank_text(buf_text(&c->text), c->text.len));
    return state;
}

/* The separator that a line `sep=;`, or "sep=;", says; '\0' where it is none. A letter, a digit or
 * what identifiers are made of separates nothing. */
static char said_separator(const char *text, size_t len)
{
    while (len && strchr("\r\"", text[len - 1]) && text[len - 1])
        len--;
    if (len && *text == '"') {
        text++;
        len--;
    }
    bool sep = len == 5 && strncasecmp(text, "sep=", 4) == 0;
    bool good = sep && (strchr(",;|:^~!#$&*/", text[4]) || text[4] == '\t') && text[4];
    return good ? text[4] : '\0';
}

static bool holds_nothing(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!text[i] || !strchr(",;\t| \r\"", text[i]))
            return false;
    return true;
}

/* Which character separates the fields: `sep=;`, or whichever makes a header of the first line that
 * holds anything. */
static void find_separator(struct csv_rows *c, struct columns *columns)
{
    static const char candidates[] = ",;\t|";
    const char *text, *line;
    size_t len, first, passed = 0;
    source_ahead(c->source, MANIFEST_LINE_MAX / 2, &text, &len);
    for (;; passed++) {
        const char *lf = memchr(text, '\n', len);
        first = lf ? (size_t)(lf - text) : len;
        if (!lf || !holds_nothing(text, first))
            break;
        text += first + 1;
        len -= first + 1;
    }
    char said = said_separator(text, first);
    if (said)
        c->separator = said;
    for (size_t i = 0; i < sizeof candidates - 1 && !said; i++) {
        if (columns_in_line(columns, text, first, candidates[i])) {
            c->separator = candidates[i];
            break;
        }
    }
    for (passed += said != '\0'; passed; passed--)
        source_next(c->source, &line, &len);
    csv_set_delim(&c->parser, (unsigned char)c->separator);
}

/* The columns that are there, as a person sees them: "Key Hash, Name and Created At". */
static void put_found(const struct csv_rows *c, struct buf *out)
{
    enum { SHOWN = 6 };
    size_t shown = c->columns < SHOWN ? c->columns : SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const char *name = c->column[i]->name ? c->column[i]->name : "(unnamed)";
        buf_printf(out, "%s%s", i == 0 ? "" : ", ", name);
    }
    if (shown < c->columns)
        buf_printf(out, " and %zu more", c->columns - shown);
}

/* What is wrong with the columns of a header, or ROW_GOOD. */
static enum row_state check_header(const struct csv_rows *c, struct columns *columns,
                                   struct row *at)
{
    bool identifier = false;
    for (size_t i = 0; i < c->columns; i++) {
        const struct column *one = c->column[i];
        identifier |= column_identifies(one) || columns_answers_chosen(columns, one);
        for (size_t k = 0; k < i && one->role != COLUMN_IGNORED; k++) {
            if (c->column[k] == one) {
                snprintf(at->reason, sizeof at->reason, "the column %s is there twice", one->name);
                return ROW_LOST;
            }
        }
    }
    if (identifier)
        return ROW_GOOD;
    struct buf names = {0}, found = {0};
    const struct column *chosen = columns_chosen(columns);
    columns_identifiers(columns, &names);
    put_found(c, &found);
    snprintf(at->reason, sizeof at->reason,
             chosen ? "no column %s: found %s"
                    : "no header with a column for identifiers (%s): found %s; --column NAME says "
                      "which one holds them",
             buf_text(&names), buf_text(&found));
    buf_free(&names);
    buf_free(&found);
    return ROW_LOST;
}

/* One column, and what stands in the header's place is no name of one: a list of what was chosen.
 */
static bool is_list(struct csv_rows *c, struct columns *columns)
{
    const struct column *chosen = columns_chosen(columns);
    size_t len = c->cell[0].len;
    const char *name = text_trimmed(c->cell[0].text, &len);
    if (!chosen || c->columns != 1 || columns_knows(columns, name, len) ||
        !columns_is_identifier(columns, name, len))
        return false;
    c->column[0] = chosen;
    c->again = true;
    return true;
}

enum row_state csv_rows_header(struct csv_rows *c, struct columns *columns, struct row *at)
{
    find_separator(c, columns);
    enum row_state state = read_some(c, at);
    if (state == ROW_BAD)
        return ROW_LOST;
    if (state != ROW_GOOD)
        return state;
    if (c->fields > COLUMNS_MAX)
        return row_say(at, ROW_LOST, "a header of more than 256 columns");
    if (memchr(buf_text(&c->text), '\r', c->text.len))
        return row_say(at, ROW_LOST, "lines end in CR alone: LF or CRLF is needed");
    cells_of(c, c->cell);
    c->columns = c->fields;
    if (is_list(c, columns))
        return ROW_GOOD;
    c->header = true;
    c->names = columns;
    for (size_t i = 0; i < c->columns; i++) {
        c->column[i] = columns_find(columns, c->cell[i].text, c->cell[i].len);
    }
    return check_header(c, columns, at);
}

/* A spreadsheet ends rows with separators that the header lacks, or the other way round. What has
 * neither a name nor a value is not there. */
static bool fields_fit(struct csv_rows *c)
{
    size_t first = c->columns < c->fields ? c->columns : c->fields;
    for (size_t i = first; i < c->fields && i < COLUMNS_MAX; i++)
        if (c->cell[i].len)
            return false;
    for (size_t i = first; i < c->columns; i++) {
        if (c->column[i]->role != COLUMN_IGNORED || c->column[i]->name)
            return false;
        c->cell[i] = (struct cell){.text = ""};
    }
    return c->fields <= COLUMNS_MAX;
}

/* Files that were put one behind the other: the header once more. Of a list without one, never. */
static bool is_header_again(const struct csv_rows *c)
{
    for (size_t i = 0; i < c->columns; i++) {
        const char *name = c->column[i]->name;
        if ((name ? strlen(name) : 0) != c->cell[i].len ||
            (name && strncasecmp(name, c->cell[i].text, c->cell[i].len) != 0))
            return false;
    }
    return c->header;
}

/* The header of another table: each field is the name of a column. */
static bool is_other_header(const struct csv_rows *c)
{
    bool identifies = false;
    if (!c->header || c->fields < 2)
        return false;
    for (size_t i = 0; i < c->fields && i < COLUMNS_MAX; i++) {
        if (!columns_knows(c->names, c->cell[i].text, c->cell[i].len))
            return false;
        identifies |= columns_identifies(c->names, c->cell[i].text, c->cell[i].len);
    }
    return identifies;
}

enum row_state csv_rows_next(struct csv_rows *c, struct row *out)
{
    enum row_state state = ROW_GOOD;
    do {
        if (c->ended && !c->again) {
            out->line = source_line(c->source);
            return ROW_END;
        }
        if (!c->again)
            state = read_some(c, out);
        c->again = false;
        if (state != ROW_GOOD)
            return state;
        cells_of(c, c->cell);
    } while (c->fields == c->columns && is_header_again(c));
    if (is_other_header(c))
        return row_say(out, ROW_LOST,
                       "a header once more, with other columns: what stands below it is another "
                       "manifest");
    if (c->fields != c->columns && !fields_fit(c)) {
        snprintf(out->reason, sizeof out->reason, "%zu field%s, and the header has %zu", c->fields,
                 c->fields == 1 ? "" : "s", c->columns);
        return ROW_BAD;
    }
    for (size_t i = 0; i < c->columns; i++)
        c->cell[i].column = c->column[i];
    out->cell = c->cell;
    out->count = c->columns;
    return ROW_GOOD;
}
