#ifndef RESCIND_RUN_ACT_H
#define RESCIND_RUN_ACT_H

/* The pass that does what the action says, with its canary and its guards. */

#include "run/pass.h"

extern const struct pass pass_act;

#endif
