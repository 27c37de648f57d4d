#ifndef RESCIND_CLI_ESTIMATE_H
#define RESCIND_CLI_ESTIMATE_H

/* How long a run will take, as far as that is known before anything is sent. Spans in seconds. */

#include "cli/prepare.h"

#include "provider/definition.h"

enum { ESTIMATE_TRIP_MS = 100 }; /* assumed: from one continent to another, there and back */

/* What the manifest asks of one definition. */
struct share {
    uint64_t targets, left;
};

/* A share for each definition of the catalog. */
void estimate_shares(const struct prepared *p, const struct catalog *catalog, struct share *share);
/* Most requests a second for this definition; 0: none is known. */
double estimate_ceiling(const struct settings *s, const struct definition *d);
/* What is left of a hold that an earlier run was told, microseconds. */
int64_t estimate_hold_us(const struct prepared *p, const struct definition *d);

struct outlook {
    double least_s;  /* at the known ceilings, after the known holds */
    double likely_s; /* the same with a round trip of ESTIMATE_TRIP_MS */
    bool open_ended; /* a definition has no known ceiling */
};
struct outlook estimate(const struct prepared *p, const struct catalog *catalog);

/* Says so where the deadline cannot be met. */
void estimate_warn(const struct prepared *p, const struct catalog *catalog);

#endif
