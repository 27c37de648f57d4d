#ifndef RESCIND_SANDBOX_SANDBOX_H
#define RESCIND_SANDBOX_SANDBOX_H

/* The stand-in providers, without sockets: a request comes in, an answer goes out, and the truth
 * and the counts are kept. Pure but for the memory: the time comes with the request.
 *
 * The order in which a request is judged: is its path known, is it authorised, did it arrive inside
 * a hold that was announced, does the limiter admit it, does a fault happen to it, and only then
 * what it asks for. */

#include "sandbox/announce.h"
#include "sandbox/faults.h"
#include "sandbox/forms.h"
#include "sandbox/limiter.h"
#include "sandbox/routes.h"
#include "sandbox/truth.h"

enum { PROVIDERS_MAX = 64, STATUS_MAX = 600, SECRET_MAX = 512 };

/* What is counted, per provider. */
struct tally {
    uint64_t requests, actions, effective, repeated;
    uint64_t unauthorised, limited, faults, own_deletes, unlawful_ids, unheard_ids;
    uint64_t holds, in_hold, in_hold_grace;
    uint64_t sent, dropped, reset, cut, aborted;
    uint64_t status[STATUS_MAX];
    int64_t first_us, last_us; /* of the requests' arrival, since the sandbox began; -1: none */
};

struct provider {
    const char *name;
    char secret[SECRET_MAX], own_id[ID_MAX + 1];
    bool weak; /* the credential may read but not manage */
    bool dead; /* the credential deleted itself */
    int refuse_status;
    uint64_t refuse_after; /* actions; refuse_status 0: never */
    int64_t delay_us;
    struct limiter limiter;
    struct announce announce;
    bool announce_set;
    int64_t hold_from_us, hold_until_us;
    struct tally tally;
};

struct inventory;

struct sandbox {
    struct catalog *catalog;
    struct routes *routes;
    struct forms *forms;
    struct truth truth;
    struct faults faults;
    struct inventory *inventory;
    struct provider provider[PROVIDERS_MAX];
    unsigned providers;
    unsigned char *provider_of; /* by definition index */
    bool any;                   /* every lawful id exists until it is deleted */
    double absent;
    int64_t grace_us, start_us;
    char origin[64]; /* of our own address, for redirects */
    uint64_t requests, unknown_paths, trapped;
    uint32_t number; /* of the last request */
};

/* A request. Texts are borrowed for the call. */
struct incoming {
    const char *method, *path, *query; /* query: "" or what follows the ? */
    const char *body;
    size_t body_len;
    const char *(*header)(void *at, const char *name); /* NULL: absent */
    void *at;
    int64_t now_us, wall_ms;
};

/* `catalog` is taken over. */
void sandbox_init(struct sandbox *s, struct catalog *catalog, int64_t now_us);
void sandbox_free(struct sandbox *s);
/* After all settings, before the first request. */
void sandbox_ready(struct sandbox *s);

void sandbox_handle(struct sandbox *s, const struct incoming *in, struct reply *out);
/* To be called when the answer goes out: announced holds begin. */
void sandbox_answering(struct sandbox *s, const struct reply *r, int64_t now_us);
/* And when it is known how that ended. */
void sandbox_answered(struct sandbox *s, const struct reply *r, enum truth_answer how);

struct provider *sandbox_provider(struct sandbox *s, const char *name); /* NULL: unknown */

/* /sandbox/counts: everything counted, one JSON object. */
void sandbox_counts(const struct sandbox *s, uint64_t connections, struct buf *out);

#endif
