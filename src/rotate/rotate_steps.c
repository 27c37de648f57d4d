#include "rotate/rotate_steps.h"

static enum rotate_do without_successor(const struct rotate_state *s, enum rotate_do next)
{
    if (s->lost)
        return DO_SWEEP;
    if (s->give_up)
        return DO_FAIL;
    return s->settings ? next : DO_READ;
}

enum rotate_do rotate_next(const struct rotate_state *s)
{
    switch (s->step) {
    case ROTATION_CREATE:
        return without_successor(s, DO_CREATE);
    case ROTATION_CREATED:
        return s->secret ? DO_DELIVER : DO_REMOVE;
    case ROTATION_DELIVERED:
        if (!s->settings)
            return DO_READ;
        if (!s->renamed)
            return DO_RENAME;
        return s->lost || s->late ? DO_SWEEP : DO_DELETE;
    case ROTATION_NONE:
    case ROTATION_REMOVED:
    case ROTATION_FOREIGN:
    case ROTATION_STEPS:
        break;
    }
    return without_successor(s, DO_INTEND);
}
