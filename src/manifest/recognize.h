#ifndef RESCIND_MANIFEST_RECOGNIZE_H
#define RESCIND_MANIFEST_RECOGNIZE_H

/* What a file is that is no manifest, from how it begins, and the command that makes one of it. For
 * what people have in an incident: a list without a header, checksums, a table drawn for people, a
 * spreadsheet, a compressed file, a document of another format than its name says. */

#include "manifest/columns.h"
#include "manifest/row.h"

/* False where it may be a manifest. The reason repeats nothing of the file; `path` stands in its
 * commands as a shell takes it. `csv`: it is to be read as CSV. */
bool recognize(const struct columns *columns, const struct catalog *catalog, const char *text,
               size_t len, const char *path, bool csv, char reason[ROW_REASON]);

/* What a text is likely to be that is no UTF-8, and the command that makes UTF-8 of it. */
void recognize_encoding(const char *text, size_t len, const char *path, char reason[ROW_REASON]);

#endif
