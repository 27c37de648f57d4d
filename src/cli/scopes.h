#ifndef RESCIND_CLI_SCOPES_H
#define RESCIND_CLI_SCOPES_H

#include "cli/options.h"

/* The values that a job file's [scope] gives the scopes of a definition, as request.h has them; for
 * the caller to free. NULL: it has none, or not all of them are given. */
char *scopes_given(const struct options *o, const struct definition *d);

#endif
