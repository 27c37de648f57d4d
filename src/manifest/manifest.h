#ifndef RESCIND_MANIFEST_MANIFEST_H
#define RESCIND_MANIFEST_MANIFEST_H

/* From a file, or standard input, to the table of targets. Everything is checked before anything is
 * returned: whoever holds a table from here knows that each of its rows is a lawful target. */

#include "manifest/source.h" /* MANIFEST_LINE_MAX too */
#include "manifest/targets.h"

enum manifest_format { FORMAT_AUTO, FORMAT_CSV, FORMAT_JSONL, FORMAT_JSON };
extern const char *const manifest_format_word[]; /* "csv", ...; NULL for FORMAT_AUTO */

enum { MANIFEST_BAD_SHOWN = 20 }; /* bad rows told in full */

struct manifest_options {
    const char *path; /* "-": standard input */
    enum manifest_format format;
    const char *provider; /* of rows that name none, or NULL: others are refused */
    bool others;          /* are not: it only says what the rows without a provider are */
    const char *column;   /* that holds the identifier, whatever it is called, or NULL */
    bool skip_bad_rows;
    bool allow_empty; /* of rows */
    bool some;        /* of anything: without a header it is what a failed command leaves behind */
    const char *none; /* what it means that there is no row, or NULL */
    /* Scope values that rows without such a column have (a job file's), NULL-terminated pairs, or
     * NULL. */
    const char *const *scopes;
    /* Told as they are found, one line without newline: bad rows (the first MANIFEST_BAD_SHOWN,
     * then one line with the count of the others) and warnings. */
    void (*tell)(void *at, const char *line);
    void *tell_at;
};

struct manifest_facts {
    char sha256[65]; /* of the bytes as they were read */
    uint64_t rows;   /* data rows, good and bad */
    uint64_t duplicates;
    uint64_t rejected; /* bad rows */
    enum manifest_format format;
};

/* Adds the manifest's targets to `t`, and their rows to `listed`; a row that is in `listed` already
 * is a duplicate. (A table that holds an earlier run's targets.csv is so extended by a manifest
 * that was changed since.) -1: EXIT_NOINPUT where it cannot be opened; EXIT_DATA where a row is bad
 * (and skip_bad_rows is off, or the file's structure is lost: an unclosed quote, a line that is too
 * long), where it is a directory, or where it holds no row (unless allow_empty). The reasons have
 * been told as FILE:LINE lines by then; err->text has the closing one. */
int manifest_read(const struct manifest_options *options, struct targets *t, struct row_set *listed,
                  struct manifest_facts *facts, struct error *err);
/* The same on any source, which options->path only names; frees nothing. */
int manifest_read_source(const struct manifest_options *options, struct source *source,
                         struct targets *t, struct row_set *listed, struct manifest_facts *facts,
                         struct error *err);

/* What a file's ending says: FORMAT_AUTO where it says nothing. A manifest `.json` may hold either
 * kind of JSON, or anything: there the content decides. */
enum manifest_format manifest_format_of(const char *path);

/* targets.csv: the table as a file of the run directory, columns provider,kind,id, the scopes that
 * are in use, note. A row of it is a row of the table. */
int targets_save(const struct targets *t, const char *path, struct error *err);
/* Reads one back into an empty table, with line 0; every row must be new and lawful. EXIT_DATA
 * naming the line; EXIT_NOINPUT. */
int targets_load(struct targets *t, const char *path, struct error *err);

#endif
