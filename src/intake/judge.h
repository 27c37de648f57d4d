#ifndef RESCIND_INTAKE_JUDGE_H
#define RESCIND_INTAKE_JUDGE_H

/* What it is that stands at one place of a text. Pure. */

#include "intake/shapes.h"

enum sighting_kind {
    SIGHT_KEY,     /* whole, of one shape alone */
    SIGHT_LOOSE,   /* likewise, of a shape that other vendors have, too */
    SIGHT_SEVERAL, /* whole, of two definitions */
    SIGHT_STUCK,   /* whole, but other characters of a key stand right before or behind it */
    SIGHT_MASKED,  /* with an ellipsis, asterisks or x in it */
    SIGHT_CUT,     /* begins like a key, and is too short */
    SIGHT_ENCODED, /* in base64, and not whole in it; in hex, or in base64 twice: not decoded; or
                      wrapped, its rest in the next line */
    SIGHT_PACKED,  /* gzip in base64: of no shape */
};

struct sighting {
    enum sighting_kind kind;
    const struct shape *shape;
    const char *text; /* decoded; good during the call */
    size_t len;
    size_t head, tail; /* SIGHT_MASKED: how many characters are shown before and behind the mask */
    size_t where;      /* in the text that was given */
};

typedef void sighting_see(void *at, const struct sighting *s);

/* Shapes that begin alike, or have no beginning. */
struct shape_group {
    const struct shape *const *shape;
    size_t count;
};

/* What begins at `at` with the literals of some shapes of the group; false where that is nothing
 * to be told. `where` is left alone. */
bool judge_lead(const struct shape_group *group, const char *text, size_t len, size_t at,
                struct sighting *out);

/* The length of what would be a whole key in lower case (some form or spreadsheet has it so), and
 * of which no id can be made; 0 for none. */
size_t judge_lowered(const struct shape *s, const char *text, size_t len);

/* Whether a key of the shape, or its base64, has a beginning that is parted by the next line's end
 * from `at` on; where it begins goes to `where`. */
bool judge_broken(const struct shape *s, const char *text, size_t len, size_t at,
                  struct sighting *out);

/* Whether a text is as a whole a key of a group without literals at its beginning. */
bool judge_whole(const struct shape_group *group, const char *text, size_t len,
                 struct sighting *out);

#endif
