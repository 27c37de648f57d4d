#include "sandbox/truth.h"

#include "base/mem.h"
#include "sandbox/faults.h"

#include <stdlib.h>
#include <string.h>

static const char *const answer_words[] = {"pending", "sent", "dropped", "reset", "cut", "aborted"};

void truth_init(struct truth *t, const struct catalog *catalog)
{
    *t = (struct truth){.targets = targets_new(catalog)};
}

void truth_free(struct truth *t)
{
    targets_free(t->targets);
    free(t->entry);
    free(t->event);
    *t = (struct truth){0};
}

void truth_adopt(struct truth *t, double absent, uint64_t seed)
{
    uint32_t rows = targets_count(t->targets);
    if (t->cap < rows) {
        t->cap = rows > 1024 ? rows + rows / 2 : 1024;
        t->entry = mem_resize(t->entry, t->cap, sizeof *t->entry);
    }
    for (; t->entries < rows; t->entries++) {
        bool gone = absent > 0 &&
                    fault_dice(seed, 'a', targets_identity(t->targets, t->entries), 0) < absent;
        t->entry[t->entries] = (struct truth_entry){
            .last_event = UINT32_MAX, .exists = !gone, .absent_from_start = gone};
        t->exist += !gone;
        t->version++;
    }
}

uint32_t truth_find(const struct truth *t, const struct definition *d, const char *id,
                    const char *scope)
{
    return targets_find(t->targets, d, id, strlen(id), scope);
}

uint32_t truth_add(struct truth *t, const struct definition *d, const char *id, const char *scope,
                   double absent, uint64_t seed)
{
    bool fresh = false;
    uint32_t row = targets_add(t->targets, d, id, strlen(id), scope, "", 0, 0, &fresh, NULL);
    truth_adopt(t, absent, seed);
    return row;
}

bool truth_delete(struct truth *t, uint32_t row, int64_t now_us)
{
    struct truth_entry *e = &t->entry[row];
    if (!e->exists)
        return false;
    e->exists = false;
    e->deleted_us = now_us;
    if (e->deletions < UINT16_MAX)
        e->deletions++;
    t->exist--;
    t->version++;
    return true;
}

bool truth_restore(struct truth *t, uint32_t row)
{
    struct truth_entry *e = &t->entry[row];
    if (e->exists || !e->deletions)
        return false;
    e->exists = true;
    t->exist++;
    t->version++;
    return true;
}

bool truth_set_disabled(struct truth *t, uint32_t row, bool disabled)
{
    struct truth_entry *e = &t->entry[row];
    if (!e->exists || e->disabled == disabled)
        return false;
    e->disabled = disabled;
    t->version++;
    return true;
}

uint32_t truth_note(struct truth *t, uint32_t row, uint32_t request, bool effect, int status)
{
    if (t->events == t->event_cap) {
        t->event_cap = t->event_cap ? t->event_cap * 2 : 1024;
        t->event = mem_resize(t->event, t->event_cap, sizeof *t->event);
    }
    struct truth_entry *e = &t->entry[row];
    t->event[t->events] = (struct truth_event){.request = request,
                                               .row = row,
                                               .before = e->last_event,
                                               .status = (uint16_t)status,
                                               .effect = effect};
    e->last_event = t->events;
    e->requests++;
    return t->events++;
}

void truth_answered(struct truth *t, uint32_t event, enum truth_answer answer)
{
    t->event[event].answer = (uint8_t)answer;
}

static void print_event(const struct truth_event *e, struct buf *out)
{
    buf_printf(out, "{\"request\":%u,\"effect\":%s,\"status\":%u,\"answer\":\"%s\"}", e->request,
               e->effect ? "true" : "false", e->status, answer_words[e->answer]);
}

/* Events hang together from the last to the first; they are told from the first to the last. */
static void print_events(const struct truth *t, uint32_t last, struct buf *out)
{
    uint32_t order[64], n = 0;
    for (uint32_t e = last; e != UINT32_MAX && n < 64; e = t->event[e].before)
        order[n++] = e;
    while (n) {
        print_event(&t->event[order[--n]], out);
        if (n)
            buf_putc(out, ',');
    }
}

void truth_print(const struct truth *t, uint32_t row, struct buf *out)
{
    const struct truth_entry *e = &t->entry[row];
    const struct definition *d = targets_definition(t->targets, row);
    char id[ID_MAX + 1];
    size_t len = targets_id(t->targets, row, id);
    const char *scope = targets_scope(t->targets, row);
    buf_printf(out, "{\"provider\":\"%s\",\"kind\":\"%s\",\"scope\":\"", d->provider, d->kind);
    buf_put_json(out, scope, strlen(scope));
    buf_puts(out, "\",\"id\":\"");
    buf_put_json(out, id, len);
    buf_printf(out,
               "\",\"exists\":%s,\"enabled\":%s,\"absent_from_start\":%s,\"created\":%s,"
               "\"account\":%u,\"requests\":%u,"
               "\"deletions\":%u,\"events\":[",
               e->exists ? "true" : "false", e->disabled ? "false" : "true",
               e->absent_from_start ? "true" : "false", e->created ? "true" : "false", e->account,
               e->requests, e->deletions);
    print_events(t, e->last_event, out);
    buf_puts(out, "]}\n");
}
