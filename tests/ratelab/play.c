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

enum { HEAP_MAX = 16 << 10 };

struct event {
    int64_t at_us, sent_us;
    double trip_s, wait_s, server_s;
    unsigned player;
    enum reply what;
    bool back;
};

struct player {
    _Alignas(16) char client[CLIENT_SIZE];
    int64_t left, flying, done, known_hold_us;
};

struct world {
    const struct play_setup *setup;
    struct limiter limiter;
    struct capacity capacity;
    struct rng rng;
    double date_phase; /* of the server's whole seconds */
    struct event heap[HEAP_MAX];
    unsigned events;
    struct event inbox[HEAP_MAX];
    unsigned arrived;
    struct player player[PLAYERS];
    unsigned players;
    int64_t now, all;
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
    if (w->setup->longer > 0 && (double)w->now * 1e-6 >= w->setup->longer_at_s)
        s *= w->setup->longer;
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

static bool may_send(const struct world *w, const struct player *p)
{
    return p->left > 0 && p->flying < w->setup->concurrency;
}

static void send_all(struct world *w, unsigned player)
{
    const struct client *c = w->setup->client;
    struct player *p = &w->player[player];
    while (may_send(w, p) && c->next(p->client, w->now) <= w->now) {
        p->left--;
        p->flying++;
        c->sent(p->client, w->now);
        if (w->now < p->known_hold_us)
            w->result.violations++;
        double d = trip_s(w), late = 0;
        if (w->setup->hiccup > 0 && rng_uniform(&w->rng, 0, 1) < w->setup->hiccup)
            late = rng_uniform(&w->rng, 0, HICCUP_S);
        heap_push(w, (struct event){.at_us = w->now + (int64_t)((d / 2 + late) * 1e6),
                                    .sent_us = w->now,
                                    .player = player,
                                    .trip_s = d});
    }
}

static void take(struct world *w, struct player *p, enum reply what, int64_t sent_us,
                 int64_t hold_us)
{
    const struct client *c = w->setup->client;
    if (c->left)
        c->left(p->client, p->left + p->flying);
    c->answer(p->client, w->now, sent_us, what, hold_us);
}

static void deliver(struct world *w, const struct event *e)
{
    const struct play_setup *s = w->setup;
    struct player *p = &w->player[e->player];
    bool ok = e->what == REPLY_OK;
    p->flying--;
    if (s->trace)
        s->trace(s->trace_to, w->now, ok, s->client->rate(p->client));
    if (ok) {
        w->result.done++;
        if (++p->done == s->requests)
            w->result.alone_s[e->player] = (double)w->now * 1e-6;
        take(w, p, e->what, e->sent_us, -1);
        return;
    }
    p->left++;
    if (e->what == REPLY_SICK) {
        w->result.sick++;
        take(w, p, e->what, e->sent_us, -1);
        return;
    }
    w->result.refusals++;
    double hold = hint_s(w, e->server_s, e->wait_s);
    int64_t hold_us = hold < 0 ? -1 : (int64_t)(hold * 1e6);
    if (hold > 0) {
        int64_t until =
            w->now + hold_us - (s->hint == HINT_MS ? (int64_t)(e->trip_s / 2 * 1e6) : 0);
        if (until > p->known_hold_us)
            p->known_hold_us = until;
    }
    take(w, p, e->what, e->sent_us, hold_us);
}

/* What would happen at t: a server that stands still does it when it goes on. */
static double going_on_s(const struct play_setup *s, double t)
{
    double end = s->stall_at_s + s->stall_s;
    return t >= s->stall_at_s && t < end ? end : t;
}

/* A request has reached the server: when and how its answer will be back. */
static void serve(struct world *w, struct event e)
{
    const struct play_setup *s = w->setup;
    double done_s, queued_s;
    e.server_s = done_s = going_on_s(s, (double)e.at_us * 1e-6);
    e.wait_s = limiter_admit(&w->limiter, e.server_s);
    if (e.wait_s >= 0)
        e.what = REPLY_REFUSED;
    else if (!capacity_take(&w->capacity, e.server_s, &done_s, &queued_s))
        e.what = REPLY_SICK;
    else if (s->queued)
        s->queued(s->trace_to, e.server_s, queued_s);
    e.back = true;
    e.at_us = (int64_t)((going_on_s(s, done_s) + e.trip_s / 2) * 1e6);
    heap_push(w, e);
}

static int64_t next_wake(const struct world *w)
{
    int64_t wake = INT64_MAX;
    for (unsigned i = 0; i < w->players; i++) {
        const struct player *p = &w->player[i];
        int64_t at = may_send(w, p) ? w->setup->client->next(p->client, w->now) : INT64_MAX;
        wake = at < wake ? at : wake;
    }
    return wake;
}

/* Runs the server until the clients' next turn; false when nothing will ever happen again. */
static bool until_next_turn(struct world *w)
{
    int64_t wake = next_wake(w);
    if (wake != INT64_MAX)
        wake = turn_after(w, wake > w->now ? wake : w->now + 1);
    while (w->events > 0 && w->heap[0].at_us <= wake) {
        struct event e = heap_pop(w);
        if (!e.back) {
            serve(w, e);
            continue;
        }
        w->inbox[w->arrived++] = e;
        int64_t turn = turn_after(w, e.at_us);
        wake = turn < wake ? turn : wake;
    }
    if (wake == INT64_MAX)
        return false;
    w->now = wake;
    return true;
}

static void begin(struct world *w, const struct play_setup *s)
{
    memset(w, 0, offsetof(struct world, heap));
    w->events = w->arrived = 0;
    w->now = 0;
    w->result = (struct play_result){0};
    w->setup = s;
    w->players = s->players ? s->players : 1;
    w->all = s->requests * w->players;
    limiter_init(&w->limiter, &s->limiter);
    capacity_init(&w->capacity, &s->capacity);
    w->rng = rng_seed(s->seed * 7919 + 1);
    w->date_phase = rng_uniform(&w->rng, 0, 1);
    for (unsigned i = 0; i < w->players; i++) {
        struct player *p = &w->player[i];
        p->flying = p->done = p->known_hold_us = 0;
        p->left = s->requests;
        s->client->init(p->client, s->concurrency, s->seed + i * 101);
        if (s->client->left)
            s->client->left(p->client, p->left);
    }
}

struct play_result play(const struct play_setup *s)
{
    static _Thread_local struct world world;
    struct world *w = &world;
    begin(w, s);
    int64_t most_us = (int64_t)(s->most_s * 1e6);
    do {
        for (unsigned i = 0; i < w->arrived; i++)
            deliver(w, &w->inbox[i]);
        w->arrived = 0;
        for (unsigned i = 0; i < w->players; i++)
            send_all(w, i);
    } while (w->result.done < w->all && w->now < most_us && w->result.refusals < 40 * w->all &&
             until_next_turn(w));
    struct play_result r = w->result;
    r.seconds = (double)w->now * 1e-6;
    r.w = (double)r.refusals / fmax(1, (double)r.done);
    r.eta = play_optimum(s) / r.seconds * (double)r.done / (double)w->all;
    r.queue_s = w->capacity.waited_s / fmax(1, (double)w->capacity.taken);
    r.queue = w->capacity.waited_s / r.seconds;
    return r;
}

static double mean_trip_s(const struct play_setup *s)
{
    return s->rtt_s * exp(s->sigma * s->sigma / 2); /* the lognormal's mean */
}

/* So many answers can there be t seconds after the first: the server's alone, and what so many in
 * flight can carry. A request is in flight while it is worked on, too. */
static double distant_cap(const struct play_setup *s, double t)
{
    if (t > s->stall_at_s) /* nothing is won while it stands still */
        t = fmax(s->stall_at_s, t - s->stall_s);
    double trip = mean_trip_s(s) + (s->capacity.workers ? s->capacity.span_s : 0);
    double most = s->concurrency / trip, carried = t * most;
    if (s->longer > 0 && t > s->longer_at_s)
        carried = s->longer_at_s * most + (t - s->longer_at_s) * most / s->longer;
    double served = fmin(limiter_cap(&s->limiter, t, most), capacity_cap(&s->capacity, t));
    return fmin(served, carried);
}

double play_optimum(const struct play_setup *s)
{
    double rtt = mean_trip_s(s);
    double n = (double)(s->requests * (s->players ? s->players : 1)), lo = 0, hi = 1e6;
    for (int i = 0; i < 60; i++) {
        double mid = (lo + hi) / 2;
        double cap =
            s->distant ? distant_cap(s, mid) : limiter_cap(&s->limiter, mid, s->concurrency / rtt);
        if (cap >= n)
            hi = mid;
        else
            lo = mid;
    }
    return s->distant ? hi + rtt : fmax(hi + rtt / 2, n * rtt / s->concurrency);
}

int64_t play_size(const struct play_setup *s, double seconds)
{
    double most = s->concurrency / mean_trip_s(s);
    double until = s->limiter.kind == LIMITER_WINDOW ? seconds - s->limiter.width : seconds;
    double n = s->distant ? distant_cap(s, until) : limiter_cap(&s->limiter, until, most);
    return (int64_t)fmax(20, fmin(n, seconds * most));
}
