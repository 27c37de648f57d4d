#ifndef RESCIND_MANIFEST_READ_CSV_H
#define RESCIND_MANIFEST_READ_CSV_H

/* CSV, row by row: RFC 4180 with LF or CRLF, separated by commas, or by semicolons, tabs or bars
 * where the header says so, or as a first line `sep=;` does. Blanks around a value that is not
 * quoted are none of it; empty lines, and rows whose every field is empty, are skipped. The reader
 * borrows the source and the columns; a row's texts are good until the next call. After ROW_LOST,
 * ROW_END and ROW_FAILED nothing more comes. */

#include "manifest/row.h"
#include "manifest/source.h"

struct csv_rows;
struct csv_rows *csv_rows_new(struct source *s);
void csv_rows_free(struct csv_rows *c);

/* The header row: what each column is. ROW_GOOD; ROW_END where there is none; ROW_LOST with the
 * reason for a wrong one; ROW_FAILED. `line` and `reason` of *at are filled. Where `columns` has a
 * chosen name, a file of one column without a header is taken as a list of those. */
enum row_state csv_rows_header(struct csv_rows *c, struct columns *columns, struct row *at);
enum row_state csv_rows_next(struct csv_rows *c, struct row *out);

#endif
