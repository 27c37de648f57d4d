#ifndef RESCIND_INTAKE_SOUGHT_H
#define RESCIND_INTAKE_SOUGHT_H

/* What is looked for in a text, made from the shapes once: groups of shapes that begin alike, and a
 * sieve for their beginnings as they stand, over two lines, in base64, in hex, in base64 twice and
 * of UTF-16, for names, and for what gzip makes of anything, in base64. */

#include "intake/judge.h"
#include "intake/sieve.h"

enum {
    IN_BASE64 = 1 << 16, /* tags of the sieve: the group, and then 1 + shift */
    IN_NAMES = IN_BASE64 * 4,
    IN_CODE = IN_BASE64 * 5,   /* and then the shape */
    IN_UPPER = IN_BASE64 * 6,  /* likewise */
    IN_BROKEN = IN_BASE64 * 7, /* likewise */
    IN_PACKED = IN_BASE64 * 8,
};

struct sought {
    const struct shapes *shapes;
    const struct shape **shape; /* sorted into groups */
    struct shape_group *group;  /* of a literal each */
    size_t groups;
    struct shape_group bare;  /* without literals at their beginning, */
    struct shape_group named; /* without any, and loose: looked for where a name stands */
    size_t bare_run; /* a run of so many characters is in each of them; 0: there are none */
    size_t bare_least, bare_most;
    bool bare_plain;            /* one of them has no literal at all */
    bool word[256], inner[256]; /* inner: of a bare shape, beyond word */
    struct sieve *sieve;
    size_t base64_most; /* the longest key's length in base64 */
};

void sought_init(struct sought *sought, const struct shapes *shapes); /* borrows them */
void sought_free(struct sought *sought);

#endif
