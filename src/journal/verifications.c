#include "journal/verifications.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct found {
    uint32_t at_s, error;
    uint16_t at_ms, status;
    uint8_t verified;
};

void verifications_put(struct verifications *v, uint32_t rows, uint32_t row,
                       const struct verification *what)
{
    if (rows > v->rows) {
        v->at = mem_resize(v->at, rows, sizeof *v->at);
        memset(v->at + v->rows, 0, (rows - v->rows) * sizeof *v->at);
        v->rows = rows;
    }
    v->at[row] =
        (struct found){.at_s = (uint32_t)(what->at_ms / 1000),
                       .at_ms = (uint16_t)(what->at_ms % 1000),
                       .error = what->error,
                       .status = (uint16_t)(what->status > UINT16_MAX ? UINT16_MAX : what->status),
                       .verified = (uint8_t)what->verified};
}

struct verification verifications_at(const struct verifications *v, uint32_t row)
{
    if (row >= v->rows)
        return (struct verification){0};
    const struct found *f = &v->at[row];
    return (struct verification){.verified = (enum verified)f->verified,
                                 .status = f->status,
                                 .at_ms = (int64_t)f->at_s * 1000 + f->at_ms,
                                 .error = f->error};
}

void verifications_free(struct verifications *v)
{
    free(v->at);
    *v = (struct verifications){0};
}

size_t verifications_memory(const struct verifications *v)
{
    return v->rows * sizeof *v->at;
}
