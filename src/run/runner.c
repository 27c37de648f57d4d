/* The loop. A turn: hand out what came back (its `end`s are collected), announce what comes next,
 * make the journal safe where something waits for that, send what may go, sleep until the next
 * thing is due.
 *
 * Order is the whole of it: a row is sent only after the turn's flush, so its `try` is on disk;
 * results are at most FLUSH_US old before they are. */

#include "run/runner.h"

#include "run/lane.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/stops.h"
#include "base/text.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLUSH_US = 90000, IDLE_US = 1000000, NAMED_MOST = 2048 };

static void flush(struct runner *r)
{
    struct error err;
    r->dirty_since_us = 0;
    r->batch++;
    if (journal_flush(r->run.journal, &err) != 0) {
        r->abandon = true;
        runner_stop(r, EXIT_IO, err.text);
        return;
    }
    r->unsynced_count = 0;
    for (size_t i = 0; i < r->lanes; i++)
        r->lane[i].queue.durable = r->lane[i].queue.announced;
}

static void flush_if_due(struct runner *r, int64_t now)
{
    bool due = r->dirty_since_us && now - r->dirty_since_us >= FLUSH_US;
    for (size_t i = 0; i < r->lanes && !due; i++)
        due = lane_needs_flush(&r->lane[i], now);
    if (journal_failed(r->run.journal) || (due && journal_dirty(r->run.journal)))
        flush(r);
}

static void take_signals(struct runner *r)
{
    int last = 0;
    unsigned count = http_loop_signals(r->loop, &last);
    if (count > 0 && !r->stopping) {
        char reason[96];
        snprintf(reason, sizeof reason, "stopped by %s", stops_name(last));
        runner_stop(r, EXIT_STOPPED, reason);
    }
    if (count > 1)
        r->abandon = true;
}

static void take_deadline(struct runner *r, int64_t now)
{
    if (r->stopping || !r->deadline_us || now < r->deadline_us)
        return;
    char span[TEXT_SPAN], reason[96];
    snprintf(reason, sizeof reason, "the deadline of %s has passed",
             text_span(r->run.settings->deadline_us, span));
    runner_stop(r, EXIT_STOPPED, reason);
}

static void give_up_hopeless(struct runner *r, int64_t now)
{
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        if (!lane_active(l) || !health_hopeless(&l->health, now))
            continue;
        char reason[256];
        snprintf(reason, sizeof reason, "%s: not one good answer in %d s: given up for now",
                 l->name, (int)(RETRY_PATIENCE_US / 1000000));
        lane_stop(l, EXIT_STOPPED, reason);
    }
}

static void open_barrier(struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++)
        if (!r->lane[i].ready && !r->lane[i].held_at_start)
            return;
    r->barrier_open = true;
}

/* Nothing is in flight, and nothing more will be. */
static bool finished(const struct runner *r)
{
    if (r->abandon)
        return true;
    for (size_t i = 0; i < r->lanes; i++) {
        const struct lane *l = &r->lane[i];
        if (http_in_flight(l->http) > 0)
            return false;
        if (lane_active(l) && !queue_empty(&l->queue))
            return false;
    }
    return true;
}

static int64_t wake_at(struct runner *r, int64_t now)
{
    int64_t at = now + IDLE_US;
    if (r->dirty_since_us && r->dirty_since_us + FLUSH_US < at)
        at = r->dirty_since_us + FLUSH_US;
    if (r->run.observer && r->next_tick_us < at)
        at = r->next_tick_us;
    if (r->deadline_us && !r->stopping && r->deadline_us < at)
        at = r->deadline_us;
    for (size_t i = 0; i < r->lanes; i++) {
        int64_t next = lane_next_us(&r->lane[i], now);
        if (next < at)
            at = next;
    }
    return at;
}

static void loop(struct runner *r)
{
    while (!finished(r)) {
        int64_t now = clock_mono_us();
        take_signals(r);
        take_deadline(r, now);
        give_up_hopeless(r, now);
        if (!r->barrier_open)
            open_barrier(r);
        for (size_t i = 0; i < r->lanes; i++)
            lane_announce(&r->lane[i], now);
        flush_if_due(r, now);
        now = clock_mono_us(); /* a sync may take long, and what is sent is timed from here */
        for (size_t i = 0; i < r->lanes && !r->abandon; i++) {
            preflight_send(&r->lane[i], now);
            lane_send(&r->lane[i], now);
        }
        view_tick(r, now);
        if (!r->abandon)
            http_loop_wait(r->loop, wake_at(r, clock_mono_us()));
    }
    r->next_tick_us = 0;
    view_tick(r, clock_mono_us());
}

/* Rows that were announced in this run and certainly never sent, or answered with 429 only. */
static void list_unsent(const struct runner *r, struct buf *out)
{
    struct row_set *rows = row_set_new();
    for (size_t i = 0; i < r->lanes; i++) {
        const struct queue *q = &r->lane[i].queue;
        for (uint32_t at = q->sent; at < q->announced; at++)
            row_set_add(rows, q->fresh[at]);
        for (size_t at = 0; at < q->waiting; at++)
            row_set_add(rows, q->heap[at].row);
    }
    row_set_print(rows, out);
    row_set_free(rows);
}

static void name_row(const struct runner *r, uint32_t row, struct buf *out)
{
    char id[ID_MAX + 1];
    const struct definition *d = targets_definition(r->run.targets, row);
    targets_id(r->run.targets, row, id);
    buf_printf(out, "%s %s %s", d->provider, d->kind, id);
}

/* Those between two attempts, of which one that ended may have taken effect. */
static void name_waiting(struct runner *r, const struct queue *q, struct buf *line)
{
    for (size_t i = 0; i < q->waiting && i < NAMED_MOST; i++) {
        uint32_t row = q->heap[i].row;
        if (!ledger_state(r->run.ledger, row).applied)
            continue;
        buf_clear(line);
        name_row(r, row, line);
        view_tell(r, "", "unknown, was to be tried again: %s", buf_text(line));
    }
}

/* Where the journal failed, what it does not know must at least be said. */
static void name_unknown(struct runner *r)
{
    struct buf line = {0};
    if (r->pass != &pass_act) /* a read leaves nothing in doubt */
        return;
    for (size_t i = 0; i < r->lanes; i++) {
        const struct lane *l = &r->lane[i];
        for (unsigned slot = 0; slot < r->run.settings->concurrency; slot++) {
            if (!l->flight[slot].busy || l->flight[slot].read)
                continue;
            buf_clear(&line);
            name_row(r, l->flight[slot].row, &line);
            view_tell(r, "", "unknown, was in flight: %s", buf_text(&line));
        }
    }
    for (size_t i = 0; i < r->lanes; i++)
        name_waiting(r, &r->lane[i].queue, &line);
    for (size_t i = 0; i < r->unsynced_count && i < NAMED_MOST; i++) {
        buf_clear(&line);
        name_row(r, r->unsynced[i], &line);
        view_tell(r, "", "unknown, result not on disk: %s", buf_text(&line));
    }
    if (r->unsynced_count > NAMED_MOST)
        view_tell(r, "", "unknown, result not on disk: %zu more", r->unsynced_count - NAMED_MOST);
    buf_free(&line);
}

/* 0, 1 or 75 by what the targets came to. */
static enum exit_code code_of_targets(const struct runner *r)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t row = 0; row < targets_count(r->run.targets); row++) {
        if (!row_set_has(r->run.listed, row))
            continue;
        enum outcome o = ledger_outcome(r->run.ledger, row);
        if (outcome_failed(o))
            code = worse_of(code, EXIT_SOME_FAILED);
        else if (!outcome_done(o))
            return EXIT_STOPPED;
    }
    return code;
}

static void conclude(struct runner *r, struct run_result *result)
{
    for (size_t i = 0; i < r->lanes; i++) {
        const struct lane *l = &r->lane[i];
        if (l->stop_code == EXIT_DONE)
            continue;
        r->code = worse_of(r->code, l->stop_code);
        size_t len = strlen(r->reason);
        snprintf(r->reason + len, sizeof r->reason - len, "%s%s", len ? "; " : "", l->stop_reason);
    }
    if (r->run.settings->act)
        r->code = worse_of(r->code, code_of_targets(r));
    if (r->pass == &pass_verify)
        r->code = worse_of(r->code, verify_code(r));
    result->code = r->code;
    memcpy(result->reason, r->reason, sizeof result->reason);
}

static void put_close(struct runner *r, struct run_result *result)
{
    struct buf unsent = {0};
    if (r->pass == &pass_act)
        list_unsent(r, &unsent);
    struct record record = {.type = RECORD_CLOSE,
                            .close = {.exit_code = (int)result->code,
                                      .reason = result->reason,
                                      .unsent = buf_text(&unsent),
                                      .counts = r->counts}};
    runner_put(r, &record);
    flush(r);
    buf_free(&unsent);
    if (r->code == EXIT_IO) {
        result->code = EXIT_IO;
        memcpy(result->reason, r->reason, sizeof result->reason);
    }
}

/* The guards count over the whole journal: what halted an earlier run halts this one before it
 * sends anything, rather than have it wait for an answer that cannot come. */
static void ask_guards_again(struct runner *r)
{
    char reason[512];
    for (size_t i = 0; i < r->groups && !r->stopping; i++) {
        struct group *g = &r->group[i];
        if (guard_check(&g->guard, r->run.settings, g->name, reason) != GUARD_GO)
            runner_stop(r, EXIT_STOPPED, reason);
    }
}

/* Everything that this run was to do went through, so that looking at it makes sense. */
static bool went_through(const struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++)
        if (r->lane[i].stop_code != EXIT_DONE)
            return false;
    return !r->stopping && !r->abandon;
}

static void make_passes(struct runner *r)
{
    const struct settings *s = r->run.settings;
    r->pass = &pass_act;
    if (s->act) {
        ask_guards_again(r);
        r->pass->fill(r);
        loop(r);
    }
    if (s->verify && went_through(r)) {
        r->pass = &pass_verify;
        r->pass->fill(r);
        loop(r);
    }
}

int runner_run(const struct run *run, struct run_result *result, struct error *err)
{
    struct runner r = {.run = *run, .started_us = clock_mono_us()};
    int status = -1;
    *result = (struct run_result){.code = EXIT_STOPPED};
    r.rng = rng_seed((uint64_t)r.started_us ^ (uint64_t)clock_wall_ms() << 20);
    if (run->settings->deadline_us)
        r.deadline_us = r.started_us + run->settings->deadline_us;
    r.loop = http_loop_new(err);
    if (!r.loop || lanes_build(&r, err) != 0)
        goto out;
    if (run->settings->act && preflight_own_ids(&r, err) != 0)
        runner_stop(&r, EXIT_REFUSED, err->text);
    make_passes(&r);
    conclude(&r, result);
    if (r.code != EXIT_IO)
        put_close(&r, result);
    if (r.code == EXIT_IO)
        name_unknown(&r);
    status = 0;
out:
    lanes_free(&r);
    http_loop_free(r.loop);
    buf_free(&r.url);
    buf_free(&r.body);
    free(r.unsynced);
    return status;
}
