#ifndef RESCIND_ENGINE_RUNNER_H
#define RESCIND_ENGINE_RUNNER_H

/* The loop of a run: takes targets, asks the pacer when, the provider what, lets http send it, asks
 * the provider what the answer means, and tells the journal before and after. It owns nothing but
 * the order of these steps. */

#include "engine/credential.h"
#include "engine/settings.h"
#include "journal/journal.h"

/* What a person or a machine watching is shown, a line per provider. */
struct lane_view {
    const char *name;
    uint64_t targets, finished, done,
        failed;                       /* of this run's manifest; earlier runs' ones included */
    uint64_t sent, http_429, retries; /* of this invocation */
    unsigned in_flight;
    double rate;          /* answers a second over the last seconds */
    double pace;          /* what the pacer allows now */
    double limit;         /* learned; 0: none met */
    double max_rate;      /* ceiling; 0: none */
    int64_t hold_left_us; /* 0: no hold */
    int64_t eta_us;       /* -1: unknown */
    const char
        *state; /* "preflight", "running", "holding", "probing", "down", "stopped", "finished" */
};

struct run_view {
    const struct lane_view *lane;
    size_t lanes;
    int64_t elapsed_us;
    int64_t deadline_left_us; /* -1: none */
    const char *stopping;     /* why no new requests are sent any more, or NULL */
};

struct observer {
    void *at;
    /* Called at most every 100 ms while the loop runs. */
    void (*tick)(void *at, const struct run_view *view);
    /* One event for a person, such as "openrouter: 401: ..."; not yet grouped. `key` is the same
     * for events of one sort. */
    void (*tell)(void *at, const char *key, const char *line);
};

struct run_result {
    enum exit_code code;
    char reason[512]; /* why it ended early, "" when it did not */
};

/* What a run is made of; all borrowed. `listed` are the rows to account for. */
struct run {
    const struct settings *settings;
    struct targets *targets;
    const struct row_set *listed;
    struct ledger *ledger;
    struct journal *journal;
    struct credentials *credentials;
    const struct observer *observer;
};

/* Revokes what is left, from the preflight to the last answer. `open` has been written and synced;
 * `close` is written and synced here. Signals (SIGINT, SIGTERM) are taken over while it runs.
 * Always fills *result; -1 only for what kept it from starting (EXIT_CREDENTIAL, EXIT_USAGE), told
 * in err. */
int runner_run(const struct run *run, struct run_result *result, struct error *err);

/* Everything that runner_run would find missing before it could send: an action that a provider
 * does not have (EXIT_REFUSED), a base URL, a credential. Opens no socket. */
int runner_check(const struct settings *s, const struct targets *t, const struct row_set *listed,
                 struct credentials *c, struct error *err);

/* Whether everything that is done was absent (guards.h), so that "nothing is left" may be a
 * mistake; the reason names the provider. */
bool runner_suspicious(const struct settings *s, const struct targets *t,
                       const struct row_set *listed, const struct ledger *l, char reason[512]);

/* How many of the listed rows are left to do: not done, or failed before. */
uint32_t runner_left(const struct ledger *l, const struct row_set *listed, const struct targets *t);

/* The origin ("https://host:port") that a definition's requests would go to under these settings.
 */
int runner_origin(const struct settings *s, const struct definition *d, struct buf *origin,
                  struct error *err);

#endif
