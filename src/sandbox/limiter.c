#include "sandbox/limiter.h"

#include "base/mem.h"
#include "base/text.h"
#include "sandbox/spec.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* "100/s", "150/3s", "1200/5m". */
static bool quota(char *text, struct limiter_stage *s)
{
    char *slash = strchr(text, '/');
    if (!slash)
        return false;
    *slash = '\0';
    const char *span = slash + 1;
    char one[8] = "1";
    if (span[0] && !strchr("0123456789", span[0]) && strlen(span) < 6) {
        memcpy(one + 1, span, strlen(span) + 1);
        span = one;
    }
    return text_decimal(text, 1e7, &s->quota) && s->quota > 0 && spec_span(span, &s->per_us) &&
           s->per_us > 0;
}

static bool setting(char *text, struct limiter_stage *s)
{
    const char *name = NULL, *value = NULL;
    if (!spec_setting(text, &name, &value))
        return false;
    if (!strcmp(name, "from"))
        return spec_span(value, &s->from_us);
    if (!strcmp(name, "burst") && s->kind == LIMIT_BUCKET)
        return text_decimal(value, 1e7, &s->burst) && s->burst >= 1;
    if (!strcmp(name, "phase") && s->kind == LIMIT_WINDOW)
        return text_decimal(value, 1, &s->phase);
    if (!strcmp(name, "out") && s->kind == LIMIT_BOX)
        return spec_span(value, &s->out_us);
    return false;
}

int limiter_parse(const char *spec, struct limiter_stage *out, struct error *err)
{
    static const char *const names[] = {"none", "bucket", "window", "box"};
    char copy[SPEC_MAX], *rest = copy;
    *out = (struct limiter_stage){0};
    if (strlen(spec) >= sizeof copy)
        return error_set(err, EXIT_USAGE, "a limit of more than %d characters", SPEC_MAX - 1);
    memcpy(copy, spec, strlen(spec) + 1);
    const char *name = strsep(&rest, ":");
    unsigned kind = 0;
    if (!spec_one_of(name, names, 4, &kind))
        return error_set(err, EXIT_USAGE, "%s: not a limit: bucket, window, box or none", spec);
    out->kind = (enum limiter_kind)kind;
    if (out->kind != LIMIT_NONE && (!rest || !quota(strsep(&rest, ":"), out)))
        return error_set(err, EXIT_USAGE, "%s: not a limit: no quota such as 100/s", spec);
    while (rest) {
        const char *part = rest;
        if (!setting(strsep(&rest, ":"), out))
            return error_set(err, EXIT_USAGE, "%s: cannot read \"%s\" of a limit", spec, part);
    }
    if (out->kind == LIMIT_BUCKET && out->burst == 0)
        out->burst = fmax(1, out->quota * 1e6 / (double)out->per_us);
    if (out->kind == LIMIT_BOX && out->out_us == 0)
        return error_set(err, EXIT_USAGE, "%s: a box needs its out=, such as out=5s", spec);
    return 0;
}

void limiter_init(struct limiter *l)
{
    *l = (struct limiter){.start_us = -1};
}

void limiter_free(struct limiter *l)
{
    free(l->arrivals);
    limiter_init(l);
}

int limiter_add(struct limiter *l, const struct limiter_stage *stage, struct error *err)
{
    if (l->stages == LIMITER_STAGES)
        return error_set(err, EXIT_USAGE, "more than %d limits for one provider", LIMITER_STAGES);
    if (l->stages && stage->from_us <= l->stage[l->stages - 1].from_us)
        return error_set(err, EXIT_USAGE, "limits of one provider need a rising from=");
    l->stage[l->stages++] = *stage;
    return 0;
}

/* Into a stage: a bucket that follows a bucket keeps its tokens, as a changed limit does. */
static void enter(struct limiter *l, unsigned at, bool first)
{
    const struct limiter_stage *s = &l->stage[at];
    bool refill = !first && s->kind == LIMIT_BUCKET && l->stage[l->current].kind == LIMIT_BUCKET;
    l->current = at;
    l->tokens = refill ? fmin(l->tokens, s->burst) : s->burst;
    l->used = 0;
    l->window = -1;
    l->blocked_until_us = 0;
    l->head = l->held = 0;
    free(l->arrivals);
    l->arrivals = NULL;
    if (s->kind == LIMIT_BOX) {
        l->ring = (uint64_t)s->quota + 1;
        l->arrivals = mem_zalloc(l->ring, sizeof *l->arrivals);
    }
}

/* Whoever comes back after exactly the wait that it was told is admitted. */
#define ROUNDING 1e-9

static int64_t admit_bucket(struct limiter *l, const struct limiter_stage *s, int64_t now)
{
    double per_us = s->quota / (double)s->per_us;
    l->tokens = fmin(s->burst, l->tokens + (double)(now - l->last_us) * per_us);
    if (l->tokens >= 1 - ROUNDING) {
        l->tokens -= 1;
        return -1;
    }
    return (int64_t)ceil((1 - l->tokens) / per_us);
}

static int64_t admit_window(struct limiter *l, const struct limiter_stage *s, int64_t now)
{
    int64_t t = now - l->start_us + (int64_t)(s->phase * (double)s->per_us);
    int64_t k = t / s->per_us;
    if (k != l->window) {
        l->window = k;
        l->used = 0;
    }
    if (l->used + 1 <= s->quota) {
        l->used += 1;
        return -1;
    }
    return (k + 1) * s->per_us - t;
}

static int64_t admit_box(struct limiter *l, const struct limiter_stage *s, int64_t now)
{
    if (now < l->blocked_until_us)
        return l->blocked_until_us - now;
    while (l->held && l->arrivals[l->head] <= now - s->per_us) {
        l->head = (l->head + 1) % l->ring;
        l->held--;
    }
    l->arrivals[(l->head + l->held++) % l->ring] = now;
    if ((double)l->held <= s->quota)
        return -1;
    l->held = 0;
    l->blocked_until_us = now + s->out_us;
    return s->out_us;
}

int64_t limiter_admit(struct limiter *l, int64_t now)
{
    if (!l->stages)
        return -1;
    if (l->start_us < 0) {
        l->start_us = l->last_us = now;
        enter(l, 0, true);
    }
    while (l->current + 1 < l->stages && now - l->start_us >= l->stage[l->current + 1].from_us)
        enter(l, l->current + 1, false);
    const struct limiter_stage *s = &l->stage[l->current];
    int64_t wait = -1;
    if (now - l->start_us < s->from_us || s->kind == LIMIT_NONE)
        wait = -1;
    else if (s->kind == LIMIT_BUCKET)
        wait = admit_bucket(l, s, now);
    else if (s->kind == LIMIT_WINDOW)
        wait = admit_window(l, s, now);
    else
        wait = admit_box(l, s, now);
    l->last_us = now;
    return wait;
}

double limiter_quota(const struct limiter *l)
{
    return l->stages ? l->stage[l->current].quota : 0;
}

int64_t limiter_room(const struct limiter *l, int64_t *reset_us)
{
    if (!l->stages || l->start_us < 0)
        return -1;
    const struct limiter_stage *s = &l->stage[l->current];
    switch (s->kind) {
    case LIMIT_BUCKET:
        *reset_us = (int64_t)((s->burst - l->tokens) * (double)s->per_us / s->quota);
        return (int64_t)l->tokens;
    case LIMIT_WINDOW:
        *reset_us = (l->window + 1) * s->per_us - (l->last_us - l->start_us) -
                    (int64_t)(s->phase * (double)s->per_us);
        return (int64_t)(s->quota - l->used);
    case LIMIT_BOX:
        *reset_us = s->per_us;
        return (int64_t)s->quota - (int64_t)l->held;
    case LIMIT_NONE:
        break;
    }
    return -1;
}
