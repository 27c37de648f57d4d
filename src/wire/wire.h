#ifndef RESCIND_WIRE_WIRE_H
#define RESCIND_WIRE_WIRE_H

/* How one (origin, account) pair is spoken to. A wire has the pair's connections, pacer and
 * health; it sends, it hears the answers, and tells each to the pacer, the health, the journal (the
 * holds that were told), the counts and the trace, before whoever asked takes it. Nobody above it
 * sees libcurl, the pacer or the health.
 *
 * Wires know nothing of each other, so one that holds never stops another. */

#include "provider/request.h"
#include "wire/endpoint.h"
#include "wire/health.h"
#include "wire/http.h"
#include "wire/pacer.h"
#include "wire/recent.h"
#include "wire/session.h"
#include "wire/sharing.h"

struct read;

/* What becomes of an answer. */
struct wire_taker {
    /* At once, with the body at hand: what it means. */
    void (*judge)(void *at, unsigned slot, const struct answer *a, struct verdict *v);
    /* Once pacer, health and journal know of it. All is borrowed. */
    void (*take)(void *at, unsigned slot, const struct http_answer *a, struct verdict *v);
};

/* A request. Texts are borrowed for the call, the endpoint until the answer came. */
struct wire_call {
    const struct endpoint *endpoint;
    const struct request *request;
    const char *path; /* replaces the request's, a query included; NULL: its own */
    const char *id, *scope;
    const char *body; /* NULL: none */
    size_t body_max;  /* most of the answer's to keep, bytes */
    bool retry;       /* an attempt before it ended in a retryable way */
    bool wipe;        /* the answer has a secret */
    bool counted;     /* in the journal's counts: it is about a target */
    const struct wire_taker *taker;
    void *at;
};

/* A call that is in flight. */
struct wire_slot {
    const struct wire_taker *taker; /* NULL: nobody wants the answer any more */
    void *at;
    const struct endpoint *endpoint;
    const char *method;
    char *url; /* for the trace; NULL: there is none */
    bool counted;
};

/* Readable, not for others to change. */
struct wire {
    struct session *session;
    char *name;   /* the provider, several joined by `+` */
    char *origin; /* its pair: "https://host:port", a loopback address by its number, */
    const char *const *secrets; /* and all secrets of its headers */
    char *pair;                 /* the name of a hold in the journal: origin and account */
    const char *url;            /* a base URL of it */
    double max_rate;            /* ceiling; 0: none */
    int64_t held_us;            /* what is left of a hold that an earlier run was told */
    bool told_limited;          /* how many at a time this machine has room for */
    int64_t headed_until_us;    /* holds told by heads of answers that had not ended */
    bool fresh_next;            /* the next request goes on a connection of its own */
    unsigned capacity;          /* of `slot` */
    struct http_client *http;
    struct pacer pacer;
    struct sharing sharing;
    struct health health;
    struct wire_slot *slot; /* by slot of http */
    struct read *reads;     /* begun, in that order */
    struct buf buf;
    struct ending ending;    /* not EXIT_DONE: no more requests over this wire */
    int64_t patience_end_us; /* of all that its reads wait; 0: none had to */
    bool patience_renews;    /* for each read: what comes before the first deletion is over */
    uint64_t sent, http_429, retries, attempts;
    int64_t room_read_us;
    struct {
        int64_t told_us;  /* when a success first said that nothing is left of a quota */
        int64_t reset_us; /* until then, as it said; 0: none did */
        int64_t end_us;   /* of our waiting for it */
        bool doubted;     /* more succeeded before that: the field means something else */
    } used_up;
    struct recent answers;
};

/* A wire for an endpoint's pair, with nothing of its own open yet. */
void wire_init(struct wire *w, struct session *s, const struct endpoint *e);
/* Whether it is that endpoint's. The provider knows an account by its secrets, whatever the
 * variables are called that they came from, and a host by its address. */
bool wire_is(const struct wire *w, const struct endpoint *e);
/* An endpoint of the pair is going to be used: its name, its ceiling, what it was told before. */
void wire_join(struct wire *w, const struct endpoint *e);
/* `concurrency` requests may be in flight. EXIT_STOPPED. */
int wire_open(struct wire *w, unsigned concurrency, struct error *err);
void wire_close(struct wire *w);

bool wire_active(const struct wire *w); /* may still send */
void wire_stop(struct wire *w, enum exit_code code, const char *reason);
/* Stops it where it has been down for too long, or could only wait until the deadline. */
void wire_give_up_hopeless(struct wire *w, int64_t now);

/* Whether it can only wait until then; and the words for it. Its reads have their own patience. */
bool wire_held_beyond_deadline(const struct wire *w, int64_t now, char reason[ENDING_REASON]);
/* Stops it where it is held for longer than the patience of what only reads. */
void wire_give_up_held(struct wire *w, int64_t now);

/* Until when its reads may wait: 30 s from when they first had to, all together until
 * patience_renews, and not beyond the deadline. */
#define WIRE_PATIENCE_US (30 * 1000000LL)
int64_t wire_patience_us(const struct wire *w, int64_t now);

/* Every turn, before anything is sent: hears what other processes were told about this pair.
 * `sends`: there are targets to go over it. */
void wire_listen(struct wire *w, bool sends, int64_t now);

/* When the next request, or retry of one, may go: `now` where it may, INT64_MAX where an answer
 * must come first. */
int64_t wire_open_us(const struct wire *w, int64_t now, bool retry);
bool wire_has_room(const struct wire *w);
unsigned wire_in_flight(const struct wire *w);

/* Sends it once and at once, which the caller only does when wire_open_us says so. Its slot, below
 * `concurrency`; -1: EXIT_STOPPED, EXIT_DATA (no such URL). */
int wire_send(struct wire *w, const struct wire_call *call, int64_t now, struct error *err);

/* What is left to do over it, for the view. */
struct tally {
    uint64_t targets, finished, done, failed;
    unsigned each; /* requests that a target takes; 0: one */
};
/* `before` is what keeps it from its work, or NULL; `busy` a word for that work. Both give way to
 * what the wire itself has to say. */
struct lane_view wire_view(struct wire *w, const struct tally *tally, const char *before,
                           const char *busy, int64_t now);

#endif
