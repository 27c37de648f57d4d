#ifndef RESCIND_ENGINE_CREDENTIAL_H
#define RESCIND_ENGINE_CREDENTIAL_H

/* Secrets: from the environment NAME, from the file that NAME_FILE names, or from the file NAME in
 * $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential), in that order. Kept in memory that is
 * locked where possible and never dumped, wiped when freed. */

#include "base/error.h"

#include <stdbool.h>

struct credentials;
struct credentials *credentials_new(void);
void credentials_free(struct credentials *c);

/* The secret of that name, without surrounding white space; NULL with EXIT_CREDENTIAL where it is
 * missing, empty, unreadable, longer than 8 KiB, or holds anything but printable ASCII (a CR or LF
 * would split a header). The text never holds any of it. Read once; later calls give the same. */
const char *credentials_get(struct credentials *c, const char *name, struct error *err);

/* Where it would come from, for `plan`: "environment", "file PATH", "credentials directory", or
 * NULL. */
const char *credentials_origin(const char *name);

/* No core dump of this process, and no ptrace by others of the same user; removes nothing from the
 * environment. */
void credentials_harden(void);

#endif
