#ifndef RESCIND_JOURNAL_JOURNAL_H
#define RESCIND_JOURNAL_JOURNAL_H

/* The journal of a run directory: locked, recovered, appended to, synced. Its promise:
 *
 *   1. a `try` is on disk once journal_flush has returned 0: only then may its requests be sent
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
 * another process holds it (its pid and since when in the text, as soon as its `open` is written),
 * EXIT_NOINPUT where there is none, EXIT_IO where it is there and takes no writing, EXIT_CANTCREATE
 * where its file system has no locks. The lock goes with the process, however that ends. */
struct journal *journal_lock(const char *run_dir, struct error *err);
/* The same for a directory that is new: made, with an empty journal. EXIT_CANTCREATE. */
struct journal *journal_create(const char *run_dir, struct error *err);

/* Reads what is there into the ledger (whose table holds the run directory's targets.csv), and
 * makes sure of it: once this has returned 0, all that the ledger knows is on disk. A torn tail is
 * kept aside, cut off and told in *info. Damage before the last batch, or a whole line that
 * contradicts the others or targets.csv: -1, EXIT_DATA, "RUN_DIR/journal.jsonl:118: ...", nothing
 * changed. EXIT_IO where the tail cannot be kept or the disk fails. To be called once before
 * anything is written, for a new journal too. */
int journal_recover(struct journal *j, struct ledger *l, struct journal_recovery *info,
                    struct error *err);

/* Collects a record, and applies it to the ledger at once. Nothing fails here: a record that could
 * not be read back, or contradicts the ledger (a `try` of a row that is done), is a mistake of the
 * program, is not written, and makes the journal fail. */
void journal_put(struct journal *j, const struct record *r);

/* Makes sure that what was collected and `bytes` beyond it have room on the disk. -1, EXIT_IO: they
 * have not, and nothing new is to be sent; the journal goes on, and what was reserved before is for
 * the results of what is under way. */
int journal_reserve(struct journal *j, uint64_t bytes, struct error *err);

/* Writes and syncs what was collected, as one batch. -1 with EXIT_IO, and the same for ever after.
 * What was collected then is unknown: the next start finds all of it, a part, or nothing. */
int journal_flush(struct journal *j, struct error *err);

bool journal_dirty(const struct journal *j);        /* something is collected */
int64_t journal_oldest_ms(const struct journal *j); /* at_ms of the oldest collected record */
uint64_t journal_size(const struct journal *j);     /* bytes that are written and synced */
bool journal_failed(const struct journal *j);

/* SHA-256 of the bytes that are synced, lower-case hex: that of the file, unless a flush failed. */
void journal_sha256(const struct journal *j, char out[65]);

void journal_close(struct journal *j); /* does not flush */

/* Reading without writing: for `report`, `check` and `plan`. Takes no lock; a torn tail is left
 * alone and told in *info (of a journal that is being written it is the batch on its way).
 *
 * Damage is -1 and EXIT_DATA, as in journal_recover. With `salvage` the reading goes on instead:
 * every line that is whole and comes later in number than those before it is taken, and `tell`
 * gets one line of text for each stretch that is left out ("...journal.jsonl:118: left out: this
 * line does not match its checksum") and for each gap ("...:119: taken, but record 118 before it is
 * missing"). It is not called at all where nothing is wrong; info->torn is false then and always,
 * since a torn tail is told like the rest. What a salvaged ledger says was written by a run; what
 * it does not say may have happened all the same: a target without an `end` is unknown.
 *
 * `digest` (may be NULL) gets the SHA-256 of the whole file, as sha256sum would say. */
int journal_read(const char *run_dir, struct ledger *l, bool salvage,
                 void (*tell)(void *at, const char *line), void *tell_at,
                 struct journal_recovery *info, char digest[65], struct error *err);

#endif
