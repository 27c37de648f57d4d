/* Whatever the quick reading of an object takes, jansson takes as well, and finds the same in it:
 * the same keys in the same order, their values, and every text and key of nested ones. And of any
 * text the tree is jansson's own. */

#include "fuzz.h"

#include "manifest/json_quick.h"
#include "provider/json_tree.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cell *must_be(const struct cell *cell, const char *text, size_t len)
{
    MUST(!cell->number && cell->len == len && memcmp(cell->text, text, len) == 0);
    return cell + 1;
}

static const struct cell *check_nested(const struct cell *cell, json_t *value)
{
    const char *key;
    json_t *inner;
    size_t at;
    if (json_is_string(value))
        return must_be(cell, json_string_value(value), json_string_length(value));
    json_array_foreach(value, at, inner)
    {
        cell = check_nested(cell, inner);
    }
    json_object_foreach(value, key, inner)
    {
        cell = must_be(cell, key, strlen(key));
        cell = check_nested(cell, inner);
    }
    return cell;
}

static const struct cell *check_member(const struct cell *cell, const struct quick_member *m,
                                       json_t *value)
{
    char digits[32];
    switch (m->kind) {
    case QUICK_INTEGER:
        MUST(json_is_integer(value));
        snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        MUST(cell->number && cell->len == strlen(digits) &&
             memcmp(cell->text, digits, cell->len) == 0);
        return cell + 1;
    case QUICK_NULL:
        MUST(json_is_null(value));
        return cell;
    case QUICK_TEXT:
        MUST(json_is_string(value));
        return check_nested(cell, value);
    case QUICK_OTHER:
        MUST(!json_is_null(value) && !json_is_integer(value) && !json_is_string(value));
        return check_nested(cell, value);
    }
    abort();
}

static void check_quick(const char *text, size_t size)
{
    struct json_quick q = {0};
    json_quick_add(&q, "", 0); /* q.cell is no null pointer */
    const char *end = json_quick(&q, text, size), *key;
    if (end) {
        MUST(end > text && end <= text + size && end[-1] == '}');
        size_t i = 0, lines = 0;
        json_t *all = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL), *value;
        const struct cell *cell = q.cell;
        MUST(json_is_object(all) && json_object_size(all) == q.members);
        json_object_foreach(all, key, value)
        {
            const struct quick_member *m = &q.member[i++];
            MUST(m->key_len == strlen(key) && memcmp(m->key, key, m->key_len) == 0);
            cell = check_member(cell, m, value);
            MUST(cell == q.cell + m->cells);
        }
        MUST(cell == q.cell + q.count);
        for (const char *at = text; at < end; at++)
            lines += *at == '\n';
        MUST(lines == q.scan.lines);
        json_decref(all);
    }
    json_quick_free(&q);
}

static void check_tree(const char *text, size_t size)
{
    const size_t written = JSON_COMPACT | JSON_ENCODE_ANY;
    json_t *ours = json_tree(text, size);
    json_t *theirs = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    MUST(!ours == !theirs);
    if (ours) {
        char *one = json_dumps(ours, written), *two = json_dumps(theirs, written);
        MUST(json_equal(ours, theirs) && one && two && strcmp(one, two) == 0);
        free(one);
        free(two);
    }
    json_decref(ours);
    json_decref(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond it */
    MUST(text);
    memcpy(text, data, size);
    check_quick(text, size);
    check_tree(text, size);
    free(text);
    return 0;
}
