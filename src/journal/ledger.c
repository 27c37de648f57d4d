/* The ledger: what the records of a journal add up to.
 *
 * How a row's state moves:
 *
 * | record        | attempts | open_try | applied | ended                                     |
 * |---------------|----------|----------|---------|-------------------------------------------|
 * | try, rows     | +1       | set      | (1)     |                                           |
 * | try, row      | +1       | set      | as said | +1: one ended retryable, the next follows |
 * | end           | = n      | cleared  | as said | failed: 0, the next round is a fresh one  |
 * | close, unsent | -1       | cleared  |         | announced and never sent: as if it had    |
 * |               |          |          |         | not been                                  |
 * | open          |          | cleared  | (1)     |                                           |
 * | seen          |          |          |         | by whom, and through which look; where it |
 * |               |          |          |         | refutes an absence: not done, a new round |
 * | verify        |          |          |         | of a row that is done: verifications.h    |
 *
 * (1) set where it was open: sent or not, nobody knows
 *
 * Invariants: a row that is done takes no further record but `verify`; a row that the run does not
 * list takes no `try`; an `end` names the very target that the table has in that row. */

#include "journal/ledger.h"

#include "base/digest.h"
#include "base/mem.h"
#include "journal/holds.h"
#include "journal/slices.h"
#include "journal/texts.h"

#include <stdlib.h>
#include <string.h>

struct ledger {
    const struct targets *targets;
    struct target_state *state;
    uint32_t states;
    struct row_set *listed, *ever_listed;
    uint32_t proven_rows; /* the table's first rows, and their digest as computed from it */
    char proven[SHA256_HEX + 1];

    struct texts *errors;
    struct runs runs;
    struct holds holds;
    struct slices slices;
    struct verifications verifications;
    struct rotations rotations;
    struct eyes eyes;
    uint64_t latency[LATENCY_BUCKETS];
};

struct ledger *ledger_new(const struct targets *t)
{
    struct ledger *l = mem_zalloc(1, sizeof *l);
    l->targets = t;
    l->errors = texts_new();
    return l;
}

void ledger_free(struct ledger *l)
{
    if (!l)
        return;
    runs_free(&l->runs);
    row_set_free(l->listed);
    row_set_free(l->ever_listed);
    free(l->state);
    texts_free(l->errors);
    holds_free(&l->holds);
    verifications_free(&l->verifications);
    rotations_free(&l->rotations);
    eyes_free(&l->eyes);
    free(l);
}

static void states_grow(struct ledger *l)
{
    uint32_t count = targets_count(l->targets);
    if (count <= l->states)
        return;
    l->state = mem_resize(l->state, count, sizeof *l->state);
    memset(l->state + l->states, 0, (count - l->states) * sizeof *l->state);
    l->states = count;
}

static uint16_t clamp16(unsigned n)
{
    return (uint16_t)(n > UINT16_MAX ? UINT16_MAX : n);
}

static void count_attempt(struct target_state *s, int by)
{
    int n = s->attempts + by;
    s->attempts = (uint16_t)(n < 0 ? 0 : n > UINT16_MAX ? UINT16_MAX : n);
}

static int refuse(struct error *err, uint32_t row, const char *what)
{
    return error_set(err, EXIT_DATA, "row %lu of targets.csv %s", (unsigned long)row + 1, what);
}

/* Whether a request for this row may be announced. */
static int check_announced(const struct ledger *l, uint32_t row, struct error *err)
{
    if (outcome_done((enum outcome)l->state[row].outcome))
        return refuse(err, row, "is announced although it is done");
    if (!ledger_listed(l, row))
        return refuse(err, row, "is announced although its run does not list it");
    return 0;
}

/* Whether this row may be looked at again. */
static int check_verified(const struct ledger *l, uint32_t row, struct error *err)
{
    if (!outcome_done((enum outcome)l->state[row].outcome))
        return refuse(err, row, "is verified although it is not done");
    return 0;
}

struct ranges {
    struct ledger *l;
    int (*check)(const struct ledger *l, uint32_t row, struct error *err);
    struct error *err;
    int result;
};

static void check_range(void *at, uint32_t first, uint32_t last)
{
    struct ranges *x = at;
    for (uint32_t row = first; row <= last && x->result == 0; row++)
        x->result = x->check(x->l, row, x->err);
}

/* Something that the eye of the run that is open sent for it may have taken effect. */
static void may_have_applied(struct ledger *l, uint32_t row)
{
    struct target_state *s = &l->state[row];
    s->applied = 1;
    s->applied_eye = ledger_eye_now(l, targets_definition(l->targets, row));
}

static void try_range(void *at, uint32_t first, uint32_t last)
{
    const struct ranges *x = at;
    for (uint32_t row = first; row <= last; row++) {
        struct target_state *s = &x->l->state[row];
        if (s->open_try)
            may_have_applied(x->l, row);
        s->open_try = 1;
        s->ever = 1;
        count_attempt(s, 1);
    }
}

static void unsent_range(void *at, uint32_t first, uint32_t last)
{
    const struct ranges *x = at;
    for (uint32_t row = first; row <= last; row++) {
        struct target_state *s = &x->l->state[row];
        if (!s->open_try)
            continue;
        s->open_try = 0;
        count_attempt(s, -1);
    }
}

struct seen_range {
    struct ledger *l;
    const struct definition *d;
    uint16_t eye;
    enum look look;
    bool refutes;
    struct error *err;
    int result;
};

static void see(struct target_state *s, uint16_t eye, enum look look)
{
    if (s->seen_eye != eye)
        s->looks = 0;
    s->seen_eye = eye;
    s->looks = (s->looks | 1u << look) & 15u;
    if (s->end_eye == eye)
        s->from_start = 0;
}

static bool called_absent(const struct target_state *s)
{
    return outcome_done((enum outcome)s->outcome) && outcome_absent((enum outcome)s->outcome);
}

static void check_seen_range(void *at, uint32_t first, uint32_t last)
{
    struct seen_range *x = at;
    for (uint32_t row = first; row <= last && x->result == 0; row++) {
        if (targets_definition(x->l->targets, row) != x->d)
            x->result = refuse(x->err, row, "is of another kind than what this line saw");
        else if (x->refutes && !called_absent(&x->l->state[row]))
            x->result = refuse(x->err, row, "was not called absent, as this line says");
    }
}

/* An absence that another account told of it is none. */
static void reopen(struct ledger *l, uint32_t row)
{
    struct target_state *s = &l->state[row];
    s->outcome = OUTCOME_UNPROVEN_ABSENT;
    s->from_start = 0;
    s->ended = 0;
    s->error = texts_keep(l->errors, "said to be absent to another account, and seen by this one");
    if (verifications_at(&l->verifications, row).verified != VERIFIED_NONE)
        verifications_put(&l->verifications, l->states, row, &(struct verification){0});
}

static void see_range(void *at, uint32_t first, uint32_t last)
{
    const struct seen_range *x = at;
    for (uint32_t row = first; row <= last; row++) {
        see(&x->l->state[row], x->eye, x->look);
        if (x->refutes)
            reopen(x->l, row);
    }
}

static void list_range(void *at, uint32_t first, uint32_t last)
{
    const struct ranges *x = at;
    for (uint32_t row = first; row <= last; row++) {
        row_set_add(x->l->listed, row);
        row_set_add(x->l->ever_listed, row);
    }
}

static void ignore_range(void *at, uint32_t first, uint32_t last)
{
    (void)at;
    (void)first;
    (void)last;
}

/* All or nothing: what is wrong in a range's text is found before anything changes. */
static int ranges_check(const char *text, uint32_t rows, struct error *err)
{
    if (*text && !row_ranges_parse(text, strlen(text), rows, ignore_range, NULL))
        return error_set(err, EXIT_DATA, "names rows that targets.csv does not have");
    return 0;
}

static void ranges_each(struct ledger *l, const char *text,
                        void (*each)(void *, uint32_t, uint32_t), struct ranges *x)
{
    if (*text)
        row_ranges_parse(text, strlen(text), l->states, each, x);
}

const char *ledger_digest(struct ledger *l, uint32_t rows)
{
    if (l->proven[0] == '\0' || l->proven_rows != rows) {
        targets_digest(l->targets, rows, l->proven);
        l->proven_rows = rows;
    }
    return l->proven;
}

static int check_digest(struct ledger *l, const struct record_open *o, struct error *err)
{
    if (strcmp(ledger_digest(l, o->targets), o->digest) != 0)
        return error_set(err, EXIT_DATA, "was written over other targets than targets.csv holds");
    return 0;
}

/* What was in flight when a run ended: before the eyes of the next one are opened. */
static void tries_close(struct ledger *l)
{
    for (uint32_t row = 0; row < l->states; row++) {
        if (l->state[row].open_try)
            may_have_applied(l, row);
        l->state[row].open_try = 0;
    }
}

static int apply_open(struct ledger *l, const struct record *r, struct error *err)
{
    const char *listed = r->open.listed ? r->open.listed : "";
    if (r->open.targets > l->states)
        return error_set(err, EXIT_DATA, "speaks of %lu targets, and targets.csv holds %lu",
                         (unsigned long)r->open.targets, (unsigned long)l->states);
    if (check_digest(l, &r->open, err) < 0 || ranges_check(listed, r->open.targets, err) < 0)
        return -1;
    tries_close(l);
    if (eyes_open(&l->eyes, r->open.eyes, err) < 0)
        return -1;
    row_set_free(l->listed);
    l->listed = row_set_new();
    if (!l->ever_listed)
        l->ever_listed = row_set_new();
    ranges_each(l, listed, list_range, &(struct ranges){.l = l});
    runs_open(&l->runs, r);
    l->slices.pace = (struct pace){0};
    slices_at(&l->slices, r->at_ms);
    return 0;
}

/* What a run's counts grew by happened since the last time they were told. */
static void apply_counts(struct ledger *l, int64_t at_ms, const struct record_counts *c)
{
    if (l->runs.count == 0)
        return;
    const struct request_counts more = runs_counts(&l->runs, c);
    struct slice *slice = slices_at(&l->slices, at_ms);
    slice->requests += (uint32_t)more.sent;
    slice->http_429 += (uint32_t)more.http_429;
}

static int apply_try(struct ledger *l, const struct record *r, struct error *err)
{
    if (r->try.rows) {
        struct ranges x = {.l = l, .check = check_announced, .err = err};
        if (ranges_check(r->try.rows, l->states, err) < 0)
            return -1;
        ranges_each(l, r->try.rows, check_range, &x);
        if (x.result < 0)
            return -1;
        ranges_each(l, r->try.rows, try_range, &x);
        apply_counts(l, r->at_ms, &r->try.counts);
        slices_rate(&l->slices, r->at_ms, r->try.rate);
        return 0;
    }
    if (r->try.row >= l->states)
        return refuse(err, r->try.row, "is not there");
    if (check_announced(l, r->try.row, err) < 0)
        return -1;
    struct target_state *s = &l->state[r->try.row];
    if (r->try.applied)
        may_have_applied(l, r->try.row);
    s->open_try = 1;
    s->ever = 1;
    s->status = clamp16(r->try.status);
    s->error = texts_keep(l->errors, r->try.error);
    if (s->ended < UINT16_MAX)
        s->ended++;
    count_attempt(s, 1);
    return 0;
}

static int check_identity(const struct ledger *l, uint32_t row, const char *account,
                          const char *provider, const char *kind, const char *name,
                          struct error *err)
{
    if (row >= l->states)
        return refuse(err, row, "is not there");
    const struct definition *d = targets_definition(l->targets, row);
    char id[ID_MAX + 1];
    targets_id(l->targets, row, id);
    if (strcmp(d->account ? d->account : "", account ? account : "") != 0 ||
        strcmp(d->provider, provider) != 0 || strcmp(d->kind, kind) != 0 || strcmp(id, name) != 0)
        return refuse(err, row, "is another target than this line names");
    return 0;
}

/* It is not there for the eye that asked, which never saw it and sent nothing that may have deleted
 * it: what another account saw or sent says nothing of this one's. */
static bool absent_from_start(const struct target_state *s)
{
    enum outcome o = (enum outcome)s->outcome;
    bool absent = o == OUTCOME_ALREADY_ABSENT || o == OUTCOME_UNPROVEN_ABSENT ||
                  (o == OUTCOME_ABSENT_AFTER_RETRY && s->applied);
    bool own_try = s->applied && s->applied_eye == s->end_eye;
    bool own_sight = s->seen_eye && s->seen_eye == s->end_eye;
    return absent && !own_try && !own_sight;
}

static int apply_end(struct ledger *l, const struct record *r, struct error *err)
{
    if (check_identity(l, r->end.row, r->end.account, r->end.provider, r->end.kind, r->end.id,
                       err) < 0)
        return -1;
    struct target_state *s = &l->state[r->end.row];
    if (outcome_done((enum outcome)s->outcome))
        return refuse(err, r->end.row, "ends again although it is done");
    s->outcome = (uint8_t)r->end.outcome;
    s->end_eye = ledger_eye_now(l, targets_definition(l->targets, r->end.row));
    s->status = clamp16(r->end.status);
    s->attempts = clamp16(r->end.attempts);
    s->finished_s = (uint32_t)(r->at_ms / 1000);
    s->finished_ms = (uint16_t)(r->at_ms % 1000);
    s->error = texts_keep(l->errors, r->end.error);
    if (r->end.applied)
        may_have_applied(l, r->end.row);
    s->open_try = 0;
    s->from_start = absent_from_start(s);
    struct slice *slice = slices_at(&l->slices, r->at_ms);
    if (outcome_failed(r->end.outcome)) {
        s->ended = 0;
        slice->failed++;
    }
    if (r->end.outcome != OUTCOME_NOT_ATTEMPTED)
        slice->finished++;
    l->latency[latency_bucket(r->end.ms)]++;
    return 0;
}

static int apply_verify(struct ledger *l, const struct record *r, struct error *err)
{
    if (r->verify.rows) {
        struct ranges x = {.l = l, .check = check_verified, .err = err};
        if (ranges_check(r->verify.rows, l->states, err) < 0)
            return -1;
        ranges_each(l, r->verify.rows, check_range, &x);
        if (x.result < 0)
            return -1;
        apply_counts(l, r->at_ms, &r->verify.counts);
        slices_rate(&l->slices, r->at_ms, r->verify.rate);
        return 0;
    }
    uint32_t row = r->verify.row;
    if (check_identity(l, row, r->verify.account, r->verify.provider, r->verify.kind, r->verify.id,
                       err) < 0 ||
        check_verified(l, row, err) < 0)
        return -1;
    const struct verification found = {.verified = r->verify.verified,
                                       .status = r->verify.status,
                                       .at_ms = r->at_ms,
                                       .error = texts_keep(l->errors, r->verify.error)};
    verifications_put(&l->verifications, l->states, row, &found);
    return 0;
}

static int apply_seen(struct ledger *l, const struct record *r, struct error *err)
{
    uint16_t eye = eyes_now(&l->eyes, r->seen.provider, r->seen.kind);
    if (!eye)
        return error_set(err, EXIT_DATA, "was seen by an eye that its run does not name");
    if (ranges_check(r->seen.rows, l->states, err) < 0)
        return -1;
    eye = eyes_name(&l->eyes, eye, r->seen.account);
    if (!*r->seen.rows)
        return 0;
    struct seen_range x = {
        .l = l,
        .d = catalog_shown(targets_catalog(l->targets), r->seen.provider, r->seen.kind),
        .eye = eye,
        .look = r->seen.look,
        .refutes = r->seen.refutes,
        .err = err};
    row_ranges_parse(r->seen.rows, strlen(r->seen.rows), l->states, check_seen_range, &x);
    if (x.result < 0)
        return -1;
    row_ranges_parse(r->seen.rows, strlen(r->seen.rows), l->states, see_range, &x);
    eyes_saw(&l->eyes, eye, r->seen.look);
    return 0;
}

static int apply_rotate(struct ledger *l, const struct record *r, struct error *err)
{
    uint32_t row = r->rotate.row;
    if (row >= l->states)
        return refuse(err, row, "is not there");
    if (check_announced(l, row, err) < 0)
        return -1;
    if (!rotation_follows(rotations_at(&l->rotations, row), r->rotate.step, r->rotate.marker,
                          r->rotate.successor))
        return refuse(err, row, "is rotated in another order than create, created, delivered");
    rotations_put(&l->rotations, l->states, row, r->rotate.step, r->rotate.marker,
                  r->rotate.successor);
    return 0;
}

static int apply_close(struct ledger *l, const struct record *r, struct error *err)
{
    const char *unsent = r->close.unsent ? r->close.unsent : "";
    if (ranges_check(unsent, l->states, err) < 0)
        return -1;
    ranges_each(l, unsent, unsent_range, &(struct ranges){.l = l});
    apply_counts(l, r->at_ms, &r->close.counts);
    l->slices.pace = (struct pace){0};
    runs_close(&l->runs, r);
    return 0;
}

int ledger_apply(struct ledger *l, const struct record *r, struct error *err)
{
    states_grow(l);
    switch (r->type) {
    case RECORD_OPEN:
        return apply_open(l, r, err);
    case RECORD_TRY:
        return apply_try(l, r, err);
    case RECORD_END:
        return apply_end(l, r, err);
    case RECORD_SEEN:
        return apply_seen(l, r, err);
    case RECORD_VERIFY:
        return apply_verify(l, r, err);
    case RECORD_ROTATE:
        return apply_rotate(l, r, err);
    case RECORD_PACE:
        apply_counts(l, r->at_ms, &r->pace.counts);
        slices_pace(&l->slices, r->at_ms, r->pace.pace);
        return 0;
    case RECORD_HOLD:
        holds_add(&l->holds, r);
        return 0;
    case RECORD_CLOSE:
        return apply_close(l, r, err);
    }
    return error_set(err, EXIT_DATA, "is no record");
}

struct target_state ledger_state(const struct ledger *l, uint32_t row)
{
    return row < l->states ? l->state[row] : (struct target_state){0};
}

const char *ledger_error(const struct ledger *l, uint32_t row)
{
    return row < l->states ? texts_at(l->errors, l->state[row].error) : "";
}

uint16_t ledger_eye_now(const struct ledger *l, const struct definition *d)
{
    return eyes_now(&l->eyes, d->shown, d->kind);
}

const struct eye *ledger_eye(const struct ledger *l, uint16_t eye)
{
    return eyes_at(&l->eyes, eye);
}

uint16_t ledger_eyes(const struct ledger *l)
{
    return (uint16_t)l->eyes.count;
}

struct verification ledger_verification(const struct ledger *l, uint32_t row)
{
    return verifications_at(&l->verifications, row);
}

const char *ledger_verification_error(const struct ledger *l, uint32_t row)
{
    return texts_at(l->errors, verifications_at(&l->verifications, row).error);
}

const struct rotation *ledger_rotation(const struct ledger *l, uint32_t row)
{
    return rotations_at(&l->rotations, row);
}

bool ledger_listed(const struct ledger *l, uint32_t row)
{
    return !l->listed || row_set_has(l->listed, row);
}

bool ledger_dropped(const struct ledger *l, uint32_t row)
{
    return l->listed && row_set_has(l->ever_listed, row) && !row_set_has(l->listed, row);
}

enum outcome ledger_outcome(const struct ledger *l, uint32_t row)
{
    enum outcome o = (enum outcome)ledger_state(l, row).outcome;
    return o == OUTCOME_NONE ? OUTCOME_NOT_ATTEMPTED : o;
}

size_t ledger_runs(const struct ledger *l)
{
    return l->runs.count;
}

const struct run_facts *ledger_run(const struct ledger *l, size_t i)
{
    return &l->runs.run[i];
}

struct request_counts ledger_requests(const struct ledger *l)
{
    return runs_requests(&l->runs);
}

size_t ledger_holds(const struct ledger *l)
{
    return l->holds.count;
}

const struct hold_facts *ledger_hold(const struct ledger *l, size_t i)
{
    return &l->holds.told[i];
}

int64_t ledger_hold_until(const struct ledger *l, const char *pair)
{
    return holds_until(&l->holds, pair);
}

int64_t ledger_hold_left_ms(const struct ledger *l, const char *pair, int64_t now_ms)
{
    return holds_left_ms(&l->holds, pair, now_ms);
}

int64_t ledger_slice_ms(const struct ledger *l)
{
    return l->slices.width_ms;
}

size_t ledger_slices(const struct ledger *l)
{
    return l->slices.used;
}

const struct slice *ledger_slice(const struct ledger *l, size_t i)
{
    return &l->slices.slice[i];
}

const uint64_t *ledger_latency(const struct ledger *l)
{
    return l->latency;
}

size_t ledger_memory(const struct ledger *l)
{
    size_t bytes = sizeof *l + l->states * sizeof *l->state + texts_memory(l->errors) +
                   runs_memory(&l->runs) + verifications_memory(&l->verifications) +
                   rotations_memory(&l->rotations) + eyes_memory(&l->eyes);
    if (l->listed)
        bytes += 2 * ((size_t)l->states / 8);
    return bytes;
}
