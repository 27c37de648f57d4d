#ifndef RESCIND_MANIFEST_READ_JSON_H
#define RESCIND_MANIFEST_READ_JSON_H

/* A JSON document, row by row, of any size: an array of objects, or an object that holds one, as a
 * provider's own list answers; or several such in a row. An array of texts holds identifiers where
 * the columns have a chosen name, or `texts` says so. Borrowing and states as in read_csv.h. */

#include "manifest/row.h"
#include "manifest/source.h"

struct json_rows;
struct json_rows *json_rows_new(struct source *s, struct columns *columns, bool texts);
void json_rows_free(struct json_rows *j);
enum row_state json_rows_next(struct json_rows *j, struct row *out);

/* Whether a text that begins with an object goes on with another on a line of its own: JSONL. */
bool json_is_lines(const char *text, size_t len);

#endif
