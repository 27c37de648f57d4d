#ifndef RESCIND_SANDBOX_COMPOSE_H
#define RESCIND_SANDBOX_COMPOSE_H

/* JSON bodies from a definition's conditions. The texts keep `{id}`, `{code}` and `{message}` to be
 * filled in for each answer. */

#include "base/buf.h"
#include "provider/definition.h"

#include <jansson.h>

/* Puts a value where an RFC 6901 pointer leads, making objects (and, for a token of digits, arrays)
 * on the way; *root may be NULL. Takes the value. A pointer that leads through a string or a number
 * changes nothing. */
void compose_put(json_t **root, const char *pointer, json_t *value);

/* Makes one condition hold; or not hold, by another value of the same type. */
void compose_condition(json_t **root, const struct condition *c);
void compose_opposite(json_t **root, const struct condition *c);

/* All of them; of those that need not be present the first. */
void compose_conditions(json_t **root, const struct conditions *c);

/* The text of a body, which is released; "{}" for NULL. To be freed. */
char *compose_text(json_t *body);

/* What stands for {name} in a template: a text, JSON-escaped, or a piece of JSON as it is, which
 * stands for "{name}", quotes and all, too. */
struct fill {
    const char *name, *text;
    bool raw;
};
/* Appends the template with its names filled in, up to the one without a name; others stay. */
void compose_fill(const char *template, const struct fill *fills, struct buf *out);

#endif
