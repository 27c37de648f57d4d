#ifndef RESCIND_INTAKE_TAKER_H
#define RESCIND_INTAKE_TAKER_H

/* What becomes of a sighting: an id among the finds, or a leftover. */

#include "intake/finder.h"
#include "intake/finds.h"
#include "intake/leftovers.h"
#include "intake/listed.h"

struct taker_rules {
    const char *provider; /* nothing of another is taken, and its loose shapes are; or NULL */
    const struct listed *listed; /* only what is in it; or NULL */
};

/* What is known of the text that is looked through. */
struct occasion {
    uint64_t place, number; /* number: of the record; 0: no record, the line tells */
    const char *words;      /* of a report, or NULL */
    const char *rule;       /* of a scanner: it may name the provider; "" or NULL for none */
};

struct taker;
struct taker *taker_new(const struct taker_rules *rules, struct places *places, struct finds *finds,
                        struct leftovers *leftovers); /* borrows all; NULL and errno */
void taker_free(struct taker *t);

/* A text whose lines count from `line`: what is seen in it is of that line, or of `occasion`. */
void taker_text(struct taker *t, const char *text, size_t len, uint64_t line,
                const struct occasion *occasion);
/* As sighting_see. */
void taker_see(void *taker, const struct sighting *s);
/* Ends a record: the masked forms of it that are no key's of this record are left over. How many
 * things were seen in it goes to *seen. -1: EXIT_DATA, the table of finds is full. */
int taker_end(struct taker *t, uint64_t *seen, struct error *err);

#endif
