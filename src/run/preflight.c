/* Before the first delete: is this credential the right kind, and is it among the targets itself?
 *
 * Each lane makes its few reads one after the other, through its own pacer. All lanes wait for each
 * other, so that a wrong credential is told before anything is deleted; but not for a lane that a
 * hold of an earlier run keeps waiting, since its credential was read in that run. */

#include "run/lane.h"

#include "wire/alias.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const char *const action_done[ACTION_COUNT] = {"deleted", "disabled", "enabled"};

static bool anything_sent(const struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++)
        if (r->lane[i].queue.sent)
            return true;
    return false;
}

/* Others may not have waited for this lane: then it is the only one to stop, and the run is past
 * the point where it can say that nothing was done. */
static void refuse(struct lane *l, enum exit_code code, const char *why)
{
    struct runner *r = l->run;
    bool under_way = anything_sent(r);
    char reason[512];
    snprintf(reason, sizeof reason, "%.400s; nothing was %s%s", why,
             action_done[r->run.settings->action], under_way ? " there" : "");
    if (!under_way)
        runner_stop(r, code, reason);
    else
        lane_stop(l, code == EXIT_REFUSED ? EXIT_CREDENTIAL : code, reason);
}

/* `row` is what aliases_own found. */
static bool is_own(const struct runner *r, const struct definition *d, uint32_t row,
                   char reason[512])
{
    if (row == UINT32_MAX)
        return false;
    snprintf(reason, 512,
             "line %u of the manifest is the very credential in use (%s): take it out, or use "
             "another credential",
             targets_line(r->run.targets, row), d->credential);
    return true;
}

int preflight_own_ids(struct runner *r, struct error *err)
{
    size_t definitions = catalog_count(targets_catalog(r->run.targets));
    struct aliases *aliases = aliases_new(r->run.settings, r->run.targets, r->run.listed);
    char reason[512];
    int result = 0;
    for (size_t i = 0; i < definitions && result == 0; i++) {
        const struct endpoint *e = r->endpoint[i];
        if (e && is_own(r, e->definition, aliases_own(aliases, e->definition, e->secrets), reason))
            result = error_set(err, EXIT_REFUSED, "%s; nothing was %s", reason,
                               action_done[r->run.settings->action]);
    }
    aliases_free(aliases);
    return result;
}

static void plan_read(struct lane *l, struct endpoint *e, const struct request *request, bool check,
                      bool self)
{
    for (unsigned i = 0; i < l->reads; i++) {
        struct lane_read *known = &l->read[i];
        if (strcmp(known->request->path, request->path) != 0 ||
            strcmp(known->request->method, request->method) != 0)
            continue;
        known->check |= check;
        known->self |= self;
        return;
    }
    if (l->reads < READS_MAX)
        l->read[l->reads++] = (struct lane_read){e, request, check, self};
}

void preflight_plan(struct lane *l)
{
    const struct runner *r = l->run;
    size_t definitions = catalog_count(targets_catalog(r->run.targets));
    for (size_t i = 0; i < definitions; i++) {
        struct endpoint *e = r->endpoint[i];
        if (!e || e->lane != l)
            continue;
        if (r->run.settings->preflight && e->definition->preflight.method)
            plan_read(l, e, &e->definition->preflight, true, false);
        if (e->definition->self == SELF_READ && r->run.settings->act)
            plan_read(l, e, &e->definition->self_read, false, true);
    }
    l->ready = l->reads == 0;
}

int64_t preflight_next_us(const struct lane *l, int64_t now)
{
    if (!lane_active(l) || http_in_flight(l->http) > 0)
        return INT64_MAX;
    int64_t at = pacer_next(&l->pacer, now);
    return at > l->read_due ? at : l->read_due;
}

void preflight_send(struct lane *l, int64_t now)
{
    if (l->ready || preflight_next_us(l, now) > now)
        return;
    const struct lane_read *read = &l->read[l->reads_done];
    const struct targets *t = l->run->run.targets;
    const struct flight flight = {.endpoint = read->endpoint, .read = true};
    struct error err;
    if (lane_transfer(l, read->request, NULL, targets_scope(t, read->endpoint->first_row), flight,
                      READ_BODY_MAX, now, &err) == 0)
        return;
    char reason[512];
    snprintf(reason, sizeof reason, "%s: preflight: %.400s", l->name, err.text);
    runner_stop(l->run, EXIT_STOPPED, reason);
}

static void give_up(struct lane *l, enum exit_code code, const char *why)
{
    char reason[512];
    snprintf(reason, sizeof reason, "%s: preflight: %s", l->name, why);
    refuse(l, code, reason);
}

/* The own id of a read's body; false where the run must not go on. */
static bool check_self(struct lane *l, const struct lane_read *read, const struct http_answer *a)
{
    char id[ID_MAX + 1], reason[512];
    const struct definition *d = read->endpoint->definition;
    int len = own_id_of_body(d, a->answer.body, a->answer.body_len, id);
    if (len <= 0) {
        give_up(l, EXIT_CREDENTIAL, "the answer does not tell which key the credential itself is");
        return false;
    }
    struct aliases *aliases =
        aliases_new(l->run->run.settings, l->run->run.targets, l->run->run.listed);
    uint32_t own = aliases_own_body(aliases, d, a->answer.body, a->answer.body_len);
    aliases_free(aliases);
    if (is_own(l->run, d, own, reason)) {
        refuse(l, EXIT_REFUSED, reason);
        return false;
    }
    return true;
}

static void read_done(struct lane *l, const struct lane_read *read, const struct http_answer *a)
{
    if (read->self && !check_self(l, read, a))
        return;
    l->read_patience = (struct patience){0};
    l->ready = ++l->reads_done == l->reads;
}

static void read_again(struct lane *l, const struct http_answer *a, const char *why)
{
    int64_t now = clock_mono_us(), hold = pacer_view(&l->pacer, now).hold_until;
    int64_t due =
        patience_again_us(&l->read_patience, a, hold, PATIENCE_ATTEMPTS, &l->run->rng, now);
    if (due < 0) {
        give_up(l, EXIT_STOPPED, why);
        return;
    }
    if (due > now)
        view_tell(l->run, why, "%s: preflight: %s; trying again", l->name, why);
    l->read_due = due;
}

void preflight_answered(struct lane *l, const struct flight *f, const struct http_answer *a)
{
    const struct lane_read *read = &l->read[l->reads_done];
    const struct definition *d = f->endpoint->definition;
    lane_read_answered(l, d, a);
    if (!lane_active(l))
        return;
    char why[200] = "";
    enum preflight_result result = classify_preflight(d, &a->answer, why);
    bool success = a->answer.transport == TRANSPORT_WHOLE && a->answer.status / 100 == 2;
    if (result == PREFLIGHT_REFUSED && success && !read->check)
        result = PREFLIGHT_OK; /* read only for the own id */
    switch (result) {
    case PREFLIGHT_OK:
        read_done(l, read, a);
        break;
    case PREFLIGHT_REFUSED:
        give_up(l, EXIT_CREDENTIAL, why);
        break;
    case PREFLIGHT_RETRY:
        read_again(l, a, why);
        break;
    case PREFLIGHT_IMPOSSIBLE:
        give_up(l, EXIT_STOPPED, why);
        break;
    }
}
