#ifndef RESCIND_WIRE_HEADERS_H
#define RESCIND_WIRE_HEADERS_H

/* The headers that go with every request of a definition, with its secrets in them; and those that
 * name scopes, which differ from one target to the next. */

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

/* The variables that must be there, one after the other: the credential is number 0, then come the
 * {env:NAME} of its headers. Into `name` (cleared first); false: there are no more. */
bool headers_variable(const struct definition *d, size_t number, struct buf *name);

/* NULL where no header names a scope. `base` is borrowed until it is freed. */
struct header_scopes;
struct header_scopes *header_scopes_new(const struct definition *d,
                                        const struct http_headers *base);
void header_scopes_free(struct header_scopes *s); /* NULL is fine */

/* All headers of a request with these scope values. One whose scope has no value is left out, or,
 * where all are needed, refused: NULL with EXIT_DATA. Valid until all are freed. */
const struct http_headers *header_scopes_get(struct header_scopes *s, const char *scope, bool all,
                                             struct error *err);

#endif
