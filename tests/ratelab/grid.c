#include "grid.h"

#include <stdio.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

const struct grid_class grid_classes[CLASSES] = {
    [CLASS_BUCKET_FREE] = {"bucket, no hint or ms", {.93, .96, .96}},
    [CLASS_BUCKET_DEEP] = {"bucket, burst of 1 s+, Retry-After", {.90, .93, .93}},
    [CLASS_BUCKET_SHALLOW] = {"bucket, shallow, Retry-After", {.72, .82, .87}},
    [CLASS_WINDOW_FREE] = {"window 1-3 s, no hint or ms", {.86, .93, .93}},
    [CLASS_WINDOW_TOLD] = {"window 1-3 s, Retry-After", {.70, .76, .84}},
    [CLASS_WINDOW_MIDDLE] = {"window 4-5 s", {0}},
    [CLASS_WINDOW_LONG] = {"window 10-60 s", {0, .85, .85}},
    [CLASS_BOX] = {"penalty box, out 4-10 s", {.45, .58, .58}},
    [CLASS_BOX_MIDDLE] = {"penalty box, out 15 s", {0}},
    [CLASS_BOX_LONG] = {"penalty box, out 300 s", {0, .93, .93}},
    [CLASS_BURST1] = {"burst 1, 40/s+ (x best constant)", {.65, .75, .75}},
    [CLASS_BURST1_SLOW] = {"burst 1, under 40/s", {0}},
    [CLASS_STEP] = {"step", {0}},
    [CLASS_OPEN] = {"no limit", {0}},
};

static const enum hint all_hints[] = {HINT_NONE, HINT_SECONDS, HINT_DATE, HINT_MS};
enum { TWO_HINTS = 2, FOUR_HINTS = 4 };

static const struct wire {
    double rtt_s, sigma;
} wires[] = {{.001, .05}, {.03, .05}, {.12, .35}, {.002, .35}, {.02, .35}, {.05, .05}, {.15, .1}};

struct filling {
    struct grid_case *cases;
    int count;
};

static enum span span_of(double seconds)
{
    return seconds <= 25 ? SPAN_SHORT : seconds < 300 ? SPAN_LONG : SPAN_VERY_LONG;
}

static bool free_hint(enum hint hint)
{
    return hint == HINT_NONE || hint == HINT_MS;
}

static enum class_id class_of(const struct limiter_spec *l, enum hint hint)
{
    switch (l->kind) {
    case LIMITER_BUCKET:
        if (l->steps[0].rate > 0)
            return CLASS_STEP;
        if (l->burst < 2)
            return l->rate >= 40 ? CLASS_BURST1 : CLASS_BURST1_SLOW;
        if (free_hint(hint))
            return CLASS_BUCKET_FREE;
        return l->burst >= l->rate ? CLASS_BUCKET_DEEP : CLASS_BUCKET_SHALLOW;
    case LIMITER_WINDOW:
        if (l->width >= 10)
            return CLASS_WINDOW_LONG;
        if (l->width > 3)
            return CLASS_WINDOW_MIDDLE;
        return free_hint(hint) ? CLASS_WINDOW_FREE : CLASS_WINDOW_TOLD;
    case LIMITER_BOX:
        return l->out > 15 ? CLASS_BOX_LONG : l->out > 10 ? CLASS_BOX_MIDDLE : CLASS_BOX;
    case LIMITER_NONE:
        break;
    }
    return CLASS_OPEN;
}

static void add(struct filling *f, const struct limiter_spec *l, double seconds, int hints)
{
    for (int h = 0; h < hints; h++)
        for (int w = 0; w < COUNT(wires); w++)
            f->cases[f->count++] = (struct grid_case){
                .limiter = *l,
                .hint = all_hints[h],
                .rtt_s = wires[w].rtt_s,
                .sigma = wires[w].sigma,
                .seconds = seconds,
                .class = class_of(l, all_hints[h]),
                .span = span_of(seconds),
                .barred = wires[w].sigma < .06 && wires[w].rtt_s < .031,
            };
}

static void add_buckets(struct filling *f)
{
    static const double rows[][2] = {
        {2, 1},   {5, 5},     {17, 1},   {17, 34},     {40, 1},   {40, 5},      {40, 40},
        {90, 1},  {90, 5},    {200, 5},  {200, 200},   {1000, 5}, {1000, 2000}, {4, 2},
        {3, 6},   {11, 1},    {30, 5},   {30, 30},     {70, 1},   {55, 110},    {150, 5},
        {350, 5}, {700, 700}, {5000, 5}, {5000, 5000}, {100, 20}, {500, 50},
    };
    for (int i = 0; i < COUNT(rows); i++) {
        struct limiter_spec l = {LIMITER_BUCKET, .rate = rows[i][0], .burst = rows[i][1]};
        add(f, &l, 25, FOUR_HINTS);
        add(f, &l, 60, FOUR_HINTS);
        if (l.rate <= 200)
            add(f, &l, 300, FOUR_HINTS);
    }
}

static void add_windows(struct filling *f)
{
    static const struct {
        int quota;
        double width;
    } rows[] = {{30, 1},  {60, 2},   {150, 3},   {25, 1},   {80, 2},    {250, 5},
                {500, 4}, {600, 60}, {1000, 10}, {400, 60}, {1500, 15}, {1000, 1}};
    static const double long_seconds[] = {150, 300}, seconds[] = {25, 60, 300};
    for (int i = 0; i < COUNT(rows); i++) {
        struct limiter_spec l = {LIMITER_WINDOW, .quota = rows[i].quota, .width = rows[i].width};
        l.phase = .3 * l.width;
        bool wide = l.width >= 10;
        for (int k = 0; k < (wide ? 2 : 3); k++)
            if (l.width * 5 <= (wide ? long_seconds : seconds)[k])
                add(f, &l, (wide ? long_seconds : seconds)[k], wide ? TWO_HINTS : FOUR_HINTS);
    }
}

static void add_boxes(struct filling *f)
{
    static const struct {
        int quota;
        double width, out;
    } rows[] = {{100, 1, 5},   {100, 10, 10},    {60, 1, 4},     {150, 1, 6},
                {150, 10, 15}, {1200, 300, 300}, {800, 300, 300}};
    static const double seconds[] = {25, 60, 300};
    for (int i = 0; i < COUNT(rows); i++) {
        struct limiter_spec l = {LIMITER_BOX, .quota = rows[i].quota, .width = rows[i].width,
                                 .out = rows[i].out};
        if (l.width > 100) {
            add(f, &l, 900, TWO_HINTS);
            continue;
        }
        for (int k = 0; k < COUNT(seconds); k++)
            add(f, &l, seconds[k], TWO_HINTS);
    }
}

static void add_steps(struct filling *f)
{
    static const struct limiter_spec rows[] = {
        {LIMITER_BUCKET, .rate = 20, .burst = 10, .steps = {{40, 5}, {100, 20}}},
        {LIMITER_BUCKET, .rate = 100, .burst = 10, .steps = {{30, 300}}},
        {LIMITER_BUCKET, .rate = 300, .burst = 10, .steps = {{30, 50}}},
        {LIMITER_BUCKET, .rate = 10, .burst = 10, .steps = {{30, 35}}},
        {LIMITER_BUCKET, .rate = 120, .burst = 10, .steps = {{30, 400}}},
        {LIMITER_BUCKET, .rate = 250, .burst = 10, .steps = {{25, 60}}},
        {LIMITER_BUCKET, .rate = 40, .burst = 10, .steps = {{40, 10}, {90, 40}}},
    };
    for (int i = 0; i < COUNT(rows); i++)
        add(f, &rows[i], rows[i].steps[1].rate > 0 ? 130 : 60, TWO_HINTS);
}

int grid_fill(struct grid_case *cases)
{
    struct filling f = {cases, 0};
    add_buckets(&f);
    add_windows(&f);
    add_boxes(&f);
    add_steps(&f);
    struct limiter_spec open = {.kind = LIMITER_NONE};
    add(&f, &open, 5, 1);
    return f.count;
}

void grid_name(const struct grid_case *c, char *out, size_t size)
{
    static const char *const hints[] = {"no hint", "seconds", "date", "ms"};
    const struct limiter_spec *l = &c->limiter;
    char what[64] = "no limit";
    if (l->kind == LIMITER_BUCKET && l->steps[0].rate > 0)
        snprintf(what, sizeof what, "bucket %g->%g/s", l->rate, l->steps[0].rate);
    else if (l->kind == LIMITER_BUCKET)
        snprintf(what, sizeof what, "bucket %g/s burst %g", l->rate, l->burst);
    else if (l->kind == LIMITER_WINDOW)
        snprintf(what, sizeof what, "window %d per %g s", l->quota, l->width);
    else if (l->kind == LIMITER_BOX)
        snprintf(what, sizeof what, "box %d per %g s, out %g s", l->quota, l->width, l->out);
    snprintf(out, size, "%s, %s, rtt %g ms ~%g, %g s", what, hints[c->hint], c->rtt_s * 1e3,
             c->sigma, c->seconds);
}

struct play_setup grid_setup(const struct grid_case *c, const struct client *client, uint64_t seed)
{
    struct play_setup s = {
        .limiter = c->limiter,
        .client = client,
        .hint = c->hint,
        .rtt_s = c->rtt_s,
        .sigma = c->sigma,
        .concurrency = 32,
        .seed = seed,
        .most_s = c->seconds * 12,
    };
    s.requests = play_size(&s, c->seconds);
    return s;
}
