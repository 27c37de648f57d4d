#ifndef RESCIND_WIRE_ENDPOINT_H
#define RESCIND_WIRE_ENDPOINT_H

/* One definition in use: where its requests go, with what headers, and which secrets those hold. */

#include "wire/credential.h"
#include "wire/headers.h"
#include "wire/settings.h"

struct endpoint {
    const struct definition *definition;
    const char *base; /* of --base-url; NULL: the definition's own */
    char *origin;     /* "https://host:port" */
    const char *secret;
    const char *secrets[HEADER_SECRETS + 1]; /* all that its headers hold; NULL-terminated */
    struct http_headers *headers;
    struct header_scopes *scopes; /* NULL: none of them names a scope */
};

/* Settings, definition and credentials are borrowed. EXIT_USAGE (no base URL), EXIT_CREDENTIAL,
 * EXIT_CONFIG; then there is nothing to close. */
int endpoint_open(struct endpoint *e, const struct settings *s, const struct definition *d,
                  struct credentials *c, struct error *err);
void endpoint_close(struct endpoint *e);

/* The headers of a request with these scope values ("" or NULL: none). A request of a target needs
 * all: NULL with EXIT_DATA. Valid until the endpoint is closed. */
const struct http_headers *endpoint_headers(const struct endpoint *e, const char *scope,
                                            bool target, struct error *err);

/* The base URL that its requests begin with. */
const char *endpoint_url(const struct endpoint *e);

/* The base URL that --base-url gives a provider, or NULL. */
const char *endpoint_base(const struct settings *s, const struct definition *d);
/* The origin that a definition's requests would go to under these settings, added to `origin`.
 * EXIT_USAGE. */
int endpoint_origin(const struct settings *s, const struct definition *d, struct buf *origin,
                    struct error *err);

/* Whether the CA bundle of these settings, if there is one, is one: EXIT_NOINPUT. */
int endpoint_ca_file(const struct settings *s, struct error *err);

/* An origin by the one name that loopback has: "https://localhost:80" is "https://127.0.0.1:80",
 * and so is [::1]. To be freed. */
char *endpoint_plain(const char *origin);

#endif
