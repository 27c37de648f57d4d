#ifndef RESCIND_WIRE_FETCH_H
#define RESCIND_WIRE_FETCH_H

/* Requests outside of a run, to one definition: through the same pacer and health, with the same
 * headers, transfer options, hints and patience as a run's preflight has. Reads go one after the
 * other; SIGINT, SIGTERM and the deadline end one at once: a read leaves nothing behind. Calls,
 * which change something, go several at a time, and their owner has the loop. */

#include "wire/credential.h"
#include "wire/http.h"
#include "wire/pacer.h"
#include "wire/settings.h"

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

/* Opens no connection yet; `concurrency` requests may be in flight. All is borrowed.
 * EXIT_CREDENTIAL, EXIT_USAGE (no base URL), EXIT_STOPPED. */
struct fetch *fetch_new(const struct settings *s, const struct definition *d, struct credentials *c,
                        unsigned concurrency, const struct fetch_observer *observer,
                        struct error *err);
void fetch_free(struct fetch *f); /* NULL is fine */

/* Makes one read of the definition and waits for its end: 2xx, whole, a JSON array, or an object
 * without `error`, in which `checks` hold (NULL: none). The body is good until the next call.
 * `path` replaces the request's (a query may be added to it), NULL: its own. EXIT_CREDENTIAL where
 * the credential is refused or a check does not hold; EXIT_STOPPED for all else. */
int fetch_get(struct fetch *f, const struct request *r, const char *path,
              const struct conditions *checks, const char **body, size_t *len, struct error *err);

/* One request that changes something, or must be judged by more than fetch_get's rules. It is sent
 * once and at once, which the caller only does when fetch_open_us says so; `take` gets its answer,
 * whatever it is, from within a fetch_wait (borrowed, with the secrets that no reason may repeat)
 * and the wait it asks for. Texts are borrowed for the call, `take` and `at` until then.
 * EXIT_STOPPED, EXIT_DATA (no such URL). */
struct fetch_call {
    const struct request *request;
    const char *id, *scope;
    const char *body; /* NULL: none */
    bool retry;       /* an attempt before it ended in a retryable way */
    bool wipe;        /* the answer has a secret */
    void (*take)(void *at, const struct http_answer *a, const struct hint *hint);
    void *at;
};
int fetch_send(struct fetch *f, const struct fetch_call *call, struct error *err);

/* When the next call, or retry of one, may go: `now` where it may, INT64_MAX where an answer must
 * come first. */
int64_t fetch_open_us(struct fetch *f, int64_t now, bool retry);
unsigned fetch_in_flight(const struct fetch *f);

/* Waits until something happened, for `until_us` and for a second at most. */
void fetch_wait(struct fetch *f, int64_t until_us);
/* A descriptor that can be read ends a wait, too; to be taken back before it is closed. */
void fetch_watch(struct fetch *f, int fd);
void fetch_unwatch(struct fetch *f, int fd);

/* Nothing goes before `until_us` (clock_mono_us): a hold of an earlier run. */
void fetch_hold(struct fetch *f, int64_t until_us);

/* Whether a signal or the deadline has come: EXIT_STOPPED. */
int fetch_stopped(const struct fetch *f, struct error *err);

/* Whether a second signal has come: what still takes time is to be broken off. */
bool fetch_hurried(const struct fetch *f);

/* The Link header of the last read's answer, or NULL, and what its path was put behind. */
const char *fetch_link(const struct fetch *f);
const char *fetch_base(const struct fetch *f);

/* The secret in use, for own_id_of_secret. */
const char *fetch_secret(const struct fetch *f);

struct pacer_view fetch_pace(const struct fetch *f, int64_t now);

/* How many requests were sent. */
uint64_t fetch_sent(const struct fetch *f);

#endif
