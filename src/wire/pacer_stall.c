/* A stall is neither a quota nor a lasting capacity: nothing is answered for a while, and then all
 * of it. It is known by the silence: with some requests out, or a probe, two round trips without an
 * answer to any of them. One that takes long is not silence, and neither is a busy server: its
 * answers come late, but they come.
 *
 * In it. The server finds all that was sent meanwhile at once, so after two round trips little more
 * is sent: further and further apart, so that a way which is open again is found.
 *
 * After it. What was out in it took long for no reason that lasts, and where it is refused, that is
 * because it came all at once: the round trip, the queue and the limit are learned from what is
 * sent later. Time stands still, too, for what is measured in it. The rate is what it was before;
 * a hold is obeyed all the same.
 *
 * A server that only became slow looks like one that stalls, for as long as it takes until
 * something that was sent after the silence is answered: no second silence counts before that. */

#include "wire/pacer_stall.h"

#include "wire/pacer_terms.h"

#define TRIPS   2.0 /* so many round trips of silence, */
#define SURE    8   /* or one, where so many were out when it began, */
#define SURER   32  /* ... or SHORT, where so many were, */
#define SHORT   .6
#define LEAST_S .1 /* and at least so long, */
#define OUT     4  /* with so many requests out, are a stall */
#define WORTH   8  /* a straggler's part in the silence: of so many that are due */
#define APART   4  /* then the next is sent after this part of the silence */

static int64_t silence_us(const struct pacer *p)
{
    double trips = p->silent_flight >= SURER ? SHORT : p->silent_flight >= SURE ? 1 : TRIPS;
    return (int64_t)(1e6 * max2(LEAST_S, trips * p->rtt_s));
}

static bool enough_out(const struct pacer *p)
{
    return p->rtt_s > 0 && (p->probe_out || p->in_flight >= min2(OUT, p->config.concurrency));
}

void stall_init(struct pacer *p, int64_t now)
{
    p->silent_us = p->last_sent_us = now;
    p->stall_us = INT64_MIN;
}

void stall_sent(struct pacer *p, int64_t now)
{
    if (p->in_flight == 0) {
        p->silent_us = now;
        p->silent_flight = 0;
    }
    p->last_sent_us = now;
}

static void stand_still(struct pacer *p, int64_t now, int64_t us)
{
    p->stall_us = now;
    p->cycle_us += us;
    p->mark_us += us;
    p->climb_us += (double)us;
    p->wall_us += us;
    brake_forget(&p->brake, now);
}

/* One answer is no end of the silence where many are due: it stands for WORTH of them. */
static int64_t worth_us(const struct pacer *p)
{
    return (int64_t)(1e6 * WORTH * p->rtt_s / p->in_flight);
}

bool stall_answer(struct pacer *p, int64_t now, int64_t sent_at)
{
    int64_t silence = now - p->silent_us;
    bool begins = !p->stalled && silence > silence_us(p) && enough_out(p);
    bool ends = p->stalled && sent_at > p->stall_us;
    if (begins)
        stand_still(p, now, silence);
    p->stalled = begins || (p->stalled && !ends);
    p->silent_us = begins || ends || worth_us(p) > silence ? now : p->silent_us + worth_us(p);
    p->silent_flight = p->in_flight - 1;
    return sent_at <= p->stall_us;
}

int64_t stall_next(const struct pacer *p, int64_t at)
{
    int64_t quiet = p->silent_us + silence_us(p);
    if (at <= quiet || !enough_out(p))
        return at;
    int64_t since = p->last_sent_us > quiet ? p->last_sent_us : quiet;
    int64_t apart = p->last_sent_us + (since - p->silent_us) / APART;
    return at > apart ? at : apart;
}
