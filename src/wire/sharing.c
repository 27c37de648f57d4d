#include "wire/sharing.h"

#include <math.h>
#include <stddef.h>

/* What is left of one hold, as different processes work it out, may differ by so much. */
#define SAME_HOLD_US 3000

/* A share grows so many times by another's leaving, at most, beyond what an even one would. */
#define HEIR_MOST 2.0

void sharing_join(struct sharing *s, const char *origin, const char *const *secrets,
                  struct listener *listener)
{
    *s = (struct sharing){.seat = neighbours_join(origin, secrets, listener)};
}

void sharing_leave(struct sharing *s)
{
    neighbours_leave(s->seat);
    s->seat = NULL;
}

static double own_limit(const struct pacer *p, int64_t now)
{
    return p->slow_start ? 0 : pacer_view(p, now).limit;
}

static void begin(struct sharing *s, struct pacer *p, int64_t now)
{
    const struct news *news = &s->news;
    double others = news->sharing, limit = news->past_limit;
    if (news->learned > 0) /* those who know nothing yet will have a share, too */
        limit = news->limit / news->learned * others / (others + 1);
    else if (others > 0)
        limit = 0;
    if (p->slow_start)
        pacer_start_from(p, now, limit);
}

/* Somebody came or went. */
static void share_anew(struct sharing *s, struct pacer *p, double own)
{
    double before = 1 + (double)s->others, after = 1 + (double)s->news.sharing;
    double times = before / after;
    if (after < before && s->theirs > s->news.limit)
        times = fmin((own + s->theirs) / (own + s->news.limit), HEIR_MOST * times);
    pacer_share(p, times);
}

/* Each wall is everybody's, and none of them has more of the limit than another for long. */
static void make_even(const struct sharing *s, struct pacer *p, double own)
{
    double mean = (own + s->news.limit) / (1 + (double)s->news.learned);
    pacer_share(p, sqrt(mean / own));
}

static void take_share(struct sharing *s, struct pacer *p, int64_t now)
{
    const struct news *news = &s->news;
    double own = own_limit(p, now);
    if (p->dark > 0)
        return;
    if (own > 0 && news->sharing != s->others)
        share_anew(s, p, own);
    else if (own > 0 && news->learned > 0 && p->wall_s > 0 && p->cycle_us != s->cycle_us)
        make_even(s, p, own);
    s->others = news->sharing;
    s->theirs = news->limit;
    s->cycle_us = p->cycle_us;
}

static int64_t obey(const struct sharing *s, struct pacer *p, int64_t now)
{
    int64_t left_us = s->news.hold_left_us;
    if (left_us <= 0 || now + left_us <= p->hold_until + SAME_HOLD_US)
        return 0;
    pacer_neighbour_refused(p, now, left_us);
    return left_us;
}

int64_t sharing_turn(struct sharing *s, struct pacer *p, bool sends, int64_t now)
{
    int64_t hold_us = 0;
    if (!s->seat)
        return 0;
    if (neighbours_hear(s->seat, now, &s->news)) {
        hold_us = obey(s, p, now);
        if (sends && !s->sends) {
            begin(s, p, now);
            s->others = s->news.sharing;
            s->theirs = s->news.limit;
            s->cycle_us = p->cycle_us;
        } else if (sends) {
            take_share(s, p, now);
        }
        s->sends = sends;
    }
    double own = s->sends ? own_limit(p, now) : 0;
    neighbours_tell_limit(s->seat, now, s->sends, own, p->hearsay ? 0 : own + s->news.limit);
    return hold_us;
}

void sharing_tell_hold(struct sharing *s, int64_t hold_us)
{
    if (s->seat && hold_us > 0)
        neighbours_tell_hold(s->seat, hold_us);
}
