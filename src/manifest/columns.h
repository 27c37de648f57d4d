#ifndef RESCIND_MANIFEST_COLUMNS_H
#define RESCIND_MANIFEST_COLUMNS_H

/* What a CSV column, or a JSON key, of some name means. Names are told apart without regard to
 * ASCII case. */

#include "base/buf.h"
#include "provider/definition.h"

enum column_role {
    COLUMN_IGNORED,
    COLUMN_PROVIDER,
    COLUMN_KIND,
    COLUMN_ID,
    COLUMN_WORD, /* an identifier in its provider's own word */
    COLUMN_SCOPE,
    COLUMN_NOTE,
    COLUMN_ACCOUNT,
    COLUMN_PRIORITY,
};

struct column {
    enum column_role role;
    char *name;                          /* as documented; of an ignored one as it may be shown */
    const struct definition *definition; /* COLUMN_WORD */
};

struct columns;
struct columns *columns_new(const struct catalog *catalog); /* borrows the catalog */
void columns_free(struct columns *c);

/* Never NULL; good while `c` lives. An ignored name is remembered for columns_ignored. */
const struct column *columns_find(struct columns *c, const char *name, size_t len);

/* Whether it may hold the identifier. */
bool column_identifies(const struct column *c);

/* From now on `name`, whatever it is called, holds the identifier, and no other column does: the
 * word of a definition means what it always does, any other name what `id` does. */
void columns_choose(struct columns *c, const char *name);
/* That column, or NULL. */
const struct column *columns_chosen(const struct columns *c);

/* Whether the names without a meaning that were met are members of the items that a definition's
 * list has as its provider answers it; of which definition this is so, where a member of that name
 * means there something else than in a manifest (an OpenRouter BYOK credential's `provider` is the
 * upstream one), or NULL. */
bool columns_is_answer(struct columns *c, const struct definition *d);
const struct definition *columns_answer_with(struct columns *c, const char *name);
/* What a provider calls `id` in such a list is what the chosen column is called by. */
bool columns_answers_chosen(struct columns *c, const struct column *column);

/* Whether a name has a meaning; whether it may hold the identifier; whether a text looks like a raw
 * secret; whether a line, cut at `separator`, has a column for identifiers;
 * whether a text can be an identifier of any definition. None of them remembers anything. */
bool columns_knows(const struct columns *c, const char *name, size_t len);
bool columns_identifies(const struct columns *c, const char *name, size_t len);
bool columns_is_secret(const struct columns *c, const char *text, size_t len);
bool columns_in_line(const struct columns *c, const char *line, size_t len, char separator);
bool columns_is_identifier(const struct columns *c, const char *text, size_t len);

/* The ignored names that were met, fit to be shown: "name, created_at and 3 more". Returns how many
 * there are; none where they are those of an inventory by `rescind list`. */
size_t columns_ignored(const struct columns *c, struct buf *out);

/* The names that can hold an identifier: "id, hash, byok_id, api_key_id or prefix". */
void columns_identifiers(const struct columns *c, struct buf *out);

#endif
