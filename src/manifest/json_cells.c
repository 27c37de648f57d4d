#include "manifest/json_cells.h"

#include "base/mem.h"
#include "base/text.h"
#include "manifest/json_quick.h"
#include "manifest/source.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEYS_KEPT = 32,
    NUMBER_MOST = 20, /* characters of an integer */
};

struct json_cells {
    struct columns *columns;
    struct json_quick quick; /* and the row's cells, whoever read them */
    json_t *value;
    struct buf digits; /* of the row's numbers */
    struct {
        char key[40];
        size_t len;
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
    json_quick_free(&j->quick);
    buf_free(&j->digits);
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
        {json_error_invalid_utf8, MANIFEST_NO_UTF8},
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
    json_quick_add(&j->quick, text, len)->column = column;
}

/* j->digits has room for it. */
static void add_number(struct json_cells *j, const struct column *column, json_int_t n)
{
    size_t from = j->digits.len;
    buf_printf(&j->digits, "%" JSON_INTEGER_FORMAT, n);
    add_cell(j, column, j->digits.data + from, j->digits.len - from);
    j->quick.cell[j->quick.count - 1].number = true;
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
static const struct column *column_of(struct json_cells *j, size_t place, const char *key,
                                      size_t len)
{
    if (place < KEYS_KEPT && j->before[place].column && j->before[place].len == len &&
        memcmp(j->before[place].key, key, len) == 0)
        return j->before[place].column;
    const struct column *column = columns_find(j->columns, key, len);
    if (place < KEYS_KEPT && len < sizeof j->before[place].key) {
        memcpy(j->before[place].key, key, len);
        j->before[place].len = len;
        j->before[place].column = column;
    }
    return column;
}

static bool takes_number(const struct column *column)
{
    return column_identifies(column) || column->role == COLUMN_PRIORITY;
}

static enum row_state row_of(struct json_cells *j, struct row *out)
{
    out->cell = j->quick.cell;
    out->count = j->quick.count;
    return ROW_GOOD;
}

static enum row_state cells_of(struct json_cells *j, struct row *out)
{
    const char *key;
    json_t *value;
    size_t place = 0;
    j->quick.count = 0;
    buf_clear(&j->digits);
    buf_room(&j->digits, json_object_size(j->value) * NUMBER_MOST + 1);
    json_object_foreach(j->value, key, value)
    {
        const struct column *column = column_of(j, place++, key, strlen(key));
        if (column->role == COLUMN_IGNORED) {
            add_ignored(j, column, value);
        } else if (json_is_string(value)) {
            add_cell(j, column, json_string_value(value), json_string_length(value));
        } else if (json_is_integer(value) && takes_number(column)) {
            add_number(j, column, json_integer_value(value));
        } else if (!json_is_null(value)) {
            snprintf(out->reason, sizeof out->reason, "%s is %s, and a string is needed",
                     column->name, type_name(value));
            return ROW_BAD;
        }
    }
    return row_of(j, out);
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
        return row_say(out, ROW_BAD, MANIFEST_NO_UTF8);
    j->value = json_loadb(text, len, JSON_REJECT_DUPLICATES | flags, &error);
    return j->value ? ROW_GOOD : not_json(out, &error);
}

/* Gives each cell of the object its column; false where something must be told. */
static bool assign(struct json_cells *j)
{
    struct json_quick *q = &j->quick;
    size_t at = 0;
    for (size_t i = 0; i < q->members; i++) {
        const struct quick_member *m = &q->member[i];
        const struct column *column = column_of(j, i, m->key, m->key_len);
        bool ignored = column->role == COLUMN_IGNORED;
        if (!ignored &&
            (m->kind == QUICK_OTHER || (m->kind == QUICK_INTEGER && !takes_number(column))))
            return false;
        for (; at < m->cells; at++) {
            q->cell[at].column = column;
            if (ignored && m->kind == QUICK_INTEGER)
                q->cell[at].len = 0;
        }
    }
    return true;
}

const char *json_cells_begin(struct json_cells *j, const char *text, size_t len, struct row *out,
                             size_t *lines)
{
    const char *end = json_quick(&j->quick, text, len);
    if (!end || (size_t)(end - text) > MANIFEST_LINE_MAX || !assign(j))
        return NULL;
    *lines = j->quick.scan.lines;
    row_of(j, out);
    return end;
}

static bool is_blank(const char *text, const char *end)
{
    while (text < end && strchr(" \t\r\n", *text) && *text)
        text++;
    return text == end;
}

enum row_state json_cells_read(struct json_cells *j, const char *text, size_t len, struct row *out)
{
    const char *end = json_quick(&j->quick, text, len);
    if (end && is_blank(end, text + len) && assign(j))
        return row_of(j, out);
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
    j->quick.count = 0;
    add_cell(j, column, json_string_value(j->value), json_string_length(j->value));
    return row_of(j, out);
}
