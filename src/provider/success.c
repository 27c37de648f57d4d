#include "provider/success.h"

#include "provider/contradiction.h"

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
    const char *contrary = json ? contradiction_in(q, json, why) : NULL;
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
    const char *contrary = contradiction_in(q, json, why);
    if (contrary || !q->id)
        return contrary;
    return condition_broken(q, json, why);
}
