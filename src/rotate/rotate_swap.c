/* Once the secret is handed over: the successor gets its name, and the old key goes. */

#include "rotate/rotate_swap.h"

#include "provider/condition.h"
#include "rotate/rotate_mark.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Renaming */

static void judge_successor(struct turn *t, const struct answer *a)
{
    turn_judge(t, (struct question){.asked = ASKED_TARGET, .id = t->successor}, a);
}

static void judge_rename(struct turn *t, const struct answer *a)
{
    turn_judge(t, (struct question){.action = ACTION_ROTATE, .id = t->successor}, a);
}

/* The name in the last answer; NULL: it has none. */
static const char *name_shown(const struct turn *t)
{
    const struct rotate_rule *rule = &t->rotor->d->rotate;
    size_t i = 0;
    while (strcmp(rule->field[i].name, rule->name) != 0)
        i++;
    return json_string_value(pointer_get(t->json, rule->field[i].pointer));
}

/* Where the marker begins; NULL: it is not in it. */
static const char *mark_in(const struct turn *t, const char *name)
{
    struct buf mark = {0};
    mark_put(&mark, t->marker);
    const char *at = strstr(name, buf_text(&mark));
    buf_free(&mark);
    return at;
}

static void after_rename(struct turn *t)
{
    const struct verdict *v = &t->verdict;
    const char *now = name_shown(t);
    t->state.renamed = now && !mark_in(t, now);
    t->phase = TURN_NEXT;
    if (v->kind != VERDICT_END || v->outcome != OUTCOME_ROTATED)
        turn_fail(t, OUTCOME_FAILED, "its successor was not renamed", v->reason);
    else if (!t->state.renamed)
        turn_fail(t, OUTCOME_UNCONFIRMED, "its successor was not renamed",
                  "the answer does not show its new name");
}

static void after_read(struct turn *t)
{
    static const struct asking asking = {judge_rename, turn_more, after_rename};
    const struct rotate_rule *rule = &t->rotor->d->rotate;
    if (t->verdict.kind != VERDICT_END || t->verdict.verified != VERIFIED_PRESENT) {
        turn_fail(t, OUTCOME_FAILED, "its successor is not there",
                  *t->verdict.reason ? t->verdict.reason : "it is gone");
        return;
    }
    const char *other = turn_differs(t);
    if (turn_is_off(t) || other) {
        char why[120] = "its successor is disabled";
        if (other)
            snprintf(why, sizeof why, "its successor's %.60s is not the old key's", other);
        turn_fail(t, OUTCOME_FAILED, "the old key is untouched", why);
        return;
    }
    const char *now = name_shown(t), *mark = now ? mark_in(t, now) : NULL;
    if (!mark) {
        t->state.renamed = true;
        t->phase = TURN_NEXT;
        return;
    }
    json_t *fields = json_object();
    json_object_set_new(fields, rule->name, json_stringn(now, (size_t)(mark - now)));
    turn_ask(t, &asking, &rule->rename, t->successor, json_dumps(fields, JSON_COMPACT));
    json_decref(fields);
}

/* The successor's own word for its name, less the marker: good also where the process that made it
 * is gone. That it is there at all is what allows the old one to be deleted. */
void turn_rename(struct turn *t)
{
    static const struct asking asking = {judge_successor, turn_more, after_read};
    turn_ask(t, &asking, &t->rotor->d->read, t->successor, NULL);
}

/* Deleting the old one */

static void judge_delete(struct turn *t, const struct answer *a)
{
    bool applied = ledger_state(t->rotor->session.work.ledger, t->row).applied;
    turn_judge(t, (struct question){.id = t->id, .applied_before = applied}, a);
}

static bool announce_again(struct turn *t)
{
    struct rotor *r = t->rotor;
    struct target_state st = ledger_state(r->session.work.ledger, t->row);
    if (st.ended + 1u >= r->session.work.settings->max_attempts)
        return false;
    struct record record = {.type = RECORD_TRY,
                            .try = {.row = t->row,
                                    .attempts = st.attempts,
                                    .status = t->status,
                                    .applied = t->verdict.may_have_applied,
                                    .error = t->verdict.reason}};
    session_put(&r->session, &record);
    return true;
}

static void after_delete(struct turn *t)
{
    const struct verdict *v = &t->verdict;
    if (v->kind == VERDICT_END && v->outcome == OUTCOME_ALREADY_ABSENT)
        turn_fail(t, OUTCOME_UNPROVEN_ABSENT, "rotated, but the old key",
                  "was there, and its deletion says that it is not");
    else if (v->kind == VERDICT_END && outcome_done(v->outcome))
        turn_end(t, OUTCOME_ROTATED, "");
    else
        turn_fail(t, v->kind == VERDICT_END ? v->outcome : OUTCOME_FAILED,
                  "rotated, but the old key could not be deleted", v->reason);
}

void turn_delete(struct turn *t)
{
    static const struct asking asking = {judge_delete, announce_again, after_delete};
    const struct rotor *r = t->rotor;
    const struct request *request = &r->d->action[ACTION_DELETE];
    struct buf body = {0};
    bool has =
        request_body(r->d, request, t->id, targets_scope(r->session.work.targets, t->row), &body);
    turn_ask(t, &asking, request, t->id, has ? mem_string(buf_text(&body)) : NULL);
    buf_free(&body);
}
