#ifndef RESCIND_WIRE_PACER_SEARCH_H
#define RESCIND_WIRE_PACER_SEARCH_H

/* The pacer's slow start: from the first request to the first wall. Rates are requests a second. */

#include "wire/pacer_state.h"

double search_ceiling(const struct pacer *p);     /* most requests a second, ever */
double search_flight_most(const struct pacer *p); /* most that may be in flight now */
double search_first_rate(uint64_t left);          /* without a lone first request; 0: with one */
double search_rate(const struct pacer *p, bool alone); /* after the first answer */
double search_round_trips(const struct pacer *p);      /* in so many the rate doubles */
/* Seconds that so many targets take where no limit is met but those of the configuration: slow
 * start to them, and one round trip more for what is asked before. */
double search_estimate_s(const struct pacer_config *config, uint64_t targets, double rtt_s);
double search_factor(const struct pacer *p, double dt);

#endif
