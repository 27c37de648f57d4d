/* Lanes are built once, before anything is sent: every definition that the listed targets use gets
 * an endpoint, and endpoints of the same origin and credential share a lane. */

#include "run/lane.h"

#include "wire/accounts.h"
#include "wire/check.h"
#include "wire/headers.h"

#include "base/clock.h"
#include "base/mem.h"
#include "provider/identifier.h"

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

static char *pair_name(const char *origin, const char *credential)
{
    struct buf pair = {0};
    buf_printf(&pair, "%s %s", origin, credential);
    return pair.data;
}

/* The lane of a pair, new where there is none yet. The provider knows a credential by its secret,
 * whatever the variables are called that it came from. */
static struct lane *lane_of(struct runner *r, const struct definition *d, const char *origin,
                            const char *secret)
{
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        if (strcmp(l->origin, origin) != 0 || strcmp(l->secret, secret) != 0)
            continue;
        if (!strstr(l->name, d->provider)) {
            struct buf both = {0};
            buf_printf(&both, "%s+%s", l->name, d->provider);
            free(l->name);
            l->name = both.data;
        }
        return l;
    }
    struct lane *l = &r->lane[r->lanes++];
    l->run = r;
    l->name = mem_string(d->provider);
    l->origin = mem_string(origin);
    l->secret = secret;
    l->pair = pair_name(origin, d->credential);
    return l;
}

static int endpoint_new(struct runner *r, uint32_t row, struct error *err)
{
    const struct settings *s = r->run.settings;
    const struct targets *t = r->run.targets;
    const struct definition *d = targets_definition(t, row);
    struct buf origin = {0};
    int result = -1;
    const char *secret;
    if (check_definition(s, d, r->run.credentials, &origin, &secret, err) != 0)
        goto out;
    struct endpoint *e = mem_zalloc(1, sizeof *e);
    r->endpoint[catalog_index(targets_catalog(t), d)] = e;
    e->definition = d;
    e->base = check_base(s, d);
    e->secret = secret;
    e->first_row = row;
    e->others = accounts_others(r->run.ledger, d->credential, secret);
    e->group = group_of(r, d->provider);
    e->lane = lane_of(r, d, buf_text(&origin), secret);
    e->headers = headers_fill(d, secret, r->run.credentials, e->secrets, err);
    if (!e->headers)
        goto out;
    if (d->rate_limit > 0 && (e->lane->max_rate <= 0 || d->rate_limit < e->lane->max_rate))
        e->lane->max_rate = d->rate_limit;
    result = 0;
out:
    buf_free(&origin);
    return result;
}

/* Endpoints and lanes of every listed row; and tells the guards what earlier runs did. */
static int look_at_rows(struct runner *r, struct error *err)
{
    const struct targets *t = r->run.targets;
    for (uint32_t row = 0; row < targets_count(t); row++) {
        if (!row_set_has(r->run.listed, row))
            continue;
        const struct definition *d = targets_definition(t, row);
        size_t index = catalog_index(targets_catalog(t), d);
        if (!r->endpoint[index] && endpoint_new(r, row, err) != 0)
            return -1;
        struct endpoint *e = r->endpoint[index];
        enum outcome o = (enum outcome)ledger_state(r->run.ledger, row).outcome;
        bool other = accounts_other(r->run.ledger, e->others, row);
        if (outcome_done(o) && !outcome_absent(o))
            *(other ? &e->by_others : &e->by_us) = true;
        if (!other)
            guard_known(&e->group->guard, o, ledger_state(r->run.ledger, row).attempts > 0);
        else if (!outcome_done(o))
            guard_known_to_another(&e->group->guard, o);
    }
    return 0;
}

/* What is left of a hold that an earlier run was told, under any name of its credential. */
static int64_t hold_left_us(const struct lane *l)
{
    const struct runner *r = l->run;
    int64_t longest = 0;
    for (size_t i = 0; i < catalog_count(targets_catalog(r->run.targets)); i++) {
        const struct endpoint *e = r->endpoint[i];
        if (!e || e->lane != l)
            continue;
        char *pair = pair_name(l->origin, e->definition->credential);
        int64_t left = ledger_hold_left_ms(r->run.ledger, pair, clock_wall_ms()) * 1000;
        longest = left > longest ? left : longest;
        free(pair);
    }
    return longest < HINT_MAX_US ? longest : HINT_MAX_US;
}

static int lane_start(struct lane *l, uint64_t seed, struct error *err)
{
    struct runner *r = l->run;
    const struct settings *s = r->run.settings;
    const int64_t now = clock_mono_us();
    if (s->max_rate >= 0)
        l->max_rate = s->max_rate;
    const struct pacer_config pacing = {l->max_rate, s->concurrency, seed};
    pacer_init(&l->pacer, &pacing, now);
    health_init(&l->health, seed + 1, now);
    int64_t held_us = hold_left_us(l);
    if (held_us > 0) {
        pacer_hold(&l->pacer, now + held_us);
        l->held_at_start = true;
    }
    const char *base = NULL;
    for (size_t i = 0; i < catalog_count(targets_catalog(r->run.targets)) && !base; i++)
        if (r->endpoint[i] && r->endpoint[i]->lane == l)
            base = r->endpoint[i]->base ? r->endpoint[i]->base : r->endpoint[i]->definition->base;
    const struct http_config config = {
        .base = base,
        .concurrency = s->concurrency,
        .timeout_us = s->timeout_us,
        .connect_timeout_us = s->connect_timeout_us,
        .ca_file = s->ca_file,
        .answered = lane_answered,
        .at = l,
    };
    l->http = http_client_new(r->loop, &config, err);
    l->flight = mem_zalloc(s->concurrency, sizeof *l->flight);
    if (!l->http)
        return -1;
    preflight_plan(l);
    return 0;
}

int lanes_build(struct runner *r, struct error *err)
{
    size_t definitions = catalog_count(targets_catalog(r->run.targets));
    r->endpoint = mem_zalloc(definitions, sizeof(struct endpoint *));
    r->lane = mem_zalloc(definitions, sizeof *r->lane);
    r->group = mem_zalloc(definitions, sizeof *r->group);
    if (look_at_rows(r, err) != 0)
        return -1;
    for (size_t i = 0; i < r->lanes; i++)
        if (lane_start(&r->lane[i], rng_next(&r->rng), err) != 0)
            return -1;
    r->view = mem_zalloc(r->lanes, sizeof *r->view);
    return 0;
}

void lanes_free(struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        http_client_free(l->http);
        queue_free(&l->queue);
        free(l->flight);
        free(l->name);
        free(l->origin);
        free(l->pair);
    }
    size_t definitions = r->endpoint ? catalog_count(targets_catalog(r->run.targets)) : 0;
    for (size_t i = 0; i < definitions; i++) {
        if (r->endpoint[i]) {
            http_headers_free(r->endpoint[i]->headers);
            free(r->endpoint[i]->others);
        }
        free(r->endpoint[i]);
    }
    free(r->endpoint);
    free(r->lane);
    free(r->group);
    free(r->view);
}

bool lane_active(const struct lane *l)
{
    return !l->run->stopping && l->stop_code == EXIT_DONE;
}

enum exit_code worse_of(enum exit_code a, enum exit_code b)
{
    static const enum exit_code order[] = {EXIT_REFUSED, EXIT_IO,          EXIT_CREDENTIAL,
                                           EXIT_STOPPED, EXIT_SOME_FAILED, EXIT_DONE};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a;
}

static void add_reason(char all[512], const char *reason)
{
    size_t len = strlen(all);
    if (!strstr(all, reason))
        snprintf(all + len, 512 - len, "%s%s", len ? "; " : "", reason);
}

void lane_stop(struct lane *l, enum exit_code code, const char *reason)
{
    if (l->stop_code == EXIT_DONE)
        view_tell(l->run, "stop", "%s", reason);
    l->stop_code = worse_of(l->stop_code, code);
    add_reason(l->stop_reason, reason);
}

void runner_stop(struct runner *r, enum exit_code code, const char *reason)
{
    if (!r->stopping)
        view_tell(r, "stop", "%s", reason);
    r->stopping = true;
    r->code = worse_of(r->code, code);
    add_reason(r->reason, reason);
}
