#ifndef RESCIND_ROTATE_ROTATE_CLEAR_H
#define RESCIND_ROTATE_ROTATE_CLEAR_H

/* Deleting successors that nobody must have. */

#include "rotate/rotate_turn.h"

void turn_remove(struct turn *t);
/* Deletes every key of the list that has the marker in its name, but the successor. */
void turn_swept(struct turn *t, const struct keylist *keys);

#endif
