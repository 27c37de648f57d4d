#ifndef RESCIND_CLI_JOB_H
#define RESCIND_CLI_JOB_H

#include "cli/options_values.h"

/* Takes in a job file's text; `name` is for messages. Adds its definitions to the catalog and its
 * values to `given`. EXIT_CONFIG. */
int reading_job(struct reading *r, const char *name, const char *text, size_t len,
                struct error *err);

#endif
