#ifndef RESCIND_ROTATE_ROTATE_LOOP_H
#define RESCIND_ROTATE_ROTATE_LOOP_H

/* Everything that is left of a definition, or as much as goes. */

#include "rotate/rotate_turn.h"

void rotor_loop(struct rotor *r);

#endif
