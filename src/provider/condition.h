#ifndef RESCIND_PROVIDER_CONDITION_H
#define RESCIND_PROVIDER_CONDITION_H

/* JSON pointers (RFC 6901) and the conditions of a definition, read from text and held against a
 * body. For the other files of provider/: nobody else sees jansson's types. */

#include "provider/definition.h"

#include <jansson.h>

/* A body as JSON, of any type, UTF-8, no member twice, nothing behind it. Not to be
 * changed: the next body of the same bytes may be the same tree. NULL where it
 * is none; the caller drops it with json_decref. */
json_t *body_parse(const char *body, size_t len);

/* A short body that is no JSON, as a string without the blanks around it; NULL where it is not
 * short, or no text. */
json_t *body_text(const char *body, size_t len);

/* Whether a text is a pointer: "" or "/...", every ~ followed by 0 or 1. */
bool pointer_valid(const char *pointer);

/* Where a pointer leads in a value: borrowed, NULL where it leads nowhere. In an array, beside an
 * index, `{NAME=TEXT}` leads to the first item whose member NAME is that text. */
json_t *pointer_get(json_t *from, const char *pointer);

/* Reads what stands in a definition: a condition, or several with ` or ` between. NULL, or what is
 * wrong; what was read until then stays the caller's to free. */
const char *condition_parse(const char *text, struct conditions *out);

/* The first condition that does not hold, or NULL. `id` is the canonical one; `fold`: it is
 * compared without regard to case. A pointer to null leads nowhere, except for `is null`;
 * of alternatives, the first. */
const struct condition *conditions_broken(const struct conditions *all, json_t *body,
                                          const char *id, bool fold);

/* Whether all of them hold, and there is one. */
bool conditions_met(const struct conditions *all, json_t *body, const char *id, bool fold);

bool status_in(const struct status_set *set, int status);

/* Whether a status may tell an absence, and whether this answer does tell it, in a form of the
 * provider's own. */
bool gone_status(const struct definition *d, int status);
bool gone_told(const struct definition *d, int status, json_t *body, const char *id);

/* Whether a value is the id, as a string or as a whole number. */
bool value_is_id(const json_t *value, const char *id, bool fold);

#endif
