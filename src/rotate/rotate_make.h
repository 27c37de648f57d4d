#ifndef RESCIND_ROTATE_ROTATE_MAKE_H
#define RESCIND_ROTATE_ROTATE_MAKE_H

/* The steps before there is a successor. */

#include "rotate/rotate_turn.h"

void turn_read(struct turn *t);
void turn_intend(struct turn *t);
void turn_create(struct turn *t);
const char *turn_name(const struct turn *t); /* as it will be in the end */

#endif
