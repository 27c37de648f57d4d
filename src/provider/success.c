#include "provider/success.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_blank(const char *body, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!strchr(" \t\r\n", body[i]) || !body[i])
            return false;
    return true;
}

const char *body_kind(const struct answer *a, const json_t *json)
{
    if (a->body_clipped)
        return "its body is longer than what is kept";
    if (json)
        return "other JSON";
    if (is_blank(a->body, a->body_len))
        return "its body is empty";
    for (size_t i = 0; i < a->body_len; i++)
        if (!strchr(" \t\r\n", a->body[i]) || !a->body[i])
            return a->body[i] == '<' ? "HTML?" : "not JSON";
    return "not JSON";
}

/* Members that contradict */

static bool among(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(word, *words) == 0)
            return true;
    return false;
}

static bool is_false(const json_t *value)
{
    static const char *const words[] = {"false", "no", "0", NULL};
    return json_is_false(value) || (json_is_integer(value) && json_integer_value(value) == 0) ||
           (json_is_string(value) && among(json_string_value(value), words));
}

static bool is_nothing(const json_t *value)
{
    return json_is_null(value) || json_is_false(value) ||
           (json_is_string(value) && json_string_length(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0);
}

/* What stands where an HTTP status might: 400 to 599. */
static bool is_bad_status(const json_t *value)
{
    long long status = 0;
    if (json_is_integer(value))
        status = json_integer_value(value);
    else if (json_is_string(value) && json_string_length(value) == 3)
        status = atoll(json_string_value(value));
    return status >= 400 && status <= 599;
}

static bool is_bad_word(const json_t *value, enum question_kind asked)
{
    static const char *const failures[] = {"error", "errored", "fail", "failed", "failure", NULL};
    static const char *const undone[] = {
        "unsuccessful", "denied",      "rejected",    "refused",     "forbidden",   "unauthorized",
        "not_found",    "not-found",   "not found",   "not_deleted", "not deleted", "partial",
        "aborted",      "invalid",     "timeout",     "pending",     "queued",      "processing",
        "in_progress",  "in-progress", "in progress", "accepted",    "scheduled",   "nok",
        "ko",           "not ok",      "incomplete",  "unavailable", NULL};
    if (!json_is_string(value))
        return false;
    const char *word = json_string_value(value);
    return among(word, failures) || (asked == ASKED_ACTION && among(word, undone));
}

static bool member_contradicts(const struct question *q, const char *name, const json_t *value)
{
    static const char *const errors[] = {"error", "errors", NULL};
    static const char *const verdicts[] = {"success", "ok", NULL};
    static const char *const states[] = {"status", "state", "result", "outcome", NULL};
    static const char *const codes[] = {"status", "code", "status_code", "statuscode", NULL};
    if (among(name, errors))
        return !is_nothing(value);
    if (among(name, verdicts))
        return is_false(value);
    if (q->asked == ASKED_ACTION && q->action == ACTION_DELETE && strcasecmp(name, "deleted") == 0)
        return is_false(value);
    return (among(name, states) && is_bad_word(value, q->asked)) ||
           (among(name, codes) && is_bad_status(value));
}

static const char *object_contradicts(const struct question *q, json_t *object, bool errors_only,
                                      char why[SUCCESS_WHY])
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        bool error = strncasecmp(name, "error", 5) == 0;
        if ((errors_only && !error) || !member_contradicts(q, name, value))
            continue;
        char *said = error || json_is_object(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        if (said)
            snprintf(why, SUCCESS_WHY, "its `%.30s` is %.40s", name, said);
        else
            snprintf(why, SUCCESS_WHY, "its body has an `%.30s`", name);
        free(said);
        return why;
    }
    return NULL;
}

/* What stands next to the members that the conditions name. */
static const char *neighbours_contradict(const struct question *q, const struct conditions *all,
                                         json_t *json, char why[SUCCESS_WHY])
{
    for (size_t i = 0; i < all->count; i++) {
        char parent[256];
        const char *last = strrchr(all->at[i].pointer, '/');
        size_t len = last ? (size_t)(last - all->at[i].pointer) : 0;
        if (len == 0 || len >= sizeof parent)
            continue;
        memcpy(parent, all->at[i].pointer, len);
        parent[len] = '\0';
        if (object_contradicts(q, pointer_get(json, parent), false, why))
            return why;
    }
    return NULL;
}

/* Other ids */

static bool is_other(const struct question *q, const json_t *value)
{
    return (json_is_string(value) || json_is_integer(value)) &&
           !value_is_id(value, q->id, q->d->id.lower);
}

static const char *other_at(const struct question *q, json_t *json, const char *before,
                            const char *pointer, char why[SUCCESS_WHY])
{
    json_t *within = *before ? pointer_get(json, before) : json;
    if (!within || !is_other(q, pointer_get(within, pointer)))
        return NULL;
    snprintf(why, SUCCESS_WHY, "its body names another id at %.25s%.25s", before, pointer);
    return why;
}

static const char *other_in_conditions(const struct question *q, const struct conditions *all,
                                       json_t *json, char why[SUCCESS_WHY])
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].test == TEST_ID && !all->at[i].negated &&
            other_at(q, json, "", all->at[i].pointer, why))
            return why;
    return NULL;
}

/* Items of which none is this one. */
static const char *other_items(const struct question *q, json_t *json, char why[SUCCESS_WHY])
{
    const struct list_pages *pages = &q->d->list.pages;
    json_t *items = pages->items ? pointer_get(json, pages->items) : NULL, *item;
    bool others = false;
    size_t i;
    json_array_foreach(items, i, item)
    {
        json_t *value = pointer_get(item, pages->id);
        if (value && value_is_id(value, q->id, q->d->id.lower))
            return NULL;
        others |= is_other(q, value);
    }
    if (!others)
        return NULL;
    snprintf(why, SUCCESS_WHY, "its body names other ids at %.50s", pages->items);
    return why;
}

static const char *names_other(const struct question *q, json_t *json, char why[SUCCESS_WHY])
{
    const struct definition *d = q->d;
    for (char **pointer = d->echo; pointer && *pointer; pointer++)
        if (other_at(q, json, "", *pointer, why))
            return why;
    for (int i = 0; i < ACTION_COUNT; i++)
        if (other_in_conditions(q, &d->action[i].confirm, json, why))
            return why;
    if (other_in_conditions(q, &d->read.confirm, json, why))
        return why;
    if (!d->list.pages.id)
        return NULL;
    if (other_at(q, json, "", d->list.pages.id, why) ||
        other_at(q, json, "/data", d->list.pages.id, why))
        return why;
    return other_items(q, json, why);
}

const char *success_contradicted(const struct question *q, json_t *json, char why[SUCCESS_WHY])
{
    const char *name;
    json_t *value;
    if (object_contradicts(q, json, false, why))
        return why;
    json_object_foreach(json, name, value)
    {
        if (object_contradicts(q, value, true, why))
            return why;
    }
    if (q->request && neighbours_contradict(q, &q->request->confirm, json, why))
        return why;
    return q->id ? names_other(q, json, why) : NULL;
}

/* Promises */

static bool status_promised(const struct question *q, int status)
{
    if (q->request->status.count)
        return status_in(&q->request->status, status);
    return status == 200 || status == 204 || (status == 201 && q->action == ACTION_ROTATE);
}

static const char *other_status(int status)
{
    return status == 202   ? "accepted is not done"
           : status == 207 ? "what was done stands in its parts"
                           : "another status was promised";
}

static const char *condition_broken(const struct question *q, json_t *json, char why[SUCCESS_WHY])
{
    const struct condition *broken =
        conditions_broken(&q->request->confirm, json, q->id, q->d->id.lower);
    if (!broken)
        return NULL;
    snprintf(why, SUCCESS_WHY, "%.40s is not %.30s", broken->pointer,
             broken->test == TEST_VALUE ? broken->value : "what the API promises");
    return why;
}

bool success_of_whole_body(const struct conditions *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (!*all->at[i].pointer)
            return true;
    return false;
}

static const char *whole_body_broken(const struct question *q, const struct answer *a, json_t *json,
                                     char why[SUCCESS_WHY])
{
    json_t *text = json || a->body_clipped ? NULL : body_text(a->body, a->body_len);
    const char *contrary = json ? success_contradicted(q, json, why) : NULL;
    bool good = conditions_met(&q->request->confirm, json ? json : text, q->id, q->d->id.lower);
    json_decref(text);
    return contrary ? contrary : good ? NULL : body_kind(a, json);
}

const char *success_broken(const struct question *q, const struct answer *a, json_t *json,
                           char why[SUCCESS_WHY])
{
    if (!status_promised(q, a->status))
        return other_status(a->status);
    if (success_of_whole_body(&q->request->confirm))
        return whole_body_broken(q, a, json, why);
    if (!json) {
        bool empty = !a->body_clipped && is_blank(a->body, a->body_len);
        bool may_be = q->id && !q->request->confirm.count;
        return empty && may_be ? NULL : body_kind(a, json);
    }
    if (q->id && !json_is_object(json))
        return "its body is no JSON object";
    const char *contrary = success_contradicted(q, json, why);
    if (contrary || !q->id)
        return contrary;
    return condition_broken(q, json, why);
}
