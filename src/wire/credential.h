#ifndef RESCIND_WIRE_CREDENTIAL_H
#define RESCIND_WIRE_CREDENTIAL_H

/* Secrets: from the environment NAME, from the file that NAME_FILE names, or from the file NAME in
 * $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential), in that order. Kept in memory that is
 * locked where possible and never dumped, wiped when freed. */

#include "base/error.h"

#include <stdbool.h>

struct credentials;
struct credentials *credentials_new(void);
void credentials_free(struct credentials *c);

/* The secret of that name, without surrounding white space; NULL with EXIT_CREDENTIAL where it is
 * missing, blank, unreadable, longer than 8 KiB, holds anything but printable ASCII (a CR or LF
 * would split a header), or is an assignment or in quotes, as an env file that was not read by a
 * shell leaves it (docker run --env-file keeps the quotes). A variable of no characters is no
 * variable. The text never holds any of it. Read once; later calls give the same. */
const char *credentials_get(struct credentials *c, const char *name, struct error *err);

/* Who is told, one line each, when a secret's file can be read or changed by others. That is no
 * reason to refuse: a mounted secret often has such a mode and no way to give it another. */
void credentials_on_warning(struct credentials *c, void (*tell)(void *at, const char *line),
                            void *at);

/* Where it would come from, for `plan`: "environment", "file PATH", "credentials directory", or
 * NULL. Good until the next call. A PATH that is not there is not shown: it may be the secret. */
const char *credentials_origin(const char *name);

/* No core dump of this process, and no ptrace by others of the same user; removes nothing from the
 * environment. */
void credentials_harden(void);

#endif
