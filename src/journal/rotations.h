#ifndef RESCIND_JOURNAL_ROTATIONS_H
#define RESCIND_JOURNAL_ROTATIONS_H

/* How far the rotation of each target is, as its journal tells:
 *
 *   none -> create -> created -> delivered -> (the old one is deleted: an `end`)
 *             ^          |
 *             +- removed +     (its secret was not handed over)
 *   create -> foreign -> create (what had its marker was there before: a key of somebody else's) */

#include "base/error.h"
#include "provider/definition.h"

enum rotation_step {
    ROTATION_NONE,
    ROTATION_CREATE,    /* a successor is about to be created, or was: nobody knows */
    ROTATION_CREATED,   /* it is there, its secret is with the process that made it */
    ROTATION_DELIVERED, /* its secret is handed over */
    ROTATION_REMOVED,   /* it was deleted again */
    ROTATION_FOREIGN,   /* none was made; another's key has its marker, and is let alone */
    ROTATION_STEPS
};
extern const char *const rotation_word[ROTATION_STEPS]; /* "", "create", ... */

enum { ROTATION_MARKER = 16 }; /* hex digits */

struct rotation {
    enum rotation_step step;
    char marker[ROTATION_MARKER + 1];
    char successor[ID_MAX + 1]; /* "" until one was created */
};

/* Of all rows; zero-initialised nothing is known of any. */
struct rotations {
    struct rotation **of;
    uint32_t rows;
};

bool rotation_parse(const char *word, enum rotation_step *out);

/* Whether a step may follow what is known (NULL: nothing): markers and successors must agree. */
bool rotation_follows(const struct rotation *known, enum rotation_step step, const char *marker,
                      const char *successor);

/* NULL: nothing was told of this row. */
const struct rotation *rotations_at(const struct rotations *r, uint32_t row);
void rotations_put(struct rotations *r, uint32_t rows, uint32_t row, enum rotation_step step,
                   const char *marker, const char *successor);
void rotations_free(struct rotations *r);
size_t rotations_memory(const struct rotations *r);

#endif
