#ifndef RESCIND_BASE_DESCRIPTORS_H
#define RESCIND_BASE_DESCRIPTORS_H

/* How many files and sockets this process may have open. */

#include <stdbool.h>

/* Raises the soft limit to the hard one: 1024 is a default for select(2), which nobody here calls.
 */
void descriptors_raise(void);
/* The limit as it was before, for a command that is started from here. */
void descriptors_restore(void);

/* How many more may be opened, about: the limit less the lowest free number. */
unsigned descriptors_left(void);

/* Whether an errno says that this machine, or this process's limits, lack something: descriptors,
 * memory, local ports. And what to do about it, in words. */
bool descriptors_lacking(int error);
const char *descriptors_remedy(int error);

#endif
