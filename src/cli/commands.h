#ifndef RESCIND_CLI_COMMANDS_H
#define RESCIND_CLI_COMMANDS_H

/* The commands. Each returns the process's exit code, and has told why on stderr where that is not
 * 0. */

#include "cli/options.h"

int command_plan(const struct options *o, struct catalog *catalog);
int command_run(const struct options *o, struct catalog *catalog);
int command_rotate(const struct options *o, struct catalog *catalog);
int command_verify(const struct options *o, struct catalog *catalog);
int command_report(const struct options *o, struct catalog *catalog);
int command_check(const struct options *o, struct catalog *catalog);
int command_list(const struct options *o, struct catalog *catalog);
int command_probe(const struct options *o, struct catalog *catalog);
int command_match(const struct options *o, struct catalog *catalog);
int command_providers(const struct options *o, struct catalog *catalog);

#endif
