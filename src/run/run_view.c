#include "run/run_view.h"

#include "run/pass.h"

#include "base/text.h"
#include "wire/pacer_search.h"

/* What keeps a lane from its targets; NULL: nothing. */
static const char *before_of(const struct lane *l, int64_t now)
{
    if (!l->ready)
        return "preflight";
    return now < l->run->not_before_us ? "waiting" : NULL;
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
