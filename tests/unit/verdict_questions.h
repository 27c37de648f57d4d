#ifndef RESCIND_TESTS_VERDICT_QUESTIONS_H
#define RESCIND_TESTS_VERDICT_QUESTIONS_H

/* Questions to verdict_of, as short as tables need them. */

#include "provider/verdict.h"

#include <string.h>

/* Headers in which Retry-After is 7. */
static inline const char *seven_seconds(void *at, const char *name)
{
    (void)at;
    return strcmp(name, "Retry-After") == 0 ? "7" : NULL;
}

static inline void ask_action(const struct definition *d, enum action action, const char *id,
                              bool applied_before, const struct answer *a, struct verdict *out)
{
    const struct question q = {.d = d,
                               .action = action,
                               .request = &d->action[action],
                               .id = id,
                               .applied_before = applied_before};
    verdict_of(&q, a, out);
}

static inline void ask_preflight(const struct definition *d, const struct answer *a,
                                 struct verdict *out)
{
    const struct question q = {
        .d = d, .asked = ASKED_CHECK, .request = &d->preflight, .checks = &d->preflight.confirm};
    verdict_of(&q, a, out);
}

/* `id` NULL: of the list. */
static inline void ask_look(const struct definition *d, const char *id, const struct answer *a,
                            struct verdict *out)
{
    const struct question q = {.d = d,
                               .asked = id ? ASKED_TARGET : ASKED_LIST,
                               .request = id ? &d->read : &d->list.request,
                               .id = id};
    verdict_of(&q, a, out);
}

#endif
