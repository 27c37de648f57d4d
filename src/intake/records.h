#ifndef RESCIND_INTAKE_RECORDS_H
#define RESCIND_INTAKE_RECORDS_H

/* One record of a report at a time: what is in it, without a copy of it anywhere. */

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field {
    char *text;
    size_t len;
};

/* The fields of a CSV record, quotes removed in place, without the end of its line; returns how
 * many (at most `most`). */
size_t csv_fields(char *text, size_t len, char delimiter, struct field *out, size_t most);
/* The members of a JSON object whose values are texts, numbers or words, decoded in place. */
size_t json_members(char *text, size_t len, struct field *name, struct field *value, size_t most);

/* Where in a JSON text the value is that a path leads to ("Data/Git/file", an index as a number,
 * * for the first member); false for none. An array's or object's begins with its bracket. */
bool json_find(const char *text, size_t len, const char *path, const char **at, size_t *size);
/* The next item of an array; *at is 0 for the first, and then behind it. False at its end. */
bool json_item(const char *array, size_t len, size_t *at, const char **item, size_t *size);
/* Adds a text, number or word that a path leads to, decoded; false where there is none (or null, or
 * an empty text). */
bool json_pick(const char *text, size_t len, const char *path, struct buf *out);

/* Finds the records in JSON as it comes, byte by byte: the objects at one of several paths, such as
 * "results/ * / *" (without the blanks); "" is each object at the top. */
enum json_step { JSON_OUTSIDE, JSON_BEGINS, JSON_INSIDE, JSON_ENDS };
enum { JSON_DEPTH = 12, JSON_NAME = 32 };
struct json_walk {
    const char *const *path; /* NULL-terminated */
    size_t depth, record;    /* record: the depth at which one began; 0: outside */
    bool in_text, escaped, is_name;
    char name[JSON_NAME]; /* the text that was read last */
    size_t name_len;
    struct {
        char name[JSON_NAME];
        bool array;
    } level[JSON_DEPTH];
};
enum json_step json_walk(struct json_walk *w, char c);

#endif
