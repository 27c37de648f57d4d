/* What an observer is shown. */

#include "run/lane.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

enum { TICK_US = 100000, SLOT_US = 500000 };

/* Answers are counted in half-second slots; the rate is over the full ones that are kept. */
static void move_slots(struct lane *l, int64_t now)
{
    int64_t slot = now / SLOT_US;
    if (slot - l->answers_slot > RATE_SLOTS)
        l->answers_slot = slot - RATE_SLOTS;
    while (l->answers_slot < slot)
        l->answers[++l->answers_slot % RATE_SLOTS] = 0;
}

void view_count_answer(struct lane *l, int64_t now)
{
    move_slots(l, now);
    l->answers[now / SLOT_US % RATE_SLOTS]++;
}

static double rate_of(struct lane *l, int64_t now, int64_t started_us)
{
    move_slots(l, now);
    uint64_t sum = 0;
    for (int i = 0; i < RATE_SLOTS; i++)
        sum += l->answers[i];
    int64_t span = (RATE_SLOTS - 1) * SLOT_US + now % SLOT_US;
    if (now - started_us < span)
        span = now - started_us;
    return span > 0 ? (double)sum * 1e6 / (double)span : 0;
}

static const char *state_of(const struct lane *l, const struct pacer_view *p, int64_t now)
{
    if (l->stop_code != EXIT_DONE)
        return "stopped";
    if (l->finished == l->targets)
        return "finished";
    if (p->hold_until > now)
        return "holding";
    if (health_down(&l->health))
        return "down";
    if (!l->ready)
        return "preflight";
    if (now < l->run->not_before_us)
        return "waiting";
    return p->probing ? "probing" : l->run->pass->state;
}

static int64_t eta_of(const struct lane *l, const struct lane_view *v)
{
    double pace = v->limit > 0 ? v->limit : v->rate;
    uint64_t left = l->targets - l->finished;
    if (left == 0)
        return 0;
    if (pace <= 0 || l->stop_code != EXIT_DONE)
        return -1;
    return (int64_t)((double)left / pace * 1e6) + v->hold_left_us;
}

static void look_at(struct lane *l, struct lane_view *v, int64_t now)
{
    struct pacer_view p = pacer_view(&l->pacer, now);
    *v = (struct lane_view){
        .name = l->name,
        .targets = l->targets,
        .finished = l->finished,
        .done = l->done,
        .failed = l->failed,
        .sent = l->sent,
        .http_429 = l->http_429,
        .retries = l->retries,
        .in_flight = http_in_flight(l->http),
        .rate = rate_of(l, now, l->run->started_us),
        .pace = p.rate,
        .limit = p.limit,
        .max_rate = l->max_rate,
        .hold_left_us = p.hold_until > now ? p.hold_until - now : 0,
        .state = state_of(l, &p, now),
    };
    v->eta_us = eta_of(l, v);
}

void view_tick(struct runner *r, int64_t now)
{
    const struct observer *o = r->run.observer;
    if (!o || !o->tick || now < r->next_tick_us)
        return;
    r->next_tick_us = now + TICK_US;
    for (size_t i = 0; i < r->lanes; i++)
        look_at(&r->lane[i], &r->view[i], now);
    const struct run_view view = {
        .lane = r->view,
        .lanes = r->lanes,
        .elapsed_us = now - r->started_us,
        .deadline_left_us = r->deadline_us ? r->deadline_us - now : -1,
        .stopping = r->stopping ? r->reason : NULL,
    };
    o->tick(o->at, &view);
}

void view_tell(struct runner *r, const char *key, const char *format, ...)
{
    const struct observer *o = r->run.observer;
    if (!o || !o->tell)
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    o->tell(o->at, key, line);
}
