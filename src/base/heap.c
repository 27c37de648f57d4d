#include "base/heap.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* A secret lies behind the method, the path and the name of its header, never in so little. */
enum { WIPED_FROM = 64 };

/* Far enough from each other that a buffer that doubles moves every other time only. */
static const size_t class_size[] = {64, 256, 1024, 4352};
enum { CLASSES = sizeof class_size / sizeof *class_size };

/* Stands before each block. */
struct head {
    union {
        struct head *next; /* while it is kept */
        size_t used;       /* the most that it was asked to hold */
    };
    size_t class; /* CLASSES: too great for any */
};
_Static_assert(sizeof(struct head) % alignof(max_align_t) == 0, "blocks are aligned");

static _Thread_local bool keeps;
static _Thread_local struct head *kept[CLASSES];

void heap_keep(void)
{
    keeps = !SANITIZED;
}

static struct head *head_of(void *at)
{
    return (struct head *)at - 1;
}

static size_t room_of(const struct head *h)
{
    return h->class < CLASSES ? class_size[h->class] : h->used;
}

void *heap_alloc(size_t size)
{
    size_t class = 0;
    while (class < CLASSES && class_size[class] < size)
        class ++;
    struct head *h = class < CLASSES ? kept[class] : NULL;
    if (h)
        kept[class] = h->next;
    else if (size > SIZE_MAX - sizeof *h)
        h = mem_alloc(SIZE_MAX); /* none has so much: it is said, and the end */
    else
        h = mem_alloc(sizeof *h + (class < CLASSES ? class_size[class] : size));
    h->used = size;
    h->class = class;
    return h + 1;
}

void *heap_zalloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return heap_alloc(SIZE_MAX);
    return memset(heap_alloc(count * size), 0, count * size);
}

char *heap_string(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(heap_alloc(size), text, size);
}

void heap_free(void *at)
{
    if (!at)
        return;
    struct head *h = head_of(at);
    if (h->used >= WIPED_FROM)
        mem_wipe(at, h->used);
    if (!keeps || h->class == CLASSES) {
        free(h);
        return;
    }
    h->next = kept[h->class];
    kept[h->class] = h;
}

void *heap_resize(void *old, size_t size)
{
    if (!old)
        return heap_alloc(size);
    struct head *h = head_of(old);
    if (size <= room_of(h)) {
        if (size > h->used)
            h->used = size;
        return old;
    }
    void *at = heap_alloc(size);
    memcpy(at, old, h->used);
    heap_free(old);
    return at;
}
