#ifndef RESCIND_ROTATE_ROTATE_MARK_H
#define RESCIND_ROTATE_ROTATE_MARK_H

/* What stands behind a successor's name until its secret is handed over, so that it can be found
 * though nobody was told of it: "ci runner [rescind 0123456789abcdef]". */

#include "base/buf.h"
#include "journal/rotations.h"

/* -1: the system gives no random bytes. */
int mark_new(char marker[ROTATION_MARKER + 1]);
void mark_put(struct buf *out, const char *marker);

/* How long a name is without the marks that earlier rotations left at its end: a successor must not
 * have one, or that rotation's resume would take it for its own. */
size_t mark_unmarked(const char *name);

#endif
