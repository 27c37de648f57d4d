#include "run/run_view.h"

#include "run/pass.h"

/* What keeps a lane from its targets; NULL: nothing. */
static const char *before_of(const struct lane *l, int64_t now)
{
    if (!l->ready)
        return "preflight";
    return now < l->run->not_before_us ? "waiting" : NULL;
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
