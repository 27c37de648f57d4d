#ifndef RESCIND_SANDBOX_TUNING_H
#define RESCIND_SANDBOX_TUNING_H

/* What makes the providers behave: limits, hints, faults, credentials. From the command line, or
 * while the sandbox runs. */

#include "sandbox/sandbox.h"

/* One of limit, workers, hint, fault, refuse, weak, credential, delay, grace, workspaces, appear,
 * vanish. EXIT_USAGE, EXIT_NOINPUT. */
int settings_apply(struct sandbox *s, const char *name, const char *value, struct error *err);

/* Lines such as "fault openrouter=500:5%", or "clear", which takes all limits, faults, delays and
 * refusals back. EXIT_USAGE; the lines before the bad one hold. */
int settings_change(struct sandbox *s, const char *text, struct error *err);

/* A small file as a text, without newlines at its end; to be freed. NULL with EXIT_NOINPUT. */
char *settings_file(const char *path, struct error *err);

#endif
