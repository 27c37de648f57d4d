#ifndef RESCIND_INTAKE_LEFTOVERS_H
#define RESCIND_INTAKE_LEFTOVERS_H

/* What was passed over: counted, told by kind and place, never repeated. */

#include "intake/places.h"
#include "provider/definition.h"

enum left_kind {
    LEFT_NO_ID,   /* a whole key, whose id cannot be told from it */
    LEFT_SCOPED,  /* a whole key, of which more must be known than its id */
    LEFT_LOOSE,   /* a whole key, which may be another vendor's */
    LEFT_SEVERAL, /* a whole key, of several definitions */
    LEFT_STUCK,   /* a whole key with other characters right beside it */
    LEFT_ENCODED, /* in base64, and not whole in it */
    LEFT_MASKED,
    LEFT_CUT,
    LEFT_VENDOR,   /* another vendor's */
    LEFT_FINDING,  /* a scanner's, in which no key of a known provider is */
    LEFT_HASHED,   /* a scanner's, with nothing but a hash of it */
    LEFT_PACKED,   /* a file whose bytes are not read */
    LEFT_PROVIDER, /* of another provider than the one that was asked for */
    LEFT_UNLISTED, /* not in the list that it was held against */
    LEFT_KINDS
};

enum { LEFT_WHO = 80 }; /* longest `who`, and its NUL */

struct leftovers;
struct leftovers *leftovers_new(const struct places *places); /* borrows them */
void leftovers_free(struct leftovers *l);

/* One of a kind at a place. `d` is whose it is or looks like, NULL for nobody's; `who` names it
 * where d does not (copied; NULL for nothing). `text` is what it is, and told apart by: one that
 * was added already only adds its place. It is hashed, not kept. */
void leftovers_add(struct leftovers *l, enum left_kind kind, const struct definition *d,
                   const char *who, const char *text, size_t len, uint64_t place);

/* What of a text is told as `who`: its beginning, one line of ASCII. */
void leftovers_who(const char *text, char out[LEFT_WHO]);

uint64_t leftovers_count(const struct leftovers *l, enum left_kind kind);
/* What looks like a whole key of a known provider. */
uint64_t leftovers_whole(const struct leftovers *l);

/* A line for each of them, in the order of the kinds; `against` names the list that keys were held
 * against, or is NULL. */
void leftovers_tell(struct leftovers *l, const char *against, void (*say)(const char *line));

/* The provider's name for people, by the definition's title: "HashiCorp Vault". */
void leftovers_name(const struct definition *d, struct buf *out);

#endif
