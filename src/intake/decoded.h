#ifndef RESCIND_INTAKE_DECODED_H
#define RESCIND_INTAKE_DECODED_H

/* Keys in what is encoded in a text: base64, escapes of JSON, URLs and HTML, UTF-16 among other
 * bytes. Decoded in memory that is locked and wiped, once. */

#include "intake/sought.h"
#include "intake/stride.h"

#include <stdint.h>

struct decoder {
    bool island[256]; /* characters of keys and of escapes */
    char *side;       /* locked: what was decoded */
    uint16_t *came;   /* where each of its characters stood, from the island's start */
};
bool decoder_init(struct decoder *d); /* false and errno: no memory for keys */
void decoder_free(struct decoder *d);

/* One search through one text: what begins in [from, to) is told. */
struct search {
    const struct sought *sought;
    struct decoder *decoder;
    const char *text;
    size_t len, from, to;
    sighting_see *see;
    void *at;
    size_t island; /* where what was decoded stood in the text */
    size_t side_len;
    size_t base64, base64_end; /* what of the text is decoded there; nothing where they are one */
    size_t named, named_end;   /* what was looked through behind a name */
};

static inline void search_tell(const struct search *p, struct sighting *s, size_t where)
{
    s->where = where;
    p->see(p->at, s);
}

/* A key that stands in base64 at `where`, its sure characters there. */
void decoded_base64(struct search *p, size_t where, const struct shape_group *g, unsigned shift);
void decoded_wipe(struct search *p); /* what the calls before have decoded */

/* What has escapes in it; UTF-16 among other bytes. */
void decoded_escapes(struct search *p);
void decoded_wide(struct search *p);

#endif
