#ifndef RESCIND_JOURNAL_RUNS_H
#define RESCIND_JOURNAL_RUNS_H

/* The runs that a journal has: an `open` each, what was sent since, and how it closed. */

#include "journal/record.h"

#include <stddef.h>
#include <stdint.h>

struct request_counts {
    uint64_t sent, http_429, http_5xx, network_errors;
};

struct run_facts {
    struct record_open open;      /* texts are copies; `listed` only of the last run */
    int64_t opened_ms, closed_ms; /* closed_ms 0: it never closed (killed, or still running) */
    int exit_code;                /* -1 when it never closed */
    char *reason;                 /* why it ended early, or "" */
    bool halted; /* by what another try does not mend; or one before it was, and it never closed */
    struct request_counts requests;
};

struct runs {
    struct run_facts *run; /* in the journal's order */
    size_t count, cap;
};

/* Takes an `open`. */
void runs_open(struct runs *x, const struct record *r);
/* Takes the last run's `close`; without one before it, nothing. */
void runs_close(struct runs *x, const struct record *r);
/* Takes the counts that the last run, which there must be, had reached at some record; what they
 * grew by since those that came before. */
struct request_counts runs_counts(struct runs *x, const struct record_counts *c);

/* The path of the base URL that a run went to for a provider, no slash at its end, into `out`
 * (cleared first): the one that it was given as --base-url, which runs of the released format have,
 * too, else that of `base`, which may be NULL. */
void run_base_path(const struct run_facts *run, const char *provider, const char *base,
                   struct buf *out);

struct request_counts runs_requests(const struct runs *x); /* of all */
size_t runs_memory(const struct runs *x);
void runs_free(struct runs *x);

#endif
