/* The pass that looks whether what is done is really gone: one read a target.
 *
 * It only reads, so nothing can be lost by it: what was announced and not found out is asked again
 * by the next verification. */

#include "engine/lane.h"

#include "base/clock.h"
#include "provider/identifier.h"

#include <stdio.h>

bool verify_possible(const struct definition *d)
{
    return d->read.method != NULL;
}

bool verify_wants(const struct runner *r, uint32_t row)
{
    const struct ledger *ledger = r->run.ledger;
    return row_set_has(r->run.listed, row) &&
           outcome_done((enum outcome)ledger_state(ledger, row).outcome) &&
           (r->run.settings->again || ledger_verification(ledger, row).verified != VERIFIED_ABSENT);
}

int64_t verify_from_us(const struct runner *r)
{
    int64_t last_ms = 0, now_ms = clock_wall_ms(), delay_us = r->run.settings->verify_delay_us;
    for (uint32_t row = 0; row < targets_count(r->run.targets); row++) {
        struct target_state st = ledger_state(r->run.ledger, row);
        int64_t at_ms = (int64_t)st.finished_s * 1000 + st.finished_ms;
        if (verify_wants(r, row) && at_ms > last_ms)
            last_ms = at_ms;
    }
    /* By the wall clock, so that it is the same after a restart; one that was set back must not
     * make it longer. */
    int64_t wait_us = delay_us - (now_ms - last_ms) * 1000;
    if (wait_us <= 0)
        return 0;
    return clock_mono_us() + (wait_us < delay_us ? wait_us : delay_us);
}

enum exit_code verify_code(const struct runner *r)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t row = 0; row < targets_count(r->run.targets); row++) {
        if (!row_set_has(r->run.listed, row))
            continue;
        if (!outcome_done((enum outcome)ledger_state(r->run.ledger, row).outcome)) {
            code = worse_of(code, EXIT_SOME_FAILED);
            continue;
        }
        enum verified found = ledger_verification(r->run.ledger, row).verified;
        if (found != VERIFIED_ABSENT)
            code = worse_of(code, found == VERIFIED_NONE ? EXIT_STOPPED : EXIT_SOME_FAILED);
    }
    return code;
}

/* What was found of a row, for the journal, the view and whoever watches. */
static void found(struct lane *l, uint32_t row, enum verified what, const struct http_answer *a,
                  const char *why)
{
    struct runner *r = l->run;
    const struct definition *d = targets_definition(r->run.targets, row);
    char id[ID_MAX + 1];
    targets_id(r->run.targets, row, id);
    struct record record = {.type = RECORD_VERIFY,
                            .verify = {.row = row,
                                       .provider = d->provider,
                                       .kind = d->kind,
                                       .id = id,
                                       .verified = what,
                                       .status = a ? (unsigned)a->answer.status : 0,
                                       .ms = a ? (unsigned)(a->took_us / 1000) : 0,
                                       .error = why}};
    runner_put(r, &record);
    l->finished++;
    l->done += what == VERIFIED_ABSENT;
    l->failed += what != VERIFIED_ABSENT;
    if (what == VERIFIED_PRESENT)
        view_tell(r, "still_present", "%s: STILL PRESENT: %s %s", d->provider, d->kind, id);
    else if (what == VERIFIED_UNPROVEN)
        view_tell(r, why, "%s: unproven: %s", d->provider, why);
}

static void verify_fill(struct runner *r)
{
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        queue_free(&l->queue);
        l->targets = l->finished = l->done = l->failed = 0;
    }
    for (uint32_t row = 0; row < targets_count(r->run.targets); row++) {
        if (!verify_wants(r, row))
            continue;
        struct endpoint *e = endpoint_of(r, row);
        e->lane->targets++;
        if (verify_possible(e->definition))
            queue_add(&e->lane->queue, row);
        else
            found(e->lane, row, VERIFIED_UNPROVEN, NULL,
                  "the provider's definition says no way to ask for it");
    }
    r->not_before_us = verify_from_us(r);
}

static const struct request *verify_request(const struct runner *r, const struct definition *d)
{
    (void)r;
    return &d->read;
}

static void verify_judge(const struct lane *l, const struct flight *f, const struct answer *a,
                         struct verdict *v)
{
    const struct definition *d = f->endpoint->definition;
    char id[ID_MAX + 1];
    targets_id(l->run->run.targets, f->row, id);
    classify_verify(d, &d->read, id, a, v);
}

static unsigned verify_ended(const struct lane *l, const struct flight *f)
{
    (void)l;
    return f->ended;
}

static void verify_end(struct lane *l, const struct flight *f, const struct http_answer *a,
                       const struct verdict *v, const char *why)
{
    if (v->verified != VERIFIED_NONE)
        found(l, f->row, v->verified, a, why);
}

const struct pass pass_verify = {.announces = RECORD_VERIFY,
                                 .state = "verifying",
                                 .fill = verify_fill,
                                 .request = verify_request,
                                 .body_max = BODY_MAX,
                                 .judge = verify_judge,
                                 .ended = verify_ended,
                                 .end = verify_end};
