#ifndef RESCIND_JOURNAL_VERIFICATIONS_H
#define RESCIND_JOURNAL_VERIFICATIONS_H

/* What later reads found of each row that is done. Most run directories are never verified, so
 * nothing is held before the first finding; then 16 bytes a row. Part of the ledger. */

#include "journal/record.h"

struct verifications {
    struct found *at; /* by row; NULL: none yet */
    uint32_t rows;
};

/* What is known of a row: its last finding. */
struct verification {
    enum verified verified; /* VERIFIED_NONE: never asked, and the rest is 0 */
    unsigned status;        /* of the answer, 0 for none */
    int64_t at_ms;
    uint32_t error; /* number of its text, 0 for none */
};

/* `rows`: of the whole table by now, more than `row`. */
void verifications_put(struct verifications *v, uint32_t rows, uint32_t row,
                       const struct verification *what);
struct verification verifications_at(const struct verifications *v, uint32_t row);
void verifications_free(struct verifications *v);
size_t verifications_memory(const struct verifications *v);

#endif
