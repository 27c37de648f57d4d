#ifndef RESCIND_INTAKE_STRIDE_H
#define RESCIND_INTAKE_STRIDE_H

/* Where in a text something may stand, sixteen bytes at a time: most of a log is none of it. Each
 * looks from `at` on and returns `end` where there is nothing; STRIDE_PAD bytes behind `end` must
 * be readable, whatever they are. */

#include <stddef.h>

enum {
    STRIDE = 16,
    STRIDE_PAD = 3 * STRIDE,
    STRIDE_RUN = 23, /* a run of so many characters is never missed */
};

/* The next place before `end` that begins like an escape of edge_escape, %2F \/ \u \x &#,
 * or like a highlight of edge_highlight, < or ESC [ */
size_t stride_escape(const char *text, size_t at, size_t end);

/* The next place before `end`, at a multiple of half a STRIDE, where STRIDE characters stand that
 * are all of A-Z a-z 0-9 _ -; `at` is a multiple of STRIDE. */
size_t stride_words(const char *text, size_t at, size_t end);

/* The next block of STRIDE bytes, at a multiple of it, of which every other one is a NUL. */
size_t stride_wide(const char *text, size_t at, size_t end);

#endif
