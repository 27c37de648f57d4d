/* Deleting successors that nobody must have: one whose secret was not handed over, and what a
 * creation made that nobody was told of. */

#include "rotate/rotate_clear.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void judge(struct turn *t, const struct answer *a)
{
    turn_judge(t, (struct question){.id = t->about, .applied_before = true}, a);
}

static void ask(struct turn *t, const struct asking *asking, const char *id)
{
    const struct definition *d = t->rotor->d;
    const struct request *request = &d->action[ACTION_DELETE];
    struct buf body = {0};
    bool has =
        request_body(d, request, id, targets_scope(t->rotor->session.work.targets, t->row), &body);
    turn_ask(t, asking, request, id, has ? mem_string(buf_text(&body)) : NULL);
    buf_free(&body);
}

/* Whether it is gone; else the target has failed. */
static bool gone(struct turn *t)
{
    if (t->verdict.kind == VERDICT_END && outcome_done(t->verdict.outcome))
        return true;
    turn_fail(t, OUTCOME_FAILED, "its successor could not be removed again", t->verdict.reason);
    return false;
}

static void after_remove(struct turn *t)
{
    if (gone(t))
        turn_journal(t, ROTATION_REMOVED);
}

void turn_remove(struct turn *t)
{
    static const struct asking asking = {judge, turn_more, after_remove};
    ask(t, &asking, t->successor);
}

/* What a list has of it */

static size_t name_field(const struct definition *d)
{
    size_t i = 0;
    while (strcmp(d->list.field[i].name, "name") != 0)
        i++;
    return i;
}

static void clear_next(struct turn *t);

static void after_clear(struct turn *t)
{
    if (gone(t))
        clear_next(t);
}

static void clear_next(struct turn *t)
{
    static const struct asking asking = {judge, turn_more, after_clear};
    if (t->found_count) {
        ask(t, &asking, t->found[--t->found_count]);
        return;
    }
    t->state.lost = false;
    if (*t->foreign && t->state.step == ROTATION_CREATE) {
        char why[ID_MAX + 80];
        snprintf(why, sizeof why, "%.*s has its mark and was there before", ID_MAX, t->foreign);
        turn_give_up(t, "creating its successor", why);
        strcpy(t->successor, t->foreign);
        turn_journal(t, ROTATION_FOREIGN);
        t->successor[0] = '\0';
        return;
    }
    t->state.late &= t->state.step != ROTATION_DELIVERED;
    t->phase = TURN_NEXT;
}

void turn_swept(struct turn *t, const struct keylist *keys)
{
    size_t field = name_field(t->rotor->d);
    bool has_successor = t->state.step == ROTATION_DELIVERED;
    t->found_count = 0;
    t->foreign[0] = '\0';
    for (size_t i = 0; i < keylist_count(keys); i++) {
        const char *name = keylist_field(keys, i, field), *id = keylist_id(keys, i);
        if (!name || !strstr(name, t->marker) || strcmp(id, t->id) == 0 ||
            (has_successor && strcmp(id, t->successor) == 0))
            continue;
        if ((t->fresh && !t->rotor->before) || turn_knows(t, id)) {
            strcpy(t->foreign, id);
            continue;
        }
        t->found = mem_resize(t->found, t->found_count + 1, sizeof *t->found);
        strcpy(t->found[t->found_count++], id);
    }
    clear_next(t);
}
