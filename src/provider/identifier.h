#ifndef RESCIND_PROVIDER_IDENTIFIER_H
#define RESCIND_PROVIDER_IDENTIFIER_H

/* Identifiers: checked and brought into their canonical form, and packed for the table; what
 * requests make of them is in request.h. The wrong target begins here, so whatever is not plainly
 * an identifier is refused: nothing is trimmed, decoded or guessed, only case is folded where the
 * provider's identifiers have none. */

#include "provider/definition.h"
#include "provider/request.h"

enum { ID_REASON = 160 };

/* Canonical form of raw[0..len) into out. Returns its length, or -1 with a reason such as "not a
 * key hash: 63 digits, 64 needed" that never repeats the text, which may be a secret. Positions
 * count bytes from 1. Raw secrets (of the definition's shapes, and what begins with sk-) are told
 * first: "looks like a raw secret: give its key hash instead". */
int identifier_canonical(const struct definition *d, const char *raw, size_t len,
                         char out[ID_MAX + 1], char reason[ID_REASON]);

/* Whether it is one of the definition's reserved words, in any case: never a target. */
bool identifier_reserved(const struct definition *d, const char *raw, size_t len);

/* How many bits an invented id has: 128 and more are nobody's for certain. */
unsigned identifier_bits(const struct definition *d);
/* An id that the definition takes, canonical, from the system's randomness. Its length, 0 where
 * none can be had. */
int identifier_invent(const struct definition *d, char out[ID_MAX + 1]);

/* Whether a free text such as a note holds something of the shape of a raw secret of any provider:
 * sk- and a tail, a prefix that a definition names in id.secret and a tail, or prefix.secret with a
 * long random tail; with escapes of URLs and JSON in it, and in base64, too. A masked key
 * (sk-or-v1-abc...123) is none. */
bool identifier_is_secret(const struct catalog *c, const char *text, size_t len);

/* Whether a scope variable's value can stand in a URL and a body: 1 to 128 printable ASCII
 * characters without space, slash, backslash, percent sign, ? and #, and not `.` or `..`. If not,
 * why ("scope `project`: a slash at position 3"). Its case is kept. */
bool scope_value_good(const char *name, const char *value, size_t len, char reason[ID_REASON]);

/* Fewer bytes for the table: a lower-cased hex of one even length and a lower-cased UUID as binary,
 * others as they are. Both return the length; unpack(pack(id)) is id for each canonical id. */
size_t identifier_pack(const struct definition *d, const char *id, size_t len,
                       unsigned char out[ID_MAX]);
size_t identifier_unpack(const struct definition *d, const unsigned char *packed, size_t len,
                         char out[ID_MAX + 1]);

#endif
