#ifndef RESCIND_ROTATE_ROTATE_SWAP_H
#define RESCIND_ROTATE_ROTATE_SWAP_H

/* The steps once the secret is handed over. */

#include "rotate/rotate_turn.h"

void turn_rename(struct turn *t);
void turn_delete(struct turn *t);

#endif
