/* One history of a run directory: what is so at the providers, what has been promised on the disk,
 * and what the present process has been told. A history is drawn from one seed and is the same
 * every time. */

#ifndef RESCIND_SIMULATE_HISTORY_H
#define RESCIND_SIMULATE_HISTORY_H

#include "base/rng.h"
#include "manifest/targets.h"
#include "provider/verdict.h"
#include "wire/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum { ROWS_MAX = 56, KINDS = 5, PAIRS = 3, EYES = 3, LIVES_MAX = 8, GATE = 20 };

/* What is known of a target. */
struct row {
    unsigned kind;
    bool alive;            /* at its provider */
    int64_t dies_us;       /* a request that was lost arrives late; 0: none is on its way */
    bool deleted;          /* by a request of ours */
    enum outcome end;      /* its last synced `end`, */
    unsigned end_eye;      /* by that credential */
    enum verified checked; /* its last synced finding */
    unsigned retried;      /* attempts of this round that ended, as the disk has it */
    /* of this life */
    unsigned announced;    /* on the disk */
    unsigned sent;         /* deletions that count */
    bool gone;             /* any deletion */
    unsigned carried;      /* attempts that were used up before it */
    bool success, absence; /* such an answer came back */
    bool settled;          /* one came back that ends it */
    bool done_before;      /* that life */
    bool shown;            /* a read showed it */
    bool looked;           /* it was absent to a read, after its deletion */
};

struct pair {
    const char *host;         /* of its URLs */
    int64_t held_until_us;    /* told to this process, mono */
    int64_t journal_ms[EYES]; /* what the disk has of it for each credential, wall */
};

struct history {
    uint64_t seed;
    struct rng rng;
    bool tells; /* step by step, on stdout */
    bool broken;
    char why[400];

    struct settings settings;
    struct targets *targets;
    struct row_set *listed;
    struct row row[ROWS_MAX];
    uint32_t rows;
    struct pair pair[PAIRS];
    /* the weather at the providers: shares of requests, for so many requests */
    double faults, limits, hints;
    bool
        strangers; /* lives under a credential of another account, which sees none of the targets */
    bool hides;    /* the list never shows some */
    bool split;    /* some of the targets are the other account's, which sees those alone */
    int64_t hold_most_us;
    unsigned weather_left;
    bool seen[KINDS][EYES]; /* any of its targets, by that credential */

    unsigned eye_of_run[LIVES_MAX + 2]; /* by the number in its `open`, */
    unsigned run_on_disk;               /* and that of the last synced one */

    int64_t now_us, wall_offset_ms;
    /* of this life */
    unsigned
        eye; /* the credential: 0 that of the targets, 1 the same one renewed, 2 a stranger's */
    int64_t born_us;
    int64_t stop_us, hurry_us; /* when it is asked to stop; 0: never */
    int closed_with;           /* what its synced `close` says; -1: there is none yet */
    unsigned life;
    unsigned long requests, waits;
};
extern struct history h;

/* The definitions that all histories use. */
void history_setup(void);
/* Draws one; and frees it. */
void history_begin(uint64_t seed, bool tells);
void history_end(void);

/* The credentials of a life. */
void history_credentials(unsigned eye);
/* The pair and the credential that a hold in the journal is of. */
struct pair *pair_of_hold(const char *text, unsigned *eye);
/* Whether a header line has a credential of another account than the targets'. */
bool is_strangers(const char *line);

double chance(void);                       /* [0, 1) */
int64_t pick(int64_t least, int64_t most); /* both may come */

const char *row_id(uint32_t row); /* good until the next call */
/* The row of an id, ROWS_MAX where there is none. */
uint32_t row_of(const char *id, size_t len);
/* Whether it is there for that credential, while it lives. */
bool is_seen_by(uint32_t row, bool by_other);
unsigned kind_of_list(void);
bool is_idempotent(unsigned kind); /* its deletion succeeds whatever the id is */

/* A line of the story, where it is told. */
void told(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A promise was broken; the first one is kept. */
void broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
