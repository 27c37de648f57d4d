/* The loop. A turn: hand out what came back (its `end`s are collected), announce what comes next,
 * make the journal safe where something waits for that, send what may go, sleep until the next
 * thing is due.
 *
 * Order is the whole of it: a row is sent only after the turn's flush, so its `try` is on disk;
 * results are at most FLUSH_US old before they are. */

#include "run/runner.h"

#include "run/act.h"
#include "run/admit.h"
#include "run/gate.h"
#include "run/preflight.h"
#include "run/run_view.h"
#include "run/trial.h"
#include "run/verify.h"
#include "wire/read.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    FLUSH_US = 90000,
    NAMED_MOST = 2048,
    END_BYTES = 1024,    /* an `end` and what else one answer may bring, in the journal */
    CLOSE_BYTES = 32768, /* the last record, and what nobody asked for */
};

/* Room for the result of everything that is announced: a full disk is met before a request leaves,
 * not when its answer is to be written down. */
static uint64_t room_needed(const struct runner *r)
{
    uint64_t out = 0;
    for (size_t i = 0; i < r->lanes; i++) {
        const struct queue *q = &r->lane[i].queue;
        out += q->announced - q->sent + q->waiting + wire_in_flight(&r->lane[i].wire);
    }
    return out * END_BYTES + CLOSE_BYTES;
}

static void flush(struct runner *r)
{
    struct error err;
    r->session.dirty_since_us = 0;
    r->batch++;
    struct journal *journal = r->session.work.journal;
    bool more = !session_stopping(&r->session);
    if (more && journal_reserve(journal, room_needed(r), &err) != 0)
        session_stop(&r->session, EXIT_IO, err.text);
    if (journal_flush(journal, &err) != 0) {
        r->abandon = true;
        session_stop(&r->session, EXIT_IO, err.text);
        return;
    }
    r->unsynced_count = 0;
    for (size_t i = 0; i < r->lanes; i++)
        r->lane[i].queue.durable = r->lane[i].queue.announced;
}

static void flush_if_due(struct runner *r, int64_t now)
{
    const struct session *s = &r->session;
    bool due = s->dirty_since_us && now - s->dirty_since_us >= FLUSH_US;
    for (size_t i = 0; i < r->lanes && !due; i++)
        due = lane_needs_flush(&r->lane[i], now);
    if (journal_failed(s->work.journal) || (due && journal_dirty(s->work.journal)))
        flush(r);
}

static void open_barrier(struct runner *r)
{
    /* A canary is chosen from what all looks showed; else only the credentials are waited for. */
    const bool looks = r->session.work.settings->canary > 0;
    for (size_t i = 0; i < r->lanes; i++) {
        const struct lane *l = &r->lane[i];
        if (!(looks ? l->ready : l->checked) && wire_active(&l->wire))
            return;
    }
    r->barrier_open = true;
    for (size_t i = 0; i < r->lanes; i++) {
        r->lane[i].wire.patience_renews = true;
        r->lane[i].wire.patience_end_us = 0;
    }
    if (r->pass == &pass_act)
        gates_order(r);
}

/* Nothing is in flight, and nothing more will be. */
static bool finished(const struct runner *r)
{
    if (r->abandon)
        return true;
    for (size_t i = 0; i < r->lanes; i++) {
        const struct lane *l = &r->lane[i];
        if (wire_in_flight(&l->wire) > 0)
            return false;
        if (wire_active(&l->wire) && (l->pending || !queue_empty(&l->queue)))
            return false;
    }
    return true;
}

static int64_t wake_at(struct runner *r, int64_t now)
{
    const struct session *s = &r->session;
    int64_t at = INT64_MAX;
    if (s->dirty_since_us && s->dirty_since_us + FLUSH_US < at)
        at = s->dirty_since_us + FLUSH_US;
    if (session_watched(s) && s->next_tick_us < at)
        at = s->next_tick_us;
    for (size_t i = 0; i < r->lanes; i++) {
        int64_t next = lane_next_us(&r->lane[i], now);
        if (next < at)
            at = next;
    }
    return at;
}

/* What is left waits at the canary's door, or the gate's, for answers about targets of a provider
 * that was stopped: they will not come. */
static void give_up_stuck(struct runner *r, int64_t now)
{
    if (session_stopping(&r->session) || r->session.dirty_since_us || finished(r))
        return;
    for (size_t i = 0; i < r->lanes; i++)
        if (wire_in_flight(&r->lane[i].wire) > 0 || lane_next_us(&r->lane[i], now) < INT64_MAX)
            return;
    session_stop(&r->session, EXIT_STOPPED,
                 r->canary.left ? "canary: not all of its targets could be tried, since their "
                                  "provider was stopped"
                                : "what is left waits for targets of a provider that was stopped");
}

static void lane_give_up(const struct runner *r, struct lane *l, int64_t now)
{
    wire_give_up_hopeless(&l->wire, now);
    if (r->pass == &pass_verify)
        wire_give_up_held(&l->wire, now);
}

static void take_stops(struct runner *r, int64_t now)
{
    session_take_stops(&r->session, now);
    if (session_hurried(&r->session))
        r->abandon = true;
    for (size_t i = 0; i < r->lanes; i++)
        lane_give_up(r, &r->lane[i], now);
}

static void loop(struct runner *r)
{
    while (!finished(r)) {
        int64_t now = clock_mono_us();
        take_stops(r, now);
        if (!r->barrier_open)
            open_barrier(r);
        for (size_t i = 0; i < r->lanes; i++)
            lane_announce(&r->lane[i], now);
        pace_tick(r, now);
        flush_if_due(r, now);
        now = clock_mono_us(); /* a sync may take long, and what is sent is timed from here */
        for (size_t i = 0; i < r->lanes && !r->abandon; i++) {
            struct lane *l = &r->lane[i];
            pacer_left(&l->wire.pacer, l->tally.targets - l->tally.finished);
            wire_listen(&l->wire, lane_may_send(l, now) && !queue_empty(&l->queue), now);
            if (r->pass->turn)
                r->pass->turn(l, now);
            reads_send(&l->wire, now);
            lane_send(l, now);
            view_foretell(l, now);
        }
        give_up_stuck(r, now);
        view_tick(r, now);
        if (!r->abandon)
            session_wait(&r->session, wake_at(r, clock_mono_us()));
    }
    r->session.next_tick_us = 0;
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
    if (r->withdrawn)
        row_set_add_all(rows, r->withdrawn);
    row_set_print(rows, out);
    row_set_free(rows);
}

static void name_row(const struct runner *r, uint32_t row, struct buf *out)
{
    char id[ID_MAX + 1];
    const struct targets *t = r->session.work.targets;
    const struct definition *d = targets_definition(t, row);
    targets_id(t, row, id);
    buf_printf(out, "%s %s %s", d->shown, d->kind, id);
}

/* Those between two attempts, of which one that ended may have taken effect. */
static void name_waiting(struct runner *r, const struct queue *q, struct buf *line)
{
    for (size_t i = 0; i < q->waiting && i < NAMED_MOST; i++) {
        uint32_t row = q->heap[i].row;
        if (!ledger_state(r->session.work.ledger, row).applied)
            continue;
        buf_clear(line);
        name_row(r, row, line);
        session_tell(&r->session, "", "unknown, was to be tried again: %s", buf_text(line));
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
        for (unsigned slot = 0; slot < l->wire.capacity; slot++) {
            if (!l->flight[slot].busy)
                continue;
            buf_clear(&line);
            name_row(r, l->flight[slot].row, &line);
            session_tell(&r->session, "", "unknown, was in flight: %s", buf_text(&line));
        }
    }
    for (size_t i = 0; i < r->lanes; i++)
        name_waiting(r, &r->lane[i].queue, &line);
    for (size_t i = 0; i < r->unsynced_count && i < NAMED_MOST; i++) {
        buf_clear(&line);
        name_row(r, r->unsynced[i], &line);
        session_tell(&r->session, "", "unknown, result not on disk: %s", buf_text(&line));
    }
    if (r->unsynced_count > NAMED_MOST)
        session_tell(&r->session, "", "unknown, result not on disk: %zu more",
                     r->unsynced_count - NAMED_MOST);
    buf_free(&line);
}

/* What another account called absent is no more certain than it was. */
static void add_left_open(struct runner *r, const struct part *p)
{
    char reason[ENDING_REASON];
    if (!survey_left_open(&p->survey))
        return;
    snprintf(reason, sizeof reason,
             "%s %s: not all that another account found absent could be looked for by this one: "
             "the same command again looks anew",
             part_definition(p)->shown, part_definition(p)->kind);
    ending_add(&r->session.ending, EXIT_STOPPED, reason);
}

static void conclude(struct runner *r)
{
    struct session *s = &r->session;
    const struct work *w = &s->work;
    for (size_t i = 0; i < r->lanes; i++) {
        const struct ending *e = &r->lane[i].wire.ending;
        if (e->code != EXIT_DONE)
            ending_add(&s->ending, e->code, e->reason);
    }
    for (size_t i = 0; i < catalog_count(targets_catalog(w->targets)); i++)
        if (r->part[i] && r->part[i]->ending.code != EXIT_DONE)
            ending_add(&s->ending, r->part[i]->ending.code, r->part[i]->ending.reason);
    for (size_t i = 0; i < catalog_count(targets_catalog(w->targets)); i++)
        if (r->part[i])
            add_left_open(r, r->part[i]);
    enum exit_code code = EXIT_DONE;
    char reason[512];
    if (w->settings->act)
        code = ending_of_targets(w->targets, w->listed, w->ledger);
    if (r->pass == &pass_verify)
        code = ending_worse(code, ending_of_proofs(w->settings, w->targets, w->listed, w->ledger));
    ending_add(&s->ending, code, "");
    if (w->settings->act && code != EXIT_STOPPED &&
        guards_doubtful(w->settings, w->targets, w->listed, w->ledger, reason))
        ending_add(&s->ending, EXIT_SOME_FAILED, reason);
}

static void put_close(struct runner *r)
{
    struct buf unsent = {0};
    if (r->pass == &pass_act)
        list_unsent(r, &unsent);
    session_put_close(&r->session, buf_text(&unsent));
    flush(r);
    buf_free(&unsent);
}

/* Everything that this run was to do went through, so that looking at it makes sense. */
static bool went_through(const struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++)
        if (r->lane[i].wire.ending.code != EXIT_DONE)
            return false;
    for (size_t i = 0; i < catalog_count(targets_catalog(r->session.work.targets)); i++)
        if (r->part[i] && r->part[i]->ending.code != EXIT_DONE)
            return false;
    return !session_stopping(&r->session) && !r->abandon;
}

static void make_passes(struct runner *r)
{
    const struct settings *s = r->session.work.settings;
    r->pass = &pass_act;
    if (s->act) {
        r->pass->fill(r);
        preflight_begin(r);
        loop(r);
        trials_finish(r);
    }
    if (s->verify && went_through(r)) {
        r->pass = &pass_verify;
        r->pass->fill(r);
        if (!s->act)
            preflight_begin(r);
        loop(r);
        verify_finish(r);
    }
}

int runner_run(const struct work *work, struct ending *ending, struct error *err)
{
    struct runner r = {0};
    int status = -1;
    *ending = (struct ending){.code = EXIT_STOPPED};
    if (session_begin(&r.session, work, err) != 0 || parts_build(&r, err) != 0)
        goto out;
    make_passes(&r);
    conclude(&r);
    if (!journal_failed(work->journal))
        put_close(&r); /* where there was no space for more, too: for this there is */
    if (journal_failed(work->journal))
        name_unknown(&r);
    *ending = r.session.ending;
    status = 0;
out:
    parts_free(&r);
    session_end(&r.session);
    buf_free(&r.body);
    free(r.unsynced);
    return status;
}
