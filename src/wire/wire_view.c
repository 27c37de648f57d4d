#include "wire/wire.h"

static const char *state_of(const struct wire *w, const struct tally *tally, const char *before,
                            const char *busy, const struct pacer_view *p, int64_t now)
{
    if (w->ending.code != EXIT_DONE)
        return "stopped";
    if (tally->finished == tally->targets)
        return "finished";
    if (p->hold_until > now)
        return "holding";
    if (health_down(&w->health))
        return "down";
    if (before)
        return before;
    return p->probing ? "probing" : busy;
}

static int64_t eta_of(const struct wire *w, const struct lane_view *v, unsigned each)
{
    double pace = v->limit > 0 ? v->limit : v->rate;
    uint64_t left = v->targets - v->finished;
    if (left == 0)
        return 0;
    if (pace <= 0 || w->ending.code != EXIT_DONE)
        return -1;
    return (int64_t)((double)left * (each ? each : 1) / pace * 1e6) + v->hold_left_us;
}

struct lane_view wire_view(struct wire *w, const struct tally *tally, const char *before,
                           const char *busy, int64_t now)
{
    struct pacer_view p = pacer_view(&w->pacer, now);
    if (p.hold_until < w->used_up.end_us)
        p.hold_until = w->used_up.end_us;
    struct lane_view v = {
        .name = w->name,
        .targets = tally->targets,
        .finished = tally->finished,
        .done = tally->done,
        .failed = tally->failed,
        .sent = w->sent,
        .http_429 = w->http_429,
        .retries = w->retries,
        .in_flight = http_in_flight(w->http),
        .rtt_us = (int64_t)(p.rtt_s * 1e6),
        .bound = bound_word[p.bound],
        .rate = recent_rate(&w->answers, w->session->started_us, now),
        .pace = p.rate,
        .limit = p.limit,
        .max_rate = w->max_rate,
        .hold_left_us = p.hold_until > now ? p.hold_until - now : 0,
        .state = state_of(w, tally, before, busy, &p, now),
    };
    v.eta_us = eta_of(w, &v, tally->each);
    return v;
}
