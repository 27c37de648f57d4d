/* distance-lab: the pacer far away from its server; the table of bars, and several on one limiter.
 *
 *   distance-lab [--seeds N] [--turn MICROSECONDS] [--client pacer|reference] [--class N] [--only
 * TEXT]
 *                [--cases]
 *
 * --only: cases whose name holds that. Exit status 1 when a bar is missed. */

#include "distance.h"
#include "lab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SETTLED_LEAST = 75 };

static struct lab_options options;
static struct distance_case cases[DISTANCE_MAX];
static int count;

struct shared {
    struct distance_outcome outcome[DISTANCE_MAX];
};

static bool chosen(int i)
{
    char name[DISTANCE_NAME];
    distance_name(&cases[i], name, sizeof name);
    return (options.class < 0 || (int)cases[i].class == options.class) &&
           strstr(name, options.only);
}

static void one(int i, void *to)
{
    struct shared *shared = to;
    if (chosen(i))
        shared->outcome[i] =
            distance_measure(&cases[i], options.client, options.seeds, options.turn_us);
}

static void print_cases(const struct shared *shared)
{
    for (int i = 0; i < count; i++) {
        if (!chosen(i))
            continue;
        const struct distance_outcome *o = &shared->outcome[i];
        const char *missed = distance_missed(&cases[i], o);
        char name[DISTANCE_NAME];
        distance_name(&cases[i], name, sizeof name);
        if (options.cases || *missed)
            printf("%-100s eta %.3f w %.3f refused %.0f 503 %.0f spans %.2f queue %.1f settled "
                   "%.1f %s\n",
                   name, o->eta, o->w, o->refusals, o->sick, o->spans, o->queue, o->settled_s,
                   missed);
    }
}

static int print_class(const struct shared *shared, int class)
{
    const struct distance_class *c = &distance_classes[class];
    double eta = 0, worst = INFINITY, w = 0, sick = 0, spans = 0, queue = 0;
    int n = 0, missed = 0, noisy = 0, settled = 0;
    for (int i = 0; i < count; i++) {
        if ((int)cases[i].class != class || !chosen(i))
            continue;
        const struct distance_outcome *o = &shared->outcome[i];
        const char *bad = distance_missed(&cases[i], o);
        n++;
        eta += o->eta;
        worst = fmin(worst, o->eta);
        w = fmax(w, o->w);
        sick += o->sick;
        spans += o->spans;
        queue = fmax(queue, o->queue);
        settled += o->settled_s <= DISTANCE_SETTLE_S;
        noisy += strcmp(bad, "W") == 0;
        missed += *bad != '\0';
    }
    if (n == 0)
        return 0;
    bool enough = class == DISTANCE_HALVES
                      ? settled * 81 >= SETTLED_LEAST * n && missed - noisy <= 6
                      : missed == 0;
    bool met = enough && eta / n >= c->mean;
    printf("%-46s %4d %4.2f %4.2f  %.3f %.3f  %.3f %8.0f %6.2f %6.1f", c->name, n, c->mean, c->each,
           eta / n, worst, w, sick, spans / n, queue);
    if (class == DISTANCE_HALVES || class == DISTANCE_DOUBLES)
        printf("  settled %d", settled);
    printf("  missed %d (w %d)  %s\n", missed, noisy, met ? "ok" : "MISSED");
    return !met;
}

/* Jain's index is 1 where all get the same, 1/n where one gets all. */
static void print_crowds(void)
{
    static const unsigned players[] = {2, 4, 16};
    static const enum hint hints[] = {HINT_NONE, HINT_SECONDS};
    printf("\nseveral on one bucket of 400/s, burst 40, 100 ms away, 8,000 requests in all\n");
    for (int i = 0; i < 3; i++)
        for (int h = 0; h < 2; h++) {
            struct play_setup s = {
                .limiter = {LIMITER_BUCKET, .rate = 400, .burst = 40},
                .client = options.client,
                .hint = hints[h],
                .rtt_s = .1,
                .sigma = .05,
                .turn_us = options.turn_us,
                .players = players[i],
                .requests = 8000 / players[i],
                .concurrency = 512,
                .distant = true,
                .seed = 1,
                .most_s = 300,
            };
            struct play_result r = play(&s);
            double sum = 0, squares = 0;
            for (unsigned k = 0; k < players[i]; k++) {
                double rate = r.alone_s[k] > 0 ? (double)s.requests / r.alone_s[k] : 0;
                sum += rate;
                squares += rate * rate;
            }
            printf("  %2u, %-11s: %.0f/s together, Jain's index of their rates %.3f, w %.3f, "
                   "inside holds that the sender knew of %ld\n",
                   players[i], h ? "Retry-After" : "no hint", (double)r.done / r.seconds,
                   sum * sum / (players[i] * fmax(squares, 1e-9)), r.w, (long)r.violations);
        }
}

int main(int argc, char **argv)
{
    options = lab_options(argc, argv, &client_pacer);
    count = distance_fill(cases);
    struct shared *shared = lab_shared(sizeof *shared);
    lab_work(count, one, shared);
    print_cases(shared);
    printf("\n%-46s %4s %4s %4s  %5s %5s  %5s %8s %6s %6s\n", "512 in flight at most", "n", "mean",
           "each", "eta", "worst", "w", "503s", "spans", "queue");
    int missed = 0;
    for (int class = 0; class < DISTANCES; class ++)
        missed += print_class(shared, class);
    if (options.class < 0 && !*options.only)
        print_crowds();
    return missed > 0;
}
