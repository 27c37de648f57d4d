/* rate-lab: the pacer through every simulated limiter, beside the reference; the table of bars.
 *
 *   rate-lab [--seeds N] [--turn MICROSECONDS] [--client pacer|reference] [--class N] [--only TEXT]
 *            [--cases]
 *
 * --cases prints every case, worst first. Exit status 1 when the pacer misses a bar. */

#include "lab.h"
#include "measure.h"
#include "recovery.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEAN_SHORT        .85 /* over all but burst 1 */
#define MEAN_LONGER       .90
#define RECOVERY_MEDIAN_S 15
#define RECOVERY_WORST_S  20
#define RAMP_S            1

enum { CLIENTS = 2, SEEDS_MAX = 32 };

static const struct client *const clients[CLIENTS] = {&client_reference, &client_pacer};

static struct lab_options options;
static struct grid_case cases[GRID_MAX];
static int case_count;

struct shared {
    struct measured outcome[GRID_MAX][CLIENTS];
};

static bool chosen_client(int client)
{
    return !options.client || options.client == clients[client];
}

static bool chosen(int i, int client)
{
    char name[GRID_NAME];
    grid_name(&cases[i], name, sizeof name);
    return (options.class < 0 || (int)cases[i].class == options.class) && chosen_client(client) &&
           strstr(name, options.only);
}

static void one(int i, void *to)
{
    struct shared *shared = to;
    for (int c = 0; c < CLIENTS; c++)
        if (chosen(i, c))
            shared->outcome[i][c] = measure(&cases[i], clients[c], options.seeds, options.turn_us);
}

struct row {
    int cases, missed, noisy;
    double mean, worst, w;
    int64_t violations;
};

static struct row row_of(const struct shared *shared, int client, int class, int span, bool barred)
{
    struct row r = {.worst = INFINITY};
    for (int i = 0; i < case_count; i++) {
        const struct grid_case *c = &cases[i];
        if ((int)c->class != class || (int)c->span != span || c->barred != barred ||
            !chosen(i, client))
            continue;
        const struct measured *o = &shared->outcome[i][client];
        r.cases++;
        r.missed += measured_below(o, c);
        r.noisy += measured_noisy(o);
        r.mean += o->share;
        r.worst = fmin(r.worst, o->share);
        r.w += o->w;
        r.violations += o->violations;
    }
    r.mean /= r.cases ? r.cases : 1;
    r.w /= r.cases ? r.cases : 1;
    return r;
}

static const char *const span_names[SPANS] = {"25 s", "60+ s", "300 s"};

static int print_table(const struct shared *shared, bool barred)
{
    int missed = 0;
    printf("\n%s\n%-34s %-6s %4s %4s",
           barred ? "jitter .05, round trip up to 30 ms (the bars are for these)"
                  : "other round trips and jitter (no bars)",
           "class", "runs", "n", "bar");
    for (int c = 0; c < CLIENTS; c++)
        printf("  %9s mean  min    w  <bar >w v", clients[c]->name);
    printf("\n");
    for (int class = 0; class < CLASSES; class ++)
        for (int span = 0; span < SPANS; span++) {
            struct row rows[CLIENTS];
            int n = 0;
            for (int c = 0; c < CLIENTS; c++) {
                rows[c] = row_of(shared, c, class, span, barred);
                n = rows[c].cases > n ? rows[c].cases : n;
            }
            if (n == 0)
                continue;
            printf("%-34s %-6s %4d %4.2f", grid_classes[class].name, span_names[span], n,
                   grid_classes[class].bar[span]);
            for (int c = 0; c < CLIENTS; c++)
                printf("  %14.3f %.3f %.3f %3d %3d %ld", rows[c].mean, rows[c].worst, rows[c].w,
                       rows[c].missed, rows[c].noisy, (long)rows[c].violations);
            struct row *ours = &rows[CLIENTS - 1];
            bool bad = (barred && (ours->missed > 0 || ours->noisy > 0)) || ours->violations > 0;
            printf("  %s\n", !barred ? "" : bad ? "MISSED" : "ok");
            missed += bad;
        }
    return missed;
}

static int print_means(const struct shared *shared)
{
    int missed = 0;
    printf("\nmean over all but burst 1 (bars %.2f, %.2f)\n", MEAN_SHORT, MEAN_LONGER);
    for (int c = 0; c < CLIENTS; c++) {
        double sum[2] = {0}, w[2] = {0};
        int n[2] = {0};
        for (int i = 0; i < case_count; i++) {
            if (cases[i].class == CLASS_BURST1 || cases[i].class == CLASS_BURST1_SLOW ||
                !chosen(i, c))
                continue;
            int longer = cases[i].span != SPAN_SHORT;
            sum[longer] += shared->outcome[i][c].eta;
            w[longer] += shared->outcome[i][c].w;
            n[longer]++;
        }
        if (clients[c] == &client_pacer)
            missed = sum[0] / n[0] < MEAN_SHORT || sum[1] / n[1] < MEAN_LONGER;
        printf("  %-10s 25 s: %.3f (w %.3f, %d cases)   longer: %.3f (w %.3f, %d cases)\n",
               clients[c]->name, sum[0] / n[0], w[0] / n[0], n[0], sum[1] / n[1], w[1] / n[1],
               n[1]);
    }
    return missed;
}

static const struct shared *sort_shared;
static int sort_client;

static int by_eta(const void *a, const void *b)
{
    double x = sort_shared->outcome[*(const int *)a][sort_client].share,
           y = sort_shared->outcome[*(const int *)b][sort_client].share;
    return (x > y) - (x < y);
}

static void print_cases(const struct shared *shared, int client)
{
    static int order[GRID_MAX];
    int n = 0;
    for (int i = 0; i < case_count; i++)
        if (chosen(i, client))
            order[n++] = i;
    sort_shared = shared;
    sort_client = client;
    qsort(order, (size_t)n, sizeof *order, by_eta);
    for (int k = 0; k < n; k++) {
        const struct grid_case *c = &cases[order[k]];
        const struct measured *o = &shared->outcome[order[k]][client];
        char name[GRID_NAME];
        grid_name(c, name, sizeof name);
        printf("%-9s %s %-70s share %.3f eta %.3f w %.3f refused %.0f of %ld%s%s\n",
               clients[client]->name, c->barred ? "*" : " ", name, o->share, o->eta, o->w,
               o->refusals, (long)o->requests, measured_below(o, c) ? " BELOW" : "",
               measured_noisy(o) ? " NOISY" : "");
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int print_recovery(const struct client *client)
{
    static const enum hint hints[] = {HINT_NONE, HINT_SECONDS};
    double all[RECOVERY_CASES * 2 * SEEDS_MAX];
    int n = 0;
    printf("\n%s: seconds until 95%% of a changed limit is delivered (no hint; Retry-After)\n",
           client->name);
    for (int i = 0; i < RECOVERY_CASES; i++) {
        printf("  %3.0f -> %3.0f/s ", recovery_cases[i].from, recovery_cases[i].to);
        for (int h = 0; h < 2; h++, printf(h < 2 ? "  ;" : "\n"))
            for (int seed = 1; seed <= options.seeds; seed++) {
                all[n] = recovery_s(&recovery_cases[i], client, hints[h], options.turn_us,
                                    (uint64_t)seed);
                printf(" %5.1f", all[n++]);
            }
    }
    qsort(all, (size_t)n, sizeof *all, ascending);
    double median = all[n / 2], worst = all[n - 1];
    printf("  median %.1f s, worst %.1f s (bars %d, %d)\n", median, worst, RECOVERY_MEDIAN_S,
           RECOVERY_WORST_S);
    return median > RECOVERY_MEDIAN_S || worst > RECOVERY_WORST_S;
}

static int print_ramp(const struct client *client)
{
    static const double rtts[] = {2e-4, 1e-3};
    static const int64_t turns[] = {0, 200, 1000, 2000};
    int missed = 0;
    printf("\n%s: no limit, 100,000 requests, 32 in flight\n", client->name);
    for (int i = 0; i < 2; i++)
        for (int t = 0; t < 4; t++) {
            struct ramp r = ramp_measure(client, rtts[i], turns[t]);
            printf("  round trip %.1f ms, turns of %ld us: 10,000/s after %.2f s, %.0f/s in all, "
                   "%.2f s lost\n",
                   rtts[i] * 1e3, (long)turns[t], r.to_10k_s, r.rate, r.lost_s);
            missed += r.to_10k_s > RAMP_S;
        }
    return missed;
}

/* A bucket without burst punishes every request that the network brings too close to the one
 * before: what a busy machine costs there, and what nobody can get back. */
static void print_hiccups(void)
{
    static const double rates[] = {40, 60, 90}, shares[] = {0, .01, .02};
    enum { RUNS = 8 };
    printf("\nburst 1, Retry-After, 30 ms away, 25 s; some requests arrive up to %.0f ms late\n",
           HICCUP_S * 1e3);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            struct grid_case c = {.limiter = {.kind = LIMITER_BUCKET, .rate = rates[i], .burst = 1},
                                  .hint = HINT_SECONDS,
                                  .rtt_s = .03,
                                  .sigma = .005,
                                  .seconds = 25};
            double eta[CLIENTS] = {0}, best = 0;
            for (int n = 0; n < CLIENTS; n++)
                for (int seed = 1; seed <= RUNS; seed++) {
                    struct play_setup s = grid_setup(&c, clients[n], (uint64_t)seed);
                    s.turn_us = 200;
                    s.hiccup = shares[k];
                    eta[n] += play(&s).eta / RUNS;
                    best = n + seed == 1 ? steady_best(&s, .1) : best;
                }
            printf("  %2.0f/s, %.0f%% late: best constant rate %.2f, %s %.2f, %s %.2f\n", rates[i],
                   shares[k] * 100, best, clients[0]->name, eta[0], clients[1]->name, eta[1]);
        }
}

int main(int argc, char **argv)
{
    options = lab_options(argc, argv, NULL);
    case_count = grid_fill(cases);
    struct shared *shared = lab_shared(sizeof *shared);
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    lab_work(case_count, one, shared);
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (options.cases)
        for (int c = 0; c < CLIENTS; c++)
            print_cases(shared, c);
    int missed = print_table(shared, true);
    print_table(shared, false);
    missed += print_means(shared);
    for (int i = 0; i < CLIENTS; i++)
        if (chosen_client(i)) {
            int slow = print_recovery(clients[i]) + print_ramp(clients[i]);
            missed += clients[i] == &client_pacer ? slow : 0;
        }
    print_hiccups();
    printf("\n%d cases, %d seeds, turn %ld us, %.0f s\n", case_count, options.seeds,
           (long)options.turn_us,
           (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9);
    return missed > 0;
}
