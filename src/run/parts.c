/* Parts are built once, before anything is sent: every definition that the listed targets use gets
 * one, and those of the same origin and credential share a lane. */

#include "run/parts.h"

#include "run/check.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct group *group_of(struct runner *r, const char *name)
{
    for (size_t i = 0; i < r->groups; i++)
        if (strcmp(r->group[i].name, name) == 0)
            return &r->group[i];
    r->group[r->groups].name = name;
    return &r->group[r->groups++];
}

/* The lane of a pair, new where there is none yet. */
static struct lane *lane_of(struct runner *r, const struct endpoint *e)
{
    for (size_t i = 0; i < r->lanes; i++)
        if (wire_is(&r->lane[i].wire, e))
            return &r->lane[i];
    struct lane *l = &r->lane[r->lanes++];
    l->run = r;
    wire_init(&l->wire, &r->session, e);
    return l;
}

static int part_new(struct runner *r, uint32_t row, struct error *err)
{
    const struct work *work = &r->session.work;
    const struct definition *d = targets_definition(work->targets, row);
    struct part *p = mem_zalloc(1, sizeof *p);
    r->part[catalog_index(targets_catalog(work->targets), d)] = p;
    if (check_definition(work->settings, d, err) != 0 ||
        endpoint_open(&p->endpoint, work->settings, d, work->credentials, err) != 0)
        return -1;
    p->first_row = row;
    p->group = group_of(r, d->shown);
    p->lane = lane_of(r, &p->endpoint);
    wire_join(&p->lane->wire, &p->endpoint);
    p->lane->parts++;
    return 0;
}

static int look_at_rows(struct runner *r, struct error *err)
{
    const struct work *work = &r->session.work;
    for (uint32_t row = 0; row < targets_count(work->targets); row++) {
        if (!row_set_has(work->listed, row))
            continue;
        if (!part_of(r, row) && part_new(r, row, err) != 0)
            return -1;
    }
    return 0;
}

static int lane_open(struct lane *l, struct error *err)
{
    unsigned concurrency = l->run->session.work.settings->concurrency;
    l->flight = mem_zalloc(concurrency, sizeof *l->flight);
    return wire_open(&l->wire, concurrency, err);
}

int parts_build(struct runner *r, struct error *err)
{
    size_t definitions = catalog_count(targets_catalog(r->session.work.targets));
    r->part = mem_zalloc(definitions, sizeof(struct part *));
    r->lane = mem_zalloc(definitions, sizeof *r->lane);
    r->group = mem_zalloc(definitions, sizeof *r->group);
    if (look_at_rows(r, err) != 0)
        return -1;
    for (size_t i = 0; i < r->lanes; i++)
        if (lane_open(&r->lane[i], err) != 0)
            return -1;
    r->view = mem_zalloc(r->lanes, sizeof *r->view);
    return 0;
}

static void lane_close(struct lane *l)
{
    firsts_end(&l->firsts);
    wire_close(&l->wire);
    queue_free(&l->queue);
    free(l->flight);
}

void parts_free(struct runner *r)
{
    size_t definitions = r->part ? catalog_count(targets_catalog(r->session.work.targets)) : 0;
    for (size_t i = 0; i < definitions; i++) {
        if (r->part[i]) {
            survey_end(&r->part[i]->survey);
            recheck_end(&r->part[i]->trial.recheck);
            free(r->part[i]->trial.suspect);
        }
    }
    for (size_t i = 0; i < r->lanes; i++)
        lane_close(&r->lane[i]);
    for (size_t i = 0; i < definitions; i++) {
        if (r->part[i])
            endpoint_close(&r->part[i]->endpoint);
        free(r->part[i]);
    }
    free(r->part);
    free(r->lane);
    free(r->group);
    free(r->view);
    canary_free(&r->canary);
    row_set_free(r->withdrawn);
}

static bool is_of(void *part, uint32_t row)
{
    return part_of(part_runner(part), row) == part;
}

/* What was announced of it and is not on its way does not go any more. */
static void withdraw(struct runner *r, struct part *p)
{
    p->withdrawn = true;
    if (!r->withdrawn)
        r->withdrawn = row_set_new();
    queue_withdraw(&p->lane->queue, is_of, p, r->withdrawn);
}

/* Another group's targets go over the lane, too. */
static bool has_others(const struct runner *r, const struct lane *l, const struct group *g)
{
    size_t definitions = catalog_count(targets_catalog(r->session.work.targets));
    for (size_t i = 0; i < definitions; i++)
        if (r->part[i] && r->part[i]->lane == l && r->part[i]->group != g)
            return true;
    return false;
}

void group_stop(struct runner *r, const struct group *g, enum exit_code code, const char *reason)
{
    size_t definitions = catalog_count(targets_catalog(r->session.work.targets));
    for (size_t i = 0; i < definitions; i++) {
        struct part *p = r->part[i];
        if (!p || p->group != g || !wire_active(&p->lane->wire))
            continue;
        if (has_others(r, p->lane, g)) {
            withdraw(r, p);
            part_stop(p, code, reason);
        } else {
            wire_stop(&p->lane->wire, code, reason);
        }
    }
}

struct dropping {
    struct part *part;
    bool canary; /* one of its targets was among them */
};

static bool drops(void *at, uint32_t row)
{
    struct dropping *x = at;
    bool own = is_of(x->part, row);
    x->canary |= own && canary_has(&part_runner(x->part)->canary, row);
    return own;
}

void part_stop(struct part *p, enum exit_code code, const char *reason)
{
    struct runner *r = part_runner(p);
    struct dropping dropping = {.part = p};
    if (ending_add(&p->ending, code, reason))
        session_tell(&r->session, "stop", "%s", reason);
    queue_drop(&p->lane->queue, drops, &dropping);
    p->waiting = 0;
    if (dropping.canary) /* it would be waited for in vain */
        session_stop(&r->session, EXIT_STOPPED, "canary: one of its targets cannot be sent");
}

void part_halt(struct part *p, const char *reason)
{
    part_runner(p)->session.halted = true;
    part_stop(p, EXIT_STOPPED, reason);
}

void part_wait(struct part *p, struct waiting w)
{
    if (p->withdrawn)
        row_set_add(part_runner(p)->withdrawn, w.row);
    else
        queue_wait(&p->lane->queue, w);
}

struct part *part_of(const struct runner *r, uint32_t row)
{
    const struct targets *t = r->session.work.targets;
    return r->part[catalog_index(targets_catalog(t), targets_definition(t, row))];
}
