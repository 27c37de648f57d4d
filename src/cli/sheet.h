#ifndef RESCIND_CLI_SHEET_H
#define RESCIND_CLI_SHEET_H

/* A manifest in the making, as CSV or JSONL. Its rows begin once nothing can be refused any more:
 * a long one is written as it is made. */

#include "base/buf.h"
#include "base/error.h"
#include "manifest/manifest.h"

#include <stdio.h>

struct sheet {
    const struct catalog *catalog;
    bool jsonl;
    struct buf text;
    size_t cells; /* of the row in the making */
    const char *output;
    struct durable_file *whole; /* what was begun of it; or */
    FILE *through;
    struct error failed; /* code 0: nothing did */
};

/* --format, else what the ending of --output says, else CSV. `output` is borrowed: a file (mode
 * 0600, whole or not at all), a device or a pipe (written to as it is), NULL or "-" for stdout. */
void sheet_init(struct sheet *s, const struct catalog *catalog, enum manifest_format format,
                const char *output);
void sheet_free(struct sheet *s);

/* The header row, column by column; nothing in JSONL. */
void sheet_column(struct sheet *s, const char *name);

/* An identifier, provider or kind: as it is. NULL: an empty cell, or no member. */
void sheet_word(struct sheet *s, const char *name, const char *text);
/* A text of somebody else's: one that looks like a raw secret is not written, and in CSV an
 * apostrophe stands before what a spreadsheet would take for a formula. */
void sheet_text(struct sheet *s, const char *name, const char *text);
/* Likewise of a text that holds no secret for certain. */
void sheet_own(struct sheet *s, const char *name, const char *text);
void sheet_end_row(struct sheet *s);

/* What is not written yet, and an end to it. EXIT_CANTCREATE, EXIT_IO. */
int sheet_write(struct sheet *s, struct error *err);
/* For the message about it: "" where it went to stdout, else " to FILE", and, where `next`, what
 * to do with it, by the job file that this was done by (NULL: none). */
void sheet_tell(const char *output, const char *job, bool next, struct buf *out);

#endif
