#include "sandbox/workers.h"

#include "base/mem.h"
#include "base/text.h"
#include "sandbox/spec.h"

#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 10000, QUEUE_MAX = 1000000 };

static bool read_spec(char *text, struct workers *w)
{
    const char *name = NULL, *value = NULL;
    char *rest = text;
    uint64_t count = 0;
    if (!text_u64(strsep(&rest, ":"), WORKERS_MAX, &count) || !count || !rest ||
        !spec_span(strsep(&rest, ":"), &w->span_us) || w->span_us <= 0)
        return false;
    w->count = (unsigned)count;
    if (!rest)
        return true;
    w->bounded = true;
    return spec_setting(rest, &name, &value) && !strcmp(name, "queue") &&
           text_u64(value, QUEUE_MAX, &w->room);
}

int workers_parse(const char *spec, struct workers *out, struct error *err)
{
    char copy[SPEC_MAX];
    struct workers w = {0};
    if (strlen(spec) >= sizeof copy)
        return error_set(err, EXIT_USAGE, "more than %d characters", SPEC_MAX - 1);
    memcpy(copy, spec, strlen(spec) + 1);
    if (!read_spec(copy, &w))
        return error_set(err, EXIT_USAGE, "%s: no workers such as 8:40ms:queue=100", spec);
    workers_free(out);
    *out = w;
    out->free_us = mem_zalloc(w.count, sizeof *out->free_us);
    out->start_us = mem_zalloc(w.room ? (size_t)w.room : 1, sizeof *out->start_us);
    return 0;
}

void workers_free(struct workers *w)
{
    free(w->free_us);
    free(w->start_us);
    *w = (struct workers){0};
}

/* All requests take the same time, so whoever begins first is free first: both rings are in order,
 * and the queue is full where the one that came `room` before still waits. */
int64_t workers_take(struct workers *w, int64_t now_us)
{
    if (!w->count)
        return 0;
    int64_t start = w->free_us[w->next] > now_us ? w->free_us[w->next] : now_us;
    if (start > now_us && w->bounded) {
        if (!w->room || (w->waited >= w->room && w->start_us[w->waited % w->room] > now_us))
            return -1;
        w->start_us[w->waited++ % w->room] = start;
    }
    w->queued_us += (uint64_t)(start - now_us);
    w->free_us[w->next] = start + w->span_us;
    w->next = (w->next + 1) % w->count;
    return start + w->span_us - now_us;
}
