#include "sandbox/timers.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

static bool before(const struct timer *a, const struct timer *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void swap(struct timer *a, struct timer *b)
{
    struct timer keep = *a;
    *a = *b;
    *b = keep;
}

void timers_add(struct timers *t, int64_t due_us, void *what)
{
    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 256;
        t->at = mem_resize(t->at, t->cap, sizeof *t->at);
    }
    size_t i = t->count++;
    t->at[i] = (struct timer){due_us, t->order++, what};
    for (; i && before(&t->at[i], &t->at[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&t->at[i], &t->at[(i - 1) / 2]);
}

int64_t timers_next_us(const struct timers *t)
{
    return t->count ? t->at[0].due_us : INT64_MAX;
}

void *timers_take(struct timers *t)
{
    if (!t->count)
        return NULL;
    void *what = t->at[0].what;
    t->at[0] = t->at[--t->count];
    for (size_t i = 0;;) {
        size_t least = i, left = 2 * i + 1, right = left + 1;
        if (left < t->count && before(&t->at[left], &t->at[least]))
            least = left;
        if (right < t->count && before(&t->at[right], &t->at[least]))
            least = right;
        if (least == i)
            return what;
        swap(&t->at[i], &t->at[least]);
        i = least;
    }
}

void timers_free(struct timers *t)
{
    free(t->at);
    *t = (struct timers){0};
}
