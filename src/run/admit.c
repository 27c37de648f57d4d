#include "run/admit.h"

#include "run/gate.h"
#include "run/pass.h"
#include "run/run_view.h"
#include "run/settle.h"

#include "base/clock.h"
#include "wire/read.h"

#include <stdio.h>

enum { AHEAD_MS = 250, AHEAD_LEAST = 4, AHEAD_MOST = 8192 };

static bool may_announce(const struct runner *r, const struct part *p, uint32_t row)
{
    return !r->pass->guarded || (!canary_holds(&r->canary, row) && gate_lets(p, row));
}

static uint32_t ahead_of(const struct lane *l, int64_t now)
{
    double rows = pacer_view(&l->wire.pacer, now).rate * AHEAD_MS / 1000;
    if (rows > AHEAD_MOST)
        return AHEAD_MOST;
    return rows < AHEAD_LEAST ? AHEAD_LEAST : (uint32_t)rows;
}

static void put_announcement(struct runner *r, const char *rows, double rate)
{
    struct record record = {.type = r->pass->announces};
    if (record.type == RECORD_VERIFY) {
        record.verify.rows = rows;
        record.verify.counts = r->session.counts;
        record.verify.rate = rate;
    } else {
        record.try.rows = rows;
        record.try.counts = r->session.counts;
        record.try.rate = rate;
    }
    session_put(&r->session, &record);
}

bool lane_may_send(const struct lane *l, int64_t now)
{
    const struct runner *r = l->run;
    return wire_active(&l->wire) && l->ready && r->barrier_open && !r->canary.failed &&
           now >= r->not_before_us;
}

static bool must_wait(void *at, uint32_t row)
{
    const struct runner *r = at;
    return !may_announce(r, part_of(r, row), row);
}

/* While one kind waits for what a look tells of it, the others of its lane go by; once it may go,
 * it is in front of them again. */
static bool let_by(struct lane *l, const struct part *waits)
{
    struct runner *r = l->run;
    struct queue *q = &l->queue;
    if (!r->pass->guarded || r->canary.left || r->canary.failed || !gates_let_others(waits))
        return false;
    queue_defer(q, must_wait, r);
    return !must_wait(r, q->fresh[q->announced]);
}

static void take_back(struct lane *l)
{
    const struct queue *q = &l->queue;
    if (q->deferred && !must_wait(l->run, q->fresh[q->count - q->deferred]))
        queue_recall(&l->queue);
}

void lane_announce(struct lane *l, int64_t now)
{
    struct runner *r = l->run;
    struct queue *q = &l->queue;
    if (!lane_may_send(l, now) || q->announced == q->count)
        return;
    take_back(l);
    uint32_t want = ahead_of(l, now);
    if (q->announced - q->sent > want / 2)
        return;
    struct row_set *rows = row_set_new(); /* ascending, in whatever order they go */
    for (; q->announced < q->count && q->announced - q->sent < want; q->announced++) {
        uint32_t row = q->fresh[q->announced];
        struct part *p = part_of(r, row);
        if (!may_announce(r, p, row) && !let_by(l, p))
            break;
        row = q->fresh[q->announced];
        p = part_of(r, row);
        if (r->pass->guarded)
            gate_sends(p, row);
        row_set_add(rows, row);
    }
    if (row_set_size(rows)) {
        struct buf ranges = {0};
        row_set_print(rows, &ranges);
        put_announcement(r, buf_text(&ranges), pace_now(r, now).rate);
        buf_free(&ranges);
    }
    row_set_free(rows);
}

static bool retry_is_due(struct lane *l, int64_t now)
{
    const struct waiting *w = queue_first(&l->queue);
    return w && w->due_us <= now && wire_open_us(&l->wire, now, true) <= now;
}

/* A pair that is down is probed with targets that were not tried yet, while there are any: so many
 * failures in a row tell of the provider, and should use no target's attempts up. */
static bool fresh_first(const struct lane *l)
{
    return health_down(&l->wire.health) && l->queue.sent < l->queue.announced;
}

bool lane_needs_flush(struct lane *l, int64_t now)
{
    const struct queue *q = &l->queue;
    if (!lane_may_send(l, now) || !wire_has_room(&l->wire))
        return false;
    if (!fresh_first(l) && retry_is_due(l, now))
        return queue_first(q)->batch == l->run->batch;
    return q->sent == q->durable && q->durable < q->announced &&
           wire_open_us(&l->wire, now, false) <= now;
}

/* Starts a target's request in a slot. */
static int start(struct lane *l, const struct flight *flight, bool retry, int64_t now,
                 struct error *err)
{
    struct runner *r = l->run;
    const struct work *work = &r->session.work;
    const struct definition *d = flight->part->endpoint.definition;
    const struct request *request = r->pass->request(r, d);
    const char *scope = targets_scope(work->targets, flight->row);
    char id[ID_MAX + 1];
    targets_id(work->targets, flight->row, id);
    const struct wire_call call = {
        .endpoint = &flight->part->endpoint,
        .request = request,
        .id = id,
        .scope = scope,
        .body = request_body(d, request, id, scope, &r->body) ? buf_text(&r->body) : NULL,
        .body_max = r->pass->body_max(d),
        .retry = retry,
        .counted = true,
        .taker = &settle_taker,
        .at = l,
    };
    int slot = wire_send(&l->wire, &call, now, err);
    if (slot >= 0)
        l->flight[slot] = *flight;
    return slot;
}

static bool send_row(struct lane *l, const struct waiting *w, bool retry, int64_t now)
{
    struct error err;
    char reason[512];
    const struct flight flight = {.part = part_of(l->run, w->row),
                                  .row = w->row,
                                  .backoff_ms = w->backoff_ms,
                                  .ended = w->ended,
                                  .busy = true};
    if (start(l, &flight, retry, now, &err) >= 0)
        return true;
    snprintf(reason, sizeof reason, "%s: cannot send: %.400s", l->wire.name, err.text);
    session_stop(&l->run->session, EXIT_STOPPED, reason);
    return false;
}

void lane_send(struct lane *l, int64_t now)
{
    struct queue *q = &l->queue;
    while (lane_may_send(l, now) && wire_has_room(&l->wire)) {
        bool fresh = q->sent < q->durable && (fresh_first(l) || l->retried);
        if (!fresh && retry_is_due(l, now) && queue_first(q)->batch != l->run->batch) {
            struct waiting w = queue_pop(q);
            l->retried = true;
            if (!send_row(l, &w, true, now)) {
                queue_wait(q, w);
                return;
            }
        } else if (q->sent < q->durable && wire_open_us(&l->wire, now, false) <= now) {
            if (!send_row(l, &(struct waiting){.row = q->fresh[q->sent]}, false, now))
                return;
            q->sent++;
            l->retried = false;
        } else {
            return;
        }
        now = clock_mono_us();
    }
}

int64_t lane_next_us(struct lane *l, int64_t now)
{
    const struct queue *q = &l->queue;
    int64_t at = reads_next_us(&l->wire, now);
    if (l->ready && wire_active(&l->wire) && now < l->run->not_before_us)
        return l->run->not_before_us;
    if (!lane_may_send(l, now))
        return at;
    const struct waiting *w = queue_first(q);
    if (w) {
        int64_t again = wire_open_us(&l->wire, now, true);
        again = again > w->due_us ? again : w->due_us;
        at = again < at ? again : at;
    }
    if (q->sent < q->announced) {
        int64_t fresh = wire_open_us(&l->wire, now, false);
        if (fresh < at)
            at = fresh;
    }
    return at;
}
