/* What an answer means, in two steps: what happened (an event, out of transport, status, headers
 * and body), by the first of `lines` that fits its status; and what that leads to, one row of
 * `consequences`. Only the absence of a target looks back, at whether an earlier send may have been
 * its cause. */

#include "provider/verdict.h"
#include "provider/condition.h"
#include "provider/contradiction.h"
#include "provider/reason.h"
#include "provider/success.h"

#include <stdio.h>
#include <string.h>

_Static_assert(sizeof((struct verdict *)0)->reason == REASON_SIZE, "a reason fits its verdict");

enum event {
    EVENT_SUCCESS, /* a 2xx: until the body was read */
    EVENT_UNCONFIRMED,
    EVENT_REDIRECT,
    EVENT_REFUSED,
    EVENT_UNFIT,    /* the credential, by what the preflight shows */
    EVENT_STRANGER, /* a refusal that is not the provider's */
    EVENT_GONE,
    EVENT_NO_EVIDENCE,
    EVENT_PERMANENT,
    EVENT_BLOCKED,
    EVENT_MISDIRECTED,
    EVENT_RATE,
    EVENT_HELD,
    EVENT_BUSY,
    EVENT_SICK,
    EVENT_ODD,
    EVENT_CUT,
    EVENT_TIMEOUT,
    EVENT_UNSENT,
    EVENT_LOCAL,
    EVENT_TLS,
    EVENT_UNTRUSTED,
    EVENT_IMPOSSIBLE,
    EVENT_COUNT
};

enum {
    PARTIAL = 206,
    UNAUTHORIZED = 401,
    REFUSAL = 403,
    OTHER_4XX = 400,
    ABSENCE = 404,
    ABSENCE_TOO = 410,
    RATE_LIMIT = 429
};

/* When a line counts. */
enum given {
    ALWAYS,
    ASKED, /* with a Retry-After */
    HINT,  /* with any word about a wait */
    OURS,  /* in the provider's own form */
};

/* `by_head`: the head alone is enough, as for who must wait or stop. `fixed`: no definition may
 * give this status another meaning. */
static const struct verdict_line {
    int from, to;
    enum given given;
    enum event event;
    bool by_head, fixed;
} lines[] = {
    {200, 299, ALWAYS, EVENT_SUCCESS, false, false},
    {300, 399, ALWAYS, EVENT_REDIRECT, false, false},
    {UNAUTHORIZED, UNAUTHORIZED, ALWAYS, EVENT_REFUSED, true, false},
    {425, 425, ALWAYS, EVENT_RATE, true, true},
    {RATE_LIMIT, RATE_LIMIT, ALWAYS, EVENT_RATE, true, true},
    {408, 408, ASKED, EVENT_BUSY, true, true},
    {503, 503, HINT, EVENT_BUSY, true, false},
    {529, 529, HINT, EVENT_BUSY, true, false},
    {500, 599, ASKED, EVENT_BUSY, true, false},
    {400, 499, ASKED, EVENT_HELD, true, false},
    {REFUSAL, REFUSAL, OURS, EVENT_REFUSED, true, false},
    {REFUSAL, REFUSAL, ALWAYS, EVENT_STRANGER, true, false},
    {ABSENCE, ABSENCE, ALWAYS, EVENT_NO_EVIDENCE, false, false},
    {ABSENCE_TOO, ABSENCE_TOO, ALWAYS, EVENT_NO_EVIDENCE, false, false},
    {408, 408, ALWAYS, EVENT_SICK, false, true},
    {409, 409, ALWAYS, EVENT_BLOCKED, false, false},
    {421, 421, ALWAYS, EVENT_MISDIRECTED, false, false},
    {423, 423, ALWAYS, EVENT_BLOCKED, false, false},
    {400, 499, ALWAYS, EVENT_PERMANENT, false, false},
    {500, 599, ALWAYS, EVENT_SICK, false, false},
};

static const struct status_set default_gone = {.at = {ABSENCE}, .count = 1};
static const struct status_set default_stop = {.at = {UNAUTHORIZED, REFUSAL}, .count = 2};

#define RATE(word) ABOUT_RATE_##word
#define END(word)  VERDICT_END, OUTCOME_##word, EXIT_DONE
#define RETRY      VERDICT_RETRY, OUTCOME_FAILED, EXIT_DONE
#define HOLD       VERDICT_HOLD, OUTCOME_NONE, EXIT_DONE
#define STOP(code) VERDICT_STOP, OUTCOME_NONE, EXIT_##code

/* `accounted`: how many sends this event accounts for; further ones may have applied. */
static const struct consequence {
    enum verdict_kind kind;
    enum outcome outcome;
    enum exit_code stop;
    enum about_rate rate;
    bool sick, applied, closes;
    unsigned accounted;
    const char *lead; /* may use the status */
} consequences[EVENT_COUNT] = {
    [EVENT_SUCCESS] = {END(REVOKED), RATE(OK), false, true, false, 1, ""},
    [EVENT_UNCONFIRMED] = {END(UNCONFIRMED), RATE(OK), false, true, true, 1,
                           "%d that does not confirm"},
    [EVENT_REDIRECT] = {END(FAILED), RATE(OK), false, false, false, 1,
                        "%d, a redirect, is not followed: is the base URL right?"},
    [EVENT_REFUSED] = {STOP(CREDENTIAL), RATE(OK), false, false, false, 1,
                       "%d, the credential is refused"},
    [EVENT_UNFIT] = {STOP(CREDENTIAL), RATE(OK), false, false, false, 1,
                     "the credential may not do this"},
    [EVENT_STRANGER] = {STOP(STOPPED), RATE(OK), false, false, true, 1,
                        "%d, and not as the provider refuses"},
    [EVENT_GONE] = {END(ALREADY_ABSENT), RATE(OK), false, false, false, 1, ""},
    [EVENT_NO_EVIDENCE] = {END(UNPROVEN_ABSENT), RATE(OK), false, false, true, 1,
                           "%d without the provider's error form"},
    [EVENT_PERMANENT] = {END(FAILED), RATE(OK), false, false, false, 1, "%d"},
    [EVENT_BLOCKED] = {RETRY, RATE(OK), false, false, false, 1, "%d"},
    [EVENT_MISDIRECTED] = {RETRY, RATE(OK), false, false, true, 1, "%d"},
    [EVENT_RATE] = {HOLD, RATE(REFUSED), false, false, false, 1, "%d"},
    [EVENT_HELD] = {RETRY, RATE(REFUSED), false, false, false, 1, "%d"},
    [EVENT_BUSY] = {RETRY, RATE(REFUSED), true, true, false, 1, "%d"},
    [EVENT_SICK] = {RETRY, RATE(SICK), true, true, false, 1, "%d"},
    [EVENT_ODD] = {RETRY, RATE(SICK), true, true, true, 1, "%d is no status that ends an answer"},
    [EVENT_CUT] = {RETRY, RATE(LOST), true, true, true, 1, "the answer was lost"},
    [EVENT_TIMEOUT] = {RETRY, RATE(LOST), true, true, true, 1, "no whole answer in time"},
    [EVENT_UNSENT] = {RETRY, RATE(LOST), true, false, true, 0, "not sent"},
    [EVENT_LOCAL] = {HOLD, RATE(NOTHING), false, false, false, 0, "not sent"},
    [EVENT_TLS] = {RETRY, RATE(LOST), true, false, true, 0, "TLS handshake failed"},
    [EVENT_UNTRUSTED] = {END(FAILED), RATE(LOST), true, false, true, 0,
                         "the certificate does not verify"},
    [EVENT_IMPOSSIBLE] = {END(FAILED), RATE(LOST), true, false, true, 0, "cannot be sent"},
};

void verdict_defaults(struct definition *d)
{
    if (d->gone_count && !d->gone[0].status.count)
        d->gone[0].status = default_gone;
    if (!d->stop.count)
        d->stop = default_stop;
}

bool verdict_fixed(int status)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].fixed && lines[i].from <= status && status <= lines[i].to)
            return true;
    return false;
}

/* All that is looked at of one answer. */
struct answer_reading {
    const struct question *q;
    const struct answer *a;
    json_t *json; /* NULL: it is none, or did not come whole */
    struct hint hint;
    const char *what; /* what is wrong with the body */
    char why[SUCCESS_WHY];
};

/* The provider's own words, borrowed from the body. */
static const char *error_text(const struct answer_reading *r, size_t *len)
{
    for (char **pointer = r->q->d->error_text; r->json && pointer && *pointer; pointer++) {
        json_t *value = pointer_get(r->json, *pointer);
        if (json_is_string(value) && json_string_length(value) > 0) {
            *len = json_string_length(value);
            return json_string_value(value);
        }
    }
    *len = 0;
    return NULL;
}

/* The status that a definition's gone.status is held against: 410 is as good as 404. */
static int absence_as(const struct definition *d, int status)
{
    return status == ABSENCE_TOO && !gone_status(d, status) ? ABSENCE : status;
}

/* Whether an absence is told in the provider's own form. */
static bool is_gone(const struct answer_reading *r)
{
    const struct question *q = r->q;
    return q->id && r->json && gone_told(q->d, absence_as(q->d, r->a->status), r->json, q->id);
}

/* The status whose lines count for this one: a definition may say which are refusals, in which
 * form, and which of them are so in the read of one target. */
static int status_as(const struct answer_reading *r)
{
    const struct definition *d = r->q->d;
    int status = r->a->status;
    bool known = status_in(&default_stop, status), stops = status_in(&d->stop, status);
    if (r->q->asked == ASKED_TARGET && !status_in(&d->read_stop, status))
        return known || stops ? OTHER_4XX : status;
    if (!stops)
        return known ? OTHER_4XX : status;
    if (!d->stop_form.count || !r->json)
        return known ? status : REFUSAL;
    return conditions_met(&d->stop_form, r->json, NULL, false) ? UNAUTHORIZED : OTHER_4XX;
}

static bool line_counts(const struct verdict_line *l, const struct answer_reading *r)
{
    size_t len;
    switch (l->given) {
    case ASKED:
        return r->hint.retry_after;
    case HINT:
        return r->hint.retry_after || r->hint.wait_us >= 0;
    case OURS:
        return error_text(r, &len) != NULL;
    case ALWAYS:
        break;
    }
    return true;
}

static const struct verdict_line *line_of(const struct answer_reading *r)
{
    static const struct verdict_line odd = {.event = EVENT_ODD};
    int status = status_as(r);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].from <= status && status <= lines[i].to && line_counts(&lines[i], r))
            return &lines[i];
    return &odd;
}

/* Whether some list of it is a bare array. */
static bool lists_bare(const struct definition *d)
{
    const struct list_rule *l = &d->list;
    return (l->pages.items && !*l->pages.items) || (l->each_pages.items && !*l->each_pages.items);
}

/* A 2xx to a check: a JSON object, or an array where such may come, that does not contradict itself
 * and in which the checks hold. One that was clipped is good enough where nothing is checked. */
static enum event check_event(struct answer_reading *r)
{
    const struct conditions *checks = r->q->checks;
    bool bare = lists_bare(r->q->d) || (checks && success_of_whole_body(checks));
    if (r->a->status == PARTIAL) {
        r->what = "a part of what was asked for";
        return EVENT_UNCONFIRMED;
    }
    if (r->a->body_clipped && !(checks && checks->count) && r->a->body_len &&
        strchr("{[", r->a->body[0]))
        return EVENT_SUCCESS;
    r->what = json_is_object(r->json) || (bare && json_is_array(r->json))
                  ? contradiction_in(r->q, r->json, r->why)
                  : body_kind(r->a, r->json);
    if (r->what)
        return EVENT_UNCONFIRMED;
    const struct condition *broken =
        checks ? conditions_broken(checks, r->json, NULL, false) : NULL;
    if (!broken)
        return EVENT_SUCCESS;
    snprintf(r->why, sizeof r->why, "%.45s is not %.45s", broken->pointer,
             broken->test == TEST_VALUE ? broken->value : "as it must be");
    r->what = r->why;
    return EVENT_UNFIT;
}

/* Whether the target is named, and dead. */
static bool is_dead(const struct answer_reading *r)
{
    const struct question *q = r->q;
    return q->asked == ASKED_TARGET &&
           conditions_met(&q->d->read_gone, r->json, q->id, q->d->id.lower);
}

static enum event whole_event(struct answer_reading *r)
{
    if (is_gone(r))
        return EVENT_GONE;
    enum event event = line_of(r)->event;
    if (event == EVENT_STRANGER || event == EVENT_NO_EVIDENCE)
        r->what = body_kind(r->a, r->json);
    if (event != EVENT_SUCCESS)
        return event;
    if (r->q->asked == ASKED_CHECK)
        return check_event(r);
    r->what = success_broken(r->q, r->a, r->json, r->why);
    if (r->what)
        return EVENT_UNCONFIRMED;
    return is_dead(r) ? EVENT_GONE : EVENT_SUCCESS;
}

static enum event cut_event(struct answer_reading *r)
{
    const struct verdict_line *l = line_of(r);
    bool by_head = l->by_head && !(l->event == EVENT_STRANGER &&
                                   gone_status(r->q->d, absence_as(r->q->d, r->a->status)));
    if (by_head && l->event == EVENT_STRANGER)
        r->what = "its body did not come whole";
    if (by_head)
        return l->event;
    return r->a->transport == TRANSPORT_LOST ? EVENT_CUT : EVENT_TIMEOUT;
}

static enum event event_of(struct answer_reading *r)
{
    switch (r->a->transport) {
    case TRANSPORT_WHOLE:
        return whole_event(r);
    case TRANSPORT_TIMEOUT:
    case TRANSPORT_LOST:
        return cut_event(r);
    case TRANSPORT_NOT_SENT:
        return EVENT_UNSENT;
    case TRANSPORT_LOCAL:
        return EVENT_LOCAL;
    case TRANSPORT_TLS:
        return EVENT_TLS;
    case TRANSPORT_UNTRUSTED:
        return EVENT_UNTRUSTED;
    case TRANSPORT_IMPOSSIBLE:
        break;
    }
    return EVENT_IMPOSSIBLE;
}

/* A send of libcurl's own that the answer does not account for was an attempt, and is to be known.
 */
static bool counts_after_all(const struct verdict *v, const struct answer *a)
{
    return v->kind == VERDICT_HOLD && v->may_have_applied && a->sends > 1;
}

/* What goes between the lead and the words of others. */
static void say_what(const struct answer_reading *r, enum event event, char said[REASON_SIZE])
{
    const char *what = r->what ? r->what : "";
    said[0] = '\0';
    if (event == EVENT_NO_EVIDENCE)
        snprintf(said, REASON_SIZE, " (%s): is the base URL right?", what);
    else if (event == EVENT_STRANGER)
        snprintf(said, REASON_SIZE, ": %s", strcmp(what, "HTML?") ? what : "a page came (HTML)");
    else if (*what)
        snprintf(said, REASON_SIZE, ": %s", what);
    else if ((event == EVENT_CUT || event == EVENT_TIMEOUT) && r->a->status)
        snprintf(said, REASON_SIZE, " after its status %d", r->a->status);
    else if (consequences[event].rate == ABOUT_RATE_REFUSED && r->hint.nonsense &&
             r->hint.wait_us < 0)
        snprintf(said, REASON_SIZE, ", with a Retry-After that cannot be read");
}

/* The whole reason where the usual words would mislead; false elsewhere. */
static bool say_all(const struct answer_reading *r, enum event event, char out[REASON_SIZE])
{
    int status = r->a->status;
    if (event == EVENT_GONE && r->q->action == ACTION_ENABLE && r->q->asked == ASKED_ACTION)
        snprintf(out, REASON_SIZE, "%d, it is not there any more", status);
    else if (r->q->asked == ASKED_CHECK && event == EVENT_NO_EVIDENCE)
        snprintf(out, REASON_SIZE, "%d: is the base URL right?", status);
    else if (r->q->asked == ASKED_CHECK && event == EVENT_UNCONFIRMED)
        snprintf(out, REASON_SIZE, "%d, but %s: is the base URL right?", status, r->what);
    else
        return event == EVENT_SUCCESS || event == EVENT_GONE;
    return true;
}

static void explain(const struct answer_reading *r, enum event event, char out[REASON_SIZE])
{
    char lead[REASON_SIZE], said[REASON_SIZE];
    const char *format = consequences[event].lead, *words = NULL;
    size_t len = 0;
    if (say_all(r, event, out))
        return;
    snprintf(lead, sizeof lead, "%s", format);
    if (strncmp(format, "%d", 2) == 0)
        snprintf(lead, sizeof lead, "%d%s", r->a->status, format + 2);
    say_what(r, event, said);
    size_t used = strlen(lead);
    snprintf(lead + used, sizeof lead - used, "%s", said);
    if (r->a->transport == TRANSPORT_WHOLE)
        words = error_text(r, &len);
    else if (r->a->detail)
        len = strlen(words = r->a->detail);
    reason_put(out, lead, words, len, &(struct reason_context){r->q->d, r->q->id, r->a->secrets});
}

static const enum outcome achieved[ACTION_COUNT] = {OUTCOME_REVOKED, OUTCOME_DISABLED,
                                                    OUTCOME_ENABLED, OUTCOME_ROTATED};

static enum outcome outcome_of(const struct question *q, enum event event, bool sent_again)
{
    if (event == EVENT_SUCCESS)
        return achieved[q->action];
    if (event == EVENT_GONE && q->action == ACTION_ENABLE)
        return OUTCOME_FAILED;
    if (event == EVENT_GONE && (q->applied_before || sent_again))
        return OUTCOME_ABSENT_AFTER_RETRY;
    return consequences[event].outcome;
}

static enum verified verified_of(const struct question *q, enum event event)
{
    if (q->asked != ASKED_TARGET && q->asked != ASKED_LIST)
        return VERIFIED_NONE;
    if (event == EVENT_SUCCESS)
        return q->asked == ASKED_TARGET ? VERIFIED_PRESENT : VERIFIED_NONE;
    return event == EVENT_GONE ? VERIFIED_ABSENT : VERIFIED_UNPROVEN;
}

static enum answer_count count_of(const struct answer *a, enum event event)
{
    bool cut = event == EVENT_CUT || event == EVENT_TIMEOUT;
    if (event == EVENT_LOCAL)
        return COUNT_OTHER;
    if (cut || !a->status || consequences[event].accounted == 0)
        return COUNT_NETWORK;
    return a->status == RATE_LIMIT ? COUNT_429 : a->status >= 500 ? COUNT_5XX : COUNT_OTHER;
}

void verdict_of(const struct question *q, const struct answer *a, struct verdict *out)
{
    struct answer_reading r = {.q = q, .a = a, .hint = {.wait_us = -1}};
    bool refusal = a->status >= OTHER_4XX;
    if (a->transport == TRANSPORT_WHOLE && !a->body_clipped)
        r.json = body_parse(a->body, a->body_len);
    if (refusal && (a->headers.get || a->body_len))
        r.hint = hint_read(q->d, &a->headers, a->body, a->body_len, a->at_ms);

    enum event event = event_of(&r);
    const struct consequence *c = &consequences[event];
    bool sent_again = a->sends > c->accounted, action = q->asked == ASKED_ACTION;
    *out = (struct verdict){
        .kind = c->kind,
        .good = event == EVENT_SUCCESS,
        .outcome = action ? outcome_of(q, event, sent_again) : c->outcome,
        .verified = verified_of(q, event),
        .stop = c->stop,
        .rate = event == EVENT_GONE && r.hint.retry_after ? ABOUT_RATE_REFUSED : c->rate,
        .hold = {.wait_us = -1},
        .sick = c->sick,
        .may_have_applied = action && (c->applied || sent_again),
        .closes_connection = c->closes,
        .count = count_of(a, event),
    };
    if (out->rate == ABOUT_RATE_REFUSED)
        out->hold = r.hint;
    if (counts_after_all(out, a)) {
        out->kind = VERDICT_RETRY;
        out->outcome = OUTCOME_FAILED;
    }
    explain(&r, event, out->reason);
    if (q->body)
        *q->body = out->good ? json_incref(r.json) : NULL;
    json_decref(r.json);
}

void body_drop(struct json_t *body)
{
    json_decref(body);
}
