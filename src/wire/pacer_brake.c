/* A quota's 429 has no queue before it, a busy server has one: its round trip grows, and its
 * answers a second do not. By Little's law the queue is
 *
 *   q = answers a second x (round trip - round trip without a queue)
 *
 * Reading it. Single round trips scatter by a third and more, so requests are taken in cohorts of
 * consecutive sends and their medians compared. A cohort's median is read once it is exact: when
 * every trip that is still out is longer than it already. How far a median may be off follows from
 * the spread of its lower half (the upper half may be the queue).
 *
 * Base. The least mean of the last eight medians that was ever seen, plus what it may be off by. Of
 * many such means the least is too low all the same where medians scatter; so means of blocks as
 * long as it takes to be exact correct it, by no more than scatter explains.
 *
 * Cutting. A queue is seen in a few cohorts; a short one, where medians scatter by more than it is
 * long, in the mean of all since the last change. What is in flight is then cut to what the server
 * answers in one base round trip, and only cohorts sent since judge that cut, as many as it takes
 * to tell:
 *
 *   the round trip came down    it was a queue: open again a little each clear round
 *   it stayed where it was      the way has become longer: that is the new base, the cap is lifted
 *   it went up                  the server slows down still: cut again, from here
 *
 * as with fewer in flight a queue must have become shorter, and a way cannot. */

#include "wire/pacer_brake.h"

#include <math.h>
#include <stddef.h>

#define SHARE         9    /* a cohort is so much of what is in flight, */
#define COHORT_LEAST  8    /* at least, and BRAKE_COHORT at most */
#define KNOWN         4    /* medians make a base */
#define SLACK         1.2  /* standard errors that one median may be over the base */
#define SURE          4.0  /* ... and beyond that, together, */
#define ONE_MOST      1.7  /* from each so much at most: a machine may be busy for a moment */
#define BIAS          2.5  /* ... by which the least of many means is too low */
#define MEDIAN_ERROR  1.25 /* of n values: their deviation x this / sqrt(n) */
#define QUARTILE      .674 /* of a normal deviation */
#define PRIOR         .2   /* the deviation before any was seen, of a round trip, */
#define PRIOR_LEAST   .02  /* and at least */
#define SPREAD_WEIGHT .1
#define TURN_S        .002 /* a loop's turn and the machine's other work: no queue */

#define QUEUE_SEARCH 2.0 /* requests: a queue in slow start, */
#define QUEUE        4.0 /* and later, */
#define MANY         64  /* ... or in the mean of up to so many medians, the older ones halved, */
#define MEAN_LEAST   12  /* at least, */
#define MEAN_SURE    2.0 /* less so many standard errors of it */
#define EXACT        6.0 /* requests that such a mean may be off by where it sees none, */
#define EXACT_BASE   3.0 /* ... and where it corrects the base, */
#define BIAS_BLOCK   2.0 /* with so many standard errors added, as there are fewer of them, */
#define CORRECTS     1.5 /* by so many standard errors of the mean of eight at most */
#define CLEAR        2.0 /* requests, in the mean of THREE: no queue */
#define THREE        3
#define PATIENT      512  /* medians without a verdict, or MANY after a limit: opened to have one */
#define LAGS         4.0  /* round trips after a pause: answers a second are too few still */
#define ROOM         2.0  /* beyond what the base carries */
#define LEAST        4.0  /* in flight, whatever is read */
#define NEAR_S       .02  /* nearer than that a loop's turn is most of a round trip: */
#define NEAR_LEAST   32.0 /* ... so many in flight are no more than keep both ends busy */
#define TURNED_AWAY  .7   /* of what is in flight, after the first 503 of all, or */
#define TURNED_MOST  .9   /* up to this where the base carries as much, */
#define TURNED_LEAST 3    /* ... and later, after so many since the last cut, */
#define TURNED_SHARE                                                                               \
    20 /* which are this part of what is in flight: one in a hundred is no queue                   \
        */

#define OPEN      1.05 /* a clear round */
#define OPEN_MOST 8.0  /* more in flight, a round */
#define HASTE     1.4  /* ... growing while nothing is found */

#define WRONG       1.25 /* open so much further than it was cut to, and ... */
#define WRONG_LEAST 8.0  /* ... by so many more, with no queue: there was none */

#define TELL       4.0 /* a mean so exact (its error x this) tells a way from a queue */
#define TOLD_APART .85 /* ... and where so few of those before are in flight, it must */
#define STAYED     .4  /* it came down by less than so much of what it would: a way */

void brake_init(struct brake *b)
{
    *b = (struct brake){
        .cap = INFINITY, .judge_us = INT64_MIN, .forgot_us = INT64_MIN / 2, .step = OPEN - 1};
}

static struct brake_cohort *cohort_at(struct brake *b, unsigned i)
{
    return &b->cohort[(b->first + i) % BRAKE_COHORTS];
}

static void cohort_drop(struct brake *b)
{
    b->first = (b->first + 1) % BRAKE_COHORTS;
    b->count--;
}

void brake_sent(struct brake *b, int64_t now, unsigned in_flight)
{
    struct brake_cohort *c = b->count ? cohort_at(b, b->count - 1) : NULL;
    if (!c || c->sent == c->size) {
        if (b->count == BRAKE_COHORTS)
            cohort_drop(b);
        c = cohort_at(b, b->count++);
        unsigned size = in_flight / SHARE;
        size = size < COHORT_LEAST ? COHORT_LEAST : size > BRAKE_COHORT ? BRAKE_COHORT : size;
        c->first_us = now;
        c->answered = b->answered;
        c->size = size;
        c->sent = c->out = c->trips = 0;
    }
    c->last_us = now;
    c->sent++;
    c->out++;
}

/* Smallest first. */
static void cohort_put(struct brake_cohort *c, double trip_s)
{
    unsigned i = c->trips++;
    for (; i > 0 && c->trip_s[i - 1] > (float)trip_s; i--)
        c->trip_s[i] = c->trip_s[i - 1];
    c->trip_s[i] = (float)trip_s;
}

static double cohort_quantile(const struct brake_cohort *c, double share)
{
    double at = share * (c->trips + c->out - 1);
    unsigned i = (unsigned)at;
    double low = c->trip_s[i], high = i + 1 < c->trips ? c->trip_s[i + 1] : low;
    return low + (at - i) * (high - low);
}

/* Its median and all below is known: what is out has been so for longer. */
static bool cohort_exact(const struct brake_cohort *c, int64_t now)
{
    unsigned all = c->trips + c->out, half = all / 2 + 1;
    if (c->sent < c->size || c->trips < half)
        return false;
    return c->out == 0 || c->trip_s[half - 1] <= (double)(now - c->last_us) * 1e-6;
}

static double spread_of(const struct brake *b)
{
    return fmax(b->spread_s, PRIOR_LEAST * b->base_s);
}

static void learn_spread(struct brake *b, double median, double quartile)
{
    double seen = (median - quartile) / QUARTILE;
    if (!(b->spread_s > 0))
        b->spread_s = PRIOR * median;
    b->spread_s += SPREAD_WEIGHT * (seen - b->spread_s);
}

/* Of the last `n` medians. */
static double recent_mean(const struct brake *b, unsigned n)
{
    double sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += b->median_s[(b->medians - 1 - i) % BRAKE_RECENT];
    return sum / n;
}

/* Blocks of medians, each as long as it takes to be exact. */
static void learn_block(struct brake *b, double error)
{
    b->block_s += b->median_s[(b->medians - 1) % BRAKE_RECENT];
    double n = ++b->block, off = error / sqrt(n);
    if (n < BRAKE_RECENT || (n < MANY && b->rate * off >= EXACT_BASE))
        return;
    double mean = b->block_s / n + BIAS_BLOCK * off;
    if (!(b->block_least_s > 0) || mean < b->block_least_s)
        b->block_least_s = mean;
    b->block = 0;
    b->block_s = 0;
}

static void learn_base(struct brake *b, double error)
{
    unsigned n = b->medians < BRAKE_RECENT ? b->medians : BRAKE_RECENT;
    double off = error / sqrt(n), mean = recent_mean(b, n) + BIAS * off;
    if (!(b->least_s > 0) || mean < b->least_s)
        b->least_s = mean;
    learn_block(b, error);
    b->base_s = fmax(b->least_s, fmin(b->block_least_s, b->least_s + CORRECTS * off));
}

static void base_is(struct brake *b, double trip_s)
{
    b->base_s = b->least_s = trip_s;
    b->block_least_s = b->block_s = 0;
    b->block = 0;
}

/* So many are in flight where none waits. */
static double carried(const struct brake *b)
{
    return b->rate * b->base_s + ROOM;
}

/* Only cohorts sent from now on are judged. */
static void judge_from(struct brake *b, int64_t now)
{
    b->judge_us = now;
    b->judged = b->run = b->turned = 0;
    b->sum = b->run_s = b->mean_n = b->mean_sum_s = 0;
}

void brake_forget(struct brake *b, int64_t now)
{
    b->count = 0;
    b->forgot_us = now;
    judge_from(b, now);
}

/* A round trip that is clearly above this is no longer the one before the cut. */
static double ref_most(const struct brake *b)
{
    return b->ref_s + STAYED * (b->ref_s - b->base_s);
}

/* After a pause, as after each hold, answers a second lag behind: then by the round trip alone. */
static double carried_after_pause(const struct brake *b, double trip_s, unsigned in_flight)
{
    return fmax(carried(b), fmin(b->cap, in_flight) * b->base_s / trip_s);
}

static void cut(struct brake *b, int64_t now, double trip_s, unsigned in_flight, bool searching)
{
    bool lags = !searching || (double)(now - b->forgot_us) < 1e6 * LAGS * b->base_s;
    double to = lags ? carried_after_pause(b, trip_s, in_flight) : carried(b);
    if (!(b->ref_flight > 0) || trip_s > ref_most(b)) {
        b->ref_flight = fmin(b->cap, in_flight);
        b->ref_s = trip_s;
    }
    double least = b->base_s < NEAR_S ? NEAR_LEAST : LEAST;
    b->cap = b->cut_to = fmax(least, fmin(b->cap, to));
    b->step = OPEN - 1;
    judge_from(b, now);
}

static void lift(struct brake *b, int64_t now, double trip_s, double flight)
{
    base_is(b, trip_s);
    b->lifted = flight;
    b->cap = INFINITY;
    judge_from(b, now);
}

/* So many medians since a cut tell a way from a queue, which must have become shorter by what was
 * cut; it is not followed by another before they did. 0: there was none, or it was too small. */
static double medians_to_tell(const struct brake *b, double error)
{
    if (!(b->ref_flight > 0))
        return 0;
    double drop = fmin(b->ref_s - b->base_s, (1 - b->cap / b->ref_flight) * b->ref_s);
    double n = pow(TELL * error / fmax(drop, 1e-9), 2);
    if (n > MANY && b->cap > TOLD_APART * b->ref_flight)
        return 0;
    return fmin(MANY / 2, fmax(THREE, n));
}

/* Whether the round trip stayed where it was before the cut. */
static bool stayed(const struct brake *b, double trip_s, double error)
{
    double over = b->ref_s - b->base_s;
    double fewer = fmin(1, (1 - b->cap / b->ref_flight) * b->ref_s / fmax(over, 1e-9));
    return trip_s <= ref_most(b) + error && trip_s - b->base_s > over * (1 - STAYED * fewer);
}

static void open_more(struct brake *b, int64_t now, unsigned in_flight)
{
    if (b->cap == INFINITY || in_flight + 1 < .9 * b->cap)
        return;
    b->ref_flight = 0;
    b->cap += fmin(OPEN_MOST, fmax(1, b->step * b->cap));
    if (b->cap > WRONG * b->cut_to + WRONG_LEAST)
        b->cap = INFINITY;
    b->step = fmin(.5, b->step * HASTE);
    judge_from(b, now);
}

/* Adds a median to what speaks for a queue. True where that is enough. */
static bool alarmed(struct brake *b, double median, double error, double least)
{
    double over = median - b->base_s - TURN_S;
    b->sum += fmin(ONE_MOST, over / error - SLACK);
    if (b->sum <= 0) {
        b->sum = b->run_s = 0;
        b->run = 0;
        return false;
    }
    b->run_s += over;
    b->run++;
    return b->sum > SURE && b->medians >= KNOWN && b->rate * b->run_s / b->run > least;
}

/* The mean of all medians since the last change, the older ones halved. */
static double long_mean(const struct brake *b)
{
    return b->mean_sum_s / b->mean_n;
}

static void add_to_mean(struct brake *b, double median)
{
    b->mean_sum_s += median;
    if (++b->mean_n > MANY) {
        b->mean_sum_s /= 2;
        b->mean_n /= 2;
    }
}

/* A mean, or that of the last two medians where it is clearly above it: the round trip has become
 * longer meanwhile. */
static double level(const struct brake *b, double mean, double error)
{
    double last = recent_mean(b, 2);
    return last > mean + 2 * error ? last : mean;
}

/* After a cut: a queue, or a way? True: that is not known yet, or it was a way. `mean`: of the last
 * few. */
static bool in_doubt(struct brake *b, int64_t now, double mean, double error)
{
    double needed = medians_to_tell(b, error), exactly = error / sqrt(b->mean_n);
    if (!(needed > 0))
        return false;
    bool longer = b->judged >= THREE && mean > ref_most(b) + 2 * error / sqrt(THREE);
    if (b->mean_n < needed && !longer)
        return true;
    double flight = b->ref_flight;
    bool way = !longer && stayed(b, long_mean(b), exactly);
    b->ref_flight = 0;
    if (way)
        lift(b, now, long_mean(b), flight);
    return way;
}

/* Requests that wait, by a round trip's mean. */
static double queue_of(const struct brake *b, double mean)
{
    return b->rate * (mean - b->base_s - TURN_S);
}

/* True: cut. */
static bool judge(struct brake *b, const struct brake_cohort *c, int64_t now, unsigned in_flight,
                  bool searching)
{
    double median = cohort_quantile(c, .5), quartile = cohort_quantile(c, .25);
    b->rate = (double)(b->answered - c->answered) / fmax(1e-6, (double)(now - c->first_us) * 1e-6);
    learn_spread(b, median, quartile);
    double error = MEDIAN_ERROR * spread_of(b) / sqrt(c->trips);
    b->median_s[b->medians++ % BRAKE_RECENT] = median;
    learn_base(b, error);
    if (c->first_us < b->judge_us)
        return false;
    b->judged++;
    add_to_mean(b, median);
    unsigned n = b->judged < THREE ? b->judged : THREE;
    double mean = recent_mean(b, n), least = searching && b->cap == INFINITY ? QUEUE_SEARCH : QUEUE;
    bool alarm = alarmed(b, median, error, least);
    if (in_doubt(b, now, mean, error))
        return false;
    double exactly = error / sqrt(b->mean_n);
    bool stands =
        b->mean_n >= MEAN_LEAST && queue_of(b, long_mean(b) - MEAN_SURE * exactly) > QUEUE;
    if (alarm || stands) {
        double trip = alarm ? b->base_s + TURN_S + b->run_s / b->run : long_mean(b);
        cut(b, now, level(b, trip, error), in_flight, searching);
        return true;
    }
    double queue = fmax(queue_of(b, mean), queue_of(b, long_mean(b)));
    bool exact = b->mean_n >= MANY / 2 || b->rate * exactly <= EXACT;
    if ((n == THREE && exact && queue < CLEAR) || b->judged >= (searching ? PATIENT : MANY))
        open_more(b, now, in_flight);
    return false;
}

/* What is out for so long is not waited for. */
static int64_t lost_us(const struct brake *b)
{
    return (int64_t)(1e6 * fmax(1, 8 * b->base_s));
}

bool brake_answer(struct brake *b, int64_t now, int64_t sent_us, double trip_s, unsigned in_flight,
                  bool searching)
{
    b->answered += trip_s >= 0;
    for (unsigned i = b->count; i-- > 0;) {
        struct brake_cohort *c = cohort_at(b, i);
        if (sent_us < c->first_us)
            continue;
        if (c->out > 0)
            c->out--;
        if (trip_s >= 0 && c->trips < BRAKE_COHORT)
            cohort_put(c, trip_s);
        break;
    }
    bool was_cut = false;
    while (b->count > 0) {
        struct brake_cohort *c = cohort_at(b, 0);
        if (cohort_exact(c, now)) {
            if (c->trips >= COHORT_LEAST / 2)
                was_cut |= judge(b, c, now, in_flight, searching);
        } else if (c->sent < c->size || (c->out > 0 && now - c->last_us < lost_us(b))) {
            break;
        }
        cohort_drop(b);
    }
    return was_cut;
}

void brake_turned_away(struct brake *b, int64_t now, int64_t sent_us, unsigned in_flight)
{
    if (sent_us < b->judge_us)
        return;
    b->turned++;
    if (b->cap < INFINITY && (b->turned < TURNED_LEAST || b->turned * TURNED_SHARE < in_flight))
        return;
    double flight = fmin(b->cap, in_flight);
    double to = fmin(TURNED_MOST * flight, fmax(TURNED_AWAY * flight, carried(b)));
    b->cap = b->cut_to = fmax(LEAST, to);
    b->step = OPEN - 1;
    b->ref_flight = 0;
    judge_from(b, now);
}
