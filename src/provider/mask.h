#ifndef RESCIND_PROVIDER_MASK_H
#define RESCIND_PROVIDER_MASK_H

/* What this process knows and must never say: its credentials, the passwords in its environment.
 *
 * A secret is learned as keyed hashes of all its runs of ten letters and digits, so no copy of it
 * is made; they find it in any case, reversed, in base64 or hex, with anything between its
 * characters (blanks, zero-width ones, dashes), percent-encoded or escaped, and in part. What is
 * shorter is looked for as it is. */

#include "base/buf.h"

#include <stdbool.h>

enum { MASK_RUN = 10, MASK_SHORTEST = 4 };

/* A text of at least MASK_SHORTEST bytes; a shorter one would mask half of the language. Once it is
 * learned it stays so until the process ends. Learning it again is nothing. */
void mask_learn(const char *secret);

/* The values of variables whose name says that they are secret (KEY, TOKEN, SECRET, PASS,
 * CREDENTIAL, AUTH; paths are not), and the user's part of every value that is a URL or a proxy. */
void mask_learn_environment(char *const *environment);

/* Whether a text holds what was learned, in one of those forms. What is shorter than MASK_RUN may
 * be a word by chance, and does not count. */
bool mask_knows(const char *text, size_t len);

/* The text with [masked] in place of what was learned and of the user's part of every URL. */
void mask_put(struct buf *out, const char *text, size_t len);

#endif
