#include "run/run_view.h"

#include "run/pass.h"

#include "base/text.h"
#include "wire/pacer_search.h"

enum { SEARCH_US = 5000000, PACE_SOON_US = 250000, PACE_US = 1000000 };

/* What keeps a lane from its targets; NULL: nothing. */
static const char *before_of(const struct lane *l, int64_t now)
{
    if (!l->ready)
        return "preflight";
    return now < l->run->not_before_us ? "waiting" : NULL;
}

struct pace pace_now(const struct runner *r, int64_t now)
{
    struct pace all = {0};
    uint64_t most = 0;
    for (const struct lane *l = r->lane; l < r->lane + r->lanes; l++) {
        const struct pacer_view v = pacer_view(&l->wire.pacer, now);
        uint64_t left = l->tally.targets - l->tally.finished;
        if (!wire_active(&l->wire))
            continue;
        all.rate += v.rate;
        all.in_flight += wire_in_flight(&l->wire);
        if (left < most)
            continue;
        most = left;
        all.rtt_ms = v.rtt_s * 1e3;
        all.bound = v.bound;
    }
    return all;
}

/* Often while the search for the limit goes on, and seldom later. */
void pace_tick(struct runner *r, int64_t now)
{
    struct session *s = &r->session;
    if (!r->barrier_open || session_stopping(s) || now < r->next_pace_us)
        return;
    struct record record = {.type = RECORD_PACE,
                            .pace = {.counts = s->counts, .pace = pace_now(r, now)}};
    if (record.pace.pace.bound == BOUND_NONE)
        return;
    session_put(s, &record);
    r->next_pace_us = now + (now - s->started_us < SEARCH_US ? PACE_SOON_US : PACE_US);
}

void view_foretell(struct lane *l, int64_t now)
{
    const struct session *s = &l->run->session;
    const struct pacer *p = &l->wire.pacer;
    char left[TEXT_COUNT], needed[TEXT_SPAN], span[TEXT_SPAN];
    if (l->foretold || !s->deadline_us || !l->ready || !(p->rtt_s > 0))
        return;
    l->foretold = true;
    uint64_t targets = l->tally.targets - l->tally.finished;
    int64_t need_us = (int64_t)(search_estimate_s(&p->config, targets, p->rtt_s) * 1e6);
    if (now + need_us <= s->deadline_us)
        return;
    session_tell(s, "",
                 "%s: the deadline can hardly be met: %s targets need about %s at a round "
                 "trip of %.0f ms, and %s are left",
                 l->wire.name, text_count(targets, left), text_span(need_us, needed),
                 p->rtt_s * 1e3, text_span(s->deadline_us - now, span));
}

void view_tick(struct runner *r, int64_t now)
{
    if (!session_tick_due(&r->session, now))
        return;
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        r->view[i] = wire_view(&l->wire, &l->tally, before_of(l, now), r->pass->state, now);
    }
    session_tick(&r->session, r->view, r->lanes, now);
}
