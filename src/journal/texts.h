#ifndef RESCIND_JOURNAL_TEXTS_H
#define RESCIND_JOURNAL_TEXTS_H

/* Texts, each kept once, named by small numbers; 0 is "". Errors repeat by the ten thousand. */

#include <stddef.h>
#include <stdint.h>

struct texts;
struct texts *texts_new(void);
void texts_free(struct texts *t);

/* The number of this text (NULL is ""). Beyond 256 MiB of different ones a new text is replaced by
 * one that refers to the journal. */
uint32_t texts_keep(struct texts *t, const char *text);
const char *texts_at(const struct texts *t, uint32_t number);
size_t texts_memory(const struct texts *t);

#endif
