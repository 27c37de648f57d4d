#include "life.h"

#include "disk.h"
#include "history.h"
#include "judge.h"

#include "base/clock.h"
#include "run/runner.h"
#include "wire/looker.h"

#include <stdio.h>
#include <string.h>

struct process {
    struct ledger *ledger;
    struct journal *journal;
    struct credentials *credentials;
};

static void tell(void *at, const char *key, const char *line)
{
    (void)at, (void)key;
    told("says   %s", line);
}

/* Each credential's secrets are read once for all histories: locking memory is slow. */
static struct credentials *credentials_of(unsigned eye)
{
    static struct credentials *kept[EYES];
    if (!kept[eye])
        kept[eye] = credentials_new();
    return kept[eye];
}

/* -1: it could not begin. */
static int begin(struct process *p, struct error *err)
{
    struct journal_recovery found;
    p->ledger = ledger_new(h.targets);
    p->credentials = credentials_of(h.eye);
    p->journal = journal_lock(disk_run_dir(), err);
    if (!p->journal && err->code == EXIT_NOINPUT)
        p->journal = journal_create(disk_run_dir(), err);
    return p->journal ? journal_recover(p->journal, p->ledger, &found, err) : -1;
}

static int open_run(struct process *p, struct error *err)
{
    struct buf listed = {0}, eyes = {0};
    row_set_print(h.listed, &listed);
    looker_eyes(&h.settings, h.targets, h.listed, p->credentials, &eyes);
    const struct record record = {.type = RECORD_OPEN,
                                  .at_ms = clock_wall_ms(),
                                  .open = {.run = (unsigned)ledger_runs(p->ledger) + 1,
                                           .tool = "rescind simulated",
                                           .libcurl = "simulated",
                                           .pid = 1,
                                           .action = action_word[ACTION_DELETE],
                                           .manifest_path = "keys.csv",
                                           .manifest_sha256 = "",
                                           .rows = h.rows,
                                           .targets = h.rows,
                                           .digest = ledger_digest(p->ledger, h.rows),
                                           .listed = buf_text(&listed),
                                           .shard = "0/1",
                                           .origins = "{}",
                                           .options = "{}",
                                           .eyes = buf_text(&eyes)}};
    h.eye_of_run[record.open.run] = h.eye;
    journal_put(p->journal, &record);
    buf_free(&listed);
    buf_free(&eyes);
    return journal_flush(p->journal, err);
}

static bool is_done(void)
{
    for (uint32_t i = 0; i < h.rows; i++)
        if (!outcome_done(h.row[i].end))
            return false;
    return true;
}

/* Whether it ended by itself, with *e. */
static bool run(struct process *p, struct ending *e)
{
    struct error err;
    if (begin(p, &err) != 0 || disk_dead()) {
        if (!disk_dead() && !disk_failed())
            broken("a start fails: %s", err.text);
        return false;
    }
    const struct observer observer = {.tell = tell};
    const struct work work = {.settings = &h.settings,
                              .targets = h.targets,
                              .listed = h.listed,
                              .ledger = p->ledger,
                              .journal = p->journal,
                              .credentials = p->credentials,
                              .observer = &observer};
    judge_life_begins(p->ledger);
    if (open_run(p, &err) != 0 || runner_run(&work, e, &err) != 0) {
        if (!disk_dead() && !disk_failed())
            broken("a run fails: %s", err.text);
        return false;
    }
    return !disk_dead();
}

/* What will befall it. */
static void draw_fate(bool last)
{
    h.stop_us = h.hurry_us = 0;
    disk_die_at(0);
    disk_fail_at(0);
    if (last)
        return;
    double fate = chance();
    if (fate < .5)
        disk_die_at((int)pick(1, chance() < .5 ? 30 : 200));
    else if (fate < .6)
        disk_fail_at((int)pick(10, 200));
    else if (fate < .8)
        h.stop_us = h.now_us + pick(0, chance() < .5 ? 2000000 : 60000000);
    if (h.stop_us && chance() < .3)
        h.hurry_us = h.stop_us + pick(0, 3000000);
}

/* Until somebody starts it again. */
static void let_time_pass(void)
{
    static const int64_t most[] = {0, 1000000, 60000000, 700000000};
    h.now_us += pick(0, most[pick(0, 3)]);
    provider_move();
}

bool life_live(bool last)
{
    struct process p = {0};
    struct ending e = {0};
    h.life++;
    draw_fate(last);
    history_credentials(h.strangers ? (unsigned)pick(0, EYES - 1) : 0);
    told("life %u%s%s", h.life, last ? ", undisturbed" : "",
         h.eye == 2 ? ", of another account"
         : h.eye    ? ", with a new secret"
                    : "");
    bool ended = run(&p, &e);
    if (ended) {
        told("ends with %d%s%s", (int)e.code, *e.reason ? ": " : "", e.reason);
        judge_life_ended(p.ledger, &e);
    }
    bool died = disk_dead() || disk_failed();
    if (p.journal)
        journal_close(p.journal);
    ledger_free(p.ledger);
    if (died) {
        bool power = chance() < .5;
        disk_after_death(power);
        told(power ? "the power is cut" : "it is gone, and the machine stays up");
    }
    let_time_pass();
    return ended && is_done();
}
