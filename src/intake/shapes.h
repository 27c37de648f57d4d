#ifndef RESCIND_INTAKE_SHAPES_H
#define RESCIND_INTAKE_SHAPES_H

/* What whole raw keys look like: the `raw` patterns of the definitions, compiled, and those of
 * other vendors, whose keys are told apart and never taken. */

#include "provider/definition.h"
#include "provider/rawkey.h"

enum {
    SHAPE_PIECES = 17,
    SHAPE_LEAD = 3,    /* a shape that begins with so many literals is found by them */
    SHAPE_MOST = 4096, /* longest key that is looked for, bytes */
    SHAPE_BREAK = 64,  /* longest beginning that is looked for over a line's end, */
    SHAPE_CODED = 88,  /* and its base64 */
};

/* Either literal characters (text) or a run. */
struct shape_piece {
    const char *text;
    size_t len;
    struct rawkey_span span;
};

struct shape {
    const struct definition *definition; /* NULL: another vendor's */
    const char *vendor;                  /* its name, then */
    bool loose;                          /* of this provider only where something names it */
    const char *pattern;
    size_t lead;        /* how many literals it begins with */
    size_t literal;     /* how many there are in it */
    size_t least, most; /* its length */
    bool dotted;        /* a dot is among the literals */
    struct shape_piece piece[SHAPE_PIECES];
    size_t pieces;
    /* What surely stands in the base64 of its literals, by how many bytes are before them in their
     * group; 0: those are SHAPE_BREAK and more. */
    char coded[3][SHAPE_CODED];
    size_t coded_len[3];
};

struct shapes;
/* Borrows the catalog. With a provider, what is loose of it is strict, and nobody is another
 * vendor.
 */
struct shapes *shapes_new(const struct catalog *catalog, const char *provider);
void shapes_free(struct shapes *s);
size_t shapes_count(const struct shapes *s);
const struct shape *shapes_at(const struct shapes *s, size_t i);

/* The length of the longest beginning of a text that fits; 0 for none. */
size_t shape_fits(const struct shape *shape, const char *text, size_t len);

/* How far a text goes along with a shape, and into which of its pieces. */
size_t shape_reach(const struct shape *shape, const char *text, size_t len, size_t *piece);

/* Whether what fits ends at `at`: what follows cannot belong to such a key. */
bool shape_ends(const struct shape *shape, const char *text, size_t len, size_t at);

/* A-Z a-z 0-9 _ - */
static inline bool shape_word(char c)
{
    return rawkey_holds(RAWKEY_WORD, c);
}

#endif
