/* A rotation run, definition by definition: what must be right before one is begun, and what the
 * whole comes to. */

#include "rotate/rotate.h"

#include "rotate/rotate_turn.h"
#include "wire/accounts.h"
#include "wire/check.h"
#include "wire/lister.h"

#include "base/clock.h"
#include "base/locked.h"
#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson's copies of an answer hold the secret too. */
static void wiping_free(void *at)
{
    if (at)
        mem_wipe(at, malloc_usable_size(at));
    free(at);
}

void rotor_stop(struct rotor *r, enum exit_code code, const char *reason)
{
    static const enum exit_code order[] = {EXIT_REFUSED, EXIT_IO, EXIT_CREDENTIAL, EXIT_STOPPED};
    size_t len = strlen(r->reason);
    if (!strstr(r->reason, reason)) { /* turns are told the same */
        if (r->observer.tell)
            r->observer.tell(r->observer.at, reason);
        snprintf(r->reason + len, sizeof r->reason - len, "%s%s", len ? "; " : "", reason);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (r->code == order[i] || code == order[i]) {
            r->code = order[i];
            return;
        }
    }
    r->code = EXIT_STOPPED;
}

bool rotor_is_left(const struct rotor *r, uint32_t row)
{
    return row_set_has(r->run->listed, row) && targets_definition(r->run->targets, row) == r->d &&
           !outcome_done((enum outcome)ledger_state(r->run->ledger, row).outcome);
}

static bool own_id_hits(struct rotor *r)
{
    const struct run *run = r->run;
    char reason[400];
    uint32_t row = *r->own_id ? targets_find(run->targets, r->d, r->own_id, strlen(r->own_id), "")
                              : UINT32_MAX;
    if (row == UINT32_MAX || !row_set_has(run->listed, row))
        return false;
    snprintf(reason, sizeof reason,
             "line %u of the manifest is the very credential in use (%s): take it out, or use "
             "another credential; nothing was sent for it",
             (unsigned)targets_line(run->targets, row), r->d->credential);
    rotor_stop(r, EXIT_REFUSED, reason);
    return true;
}

static void count_rows(struct rotor *r)
{
    const struct run *run = r->run;
    const char *secret = credentials_get(run->credentials, r->d->credential, NULL);
    bool *others = accounts_others(run->ledger, r->d->credential, secret ? secret : "");
    for (uint32_t row = 0; row < targets_count(run->targets); row++) {
        if (!row_set_has(run->listed, row) || targets_definition(run->targets, row) != r->d)
            continue;
        struct target_state st = ledger_state(run->ledger, row);
        if (!accounts_other(run->ledger, others, row))
            guard_known(r->guard, (enum outcome)st.outcome, st.attempts > 0);
        else if (!outcome_done((enum outcome)st.outcome))
            guard_known_to_another(r->guard, (enum outcome)st.outcome);
        r->targets++;
        r->finished += outcome_done((enum outcome)st.outcome);
        r->done += outcome_done((enum outcome)st.outcome);
    }
    free(others);
}

/* The guards count over the whole journal: what halted an earlier run halts this one before it
 * sends anything. */
static void rotate_rows(struct rotor *r)
{
    char reason[512];
    if (guard_check(r->guard, r->run->settings, r->d->provider, reason) != GUARD_GO)
        rotor_stop(r, EXIT_STOPPED, reason);
    else
        rotor_loop(r);
}

static void rotate_definition(struct rotor *r)
{
    const struct run *run = r->run;
    struct guard guard = {0};
    struct error err;
    struct buf pair = {0};
    r->guard = &guard;
    r->targets = r->finished = r->done = r->failed = 0;
    count_rows(r);
    if (r->targets == r->done)
        return;
    bool good = check_origin(run->settings, r->d, &pair, &err) == 0;
    buf_printf(&pair, " %s", r->d->credential);
    r->pair = buf_text(&pair);
    if (good)
        r->fetch = fetch_new(run->settings, r->d, run->credentials, r->turns, &r->observer, &err);
    if (!r->fetch) {
        rotor_stop(r, err.code, err.text);
    } else {
        int64_t left_ms = ledger_hold_left_ms(run->ledger, r->pair, clock_wall_ms());
        if (left_ms > HINT_MAX_US / 1000)
            left_ms = HINT_MAX_US / 1000;
        if (left_ms > 0)
            fetch_hold(r->fetch, clock_mono_us() + left_ms * 1000);
        if (lister_preflight(r->fetch, r->d, run->settings->preflight, r->own_id, &err) != 0)
            rotor_stop(r, err.code, err.text);
        else if (!own_id_hits(r))
            rotate_rows(r);
    }
    fetch_free(r->fetch);
    r->fetch = NULL;
    buf_free(&pair);
}

static enum exit_code code_of_targets(const struct run *run)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t row = 0; row < targets_count(run->targets); row++) {
        enum outcome o = ledger_outcome(run->ledger, row);
        if (!row_set_has(run->listed, row) || outcome_done(o))
            continue;
        if (!outcome_failed(o))
            return EXIT_STOPPED;
        code = EXIT_SOME_FAILED;
    }
    return code;
}

static void tell_line(void *at, const char *line)
{
    const struct observer *o = ((const struct rotor *)at)->run->observer;
    if (o && o->tell)
        o->tell(o->at, line, line);
}

int rotate_check(const struct settings *s, const struct targets *t, const struct row_set *listed,
                 struct credentials *c, struct error *err)
{
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        struct buf origin = {0};
        if (!row_set_has(listed, row))
            continue;
        if (!d->rotate.create.method)
            return error_set(err, EXIT_REFUSED,
                             "%s %s: this provider cannot rotate; nothing was sent", d->provider,
                             d->kind);
        int result = check_origin(s, d, &origin, err);
        buf_free(&origin);
        if (result != 0 || !credentials_get(c, d->credential, err))
            return -1;
    }
    return 0;
}

static void rotor_free(struct rotor *r)
{
    for (unsigned i = 0; i < r->turns; i++)
        locked_free(r->turn[i].secret, SECRET_MAX);
    row_set_free(r->unsent);
}

static int rotor_init(struct rotor *r, const struct settings *s, struct error *err)
{
    unsigned turns = s->concurrency < TURNS_MAX ? s->concurrency : TURNS_MAX;
    r->unsent = row_set_new();
    for (r->turns = 0; r->turns < turns; r->turns++) {
        struct turn *t = &r->turn[r->turns];
        t->rotor = r;
        t->secret = locked_new(SECRET_MAX);
        if (!t->secret)
            return error_set(err, EXIT_STOPPED, "no memory for secrets");
    }
    return 0;
}

static void put_close(struct rotor *r, struct run_result *result)
{
    struct buf unsent = {0};
    struct error err;
    row_set_print(r->unsent, &unsent);
    struct record close = {.type = RECORD_CLOSE,
                           .close = {.exit_code = (int)r->code,
                                     .reason = r->reason,
                                     .unsent = buf_text(&unsent),
                                     .counts = r->counts}};
    rotor_put(r, &close);
    if (journal_flush(r->run->journal, &err) != 0) {
        rotor_stop(r, EXIT_IO, err.text);
        result->code = EXIT_IO;
    }
    buf_free(&unsent);
}

int rotate_run(const struct run *run, const struct rotate_handover *handover,
               struct run_result *result, struct error *err)
{
    struct rotor r = {.run = run,
                      .handover = handover,
                      .observer = {tell_line, &r, rotor_hold},
                      .started_us = clock_mono_us(),
                      .canary = run->settings->canary};
    const struct catalog *catalog = targets_catalog(run->targets);
    int status = rotor_init(&r, run->settings, err);
    if (status != 0)
        goto out;
    json_set_alloc_funcs(mem_alloc, wiping_free);
    r.rng = rng_seed((uint64_t)r.started_us ^ (uint64_t)clock_wall_ms() << 20);
    for (size_t i = 0; i < catalog_count(catalog) && r.code == EXIT_DONE; i++) {
        r.d = catalog_at(catalog, i);
        rotate_definition(&r);
    }
    if (r.code == EXIT_DONE)
        r.code = code_of_targets(run);
    *result = (struct run_result){.code = r.code};
    memcpy(result->reason, r.reason, sizeof result->reason);
    if (r.code != EXIT_IO)
        put_close(&r, result);
out:
    rotor_free(&r);
    return status;
}
