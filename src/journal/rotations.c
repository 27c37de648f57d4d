#include "journal/rotations.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const rotation_word[ROTATION_STEPS] = {"",          "create",  "created",
                                                   "delivered", "removed", "foreign"};

bool rotation_parse(const char *word, enum rotation_step *out)
{
    for (int i = ROTATION_CREATE; i < ROTATION_STEPS; i++) {
        if (strcmp(word, rotation_word[i]) == 0) {
            *out = (enum rotation_step)i;
            return true;
        }
    }
    return false;
}

static bool marker_good(const char *marker)
{
    return strlen(marker) == ROTATION_MARKER &&
           strspn(marker, "0123456789abcdef") == ROTATION_MARKER;
}

bool rotation_follows(const struct rotation *known, enum rotation_step step, const char *marker,
                      const char *successor)
{
    static const enum rotation_step before[ROTATION_STEPS] = {[ROTATION_CREATED] = ROTATION_CREATE,
                                                              [ROTATION_DELIVERED] =
                                                                  ROTATION_CREATED,
                                                              [ROTATION_REMOVED] = ROTATION_CREATED,
                                                              [ROTATION_FOREIGN] = ROTATION_CREATE};
    enum rotation_step at = known ? known->step : ROTATION_NONE;
    if (!marker_good(marker) || (successor && (!*successor || strlen(successor) > ID_MAX)))
        return false;
    if (step == ROTATION_CREATE)
        return !successor &&
               (at == ROTATION_NONE || at == ROTATION_REMOVED || at == ROTATION_FOREIGN);
    if (!known || !successor || at != before[step] || strcmp(marker, known->marker) != 0)
        return false;
    return at == ROTATION_CREATE || strcmp(successor, known->successor) == 0;
}

const struct rotation *rotations_at(const struct rotations *r, uint32_t row)
{
    return row < r->rows ? r->of[row] : NULL;
}

void rotations_put(struct rotations *r, uint32_t rows, uint32_t row, enum rotation_step step,
                   const char *marker, const char *successor)
{
    if (rows > r->rows) {
        r->of = mem_resize(r->of, rows, sizeof(struct rotation *));
        memset(r->of + r->rows, 0, (rows - r->rows) * sizeof(struct rotation *));
        r->rows = rows;
    }
    if (!r->of[row])
        r->of[row] = mem_zalloc(1, sizeof **r->of);
    struct rotation *at = r->of[row];
    at->step = step;
    snprintf(at->marker, sizeof at->marker, "%s", marker);
    snprintf(at->successor, sizeof at->successor, "%s", successor ? successor : "");
}

void rotations_free(struct rotations *r)
{
    for (uint32_t i = 0; i < r->rows; i++)
        free(r->of[i]);
    free(r->of);
}

size_t rotations_memory(const struct rotations *r)
{
    size_t bytes = r->rows * sizeof *r->of;
    for (uint32_t i = 0; i < r->rows; i++)
        bytes += r->of[i] ? sizeof **r->of : 0;
    return bytes;
}
