#ifndef RESCIND_INTAKE_PLACES_H
#define RESCIND_INTAKE_PLACES_H

/* Where something stood: a file and a line in eight bytes. */

#include "base/buf.h"

#include <stdint.h>

struct places;
struct places *places_new(void);
void places_free(struct places *p);

/* Lines are now of this file, which is the next one. */
void places_file(struct places *p, const char *name);
uint64_t places_at(const struct places *p, uint64_t line); /* of the file that was named last */
const char *places_name(const struct places *p, uint64_t place);
uint64_t place_line(uint64_t place);
void places_put(const struct places *p, uint64_t place, struct buf *out); /* FILE:LINE */

/* Several of them as "a.log:4, 9-11, b.log:1 and 3 more"; those of a file ascend. */
struct place_list {
    uint64_t first, last; /* the range in the making; 0: none */
    uint64_t file;        /* of the range that was put last, and 1; 0: none was */
    uint64_t hidden;
    unsigned ranges;
    struct buf text;
};
void place_list_add(struct place_list *l, const struct places *p, uint64_t place);
/* Good until the next call. */
const char *place_list_text(struct place_list *l, const struct places *p);
void place_list_free(struct place_list *l);

#endif
