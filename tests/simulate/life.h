/* One process of a history, from its start to its end or death. */

#ifndef RESCIND_SIMULATE_LIFE_H
#define RESCIND_SIMULATE_LIFE_H

#include <stdbool.h>

/* Whether the history is at its end: all is done, or nobody comes back. */
bool life_live(bool last);

#endif
