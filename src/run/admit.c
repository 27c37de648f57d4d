/* Admission: which target goes next, and when.
 *
 * A fresh target passes four doors: the guards let it be announced, its `try` gets onto the disk,
 * the pacer's time comes, and a slot is free. Announcing runs ahead of sending by what the present
 * rate sends in a quarter of a second, so that one sync serves many requests. */

#include "run/lane.h"

#include "base/clock.h"
#include "provider/identifier.h"

#include <stdio.h>

enum { AHEAD_MS = 250, AHEAD_LEAST = 4, AHEAD_MOST = 8192 };

struct endpoint *endpoint_of(const struct runner *r, uint32_t row)
{
    const struct targets *t = r->run.targets;
    return r->endpoint[catalog_index(targets_catalog(t), targets_definition(t, row))];
}

static bool may_announce(struct runner *r, const struct endpoint *e, uint32_t row, bool new)
{
    if (!r->pass->guarded)
        return true;
    if (r->run.settings->canary && row > r->canary_row && (r->canary_left || r->canary_failed))
        return false;
    return !new || guard_allows(&e->group->guard, r->run.settings);
}

static uint32_t ahead_of(const struct lane *l, int64_t now)
{
    double rows = pacer_view(&l->pacer, now).rate * AHEAD_MS / 1000;
    if (rows > AHEAD_MOST)
        return AHEAD_MOST;
    return rows < AHEAD_LEAST ? AHEAD_LEAST : (uint32_t)rows;
}

static void put_range(struct buf *ranges, uint32_t first, uint32_t last)
{
    if (ranges->len)
        buf_putc(ranges, ',');
    buf_put_u64(ranges, (unsigned long long)first + 1);
    if (last != first) {
        buf_putc(ranges, '-');
        buf_put_u64(ranges, (unsigned long long)last + 1);
    }
}

static void put_announcement(struct runner *r, const char *rows, double pace)
{
    struct record record = {.type = r->pass->announces};
    if (record.type == RECORD_VERIFY) {
        record.verify.rows = rows;
        record.verify.counts = r->counts;
        record.verify.rate = pace;
    } else {
        record.try.rows = rows;
        record.try.counts = r->counts;
        record.try.rate = pace;
    }
    runner_put(r, &record);
}

static bool may_send(const struct lane *l, int64_t now)
{
    const struct runner *r = l->run;
    return lane_active(l) && l->ready && r->barrier_open && !r->canary_failed &&
           now >= r->not_before_us;
}

void lane_announce(struct lane *l, int64_t now)
{
    struct runner *r = l->run;
    struct queue *q = &l->queue;
    if (!may_send(l, now) || q->announced == q->count)
        return;
    uint32_t want = ahead_of(l, now);
    if (q->announced - q->sent > want / 2)
        return;
    struct buf ranges = {0};
    uint32_t first = 0, last = 0, begun = q->announced;
    for (; q->announced < q->count && q->announced - q->sent < want; q->announced++) {
        uint32_t row = q->fresh[q->announced];
        struct endpoint *e = endpoint_of(r, row);
        bool new = ledger_state(r->run.ledger, row).attempts == 0;
        if (!may_announce(r, e, row, new))
            break;
        if (new && r->pass->guarded)
            guard_announced(&e->group->guard);
        if (q->announced == begun) {
            first = row;
        } else if (row != last + 1) {
            put_range(&ranges, first, last);
            first = row;
        }
        last = row;
    }
    if (q->announced > begun) {
        put_range(&ranges, first, last);
        double pace = 0;
        for (size_t i = 0; i < r->lanes; i++)
            pace += pacer_view(&r->lane[i].pacer, now).rate;
        put_announcement(r, buf_text(&ranges), pace);
    }
    buf_free(&ranges);
}

static int64_t open_at(struct lane *l, int64_t now, bool retry)
{
    return pacing_open_us(&l->pacer, &l->health, now, retry);
}

static bool has_room(const struct lane *l)
{
    return http_in_flight(l->http) < http_capacity(l->http);
}

static bool retry_is_due(struct lane *l, int64_t now)
{
    const struct waiting *w = queue_first(&l->queue);
    return w && w->due_us <= now && open_at(l, now, true) <= now;
}

/* A pair that is down is probed with targets that were not tried yet, while there are any: so many
 * failures in a row tell of the provider, and should use no target's attempts up. */
static bool fresh_first(const struct lane *l)
{
    return health_down(&l->health) && l->queue.sent < l->queue.announced;
}

bool lane_needs_flush(struct lane *l, int64_t now)
{
    const struct queue *q = &l->queue;
    if (!may_send(l, now) || !has_room(l))
        return false;
    if (!fresh_first(l) && retry_is_due(l, now))
        return queue_first(q)->batch == l->run->batch;
    return q->sent == q->durable && q->durable < q->announced && open_at(l, now, false) <= now;
}

int lane_transfer(struct lane *l, const struct request *request, const char *id, const char *scope,
                  struct flight flight, size_t body_max, int64_t now, struct error *err)
{
    struct runner *r = l->run;
    const struct endpoint *e = flight.endpoint;
    if (request_url(e->definition, request, e->base, id, scope, &r->url, err) != 0)
        return -1;
    buf_clear(&r->body);
    bool has_body = request_body(e->definition, request, id, scope, &r->body);
    const struct http_request what = {
        .method = request->method,
        .url = buf_text(&r->url),
        .body = has_body ? buf_text(&r->body) : NULL,
        .body_len = r->body.len,
        .form = request->form,
        .headers = e->headers,
        .body_max = body_max,
        .fresh = l->fresh_next,
        .now_us = now,
    };
    pacer_sent(&l->pacer, now);
    health_sent(&l->health, now, flight.retry);
    int slot = http_send(l->http, &what, err);
    if (slot < 0) {
        pacer_unsent(&l->pacer, now);
        health_unsent(&l->health, now);
        return -1;
    }
    l->fresh_next = false;
    flight.busy = true;
    l->flight[slot] = flight;
    return 0;
}

static bool send_row(struct lane *l, const struct waiting *w, bool retry, int64_t now)
{
    struct runner *r = l->run;
    char id[ID_MAX + 1];
    struct error err;
    const struct flight flight = {.endpoint = endpoint_of(r, w->row),
                                  .row = w->row,
                                  .backoff_ms = w->backoff_ms,
                                  .ended = w->ended,
                                  .retry = retry};
    targets_id(r->run.targets, w->row, id);
    const struct request *request = r->pass->request(r, flight.endpoint->definition);
    if (lane_transfer(l, request, id, targets_scope(r->run.targets, w->row), flight,
                      r->pass->body_max(flight.endpoint->definition), now, &err) == 0)
        return true;
    char reason[512];
    snprintf(reason, sizeof reason, "%s: cannot send: %.400s", l->name, err.text);
    runner_stop(r, EXIT_STOPPED, reason);
    return false;
}

void lane_send(struct lane *l, int64_t now)
{
    struct queue *q = &l->queue;
    while (may_send(l, now) && has_room(l)) {
        if (!fresh_first(l) && retry_is_due(l, now) && queue_first(q)->batch != l->run->batch) {
            struct waiting w = queue_pop(q);
            l->retries++;
            if (!send_row(l, &w, true, now)) {
                queue_wait(q, w);
                return;
            }
        } else if (q->sent < q->durable && open_at(l, now, false) <= now) {
            if (!send_row(l, &(struct waiting){.row = q->fresh[q->sent]}, false, now))
                return;
            q->sent++;
        } else {
            return;
        }
        now = clock_mono_us();
    }
}

int64_t lane_next_us(struct lane *l, int64_t now)
{
    const struct queue *q = &l->queue;
    if (!l->ready)
        return preflight_next_us(l, now);
    if (lane_active(l) && now < l->run->not_before_us)
        return l->run->not_before_us;
    if (!may_send(l, now) || !has_room(l))
        return INT64_MAX;
    int64_t at = INT64_MAX;
    const struct waiting *w = queue_first(q);
    if (w) {
        at = open_at(l, now, true);
        if (at < w->due_us)
            at = w->due_us;
    }
    if (q->sent < q->announced) {
        int64_t fresh = open_at(l, now, false);
        if (fresh < at)
            at = fresh;
    }
    return at;
}
