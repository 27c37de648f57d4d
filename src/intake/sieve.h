#ifndef RESCIND_INTAKE_SIEVE_H
#define RESCIND_INTAKE_SIEVE_H

/* Finds where any of a set of short texts stands, in one pass that is as fast as memory: of each
 * text four characters in a row are chosen; two overlapping grams of three bytes cover them, so
 * that one of the two stands at an even place wherever the text does. Every second place's gram is
 * looked up in a bitmap of 16 KiB (the cache's), without a branch that depends on the one before;
 * only where it is there the texts are compared. Why not Aho-Corasick: each of its steps waits for
 * the one before, a byte at a time, which is slower than the half of grep that is asked for; why
 * not a library: Debian's (hyperscan) is for one processor family. */

#include <stdbool.h>
#include <stddef.h>

enum {
    SIEVE_TEXT_MIN = 3, /* bytes */
    SIEVE_PAD = 8,      /* bytes behind a text that must be readable, whatever they are */
};

struct sieve;
struct sieve *sieve_new(void);
void sieve_free(struct sieve *s);
/* Copies the text. One of three bytes is found where one of `follow` stands behind it. */
void sieve_add(struct sieve *s, const char *text, size_t len, const char *follow, unsigned tag);

/* Calls for each place in [from, to) at which one of them begins, in no certain order. */
typedef void sieve_hit(void *at, size_t where, unsigned tag);
void sieve_run(const struct sieve *s, const char *text, size_t len, size_t from, size_t to,
               sieve_hit *hit, void *at);

#endif
