#include "run/preflight.h"

#include "run/gate.h"

#include <stdio.h>
#include <string.h>

static const char *done_word(const struct runner *r)
{
    return action_done[r->session.work.settings->action];
}

/* A refusal ends the run; a credential that could not be read is given up on alone. */
static void refuse(struct lane *l, enum exit_code code, const char *why)
{
    struct runner *r = l->run;
    bool alone = code == EXIT_STOPPED;
    char reason[ENDING_REASON];
    snprintf(reason, sizeof reason, "%.400s; nothing was %s%s", why, done_word(r),
             alone ? " there" : "");
    if (alone)
        wire_stop(&l->wire, code, reason);
    else
        session_stop(&r->session, code, reason);
}

static void failed(void *at, enum exit_code code, const char *why)
{
    struct lane *l = at;
    char reason[ENDING_REASON];
    if (!wire_active(&l->wire))
        return;
    snprintf(reason, sizeof reason, "%s: preflight: %.400s", l->wire.name, why);
    refuse(l, code, reason);
}

static bool own_id(void *at, const struct endpoint *e, const char *id, size_t among)
{
    struct lane *l = at;
    char reason[ENDING_REASON];
    if (!own_is_target(&l->run->session, e, id, among, reason))
        return true;
    refuse(l, EXIT_REFUSED, reason);
    return false;
}

static void done(void *at)
{
    gates_begin(at);
}

/* Those that the secrets themselves tell. */
static bool own_secret_hits(struct runner *r, const struct endpoint *e)
{
    char why[ENDING_REASON], reason[ENDING_REASON + 40];
    if (!own_is_target(&r->session, e, NULL, 1, why))
        return false;
    snprintf(reason, sizeof reason, "%s; nothing was %s", why, done_word(r));
    session_stop(&r->session, EXIT_REFUSED, reason);
    return true;
}

static void plan(struct runner *r, const struct part *p)
{
    const struct work *work = &r->session.work;
    firsts_plan(&p->lane->firsts, &p->endpoint, targets_scope(work->targets, p->first_row),
                work->settings->preflight, work->settings->act);
}

void preflight_begin(struct runner *r)
{
    const struct work *work = &r->session.work;
    size_t definitions = catalog_count(targets_catalog(work->targets));
    for (size_t i = 0; i < definitions; i++)
        if (r->part[i] && work->settings->act && own_secret_hits(r, &r->part[i]->endpoint))
            return;
    for (size_t i = 0; i < r->lanes; i++)
        r->lane[i].firsts = (struct firsts){.wire = &r->lane[i].wire,
                                            .attempts = READ_ATTEMPTS,
                                            .what = "preflight",
                                            .own_id = own_id,
                                            .done = done,
                                            .failed = failed,
                                            .at = &r->lane[i]};
    for (size_t i = 0; i < definitions; i++)
        if (r->part[i])
            plan(r, r->part[i]);
    for (size_t i = 0; i < r->lanes; i++)
        if (firsts_begin(&r->lane[i].firsts))
            gates_begin(&r->lane[i]);
}
