#ifndef RESCIND_REPORT_REPORT_H
#define RESCIND_REPORT_REPORT_H

/* The reports of a run directory, from its ledger alone; of several, merged by identity: a target
 * that is done in one of them is done. Each file appears whole or not at all. */

#include "journal/ledger.h"
#include "report/kinds.h"

struct report_source {
    const struct targets *targets;
    const struct ledger *ledger;
    const char *run_dir;
    const char *journal_sha256;
    bool salvaged; /* the journal is damaged, and the ledger is what is left of it */
};

struct provider_totals {
    char name[64];
    uint64_t targets, outcome[OUTCOME_COUNT];
};

/* Sums that every form of the report shows. */
struct report_facts {
    uint64_t targets, outcome[OUTCOME_COUNT], dropped; /* outcome sums to targets */
    uint64_t done, failed;                             /* the rest is left over */
    uint64_t verified[VERIFIED_COUNT];                 /* of the done ones; sums to `done` */
    struct request_counts requests;
    struct provider_totals *provider; /* in order of first appearance */
    size_t providers;
    struct kinds kinds;
    int64_t started_ms, finished_ms; /* 0: not yet */
    int64_t elapsed_ms;              /* spent in runs: the time between runs does not count */
    int exit_code; /* of the last run; of several directories the most serious; -1: none */
    const char *reason;
    bool salvaged; /* any of the directories: the exit code is then EXIT_DATA */
    char
        *missing; /* shards that are not among the directories, "1/3, 2/3": EXIT_STOPPED; or NULL */
    enum action action;
};

struct report; /* the merged view */
/* Borrows the tables, ledgers and texts, not the array. report_mergeable has
 * found that they agree. */
struct report *report_new(const struct report_source *sources, size_t count);
void report_free(struct report *r);
const struct report_facts *report_facts(const struct report *r);

/* Writes report.json, report.csv, report.html and remaining.csv into `dir`, and, where anything was
 * verified, verified.csv and still_present.csv. EXIT_CANTCREATE; what was there before is then as
 * it was. */
int report_write(const struct report *r, const char *dir, struct error *err);

#endif
