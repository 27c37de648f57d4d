#ifndef RESCIND_ENGINE_FETCH_H
#define RESCIND_ENGINE_FETCH_H

/* Reads outside of a run, one after the other: through the same pacer and health, with the same
 * headers, transfer options, hints and patience as a run's preflight has. SIGINT, SIGTERM and the
 * deadline end it at once: a read leaves nothing behind. */

#include "engine/credential.h"
#include "engine/settings.h"

#include <stddef.h>

struct fetch;

/* Who is told, one line each, of retries and holds. */
struct fetch_observer {
    void (*tell)(void *at, const char *line);
    void *at;
};

/* Opens no connection yet. All is borrowed. EXIT_CREDENTIAL, EXIT_USAGE (no base URL),
 * EXIT_STOPPED. */
struct fetch *fetch_new(const struct settings *s, const struct definition *d, struct credentials *c,
                        const struct fetch_observer *observer, struct error *err);
void fetch_free(struct fetch *f); /* NULL is fine */

/* Makes one read of the definition and waits for its end: 2xx, whole, a JSON object without
 * `error` in which `checks` hold (NULL: none). The body is good until the next call. `path`
 * replaces the request's (a query may be added to it), NULL: its own. EXIT_CREDENTIAL where the
 * credential is refused or a check does not hold; EXIT_STOPPED for all else. */
int fetch_get(struct fetch *f, const struct request *r, const char *path,
              const struct conditions *checks, const char **body, size_t *len, struct error *err);

/* The secret in use, for own_id_of_secret. */
const char *fetch_secret(const struct fetch *f);

/* How many requests were sent. */
uint64_t fetch_sent(const struct fetch *f);

#endif
