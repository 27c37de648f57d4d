#include "sandbox/overlay.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

const json_t *overlay_get(const struct overlay *o, uint32_t row)
{
    return row < o->count ? o->at[row] : NULL;
}

void overlay_merge(struct overlay *o, uint32_t row, json_t *fields)
{
    if (row >= o->count) {
        uint32_t count = row + row / 2 + 64;
        o->at = mem_resize(o->at, count, sizeof *o->at);
        memset(o->at + o->count, 0, (count - o->count) * sizeof *o->at);
        o->count = count;
    }
    if (!o->at[row])
        o->at[row] = json_object();
    json_object_update(o->at[row], fields);
}

void overlay_free(struct overlay *o)
{
    for (uint32_t i = 0; i < o->count; i++)
        json_decref(o->at[i]);
    free(o->at);
    *o = (struct overlay){0};
}
