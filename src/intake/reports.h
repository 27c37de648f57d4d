#ifndef RESCIND_INTAKE_REPORTS_H
#define RESCIND_INTAKE_REPORTS_H

/* Reports of scanners, known by their shape: where the records are in them, and what a record says
 * of a key. Authors and e-mail addresses are never read. */

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct report_form {
    const char *name;                         /* "trufflehog": for --format */
    const char *tool;                         /* for people */
    const char *const *records;               /* paths, see records.h; NULL: CSV */
    bool hashed;                              /* holds hashes of secrets only */
    bool (*is)(const char *text, size_t len); /* by the beginning of a file */
    /* Where a record has these: paths of JSON, or columns of CSV, the first that is there; each
     * NULL-terminated. "^id" is what stood last before the record under this name, where that is a
     * commit's hash: the records of a commit stand in an object that begins with it. */
    const char *file[6], *line[4], *commit[3], *rule[4], *state[3], *link[4];
    /* Arrays of arrays in a record, each of whose items is a place of its own:
     * "incidents/occurrences"; the paths above are tried in the item, its parents and the record.
     */
    const char *nested;
};

/* The form that the beginning of a file has; NULL where it is no report. With a name, only that
 * tool's. */
const struct report_form *report_form_of(const char *text, size_t len, const char *name);
bool report_form_known(const char *name);

/* How much of a file tells its form at most. */
enum { REPORT_BEGINNING = 1 << 16 };

/* What may stand in a note: FILE:LINE, commit, rule, state and link, of what `pick` finds. False
 * where there is nothing. `rule` gets the rule alone. */
typedef bool report_pick(void *at, const char *path, struct buf *out);
bool report_words(const struct report_form *form, report_pick *pick, void *at, const char *fallback,
                  struct buf *out, struct buf *rule);

#endif
