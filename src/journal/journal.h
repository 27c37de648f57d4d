#ifndef RESCIND_JOURNAL_JOURNAL_H
#define RESCIND_JOURNAL_JOURNAL_H

/* The journal of a run directory: locked, recovered, appended to, synced. Its promise:
 *
 *   1. no request is sent for a target whose `try` is not on disk (journal_synced tells)
 *   2. what was synced is never lost and never changed
 *   3. after a failed write or sync nothing more is written; the caller stops sending
 *
 * Records are collected with the journal_* verbs, which also apply them to the ledger, and reach
 * the disk together, as one batch, with journal_flush. */

#include "journal/ledger.h"

struct journal;

struct journal_recovery {
    uint64_t records;
    bool torn;          /* a tail was cut off */
    uint64_t torn_line; /* the first line of it */
    size_t torn_bytes;
    char torn_file[64]; /* journal.torn-N, where it is kept */
};

/* Locks RUN_DIR/journal.jsonl, which must exist, for this process. NULL with EXIT_STOPPED where
 * another process holds it (its pid and since when in the text), EXIT_NOINPUT where there is none.
 */
struct journal *journal_lock(const char *run_dir, struct error *err);
/* The same for a directory that is new: made, with an empty journal. EXIT_CANTCREATE. */
struct journal *journal_create(const char *run_dir, struct error *err);

/* Reads what is there into the ledger (whose table holds the run directory's targets.csv). A torn
 * tail is kept aside, cut off and told in *info. Damage before the last batch: -1, EXIT_DATA,
 * naming the line. To be called once before anything is written. */
int journal_recover(struct journal *j, struct ledger *l, struct journal_recovery *info,
                    struct error *err);

/* Collect records. Nothing fails here; times are wall-clock milliseconds. */
void journal_put(struct journal *j, const struct record *r);

/* Writes and syncs what was collected. -1 with EXIT_IO, for ever after. */
int journal_flush(struct journal *j, struct error *err);

bool journal_dirty(const struct journal *j);        /* something is collected */
int64_t journal_oldest_ms(const struct journal *j); /* at_ms of the oldest collected record */
uint64_t journal_size(const struct journal *j);
int journal_failed(const struct journal *j);

/* Hands on its sum as lower-case hex, of the bytes that are synced. */
void journal_sha256(const struct journal *j, char out[65]);

void journal_close(struct journal *j); /* does not flush */

/* Reading without writing: for `report` and `check`. Takes no lock; a torn tail is left alone and
 * told in *info. `salvage`: bad lines before the last batch are told (line by line, through `tell`)
 * and left out instead of ending the reading. `digest` gets the SHA-256 of the whole file. */
int journal_read(const char *run_dir, struct ledger *l, bool salvage,
                 void (*tell)(void *at, const char *line), void *tell_at,
                 struct journal_recovery *info, char digest[65], struct error *err);

#endif
