/* Histories of runs, each drawn from one seed: the loop of a run, its wire, its journal, against
 * providers that keep the truth, on a disk that loses what was not synced, in a time that passes
 * only where somebody waits.
 *
 *   simulate [--histories N] [--first SEED] [--jobs N] [--plant FAULT]
 *   simulate --seed N [--plant FAULT]       tells that one step by step
 *
 * Ends with 1, and the seed, at the first history in which a promise was broken. */

#include "disk.h"
#include "history.h"
#include "life.h"
#include "plant.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_MOST_S = 15 };

static unsigned long lives, requests;

/* A loop that neither waits nor ends would be waited for for ever. */
static void give_up(int signal)
{
    (void)signal;
    printf("seed %" PRIu64 ": it goes round without waiting\n", h.seed);
    fflush(stdout);
    _exit(1);
}

static void watch(void)
{
    static const struct itimerval most = {.it_value = {.tv_sec = CPU_MOST_S}};
    signal(SIGVTALRM, give_up);
    setitimer(ITIMER_VIRTUAL, &most, NULL);
}

/* Whether every promise was kept. */
static bool play(uint64_t seed, bool tells)
{
    history_begin(seed, tells);
    disk_begin(seed);
    watch();
    for (unsigned n = 1; n <= LIVES_MAX && !h.broken; n++)
        if (life_live(n == LIVES_MAX || chance() < .2) || chance() < .15) /* nobody comes back */
            break;
    bool kept = !h.broken;
    if (!kept)
        printf("seed %" PRIu64 ": %s\n", seed, h.why);
    lives += h.life;
    requests += h.requests;
    disk_end();
    history_end();
    return kept;
}

/* Every `step`th seed from `first` on. */
static int play_share(uint64_t first, uint64_t count, uint64_t step)
{
    int result = 0;
    disk_setup();
    for (uint64_t seed = first; seed < first + count && !result; seed += step)
        result = !play(seed, false);
    disk_cleanup();
    if (!result)
        printf("%lu lives, %lu requests: every promise kept\n", lives, requests);
    fflush(stdout);
    return result;
}

static int play_all(uint64_t first, uint64_t count, unsigned jobs)
{
    int result = 0, status;
    for (unsigned i = 1; i < jobs; i++)
        if (fork() == 0)
            _exit(play_share(first + i, count - i, jobs));
    result = play_share(first, count, jobs);
    while (wait(&status) > 0)
        result |= !WIFEXITED(status) || WEXITSTATUS(status);
    return result;
}

static int tell_one(uint64_t seed)
{
    disk_setup();
    int result = !play(seed, true);
    disk_cleanup();
    if (!result)
        printf("every promise kept\n");
    return result;
}

static int usage(void)
{
    fprintf(stderr,
            "usage: simulate [--histories N] [--first SEED] [--jobs N] [--plant %s]\n"
            "       simulate --seed N [--plant FAULT]\n",
            plant_names);
    return 64;
}

int main(int argc, char **argv)
{
    uint64_t count = 10000, first = 1, seed = 0, jobs = 1;
    for (int i = 1; i < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (i + 1 == argc)
            return usage();
        uint64_t number = strtoull(value, NULL, 10);
        if (strcmp(name, "--histories") == 0)
            count = number;
        else if (strcmp(name, "--first") == 0)
            first = number;
        else if (strcmp(name, "--jobs") == 0)
            jobs = number;
        else if (strcmp(name, "--seed") == 0)
            seed = number;
        else if (strcmp(name, "--plant") != 0 || !plant(value))
            return usage();
    }
    history_setup();
    return seed ? tell_one(seed) : play_all(first, count, (unsigned)jobs);
}
