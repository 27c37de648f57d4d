#include "run/verify.h"

#include "run/check.h"
#include "wire/read.h"

#include "base/clock.h"
#include "base/mem.h"
#include "provider/identifier.h"
#include "provider/keylist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ONE_BODY_MAX = 16 << 10 };

static bool wants(const struct runner *r, uint32_t row)
{
    return row_set_has(r->session.work.listed, row) &&
           check_unverified_row(r->session.work.settings, r->session.work.ledger, row);
}

/* When the look may begin, clock_mono_us. */
static int64_t begin_us(const struct runner *r)
{
    int64_t last_ms = 0, now_ms = clock_wall_ms(),
            delay_us = r->session.work.settings->verify_delay_us;
    for (uint32_t row = 0; row < targets_count(r->session.work.targets); row++) {
        struct target_state st = ledger_state(r->session.work.ledger, row);
        int64_t at_ms = (int64_t)st.finished_s * 1000 + st.finished_ms;
        if (wants(r, row) && at_ms > last_ms)
            last_ms = at_ms;
    }
    /* By the wall clock, so that it is the same after a restart; one that was set back must not
     * make it longer. */
    int64_t wait_us = delay_us - (now_ms - last_ms) * 1000;
    if (wait_us <= 0)
        return 0;
    return clock_mono_us() + (wait_us < delay_us ? wait_us : delay_us);
}

/* What was found of a row, for the journal, the view and whoever watches. */
static void found(struct lane *l, uint32_t row, enum verified what, const struct http_answer *a,
                  const char *why)
{
    struct runner *r = l->run;
    const struct part *p = part_of(r, row);
    const struct definition *d = p->endpoint.definition;
    char id[ID_MAX + 1], another[160];
    targets_id(r->session.work.targets, row, id);
    if (what == VERIFIED_ABSENT && p->by_others &&
        !p->by_us) { /* to another account all is absent */
        what = VERIFIED_UNPROVEN;
        snprintf(another, sizeof another,
                 "absent to this %s, which is not the one that deleted: of another account?",
                 d->credential);
        why = another;
    } else if (what == VERIFIED_ABSENT &&
               guard_doubts(&p->group->guard, r->session.work.settings)) {
        what = VERIFIED_UNPROVEN;
        why =
            "absent, as each target was from the start: the wrong account, workspace or URL? (run "
            "with --expect-absent if that is right)";
    }
    struct record record = {.type = RECORD_VERIFY,
                            .verify = {.row = row,
                                       .account = d->account,
                                       .provider = d->provider,
                                       .kind = d->kind,
                                       .id = id,
                                       .verified = what,
                                       .status = a ? (unsigned)a->answer.status : 0,
                                       .ms = a ? (unsigned)(a->took_us / 1000) : 0,
                                       .error = why}};
    session_put(&r->session, &record);
    l->tally.finished++;
    l->tally.done += what == VERIFIED_ABSENT;
    l->tally.failed += what != VERIFIED_ABSENT;
    if (what == VERIFIED_PRESENT)
        session_tell(&r->session, "still_present", "%s: STILL PRESENT: %s %s", d->shown, d->kind,
                     id);
    else if (what == VERIFIED_UNPROVEN)
        session_tell(&r->session, why, "%s: unproven: %s", d->shown, why);
}

static void verify_fill(struct runner *r)
{
    const struct catalog *catalog = targets_catalog(r->session.work.targets);
    bool *listing = mem_zalloc(catalog_count(catalog), sizeof *listing);
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        queue_free(&l->queue);
        l->tally = (struct tally){0};
    }
    for (uint32_t row = 0; row < targets_count(r->session.work.targets); row++) {
        if (!wants(r, row))
            continue;
        struct part *p = part_of(r, row);
        const struct definition *d = p->endpoint.definition;
        p->lane->tally.targets++;
        if (check_verifiable(d)) {
            if (!check_by_list(d) || !listing[catalog_index(catalog, d)])
                queue_add(&p->lane->queue, row);
            listing[catalog_index(catalog, d)] = true;
        } else {
            found(p->lane, row, VERIFIED_UNPROVEN, NULL,
                  "the provider's definition says no way to ask for it");
        }
    }
    free(listing);
    r->not_before_us = begin_us(r);
}

static const struct request *verify_request(const struct runner *r, const struct definition *d)
{
    (void)r;
    return check_by_list(d) ? &d->list.request : &d->read;
}

static size_t verify_body_max(const struct definition *d)
{
    return check_by_list(d) ? READ_BODY_MAX : ONE_BODY_MAX;
}

static void verify_judge(const struct lane *l, const struct flight *f, const struct answer *a,
                         struct verdict *v)
{
    const struct definition *d = f->part->endpoint.definition;
    char id[ID_MAX + 1];
    targets_id(l->run->session.work.targets, f->row, id);
    bool by_list = check_by_list(d);
    verdict_of(&(struct question){.d = d,
                                  .asked = by_list ? ASKED_LIST : ASKED_TARGET,
                                  .request = verify_request(l->run, d),
                                  .id = by_list ? NULL : id},
               a, v);
}

static unsigned verify_ended(const struct lane *l, const struct flight *f)
{
    (void)l;
    return f->ended;
}

/* The rows that a list shows; false, and why, where it is no list. */
static bool read_list(const struct runner *r, const struct definition *d, const struct answer *a,
                      struct row_set *shown, char reason[WALK_REASON])
{
    struct keylist *list = keylist_new(d);
    struct walk walk = {.pages = &d->list.pages, .request = &d->list.request};
    bool whole = keylist_page(list, &walk, a->body, a->body_len, reason) == WALK_END;
    for (size_t i = 0; whole && i < keylist_count(list); i++) {
        const char *id = keylist_id(list, i);
        uint32_t row = targets_find(r->session.work.targets, d, id, strlen(id), "");
        if (row != UINT32_MAX)
            row_set_add(shown, row);
    }
    walk_free(&walk);
    keylist_free(list);
    return whole;
}

/* One answer for all rows of its definition. */
static void end_list(struct lane *l, const struct definition *d, const struct http_answer *a,
                     enum verified verified, const char *why)
{
    const struct runner *r = l->run;
    struct row_set *shown = row_set_new();
    char reason[WALK_REASON + 16], broken[WALK_REASON];
    if (verified == VERIFIED_NONE && !read_list(r, d, &a->answer, shown, broken)) {
        snprintf(reason, sizeof reason, "the list: %s", broken);
        why = reason;
        verified = VERIFIED_UNPROVEN;
    }
    for (uint32_t row = 0; row < targets_count(r->session.work.targets); row++) {
        if (targets_definition(r->session.work.targets, row) != d || !wants(r, row))
            continue;
        if (verified == VERIFIED_UNPROVEN)
            found(l, row, verified, a, why);
        else
            found(l, row, row_set_has(shown, row) ? VERIFIED_PRESENT : VERIFIED_ABSENT, a, NULL);
    }
    row_set_free(shown);
}

static void verify_end(struct lane *l, const struct flight *f, const struct http_answer *a,
                       const struct verdict *v, const char *why)
{
    if (v->kind == VERDICT_STOP)
        return;
    if (check_by_list(f->part->endpoint.definition))
        end_list(l, f->part->endpoint.definition, a, v->verified, why);
    else
        found(l, f->row, v->verified, a, why);
}

const struct pass pass_verify = {.announces = RECORD_VERIFY,
                                 .state = "verifying",
                                 .fill = verify_fill,
                                 .request = verify_request,
                                 .body_max = verify_body_max,
                                 .judge = verify_judge,
                                 .ended = verify_ended,
                                 .end = verify_end};
