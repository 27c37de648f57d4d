#ifndef RESCIND_JOURNAL_LEDGER_H
#define RESCIND_JOURNAL_LEDGER_H

/* What is known of each target, and of the runs so far: the sum of a journal's records. The writer
 * and the reader of a journal change it through the same ledger_apply, so what a run shows at its
 * end is what anybody can make again from its files. */

#include "journal/eyes.h"
#include "journal/holds.h"
#include "journal/record.h"
#include "journal/runs.h"
#include "journal/slices.h"
#include "journal/verifications.h"
#include "manifest/targets.h"

struct ledger;

/* Borrows the table, which may grow; states of rows beyond it read as nothing known. */
struct ledger *ledger_new(const struct targets *t);
void ledger_free(struct ledger *l);

/* Takes a record's facts. -1 with EXIT_DATA where they contradict the table or what came before (a
 * row that is not there, an id that is not the row's): the caller adds the line. */
int ledger_apply(struct ledger *l, const struct record *r, struct error *err);

/* targets_digest over the first `rows` rows, which never change: made once for each number of rows
 * that follows another, as hundreds of runs open on the same table. Valid until the next call. */
const char *ledger_digest(struct ledger *l, uint32_t rows);

/* 24 bytes a target. */
struct target_state {
    uint32_t finished_s; /* Unix seconds of its last `end` */
    uint32_t error;      /* for ledger_error */
    uint16_t finished_ms;
    uint16_t attempts; /* requests for it that count, over the whole journal, open ones included */
    uint16_t ended;    /* attempts of this round that ended retryable: --max-attempts compares */
    uint16_t status;   /* of its last answer, 0 for none */
    uint16_t end_eye;  /* that its last `end` belongs to; EYE_NONE: of nobody known */
    uint16_t seen_eye; /* the last one that saw it; EYE_NONE: never seen */
    uint8_t outcome;   /* enum outcome; OUTCOME_NONE: never finished */
    uint8_t open_try : 1;   /* its `try` has no `end`: sent or about to be, unknown */
    uint8_t applied : 1;    /* something may have taken effect: a 404 is absent_after_retry */
    uint8_t ever : 1;       /* something was announced for it at any time */
    uint8_t looks : 4;      /* through which of its looks seen_eye did, a bit each */
    uint8_t from_start : 1; /* absent to an eye that neither saw it nor may have deleted it */
    uint16_t applied_eye;   /* the last one whose request may have taken effect */
};

struct target_state ledger_state(const struct ledger *l, uint32_t row);
const char *ledger_error(const struct ledger *l, uint32_t row); /* "" for none */

/* The eye of the run that was opened last, for a definition; EYE_NONE where it names none. Any
 * run's eye by its number, NULL for EYE_NONE. */
uint16_t ledger_eye_now(const struct ledger *l, const struct definition *d);
const struct eye *ledger_eye(const struct ledger *l, uint16_t eye);
/* How many different eyes there were: their numbers are 1 to that. */
uint16_t ledger_eyes(const struct ledger *l);

/* What the last read of a row that is done found. */
struct verification ledger_verification(const struct ledger *l, uint32_t row);
const char *ledger_verification_error(const struct ledger *l, uint32_t row); /* "" for none */

/* How far its rotation is; NULL: none was begun. */
const struct rotation *ledger_rotation(const struct ledger *l, uint32_t row);

/* Whether this row belongs to the last run's manifest (and shard); all do before the first `open`.
 */
bool ledger_listed(const struct ledger *l, uint32_t row);
/* Listed by an earlier run and not by the last one. */
bool ledger_dropped(const struct ledger *l, uint32_t row);

/* A row's outcome for a report: what is not finished is OUTCOME_NOT_ATTEMPTED. */
enum outcome ledger_outcome(const struct ledger *l, uint32_t row);

size_t ledger_runs(const struct ledger *l);
const struct run_facts *ledger_run(const struct ledger *l, size_t i);
struct request_counts ledger_requests(const struct ledger *l); /* all runs */

/* Holds that were told, oldest first; the last HOLDS_KEPT of them. */
size_t ledger_holds(const struct ledger *l);
const struct hold_facts *ledger_hold(const struct ledger *l, size_t i);
/* Until when, Unix ms, nothing may go to this pair; 0 for no hold. */
int64_t ledger_hold_until(const struct ledger *l, const char *pair);
/* How much of that is left, by a wall clock that may have been set since: at most as much as was
 * told. */
int64_t ledger_hold_left_ms(const struct ledger *l, const char *pair, int64_t now_ms);

/* What happened over time, in at most TIMELINE_SLICES slices of equal width (they double as a run
 * grows), from the first `open` on. */
int64_t ledger_slice_ms(const struct ledger *l);
size_t ledger_slices(const struct ledger *l);
const struct slice *ledger_slice(const struct ledger *l, size_t i);

/* Latency of final answers, in LATENCY_BUCKETS buckets. */
const uint64_t *ledger_latency(const struct ledger *l);

size_t ledger_memory(const struct ledger *l);

#endif
