#ifndef RESCIND_RUN_PASS_H
#define RESCIND_RUN_PASS_H

/* A pass goes through targets once, with one request each: the action itself, or the look whether
 * it took. Admission, pacing, retries and the journal's rules are the same for all of them. */

#include "run/parts.h"

struct pass {
    enum record_type announces; /* the record that must be on disk before its requests */
    bool guarded;               /* canary and gate hold back what was never announced */
    const char *state;          /* for the view */
    /* Fills the queues, and what the view counts. */
    void (*fill)(struct runner *r);
    const struct request *(*request)(const struct runner *r, const struct definition *d);
    size_t (*body_max)(const struct definition *d); /* of an answer */
    void (*judge)(const struct lane *l, const struct flight *f, const struct answer *a,
                  struct verdict *v);
    /* Attempts for this target that ended retryable before the one that just did. */
    unsigned (*ended)(const struct lane *l, const struct flight *f);
    /* It is to be attempted again; NULL: that need not be known. */
    void (*again)(struct lane *l, const struct flight *f, const struct http_answer *a,
                  const struct verdict *v);
    /* What goes besides the queue, once the lane may send; NULL: nothing. */
    void (*turn)(struct lane *l, int64_t now);
    /* It is finished: v->outcome and v->verified are final, `why` is for the report. */
    void (*end)(struct lane *l, const struct flight *f, const struct http_answer *a,
                const struct verdict *v, const char *why);
};

#endif
