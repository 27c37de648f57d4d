#ifndef RESCIND_CLI_CONFIRM_H
#define RESCIND_CLI_CONFIRM_H

/* The question before something that cannot be undone: the user types the number of targets. */

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Asks on the terminal: stdin and stderr where both are one; with `manifest_on_stdin` /dev/tty.
 * `what` is the sentence before the question ("This deletes 120 OpenRouter API keys at
 * https://..."). 0 when the number was typed (with or without thousands separators); -1 with
 * EXIT_REFUSED otherwise, also where there is no terminal ("... use --yes"), on end of input and on
 * an interrupt. */
int confirm_count(const char *what, uint64_t count, bool manifest_on_stdin, struct error *err);

#endif
