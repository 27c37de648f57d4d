#include "provider/contradiction.h"
#include "provider/member_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Members */

enum meaning {
    MEANS_NOTHING,
    MEANS_ERROR,
    MEANS_ERROR_CODE,
    MEANS_ERROR_TEXT,
    MEANS_VERDICT,
    MEANS_DELETED, /* or how many */
    MEANS_REHEARSAL,
    MEANS_STATE,
    MEANS_CODE,
};

static enum meaning meaning_of(const char *name)
{
    static const struct {
        const char *name;
        enum meaning meaning;
    } known[] = {
        {"error", MEANS_ERROR},
        {"errors", MEANS_ERROR},
        {"err", MEANS_ERROR},
        {"errorcode", MEANS_ERROR_CODE},
        {"errcode", MEANS_ERROR_CODE},
        {"errormessage", MEANS_ERROR_TEXT},
        {"errormsg", MEANS_ERROR_TEXT},
        {"errmsg", MEANS_ERROR_TEXT},
        {"errordescription", MEANS_ERROR_TEXT},
        {"success", MEANS_VERDICT},
        {"ok", MEANS_VERDICT},
        {"succeeded", MEANS_VERDICT},
        {"successful", MEANS_VERDICT},
        {"deleted", MEANS_DELETED},
        {"deletedcount", MEANS_DELETED},
        {"numdeleted", MEANS_DELETED},
        {"affected", MEANS_DELETED},
        {"affectedrows", MEANS_DELETED},
        {"rowsaffected", MEANS_DELETED},
        {"dryrun", MEANS_REHEARSAL},
        {"status", MEANS_STATE},
        {"state", MEANS_STATE},
        {"result", MEANS_STATE},
        {"outcome", MEANS_STATE},
        {"code", MEANS_CODE},
        {"statuscode", MEANS_CODE},
    };
    char plain[MEMBER_NAME];
    name = member_name(name, plain);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (*name == *known[i].name && strcmp(name, known[i].name) == 0)
            return known[i].meaning;
    return MEANS_NOTHING;
}

static bool among(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(word, *words) == 0)
            return true;
    return false;
}

static bool is_false(const json_t *value)
{
    static const char *const words[] = {"false", "no", "n", "0", NULL};
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

/* What stands where an HTTP status might: 400 to 599, "404", "404 Not Found". */
static bool is_bad_status(const json_t *value)
{
    long long status = 0;
    char *end = NULL;
    if (json_is_integer(value))
        status = json_integer_value(value);
    else if (json_is_string(value))
        status = strtoll(json_string_value(value), &end, 10);
    return status >= 400 && status <= 599 && (!end || !*end || *end == ' ');
}

static bool is_bad_word(const json_t *value, enum question_kind asked)
{
    static const char *const failures[] = {"error", "errored", "fail", "failed", "failure", NULL};
    static const char *const undone[] = {
        "unsuccessful", "denied",      "rejected",    "refused",     "forbidden",   "unauthorized",
        "not_found",    "not-found",   "not found",   "not_deleted", "not deleted", "partial",
        "aborted",      "invalid",     "timeout",     "queued",      "processing",  "in_progress",
        "in-progress",  "in progress", "accepted",    "scheduled",   "nok",         "ko",
        "not ok",       "incomplete",  "unavailable", "deleting",    NULL};
    if (!json_is_string(value))
        return false;
    const char *word = json_string_value(value);
    return among(word, failures) ||
           (asked == ASKED_ACTION &&
            (among(word, undone) || strncasecmp(word, "pending", strlen("pending")) == 0));
}

static bool member_contradicts(const struct question *q, enum meaning meaning, const json_t *value)
{
    static const char *const good[] = {"ok", "success", "none", "0", NULL};
    bool action = q->asked == ASKED_ACTION;
    bool text = json_is_string(value) && json_string_length(value) > 0;
    switch (meaning) {
    case MEANS_ERROR:
        return !is_nothing(value);
    case MEANS_ERROR_CODE:
        return (json_is_integer(value) && json_integer_value(value) != 0) ||
               (text && !among(json_string_value(value), good));
    case MEANS_ERROR_TEXT:
        return text && !among(json_string_value(value), good);
    case MEANS_VERDICT:
        return is_false(value);
    case MEANS_DELETED:
        return action && q->action == ACTION_DELETE &&
               (is_false(value) || (json_is_array(value) && json_array_size(value) == 0));
    case MEANS_REHEARSAL:
        return action && json_is_true(value);
    case MEANS_STATE:
        return is_bad_word(value, q->asked) || is_bad_status(value);
    case MEANS_CODE:
        return is_bad_status(value);
    case MEANS_NOTHING:
        break;
    }
    return false;
}

/* What counts in an object below the one that promises: it may be any resource, with a state of its
 * own. */
static bool counts_below(const struct question *q, enum meaning meaning)
{
    return meaning == MEANS_ERROR || meaning == MEANS_ERROR_CODE || meaning == MEANS_ERROR_TEXT ||
           (q->asked == ASKED_ACTION &&
            (meaning == MEANS_VERDICT || meaning == MEANS_DELETED || meaning == MEANS_REHEARSAL));
}

static const char *object_contradicts(const struct question *q, json_t *object, bool below,
                                      char why[CONTRADICTION])
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        enum meaning meaning = meaning_of(name);
        if (!meaning || (below && !counts_below(q, meaning)) ||
            !member_contradicts(q, meaning, value))
            continue;
        bool error = strncasecmp(name, "err", 3) == 0,
             nested = !json_is_boolean(value) && !json_is_number(value) && !json_is_string(value);
        char *said = error || nested ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        if (said)
            snprintf(why, CONTRADICTION, "its `%.30s` is %.40s", name, said);
        else
            snprintf(why, CONTRADICTION, "its body has an `%.30s`", name);
        free(said);
        return why;
    }
    return NULL;
}

static const char *below_contradicts(const struct question *q, json_t *value,
                                     char why[CONTRADICTION])
{
    json_t *item;
    size_t i;
    if (json_is_object(value))
        return object_contradicts(q, value, true, why);
    if (q->asked != ASKED_ACTION)
        return NULL;
    json_array_foreach(value, i, item)
    {
        if (object_contradicts(q, item, true, why))
            return why;
    }
    return NULL;
}

/* What stands next to the members that the conditions name. */
static const char *neighbours_contradict(const struct question *q, const struct conditions *all,
                                         json_t *json, char why[CONTRADICTION])
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
                            const char *pointer, char why[CONTRADICTION])
{
    json_t *within = *before ? pointer_get(json, before) : json;
    if (!within || !is_other(q, pointer_get(within, pointer)))
        return NULL;
    snprintf(why, CONTRADICTION, "its body names another id at %.25s%.25s", before, pointer);
    return why;
}

static const char *other_in_conditions(const struct question *q, const struct conditions *all,
                                       json_t *json, char why[CONTRADICTION])
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].test == TEST_ID && !all->at[i].negated &&
            other_at(q, json, "", all->at[i].pointer, why))
            return why;
    return NULL;
}

/* Items of which none is this one. */
static const char *other_items(const struct question *q, json_t *json, char why[CONTRADICTION])
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
    snprintf(why, CONTRADICTION, "its body names other ids at %.50s", pages->items);
    return why;
}

/* Whether something promised of the action names the id itself. */
static bool is_named(const struct question *q)
{
    const struct conditions *all = q->request ? &q->request->confirm : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        if (all->at[i].test == TEST_ID && !all->at[i].negated)
            return true;
    return false;
}

/* What has the length of this identifier and is another, by the name that its list gives them:
 * `hash`, `key_hash`.
 */
static const char *other_by_name(const struct question *q, json_t *object, const char *name,
                                 bool below, char why[CONTRADICTION])
{
    static const char *const within[] = {"data", "key", "apikey", "result", "item", "token", NULL};
    const char *member;
    json_t *value;
    json_object_foreach(object, member, value)
    {
        char plain[MEMBER_NAME], wanted[MEMBER_NAME];
        const char *is = member_name(member, plain);
        if (!below && json_is_object(value) && among(is, within)) {
            if (other_by_name(q, value, name, true, why))
                return why;
            continue;
        }
        snprintf(wanted, sizeof wanted, "key%s", name);
        if ((strcmp(is, name) != 0 && strcmp(is, wanted) != 0) || !is_other(q, value) ||
            json_string_length(value) != strlen(q->id))
            continue;
        snprintf(why, CONTRADICTION, "its body names another id at `%.40s`", member);
        return why;
    }
    return NULL;
}

static const char *names_other(const struct question *q, json_t *json, char why[CONTRADICTION])
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
    if (other_items(q, json, why))
        return why;
    char name[MEMBER_NAME];
    const char *last = strrchr(d->list.pages.id, '/');
    if (q->asked != ASKED_ACTION || is_named(q) || !last || !*member_name(last + 1, name))
        return NULL;
    return other_by_name(q, json, name, false, why);
}

const char *contradiction_in(const struct question *q, json_t *json, char why[CONTRADICTION])
{
    const char *name;
    json_t *value;
    if (object_contradicts(q, json, false, why))
        return why;
    json_object_foreach(json, name, value)
    {
        if (below_contradicts(q, value, why))
            return why;
    }
    if (q->request && neighbours_contradict(q, &q->request->confirm, json, why))
        return why;
    return q->id ? names_other(q, json, why) : NULL;
}
