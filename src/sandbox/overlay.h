#ifndef RESCIND_SANDBOX_OVERLAY_H
#define RESCIND_SANDBOX_OVERLAY_H

/* What was said of single keys, by row of the truth: lies over their profiles. */

#include <jansson.h>
#include <stdint.h>

struct overlay {
    json_t **at;
    uint32_t count;
};

const json_t *overlay_get(const struct overlay *o, uint32_t row); /* NULL: nothing */
/* Merges the fields into what is there; borrows them. */
void overlay_merge(struct overlay *o, uint32_t row, json_t *fields);
void overlay_free(struct overlay *o);

#endif
