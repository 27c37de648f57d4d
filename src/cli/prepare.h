#ifndef RESCIND_CLI_PREPARE_H
#define RESCIND_CLI_PREPARE_H

/* What `plan` and `run` do alike, before anything is sent: the run directory and the manifest are
 * read, and the guards are asked. */

#include "cli/options.h"
#include "journal/journal.h"

struct prepared {
    const struct options *options;
    struct targets *targets;
    struct row_set *named;     /* the manifest's rows; NULL where `listed` are all of them */
    struct row_set *listed;    /* this run's rows: of the manifest, and of its shard */
    uint32_t manifest_targets; /* distinct ones of the whole manifest */
    struct manifest_facts facts;
    struct ledger *ledger;
    struct journal *journal; /* run: locked, NULL while the directory is new; plan: NULL */
    struct journal_recovery recovery;
    char *run_dir;
    char journal_sha256[65]; /* plan: of what is there, "" for nothing */
    uint32_t saved_rows;     /* rows that targets.csv has */
    uint32_t left;           /* to do */
    struct buf origins;      /* JSON object: provider to origin */
};

/* Reads everything. `lock` for run. The reasons of a refused manifest are on stderr by then. */
int prepare(struct prepared *p, const struct options *o, struct catalog *catalog, bool lock,
            struct error *err);
void prepared_free(struct prepared *p);

/* The parts of it for a run directory without a manifest: targets.csv and the journal, which is
 * locked in p->journal; then the origins of p->listed, which must be those of earlier runs
 * (EXIT_REFUSED). */
int prepare_saved(struct prepared *p, struct error *err);
int prepare_origins(struct prepared *p, struct error *err);

/* The guards that need no question and no socket: --expect, another origin or action, --protect,
 * --max. EXIT_REFUSED with what, which rows, and how to proceed. */
int prepare_guards(struct prepared *p, struct catalog *catalog, struct error *err);

/* Whether the last run had just these rows and ended with everything done. */
bool prepare_is_finished(const struct prepared *p);

/* One line on stderr. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_line(void *at, const char *line); /* as manifest_options.tell */

/* Whether two paths lead to one file or directory, which is there. */
bool is_same_file(const char *one, const char *other);

#endif
