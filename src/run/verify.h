#ifndef RESCIND_RUN_VERIFY_H
#define RESCIND_RUN_VERIFY_H

/* The pass that looks whether what is done is really gone: one read a target where the provider
 * answers for a single one, else its whole list, which tells of all of its definition's. One that
 * is still there is asked for again, with growing gaps, while there is patience. What an absence is
 * worth, the eye decides that found it (journal/evidence.h).
 *
 * It only reads, so nothing can be lost by it: what was announced and not found out is asked again
 * by the next verification. */

#include "run/pass.h"

extern const struct pass pass_verify;

/* The pass is over: what was absent to an eye that had seen nothing then is judged by what it has
 * seen since. */
void verify_finish(struct runner *r);

#endif
