/* The providers of a history: what they do with a request, and what comes back of it. */

#ifndef RESCIND_SIMULATE_PROVIDER_H
#define RESCIND_SIMULATE_PROVIDER_H

#include "provider/verdict.h"

#include <stdint.h>

/* What a request is about. */
struct asked {
    unsigned pair;
    unsigned kind; /* of `row`; else KINDS */
    uint32_t row;  /* ROWS_MAX: none */
    bool stranger; /* by another account than the targets' */
    bool deletes, lists;
};
struct asked provider_asked(const char *method, const char *url, bool stranger);

struct reply {
    enum transport transport;
    int status;
    char body[2048];
    char retry_after[24]; /* "": none */
    int64_t wait_us;      /* that the answer asks for; -1: none */
    unsigned sends;
    int64_t takes_us;
};
/* What comes of it; what it changes is changed. */
void provider_answer(const struct asked *what, struct reply *out);

/* What was on its way arrives. */
void provider_move(void);

#endif
