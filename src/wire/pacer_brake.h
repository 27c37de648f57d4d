#ifndef RESCIND_WIRE_PACER_BRAKE_H
#define RESCIND_WIRE_PACER_BRAKE_H

/* Whether the server is busy: how many may be in flight before they only wait there. The pacer's
 * part that reads round trips; a pure state machine like it. Times in _us are microseconds of the
 * caller's clock, spans in _s are seconds. pacer_brake.c explains it. */

#include <stdbool.h>
#include <stdint.h>

enum { BRAKE_COHORTS = 32, BRAKE_COHORT = 32, BRAKE_RECENT = 8 };

/* Requests that were sent one after the other. */
struct brake_cohort {
    int64_t first_us, last_us; /* sent then */
    int64_t answered;          /* of all requests, when the first of these was sent */
    unsigned size, sent;       /* it is full with `size` */
    unsigned out;              /* of them, those without an answer */
    unsigned trips;
    float trip_s[BRAKE_COHORT];
};

struct brake {
    struct brake_cohort cohort[BRAKE_COHORTS]; /* a ring */
    unsigned first, count;
    int64_t answered; /* successes since the start */

    double median_s[BRAKE_RECENT]; /* the last ones, a ring */
    unsigned medians;
    double spread_s; /* of single trips: their standard deviation, from the lower half; 0: none */
    double least_s;  /* the least mean of the last ones; */
    double block_least_s; /* that of longer blocks, 0: none yet; the one that is being seen: */
    double block_s;       /* its sum, */
    unsigned block;       /* of so many */
    double base_s;        /* the round trip without a queue; 0: not known */

    double cap;                /* most in flight; INFINITY: no queue was seen */
    double cut_to;             /* when it was cut last */
    double step;               /* by so much it is opened a clear round */
    int64_t forgot_us;         /* the last pause's end */
    int64_t judge_us;          /* cohorts sent before say nothing about the cap; */
    unsigned judged;           /* so many were since, */
    unsigned turned;           /* and so many requests were turned away */
    unsigned run;              /* the last of them were over the base, */
    double sum, run_s;         /* by so much together: standard errors beyond SLACK, and seconds */
    double mean_n, mean_sum_s; /* all of them, the older ones halved: their number and sum */
    double ref_flight; /* before it was cut: so many in flight, 0 where it is not in doubt, */
    double ref_s;      /* and that round trip */
    double rate;       /* answers a second, last seen */
    double lifted;     /* set when the cap was wrong: so many were in flight before it; 0 */
};

void brake_init(struct brake *b);
void brake_sent(struct brake *b, int64_t now, unsigned in_flight);

/* `trip_s`: of a success; negative: the answer was another. `searching`: slow start. True when
 * the cap was cut. */
bool brake_answer(struct brake *b, int64_t now, int64_t sent_us, double trip_s, unsigned in_flight,
                  bool searching);

/* What was sent until now says nothing. */
void brake_forget(struct brake *b, int64_t now);

/* The server turned one away, and no limit was met yet. */
void brake_turned_away(struct brake *b, int64_t now, int64_t sent_us, unsigned in_flight);

#endif
