#ifndef RESCIND_PROVIDER_SECRET_H
#define RESCIND_PROVIDER_SECRET_H

/* What a raw secret looks like, in an id's place and within a text. For the other files of
 * provider/. */

#include "provider/definition.h"

/* Whether a whole text, meant as an id, is a raw secret: it begins with sk-, or one of the rule's
 * globs fits. In any case. */
bool secret_whole(const struct id_rule *rule, const char *text, size_t len);

/* Whether one run of token characters looks like a secret to anybody, whatever the provider. */
bool secret_token(const char *token, size_t len);

/* Whether it holds sk- and what no word has behind it (40 characters, and four digits), or a prefix
 * of 8, a dot, and 32 characters of all kinds. */
bool secret_long(const char *token, size_t len);

/* Whether a token begins like one of the rule's globs, and goes on like a secret. */
bool secret_of_rule(const struct id_rule *rule, const char *token, size_t len);

/* The next run of A-Z a-z 0-9 - _ . in text from *at on, without dots and dashes at its end; one
 * that holds sk- goes on over + / = where that makes it a key of base64. *at is then behind it. Its
 * length, 0 at the end. */
size_t token_next(const char *text, size_t len, size_t *at, const char **token);

#endif
