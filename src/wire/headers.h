#ifndef RESCIND_WIRE_HEADERS_H
#define RESCIND_WIRE_HEADERS_H

/* The headers that go with every request of a definition, with its secrets in them. */

#include "wire/credential.h"
#include "wire/http.h"

enum { HEADER_SECRETS = 7 };

/* `secret` is the definition's credential; further ones ({env:NAME}) come from `c`. What the
 * headers hold goes to `secrets`, NULL-terminated and borrowed, so that the classification never
 * repeats it. NULL: EXIT_CREDENTIAL for a secret that is missing, EXIT_CONFIG for more than
 * HEADER_SECRETS. */
struct http_headers *headers_fill(const struct definition *d, const char *secret,
                                  struct credentials *c, const char *secrets[HEADER_SECRETS + 1],
                                  struct error *err);

#endif
