#ifndef RESCIND_ROTATE_ROTATE_GO_H
#define RESCIND_ROTATE_ROTATE_GO_H

#include "rotate/rotate_turn.h"

/* Takes a turn as far as it goes without waiting: from an answer to what it means, from a step to
 * the next. */
void turn_go(struct turn *t);

#endif
