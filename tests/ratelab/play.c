/* Two kinds of events in one heap: a request reaches the server, an answer reaches the client. The
 * server acts at the exact time; the client sees what has come, and sends, only when its loop turns
 * (turn_us), as a real event loop does that handles tens of answers at a time. */

#include "play.h"

#include "base/rng.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define SHORTEST_RTT_S 2e-4
#define PI             3.14159265358979323846

enum { HEAP_MAX = 1024 };

struct event {
    int64_t at_us, sent_us;
    double trip_s, wait_s, server_s;
    bool back;
};

struct world {
    const struct play_setup *setup;
    struct limiter limiter;
    struct rng rng;
    double date_phase; /* of the server's whole seconds */
    struct event heap[HEAP_MAX];
    unsigned events;
    struct event inbox[HEAP_MAX];
    unsigned arrived;
    _Alignas(16) char client[CLIENT_SIZE];
    int64_t now, left, flying, known_hold_us;
    struct play_result result;
};

static void heap_push(struct world *w, struct event e)
{
    unsigned i = w->events++;
    while (i > 0 && e.at_us < w->heap[(i - 1) / 2].at_us) {
        w->heap[i] = w->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    w->heap[i] = e;
}

static struct event heap_pop(struct world *w)
{
    struct event top = w->heap[0], last = w->heap[--w->events];
    unsigned i = 0, child;
    while ((child = 2 * i + 1) < w->events) {
        if (child + 1 < w->events && w->heap[child + 1].at_us < w->heap[child].at_us)
            child++;
        if (w->heap[child].at_us >= last.at_us)
            break;
        w->heap[i] = w->heap[child];
        i = child;
    }
    w->heap[i] = last;
    return top;
}

static double gauss(struct rng *rng)
{
    double u = rng_uniform(rng, 1e-12, 1), v = rng_uniform(rng, 0, 1);
    return sqrt(-2 * log(u)) * cos(2 * PI * v);
}

static double trip_s(struct world *w)
{
    double s = w->setup->rtt_s * exp(w->setup->sigma * gauss(&w->rng));
    return fmax(SHORTEST_RTT_S, s);
}

/* What the client reads out of a refusal at server time t. */
static double hint_s(const struct world *w, double t, double wait)
{
    switch (w->setup->hint) {
    case HINT_SECONDS:
        return fmax(1, ceil(wait));
    case HINT_DATE: /* HTTP-date minus the answer's own Date: both whole seconds */
        return ceil(t + w->date_phase + wait) - floor(t + w->date_phase);
    case HINT_MS:
        return ceil(wait * 1000) / 1000;
    case HINT_NONE:
        break;
    }
    return -1;
}

static int64_t turn_after(const struct world *w, int64_t us)
{
    int64_t g = w->setup->turn_us;
    return g > 1 ? (us + g - 1) / g * g : us;
}

static void send_all(struct world *w)
{
    const struct client *c = w->setup->client;
    while (w->left > 0 && w->flying < w->setup->concurrency &&
           c->next(w->client, w->now) <= w->now) {
        w->left--;
        w->flying++;
        c->sent(w->client, w->now);
        if (w->now < w->known_hold_us)
            w->result.violations++;
        double d = trip_s(w), late = 0;
        if (w->setup->hiccup > 0 && rng_uniform(&w->rng, 0, 1) < w->setup->hiccup)
            late = rng_uniform(&w->rng, 0, HICCUP_S);
        heap_push(w, (struct event){.at_us = w->now + (int64_t)((d / 2 + late) * 1e6),
                                    .sent_us = w->now,
                                    .trip_s = d});
    }
}

static void deliver(struct world *w, const struct event *e)
{
    const struct play_setup *s = w->setup;
    bool ok = e->wait_s < 0;
    w->flying--;
    if (s->trace)
        s->trace(s->trace_to, w->now, ok, s->client->rate(w->client));
    if (ok) {
        w->result.done++;
        s->client->answer(w->client, w->now, e->sent_us, true, -1);
        return;
    }
    w->left++;
    w->result.refusals++;
    double hold = hint_s(w, e->server_s, e->wait_s);
    int64_t hold_us = hold < 0 ? -1 : (int64_t)(hold * 1e6);
    if (hold > 0) {
        int64_t until =
            w->now + hold_us - (s->hint == HINT_MS ? (int64_t)(e->trip_s / 2 * 1e6) : 0);
        if (until > w->known_hold_us)
            w->known_hold_us = until;
    }
    s->client->answer(w->client, w->now, e->sent_us, false, hold_us);
}

/* Runs the server until the client's next turn; false when nothing will ever happen again. */
static bool until_next_turn(struct world *w)
{
    const struct client *c = w->setup->client;
    int64_t wake = INT64_MAX;
    if (w->left > 0 && w->flying < w->setup->concurrency)
        wake = c->next(w->client, w->now);
    if (wake != INT64_MAX)
        wake = turn_after(w, wake > w->now ? wake : w->now + 1);
    while (w->events > 0 && w->heap[0].at_us <= wake) {
        struct event e = heap_pop(w);
        if (e.back) {
            w->inbox[w->arrived++] = e;
            int64_t turn = turn_after(w, e.at_us);
            wake = turn < wake ? turn : wake;
            continue;
        }
        e.server_s = (double)e.at_us * 1e-6;
        e.wait_s = limiter_admit(&w->limiter, e.server_s);
        e.back = true;
        e.at_us += (int64_t)(e.trip_s / 2 * 1e6);
        heap_push(w, e);
    }
    if (wake == INT64_MAX)
        return false;
    w->now = wake;
    return true;
}

struct play_result play(const struct play_setup *s)
{
    static _Thread_local struct world world;
    struct world *w = &world;
    memset(w, 0, offsetof(struct world, heap));
    w->events = w->arrived = 0;
    w->now = w->flying = w->known_hold_us = 0;
    w->result = (struct play_result){0};
    w->setup = s;
    w->left = s->requests;
    limiter_init(&w->limiter, &s->limiter);
    w->rng = rng_seed(s->seed * 7919 + 1);
    w->date_phase = rng_uniform(&w->rng, 0, 1);
    s->client->init(w->client, s->concurrency, s->seed);
    int64_t most_us = (int64_t)(s->most_s * 1e6);
    do {
        for (unsigned i = 0; i < w->arrived; i++)
            deliver(w, &w->inbox[i]);
        w->arrived = 0;
        send_all(w);
    } while (w->result.done < s->requests && w->now < most_us &&
             w->result.refusals < 40 * s->requests && until_next_turn(w));
    struct play_result r = w->result;
    r.seconds = (double)w->now * 1e-6;
    r.w = (double)r.refusals / fmax(1, (double)r.done);
    r.eta = play_optimum(s) / r.seconds * (double)r.done / (double)s->requests;
    return r;
}

double play_optimum(const struct play_setup *s)
{
    double rtt = s->rtt_s * exp(s->sigma * s->sigma / 2); /* the lognormal's mean */
    double n = (double)s->requests, lo = 0, hi = 1e6;
    for (int i = 0; i < 60; i++) {
        double mid = (lo + hi) / 2;
        if (limiter_cap(&s->limiter, mid, s->concurrency / rtt) >= n)
            hi = mid;
        else
            lo = mid;
    }
    return fmax(hi + rtt / 2, n * rtt / s->concurrency);
}

int64_t play_size(const struct play_setup *s, double seconds)
{
    double most = s->concurrency / (s->rtt_s * exp(s->sigma * s->sigma / 2));
    double until = s->limiter.kind == LIMITER_WINDOW ? seconds - s->limiter.width : seconds;
    double n = limiter_cap(&s->limiter, until, most);
    return (int64_t)fmax(20, fmin(n, seconds * most));
}
