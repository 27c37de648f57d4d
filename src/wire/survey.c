#include "wire/survey.h"

#include "base/mem.h"
#include "journal/evidence.h"
#include "provider/own_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct definition *definition_of(const struct survey *s)
{
    return s->endpoint->definition;
}

static const struct work *work_of(const struct survey *s)
{
    return &s->wire->session->work;
}

/* Puts a `seen` record where the run names its eye. */
static void put_seen(const struct survey *s, const struct record *what)
{
    const struct definition *d = definition_of(s);
    if (!ledger_eye_now(work_of(s)->ledger, d))
        return;
    struct record record = *what;
    record.type = RECORD_SEEN;
    record.seen.provider = d->shown;
    record.seen.kind = d->kind;
    session_put(s->wire->session, &record);
}

static void put_rows(const struct survey *s, const struct row_set *seen, bool refutes)
{
    struct buf rows = {0};
    row_set_print(seen, &rows);
    put_seen(s, &(struct record){
                    .seen = {.look = s->look, .rows = buf_text(&rows), .refutes = refutes}});
    buf_free(&rows);
}

static bool is_foreign(const struct survey *s, const struct sight *eye, uint32_t row)
{
    const struct work *w = work_of(s);
    if (targets_definition(w->targets, row) != definition_of(s) || !row_set_has(w->listed, row))
        return false;
    const struct target_state st = ledger_state(w->ledger, row);
    return evidence_foreign_absence(eye, &st);
}

/* Those that are there although another account called them absent. */
static void refute(struct survey *s)
{
    const struct work *w = work_of(s);
    const struct definition *d = definition_of(s);
    const struct sight eye = evidence_sight(w->ledger, d);
    struct row_set *rows = row_set_new();
    uint32_t count;
    const uint32_t *own = session_rows(s->wire->session, d, &count);
    for (uint32_t i = 0; i < count; i++)
        if (row_set_has(s->seen, own[i]) && is_foreign(s, &eye, own[i]))
            row_set_add(rows, own[i]);
    s->refuted = row_set_size(rows);
    if (s->refuted) {
        put_rows(s, rows, true);
        session_tell(s->wire->session, "",
                     "%s %s: %lu that another account found absent %s there for this one, and not "
                     "done: the same command again carries on with them",
                     d->shown, d->kind, (unsigned long)s->refuted, s->refuted == 1 ? "is" : "are");
    }
    row_set_free(rows);
}

static void finish(struct survey *s, enum survey_found found)
{
    if (s->seen && row_set_size(s->seen)) {
        put_rows(s, s->seen, false);
        if (s->foreign)
            refute(s);
    }
    s->found = found;
    s->over(s->at, s);
}

static void nothing_seen(struct survey *s)
{
    const struct definition *d = definition_of(s);
    char number[32];
    snprintf(number, sizeof number, "%lu", (unsigned long)s->rows);
    snprintf(s->reason, sizeof s->reason,
             "%s %s: none of the %s targets that were looked for is there for this account: check "
             "the account, the workspace, the URL, and one key that is known to live",
             d->shown, d->kind, s->rows ? number : "listed");
    finish(s, SURVEY_NONE);
}

static void cannot_look(struct survey *s, const char *why)
{
    const struct definition *d = definition_of(s);
    snprintf(s->reason, sizeof s->reason, "%s %s: cannot look before: %.200s", d->shown, d->kind,
             why);
    finish(s, SURVEY_BLIND);
}

/* ---- the list ---- */

static void list_next(struct survey *s);

static void take_list(struct survey *s)
{
    const struct work *w = work_of(s);
    const struct definition *d = definition_of(s);
    const char *scope = s->scope[s->scope_at];
    for (size_t i = 0; i < keylist_count(s->lister.keys); i++) {
        const char *id = keylist_id(s->lister.keys, i);
        uint32_t row = targets_find(w->targets, d, id, strlen(id), scope);
        if (row != UINT32_MAX && row_set_has(w->listed, row))
            row_set_add(s->seen, row);
    }
    for (uint32_t i = 0; i < s->rows && !d->list.partial; i++)
        if (strcmp(targets_scope(w->targets, s->row[i]), scope) == 0 &&
            !row_set_has(s->seen, s->row[i]))
            row_set_add(s->missing, s->row[i]);
}

static void read_next(struct survey *s);

/* A read each is fewer requests, or all that is left to try; should they tell nothing, a list that
 * was only too long is read whole all the same. */
static void read_instead(struct survey *s, bool too_long)
{
    row_set_free(s->seen);
    row_set_free(s->missing);
    s->seen = row_set_new();
    s->missing = row_set_new();
    s->lengthy = true;
    s->listed = !too_long;
    s->scope_at = 0;
    s->look = LOOK_READ;
    read_next(s);
}

static void on_list(void *at, struct lister *l)
{
    struct survey *s = at;
    char why[200];
    bool failed = l->failed;
    if (failed && s->all && definition_of(s)->read.method && !s->lengthy && !s->blind) {
        read_instead(s, l->given_up);
        return;
    }
    s->pages += l->pages;
    snprintf(why, sizeof why, "%.199s", l->error.text);
    if (!failed)
        take_list(s);
    if (!failed && s->scope_at + 1 == s->scopes)
        s->blind = false;
    s->scope_at++;
    if (!failed && s->scope_at < s->scopes && (s->all || !row_set_size(s->seen))) {
        list_next(s);
        return;
    }
    if (row_set_size(s->seen))
        finish(s, SURVEY_SEEN);
    else if (failed && (s->blind || !s->absent))
        cannot_look(s, why);
    else
        nothing_seen(s);
}

static void list_next(struct survey *s)
{
    const bool reads = definition_of(s)->read.method && s->all && !s->lengthy;
    const size_t others = s->pages + s->scopes - s->scope_at - 1;
    const size_t worth = s->rows > others ? s->rows - others : 1;
    lister_end(&s->lister);
    s->lister = (struct lister){.wire = s->wire,
                                .endpoint = s->endpoint,
                                .scope = s->scope[s->scope_at],
                                .done = on_list,
                                .at = s,
                                .worth = reads ? worth : 0,
                                .worth_untold = s->rows > SURVEY_ONE_PAGE ? (worth + 1) / 2 : 1};
    lister_begin(&s->lister);
}

/* Reads told nothing, or there is no way to make them. */
static void list_or(struct survey *s, const char *why)
{
    if (definition_of(s)->list.request.method && !s->listed) {
        s->listed = true;
        s->look = LOOK_LIST;
        list_next(s);
    } else if (s->absent && !s->blind) {
        nothing_seen(s);
    } else {
        cannot_look(s, why);
    }
}

/* ---- reads ---- */

static void judge(void *at, const struct answer *a, struct verdict *v)
{
    const struct survey_read *r = at;
    const struct definition *d = definition_of(r->survey);
    verdict_of(&(struct question){.d = d, .asked = ASKED_TARGET, .request = &d->read, .id = r->id},
               a, v);
    if (v->kind == VERDICT_STOP) { /* this read may be forbidden where a deletion is not */
        v->kind = VERDICT_END;
        v->verified = VERIFIED_UNPROVEN;
    }
}

static void on_read(void *at, struct read *read)
{
    struct survey_read *r = at;
    struct survey *s = r->survey;
    char why[200];
    bool ended = read->verdict.kind == VERDICT_END;
    snprintf(why, sizeof why, "%.199s", read->verdict.reason);
    s->under_way--;
    if (ended && read->verdict.verified == VERIFIED_PRESENT) {
        row_set_add(s->seen, r->row);
    } else if (ended && read->verdict.verified == VERIFIED_ABSENT) {
        s->absent++;
        row_set_add(s->missing, r->row);
    } else {
        s->blind = true;
    }
    bool enough = s->all ? s->blind && !row_set_size(s->seen) : s->blind || row_set_size(s->seen);
    if (!enough)
        read_next(s);
    if (s->under_way)
        return;
    if (row_set_size(s->seen))
        finish(s, SURVEY_SEEN);
    else
        list_or(s, why);
}

/* Keeps as many under way as may be. */
static void read_next(struct survey *s)
{
    unsigned most = s->all ? SURVEY_AT_ONCE : 1;
    const struct work *w = work_of(s);
    for (unsigned i = 0; i < most && s->next < s->rows; i++) {
        struct survey_read *r = &s->slot[i];
        if (r->read.wire)
            continue;
        r->survey = s;
        r->row = s->row[s->next++];
        targets_id(w->targets, r->row, r->id);
        r->read = (struct read){.endpoint = s->endpoint,
                                .request = &definition_of(s)->read,
                                .id = r->id,
                                .scope = targets_scope(w->targets, r->row),
                                .most = READ_ATTEMPTS,
                                .what = "look",
                                .judge = judge,
                                .done = on_read,
                                .at = r};
        s->under_way++;
        read_begin(&r->read, s->wire);
    }
}

/* ---- what there is to look at ---- */

static void keep_scope(struct survey *s, const char *scope)
{
    for (size_t i = 0; i < s->scopes; i++)
        if (strcmp(s->scope[i], scope) == 0)
            return;
    s->scope = mem_resize(s->scope, s->scopes + 1, sizeof *s->scope);
    s->scope[s->scopes++] = scope;
}

static void add_row(struct survey *s, uint32_t row)
{
    if (s->rows == s->row_cap) {
        s->row_cap = s->row_cap ? s->row_cap * 2 : 64;
        s->row = mem_resize(s->row, s->row_cap, sizeof *s->row);
    }
    s->row[s->rows++] = row;
    keep_scope(s, targets_scope(work_of(s)->targets, row));
}

/* Evenly over all of them, the first and the last among them. */
static void spread(struct survey *s)
{
    if (s->each || s->rows <= SURVEY_SPREAD)
        return;
    for (uint32_t i = 0; i < SURVEY_SPREAD; i++)
        s->row[i] = s->row[(uint64_t)i * (s->rows - 1) / (SURVEY_SPREAD - 1)];
    s->rows = SURVEY_SPREAD;
}

/* Of what is left, where one of it, or each, must be seen. */
static void collect_left(struct survey *s, const struct sight *eye)
{
    const struct work *w = work_of(s);
    uint32_t count;
    const uint32_t *rows = session_rows(s->wire->session, definition_of(s), &count);
    for (uint32_t i = 0; i < count; i++) {
        struct target_state st = ledger_state(w->ledger, rows[i]);
        if (row_set_has(w->listed, rows[i]) && !outcome_done((enum outcome)st.outcome) &&
            !(s->each ? evidence_seen(eye, &st) : eye->control))
            add_row(s, rows[i]);
    }
    if (definition_of(s)->read.method)
        spread(s);
}

static void collect_foreign(struct survey *s, const struct sight *eye)
{
    const struct settings *settings = work_of(s)->settings;
    if (settings->action == ACTION_ROTATE || settings_expect_absent(settings, definition_of(s)))
        return;
    uint32_t count;
    const uint32_t *rows = session_rows(s->wire->session, definition_of(s), &count);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_foreign(s, eye, rows[i]))
            continue;
        s->foreign++;
        add_row(s, rows[i]);
    }
}

static void decide(struct survey *s)
{
    const struct settings *settings = work_of(s)->settings;
    const struct definition *d = definition_of(s);
    struct sight eye = evidence_sight(work_of(s)->ledger, d);
    s->each = settings->action == ACTION_DELETE && d->absent != ABSENT_GONE;
    if (s->act && eye.eye) {
        bool looks = settings->preflight || settings->verify || s->each;
        if (looks)
            collect_left(s, &eye);
        collect_foreign(s, &eye);
    }
    s->all = s->each || s->foreign;
    if (!s->rows) {
        finish(s, s->act && !eye.control ? SURVEY_BLIND : SURVEY_SEEN);
        return;
    }
    bool list = d->list.request.method != NULL;
    s->look = LOOK_READ;
    if (!d->read.method || (s->all && list && s->rows > SURVEY_SPREAD))
        list_or(s, "its definition has neither a read nor a list");
    else
        read_next(s);
}

/* ---- whose keys these are ---- */

static void take_account(struct survey *s, const char *id)
{
    if (*id)
        put_seen(s, &(struct record){.seen = {.account = id, .look = LOOK_READ, .rows = ""}});
    decide(s);
}

static void on_account(void *at, struct read *r)
{
    struct survey *s = at;
    char *id = s->account_id;
    if (r->verdict.good && r->answer)
        account_of_body(definition_of(s), r->answer->answer.body, r->answer->answer.body_len, id);
    s->told = true;
    take_account(s, id);
    for (struct survey *x = s->first_like; x; x = x->next_like)
        take_account(x, id);
}

static bool same_texts(char *const *a, char *const *b)
{
    for (; a && b && *a && *b; a++, b++)
        if (strcmp(*a, *b) != 0)
            return false;
    return a && b && !*a && !*b;
}

bool survey_alike(const struct endpoint *a, const struct endpoint *b)
{
    const struct definition *d = a->definition, *e = b->definition;
    const struct request *x = &d->account_read, *y = &e->account_read;
    return strcmp(d->shown, e->shown) == 0 && x->method && y->method &&
           strcmp(x->method, y->method) == 0 && strcmp(x->path, y->path) == 0 && !x->body &&
           !y->body && strcmp(endpoint_url(a), endpoint_url(b)) == 0 &&
           same_texts(d->headers, e->headers) &&
           same_texts(d->account_pointers, e->account_pointers);
}

/* Secrets that the journal knows are those of the account that it knows. */
static bool wants_account(const struct survey *s)
{
    const struct work *w = work_of(s);
    const struct definition *d = definition_of(s);
    const struct eye *eye = ledger_eye(w->ledger, ledger_eye_now(w->ledger, d));
    return d->account_read.method && eye && !*eye->id &&
           (w->settings->preflight || w->settings->verify || !s->act || d->absent != ABSENT_GONE);
}

void survey_begin(struct survey *s)
{
    s->seen = row_set_new();
    s->missing = row_set_new();
    if (!wants_account(s)) {
        decide(s);
        return;
    }
    if (s->like && s->like->told) {
        take_account(s, s->like->account_id);
        return;
    }
    if (s->like && s->like->account.wire) {
        s->next_like = s->like->first_like;
        s->like->first_like = s;
        return;
    }
    s->account = (struct read){.endpoint = s->endpoint,
                               .request = &definition_of(s)->account_read,
                               .scope = "",
                               .most = READ_ATTEMPTS,
                               .what = "account",
                               .done = on_account,
                               .at = s};
    read_begin(&s->account, s->wire);
}

bool survey_left_open(const struct survey *s)
{
    return s->foreign && (s->blind || s->found == SURVEY_BLIND);
}

bool survey_missed(const struct survey *s, uint32_t row)
{
    return s->missing && row_set_has(s->missing, row) && !row_set_has(s->seen, row);
}

void survey_end(struct survey *s)
{
    for (size_t i = 0; i < SURVEY_AT_ONCE; i++)
        read_drop(&s->slot[i].read);
    read_drop(&s->account);
    lister_end(&s->lister);
    row_set_free(s->seen);
    row_set_free(s->missing);
    free(s->row);
    free(s->scope);
    *s = (struct survey){0};
}

const char *survey_words(const struct settings *s, const struct definition *d)
{
    bool each = s->action == ACTION_DELETE && d->absent != ABSENT_GONE;
    if (!d->read.method && !d->list.request.method)
        return "cannot look before: no more than 20 until one was seen";
    if (!each && !s->preflight)
        return "does not look before: no more than 20 until one was seen";
    if (!each)
        return d->read.method ? "looks at up to 20, then deletes" : "reads the list, then deletes";
    return d->read.method
               ? "looks at each (or reads the list), deletes one and looks again, then the others"
               : "reads the list, deletes one and looks again, then the others";
}
