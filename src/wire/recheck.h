#ifndef RESCIND_WIRE_RECHECK_H
#define RESCIND_WIRE_RECHECK_H

/* Whether one target that was deleted, or is said to be absent, is gone, by the look that saw it:
 * asked again with growing gaps until it is, or patience is over. A state machine over a wire's
 * reads. */

#include "wire/lister.h"

/* The gaps between two looks at one that is still there, microseconds. */
int64_t recheck_gap_us(int64_t last_us);

/* Zero-initialised but for what its owner fills. */
struct recheck {
    struct wire *wire;
    const struct endpoint *endpoint;
    uint32_t row;
    bool by_list; /* else by a read */
    bool absent;  /* its action said that it is not there; else that it was done */
    int64_t patience_us;
    /* `gone`, or `reason` says why not. From within an answer. */
    void (*over)(void *at, struct recheck *r);
    void *at;

    bool gone;
    char reason[240];

    int64_t until_us, gap_us;
    bool told; /* that it takes a while */
    char id[ID_MAX + 1];
    struct read read;
    struct lister lister;
};

void recheck_begin(struct recheck *r);
/* Breaks off what is under way, and frees. */
void recheck_end(struct recheck *r);

#endif
