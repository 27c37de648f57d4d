/* The steps of one rotation. Each makes what it needs safe before it acts; which one is next is in
 * rotate_steps.c. */

#include "engine/rotate_target.h"

#include "engine/lister.h"
#include "provider/condition.h"
#include "provider/identifier.h"
#include "provider/request.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

typedef void judging(struct turn *t, const struct answer *a);

struct asking {
    struct turn *turn;
    const char *id;
    judging *judge;
};

static void count(struct rotor *r, const struct answer *a)
{
    struct record_counts *c = &r->counts;
    c->sent += a->sends;
    r->sent += a->sends;
    if (a->transport != TRANSPORT_WHOLE)
        c->network_errors++;
    else if (a->status == 429)
        c->http_429++, r->http_429++;
    else if (a->status >= 500)
        c->http_5xx++;
}

static void take(void *at, const struct http_answer *a, const struct hint *hint)
{
    const struct asking *asking = at;
    struct turn *t = asking->turn;
    t->status = (unsigned)a->answer.status;
    t->ms = (unsigned)(a->took_us / 1000);
    json_decref(t->json);
    t->json = a->answer.transport == TRANSPORT_WHOLE && !a->answer.body_clipped
                  ? body_parse(a->answer.body, a->answer.body_len)
                  : NULL;
    asking->judge(t, &a->answer);
    count(t->rotor, &a->answer);
    if (hint->wait_us > 0)
        rotor_hold(t->rotor, a->answer.status, hint);
}

/* One request, held back as long as it is refused for its rate. False: the run stops. */
static bool ask(struct turn *t, const struct request *request, const char *id, const char *body,
                judging *judge, int64_t due_us)
{
    struct rotor *r = t->rotor;
    struct error err;
    struct asking asking = {t, id, judge};
    const struct fetch_call call = {
        .request = request,
        .id = id,
        .scope = targets_scope(r->run->targets, t->row),
        .body = body,
        .due_us = due_us,
        .wipe = request == &r->d->rotate.create,
        .take = take,
        .at = &asking,
    };
    do {
        if (fetch_call(r->fetch, &call, &err) != 0) {
            rotor_stop(r, EXIT_STOPPED, err.text);
            return false;
        }
    } while (t->verdict.kind == VERDICT_HOLD && r->code == EXIT_DONE);
    if (t->verdict.kind == VERDICT_STOP) {
        char reason[512];
        snprintf(reason, sizeof reason, "%s: %s", r->d->provider, t->verdict.reason);
        turn_end(t, OUTCOME_NOT_ATTEMPTED, t->verdict.reason);
        rotor_stop(r, EXIT_CREDENTIAL, reason);
    }
    return r->code == EXIT_DONE;
}

static int64_t backoff(struct turn *t)
{
    int64_t us = retry_backoff_us(&t->rotor->rng, (int64_t)t->backoff_ms * 1000);
    t->backoff_ms = (unsigned)(us / 1000);
    return clock_mono_us() + us;
}

/* The same until it is no RETRY, --max-attempts times at most. */
static bool ask_again(struct turn *t, const struct request *request, const char *id,
                      const char *body, judging *judge)
{
    int64_t due = 0;
    unsigned most = t->rotor->run->settings->max_attempts;
    t->backoff_ms = 0;
    for (unsigned ended = 0;;) {
        if (!ask(t, request, id, body, judge, due))
            return false;
        if (t->verdict.kind != VERDICT_RETRY || ++ended >= most)
            return true;
        due = backoff(t);
    }
}

static void give_up(struct turn *t, const char *what, const char *why)
{
    t->state.give_up = true;
    snprintf(t->fail, sizeof t->fail, "%s: %.200s; the old key is untouched", what, why);
}

static enum turned failed(struct turn *t, enum outcome outcome, const char *what, const char *why)
{
    char reason[300];
    snprintf(reason, sizeof reason, "%s: %.200s", what, *why ? why : "not as asked");
    turn_end(t, outcome, reason);
    return TURN_FINISHED;
}

/* Reading the old one */

static void judge_read(struct turn *t, const struct answer *a)
{
    classify_verify(t->rotor->d, &t->rotor->d->read, t->id, a, &t->verdict);
}

/* What stands behind the name until the secret is handed over. */
static const char mark_begin[] = " [rescind ", mark_end[] = "]";
enum { MARK_LEN = sizeof mark_begin - 1 + ROTATION_MARKER + sizeof mark_end - 1 };

static void put_mark(const struct turn *t, struct buf *out)
{
    buf_printf(out, "%s%s%s", mark_begin, t->marker, mark_end);
}

/* How long a name is without the mark that an earlier rotation left at its end: a successor must
 * not have it, or that rotation's resume would take it for its own. */
static size_t unmarked(const char *name)
{
    size_t len = strlen(name);
    while (len >= MARK_LEN) {
        const char *mark = name + len - MARK_LEN, *hex = mark + sizeof mark_begin - 1;
        if (strncmp(mark, mark_begin, sizeof mark_begin - 1) != 0 ||
            strspn(hex, "0123456789abcdef") != ROTATION_MARKER || hex[ROTATION_MARKER] != ']')
            break;
        len -= MARK_LEN;
    }
    return len;
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
    size_t len = name ? unmarked(name) : 0;
    json_object_set_new(t->settings, rule->name,
                        len ? json_stringn(name, len) : json_string("rotated"));
    t->state.settings = true;
}

static enum turned do_read(struct turn *t)
{
    if (!ask_again(t, &t->rotor->d->read, t->id, NULL, judge_read))
        return TURN_FINISHED;
    const struct verdict *v = &t->verdict;
    if (v->kind == VERDICT_END && v->verified == VERIFIED_PRESENT) {
        keep_settings(t);
        return TURNED;
    }
    if (v->kind == VERDICT_END && v->verified == VERIFIED_ABSENT) {
        turn_end(t, OUTCOME_ALREADY_ABSENT, "");
        return TURN_FINISHED;
    }
    return failed(t, t->status == 404 ? OUTCOME_UNPROVEN_ABSENT : OUTCOME_FAILED,
                  "reading its settings", v->reason);
}

/* Creating */

static int new_marker(char out[ROTATION_MARKER + 1])
{
    unsigned char bytes[ROTATION_MARKER / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return -1;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

static int journal_step(struct turn *t, enum rotation_step step)
{
    struct record record = {.type = RECORD_ROTATE,
                            .rotate = {.row = t->row,
                                       .step = step,
                                       .marker = t->marker,
                                       .successor = step == ROTATION_CREATE ? NULL : t->successor}};
    if (rotor_commit(t->rotor, &record) != 0)
        return -1;
    t->state.step = step;
    return 0;
}

static enum turned do_intend(struct turn *t)
{
    if (new_marker(t->marker) != 0) {
        rotor_stop(t->rotor, EXIT_STOPPED, "the system gives no random bytes");
        return TURN_FINISHED;
    }
    return journal_step(t, ROTATION_CREATE) == 0 ? TURNED : TURN_FINISHED;
}

static const char *final_name(const struct turn *t)
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
    buf_puts(&name, final_name(t));
    put_mark(t, &name);
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
        strcmp(canonical, t->id) == 0)
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

static bool take_secret(struct turn *t)
{
    const char *key = secret_of(t);
    if (key)
        strcpy(t->rotor->secret, key);
    return t->state.secret = key != NULL;
}

static void judge_create(struct turn *t, const struct answer *a)
{
    bool has_id = take_id(t) && !secret_of_another(t);
    if (!has_id)
        t->successor[0] = '\0';
    t->state.lost |= a->sends > 1; /* libcurl's own re-send: the first one may have made another */
    classify(t->rotor->d, ACTION_ROTATE, has_id ? t->successor : t->id, false, a, &t->verdict);
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

static enum turned created(struct turn *t)
{
    take_secret(t);
    const char *other = differs(t);
    json_decref(t->json); /* it has the secret */
    t->json = NULL;
    if (other || !t->state.secret) {
        char why[120];
        snprintf(why, sizeof why, other ? "its %.60s is not that of the old key" : "%s",
                 other ? other : "the answer has no secret");
        mem_wipe(t->rotor->secret, SECRET_MAX);
        t->state.secret = false;
        give_up(t, "its successor was removed again", why);
    }
    return journal_step(t, ROTATION_CREATED) == 0 ? TURNED : TURN_FINISHED;
}

static enum turned do_create(struct turn *t)
{
    const struct verdict *v = &t->verdict;
    char *body = creation_body(t);
    bool good = ask(t, &t->rotor->d->rotate.create, NULL, body, judge_create, t->due_us);
    free(body);
    if (!good)
        return TURN_FINISHED;
    if (v->kind == VERDICT_END && v->outcome == OUTCOME_ROTATED)
        return created(t);
    json_decref(t->json);
    t->json = NULL;
    t->state.lost |= v->may_have_applied;
    t->state.late |= t->state.lost;
    t->due_us = backoff(t);
    if (v->kind == VERDICT_RETRY && ++t->creations < t->rotor->run->settings->max_attempts)
        return TURNED;
    give_up(t, "creating its successor", *v->reason ? v->reason : "404");
    return TURNED;
}

/* Deleting successors that nobody must have */

static void judge_delete_other(struct turn *t, const struct answer *a)
{
    classify(t->rotor->d, ACTION_DELETE, t->successor, true, a, &t->verdict);
}

static bool remove_key(struct turn *t)
{
    const struct definition *d = t->rotor->d;
    struct buf body = {0};
    bool has = request_body(d, &d->action[ACTION_DELETE], t->successor,
                            targets_scope(t->rotor->run->targets, t->row), &body);
    bool asked = ask_again(t, &d->action[ACTION_DELETE], t->successor, has ? buf_text(&body) : NULL,
                           judge_delete_other);
    buf_free(&body);
    if (!asked)
        return false;
    if (t->verdict.kind == VERDICT_END && outcome_done(t->verdict.outcome))
        return true;
    failed(t, OUTCOME_FAILED, "its successor could not be removed again", t->verdict.reason);
    return false;
}

static enum turned do_remove(struct turn *t)
{
    if (!remove_key(t))
        return TURN_FINISHED;
    return journal_step(t, ROTATION_REMOVED) == 0 ? TURNED : TURN_FINISHED;
}

static size_t name_field(const struct definition *d)
{
    size_t i = 0;
    while (strcmp(d->list.field[i].name, "name") != 0)
        i++;
    return i;
}

/* Deletes every key of the list that has the marker in its name, but the successor. */
static bool sweep(struct turn *t, const struct keylist *keys)
{
    size_t field = name_field(t->rotor->d);
    char kept[ID_MAX + 1];
    bool good = true;
    memcpy(kept, t->successor, sizeof kept);
    bool has_successor = t->state.step == ROTATION_DELIVERED;
    for (size_t i = 0; good && i < keylist_count(keys); i++) {
        const char *name = keylist_field(keys, i, field), *id = keylist_id(keys, i);
        if (!name || !strstr(name, t->marker) || strcmp(id, t->id) == 0 ||
            (has_successor && strcmp(id, kept) == 0))
            continue;
        snprintf(t->successor, sizeof t->successor, "%s", id);
        good = remove_key(t);
    }
    memcpy(t->successor, kept, sizeof kept);
    return good;
}

static enum turned do_sweep(struct turn *t)
{
    struct rotor *r = t->rotor;
    struct inventory all = {0};
    struct error err;
    bool good = lister_list(r->fetch, r->d, &r->observer, &all, &err) == 0;
    if (!good)
        rotor_stop(r, err.code, err.text);
    else
        good = sweep(t, all.keys);
    inventory_free(&all);
    t->state.lost = false;
    t->state.late &= t->state.step != ROTATION_DELIVERED;
    return good ? TURNED : TURN_FINISHED;
}

/* Handing over */

static bool hurried(void *at)
{
    const struct rotor *r = at;
    return fetch_hurried(r->fetch);
}

static enum turned do_deliver(struct turn *t)
{
    struct rotor *r = t->rotor;
    struct error err;
    const struct rotate_secret secret = {t->id, t->successor, final_name(t), r->secret, hurried, r};
    int result = r->handover->give(r->handover->at, &secret, &err);
    mem_wipe(r->secret, SECRET_MAX);
    t->state.secret = false;
    if (result != 0) {
        give_up(t, "its secret could not be handed over", err.text);
        return TURNED;
    }
    return journal_step(t, ROTATION_DELIVERED) == 0 ? TURNED : TURN_FINISHED;
}

/* Renaming */

static void judge_successor(struct turn *t, const struct answer *a)
{
    classify_verify(t->rotor->d, &t->rotor->d->read, t->successor, a, &t->verdict);
}

static void judge_rename(struct turn *t, const struct answer *a)
{
    classify(t->rotor->d, ACTION_ROTATE, t->successor, false, a, &t->verdict);
}

static const char *name_pointer(const struct definition *d)
{
    size_t i = 0;
    while (strcmp(d->rotate.field[i].name, d->rotate.name) != 0)
        i++;
    return d->rotate.field[i].pointer;
}

/* The successor's own word for its name, less the marker: good also where the process that made it
 * is gone. That it is there at all is what allows the old one to be deleted. */
static enum turned do_rename(struct turn *t)
{
    const struct definition *d = t->rotor->d;
    struct buf mark = {0};
    if (!ask_again(t, &d->read, t->successor, NULL, judge_successor))
        return TURN_FINISHED;
    if (t->verdict.kind != VERDICT_END || t->verdict.verified != VERIFIED_PRESENT)
        return failed(t, OUTCOME_FAILED, "its successor is not there",
                      *t->verdict.reason ? t->verdict.reason : "404");
    const char *now = json_string_value(pointer_get(t->json, name_pointer(d)));
    char *name = mem_string(now ? now : "");
    put_mark(t, &mark);
    char *at = strstr(name, buf_text(&mark));
    t->state.renamed = !at;
    if (!at) {
        buf_free(&mark);
        free(name);
        return TURNED;
    }
    *at = '\0';
    json_t *fields = json_object();
    json_object_set_new(fields, d->rotate.name, json_string(name));
    char *body = json_dumps(fields, JSON_COMPACT);
    bool good = ask_again(t, &d->rotate.rename, t->successor, body, judge_rename);
    now = json_string_value(pointer_get(t->json, name_pointer(d)));
    t->state.renamed = now && !strstr(now, buf_text(&mark));
    json_decref(fields);
    buf_free(&mark);
    free(body);
    free(name);
    if (!good)
        return TURN_FINISHED;
    if (t->verdict.kind != VERDICT_END || t->verdict.outcome != OUTCOME_ROTATED)
        return failed(t, OUTCOME_FAILED, "its successor was not renamed", t->verdict.reason);
    return t->state.renamed ? TURNED
                            : failed(t, OUTCOME_UNCONFIRMED, "its successor was not renamed",
                                     "the answer does not show its new name");
}

/* Deleting the old one */

static void judge_delete(struct turn *t, const struct answer *a)
{
    classify(t->rotor->d, ACTION_DELETE, t->id, ledger_state(t->rotor->run->ledger, t->row).applied,
             a, &t->verdict);
}

static bool announce_again(struct turn *t)
{
    struct record record = {
        .type = RECORD_TRY,
        .try = {.row = t->row,
                .attempts = ledger_state(t->rotor->run->ledger, t->row).attempts,
                .status = t->status,
                .applied = t->verdict.may_have_applied,
                .error = t->verdict.reason}};
    return rotor_commit(t->rotor, &record) == 0;
}

static enum turned do_delete(struct turn *t)
{
    const struct rotor *r = t->rotor;
    const struct request *request = &r->d->action[ACTION_DELETE];
    struct buf body = {0};
    bool has = request_body(r->d, request, t->id, targets_scope(r->run->targets, t->row), &body);
    bool asked = false;
    int64_t due = 0;
    t->backoff_ms = 0;
    for (;;) {
        asked = ask(t, request, t->id, has ? buf_text(&body) : NULL, judge_delete, due);
        if (!asked || t->verdict.kind != VERDICT_RETRY ||
            ledger_state(r->run->ledger, t->row).ended + 1u >= r->run->settings->max_attempts)
            break;
        due = backoff(t);
        asked = announce_again(t);
        if (!asked)
            break;
    }
    buf_free(&body);
    if (!asked)
        return TURN_FINISHED;
    const struct verdict *v = &t->verdict;
    if (v->kind == VERDICT_END && outcome_done(v->outcome))
        turn_end(t, OUTCOME_ROTATED, "");
    else
        failed(t, v->kind == VERDICT_END ? v->outcome : OUTCOME_FAILED,
               "rotated, but the old key could not be deleted", v->reason);
    return TURN_FINISHED;
}

enum turned turn_step(struct turn *t)
{
    switch (rotate_next(&t->state)) {
    case DO_READ:
        return do_read(t);
    case DO_INTEND:
        return do_intend(t);
    case DO_SWEEP:
        return do_sweep(t);
    case DO_CREATE:
        return do_create(t);
    case DO_DELIVER:
        return do_deliver(t);
    case DO_REMOVE:
        return do_remove(t);
    case DO_RENAME:
        return do_rename(t);
    case DO_DELETE:
        return do_delete(t);
    case DO_FAIL:
        turn_end(t, OUTCOME_FAILED, t->fail);
        break;
    }
    return TURN_FINISHED;
}
