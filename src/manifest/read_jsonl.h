#ifndef RESCIND_MANIFEST_READ_JSONL_H
#define RESCIND_MANIFEST_READ_JSONL_H

/* JSONL, row by row: one flat object a line; blank lines are skipped. Borrowing and states as in
 * read_csv.h. */

#include "manifest/row.h"
#include "manifest/source.h"

struct jsonl_rows;
struct jsonl_rows *jsonl_rows_new(struct source *s, struct columns *columns);
void jsonl_rows_free(struct jsonl_rows *j);
enum row_state jsonl_rows_next(struct jsonl_rows *j, struct row *out);

#endif
