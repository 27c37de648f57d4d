#include "run/verify.h"

#include "run/admit.h"
#include "run/check.h"
#include "wire/read.h"

#include "base/clock.h"
#include "base/mem.h"
#include "journal/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ONE_BODY_MAX = 16 << 10 };

/* A list that tells of all targets of a part. */
struct listing {
    struct part *part;
    struct row_set *rows; /* that are to be found out */
    const char **scope;   /* the lists that there are of it */
    size_t scopes, scope_at;
    bool begun;
    int64_t gap_us, due_us;
    struct lister lister;
};

/* An absence that was found before its eye had seen anything. */
struct late {
    uint32_t row;
    int status;
    unsigned ms;
    enum look look;
};

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

/* Writes what was found of a row, tells it and counts it. */
static void put_found(struct runner *r, const struct late *f, enum verified what, const char *why)
{
    const struct part *p = part_of(r, f->row);
    struct lane *l = p->lane;
    const struct definition *d = p->endpoint.definition;
    char id[ID_MAX + 1];
    targets_id(r->session.work.targets, f->row, id);
    struct record record = {.type = RECORD_VERIFY,
                            .verify = {.row = f->row,
                                       .account = d->account,
                                       .provider = d->provider,
                                       .kind = d->kind,
                                       .id = id,
                                       .verified = what,
                                       .status = (unsigned)f->status,
                                       .ms = f->ms,
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

/* That it is there is a sighting, too: the eye is not blind. */
static void put_sighting(struct runner *r, uint32_t row, enum look look)
{
    const struct definition *d = part_of(r, row)->endpoint.definition;
    char rows[16];
    snprintf(rows, sizeof rows, "%lu", (unsigned long)row + 1);
    struct record record = {
        .type = RECORD_SEEN,
        .seen = {.provider = d->shown, .kind = d->kind, .look = look, .rows = rows}};
    if (ledger_eye_now(r->session.work.ledger, d))
        session_put(&r->session, &record);
}

/* What was found, as far as these eyes can tell. */
static void found(struct runner *r, const struct late *f, enum verified what, const char *why)
{
    const struct work *w = &r->session.work;
    const struct definition *d = part_of(r, f->row)->endpoint.definition;
    const struct sight eye = evidence_sight(w->ledger, d);
    const struct target_state st = ledger_state(w->ledger, f->row);
    if (what == VERIFIED_PRESENT)
        put_sighting(r, f->row, f->look);
    if (what == VERIFIED_ABSENT) {
        bool blind = !(eye.looks & 1u << f->look);
        what = evidence_verified(&eye, f->look, f->look == LOOK_LIST && d->list.partial, &st, &why);
        if (blind && eye.eye && f->look != LOOK_NONE) {
            r->late = mem_resize(r->late, r->lates + 1, sizeof *r->late);
            r->late[r->lates++] = *f;
            return;
        }
    }
    put_found(r, f, what, why);
}

/* ---- filling ---- */

/* By the look that has a control, and by a read where both or neither have. */
static bool by_list(const struct runner *r, const struct definition *d)
{
    const struct sight eye = evidence_sight(r->session.work.ledger, d);
    if (!d->read.method || !d->list.request.method)
        return !d->read.method;
    return !(eye.looks & 1u << LOOK_READ) && eye.looks & 1u << LOOK_LIST;
}

static void add_to_listing(struct part *p, uint32_t row, const char *scope)
{
    struct listing *j = p->listing;
    if (!j) {
        j = p->listing = mem_zalloc(1, sizeof *j);
        *j = (struct listing){.part = p, .rows = row_set_new()};
        p->lane->pending++;
    }
    row_set_add(j->rows, row);
    for (size_t i = 0; i < j->scopes; i++)
        if (strcmp(j->scope[i], scope) == 0)
            return;
    j->scope = mem_resize(j->scope, j->scopes + 1, sizeof *j->scope);
    j->scope[j->scopes++] = scope;
}

static void fill(struct runner *r)
{
    const struct work *w = &r->session.work;
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        queue_free(&l->queue);
        l->tally = (struct tally){0};
    }
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        if (!wants(r, row))
            continue;
        struct part *p = part_of(r, row);
        p->lane->tally.targets++;
        if (!check_verifiable(p->endpoint.definition))
            put_found(r, &(struct late){.row = row}, VERIFIED_UNPROVEN,
                      "the provider's definition says no way to ask for it");
        else if (by_list(r, p->endpoint.definition))
            add_to_listing(p, row, targets_scope(w->targets, row));
        else
            queue_add(&p->lane->queue, row);
    }
    r->not_before_us = begin_us(r);
    int64_t now = clock_mono_us();
    r->patience_us =
        (r->not_before_us > now ? r->not_before_us : now) + w->settings->verify_patience_us;
}

/* ---- by reads ---- */

static const struct request *request(const struct runner *r, const struct definition *d)
{
    (void)r;
    return &d->read;
}

static size_t body_max(const struct definition *d)
{
    (void)d;
    return ONE_BODY_MAX;
}

static void judge(const struct lane *l, const struct flight *f, const struct answer *a,
                  struct verdict *v)
{
    const struct definition *d = f->part->endpoint.definition;
    char id[ID_MAX + 1];
    targets_id(l->run->session.work.targets, f->row, id);
    verdict_of(&(struct question){.d = d, .asked = ASKED_TARGET, .request = &d->read, .id = id}, a,
               v);
}

static unsigned ended(const struct lane *l, const struct flight *f)
{
    (void)l;
    return f->ended;
}

static void end(struct lane *l, const struct flight *f, const struct http_answer *a,
                const struct verdict *v, const char *why)
{
    struct runner *r = l->run;
    int64_t now = clock_mono_us();
    if (v->kind == VERDICT_STOP)
        return;
    if (v->verified == VERIFIED_PRESENT && now < r->patience_us && !session_stopping(&r->session)) {
        int64_t gap = recheck_gap_us((int64_t)f->backoff_ms * 1000);
        int64_t due = now + gap < r->patience_us ? now + gap : r->patience_us;
        queue_wait(&l->queue, (struct waiting){.due_us = due,
                                               .row = f->row,
                                               .backoff_ms = (uint16_t)(gap / 1000),
                                               .ended = f->ended,
                                               .batch = (uint16_t)(r->batch - 1)});
        return;
    }
    found(r,
          &(struct late){.row = f->row,
                         .status = a->answer.status,
                         .ms = (unsigned)(a->took_us / 1000),
                         .look = LOOK_READ},
          v->verified, why);
}

/* ---- by lists ---- */

static void listing_end(struct part *p)
{
    struct listing *j = p->listing;
    lister_end(&j->lister);
    row_set_free(j->rows);
    free(j->scope);
    free(j);
    p->listing = NULL;
    p->lane->pending--;
}

static void begin_list(struct listing *j);

/* What this list tells of the rows of its scope; those that are there stay, while there is
 * patience. */
static void take_list(struct listing *j, const char *failed)
{
    struct part *p = j->part;
    struct runner *r = p->lane->run;
    const struct work *w = &r->session.work;
    struct row_set *left = row_set_new();
    bool patient = clock_mono_us() < r->patience_us && !session_stopping(&r->session);
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        char id[ID_MAX + 1];
        const struct late f = {.row = row, .status = failed ? 0 : 200, .look = LOOK_LIST};
        if (!row_set_has(j->rows, row))
            continue;
        targets_id(w->targets, row, id);
        if (strcmp(targets_scope(w->targets, row), j->scope[j->scope_at]) != 0)
            row_set_add(left, row);
        else if (failed)
            found(r, &f, VERIFIED_UNPROVEN, failed);
        else if (keylist_find(j->lister.keys, id) == SIZE_MAX)
            found(r, &f, VERIFIED_ABSENT, NULL);
        else if (patient)
            row_set_add(left, row);
        else
            found(r, &f, VERIFIED_PRESENT, NULL);
    }
    row_set_free(j->rows);
    j->rows = left;
}

static void on_list(void *at, struct lister *l)
{
    struct listing *j = at;
    struct part *p = j->part;
    const struct runner *r = p->lane->run;
    char failed[300];
    snprintf(failed, sizeof failed, "the list: %.280s", l->error.text);
    if (l->failed && l->error.code == EXIT_CREDENTIAL) {
        wire_stop(&p->lane->wire, EXIT_CREDENTIAL, l->error.text);
        return;
    }
    take_list(j, l->failed ? failed : NULL);
    if (++j->scope_at < j->scopes) {
        begin_list(j);
        return;
    }
    if (!row_set_size(j->rows)) {
        listing_end(p);
        return;
    }
    int64_t now = clock_mono_us();
    j->scope_at = 0;
    j->gap_us = recheck_gap_us(j->gap_us);
    j->due_us = now + j->gap_us < r->patience_us ? now + j->gap_us : r->patience_us;
    begin_list(j);
}

static void begin_list(struct listing *j)
{
    struct part *p = j->part;
    lister_end(&j->lister);
    j->lister = (struct lister){.wire = &p->lane->wire,
                                .endpoint = &p->endpoint,
                                .scope = j->scope[j->scope_at],
                                .done = on_list,
                                .at = j};
    j->lister.not_before_us = j->due_us;
    lister_begin(&j->lister);
}

/* The announcement of a list's rows, and its first reading. */
static void turn(struct lane *l, int64_t now)
{
    struct runner *r = l->run;
    if (!l->pending || !lane_may_send(l, now))
        return;
    for (size_t i = 0; i < catalog_count(targets_catalog(r->session.work.targets)); i++) {
        struct part *p = r->part[i];
        if (!p || p->lane != l || !p->listing || p->listing->begun)
            continue;
        struct buf rows = {0};
        row_set_print(p->listing->rows, &rows);
        struct record record = {.type = RECORD_VERIFY,
                                .verify = {.rows = buf_text(&rows), .counts = r->session.counts}};
        session_put(&r->session, &record);
        buf_free(&rows);
        p->listing->begun = true;
        begin_list(p->listing);
    }
}

void verify_finish(struct runner *r)
{
    const struct work *w = &r->session.work;
    for (size_t i = 0; i < r->lates; i++) {
        const struct late *f = &r->late[i];
        const struct definition *d = part_of(r, f->row)->endpoint.definition;
        const struct sight eye = evidence_sight(w->ledger, d);
        const struct target_state st = ledger_state(w->ledger, f->row);
        const char *why;
        enum verified what =
            evidence_verified(&eye, f->look, f->look == LOOK_LIST && d->list.partial, &st, &why);
        put_found(r, f, what, why);
    }
    for (size_t i = 0; i < catalog_count(targets_catalog(w->targets)); i++)
        if (r->part[i] && r->part[i]->listing) /* it was broken off */
            listing_end(r->part[i]);
    free(r->late);
    r->late = NULL;
    r->lates = 0;
}

const struct pass pass_verify = {.announces = RECORD_VERIFY,
                                 .state = "verifying",
                                 .fill = fill,
                                 .request = request,
                                 .body_max = body_max,
                                 .judge = judge,
                                 .ended = ended,
                                 .turn = turn,
                                 .end = end};
