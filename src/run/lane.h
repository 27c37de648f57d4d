#ifndef RESCIND_RUN_LANE_H
#define RESCIND_RUN_LANE_H

/* The parts of a run in memory, for this room's own files.
 *
 * A lane is one (origin, credential) pair: one pacer, one health, one http client, one queue. Lanes
 * know nothing of each other, so one that holds never stops another. A group is a provider's name,
 * which is what the guards count by. An endpoint is one definition in use: where it is and with
 * what headers. */

#include "run/queue.h"
#include "wire/guards.h"
#include "wire/headers.h"
#include "wire/pacing.h"
#include "wire/patience.h"
#include "wire/run.h"

enum { BODY_MAX = 16 << 10, READ_BODY_MAX = 64 << 20, READS_MAX = 8, RATE_SLOTS = 8 };

struct runner;
struct lane;
struct flight;

struct group {
    const char *name;
    struct guard guard;
};

struct endpoint {
    const struct definition *definition;
    const char *base; /* NULL: the definition's own */
    struct http_headers *headers;
    struct group *group;
    struct lane *lane;
    const char *secret;
    const char *secrets[HEADER_SECRETS + 1]; /* all that its headers hold; NULL-terminated */
    uint32_t first_row;                      /* a row of it, for the scope of its reads */
    bool *others;          /* runs with another credential, perhaps of another account */
    bool by_us, by_others; /* who found any of its targets there */
};

/* What is in a slot. */
struct flight {
    struct endpoint *endpoint;
    uint32_t row;
    uint16_t backoff_ms, ended; /* as in struct waiting */
    bool busy, read, retry;
};

/* A pass goes through targets once, with one request each: the action itself, or the look whether
 * it took. Admission, pacing, retries and the journal's rules are the same for all of them. */
struct pass {
    enum record_type announces; /* the record that must be on disk before its requests */
    bool guarded;               /* canary and gate hold back what was never announced */
    const char *state;          /* for the view */
    /* Fills the queues, and what the view counts. */
    void (*fill)(struct runner *r);
    const struct request *(*request)(const struct runner *r, const struct definition *d);
    size_t (*body_max)(const struct definition *d); /* of an answer */
    void (*judge)(const struct lane *l, const struct flight *f, const struct answer *a,
                  struct verdict *v);
    /* Attempts for this target that ended retryable before the one that just did. */
    unsigned (*ended)(const struct lane *l, const struct flight *f);
    /* It is to be attempted again; NULL: that need not be known. */
    void (*again)(struct lane *l, const struct flight *f, const struct http_answer *a,
                  const struct verdict *v);
    /* It is finished: v->outcome and v->verified are final, `why` is for the report. */
    void (*end)(struct lane *l, const struct flight *f, const struct http_answer *a,
                const struct verdict *v, const char *why);
};
extern const struct pass pass_act, pass_verify;

/* A read that the preflight makes. */
struct lane_read {
    struct endpoint *endpoint;
    const struct request *request;
    bool check, self;
};

struct lane {
    struct runner *run;
    char *name, *pair, *origin;
    const char *secret;
    double max_rate; /* ceiling; 0: none */

    struct http_client *http;
    struct pacer pacer;
    struct health health;
    struct queue queue;
    struct flight *flight; /* one a slot of http */

    struct lane_read read[READS_MAX];
    unsigned reads, reads_done;
    struct patience read_patience;
    int64_t read_due, room_read_us;
    bool held_at_start; /* by a hold of an earlier run: others do not wait for its preflight */
    bool ready;         /* preflight passed */
    bool fresh_next;    /* the next request goes on a connection of its own */

    enum exit_code stop_code; /* not EXIT_DONE: no more requests in this run */
    char stop_reason[512];

    /* for the view */
    uint64_t targets, finished, done, failed, sent, http_429, retries;
    uint32_t answers[RATE_SLOTS];
    int64_t answers_slot;
};

struct runner {
    struct run run; /* what we were given */
    const struct pass *pass;
    int64_t not_before_us; /* no request of the pass before */
    struct http_loop *loop;
    struct lane *lane;
    size_t lanes;
    struct group *group;
    size_t groups;
    struct endpoint **endpoint; /* by catalog index; NULL: not in use */

    struct rng rng;
    int64_t started_us, deadline_us, next_tick_us, dirty_since_us;
    uint16_t batch;                   /* the journal batch being collected */
    uint32_t canary_row, canary_left; /* rows beyond canary_row wait while canary_left > 0 */
    bool canary_failed, barrier_open, abandon;

    bool stopping;
    enum exit_code code;
    char reason[512];
    struct record_counts counts;

    uint32_t *unsynced; /* rows whose `end` is collected and not yet on disk */
    size_t unsynced_count, unsynced_cap;
    struct buf url, body;
    struct lane_view *view;
};

/* lane.c: from targets and definitions to lanes; nothing is sent */
int lanes_build(struct runner *r, struct error *err);
void lanes_free(struct runner *r);
bool lane_active(const struct lane *l); /* may still send */
void lane_stop(struct lane *l, enum exit_code code, const char *reason);
void runner_stop(struct runner *r, enum exit_code code, const char *reason);
enum exit_code worse_of(enum exit_code a, enum exit_code b);

/* admit.c: announcing, admitting, sending */
struct endpoint *endpoint_of(const struct runner *r, uint32_t row);
void lane_announce(struct lane *l, int64_t now);
bool lane_needs_flush(struct lane *l, int64_t now);
void lane_send(struct lane *l, int64_t now);
int64_t lane_next_us(struct lane *l, int64_t now);
/* Counts a request as sent in pacer and health, and starts it; -1 where libcurl refuses. */
int lane_transfer(struct lane *l, const struct request *request, const char *id, const char *scope,
                  struct flight flight, size_t body_max, int64_t now, struct error *err);

/* verify.c: what the listed rows' findings come to: 0 where all are done and confirmed */
enum exit_code verify_code(const struct runner *r);

/* settle.c: what an answer means for everybody */
void lane_answered(void *at, unsigned slot, const struct http_answer *a);
void runner_put(struct runner *r, struct record *record);
/* The rate side of an answer to a read. */
void lane_read_answered(struct lane *l, const struct definition *d, const struct http_answer *a);

/* preflight.c */
int preflight_own_ids(struct runner *r,
                      struct error *err); /* those that need no read; EXIT_REFUSED */
void preflight_plan(struct lane *l);
void preflight_send(struct lane *l, int64_t now);
int64_t preflight_next_us(const struct lane *l, int64_t now);
void preflight_answered(struct lane *l, const struct flight *f, const struct http_answer *a);

/* view.c */
void view_tick(struct runner *r, int64_t now);
void view_count_answer(struct lane *l, int64_t now);
void view_tell(struct runner *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
