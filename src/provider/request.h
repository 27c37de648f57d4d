#ifndef RESCIND_PROVIDER_REQUEST_H
#define RESCIND_PROVIDER_REQUEST_H

/* What goes over the wire for one target: URL and body out of a definition's templates.
 * Whatever a template is filled with, the result names exactly what the template says: a value
 * never adds, removes or moves a segment of the path or a member of the body.
 */

#include "provider/definition.h"

/* Scope values travel as one text: the values in the definition's order, separated by 0x1f; ""
 * where the definition has no scopes. */
#define SCOPE_SEPARATOR '\x1f'

/* The whole URL of a request into out (cleared first): `base`, or NULL for the definition's own
 * (EXIT_USAGE where it has none), without slashes at its end, then the path with {id} and scopes
 * percent-encoded (RFC 3986 unreserved characters stay). Refuses an empty id, `.` and `..`, a
 * reserved word, an empty scope, and a result in which the path's segments are not those of the
 * template: EXIT_DATA. id may be NULL for a path without {id}. */
int request_url(const struct definition *d, const struct request *r, const char *base,
                const char *id, const char *scope, struct buf *out, struct error *err);

/* The path alone of a request without {id}, with the scopes filled in that have a value; others
 * stay as they stand in the definition. `scope` may be NULL. */
void request_path(const struct definition *d, const struct request *r, const char *scope,
                  struct buf *out);

/* The text of scope values in which `name` has a value, and the others none. */
void request_scope(const struct definition *d, const char *name, const char *value,
                   struct buf *out);

/* A header's line out of its template, scopes filled in as they are, into out (cleared first);
 * false where it names a scope that has no value. `*named`: it names one at all; then it holds no
 * secret. */
bool request_header(const struct definition *d, const char *template, const char *scope,
                    struct buf *out, bool *named);

/* Appends a text so that it is one segment of a path, or one value of a query (RFC 3986). */
void request_put_encoded(struct buf *out, const char *text, size_t len);

/* The body into out (cleared first), values filled in, JSON-escaped or, in a form, percent-encoded;
 * false where the request has none. What has a body is sent with Content-Type: application/json, or
 * that of a form. */
bool request_body(const struct definition *d, const struct request *r, const char *id,
                  const char *scope, struct buf *out);

/* Of a base URL, or of one that request_url made, where its path begins: "" or "/...". */
const char *base_url_path(const char *url);

/* The path of the socket that a URL goes to, unix:/run/agent.sock or unix:/run/agent.sock:/v1, and
 * its length; NULL where it is another. */
const char *base_url_socket(const char *url, size_t *len);

/* "https://host:port" of a base URL, lower case, default port written out, or
 * "unix:/path", into origin (cleared first). EXIT_USAGE for a URL that is none, has user info, a
 * query or a fragment, `.` or `..` in its path, or is plain http to anything but a loopback address
 * (127.0.0.0/8, ::1, localhost). */
int base_url_check(const char *base, struct buf *origin, bool *plain_http, struct error *err);

/* Whether such a URL leads to a loopback address, or a socket of this machine. A name that begins
 * like one (127.example.test) is none: it is reached through the proxy, and over https. */
bool base_url_loopback(const char *base);

/* Whether a path (and what follows a ?, which is left alone) has no empty, `.` or `..` segment,
 * however it is spelled; one slash at its end is fine. */
bool path_segments_plain(const char *path);

#endif
