/* The loop of a rotation. A pass: take what came back as far as it goes, let the next targets in,
 * make the journal safe, hand over the secrets whose successors it now knows, make it safe again,
 * and only then send. So one append and one sync serve all turns, and within a turn the order of
 * records and requests is that of rotate.h.
 *
 * A list is read alone: a key that comes or goes meanwhile, ours above all, would have it read
 * anew. So turns that wait for one gather for a moment, the loop falls quiet, and one list serves
 * them all; as nothing is in flight, no creation was lost after it began. */

#include "rotate/rotate_loop.h"

#include "rotate/rotate_clear.h"
#include "rotate/rotate_go.h"
#include "rotate/rotate_make.h"

#include "base/clock.h"
#include "base/text.h"

#include <poll.h>

enum {
    TURN_BYTES = 16384, /* all that one turn may still write into the journal */
    AHEAD = 4,          /* most turns that are let in before the pacer lets their requests go */
    GATHER_US = 1000000 /* most that a turn waits for others that want the list, too */
};

static const int64_t never = INT64_MAX;

static void make_safe(struct rotor *r)
{
    struct error err;
    r->session.dirty_since_us = 0;
    struct journal *journal = r->session.work.journal;
    bool more = !session_stopping(&r->session);
    if (more && journal_reserve(journal, (uint64_t)r->turns * TURN_BYTES, &err) != 0)
        session_stop(&r->session, EXIT_IO, err.text);
    if (journal_flush(journal, &err) != 0) {
        if (r->session.ending.code != EXIT_IO)
            session_stop(&r->session, EXIT_IO, err.text);
        return;
    }
    for (unsigned i = 0; i < r->turns; i++)
        r->turn[i].safe = true;
}

/* What the turns are about */

static unsigned count_phase(const struct rotor *r, enum turn_phase phase)
{
    unsigned count = 0;
    for (unsigned i = 0; i < r->turns; i++)
        count += r->turn[i].phase == phase;
    return count;
}

static unsigned active(const struct rotor *r)
{
    return r->turns - count_phase(r, TURN_FREE);
}

/* No answer is on its way, and no secret is in memory. */
static bool is_quiet(const struct rotor *r)
{
    return !count_phase(r, TURN_SENT) && !count_phase(r, TURN_HOLDS);
}

static bool is_creation(const struct turn *t)
{
    return t->request == &t->rotor->d->rotate.create;
}

/* Secrets that wait for their hand-over, or soon will. */
static unsigned secrets_out(const struct rotor *r)
{
    unsigned count = 0;
    for (unsigned i = 0; i < r->turns; i++) {
        const struct turn *t = &r->turn[i];
        count += t->phase == TURN_HOLDS || (t->phase == TURN_SENT && is_creation(t));
    }
    return count;
}

/* Whether its request may go as far as the other turns are concerned. */
static bool is_let(const struct rotor *r, const struct turn *t)
{
    if (is_creation(t))
        return !r->quiet && (!r->handover->ahead || secrets_out(r) < r->handover->ahead);
    return !r->quiet || r->handing;
}

/* The end of a target */

static void judge(struct rotor *r, uint32_t row)
{
    struct session *s = &r->session;
    const char *provider = r->d->shown;
    char reason[512];
    enum outcome o = (enum outcome)ledger_state(s->work.ledger, row).outcome;
    if (session_stopping(s))
        return;
    if (canary_judge(&r->canary, provider, row, o, reason) == CANARY_FAILED ||
        gate_says_stop(&r->gate, r->d, 0, reason) ||
        guard_says_halt(&r->guard, s->work.settings, provider, reason))
        session_stop(s, EXIT_STOPPED, reason);
}

static void advance(struct rotor *r)
{
    for (unsigned i = 0; i < r->turns; i++) {
        struct turn *t = &r->turn[i];
        turn_go(t);
        if (t->phase != TURN_OVER)
            continue;
        uint32_t row = t->row;
        turn_drop(t);
        judge(r, row);
    }
}

/* Letting targets in */

static void announce(struct rotor *r, uint32_t row)
{
    char rows[16];
    snprintf(rows, sizeof rows, "%lu", (unsigned long)row + 1);
    struct record record = {.type = RECORD_TRY, .try = {.rows = rows, .counts = r->session.counts}};
    session_put(&r->session, &record);
}

static bool is_left(const struct rotor *r, uint32_t row)
{
    const struct work *w = &r->session.work;
    return row_set_has(w->listed, row) && targets_definition(w->targets, row) == r->d &&
           !outcome_done((enum outcome)ledger_state(w->ledger, row).outcome);
}

/* The row that is to be taken next, the canary's before the others; UINT32_MAX: none is left. */
static uint32_t next_row(struct rotor *r)
{
    const uint32_t rows = targets_count(r->session.work.targets);
    for (uint32_t row = 0; r->canary.left && row < rows; row++)
        if (canary_has(&r->canary, row) && !row_set_has(r->taken, row) && is_left(r, row))
            return row;
    while (r->next_row < rows && (!is_left(r, r->next_row) || row_set_has(r->taken, r->next_row)))
        r->next_row++;
    return r->next_row < rows ? r->next_row : UINT32_MAX;
}

static bool has_more(struct rotor *r)
{
    return next_row(r) != UINT32_MAX;
}

static unsigned ready(const struct rotor *r, int64_t now)
{
    unsigned count = 0;
    for (unsigned i = 0; i < r->turns; i++)
        count += r->turn[i].phase == TURN_WAITS && r->turn[i].due_us <= now;
    return count;
}

static bool may_come(const struct rotor *r, bool new)
{
    unsigned there = active(r), most = r->canary.left ? 1 : r->turns;
    if (there >= most || r->quiet || ready(r, clock_mono_us()) >= AHEAD)
        return false;
    /* With nothing under way no answer can come that would open the gate. */
    return !new || !there || gate_allows(&r->gate);
}

static void admit(struct rotor *r)
{
    while (!session_stopping(&r->session) && has_more(r)) {
        uint32_t row = next_row(r);
        bool new = !ledger_state(r->session.work.ledger, row).attempts;
        if (!may_come(r, new))
            return;
        struct turn *t = r->turn;
        while (t->phase != TURN_FREE)
            t++;
        if (new)
            gate_announced(&r->gate);
        announce(r, row);
        turn_begin(t, row);
        turn_go(t);
        row_set_add(r->taken, row);
    }
}

/* Handing over */

static bool pass(struct rotor *r);
static int64_t wake_us(struct rotor *r);

static enum handover_wait wait_for(void *at, int fd, int64_t until_us)
{
    struct rotor *r = at;
    struct pollfd p = {fd, POLLIN, 0};
    enum handover_wait how = HANDOVER_READY;
    http_loop_watch(r->session.loop, fd);
    while (poll(&p, 1, 0) <= 0) {
        how = session_hurried(&r->session)  ? HANDOVER_HURRIED
              : clock_mono_us() >= until_us ? HANDOVER_LATE
                                            : HANDOVER_READY;
        if (how != HANDOVER_READY)
            break;
        pass(r);
        int64_t wake = wake_us(r);
        session_wait(&r->session, wake < until_us ? wake : until_us);
    }
    http_loop_unwatch(r->session.loop, fd);
    return how;
}

/* The turns whose secrets go next, the oldest first. */
static size_t next_to_hand(struct rotor *r, struct turn *out[TURNS_MAX])
{
    size_t count = 0;
    for (unsigned i = 0; i < r->turns; i++) {
        struct turn *t = &r->turn[i];
        if (t->phase != TURN_HOLDS || !t->safe)
            continue;
        size_t at = count++;
        for (; at && out[at - 1]->row > t->row; at--)
            out[at] = out[at - 1];
        out[at] = t;
    }
    return r->handover->ahead && count > 1 ? 1 : count;
}

/* Whether there was anything to hand over. */
static bool hand_over(struct rotor *r)
{
    struct turn *turn[TURNS_MAX];
    struct rotate_secret secret[TURNS_MAX];
    const struct handover_clerk clerk = {wait_for, r};
    struct error err;
    size_t count = r->handing ? 0 : next_to_hand(r, turn);
    if (!count || (r->handover->ahead && session_hurried(&r->session)))
        return false;
    for (size_t i = 0; i < count; i++)
        secret[i] = (struct rotate_secret){turn[i]->id, turn[i]->successor, turn_name(turn[i]),
                                           turn[i]->secret};
    r->handing = true;
    int result = r->handover->give(r->handover->at, secret, count, &clerk, &err);
    r->handing = false;
    for (size_t i = 0; i < count; i++) {
        turn_forget_secret(turn[i]);
        turn[i]->phase = TURN_NEXT;
        if (result == 0)
            turn_journal(turn[i], ROTATION_DELIVERED);
        else
            turn_give_up(turn[i], "its secret could not be handed over", err.text);
    }
    return true;
}

/* Sending */

static bool comes_first(const struct turn *t, const struct turn *best)
{
    return !best || t->row < best->row;
}

/* Whether anything was. */
static bool send_ready(struct rotor *r)
{
    bool any = false;
    while (!session_stopping(&r->session)) {
        struct turn *best = NULL;
        int64_t now = clock_mono_us();
        bool open[] = {wire_open_us(&r->wire, now, false) <= now,
                       wire_open_us(&r->wire, now, true) <= now};
        for (unsigned i = 0; i < r->turns; i++) {
            struct turn *t = &r->turn[i];
            if (t->phase == TURN_WAITS && t->due_us <= now && open[turn_is_retry(t)] &&
                is_let(r, t) && comes_first(t, best))
                best = t;
        }
        if (!best)
            break;
        turn_send(best, now);
        any = true;
    }
    return any;
}

/* The list */

/* Whether it is time to fall quiet for one. */
static bool list_is_wanted(const struct rotor *r, int64_t now)
{
    unsigned waiting = 0;
    int64_t since = never;
    for (unsigned i = 0; i < r->turns; i++) {
        const struct turn *t = &r->turn[i];
        if (t->phase != TURN_SWEEPS)
            continue;
        waiting++;
        if (t->sweeps_since_us < since)
            since = t->sweeps_since_us;
    }
    return waiting && (2 * waiting >= active(r) || now - since >= GATHER_US);
}

static void on_list(void *at, struct lister *l)
{
    struct rotor *r = at;
    if (l->failed)
        session_stop(&r->session, l->error.code, l->error.text);
    for (unsigned i = 0; !session_stopping(&r->session) && i < r->turns; i++)
        if (r->turn[i].phase == TURN_SWEEPS)
            turn_swept(&r->turn[i], l->keys);
    r->quiet = r->listing = false;
}

static void begin_list(struct rotor *r)
{
    r->listing = true;
    lister_end(&r->lister);
    r->lister =
        (struct lister){.wire = &r->wire, .endpoint = &r->endpoint, .done = on_list, .at = r};
    lister_begin(&r->lister);
}

/* The view */

static void look(struct rotor *r, int64_t now)
{
    if (!session_tick_due(&r->session, now))
        return;
    const struct lane_view lane =
        wire_view(&r->wire, &r->tally, r->ready ? NULL : "preflight", "running", now);
    session_tick(&r->session, &lane, 1, now);
}

/* The loop itself */

/* No answer is waited for any more: nothing can be written, or nobody wants to wait. */
static bool is_abandoned(const struct rotor *r)
{
    return journal_failed(r->session.work.journal) || session_hurried(&r->session);
}

static void take_stops(struct rotor *r, int64_t now)
{
    char reason[ENDING_REASON];
    session_take_stops(&r->session, now);
    if (!session_stopping(&r->session) && wire_held_beyond_deadline(&r->wire, now, reason))
        session_stop(&r->session, EXIT_STOPPED, reason);
}

/* Whether there is more to do at once. */
static bool pass(struct rotor *r)
{
    take_stops(r, clock_mono_us());
    advance(r);
    admit(r);
    make_safe(r);
    bool handed = hand_over(r);
    if (handed) {
        advance(r);
        make_safe(r);
    }
    wire_listen(&r->wire, r->ready, clock_mono_us());
    bool sent = send_ready(r);
    reads_send(&r->wire, clock_mono_us());
    look(r, clock_mono_us());
    return handed || sent;
}

static bool is_finished(struct rotor *r)
{
    if (is_abandoned(r))
        return true;
    if (!session_stopping(&r->session))
        return !active(r) && !has_more(r);
    return is_quiet(r);
}

/* The next thing that is due without an answer. */
static int64_t wake_us(struct rotor *r)
{
    int64_t now = clock_mono_us(), at = reads_next_us(&r->wire, now);
    if (session_watched(&r->session) && r->session.next_tick_us < at)
        at = r->session.next_tick_us;
    if (session_stopping(&r->session))
        return at;
    for (unsigned i = 0; i < r->turns; i++) {
        const struct turn *t = &r->turn[i];
        int64_t due = never;
        if (t->phase == TURN_SWEEPS && !r->quiet && !r->handing)
            due = t->sweeps_since_us + GATHER_US;
        if (t->phase == TURN_WAITS && is_let(r, t)) {
            due = wire_open_us(&r->wire, now, turn_is_retry(t));
            if (due < t->due_us)
                due = t->due_us;
        }
        if (due < at)
            at = due;
    }
    return at;
}

/* The first reads, which no turn waits beside. */
static void read_firsts(struct rotor *r)
{
    while (!r->ready) {
        session_take_stops(&r->session, clock_mono_us());
        if (session_stopping(&r->session))
            return;
        wire_listen(&r->wire, false, clock_mono_us());
        reads_send(&r->wire, clock_mono_us());
        look(r, clock_mono_us());
        session_wait(&r->session, wake_us(r));
        if (r->session.dirty_since_us)
            make_safe(r);
    }
}

static void turn_all(struct rotor *r)
{
    for (;;) {
        bool more = pass(r);
        if (is_finished(r))
            break;
        if (more)
            continue;
        if (list_is_wanted(r, clock_mono_us()))
            r->quiet = true;
        if (!session_stopping(&r->session) && r->quiet && !r->listing && is_quiet(r))
            begin_list(r);
        else
            session_wait(&r->session, wake_us(r));
    }
    while (hand_over(r))
        ;
    make_safe(r);
}

void rotor_loop(struct rotor *r)
{
    read_firsts(r);
    if (r->ready)
        turn_all(r);
    for (unsigned i = 0; i < r->turns; i++)
        turn_drop(&r->turn[i]);
    lister_end(&r->lister);
    r->session.next_tick_us = 0;
    look(r, clock_mono_us());
}
