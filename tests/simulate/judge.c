#include "judge.h"

#include "disk.h"
#include "history.h"

#include "base/clock.h"
#include "report/report.h"

#include <string.h>

/* A hold that reaches less far beyond a known one than this is not written down. */
enum { HOLD_SLACK_MS = 102 };

/* What is written */

static void announced(void *at, uint32_t first, uint32_t last)
{
    (void)at;
    for (uint32_t i = first; i <= last; i++)
        h.row[i].announced++;
}

static void judge_end(const struct record *r)
{
    struct row *row = &h.row[r->end.row];
    const char *id = r->end.id;
    const enum outcome o = r->end.outcome;
    if (outcome_done(row->end))
        broken("%s ended again: %s, after %s", id, outcome_word[o], outcome_word[row->end]);
    row->end = o;
    row->end_eye = h.eye_of_run[h.run_on_disk];
    if (outcome_failed(o))
        row->retried = 0;
    bool own = is_seen_by(r->end.row, row->end_eye == EYES - 1);
    /* To an account that sees others another one's are absent, as the rules have it. */
    bool may_be_absent = h.settings.expect_absent || (h.split && !own);
    if (outcome_done(o) && row->alive && (o == OUTCOME_REVOKED || !may_be_absent))
        broken("%s is told as %s, and lives", id, outcome_word[o]);
    if (o == OUTCOME_REVOKED && !row->deleted)
        broken("%s is told as revoked, and nobody deleted it", id);
    if (o == OUTCOME_REVOKED && !row->success)
        broken("%s is told as revoked, and no answer said so", id);
    if (outcome_done(o) && outcome_absent(o) && !row->absence)
        broken("%s is told as %s, and no answer said so", id, outcome_word[o]);
    if (o == OUTCOME_ALREADY_ABSENT && row->deleted)
        broken("%s is told as already_absent, and it was deleted by us", id);
}

/* What another account called absent was seen by this one: it is not done. */
static void refuted(void *at, uint32_t first, uint32_t last)
{
    (void)at;
    for (uint32_t i = first; i <= last; i++) {
        struct row *row = &h.row[i];
        if (!outcome_absent(row->end) || !outcome_done(row->end) ||
            row->end_eye == h.eye_of_run[h.run_on_disk])
            broken("%s is told as there after all, and it was %s", row_id(i),
                   outcome_word[row->end]);
        row->end = OUTCOME_UNPROVEN_ABSENT;
        row->retried = 0;
    }
}

void judge_synced(const struct record *r)
{
    if (r->type == RECORD_OPEN) {
        h.run_on_disk = r->open.run;
    } else if (r->type == RECORD_SEEN && r->seen.refutes) {
        row_ranges_parse(r->seen.rows, strlen(r->seen.rows), h.rows, refuted, NULL);
    } else if (r->type == RECORD_TRY && r->try.rows) {
        row_ranges_parse(r->try.rows, strlen(r->try.rows), h.rows, announced, NULL);
    } else if (r->type == RECORD_TRY) {
        h.row[r->try.row].announced++;
        h.row[r->try.row].retried++;
    } else if (r->type == RECORD_END) {
        judge_end(r);
    } else if (r->type == RECORD_VERIFY && !r->verify.rows) {
        h.row[r->verify.row].checked = r->verify.verified;
        if (r->verify.verified == VERIFIED_ABSENT && h.row[r->verify.row].alive)
            broken("%s is told as confirmed absent, and lives", r->verify.id);
    } else if (r->type == RECORD_CLOSE) {
        h.closed_with = r->close.exit_code;
    } else if (r->type == RECORD_HOLD) {
        unsigned eye;
        int64_t *known = pair_of_hold(r->hold.pair, &eye)->journal_ms;
        known[eye] = r->hold.until_ms > known[eye] ? r->hold.until_ms : known[eye];
    }
}

/* What is sent */

/* By the credential in use. */
static bool was_sent(const struct row *row)
{
    return row->gone || (row->end != OUTCOME_NONE && row->end_eye == h.eye);
}

static unsigned others_sent(unsigned kind)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < h.rows; i++)
        count += h.row[i].kind == kind && was_sent(&h.row[i]);
    return count;
}

/* Until so many are through no more than so many have gone. */
static bool canary_let(const struct row *row)
{
    unsigned gone = 0, through = 0;
    for (uint32_t i = 0; i < h.rows; i++) {
        gone += h.row[i].gone && &h.row[i] != row;
        through += h.row[i].gone && (h.row[i].success || h.row[i].absence);
    }
    return through >= h.settings.canary || gone < h.settings.canary;
}

/* Where a success says nothing, the first one is looked at again before the next one goes. */
static bool trial_let(const struct row *row)
{
    bool waits = false;
    for (uint32_t i = 0; i < h.rows; i++) {
        const struct row *r = &h.row[i];
        if (r->kind != row->kind || r == row)
            continue;
        if (r->looked || (r->done_before && r->end == OUTCOME_REVOKED))
            return true;
        waits |= r->success && r->shown;
    }
    return !waits;
}

static void judge_deletion(struct row *row, const char *id)
{
    if (row->announced <= row->sent)
        broken("%s is sent, and its try is not on the disk", id);
    if (outcome_done(row->end))
        broken("%s is sent again, and it is %s on the disk", id, outcome_word[row->end]);
    if (row->carried + row->sent >= h.settings.max_attempts)
        broken("%s is sent for attempt %u, and %u are allowed", id, row->carried + row->sent + 1,
               h.settings.max_attempts);
    if (!was_sent(row) && !h.seen[row->kind][h.eye] && !h.settings.expect_absent &&
        others_sent(row->kind) >= GATE)
        broken("%s is sent after %u others, none of which was seen", id, others_sent(row->kind));
    if (!row->gone && !canary_let(row))
        broken("%s is sent before the canary is through", id);
    if (is_idempotent(row->kind) && !trial_let(row))
        broken("%s is sent before the first one was looked at again", id);
    row->gone = true;
    row->sent++;
}

void judge_request(const struct asked *what)
{
    const struct pair *p = &h.pair[what->pair];
    if (h.now_us < p->held_until_us)
        broken("a request to %s, which asked to wait %.3f s more", p->host,
               (double)(p->held_until_us - h.now_us) / 1e6);
    if (clock_wall_ms() + HOLD_SLACK_MS < p->journal_ms[h.eye])
        broken("a request to %s, which asked an earlier run to wait %.3f s more", p->host,
               (double)(p->journal_ms[h.eye] - clock_wall_ms()) / 1e3);
    if (h.stop_us && h.now_us > h.stop_us)
        broken("a request after the run was asked to stop");
    if (h.settings.deadline_us && h.now_us >= h.born_us + h.settings.deadline_us)
        broken("a request after the deadline");
    if (disk_failed())
        broken("a request after the journal failed");
    if (what->deletes && what->row < ROWS_MAX)
        judge_deletion(&h.row[what->row], row_id(what->row));
}

static bool tells_wait(const struct reply *r)
{
    return r->transport == TRANSPORT_WHOLE && r->wait_us >= 0;
}

/* Such an answer uses no attempt up. */
static bool about_rate(const struct reply *r)
{
    return r->transport == TRANSPORT_LOCAL ||
           (r->transport == TRANSPORT_WHOLE && (r->status == 429 || r->status == 425));
}

static void judge_deleted(struct row *row, const struct reply *r)
{
    bool whole = r->transport == TRANSPORT_WHOLE;
    if (about_rate(r)) {
        row->sent--;
        return;
    }
    bool success = whole && r->status == 200 && strstr(r->body, "true");
    bool absence = whole && r->status == 404 && strstr(r->body, "404");
    row->success |= success;
    row->absence |= absence;
    row->settled |= (success || absence) && !is_idempotent(row->kind);
    h.seen[row->kind][h.eye] |= success && !is_idempotent(row->kind);
}

static void judge_looked(struct row *row, const struct reply *r)
{
    bool whole = r->transport == TRANSPORT_WHOLE;
    row->shown |= whole && r->status == 200 && strstr(r->body, "\"id\"");
    h.seen[row->kind][h.eye] |= row->shown;
    row->looked |= whole && r->status == 404 && row->success;
}

void judge_answer(const struct asked *what, const struct reply *r)
{
    struct pair *p = &h.pair[what->pair];
    if (tells_wait(r) && h.now_us + r->wait_us > p->held_until_us)
        p->held_until_us = h.now_us + r->wait_us;
    if (what->lists && r->transport == TRANSPORT_WHOLE && strstr(r->body, "\"id\""))
        h.seen[kind_of_list()][h.eye] = true;
    if (what->row < ROWS_MAX)
        (what->deletes ? judge_deleted : judge_looked)(&h.row[what->row], r);
}

/* Lives */

void judge_life_begins(const struct ledger *l)
{
    for (uint32_t i = 0; i < h.rows; i++) {
        struct row *row = &h.row[i];
        const enum outcome known = (enum outcome)ledger_state(l, i).outcome;
        if (outcome_done(row->end) && known != row->end)
            broken("%s was %s on the disk, and is no more", row_id(i), outcome_word[row->end]);
        row->announced = row->sent = 0;
        row->gone = row->shown = row->looked = false;
        row->carried = row->retried;
        row->done_before = outcome_done(row->end);
        row->success = row->absence = row->settled = false;
    }
    for (unsigned i = 0; i < PAIRS; i++)
        h.pair[i].held_until_us = 0;
    h.born_us = h.now_us;
    h.closed_with = -1;
}

static void judge_totals(const struct ledger *l)
{
    uint64_t truth[OUTCOME_COUNT] = {0}, sum = 0;
    const struct report_source source = {
        .targets = h.targets, .ledger = l, .run_dir = disk_run_dir(), .journal_sha256 = ""};
    struct report *report = report_new(&source, 1);
    const struct report_facts *f = report_facts(report);
    for (uint32_t i = 0; i < h.rows; i++)
        truth[h.row[i].end == OUTCOME_NONE ? OUTCOME_NOT_ATTEMPTED : h.row[i].end]++;
    for (unsigned o = 0; o < OUTCOME_COUNT; o++) {
        sum += f->outcome[o];
        if (f->outcome[o] != truth[o])
            broken("the report counts %u as %s, and the journal has %u", (unsigned)f->outcome[o],
                   o ? outcome_word[o] : "nothing", (unsigned)truth[o]);
    }
    if (sum != h.rows)
        broken("the totals sum to %u of %u targets", (unsigned)sum, h.rows);
    report_free(report);
}

void judge_life_ended(const struct ledger *l, const struct ending *e)
{
    bool all = true;
    for (uint32_t i = 0; i < h.rows; i++) {
        const struct row *row = &h.row[i];
        all &= outcome_done(row->end);
        if (row->settled && row->end == OUTCOME_NONE && e->code != EXIT_IO)
            broken("%s was answered, and the result is lost", row_id(i));
    }
    for (uint32_t i = 0; i < h.rows; i++)
        if (e->code == EXIT_DONE && !h.settings.expect_absent && !h.hides && h.row[i].alive &&
            is_seen_by(i, h.eye == EYES - 1))
            broken("the run ended with 0, and %s of its own account lives", row_id(i));
    if (e->code == EXIT_DONE && !all)
        broken("the run ended with 0, and not all is done");
    if (all && !h.settings.verify && (e->code == EXIT_SOME_FAILED || e->code == EXIT_STOPPED) &&
        !*e->reason)
        broken("all is done, and the run ended with %d", (int)e->code);
    if (e->code == EXIT_IO)
        return; /* what the disk has now is for the next one to find out */
    if (h.closed_with != (int)e->code)
        broken("it ended with %d, and the journal says %d", (int)e->code, h.closed_with);
    if (h.stop_us && h.now_us > h.stop_us + h.settings.timeout_us)
        broken("it ended %.1f s after it was asked to stop", (double)(h.now_us - h.stop_us) / 1e6);
    if (h.hurry_us && h.now_us > h.hurry_us)
        broken("it went on after it was asked twice to stop");
    judge_totals(l);
}
