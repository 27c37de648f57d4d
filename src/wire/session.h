#ifndef RESCIND_WIRE_SESSION_H
#define RESCIND_WIRE_SESSION_H

/* What all wires of one command share: what there is to do and with what, the loop that waits for
 * sockets and signals, the journal's counts, the deadline, the stop and its reason, and whoever
 * watches. */

#include "base/rng.h"
#include "journal/journal.h"
#include "wire/credential.h"
#include "wire/endings.h"
#include "wire/listener.h"
#include "wire/settings.h"
#include "wire/view.h"

/* All borrowed; only settings and credentials must be there. `listed` are the rows to account for.
 */
struct work {
    const struct settings *settings;
    struct targets *targets;
    const struct row_set *listed;
    struct ledger *ledger;
    struct journal *journal;
    struct credentials *credentials;
    const struct observer *observer;
};

/* Readable, not for others to change. */
struct aliases;
struct session {
    struct work work;
    struct http_loop *loop;
    struct rng rng;
    struct trace *trace;
    struct aliases *aliases;     /* of its targets; made when they are first asked for */
    struct listener listener;    /* of its wires' server, where that is on this host */
    struct record_counts counts; /* for the journal */
    struct ending ending;        /* not EXIT_DONE: nothing new is begun */
    bool halted;                 /* something of it by what another try does not mend */
    int64_t started_us, deadline_us, next_tick_us;
    int64_t dirty_since_us; /* the oldest record that is collected and not yet on disk; 0: none;
                               1: one that must not wait */
};

/* Takes the signals of base/stops over until session_end. EXIT_STOPPED where the system refuses,
 * EXIT_REFUSED for a RESCIND_TRACE that may not be written. */
int session_begin(struct session *s, const struct work *work, struct error *err);
void session_end(struct session *s);

/* Under which names its targets go. */
const struct aliases *session_aliases(struct session *s);
/* Those of one definition, in their order. */
const uint32_t *session_rows(struct session *s, const struct definition *d, uint32_t *count);

static inline bool session_stopping(const struct session *s)
{
    return s->ending.code != EXIT_DONE;
}

/* No new requests; the first reason is told at once. */
void session_stop(struct session *s, enum exit_code code, const char *reason);
/* Stops it where a signal or the deadline has come. */
void session_take_stops(struct session *s, int64_t now);
/* A second signal has come: what still takes time is to be broken off. */
bool session_hurried(const struct session *s);

/* Waits until something happened, `until_us` at most, and a second. */
void session_wait(struct session *s, int64_t until_us);

/* Collects a record, for the caller to flush; `urgent`: at once. */
void session_put(struct session *s, struct record *record);
void session_put_urgent(struct session *s, struct record *record);
/* The record of how it ended. */
void session_put_close(struct session *s, const char *unsent);

void session_tell(const struct session *s, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool session_watched(const struct session *s);
/* Whether a tick is due; and shows it. */
bool session_tick_due(struct session *s, int64_t now);
void session_tick(struct session *s, const struct lane_view *lane, size_t lanes, int64_t now);

#endif
