/* A JSON document of any size: its rows are cut out where they stand, and only one is in memory.
 *
 *   {"object":"list","data":[{"hash":"8f1b..."},{"hash":"77ad..."}],"has_more":false}
 *                            ^ a row            ^ a row
 *
 * An object is a list where it holds an array of objects before anything that is called as an
 * identifier; else it is a row itself. Which it is can be known only as it goes, so its members are
 * kept until then. What is out of the ordinary is cut out for jansson; what is passed over is only
 * held to pair up its brackets and quotes. */

#include "manifest/read_json.h"

#include "base/buf.h"
#include "base/mem.h"
#include "manifest/json_cells.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NESTED_MOST = 512 };

enum where { TOP, IN_OBJECT, IN_ARRAY };

struct json_rows {
    struct source *source;
    struct columns *columns;
    struct json_cells *cells;
    bool texts;
    const char *at, *end; /* of the block */
    uint64_t line;
    bool failed, lost;
    char reason[120];

    enum where where;
    bool listed, identified; /* of the object: it held a list, it held an identifier, */
    bool empty;              /* it held an array without elements */
    bool some;               /* of the array or the object: something stood in it before */
    struct buf key, members, value;
};

struct json_rows *json_rows_new(struct source *s, struct columns *columns, bool texts)
{
    struct json_rows *j = mem_zalloc(1, sizeof *j);
    j->source = s;
    j->columns = columns;
    j->cells = json_cells_new(columns);
    j->texts = texts || columns_chosen(columns);
    j->line = 1;
    return j;
}

void json_rows_free(struct json_rows *j)
{
    if (!j)
        return;
    json_cells_free(j->cells);
    buf_free(&j->key);
    buf_free(&j->members);
    buf_free(&j->value);
    free(j);
}

/* Bytes */

/* The next one, which stays; -1 at the end, and where the source fails. */
static int peek(struct json_rows *j)
{
    size_t len;
    while (j->at == j->end) {
        enum source_state state = source_block(j->source, &j->at, &len);
        if (state != SOURCE_LINE) {
            j->failed |= state == SOURCE_FAILED;
            j->at = j->end = NULL;
            return -1;
        }
        j->end = j->at + len;
    }
    return (unsigned char)*j->at;
}

static void step(struct json_rows *j)
{
    j->line += *j->at++ == '\n';
}

static int peek_word(struct json_rows *j)
{
    int c;
    while ((c = peek(j)) == ' ' || c == '\t' || c == '\r' || c == '\n')
        step(j);
    return c;
}

static bool lose(struct json_rows *j, const char *why)
{
    j->lost = true;
    snprintf(j->reason, sizeof j->reason, "%s", why);
    return false;
}

static bool expect(struct json_rows *j, char what, const char *why)
{
    int c = peek_word(j);
    if (c != what)
        return lose(j, c < 0 ? "the document ends in the middle" : why);
    step(j);
    return true;
}

static bool keep(struct json_rows *j, const char *from, struct buf *out)
{
    size_t n = (size_t)(j->at - from);
    if (out && out->len + n > MANIFEST_LINE_MAX)
        return lose(j, "an object of more than 1 MiB");
    if (out)
        buf_put(out, from, n);
    return true;
}

/* A text in quotes, the first of which is next. */
static bool cut_text(struct json_rows *j, struct buf *out)
{
    bool escaped = false, first = true;
    while (peek(j) >= 0) {
        const char *from = j->at;
        bool closed = false;
        for (; j->at < j->end && !closed; j->at++) {
            char c = *j->at;
            closed = c == '"' && !escaped && !first;
            j->line += c == '\n';
            escaped = c == '\\' && !escaped;
            first = false;
        }
        if (!keep(j, from, out))
            return false;
        if (closed)
            return true;
    }
    return lose(j, "the document ends within a text");
}

/* A number, true, false or null. */
static bool cut_word(struct json_rows *j, struct buf *out)
{
    size_t had = 0;
    int c;
    while ((c = peek(j)) >= 0 && (!c || !strchr(" \t\r\n,]}:[{\"", c))) {
        const char *from = j->at;
        step(j);
        had++;
        if (!keep(j, from, out))
            return false;
    }
    return had ? true : lose(j, "a value is missing");
}

/* A value whole, whatever it is. */
static bool cut(struct json_rows *j, struct buf *out)
{
    char open[NESTED_MOST];
    unsigned depth = 0;
    do {
        int blank = peek(j), c = peek_word(j);
        const char *from = j->at;
        bool good = true;
        if (out && out->len && blank != c)
            buf_putc(out, ' '); /* 1 2 is not 12 */
        if (c < 0)
            return lose(j, "the document ends in the middle");
        if (c == '{' || c == '[') {
            if (depth == NESTED_MOST)
                return lose(j, "nested too deeply");
            open[depth++] = c == '{' ? '}' : ']';
            step(j);
            good = keep(j, from, out);
        } else if (c == '}' || c == ']' || c == ',' || c == ':') {
            bool closes = c == '}' || c == ']';
            if (!depth || (closes && open[depth - 1] != c))
                return lose(j, "brackets that do not pair up");
            depth -= closes;
            step(j);
            good = keep(j, from, out);
        } else {
            good = c == '"' ? cut_text(j, out) : cut_word(j, out);
        }
        if (!good)
            return false;
    } while (depth);
    return true;
}

/* Rows */

static enum row_state say_lost(struct json_rows *j, struct row *out)
{
    out->line = j->line;
    if (j->failed)
        return row_say(out, ROW_FAILED, source_reason(j->source));
    return row_say(out, ROW_LOST, j->reason);
}

static enum row_state read_object(struct json_rows *j, struct row *out)
{
    return json_cells_read(j->cells, buf_text(&j->value), j->value.len, out);
}

static const struct column *text_column(struct json_rows *j)
{
    const struct column *chosen = columns_chosen(j->columns);
    return chosen ? chosen : columns_find(j->columns, "id", 2);
}

/* The array's next element, or its end: false for the end, or where all is lost. */
static bool take_element(struct json_rows *j, struct row *out, enum row_state *state)
{
    int c = peek_word(j);
    if (c == ']') {
        step(j);
        j->where = j->listed ? IN_OBJECT : TOP;
        j->some = true;
        return false;
    }
    if (j->some && !expect(j, ',', "a comma is missing between two elements"))
        return false;
    j->some = true;
    c = peek_word(j);
    out->line = j->line;
    size_t lines;
    const char *end =
        c == '{' ? json_cells_begin(j->cells, j->at, (size_t)(j->end - j->at), out, &lines) : NULL;
    if (end) {
        j->at = end;
        j->line += lines;
        *state = ROW_GOOD;
        return true;
    }
    buf_clear(&j->value);
    if (!cut(j, &j->value))
        return false;
    if (c == '{')
        *state = read_object(j, out);
    else if (c == '"' && j->texts)
        *state = json_cells_text(j->cells, text_column(j), buf_text(&j->value), j->value.len, out);
    else
        *state = row_say(
            out, ROW_BAD,
            c == '"' && columns_is_secret(j->columns, buf_text(&j->value) + 1, j->value.len - 2)
                ? "a text that looks like a raw secret, which is not shown: rescind "
                  "match makes a manifest of raw keys"
            : c == '"' ? "a text, and an object is needed: say with --column what it is"
                       : "neither an object nor a text");
    return true;
}

static bool is_identifier(struct json_rows *j)
{
    const char *key = buf_text(&j->key) + 1;
    return column_identifies(columns_find(j->columns, key, j->key.len - 2));
}

/* An array that may be the list: its opening is passed, and its first element is next. */
static bool take_array(struct json_rows *j)
{
    step(j);
    int c = peek_word(j);
    bool list = c == '{' || (c == '"' && j->texts);
    if (!list || j->identified) {
        buf_putc(&j->members, '[');
        bool some = false;
        while ((c = peek_word(j)) != ']') {
            if (some && !expect(j, ',', "a comma is missing between two elements"))
                return false;
            if (some)
                buf_putc(&j->members, ',');
            some = true;
            if (!cut(j, &j->members))
                return false;
        }
        step(j);
        buf_putc(&j->members, ']');
        j->empty |= !some;
        return true;
    }
    if (j->listed)
        return lose(j, "two arrays of objects: which one holds the keys?");
    j->listed = true;
    j->where = IN_ARRAY;
    j->some = false;
    return true;
}

/* One member; a list opens where where says so afterwards. */
static bool take_member(struct json_rows *j)
{
    if (j->some && !expect(j, ',', "a comma is missing between two members"))
        return false;
    if (j->some)
        buf_putc(&j->members, ',');
    j->some = true;
    if (peek_word(j) != '"')
        return lose(j, "a key is missing");
    buf_clear(&j->key);
    if (!cut_text(j, &j->key) || !expect(j, ':', "a colon is missing"))
        return false;
    buf_put(&j->members, j->key.data, j->key.len);
    buf_putc(&j->members, ':');
    int c = peek_word(j);
    if (c == '[')
        return take_array(j);
    if (!cut(j, j->listed ? NULL : &j->members))
        return false;
    j->identified |= !j->listed && (c == '"' || strchr("-0123456789", c)) && is_identifier(j);
    if (j->listed)
        buf_clear(&j->members);
    return true;
}

/* The object's members up to a list or its end; true where it is a row itself. */
static bool take_object(struct json_rows *j, struct row *out, enum row_state *state)
{
    while (j->where == IN_OBJECT && !j->lost && !j->failed) {
        if (peek_word(j) != '}') {
            if (!take_member(j))
                return false;
            continue;
        }
        step(j);
        j->where = TOP;
        if (j->listed || (j->empty && !j->identified))
            return false;
        buf_clear(&j->value);
        buf_putc(&j->value, '{');
        buf_put(&j->value, buf_text(&j->members), j->members.len);
        buf_putc(&j->value, '}');
        *state = read_object(j, out);
        return true;
    }
    return false;
}

static bool begin_value(struct json_rows *j, struct row *out)
{
    int c = peek_word(j);
    if (c != '{' && c != '[')
        return lose(j, "not JSON: an object or an array is needed");
    step(j);
    out->line = j->line;
    j->where = c == '{' ? IN_OBJECT : IN_ARRAY;
    j->some = j->listed = j->identified = j->empty = false;
    buf_clear(&j->members);
    return true;
}

enum row_state json_rows_next(struct json_rows *j, struct row *out)
{
    enum row_state state = ROW_END;
    for (;;) {
        if (j->failed || j->lost)
            return say_lost(j, out);
        if (j->where == TOP && peek_word(j) < 0) {
            out->line = j->line;
            return j->failed ? say_lost(j, out) : ROW_END;
        }
        if (j->where == TOP && !begin_value(j, out))
            continue;
        if (j->where == IN_OBJECT ? take_object(j, out, &state) : take_element(j, out, &state))
            return state;
    }
}

bool json_is_lines(const char *text, size_t len)
{
    const char *end = text + len, *line = text;
    while (line < end && strchr(" \t\r\n", *line))
        line++;
    const char *lf = memchr(line, '\n', (size_t)(end - line));
    if (line == end || *line != '{' || !lf)
        return false;
    const char *last = lf, *next = lf;
    while (last > line && strchr(" \t\r\n", last[-1]))
        last--;
    while (next < end && strchr(" \t\r\n", *next))
        next++;
    return last[-1] == '}' && next < end && *next == '{';
}
