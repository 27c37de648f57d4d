#ifndef RESCIND_WIRE_AUTHORITIES_H
#define RESCIND_WIRE_AUTHORITIES_H

/* The file of authorities (--ca-file) that servers' certificates are checked against. */

#include "base/error.h"

/* Whether it can be read and holds at least one certificate, by the library that TLS will read it
 * with: EXIT_NOINPUT. libcurl would say so late, and as of a certificate that does not verify. */
int authorities_check(const char *path, struct error *err);

#endif
