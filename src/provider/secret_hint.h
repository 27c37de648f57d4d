#ifndef RESCIND_PROVIDER_SECRET_HINT_H
#define RESCIND_PROVIDER_SECRET_HINT_H

/* What a list shows of a secret (list.hint): sk-or-v1-0e6...1c9, ****1c9, its last few characters
 * alone, or, where that is longer, a part of it that is no secret. */

#include "provider/keylist.h"

struct secret_hint {
    const char *head, *tail; /* borrowed from the text */
    size_t head_len, tail_len;
    bool inside; /* the head is a part of the secret, wherever that is */
};

/* False where the text shows nothing, or hides nothing. */
bool secret_hint_read(const char *text, size_t len, struct secret_hint *out);

/* Whether it agrees with the beginning and the end of a secret (a whole one: `tail` is the same
 * text), in at least `least` characters behind the `lead` that all such secrets have. */
bool secret_hint_fits(const struct secret_hint *h, size_t lead, size_t least, const char *head,
                      size_t head_len, const char *tail, size_t tail_len);

/* `self = list`: calls `each` (NULL is fine) for every key of a whole list that may be this secret,
 * by what the definition's list.hint shows of it; returns how many those are. */
size_t secret_hint_own(const struct keylist *keys, const struct definition *d, const char *secret,
                       void (*each)(void *at, size_t i), void *at);

/* Where none may be it by what is shown: every key of which nothing is shown that could tell. */
void secret_hint_mute(const struct keylist *keys, const struct definition *d, const char *secret,
                      void (*each)(void *at, size_t i), void *at);

#endif
