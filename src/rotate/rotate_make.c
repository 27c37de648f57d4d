/* From the old key's settings to a successor that is in the journal. */

#include "rotate/rotate_make.h"

#include "provider/condition.h"
#include "provider/identifier.h"
#include "provider/own_id.h"
#include "rotate/rotate_mark.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reading the old one */

static void judge_read(struct turn *t, const struct answer *a)
{
    turn_judge(t, (struct question){.asked = ASKED_TARGET, .id = t->id}, a);
}

static void keep_settings(struct turn *t)
{
    const struct rotate_rule *rule = &t->rotor->d->rotate;
    json_decref(t->settings);
    t->settings = json_object();
    for (size_t i = 0; i < rule->field_count; i++) {
        json_t *value = pointer_get(t->json, rule->field[i].pointer);
        if (value)
            json_object_set(t->settings, rule->field[i].name, value);
    }
    const char *name = json_string_value(json_object_get(t->settings, rule->name));
    size_t len = name ? mark_unmarked(name) : 0;
    json_object_set_new(t->settings, rule->name,
                        len ? json_stringn(name, len) : json_string("rotated"));
    t->state.settings = true;
}

static void after_read(struct turn *t)
{
    const struct verdict *v = &t->verdict;
    if (v->kind == VERDICT_END && v->verified == VERIFIED_PRESENT) {
        keep_settings(t);
        t->phase = TURN_NEXT;
    } else if (v->kind == VERDICT_END && v->verified == VERIFIED_ABSENT &&
               t->state.step == ROTATION_DELIVERED) {
        t->state.settings = true; /* an earlier process deleted it, or somebody else did */
        t->phase = TURN_NEXT;
    } else if (v->kind == VERDICT_END && v->verified == VERIFIED_ABSENT) {
        turn_end(t, OUTCOME_ALREADY_ABSENT, "");
    } else {
        turn_fail(t,
                  v->outcome == OUTCOME_UNPROVEN_ABSENT ? OUTCOME_UNPROVEN_ABSENT : OUTCOME_FAILED,
                  "reading its settings", v->reason);
    }
}

void turn_read(struct turn *t)
{
    static const struct asking asking = {judge_read, turn_more, after_read};
    turn_ask(t, &asking, &t->rotor->d->read, t->id, NULL);
}

/* Creating */

void turn_intend(struct turn *t)
{
    if (mark_new(t->marker) == 0) {
        t->fresh = true;
        turn_journal(t, ROTATION_CREATE);
        return;
    }
    t->phase = TURN_OVER;
    session_stop(&t->rotor->session, EXIT_STOPPED, "the system gives no random bytes");
}

const char *turn_name(const struct turn *t)
{
    return json_string_value(json_object_get(t->settings, t->rotor->d->rotate.name));
}

static char *creation_body(const struct turn *t)
{
    struct buf name = {0};
    json_t *body = json_object(), *value;
    const char *field;
    json_object_foreach(t->settings, field, value)
    {
        if (!json_is_null(value))
            json_object_set(body, field, value);
    }
    buf_puts(&name, turn_name(t));
    mark_put(&name, t->marker);
    json_object_set_new(body, t->rotor->d->rotate.name, json_string(buf_text(&name)));
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    buf_free(&name);
    return text;
}

static bool take_id(struct turn *t)
{
    const struct definition *d = t->rotor->d;
    const char *id = json_string_value(pointer_get(t->json, d->rotate.id));
    char canonical[ID_MAX + 1], why[ID_REASON];
    t->successor[0] = '\0';
    if (!id || identifier_canonical(d, id, strlen(id), canonical, why) <= 0 ||
        strcmp(canonical, t->id) == 0 || turn_knows(t, canonical))
        return false;
    memcpy(t->successor, canonical, sizeof t->successor);
    return true;
}

static const char *secret_of(const struct turn *t)
{
    const char *key = json_string_value(pointer_get(t->json, t->rotor->d->rotate.secret));
    return key && *key && strlen(key) < SECRET_MAX ? key : NULL;
}

/* Then it is not to be known which key was made, and none may be deleted by the id told. */
static bool secret_of_another(const struct turn *t)
{
    const char *key = secret_of(t);
    char own[ID_MAX + 1];
    return key && own_id_of_secret(t->rotor->d, key, own) > 0 && strcmp(own, t->successor) != 0;
}

static void take_secret(struct turn *t)
{
    const char *key = secret_of(t);
    if (key)
        strcpy(t->secret, key);
    t->state.secret = key != NULL;
}

static void judge_create(struct turn *t, const struct answer *a)
{
    bool has_id = take_id(t) && !secret_of_another(t);
    if (!has_id)
        t->successor[0] = '\0';
    t->state.lost |= a->sends > 1; /* libcurl's own re-send: the first one may have made another */
    const char *id = has_id ? t->successor : t->id;
    turn_judge(t, (struct question){.action = ACTION_ROTATE, .id = id}, a);
    if (t->verdict.kind == VERDICT_END && t->verdict.outcome == OUTCOME_ROTATED && !has_id)
        t->verdict.outcome = OUTCOME_UNCONFIRMED;
    if (t->verdict.outcome == OUTCOME_UNCONFIRMED) /* the body may hold a secret */
        snprintf(t->verdict.reason, sizeof t->verdict.reason, "%d, and no new key in the answer",
                 a->status);
}

/* Times have more than one spelling. */
static bool same_value(json_t *asked, json_t *got)
{
    if (json_is_number(asked) && json_is_number(got)) {
        double a = json_number_value(asked), b = json_number_value(got);
        return !(a < b) && !(a > b);
    }
    if (json_equal(asked, got))
        return true;
    int64_t a = json_is_string(asked) ? clock_parse(json_string_value(asked)) : -1;
    return a >= 0 && json_is_string(got) && clock_parse(json_string_value(got)) == a;
}

/* The member that the new key does not have as the old one had it; NULL: all are alike. Only of a
 * place is null not a value of its own: it is the default one, which the new key names. */
static const char *differs(const struct turn *t)
{
    const struct rotate_rule *rule = &t->rotor->d->rotate;
    const char *place = t->rotor->d->list.each;
    for (size_t i = 0; i < rule->field_count; i++) {
        const char *name = rule->field[i].name;
        json_t *got = pointer_get(t->json, rule->field[i].pointer);
        json_t *asked = json_object_get(t->settings, name);
        if (!asked || !got || strcmp(name, rule->name) == 0 ||
            (json_is_null(asked) && place && strcmp(name, place) == 0))
            continue;
        if (!same_value(asked, got))
            return name;
    }
    return NULL;
}

bool turn_is_off(const struct turn *t)
{
    const struct definition *d = t->rotor->d;
    const struct conditions *off = &d->action[ACTION_DISABLE].confirm;
    return off->count && conditions_met(off, t->json, t->successor, d->id.lower);
}

const char *turn_differs(const struct turn *t)
{
    return t->state.settings ? differs(t) : NULL;
}

static void created(struct turn *t)
{
    take_secret(t);
    const char *other = differs(t);
    if (!other && turn_is_off(t))
        other = "being enabled";
    if (other || !t->state.secret) {
        char why[120];
        snprintf(why, sizeof why, other ? "its %.60s is not that of the old key" : "%s",
                 other ? other : "the answer has no secret");
        turn_forget_secret(t);
        turn_give_up(t, "its successor was removed again", why);
    }
    turn_journal(t, ROTATION_CREATED);
}

static void after_create(struct turn *t)
{
    const struct verdict *v = &t->verdict;
    bool made = v->kind == VERDICT_END && v->outcome == OUTCOME_ROTATED;
    if (made)
        created(t);
    json_decref(t->json); /* it has the secret */
    t->json = NULL;
    if (made)
        return;
    t->state.lost |= v->may_have_applied;
    t->state.late |= t->state.lost;
    t->creation_due_us = turn_backoff(t, &t->creation_backoff_ms);
    t->phase = TURN_NEXT;
    char status[16];
    snprintf(status, sizeof status, "%u", t->status);
    if (v->kind != VERDICT_RETRY || ++t->creations >= t->rotor->session.work.settings->max_attempts)
        turn_give_up(t, "creating its successor", *v->reason ? v->reason : status);
}

/* Never asked again as it is: what was lost is looked for first. */
void turn_create(struct turn *t)
{
    static const struct asking asking = {judge_create, NULL, after_create};
    turn_ask(t, &asking, &t->rotor->d->rotate.create, "", creation_body(t));
    t->due_us = t->creation_due_us;
}
