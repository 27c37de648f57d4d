/* JSONL through jansson, a line at a time. Lines are independent of each other, so a bad one, even
 * one that is too long, never hides the next.
 *
 *   {"provider":"requesty","id":"6f1c0f0e-...","note":"left the company"}
 *
 * Why a line is no JSON is told by jansson's error code and column only: its text quotes the line.
 * Our keys hold strings (null is as good as absent); other keys hold what they like, and every text
 * in them is handed on all the same, for a raw secret makes a row bad wherever it is. */

#include "base/mem.h"
#include "base/text.h"
#include "manifest/readers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jsonl_rows {
    struct source *source;
    struct columns *columns;
    json_t *object;
    struct cell *cell; /* of the row: count of them, room for cells */
    size_t count, cells;
};

struct jsonl_rows *jsonl_rows_new(struct source *s, struct columns *columns)
{
    struct jsonl_rows *j = mem_zalloc(1, sizeof *j);
    j->source = s;
    j->columns = columns;
    return j;
}

void jsonl_rows_free(struct jsonl_rows *j)
{
    if (!j)
        return;
    json_decref(j->object);
    free(j->cell);
    free(j);
}

static bool is_blank_line(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    return true;
}

static enum row_state not_json(struct row *out, const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        const char *reason;
    } table[] = {
        {json_error_duplicate_key, "a key that is there twice"},
        {json_error_null_character, "a NUL character in a text"},
        {json_error_end_of_input_expected, "something after the object: one object a line"},
        {json_error_premature_end_of_input, "the object does not end on its line"},
        {json_error_invalid_utf8, "not UTF-8"},
        {json_error_stack_overflow, "nested too deeply"},
    };
    const char *reason = "not a JSON object";
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (json_error_code(error) == table[i].code)
            reason = table[i].reason;
    snprintf(out->reason, sizeof out->reason, "%s (column %d)", reason, error->column);
    return ROW_BAD;
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    default:
        return "a boolean";
    }
}

static void add_cell(struct jsonl_rows *j, const struct column *column, const char *text,
                     size_t len)
{
    if (j->count == j->cells) {
        j->cells = j->cells ? 2 * j->cells : 16;
        j->cell = mem_resize(j->cell, j->cells, sizeof *j->cell);
    }
    j->cell[j->count++] = (struct cell){column, text, len};
}

/* What an ignored key holds: jansson has bounded how deep. */
static void add_ignored(struct jsonl_rows *j, const struct column *column, json_t *value)
{
    const char *key;
    json_t *inner;
    size_t at;
    if (json_is_string(value))
        add_cell(j, column, json_string_value(value), json_string_length(value));
    json_array_foreach(value, at, inner)
    {
        add_ignored(j, column, inner);
    }
    json_object_foreach(value, key, inner)
    {
        add_cell(j, column, key, strlen(key));
        add_ignored(j, column, inner);
    }
}

static enum row_state cells_of(struct jsonl_rows *j, struct row *out)
{
    const char *key;
    json_t *value;
    j->count = 0;
    json_object_foreach(j->object, key, value)
    {
        const struct column *column = columns_find(j->columns, key, strlen(key));
        if (column->role == COLUMN_IGNORED) {
            add_ignored(j, column, value);
        } else if (json_is_string(value)) {
            add_cell(j, column, json_string_value(value), json_string_length(value));
        } else if (!json_is_null(value)) {
            snprintf(out->reason, sizeof out->reason, "%s is %s, and a string is needed",
                     column->name, type_name(value));
            return ROW_BAD;
        }
    }
    out->cell = j->cell;
    out->count = j->count;
    return ROW_GOOD;
}

static enum row_state line_read(struct jsonl_rows *j, const char *text, size_t len, struct row *out)
{
    json_error_t error;
    if (memchr(text, '\0', len))
        return row_say(out, ROW_BAD, "a NUL byte (a file in UTF-16? UTF-8 is needed)");
    if (!text_is_utf8(text, len))
        return row_say(out, ROW_BAD, "not UTF-8");
    j->object = json_loadb(text, len - (text[len - 1] == '\n'), JSON_REJECT_DUPLICATES, &error);
    if (!j->object)
        return not_json(out, &error);
    if (!json_is_object(j->object))
        return row_say(out, ROW_BAD, "a JSON array, and one object a line is needed");
    return cells_of(j, out);
}

enum row_state jsonl_rows_next(struct jsonl_rows *j, struct row *out)
{
    const char *text;
    size_t len;
    json_decref(j->object);
    j->object = NULL;
    for (;;) {
        enum source_state state = source_next(j->source, &text, &len);
        out->line = source_line(j->source);
        switch (state) {
        case SOURCE_END:
            return ROW_END;
        case SOURCE_FAILED:
            return row_say(out, ROW_FAILED, source_reason(j->source));
        case SOURCE_LONG:
            return row_say(out, ROW_BAD, "a line of more than 1 MiB");
        case SOURCE_LINE:
            if (!is_blank_line(text, len))
                return line_read(j, text, len, out);
        }
    }
}
