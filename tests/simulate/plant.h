/* Faults that are planted on purpose, each where two files of the product meet (ld --wrap), so that
 * nothing of them is in the product. Each must be found. */

#ifndef RESCIND_SIMULATE_PLANT_H
#define RESCIND_SIMULATE_PLANT_H

#include <stdbool.h>

/* False: there is no such fault. */
bool plant(const char *name);
extern const char plant_names[];

#endif
