#ifndef RESCIND_INTAKE_FINDER_H
#define RESCIND_INTAKE_FINDER_H

/* Keys in any bytes: as they stand, with escapes of JSON, URLs and HTML in them, in UTF-16 among
 * other bytes, and in base64, decoded once. What begins like a key and is none is told, too. */

#include "intake/judge.h"
#include "intake/stride.h"

#include "base/scale.h"

struct finder;
struct finder *finder_new(const struct shapes *shapes); /* NULL and errno: no memory for keys */
void finder_free(struct finder *f);

enum {
    FINDER_PAD = STRIDE_PAD, /* bytes behind a text that must be readable, whatever they are */
    FINDER_AHEAD =
        1 << SCALE_BITS(14,
                        11), /* bytes behind `to` that must be there unless the text ends before */
    FINDER_BACK = 1024,      /* likewise before `from` */
};

/* Calls for what begins in [from, to) of a text. */
void finder_run(struct finder *f, const char *text, size_t len, size_t from, size_t to,
                sighting_see *see, void *at);

#endif
