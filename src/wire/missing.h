#ifndef RESCIND_WIRE_MISSING_H
#define RESCIND_WIRE_MISSING_H

/* The variables that are needed and cannot be had, all at once, before anything is sent: who runs
 * for hundreds of accounts does not want to learn of them one after the other. */

#include "manifest/targets.h"
#include "wire/credential.h"

/* Those of the definitions of these rows: their credentials, and what their headers name. One alone
 * is told in *err; of several each in a line to `tell`, and *err counts them (EXIT_CREDENTIAL). */
int missing_credentials(const struct targets *t, const struct row_set *rows, struct credentials *c,
                        void (*tell)(void *at, const char *line), struct error *err);

#endif
