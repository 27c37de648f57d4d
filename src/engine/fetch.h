#ifndef RESCIND_ENGINE_FETCH_H
#define RESCIND_ENGINE_FETCH_H

/* Reads outside of a run, one after the other: through the same pacer and health, with the same
 * headers, transfer options, hints and patience as a run's preflight has. SIGINT, SIGTERM and the
 * deadline end it at once: a read leaves nothing behind. */

#include "engine/credential.h"
#include "engine/http.h"
#include "engine/settings.h"

#include "provider/request.h"

#include <stddef.h>

struct fetch;

/* Who is told, one line each, of retries and holds. */
struct fetch_observer {
    void (*tell)(void *at, const char *line);
    void *at;
    /* NULL, or told of the wait that a read's answer asks for; a call's goes to its `take`. */
    void (*hold)(void *at, int status, const struct hint *hint);
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

/* One request that changes something, or must be judged by more than fetch_get's rules: waits until
 * `due_us`, pacer and health let it go, sends it once and waits for its end, whatever it is; `take`
 * gets the answer (borrowed, with the secrets that no reason may repeat) and the wait it asks for.
 * SIGINT, SIGTERM and the deadline end it before it is sent; then only a second signal does, and
 * the answer is lost. EXIT_STOPPED, EXIT_DATA (no such URL). */
struct fetch_call {
    const struct request *request;
    const char *id, *scope;
    const char *body; /* NULL: none */
    int64_t due_us;
    bool wipe; /* the answer has a secret */
    void (*take)(void *at, const struct http_answer *a, const struct hint *hint);
    void *at;
};
int fetch_call(struct fetch *f, const struct fetch_call *call, struct error *err);

/* Nothing goes before `until_us` (clock_mono_us): a hold of an earlier run. */
void fetch_hold(struct fetch *f, int64_t until_us);

/* Whether a signal or the deadline has come: EXIT_STOPPED. */
int fetch_stopped(const struct fetch *f, struct error *err);

/* Whether a second signal has come: what still takes time is to be broken off. */
bool fetch_hurried(struct fetch *f);

/* The secret in use, for own_id_of_secret. */
const char *fetch_secret(const struct fetch *f);

/* How many requests were sent. */
uint64_t fetch_sent(const struct fetch *f);

#endif
