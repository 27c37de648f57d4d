#ifndef RESCIND_PROVIDER_DEFINITION_CHECK_H
#define RESCIND_PROVIDER_DEFINITION_CHECK_H

/* Whether a definition can work at all. */

#include "provider/definition.h"

/* Whether a definition whose every key was read can work; if not, why: it begins with the key that
 * is wrong, where there is one. */
bool definition_possible(const struct definition *d, char why[DEFINITION_WHY]);

#endif
