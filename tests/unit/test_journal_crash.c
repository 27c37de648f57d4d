/* Crashes, thousands of them, each replayable from its seed. A small engine does what the real one
 * does with the journal (announce, flush, send, end, retry, hold, verify, close) against a provider
 * that keeps the truth, on a disk that loses what was not synced (sim_disk.h). Its process is
 * killed, or the power is cut, or a call fails, at any call; then the next one starts. A judge
 * looks on:
 *
 *   - a start after a crash never fails, and finds exactly the bytes that were once to be written
 *   - no request without a synced `try`; none for what has a synced end that is done
 *   - no synced end, attempt, hold or finding of a verification is ever lost
 *   - a tail that was cut off is kept, whole, in its own file
 *   - what we deleted ourselves is never told as already absent; what is told as revoked is gone
 *   - in the end every target is accounted for
 *
 * RESCIND_CRASHES=N sets the number of histories; RESCIND_CRASH_SEED=N plays one. */

#include "journal_fixture.h"
#include "sim_disk.h"

#include "base/clock.h"

enum { ROWS = 12, LIVES = 8, MAX_ATTEMPTS = 3, HISTORIES = 4000 };

static struct catalog *catalog;
static struct targets *targets;
static char *dir, *path;
static uint64_t seed;
static unsigned long lives, kills, power_cuts, failures, torn_tails, requests_made, findings;

#define JUDGE(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error(__VA_ARGS__);                                                              \
            fail_msg(" (RESCIND_CRASH_SEED=%llu)", (unsigned long long)seed);                      \
        }                                                                                          \
    } while (0)

/* What is really so, and what the journal has promised. */
static struct truth {
    bool there;          /* at the provider */
    bool ours;           /* we deleted it */
    unsigned requests;   /* that count as sent */
    enum outcome synced; /* its last synced end */
    int64_t synced_ms;   /* and when that was */
    bool try_synced;     /* announced on disk, in this process's life */
    unsigned ended;      /* synced retryable ends of this round */
    int64_t found_ms;    /* when its last synced finding was made */
    enum verified found;
} truth[ROWS];
static int64_t hold_synced, now_ms;

/* Tails that were cut off, and the files that a start said it kept them in. */
static struct kept_tail {
    char name[64];
    struct buf bytes;
} kept_tail[LIVES + 1];
static unsigned kept_tails;

/* What one process knows; gone with it. */
static struct process {
    struct journal *j;
    struct ledger *l;
    bool announced[ROWS], sendable[ROWS], finished[ROWS], sent[ROWS];
    enum outcome unsynced_end[ROWS];
    int64_t unsynced_end_ms[ROWS];
    unsigned unsynced_ended[ROWS];
    int64_t unsynced_found_ms[ROWS];
    enum verified unsynced_found[ROWS];
    int64_t unsynced_hold;
    unsigned run;
} p;

static bool put(struct record r)
{
    r.at_ms = now_ms += 1 + (int64_t)sim_random(40);
    journal_put(p.j, &r);
    JUDGE(!journal_failed(p.j) || sim.dead || sim.failed, "the journal refused a lawful record");
    return !journal_failed(p.j);
}

static bool flush(void)
{
    struct error err;
    if (journal_flush(p.j, &err) != 0) {
        JUDGE(sim.dead || sim.failed, "flush: %s", err.text);
        JUDGE(err.code == EXIT_IO, "flush fails with %d", err.code);
        return false;
    }
    for (uint32_t row = 0; row < ROWS; row++) {
        if (p.announced[row])
            truth[row].try_synced = p.sendable[row] = true;
        if (p.unsynced_end[row]) {
            truth[row].synced = p.unsynced_end[row];
            truth[row].synced_ms = p.unsynced_end_ms[row];
            truth[row].ended = 0;
        }
        truth[row].ended += p.unsynced_ended[row];
        if (p.unsynced_found[row]) {
            truth[row].found = p.unsynced_found[row];
            truth[row].found_ms = p.unsynced_found_ms[row];
        }
        p.unsynced_found[row] = VERIFIED_NONE;
        p.unsynced_end[row] = OUTCOME_NONE;
        p.unsynced_ended[row] = 0;
    }
    if (p.unsynced_hold > hold_synced)
        hold_synced = p.unsynced_hold;
    p.unsynced_hold = 0;
    return true;
}

static void judge_start(void)
{
    struct buf now = {0};
    fixture_read(path, &now);
    JUDGE(now.len <= sim.history.len &&
              memcmp(buf_text(&now), buf_text(&sim.history), now.len) == 0,
          "the journal is no prefix of what was written");
    JUDGE(journal_size(p.j) == now.len, "the journal's size is wrong");
    sim.history.len = now.len;
    buf_free(&now);
    JUDGE(ledger_hold_until(p.l, "pair") >= hold_synced, "a hold is lost");
    hold_synced = ledger_hold_until(p.l, "pair");
    for (uint32_t row = 0; row < ROWS; row++) {
        struct target_state s = ledger_state(p.l, row);
        struct truth *t = &truth[row];
        enum outcome o = (enum outcome)s.outcome;
        JUDGE(!outcome_done(t->synced) || o == t->synced, "row %u: a synced end is lost", row);
        JUDGE(t->synced == OUTCOME_NONE || o != OUTCOME_NONE, "row %u: an end is lost", row);
        JUDGE(s.attempts >= t->requests, "row %u: %u attempts for %u requests", row, s.attempts,
              t->requests);
        int64_t end_ms = (int64_t)s.finished_s * 1000 + s.finished_ms;
        JUDGE(end_ms >= t->synced_ms, "row %u: a later end is lost", row);
        JUDGE(end_ms != t->synced_ms || s.ended >= t->ended, "row %u: %u ended attempts of %u", row,
              s.ended, t->ended);
        JUDGE(o != OUTCOME_REVOKED || t->ours, "row %u: revoked, and not by us", row);
        JUDGE(o != OUTCOME_ALREADY_ABSENT || !t->ours, "row %u: absent by our own doing", row);
        JUDGE(!outcome_done(o) || !t->there, "row %u: done, and still there", row);
        struct verification v = ledger_verification(p.l, row);
        JUDGE(v.at_ms > t->found_ms || (v.at_ms == t->found_ms && v.verified == t->found),
              "row %u: a finding is lost", row);
        JUDGE(v.verified == VERIFIED_NONE || outcome_done(o), "row %u: found before it was done",
              row);
        t->found = v.verified;
        t->found_ms = v.at_ms;
        t->synced = o; /* recovery has synced what it found */
        t->synced_ms = end_ms;
        t->ended = s.ended;
        t->try_synced = false; /* each process announces anew */
    }
}

static void judge_kept_tails(void)
{
    struct buf now = {0};
    for (unsigned i = 0; i < kept_tails; i++) {
        char *name = fixture_path(dir, kept_tail[i].name);
        JUDGE(access(name, F_OK) == 0, "%s is lost", kept_tail[i].name);
        fixture_read(name, &now);
        JUDGE(now.len == kept_tail[i].bytes.len &&
                  memcmp(now.data, kept_tail[i].bytes.data, now.len) == 0,
              "%s is not what was cut off", kept_tail[i].name);
        free(name);
    }
    buf_free(&now);
}

static void note_tail(const struct journal_recovery *info, const struct buf *before)
{
    struct kept_tail *tail = &kept_tail[kept_tails++];
    snprintf(tail->name, sizeof tail->name, "%s", info->torn_file);
    buf_put(&tail->bytes, before->data + before->len - info->torn_bytes, info->torn_bytes);
    torn_tails++;
}

/* -1: this process ends here. */
static int start(void)
{
    struct buf before = {0};
    if (access(path, F_OK) == 0)
        fixture_read(path, &before);
    judge_kept_tails();
    struct error err = {0};
    struct journal_recovery info;
    p = (struct process){.l = ledger_new(targets)};
    p.j = access(path, F_OK) == 0 ? journal_lock(dir, &err) : journal_create(dir, &err);
    if (!p.j || journal_recover(p.j, p.l, &info, &err) != 0) {
        JUDGE(sim.dead || sim.failed, "a start fails: %s", err.text);
        JUDGE(err.code != EXIT_DATA, "a start refuses after a crash: %s", err.text);
        buf_free(&before);
        return -1;
    }
    if (info.torn)
        note_tail(&info, &before);
    buf_free(&before);
    judge_start();
    p.run = (unsigned)ledger_runs(p.l) + 1;
    for (uint32_t row = 0; row < ROWS; row++)
        p.finished[row] = outcome_done((enum outcome)ledger_state(p.l, row).outcome);
    put(rec_open(targets, p.run, "1-12", 0));
    return flush() ? 0 : -1;
}

static void end(uint32_t row, enum outcome o, bool applied)
{
    struct record r = rec_end(row, o, ledger_state(p.l, row).attempts, 0);
    r.end.applied = applied;
    put(r);
    p.finished[row] = true;
    p.sendable[row] = p.announced[row] = false;
    p.unsynced_end[row] = o;
    p.unsynced_end_ms[row] = now_ms;
    p.unsynced_ended[row] = 0;
}

static void retry(uint32_t row, bool applied)
{
    struct target_state s = ledger_state(p.l, row);
    if (s.ended + 1 >= MAX_ATTEMPTS) {
        end(row, OUTCOME_FAILED, applied);
        return;
    }
    put(rec_retry(row, s.attempts, applied, 0));
    p.sendable[row] = false; /* not before the next flush */
    p.sent[row] = false;
    truth[row].try_synced = false;
    p.unsynced_ended[row]++;
}

static void provider_deletes(struct truth *t)
{
    if (t->there) {
        t->there = false;
        t->ours = true;
    }
}

static void send(uint32_t row)
{
    struct truth *t = &truth[row];
    bool applied = ledger_state(p.l, row).applied;
    JUDGE(t->try_synced, "row %u: a request without a synced try", row);
    JUDGE(!outcome_done(t->synced), "row %u: finished, and sent again", row);
    requests_made++;
    p.sent[row] = true;
    uint64_t answer = sim_random(20);
    if (answer == 0) { /* 429: it does not count as sent */
        int64_t until = now_ms + 500 + (int64_t)sim_random(5000);
        put(rec_hold("pair", until, 0));
        if (until > p.unsynced_hold)
            p.unsynced_hold = until;
        return;
    }
    t->requests++;
    if (answer < 3) { /* done, and the answer is lost */
        provider_deletes(t);
        retry(row, true);
    } else if (answer < 6) { /* not done, for all we know it may be */
        retry(row, true);
    } else if (answer < 8) { /* certainly not done */
        retry(row, false);
    } else if (answer == 8) {
        end(row, OUTCOME_FAILED, applied);
    } else if (t->there) {
        provider_deletes(t);
        end(row, OUTCOME_REVOKED, applied);
    } else {
        JUDGE(applied || !t->ours, "row %u: its own deletion would pass for another's", row);
        end(row, applied ? OUTCOME_ABSENT_AFTER_RETRY : OUTCOME_ALREADY_ABSENT, applied);
    }
}

static void announce(void)
{
    uint32_t first = (uint32_t)sim_random(ROWS), last = first;
    while (first < ROWS && (p.announced[first] || p.finished[first]))
        first++;
    last = first;
    while (last < ROWS && !p.announced[last] && !p.finished[last] && last - first < 5)
        last++;
    if (first >= ROWS)
        return;
    char rows[32];
    snprintf(rows, sizeof rows, "%u-%u", first + 1, last);
    put(rec_try(rows, 0));
    for (uint32_t row = first; row < last; row++)
        p.announced[row] = true;
}

static void send_some(void)
{
    for (unsigned tries = 0; tries < 6; tries++) {
        uint32_t row = (uint32_t)sim_random(ROWS);
        if (p.sendable[row])
            send(row);
    }
}

static void close_run(void)
{
    struct buf unsent = {0};
    for (uint32_t row = 0; row < ROWS; row++)
        if (p.announced[row] && !p.sent[row])
            buf_printf(&unsent, "%s%u", unsent.len ? "," : "", row + 1);
    put(rec_close(75, buf_text(&unsent), 0));
    buf_free(&unsent);
    flush();
}

/* A look at what is done, as a verification takes it. */
static void look(void)
{
    uint32_t row = (uint32_t)sim_random(ROWS);
    char rows[16];
    if (!outcome_done(truth[row].synced))
        return;
    snprintf(rows, sizeof rows, "%u", row + 1);
    put(rec_look(rows, 0));
    if (!flush())
        return;
    p.unsynced_found[row] = (enum verified)(1 + sim_random(VERIFIED_COUNT - 1));
    put(rec_found(row, p.unsynced_found[row], 0));
    p.unsynced_found_ms[row] = now_ms;
    findings++;
}

static bool all_finished(void)
{
    for (uint32_t row = 0; row < ROWS; row++)
        if (!p.finished[row])
            return false;
    return true;
}

static bool alive(void)
{
    return !sim.dead && !journal_failed(p.j);
}

static void work(unsigned steps, bool to_the_end)
{
    while (steps-- && alive() && !all_finished()) {
        uint64_t what = sim_random(5);
        if (what == 0)
            announce();
        else if (what == 1)
            flush();
        else if (what == 2)
            look();
        else
            send_some();
    }
    for (uint64_t looks = sim_random(4); looks && alive(); looks--)
        look();
    if (alive() && (to_the_end || sim_random(4)))
        close_run();
}

static void one_life(bool undisturbed)
{
    lives++;
    uint64_t fate = undisturbed ? 0 : 1 + sim_random(6);
    int at = 1 + (int)sim_random(40);
    bool cut = fate == 1 || fate == 2 || fate == 5;
    if (fate >= 1 && fate <= 4)
        sim.die_at = at;
    else if (fate >= 5)
        sim.fail_at = at;
    failures += fate >= 5;
    if (start() == 0)
        work(undisturbed ? 100000 : 5 + (unsigned)sim_random(30), undisturbed);
    sim.dead = sim.dead || cut; /* a cut also strikes one that had done its work */
    journal_close(p.j);
    ledger_free(p.l);
    if (cut) {
        power_cuts++;
        sim_power_cut();
    } else {
        kills += fate == 3 || fate == 4;
        sim_kill();
    }
}

static void judge_end(void)
{
    struct error err;
    struct journal_recovery info;
    struct ledger *l = ledger_new(targets);
    durable_set_ops(NULL);
    int result = journal_read(dir, l, false, NULL, NULL, &info, NULL, &err);
    durable_set_ops(&sim_ops);
    JUDGE(result == 0, "the last reading fails: %s", err.text);
    unsigned sum[OUTCOME_COUNT] = {0}, total = 0;
    for (uint32_t row = 0; row < ROWS; row++) {
        enum outcome o = ledger_outcome(l, row);
        sum[o]++;
        JUDGE(o != OUTCOME_NOT_ATTEMPTED, "row %u: not accounted for", row);
        JUDGE(outcome_done(o) == !truth[row].there || outcome_failed(o),
              "row %u: told as %s, truly %s", row, outcome_word[o],
              truth[row].there ? "there" : "gone");
    }
    for (int o = 0; o < OUTCOME_COUNT; o++)
        total += sum[o];
    JUDGE(total == ROWS, "totals sum to %u", total);
    ledger_free(l);
}

static void one_history(void)
{
    sim_begin(dir, seed);
    hold_synced = 0;
    now_ms = FIXTURE_T0;
    for (uint32_t row = 0; row < ROWS; row++)
        truth[row] = (struct truth){.there = sim_random(5) > 0};
    unsigned disturbed = 1 + (unsigned)sim_random(LIVES);
    for (unsigned i = 0; i < disturbed; i++)
        one_life(false);
    one_life(true);
    judge_end();
    for (size_t i = 0; i < sim_now()->count; i++)
        JUDGE(!strstr(sim_now()->at[i].name, ".tmp-"), "%s is left", sim_now()->at[i].name);
    sim_end();
    while (kept_tails)
        buf_free(&kept_tail[--kept_tails].bytes);
}

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    targets = fixture_targets(catalog, ROWS);
    if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1); /* the disk is simulated: a real one only costs time */
    dir = fixture_dir();
    path = fixture_path(dir, "journal.jsonl");
    durable_set_ops(&sim_ops);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    durable_set_ops(NULL);
    buf_free(&sim.history);
    free(path);
    fixture_dir_remove(dir);
    targets_free(targets);
    catalog_free(catalog);
    return 0;
}

static void crashes(void **state)
{
    (void)state;
    const char *one = getenv("RESCIND_CRASH_SEED"), *many = getenv("RESCIND_CRASHES");
    if (one) {
        seed = strtoull(one, NULL, 10);
        one_history();
        return;
    }
    uint64_t histories = many ? strtoull(many, NULL, 10) : HISTORIES;
    for (seed = 1; seed <= histories; seed++)
        one_history();
    print_message("%lu processes: %lu killed, %lu power cuts, %lu failing calls; %lu torn tails, "
                  "%lu requests, %lu findings\n",
                  lives, kills, power_cuts, failures, torn_tails, requests_made, findings);
    /* The disk must have done its worst for this to say anything. */
    assert_true(many ||
                (lives > 10000 && power_cuts > 5000 && torn_tails > 800 && findings > 5000));
}

/* Reports and targets.csv: after any crash one whole version is there, none older than the last
 * that was committed. */
static void whole_files(void **state)
{
    (void)state;
    enum { VERSIONS = 6, RUNS = 1500 };
    char *name = fixture_path(dir, "report");
    struct buf now = {0}, expected = {0};
    for (seed = 1; seed <= RUNS; seed++) {
        sim_begin(dir, seed);
        unsigned committed = 0, begun = 0;
        for (unsigned life = 0; life < VERSIONS; life++) {
            struct error err;
            uint64_t fate = sim_random(3);
            sim.die_at = fate < 2 ? 1 + (int)sim_random(14) : 0;
            sim.fail_at = fate == 2 ? 1 + (int)sim_random(10) : 0;
            buf_clear(&expected);
            buf_printf(&expected, "version %u\n%*d", ++begun, (int)sim_random(3000), 7);
            struct durable_file *f = durable_begin(name, 0600, &err);
            if (f) {
                durable_put(f, expected.data, expected.len / 2, &err);
                durable_put(f, expected.data + expected.len / 2, expected.len - expected.len / 2,
                            &err);
                if (durable_commit(f, &err) == 0)
                    committed = begun;
            }
            if (fate == 0)
                sim_power_cut();
            else
                sim_kill();
            if (access(name, F_OK) != 0) {
                JUDGE(committed == 0, "version %u is gone", committed);
                continue;
            }
            unsigned found = 0;
            int width = 0;
            fixture_read(name, &now);
            JUDGE(sscanf(now.data, "version %u\n%n", &found, &width) == 1 &&
                      now.data[now.len - 1] == '7' &&
                      strspn(now.data + width, " ") == now.len - (size_t)width - 1,
                  "version %u is not whole", found);
            JUDGE(found >= committed && found <= begun, "version %u for %u", found, committed);
        }
        sim_end();
    }
    buf_free(&now);
    buf_free(&expected);
    free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(crashes), cmocka_unit_test(whole_files)};
    return cmocka_run_group_tests_name("journal, crashes", tests, setup, teardown);
}
