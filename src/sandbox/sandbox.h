#ifndef RESCIND_SANDBOX_SANDBOX_H
#define RESCIND_SANDBOX_SANDBOX_H

/* The stand-in providers, without sockets: a request comes in, an answer goes out, and the truth
 * and the counts are kept. Pure but for the memory: the time comes with the request.
 *
 * The order in which a request is judged: is its path known, is it authorised, did it arrive inside
 * a hold that was announced, does the limiter admit it, is a worker or room in the queue left for
 * it, does a fault happen to it, and only then what it asks for. */

#include "sandbox/faults.h"
#include "sandbox/forms.h"
#include "sandbox/routes.h"
#include "sandbox/standin.h"
#include "sandbox/stock.h"
#include "sandbox/truth.h"

enum { PROVIDERS_MAX = 64 };

struct sandbox {
    struct catalog *catalog;
    struct routes *routes;
    struct forms *forms;
    struct truth truth;
    struct faults faults;
    struct stock *stock;
    struct stock_settings lists;
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

#endif
