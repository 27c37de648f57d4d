#ifndef RESCIND_SANDBOX_TRUTH_H
#define RESCIND_SANDBOX_TRUTH_H

/* What really happened: which targets exist, how often each was deleted, by which request, and
 * whether the answer to it was sent. As JSON lines, one target each:
 *
 *   {"provider":"openrouter","kind":"key","scope":"","id":"9f..","exists":false,"enabled":true,
 *    "absent_from_start":false,"created":false,"account":0,"requests":2,"deletions":1,
 *    "events":[{"request":17,"effect":true,"status":200,"answer":"dropped"},
 *              {"request":24,"effect":false,"status":404,"answer":"sent"}]}
 *
 * An event is a request that asked for a change of the target (or created it); `effect` says that
 * it changed something. At most the last 64 are told. Requests are numbered from 1 in the order of
 * their arrival. */

#include "manifest/targets.h"

enum truth_answer {
    ANSWER_PENDING, /* not answered yet */
    ANSWER_SENT,
    ANSWER_DROPPED, /* closed without an answer, on purpose */
    ANSWER_RESET,
    ANSWER_CUT,
    ANSWER_ABORTED, /* the client was gone */
};

struct truth_event {
    uint32_t request, row, before; /* before: the row's event before this, UINT32_MAX: none */
    uint16_t status;
    uint8_t effect, answer;
};

struct truth_entry {
    uint32_t last_event, requests;
    uint16_t deletions;
    uint8_t account; /* whose it is */
    int64_t deleted_us;
    bool exists, absent_from_start, disabled, created;
};

struct truth {
    struct targets *targets;
    struct truth_entry *entry; /* one per row */
    uint32_t entries, cap;
    struct truth_event *event;
    uint32_t events, event_cap;
    uint64_t exist;   /* how many there are */
    uint64_t version; /* rises with every change of what exists */
};

void truth_init(struct truth *t, const struct catalog *catalog);
void truth_free(struct truth *t);

/* Gives the rows of the table that have no entry yet one; a seeded share of them is absent. */
void truth_adopt(struct truth *t, double absent, uint64_t seed);

/* UINT32_MAX where it was never heard of. */
uint32_t truth_find(const struct truth *t, const struct definition *d, const char *id,
                    const char *scope);
/* One more target, absent by the same dice. */
uint32_t truth_add(struct truth *t, const struct definition *d, const char *id, const char *scope,
                   double absent, uint64_t seed);

/* Each returns whether it changed anything. */
bool truth_delete(struct truth *t, uint32_t row, int64_t now_us);
bool truth_restore(struct truth *t, uint32_t row); /* of one that was deleted */
bool truth_set_disabled(struct truth *t, uint32_t row, bool disabled);

/* Notes a request for an action; returns its event. */
uint32_t truth_note(struct truth *t, uint32_t row, uint32_t request, bool effect, int status);
void truth_answered(struct truth *t, uint32_t event, enum truth_answer answer);

/* The line of a row, with its newline. */
void truth_print(const struct truth *t, uint32_t row, struct buf *out);

#endif
