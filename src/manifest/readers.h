#ifndef RESCIND_MANIFEST_READERS_H
#define RESCIND_MANIFEST_READERS_H

/* The two formats, row by row. The reader borrows the source and the columns; a row's texts are
 * good until the next call. After ROW_LOST, ROW_END and ROW_FAILED nothing more comes. */

#include "manifest/row.h"
#include "manifest/source.h"

/* CSV: RFC 4180 with LF or CRLF; blanks around a value that is not quoted are none of it; empty
 * lines are skipped. */
struct csv_rows;
struct csv_rows *csv_rows_new(struct source *s);
void csv_rows_free(struct csv_rows *c);

/* The header row: what each column is. ROW_GOOD; ROW_END where there is none; ROW_LOST with the
 * reason for a wrong one; ROW_FAILED. `line` and `reason` of *at are filled. */
enum row_state csv_rows_header(struct csv_rows *c, struct columns *columns, struct row *at);
enum row_state csv_rows_next(struct csv_rows *c, struct row *out);

/* JSONL: one flat object a line; blank lines are skipped. */
struct jsonl_rows;
struct jsonl_rows *jsonl_rows_new(struct source *s, struct columns *columns);
void jsonl_rows_free(struct jsonl_rows *j);
enum row_state jsonl_rows_next(struct jsonl_rows *j, struct row *out);

#endif
