#ifndef RESCIND_MANIFEST_JSON_CELLS_H
#define RESCIND_MANIFEST_JSON_CELLS_H

/* One JSON object as a row's cells. Our keys hold texts, or a number where that is an identifier
 * (null is as good as absent); other keys hold what they like, and every text in them is handed on
 * all the same, for a raw secret makes a row bad wherever it is.
 *
 * Why a text is no JSON is told by jansson's error code and column only: its own words quote it. */

#include "manifest/row.h"

struct json_cells;
struct json_cells *json_cells_new(struct columns *columns); /* borrows them */
void json_cells_free(struct json_cells *c);

/* Reads the object that a text begins with, if it is all there and as nearly all are; where it
 * ends, and how many lines end within it. NULL: json_cells_read says what it is. The cells are good
 * until the next call of any, and while the text is. */
const char *json_cells_begin(struct json_cells *c, const char *text, size_t len, struct row *out,
                             size_t *lines);
/* Reads one object; ROW_GOOD or ROW_BAD. */
enum row_state json_cells_read(struct json_cells *c, const char *text, size_t len, struct row *out);
/* The same of a text in quotes: one cell, of `column`. */
enum row_state json_cells_text(struct json_cells *c, const struct column *column, const char *text,
                               size_t len, struct row *out);

#endif
