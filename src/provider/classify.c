/* What an answer means, in two steps: what happened (an event, out of transport, status and body),
 * and what that leads to (one row of a table). Only the absence of a target looks back, at whether
 * an earlier send may have been its cause. */

#include "provider/classify.h"
#include "provider/condition.h"
#include "provider/identifier.h"
#include "provider/reason.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

_Static_assert(sizeof((struct verdict *)0)->reason == REASON_SIZE, "a reason fits its verdict");

const char *const outcome_word[OUTCOME_COUNT] = {
    [OUTCOME_NONE] = "",
    [OUTCOME_REVOKED] = "revoked",
    [OUTCOME_DISABLED] = "disabled",
    [OUTCOME_ENABLED] = "enabled",
    [OUTCOME_ROTATED] = "rotated",
    [OUTCOME_ALREADY_ABSENT] = "already_absent",
    [OUTCOME_ABSENT_AFTER_RETRY] = "absent_after_retry",
    [OUTCOME_UNPROVEN_ABSENT] = "unproven_absent",
    [OUTCOME_UNCONFIRMED] = "unconfirmed",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_NOT_ATTEMPTED] = "not_attempted",
};

bool outcome_parse(const char *word, size_t len, enum outcome *out)
{
    for (int i = OUTCOME_NONE + 1; i < OUTCOME_COUNT; i++)
        if (strlen(outcome_word[i]) == len && memcmp(outcome_word[i], word, len) == 0) {
            *out = (enum outcome)i;
            return true;
        }
    return false;
}

const char *const verified_word[VERIFIED_COUNT] = {
    [VERIFIED_NONE] = "",
    [VERIFIED_ABSENT] = "confirmed_absent",
    [VERIFIED_PRESENT] = "still_present",
    [VERIFIED_UNPROVEN] = "unproven",
};

bool verified_parse(const char *word, size_t len, enum verified *out)
{
    for (int v = VERIFIED_NONE + 1; v < VERIFIED_COUNT; v++)
        if (strlen(verified_word[v]) == len && memcmp(verified_word[v], word, len) == 0) {
            *out = (enum verified)v;
            return true;
        }
    return false;
}

bool outcome_done(enum outcome o)
{
    return o >= OUTCOME_REVOKED && o <= OUTCOME_ABSENT_AFTER_RETRY;
}

bool outcome_failed(enum outcome o)
{
    return o >= OUTCOME_UNPROVEN_ABSENT && o <= OUTCOME_FAILED;
}

bool outcome_absent(enum outcome o)
{
    return o >= OUTCOME_ALREADY_ABSENT && o <= OUTCOME_UNPROVEN_ABSENT;
}

enum event {
    EVENT_CONFIRMED,
    EVENT_UNCONFIRMED,
    EVENT_REDIRECT,
    EVENT_REFUSED,
    EVENT_GONE,
    EVENT_NO_EVIDENCE,
    EVENT_PERMANENT,
    EVENT_MISDIRECTED,
    EVENT_RATE,
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

/* `accounted`: how many sends this event accounts for; further ones may have applied. */
static const struct consequence {
    enum verdict_kind kind;
    enum outcome outcome;
    bool applied, holds, closes;
    unsigned accounted;
    const char *lead; /* may use the status */
} consequences[EVENT_COUNT] = {
    [EVENT_CONFIRMED] = {VERDICT_END, OUTCOME_REVOKED, true, false, false, 1, ""},
    [EVENT_UNCONFIRMED] = {VERDICT_END, OUTCOME_UNCONFIRMED, true, false, true, 1,
                           "%d that does not confirm"},
    [EVENT_REDIRECT] = {VERDICT_END, OUTCOME_FAILED, false, false, false, 1,
                        "%d, a redirect, is not followed: is the base URL right?"},
    [EVENT_REFUSED] = {VERDICT_STOP, OUTCOME_NONE, false, false, false, 1,
                       "%d, the credential is refused"},
    [EVENT_GONE] = {VERDICT_END, OUTCOME_ALREADY_ABSENT, false, false, false, 1, ""},
    [EVENT_NO_EVIDENCE] = {VERDICT_END, OUTCOME_UNPROVEN_ABSENT, false, false, true, 1,
                           "%d without the provider's error form"},
    [EVENT_PERMANENT] = {VERDICT_END, OUTCOME_FAILED, false, false, false, 1, "%d"},
    [EVENT_MISDIRECTED] = {VERDICT_RETRY, OUTCOME_FAILED, false, false, true, 1, "%d"},
    [EVENT_RATE] = {VERDICT_HOLD, OUTCOME_NONE, false, true, false, 1, "%d"},
    [EVENT_BUSY] = {VERDICT_RETRY, OUTCOME_FAILED, true, true, false, 1, "%d"},
    [EVENT_SICK] = {VERDICT_RETRY, OUTCOME_FAILED, true, false, false, 1, "%d"},
    [EVENT_ODD] = {VERDICT_RETRY, OUTCOME_FAILED, true, false, true, 1,
                   "%d is no status that ends an answer"},
    [EVENT_CUT] = {VERDICT_RETRY, OUTCOME_FAILED, true, false, true, 1, "the answer was lost"},
    [EVENT_TIMEOUT] = {VERDICT_RETRY, OUTCOME_FAILED, true, false, true, 1,
                       "no whole answer in time"},
    [EVENT_UNSENT] = {VERDICT_RETRY, OUTCOME_FAILED, false, false, true, 0, "not sent"},
    [EVENT_LOCAL] = {VERDICT_HOLD, OUTCOME_NONE, false, false, false, 0, "not sent"},
    [EVENT_TLS] = {VERDICT_RETRY, OUTCOME_FAILED, false, false, true, 0, "TLS handshake failed"},
    [EVENT_UNTRUSTED] = {VERDICT_END, OUTCOME_FAILED, false, false, true, 0,
                         "the certificate does not verify"},
    [EVENT_IMPOSSIBLE] = {VERDICT_END, OUTCOME_FAILED, false, false, true, 0, "cannot be sent"},
};

/* What a status says that is no rate signal and proves no absence. */
static enum event other_status_event(const struct definition *d, int status)
{
    if (status_in(&d->stop, status))
        return EVENT_REFUSED;
    if (status == 404)
        return EVENT_NO_EVIDENCE;
    if (status == 421)
        return EVENT_MISDIRECTED;
    if (status == 408 || (status >= 500 && status <= 599))
        return EVENT_SICK;
    if (status >= 400 && status <= 499)
        return EVENT_PERMANENT;
    if (status >= 300 && status <= 399)
        return EVENT_REDIRECT;
    return status >= 200 && status <= 299 ? EVENT_CONFIRMED : EVENT_ODD;
}

/* What the status says by itself. CONFIRMED and GONE are still to be borne out by the body. */
static enum event status_event(const struct definition *d, const struct answer *a)
{
    int status = a->status;
    if (status == 429 || status == 425)
        return EVENT_RATE;
    if ((status == 503 || status == 529) && a->retry_after)
        return EVENT_BUSY;
    if (gone_status(d, status) && a->transport == TRANSPORT_WHOLE)
        return EVENT_GONE;
    return other_status_event(d, status);
}

static enum event transport_event(const struct definition *d, const struct answer *a)
{
    enum event by_status = status_event(d, a);
    switch (a->transport) {
    case TRANSPORT_WHOLE:
        return by_status;
    case TRANSPORT_TIMEOUT:
    case TRANSPORT_LOST:
        /* These three need no body: the head alone says who must wait or stop. */
        if (by_status == EVENT_RATE || by_status == EVENT_BUSY)
            return by_status;
        if (by_status == EVENT_REFUSED && !gone_status(d, a->status))
            return by_status;
        return a->transport == TRANSPORT_LOST ? EVENT_CUT : EVENT_TIMEOUT;
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

static bool is_blank(const char *body, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!strchr(" \t\r\n", body[i]) || !body[i])
            return false;
    return true;
}

/* What kind of body it is that says nothing, for a person. */
static const char *body_kind(const struct answer *a, const json_t *json)
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

static bool has_error(json_t *json)
{
    json_t *error = json_object_get(json, "error");
    return error && !json_is_null(error);
}

/* A condition of the body itself: `true`, `OK`, `[]`. */
static bool of_whole_body(const struct conditions *c)
{
    bool whole = false;
    for (size_t i = 0; i < c->count; i++)
        whole |= !*c->at[i].pointer;
    return whole;
}

static const char *whole_body_unconfirmed(const struct request *r, const char *id, bool fold,
                                          const struct answer *a, json_t *json)
{
    json_t *text = json || a->body_clipped ? NULL : body_text(a->body, a->body_len);
    bool good = has_error(json) ? false : conditions_met(&r->confirm, json ? json : text, id, fold);
    json_decref(text);
    return good ? NULL : body_kind(a, json);
}

/* Why a success body does not confirm, or NULL where it does. */
static const char *unconfirmed(const struct definition *d, const struct request *r, const char *id,
                               const struct answer *a, json_t *json, char why[100])
{
    if (r->status.count && !status_in(&r->status, a->status))
        return "another status was promised";
    if (of_whole_body(&r->confirm))
        return whole_body_unconfirmed(r, id, d->id.lower, a, json);
    if (!json)
        return !a->body_clipped && !r->confirm.count && is_blank(a->body, a->body_len)
                   ? NULL
                   : body_kind(a, json);
    if (!json_is_object(json))
        return "its body is no JSON object";
    if (has_error(json))
        return "its body has an `error`";
    for (char **pointer = d->echo; pointer && *pointer; pointer++) {
        json_t *value = pointer_get(json, *pointer);
        if ((json_is_string(value) || json_is_integer(value)) &&
            !value_is_id(value, id, d->id.lower)) {
            snprintf(why, 100, "its body names another id at %.50s", *pointer);
            return why;
        }
    }
    const struct condition *broken = conditions_broken(&r->confirm, json, id, d->id.lower);
    if (!broken)
        return NULL;
    if (broken->test == TEST_ID && json_is_string(pointer_get(json, broken->pointer)))
        snprintf(why, 100, "its body names another id at %.50s", broken->pointer);
    else
        snprintf(why, 100, "%.40s is not %.30s", broken->pointer,
                 broken->test == TEST_VALUE ? broken->value : "what the API promises");
    return why;
}

/* A status that refuses the credential only in a certain form, or not in the read of one target. */
static bool refuses(const struct definition *d, int status, json_t *json, bool of_target)
{
    if (of_target && !status_in(&d->read_stop, status))
        return false;
    return !json || !conditions_broken(&d->stop_form, json, NULL, false);
}

static json_t *answer_json(const struct answer *a)
{
    return a->body_clipped ? NULL : body_parse(a->body, a->body_len);
}

/* The provider's own words, borrowed from json. */
static const char *error_text(const struct definition *d, json_t *json, size_t *len)
{
    for (char **pointer = d->error_text; json && pointer && *pointer; pointer++) {
        json_t *value = pointer_get(json, *pointer);
        if (json_is_string(value) && json_string_length(value) > 0) {
            *len = json_string_length(value);
            return json_string_value(value);
        }
    }
    *len = 0;
    return NULL;
}

/* The words to go behind the lead: what was wrong with the body, the provider's text, libcurl's. */
static void explain(const struct definition *d, const char *id, const struct answer *a,
                    enum event event, const char *what, json_t *json, char reason[REASON_SIZE])
{
    char lead[REASON_SIZE], said[128];
    const char *format = consequences[event].lead, *words = NULL;
    size_t len = 0;
    snprintf(said, sizeof said, "%s", "");
    snprintf(lead, sizeof lead, "%s", format);
    if (strncmp(format, "%d", 2) == 0)
        snprintf(lead, sizeof lead, "%d%s", a->status, format + 2);
    if (event == EVENT_NO_EVIDENCE)
        snprintf(said, sizeof said, " (%s): is the base URL right?", body_kind(a, json));
    else if (event == EVENT_UNCONFIRMED)
        snprintf(said, sizeof said, ": %s", what);
    else if ((event == EVENT_CUT || event == EVENT_TIMEOUT) && a->status)
        snprintf(said, sizeof said, " after its status %d", a->status);
    strncat(lead, said, sizeof lead - strlen(lead) - 1);
    if (a->transport == TRANSPORT_WHOLE)
        words = error_text(d, json, &len);
    else if (a->detail)
        len = strlen(words = a->detail);
    reason_put(reason, lead, words, len, &(struct reason_context){d, id, a->secrets});
}

static const enum outcome achieved[ACTION_COUNT] = {OUTCOME_REVOKED, OUTCOME_DISABLED,
                                                    OUTCOME_ENABLED, OUTCOME_ROTATED};

void classify(const struct definition *d, enum action action, const char *id, bool applied_before,
              const struct answer *a, struct verdict *out)
{
    char why[100];
    const char *what = NULL;
    enum event event = transport_event(d, a);
    json_t *json = a->transport == TRANSPORT_WHOLE ? answer_json(a) : NULL;

    if (event == EVENT_GONE && !gone_told(d, a->status, json, id))
        event = other_status_event(d, a->status);
    if (event == EVENT_REFUSED && !refuses(d, a->status, json, false))
        event = EVENT_PERMANENT;
    if (event == EVENT_CONFIRMED &&
        (what = unconfirmed(d, &d->action[action], id, a, json, why)) != NULL)
        event = EVENT_UNCONFIRMED;

    const struct consequence *c = &consequences[event];
    bool sent_again = a->sends > c->accounted;
    *out = (struct verdict){
        .kind = c->kind,
        .outcome = c->outcome,
        .may_have_applied = c->applied || sent_again,
        .holds_pair = c->holds,
        .closes_connection = c->closes,
    };
    if (event == EVENT_CONFIRMED)
        out->outcome = achieved[action];
    else if (event == EVENT_GONE && action == ACTION_ENABLE)
        out->outcome = OUTCOME_FAILED;
    else if (event == EVENT_GONE && (applied_before || sent_again))
        out->outcome = OUTCOME_ABSENT_AFTER_RETRY;
    if (event == EVENT_GONE && action == ACTION_ENABLE)
        snprintf(out->reason, sizeof out->reason, "%d, it is not there any more", a->status);
    else if (event != EVENT_CONFIRMED && event != EVENT_GONE)
        explain(d, id, a, event, what, json, out->reason);
    json_decref(json);
}

void classify_verify(const struct definition *d, const struct request *r, const char *id,
                     const struct answer *a, struct verdict *out)
{
    char why[100];
    const char *what = NULL;
    enum event event = transport_event(d, a);
    json_t *json = a->transport == TRANSPORT_WHOLE ? answer_json(a) : NULL;

    if (event == EVENT_GONE && (!id || !gone_told(d, a->status, json, id)))
        event = other_status_event(d, a->status);
    if (event == EVENT_REFUSED && !refuses(d, a->status, json, id != NULL))
        event = EVENT_PERMANENT;
    if (event == EVENT_CONFIRMED && id)
        what = unconfirmed(d, r, id, a, json, why);
    else if (event == EVENT_CONFIRMED)
        what = !json ? body_kind(a, json) : has_error(json) ? "its body has an `error`" : NULL;
    if (what)
        event = EVENT_UNCONFIRMED;
    else if (event == EVENT_CONFIRMED && id && conditions_met(&d->read_gone, json, id, d->id.lower))
        event = EVENT_GONE; /* it is named, and dead */

    const struct consequence *c = &consequences[event];
    *out = (struct verdict){.kind = c->kind,
                            .outcome = c->outcome,
                            .verified = VERIFIED_UNPROVEN,
                            .holds_pair = c->holds,
                            .closes_connection = c->closes};
    if (event == EVENT_CONFIRMED)
        out->verified = id ? VERIFIED_PRESENT : VERIFIED_NONE;
    else if (event == EVENT_GONE)
        out->verified = VERIFIED_ABSENT;
    else
        explain(d, id, a, event, what, json, out->reason);
    json_decref(json);
}

static enum preflight_result preflight_of(enum event event)
{
    switch (event) {
    case EVENT_CONFIRMED:
        return PREFLIGHT_OK;
    case EVENT_REFUSED:
        return PREFLIGHT_REFUSED;
    case EVENT_RATE:
    case EVENT_BUSY:
    case EVENT_SICK:
    case EVENT_MISDIRECTED:
    case EVENT_ODD:
    case EVENT_CUT:
    case EVENT_TIMEOUT:
    case EVENT_UNSENT:
    case EVENT_LOCAL:
    case EVENT_TLS:
        return PREFLIGHT_RETRY;
    default:
        return PREFLIGHT_IMPOSSIBLE;
    }
}

/* Whether some list of it is a bare array. */
static bool lists_bare(const struct definition *d)
{
    const struct list_rule *l = &d->list;
    return (l->pages.items && !*l->pages.items) || (l->each_pages.items && !*l->each_pages.items);
}

/* A preflight's 2xx: a JSON object without `error`, or an array where such may come, in which the
 * checks hold. */
static enum preflight_result preflight_body(const struct definition *d,
                                            const struct conditions *checks, const struct answer *a,
                                            json_t *json, char reason[REASON_SIZE])
{
    if (a->body_clipped && !checks->count && a->body_len && strchr("{[", a->body[0]))
        return PREFLIGHT_OK;
    bool array = json_is_array(json) && (lists_bare(d) || of_whole_body(checks));
    if ((!json_is_object(json) && !array) || has_error(json)) {
        snprintf(reason, REASON_SIZE, "%d, but %s: is the base URL right?", a->status,
                 has_error(json) ? "its body has an `error`" : body_kind(a, json));
        return PREFLIGHT_IMPOSSIBLE;
    }
    const struct condition *broken = conditions_broken(checks, json, NULL, false);
    if (!broken)
        return PREFLIGHT_OK;
    snprintf(reason, REASON_SIZE, "the credential may not do this: %.60s is not %.60s",
             broken->pointer, broken->test == TEST_VALUE ? broken->value : "as it must be");
    return PREFLIGHT_REFUSED;
}

enum preflight_result classify_read(const struct definition *d, const struct conditions *checks,
                                    const struct answer *a, char reason[200])
{
    enum event event = transport_event(d, a);
    json_t *json = a->transport == TRANSPORT_WHOLE ? answer_json(a) : NULL;
    enum preflight_result result;
    reason[0] = '\0';
    if (event == EVENT_GONE) /* nothing can be gone yet */
        event = other_status_event(d, a->status);
    if (event == EVENT_CONFIRMED) {
        result = preflight_body(d, checks, a, json, reason);
    } else {
        result = preflight_of(event);
        if (a->status == 404 && a->transport == TRANSPORT_WHOLE)
            snprintf(reason, REASON_SIZE, "404: is the base URL right?");
        else
            explain(d, NULL, a, event, NULL, json, reason);
    }
    json_decref(json);
    return result;
}

enum preflight_result classify_preflight(const struct definition *d, const struct answer *a,
                                         char reason[200])
{
    return classify_read(d, &d->preflight.confirm, a, reason);
}

static int canonical_id(const struct definition *d, const char *text, size_t len,
                        char out[ID_MAX + 1])
{
    char reason[ID_REASON];
    int n = identifier_canonical(d, text, len, out, reason);
    return n > 0 ? n : 0;
}

/* What stands before a secret's first colon; a secret without one may be user:password in base64.
 */
static int before_colon(const struct definition *d, const char *secret, bool user,
                        char out[ID_MAX + 1])
{
    struct buf plain = {0};
    const char *colon = strchr(secret, ':');
    if (!colon && user && base64_read(&plain, secret, strlen(secret)))
        colon = memchr(secret = buf_text(&plain), ':', plain.len);
    int n = colon ? canonical_id(d, secret, (size_t)(colon - secret), out) : 0;
    if (plain.data)
        mem_wipe(plain.data, plain.cap);
    buf_free(&plain);
    return n;
}

int own_id_of_secret(const struct definition *d, const char *secret, char out[ID_MAX + 1])
{
    if (d->self == SELF_SHA256) {
        char hex[SHA256_HEX + 1];
        sha256_of(secret, strlen(secret), hex);
        return canonical_id(d, hex, SHA256_HEX, out);
    }
    if (d->self == SELF_SECRET)
        return canonical_id(d, secret, strlen(secret), out);
    if (d->self == SELF_BEFORE_COLON || d->self == SELF_USER)
        return before_colon(d, secret, d->self == SELF_USER, out);
    const char *dot = strchr(secret, '.');
    if (dot && d->self == SELF_BEFORE_DOT)
        return canonical_id(d, secret, (size_t)(dot - secret), out);
    const char *second = dot ? strchr(dot + 1, '.') : NULL;
    if (second && d->self == SELF_BETWEEN_DOTS)
        return canonical_id(d, dot + 1, (size_t)(second - dot - 1), out);
    return 0;
}

void own_ids_of_body(const struct definition *d, const char *body, size_t len,
                     void (*each)(void *at, const char *id, size_t id_len), void *at)
{
    json_t *json = body_parse(body, len);
    for (char **pointer = d->self_pointers; json && pointer && *pointer; pointer++) {
        json_t *value = pointer_get(json, *pointer);
        char digits[32], id[ID_MAX + 1];
        int n = 0;
        if (json_is_integer(value)) {
            snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
            n = canonical_id(d, digits, strlen(digits), id);
        } else if (json_is_string(value)) {
            n = canonical_id(d, json_string_value(value), json_string_length(value), id);
        }
        if (n > 0)
            each(at, id, (size_t)n);
    }
    json_decref(json);
}

struct first_id {
    char *out;
    int len;
};

static void take_first(void *at, const char *id, size_t len)
{
    struct first_id *f = at;
    if (f->len)
        return;
    memcpy(f->out, id, len + 1);
    f->len = (int)len;
}

int own_id_of_body(const struct definition *d, const char *body, size_t len, char out[ID_MAX + 1])
{
    struct first_id first = {out, 0};
    own_ids_of_body(d, body, len, take_first, &first);
    return first.len;
}
