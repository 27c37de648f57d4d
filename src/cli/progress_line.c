/* What progress looks like: one provider's line for a person, the whole view for a machine. */

#include "cli/progress.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The fields of a line, in the order in which they stand. */
enum field { NAME, COUNTS, PERCENT, ACTIVITY, LIMIT, FLIGHT, FAILED, ETA, FIELDS };
enum { FIELD_MAX = 72, GAP = 2, NAME_WIDTH = 10, NAME_LEAST = 4 };

/* From the richest to the poorest; the first that fits is taken. */
static const unsigned char level[] = {
    (1 << FIELDS) - 1,
    1 << NAME | 1 << COUNTS | 1 << PERCENT | 1 << ACTIVITY | 1 << LIMIT | 1 << FAILED | 1 << ETA,
    1 << NAME | 1 << COUNTS | 1 << PERCENT | 1 << ACTIVITY | 1 << FAILED | 1 << ETA,
    1 << NAME | 1 << COUNTS | 1 << PERCENT | 1 << ACTIVITY | 1 << FAILED,
    1 << NAME | 1 << PERCENT | 1 << ACTIVITY | 1 << FAILED,
    1 << NAME | 1 << PERCENT | 1 << FAILED,
    1 << NAME | 1 << PERCENT,
};

static void rate_text(double rate, char out[TEXT_COUNT])
{
    if (!(rate >= 0) || rate > 1e9)
        rate = 0;
    if (rate < 9.95)
        snprintf(out, TEXT_COUNT, "%.1f", rate);
    else
        text_count((uint64_t)(rate + .5), out);
}

/* Whole seconds, rounded up: a countdown that shows 0 looks stuck. */
static void countdown_text(int64_t us, char out[TEXT_SPAN])
{
    if (us <= 59 * (int64_t)1000000)
        snprintf(out, TEXT_SPAN, "%llds", (long long)((us + 999999) / 1000000));
    else
        text_span((us + 999999) / 1000000 * 1000000, out);
}

static void activity_text(const struct lane_view *v, char out[FIELD_MAX])
{
    char number[TEXT_COUNT], span[TEXT_SPAN];
    bool verifying = strcmp(v->state, "verifying") == 0;
    bool running = verifying || strcmp(v->state, "running") == 0;
    if (v->hold_left_us > 0) {
        countdown_text(v->hold_left_us, span);
        snprintf(out, FIELD_MAX, "hold %s", span);
    } else if (running) {
        rate_text(v->rate, number);
        snprintf(out, FIELD_MAX, "%s%s/s", verifying ? "verify " : "", number);
    } else {
        snprintf(out, FIELD_MAX, "%s", v->state);
    }
}

static void fields_text(const struct lane_view *v, char field[FIELDS][FIELD_MAX])
{
    char a[TEXT_COUNT], b[TEXT_COUNT], span[TEXT_SPAN];
    memset(field, 0, FIELDS * sizeof *field);
    snprintf(field[NAME], FIELD_MAX, "%s", v->name);
    /* Padded, so that the line stands still while its numbers grow. */
    text_count(v->targets, b);
    snprintf(field[COUNTS], FIELD_MAX, "%*s/%s", (int)strlen(b), text_count(v->finished, a), b);
    /* Rounded down: 100% means all. */
    snprintf(field[PERCENT], FIELD_MAX, "%3d%%",
             v->targets ? (int)((double)v->finished / (double)v->targets * 100) : 0);
    activity_text(v, field[ACTIVITY]);
    if (v->limit > 0 && strcmp(v->state, "finished") != 0) {
        rate_text(v->limit, a);
        snprintf(field[LIMIT], FIELD_MAX, "limit %s/s", a);
    }
    if (v->rtt_us > 0 && v->in_flight > 0 && v->bound)
        snprintf(field[FLIGHT], FIELD_MAX, "%u in flight, %lld ms, bound by %s", v->in_flight,
                 (long long)(v->rtt_us + 500) / 1000, v->bound);
    if (v->failed)
        snprintf(field[FAILED], FIELD_MAX, "%s failed", text_count(v->failed, a));
    if (v->eta_us >= 0 && v->finished < v->targets) {
        countdown_text(v->eta_us, span);
        snprintf(field[ETA], FIELD_MAX, "eta %s", span);
    }
}

/* The width of a line of these fields, the name's left out. */
static size_t width(char field[FIELDS][FIELD_MAX], unsigned shown)
{
    size_t sum = 0;
    for (int i = NAME + 1; i < FIELDS; i++)
        if ((shown & 1u << i) && field[i][0])
            sum += GAP + strlen(field[i]);
    return sum;
}

void progress_line(const struct lane_view *lane, unsigned columns, struct buf *out)
{
    char field[FIELDS][FIELD_MAX];
    size_t pick = 0, count = sizeof level, start = out->len;
    fields_text(lane, field);
    size_t name = strlen(field[NAME]), least = name < NAME_WIDTH ? name : NAME_WIDTH;
    while (pick + 1 < count && width(field, level[pick]) + least > columns)
        pick++;
    size_t rest = width(field, level[pick]), room = columns > rest ? columns - rest : NAME_LEAST;
    size_t padded = name < NAME_WIDTH ? NAME_WIDTH : name;
    buf_printf(out, "%-*.*s", (int)(padded < room ? padded : room), (int)room, field[NAME]);
    for (int i = NAME + 1; i < FIELDS; i++)
        if ((level[pick] & 1u << i) && field[i][0])
            buf_printf(out, "%*s%s", GAP, "", field[i]);
    if (out->len - start > columns) {
        out->len = start + columns;
        out->data[out->len] = '\0';
    }
}

static void put_number(struct buf *out, const char *name, double n)
{
    buf_printf(out, ",\"%s\":%.1f", name, isfinite(n) ? n : 0.0);
}

static void put_count(struct buf *out, const char *name, uint64_t n)
{
    buf_printf(out, ",\"%s\":%llu", name, (unsigned long long)n);
}

static void put_seconds(struct buf *out, const char *name, int64_t us, bool known)
{
    if (known)
        put_number(out, name, (double)us / 1e6);
    else
        buf_printf(out, ",\"%s\":null", name);
}

static void put_lane(struct buf *out, const struct lane_view *v)
{
    buf_puts(out, "{\"provider\":");
    buf_put_json_string(out, v->name);
    buf_puts(out, ",\"state\":");
    buf_put_json_string(out, v->state);
    put_count(out, "targets", v->targets);
    put_count(out, "finished", v->finished);
    put_count(out, "done", v->done);
    put_count(out, "failed", v->failed);
    put_count(out, "sent", v->sent);
    put_count(out, "http_429", v->http_429);
    put_count(out, "retries", v->retries);
    put_count(out, "in_flight", v->in_flight);
    if (v->rtt_us > 0)
        put_number(out, "rtt_ms", (double)v->rtt_us / 1e3);
    else
        buf_puts(out, ",\"rtt_ms\":null");
    buf_puts(out, ",\"bound\":");
    buf_put_json_string(out, v->bound);
    put_number(out, "rate", v->rate);
    put_number(out, "pace", v->pace);
    put_number(out, "limit", v->limit);
    put_seconds(out, "hold_left_s", v->hold_left_us, v->hold_left_us > 0);
    put_seconds(out, "eta_s", v->eta_us, v->eta_us >= 0);
    buf_putc(out, '}');
}

void progress_json(const struct run_view *view, int64_t wall_ms, struct buf *out)
{
    char time[CLOCK_TEXT];
    buf_printf(out, "{\"type\":\"progress\",\"time\":\"%s\"", clock_text(wall_ms, time));
    put_seconds(out, "elapsed_s", view->elapsed_us, true);
    put_seconds(out, "deadline_left_s", view->deadline_left_us, view->deadline_left_us >= 0);
    buf_puts(out, ",\"stopping\":");
    buf_put_json_string(out, view->stopping);
    buf_puts(out, ",\"providers\":[");
    for (size_t i = 0; i < view->lanes; i++) {
        if (i)
            buf_putc(out, ',');
        put_lane(out, &view->lane[i]);
    }
    buf_puts(out, "]}");
}
