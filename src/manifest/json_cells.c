#include "manifest/json_cells.h"

#include "base/mem.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_KEPT = 32 };

struct json_cells {
    struct columns *columns;
    json_t *value;
    struct cell *cell; /* of the row: count of them, room for cells */
    size_t count, cells;
    char digits[32]; /* of an identifier that is a number */
    struct {
        char key[40];
        const struct column *column;
    } before[KEYS_KEPT]; /* what the keys of the last object were, in order */
};

struct json_cells *json_cells_new(struct columns *columns)
{
    struct json_cells *j = mem_zalloc(1, sizeof *j);
    j->columns = columns;
    return j;
}

void json_cells_free(struct json_cells *j)
{
    if (!j)
        return;
    json_decref(j->value);
    free(j->cell);
    free(j);
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

static void add_cell(struct json_cells *j, const struct column *column, const char *text,
                     size_t len)
{
    if (j->count == j->cells) {
        j->cells = j->cells ? 2 * j->cells : 16;
        j->cell = mem_resize(j->cell, j->cells, sizeof *j->cell);
    }
    j->cell[j->count++] = (struct cell){.column = column, .text = text, .len = len};
}

static void add_number(struct json_cells *j, const struct column *column, json_int_t n)
{
    snprintf(j->digits, sizeof j->digits, "%" JSON_INTEGER_FORMAT, n);
    add_cell(j, column, j->digits, strlen(j->digits));
    j->cell[j->count - 1].number = true;
}

/* What an ignored key holds: jansson has bounded how deep. */
static void add_ignored(struct json_cells *j, const struct column *column, json_t *value)
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

/* Objects of one file have the same keys in the same order, nearly always. */
static const struct column *column_of(struct json_cells *j, size_t place, const char *key)
{
    if (place < KEYS_KEPT && strcmp(j->before[place].key, key) == 0 && j->before[place].column)
        return j->before[place].column;
    size_t len = strlen(key);
    const struct column *column = columns_find(j->columns, key, len);
    if (place < KEYS_KEPT && len < sizeof j->before[place].key) {
        memcpy(j->before[place].key, key, len + 1);
        j->before[place].column = column;
    }
    return column;
}

static enum row_state cells_of(struct json_cells *j, struct row *out)
{
    const char *key;
    json_t *value;
    size_t place = 0;
    j->count = 0;
    json_object_foreach(j->value, key, value)
    {
        const struct column *column = column_of(j, place++, key);
        if (column->role == COLUMN_IGNORED) {
            add_ignored(j, column, value);
        } else if (json_is_string(value)) {
            add_cell(j, column, json_string_value(value), json_string_length(value));
        } else if (json_is_integer(value) &&
                   (column_identifies(column) || column->role == COLUMN_PRIORITY)) {
            add_number(j, column, json_integer_value(value));
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

/* The value into j->value, in place of the last one. */
static enum row_state parse(struct json_cells *j, const char *text, size_t len, size_t flags,
                            struct row *out)
{
    json_error_t error;
    json_decref(j->value);
    j->value = NULL;
    if (memchr(text, '\0', len))
        return row_say(out, ROW_BAD, "a NUL byte (a file in UTF-16? UTF-8 is needed)");
    if (!text_is_utf8(text, len))
        return row_say(out, ROW_BAD, "not UTF-8");
    j->value = json_loadb(text, len, JSON_REJECT_DUPLICATES | flags, &error);
    return j->value ? ROW_GOOD : not_json(out, &error);
}

enum row_state json_cells_read(struct json_cells *j, const char *text, size_t len, struct row *out)
{
    if (parse(j, text, len, 0, out) != ROW_GOOD)
        return ROW_BAD;
    if (!json_is_object(j->value))
        return row_say(out, ROW_BAD, "a JSON array, and one object a line is needed");
    return cells_of(j, out);
}

enum row_state json_cells_text(struct json_cells *j, const struct column *column, const char *text,
                               size_t len, struct row *out)
{
    if (parse(j, text, len, JSON_DECODE_ANY, out) != ROW_GOOD)
        return ROW_BAD;
    j->count = 0;
    add_cell(j, column, json_string_value(j->value), json_string_length(j->value));
    out->cell = j->cell;
    out->count = j->count;
    return ROW_GOOD;
}
