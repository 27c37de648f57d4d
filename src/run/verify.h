#ifndef RESCIND_RUN_VERIFY_H
#define RESCIND_RUN_VERIFY_H

/* The pass that looks whether what is done is really gone: one read a target where the provider
 * answers for a single one, else one read of its whole list. For a list one row stands in the queue
 * for all of its definition's, and what is found is found of each.
 *
 * It only reads, so nothing can be lost by it: what was announced and not found out is asked again
 * by the next verification. */

#include "run/pass.h"

extern const struct pass pass_verify;

#endif
