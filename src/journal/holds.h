#ifndef RESCIND_JOURNAL_HOLDS_H
#define RESCIND_JOURNAL_HOLDS_H

/* Holds that were told: the last HOLDS_KEPT of them for the report, and for each pair until when
 * nothing may go to it. */

#include "journal/record.h"

enum { HOLDS_KEPT = 1000 };
struct hold_facts {
    int64_t at_ms, until_ms;
    char *pair, *reason;
};

struct pair_hold {
    char *pair;
    int64_t at_ms, until_ms; /* told then, ending then */
};

struct holds {
    struct hold_facts *told; /* room for HOLDS_KEPT */
    size_t count;
    struct pair_hold *pair;
    size_t pairs;
};

void holds_add(struct holds *h, const struct record *r);
int64_t holds_until(const struct holds *h, const char *pair);
/* What is left of it by a wall clock that may have been set since: never more than was told. */
int64_t holds_left_ms(const struct holds *h, const char *pair, int64_t now_ms);
void holds_free(struct holds *h);

#endif
