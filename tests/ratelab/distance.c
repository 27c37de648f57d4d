#include "distance.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a)   ((int)(sizeof(a) / sizeof *(a)))
#define RUN_S      25.0
#define WORK_S     60.0 /* servers with workers: the search should not be all there is to see */
#define LOOK_S     1.0  /* settled: over so long */
#define BEFORE_S   3.0  /* a stall should end with what was served in so long before it */
#define USED       .85  /* this share of the capacity was used, */
#define MOST_SPANS 2.0  /* and no more than so many times of service */
#define MOST_QUEUE 12.0 /* ... or so many requests waited */
#define MOST_W     .10
#define MOST_SICK  35
#define SICK_SHARE .005

enum { IN_FLIGHT = 512, WORK_MOST = 100000, STALL_MOST = 300000, FEW = 500, FEW_REFUSALS = 50 };

const struct distance_class distance_classes[DISTANCES] = {
    [DISTANCE_OPEN] = {"no limit", .75, .75},
    [DISTANCE_ONE_FREE] = {"500/s burst 50, 200 ms, 5,000, no hint or ms", .79, .79},
    [DISTANCE_ONE_TOLD] = {"500/s burst 50, 200 ms, 5,000, Retry-After", .75, .75},
    [DISTANCE_BUCKET_FREE] = {"buckets to 200 ms, no hint or ms", .95, .80},
    [DISTANCE_BUCKET_TOLD] = {"buckets to 200 ms, Retry-After", .85, .72},
    [DISTANCE_FAR_FREE] = {"buckets at 500 ms, no hint or ms", .82, 0},
    [DISTANCE_FAR_TOLD] = {"buckets at 500 ms, Retry-After", .78, 0},
    [DISTANCE_CAPACITY] = {"workers", .90, .90},
    [DISTANCE_REFUSING] = {"workers, 503 beyond a queue of 64", .90, 0},
    [DISTANCE_HALVES] = {"workers that become half as fast", .86, 0},
    [DISTANCE_DOUBLES] = {"workers that become twice as fast", 0, 0},
    [DISTANCE_WAY] = {"the way becomes twice as long", .55, 0},
    [DISTANCE_STALL] = {"a stall of 1 to 5 s, no limit", .90, 0},
    [DISTANCE_STALL_FREE] = {"a stall of 1 to 5 s, no hint or ms", .92, 0},
    [DISTANCE_STALL_TOLD] = {"a stall of 1 to 5 s, Retry-After", .74, 0},
    [DISTANCE_SMALL] = {"small windows and boxes (for w)", 0, 0},
};

struct filling {
    struct distance_case *cases;
    int count;
};

static struct play_setup *add(struct filling *f, enum distance_id class, double rtt_s, double sigma)
{
    struct distance_case *c = &f->cases[f->count++];
    *c = (struct distance_case){.class = class,
                                .setup = {.rtt_s = rtt_s,
                                          .sigma = sigma,
                                          .concurrency = IN_FLIGHT,
                                          .distant = true,
                                          .most_s = RUN_S * 12}};
    return &c->setup;
}

static bool free_hint(enum hint hint)
{
    return hint == HINT_NONE || hint == HINT_MS;
}

static void add_open(struct filling *f)
{
    static const double rtts[] = {.01, .05, .2, .5};
    for (int i = 0; i < COUNT(rtts); i++)
        add(f, DISTANCE_OPEN, rtts[i], .05)->requests = rtts[i] < .05 ? 100000 : 20000;
}

static void add_buckets(struct filling *f)
{
    static const double rates[] = {50, 200, 500, 1000}, deep[] = {.1, .5, 2},
                        rtts[] = {.05, .12, .2, .5}, sigmas[] = {.05, .35};
    for (int n = 0; n < COUNT(rates) * COUNT(deep) * COUNT(rtts) * COUNT(sigmas) * 4; n++) {
        enum hint hint = (enum hint)(n % 4);
        int i = n / 4;
        double sigma = sigmas[i % 2], rtt = rtts[i / 2 % 4], rate = rates[i / 24];
        bool far = rtt > .3, free = free_hint(hint);
        enum distance_id class = far    ? free ? DISTANCE_FAR_FREE : DISTANCE_FAR_TOLD
                                 : free ? DISTANCE_BUCKET_FREE
                                        : DISTANCE_BUCKET_TOLD;
        struct play_setup *s = add(f, class, rtt, sigma);
        s->limiter = (struct limiter_spec){LIMITER_BUCKET, .rate = rate,
                                           .burst = fmax(6, rate * deep[i / 8 % 3])};
        s->hint = hint;
        s->requests = play_size(s, RUN_S);
    }
    for (int h = 0; h < 4; h++) {
        bool free = free_hint((enum hint)h);
        struct play_setup *s = add(f, free ? DISTANCE_ONE_FREE : DISTANCE_ONE_TOLD, .2, .05);
        s->limiter = (struct limiter_spec){LIMITER_BUCKET, .rate = 500, .burst = 50};
        s->hint = (enum hint)h;
        s->requests = 5000;
    }
}

static void add_workers(struct filling *f, enum distance_id class)
{
    static const unsigned workers[] = {4, 16, 64};
    static const double spans[] = {.005, .02, .05}, rtts[] = {.05, .2, .5},
                        sigmas[] = {.05, .15, .35};
    for (int n = 0; n < 81; n++) {
        struct play_setup *s = add(f, class, rtts[n / 3 % 3], sigmas[n % 3]);
        s->capacity =
            (struct capacity_spec){.workers = workers[n / 27], .span_s = spans[n / 9 % 3]};
        if (class == DISTANCE_REFUSING)
            s->capacity.queue = 64;
        s->requests = play_size(s, WORK_S);
        if (s->requests > WORK_MOST)
            s->requests = WORK_MOST;
        if (class == DISTANCE_HALVES || class == DISTANCE_DOUBLES) {
            s->capacity.step_at_s = play_optimum(s) / 2;
            s->capacity.step = class == DISTANCE_HALVES ? 2 : .5;
        }
    }
}

static void add_way(struct filling *f)
{
    static const double rtts[] = {.05, .1, .2}, sigmas[] = {.05, .15, .35};
    static const struct capacity_spec servers[] = {
        {0}, {16, .02, .queue = 0}, {64, .05, .queue = 0}};
    for (int n = 0; n < 27; n++) {
        struct play_setup *s = add(f, DISTANCE_WAY, rtts[n / 3 % 3], sigmas[n % 3]);
        s->capacity = servers[n / 9];
        s->requests = play_size(s, RUN_S);
        s->longer_at_s = play_optimum(s) / 2;
        s->longer = 2;
    }
}

static void add_stalls(struct filling *f)
{
    static const double rtts[] = {.01, .03, .2, .5}, stalls[] = {1, 2, 5}, sigmas[] = {.05, .35};
    static const struct {
        struct limiter_spec limiter;
        struct capacity_spec capacity;
        enum hint hint;
    } servers[] = {
        {.hint = HINT_NONE},
        {.capacity = {.workers = 16, .span_s = .02}},
        {.limiter = {LIMITER_BUCKET, .rate = 500, .burst = 50}, .hint = HINT_NONE},
        {.limiter = {LIMITER_BUCKET, .rate = 50, .burst = 10}, .hint = HINT_MS},
        {.limiter = {LIMITER_BUCKET, .rate = 500, .burst = 50}, .hint = HINT_SECONDS},
        {.limiter = {LIMITER_WINDOW, .quota = 200, .width = 1}, .hint = HINT_SECONDS},
    };
    for (int n = 0; n < COUNT(servers) * COUNT(rtts) * COUNT(stalls) * COUNT(sigmas); n++) {
        int server = n / (COUNT(rtts) * COUNT(stalls) * COUNT(sigmas));
        bool limited = servers[server].limiter.kind != LIMITER_NONE;
        enum distance_id class = !limited                          ? DISTANCE_STALL
                                 : free_hint(servers[server].hint) ? DISTANCE_STALL_FREE
                                                                   : DISTANCE_STALL_TOLD;
        struct play_setup *s = add(f, class, rtts[n / 6 % 4], sigmas[n % 2]);
        s->limiter = servers[server].limiter;
        s->capacity = servers[server].capacity;
        s->hint = servers[server].hint;
        s->requests = play_size(s, RUN_S);
        if (s->requests > STALL_MOST)
            s->requests = STALL_MOST;
        s->stall_at_s = play_optimum(s) / 2;
        s->stall_s = stalls[n / 2 % 3];
    }
}

static void add_small(struct filling *f)
{
    static const struct limiter_spec limits[] = {
        {LIMITER_WINDOW, .quota = 30, .width = 1},
        {LIMITER_WINDOW, .quota = 60, .width = 2},
        {LIMITER_WINDOW, .quota = 150, .width = 3},
        {LIMITER_WINDOW, .quota = 600, .width = 60},
        {LIMITER_BOX, .quota = 100, .width = 1, .out = 5},
        {LIMITER_BOX, .quota = 60, .width = 1, .out = 4},
        {LIMITER_BUCKET, .rate = 20, .burst = 5},
        {LIMITER_BUCKET, .rate = 90, .burst = 5},
    };
    static const double rtts[] = {.03, .12, .2, .5};
    for (int n = 0; n < COUNT(limits) * 8; n++) {
        struct play_setup *s = add(f, DISTANCE_SMALL, rtts[n / 2 % 4], .1);
        s->limiter = limits[n / 8];
        s->limiter.phase = .3 * s->limiter.width;
        s->hint = n % 2 ? HINT_SECONDS : HINT_NONE;
        s->requests = play_size(s, fmax(RUN_S, 2.5 * s->limiter.width));
    }
}

int distance_fill(struct distance_case *cases)
{
    struct filling f = {cases, 0};
    add_open(&f);
    add_buckets(&f);
    add_workers(&f, DISTANCE_CAPACITY);
    add_workers(&f, DISTANCE_REFUSING);
    add_workers(&f, DISTANCE_HALVES);
    add_workers(&f, DISTANCE_DOUBLES);
    add_way(&f);
    add_stalls(&f);
    add_small(&f);
    return f.count;
}

void distance_name(const struct distance_case *c, char *out, size_t size)
{
    static const char *const hints[] = {"no hint", "seconds", "date", "ms"};
    const struct play_setup *s = &c->setup;
    const struct limiter_spec *l = &s->limiter;
    char what[64] = "no limit";
    if (l->kind == LIMITER_BUCKET)
        snprintf(what, sizeof what, "bucket %g/s burst %g, %s", l->rate, l->burst, hints[s->hint]);
    else if (l->kind == LIMITER_WINDOW)
        snprintf(what, sizeof what, "window %d per %g s, %s", l->quota, l->width, hints[s->hint]);
    else if (l->kind == LIMITER_BOX)
        snprintf(what, sizeof what, "box %d per %g s, out %g s, %s", l->quota, l->width, l->out,
                 hints[s->hint]);
    else if (s->capacity.workers)
        snprintf(what, sizeof what, "%u workers of %g ms", s->capacity.workers,
                 s->capacity.span_s * 1e3);
    char stall[32] = "";
    if (s->stall_s > 0)
        snprintf(stall, sizeof stall, "stall of %g s, ", s->stall_s);
    snprintf(out, size, "%s: %s, %srtt %g ms ~%g, %ld", distance_classes[c->class].name, what,
             stall, s->rtt_s * 1e3, s->sigma, (long)s->requests);
}

/* Looks at the server after a step or a stall, LOOK_S at a time. */
struct look {
    const struct play_setup *setup;
    double from_s, begun_s, waited_s, settled_s;
    int64_t taken, before; /* before: in the BEFORE_S until a stall began */
};

/* So many could it take a second now. */
static double full_rate(const struct play_setup *s, double at_s)
{
    const struct capacity_spec *c = &s->capacity;
    const struct limiter_spec *l = &s->limiter;
    double span = c->workers ? c->span_s * (c->step > 0 ? c->step : 1) : 0;
    double limit = l->kind == LIMITER_BUCKET   ? l->rate
                   : l->kind == LIMITER_WINDOW ? l->quota / l->width
                                               : INFINITY;
    return fmin(limit, fmin(capacity_rate(c, at_s), s->concurrency / (s->rtt_s + span)));
}

static bool quiet(const struct look *l)
{
    const struct capacity_spec *c = &l->setup->capacity;
    double span = c->span_s * (c->step > 0 ? c->step : 1);
    return l->waited_s <= MOST_SPANS * span * (double)l->taken ||
           l->waited_s <= MOST_QUEUE * LOOK_S;
}

static void look_at(void *to, double at_s, double wait_s)
{
    struct look *l = to;
    const struct play_setup *s = l->setup;
    l->before += at_s < s->stall_at_s && at_s >= s->stall_at_s - BEFORE_S;
    if (at_s < l->from_s || l->settled_s < INFINITY)
        return;
    if (l->begun_s + LOOK_S < at_s) {
        double full = full_rate(s, at_s) * LOOK_S;
        if (s->stall_s > 0)
            full = fmin(full, (double)l->before / BEFORE_S * LOOK_S);
        if (l->begun_s >= l->from_s && (double)l->taken >= USED * full && quiet(l))
            l->settled_s = at_s - l->from_s;
        l->begun_s = at_s;
        l->waited_s = 0;
        l->taken = 0;
    }
    l->waited_s += wait_s;
    l->taken++;
}

struct distance_outcome distance_measure(const struct distance_case *c, const struct client *client,
                                         int seeds, int64_t turn_us)
{
    struct distance_outcome o = {0};
    for (int seed = 1; seed <= seeds; seed++) {
        struct play_setup s = c->setup;
        struct look look = {.setup = &s, .settled_s = INFINITY};
        s.client = client;
        s.seed = (uint64_t)seed;
        s.turn_us = turn_us;
        if (s.capacity.step > 0 || s.stall_s > 0) {
            look.from_s = s.stall_s > 0 ? s.stall_at_s + s.stall_s : s.capacity.step_at_s;
            s.queued = look_at;
            s.trace_to = &look;
        }
        struct play_result r = play(&s);
        o.eta += r.eta / seeds;
        o.w += r.w / seeds;
        o.refusals += (double)r.refusals / seeds;
        o.sick += (double)r.sick / seeds;
        o.queue += r.queue / seeds;
        if (s.capacity.workers)
            o.spans += r.queue_s / s.capacity.span_s / seeds;
        o.settled_s += fmin(look.settled_s, 99) / seeds;
        o.violations += r.violations;
    }
    return o;
}

const char *distance_missed(const struct distance_case *c, const struct distance_outcome *o)
{
    const struct play_setup *s = &c->setup;
    if (o->violations)
        return "HOLD";
    if (s->requests >= FEW ? o->w > MOST_W : o->refusals > FEW_REFUSALS)
        return "W";
    if (o->eta < distance_classes[c->class].each)
        return "BELOW";
    if (c->class == DISTANCE_CAPACITY && o->spans > MOST_SPANS && o->queue > MOST_QUEUE)
        return "QUEUE";
    if (c->class == DISTANCE_REFUSING &&
        o->sick > fmax(1, fmin(MOST_SICK, SICK_SHARE * (double)s->requests)))
        return "503";
    if ((c->class == DISTANCE_HALVES || s->stall_s > 0) && o->settled_s > DISTANCE_SETTLE_S)
        return "UNSETTLED";
    return "";
}
