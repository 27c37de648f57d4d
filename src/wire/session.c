#include "wire/session.h"

#include "wire/alias.h"
#include "wire/http.h"
#include "wire/trace.h"

#include "base/clock.h"
#include "base/stops.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

enum { TICK_US = 100000, IDLE_US = 1000000 };

int session_begin(struct session *s, const struct work *work, struct error *err)
{
    *s = (struct session){.work = *work, .started_us = clock_mono_us()};
    s->rng = rng_seed((uint64_t)s->started_us ^ (uint64_t)clock_wall_ms() << 20);
    if (work->settings->deadline_us)
        s->deadline_us = s->started_us + work->settings->deadline_us;
    if (trace_open(&s->trace, err) != 0)
        return -1;
    s->loop = http_loop_new(err);
    return s->loop ? 0 : -1;
}

void session_end(struct session *s)
{
    http_loop_free(s->loop);
    trace_close(s->trace);
    aliases_free(s->aliases);
    s->loop = NULL;
    s->trace = NULL;
    s->aliases = NULL;
}

const struct aliases *session_aliases(struct session *s)
{
    if (!s->aliases)
        s->aliases = aliases_new(s->work.settings, s->work.targets, s->work.listed);
    return s->aliases;
}

const uint32_t *session_rows(struct session *s, const struct definition *d, uint32_t *count)
{
    return aliases_rows(session_aliases(s), d, count);
}

void session_stop(struct session *s, enum exit_code code, const char *reason)
{
    bool first = !session_stopping(s);
    ending_add(&s->ending, code, reason);
    if (first)
        session_tell(s, "stop", "%s", reason);
}

static void take_signals(struct session *s)
{
    int last = 0;
    char reason[96];
    if (!http_loop_signals(s->loop, &last))
        return;
    snprintf(reason, sizeof reason, "stopped by %s", stops_name(last));
    session_stop(s, EXIT_STOPPED, reason);
}

static void take_deadline(struct session *s, int64_t now)
{
    char span[TEXT_SPAN], reason[96];
    if (!s->deadline_us || now < s->deadline_us)
        return;
    snprintf(reason, sizeof reason, "the deadline of %s has passed",
             text_span(s->work.settings->deadline_us, span));
    session_stop(s, EXIT_STOPPED, reason);
}

void session_take_stops(struct session *s, int64_t now)
{
    if (!session_stopping(s))
        take_signals(s);
    if (!session_stopping(s))
        take_deadline(s, now);
}

bool session_hurried(const struct session *s)
{
    return http_loop_signals(s->loop, NULL) > 1;
}

void session_wait(struct session *s, int64_t until_us)
{
    int64_t now = clock_mono_us();
    if (s->deadline_us && !session_stopping(s) && s->deadline_us < until_us)
        until_us = s->deadline_us;
    http_loop_wait(s->loop, until_us < now + IDLE_US ? until_us : now + IDLE_US);
}

void session_put(struct session *s, struct record *record)
{
    record->at_ms = clock_wall_ms();
    journal_put(s->work.journal, record);
    if (!s->dirty_since_us)
        s->dirty_since_us = clock_mono_us();
}

void session_put_urgent(struct session *s, struct record *record)
{
    session_put(s, record);
    s->dirty_since_us = 1;
}

/* To look at what was done takes nothing of a halt back. */
static bool is_halted(const struct session *s)
{
    const size_t runs = ledger_runs(s->work.ledger);
    return s->halted ||
           (!s->work.settings->act && runs && ledger_run(s->work.ledger, runs - 1)->halted);
}

void session_put_close(struct session *s, const char *unsent)
{
    struct record record = {.type = RECORD_CLOSE,
                            .close = {.exit_code = (int)s->ending.code,
                                      .reason = s->ending.reason,
                                      .unsent = unsent,
                                      .counts = s->counts,
                                      .halted = is_halted(s)}};
    session_put(s, &record);
}

void session_tell(const struct session *s, const char *key, const char *format, ...)
{
    const struct observer *o = s->work.observer;
    if (!o || !o->tell)
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    o->tell(o->at, key, line);
}

bool session_watched(const struct session *s)
{
    return s->work.observer && s->work.observer->tick;
}

bool session_tick_due(struct session *s, int64_t now)
{
    if (!session_watched(s) || now < s->next_tick_us)
        return false;
    s->next_tick_us = now + TICK_US;
    return true;
}

void session_tick(struct session *s, const struct lane_view *lane, size_t lanes, int64_t now)
{
    const struct observer *o = s->work.observer;
    const struct run_view view = {
        .lane = lane,
        .lanes = lanes,
        .elapsed_us = now - s->started_us,
        .deadline_left_us = s->deadline_us ? s->deadline_us - now : -1,
        .stopping = session_stopping(s) ? s->ending.reason : NULL,
    };
    o->tick(o->at, &view);
}
