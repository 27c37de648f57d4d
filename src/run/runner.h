#ifndef RESCIND_RUN_RUNNER_H
#define RESCIND_RUN_RUNNER_H

/* The loop of a run: takes targets, asks the pacer when, the provider what, lets http send it, asks
 * the provider what the answer means, and tells the journal before and after. It owns nothing but
 * the order of these steps. */

#include "wire/session.h"

/* Does what is left (settings.act), then verifies what is done (settings.verify), from the
 * preflight to the last answer; where something kept the first from going through, the second is
 * left out. `open` has been written and synced; `close` is written and synced here. Signals
 * (SIGINT, SIGTERM) are taken over while it runs. Always fills *ending; -1 only for what kept it
 * from starting (EXIT_CREDENTIAL, EXIT_USAGE), told in err. */
int runner_run(const struct work *work, struct ending *ending, struct error *err);

#endif
