#ifndef RESCIND_WIRE_ENDINGS_H
#define RESCIND_WIRE_ENDINGS_H

/* How a run, or a part of it, ends: the exit code with its rank, and the reason in words. The only
 * place that decides which of several codes is told. */

#include "base/exits.h"
#include "journal/ledger.h"
#include "wire/settings.h"

enum { ENDING_REASON = 512 };

/* Zero-initialised it is none: EXIT_DONE. */
struct ending {
    enum exit_code code;
    char reason[ENDING_REASON]; /* why it ended early, "" when it did not */
};

/* The one that is told: refused, then I/O, credential, stopped, some failed, done. Any other code
 * ranks as stopped. */
enum exit_code ending_worse(enum exit_code a, enum exit_code b);

/* Adds a code and, where it is not in the reason yet, its reason. True where it was not. */
bool ending_add(struct ending *e, enum exit_code code, const char *reason);

/* What the listed rows came to: 0, 1, or 75 where one is not finished. */
enum exit_code ending_of_targets(const struct targets *t, const struct row_set *listed,
                                 const struct ledger *l);
/* What the look at them came to: 0 where all are done and confirmed absent. What was absent from
 * the start is never confirmed; where that was expected it costs nothing. */
enum exit_code ending_of_proofs(const struct settings *s, const struct targets *t,
                                const struct row_set *listed, const struct ledger *l);

#endif
