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

/* The text of a body in which all of them hold; "{}" for none. To be freed. */
char *compose_conditions(const struct conditions *c);
char *compose_text(json_t *body); /* takes the body, which may be NULL: "{}" */

/* Appends the template with its names filled in; id and message are JSON-escaped; NULL: left as it
 * is. */
void compose_fill(const char *template, const char *id, int code, const char *message,
                  struct buf *out);

#endif
