#ifndef RESCIND_CLI_HELP_H
#define RESCIND_CLI_HELP_H

#include "cli/options.h"

/* Help of a command, or the overview: to stdout, fits a screen of 80 x 50. */
const char *help_text(enum command c);

#endif
