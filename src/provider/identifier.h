#ifndef RESCIND_PROVIDER_IDENTIFIER_H
#define RESCIND_PROVIDER_IDENTIFIER_H

/* Identifiers: checked and brought into their canonical form, packed for the table, and put into
 * URLs. The wrong target begins here, so whatever is not plainly an identifier is refused. */

#include "provider/definition.h"

enum { ID_REASON = 160 };

/* Canonical form of raw[0..len) into out. Returns its length, or -1 with a reason such as "not a
 * key hash: 63 digits, 64 needed" that never repeats the text, which may be a secret. Raw secrets
 * of any definition's shape are told first ("looks like a raw secret: give the key's hash
 * instead"). */
int identifier_canonical(const struct definition *d, const char *raw, size_t len,
                         char out[ID_MAX + 1], char reason[ID_REASON]);

/* Whether a text has the shape of a raw secret of any provider (sk-..., and what definitions name
 * in id.secret). For free-text columns such as a note too. */
bool identifier_is_secret(const struct catalog *c, const char *text, size_t len);

/* Fewer bytes for the table: hex and UUID as binary, others as they are. Both return the length;
 * unpack(pack(id)) is id for each canonical id. */
size_t identifier_pack(const struct definition *d, const char *id, size_t len,
                       unsigned char out[ID_MAX]);
size_t identifier_unpack(const struct definition *d, const unsigned char *packed, size_t len,
                         char out[ID_MAX + 1]);

/* Scope values travel as one text: the values in the definition's order, separated by 0x1f; ""
 * where the definition has no scopes. */
#define SCOPE_SEPARATOR '\x1f'

/* The whole URL of a request into out (cleared first): `base` without a trailing slash, or NULL for
 * the definition's own, then the path with {id} and scopes percent-encoded (RFC 3986 unreserved
 * characters stay). Refuses an empty id, `.` and `..`, a reserved word, and a result in which the
 * path's segments are not those of the template. EXIT_DATA. id may be NULL for a path without {id}.
 */
int request_url(const struct definition *d, const struct request *r, const char *base,
                const char *id, const char *scope, struct buf *out, struct error *err);

/* The body, JSON-escaped values filled in; false where the request has none. */
bool request_body(const struct definition *d, const struct request *r, const char *id,
                  const char *scope, struct buf *out);

/* "https://host:port" of a base URL, lower case, default port written out. EXIT_USAGE for a URL
 * that is none, has user info, a query or a fragment, or is plain http to anything but a loopback
 * address (127.0.0.0/8, ::1, localhost). */
int base_url_check(const char *base, struct buf *origin, bool *plain_http, struct error *err);

#endif
