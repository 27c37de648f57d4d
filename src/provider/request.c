/* Filling templates. /keys/{id} with id "a b" becomes /keys/a%20b; ids and scope values are checked
 * where they come in (identifier.c), and here again in what came out, because libcurl would quietly
 * fold `/../` away and an empty id would delete the collection. */

#include "provider/request.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

/* A piece of a template: literal text, or the name between braces. */
struct piece {
    const char *text;
    size_t len;
    bool name;
};

static bool names(const struct definition *d, const char *text, size_t len)
{
    if (len == 2 && memcmp(text, "id", 2) == 0)
        return true;
    for (size_t i = 0; i < d->scope_count; i++)
        if (strlen(d->scopes[i]) == len && memcmp(d->scopes[i], text, len) == 0)
            return true;
    return false;
}

/* Braces around anything but {id} and a scope are literal: a body is JSON. */
static bool next_piece(const struct definition *d, const char **at, struct piece *out)
{
    const char *from = *at, *c = from;
    if (!*from)
        return false;
    for (; *c; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        if (!end || !names(d, c + 1, (size_t)(end - c - 1)))
            continue;
        if (c == from) {
            *out = (struct piece){c + 1, (size_t)(end - c - 1), true};
            *at = end + 1;
            return true;
        }
        break;
    }
    *out = (struct piece){from, (size_t)(c - from), false};
    *at = c;
    return true;
}

/* The value that a name stands for; its length is 0 where there is none. */
static const char *value_of(const struct definition *d, const struct piece *p, const char *id,
                            const char *scope, size_t *len)
{
    *len = 0;
    if (p->len == 2 && memcmp(p->text, "id", 2) == 0) {
        *len = id ? strlen(id) : 0;
        return id;
    }
    const char separator[] = {SCOPE_SEPARATOR, '\0'};
    for (size_t i = 0; scope && i < d->scope_count; i++) {
        size_t n = strcspn(scope, separator);
        if (strlen(d->scopes[i]) == p->len && memcmp(d->scopes[i], p->text, p->len) == 0) {
            *len = n;
            return scope;
        }
        scope += n + (scope[n] != '\0');
    }
    return NULL;
}

/* RFC 3986, 2.3: - . 0-9 A-Z _ a-z ~, a bit each. */
static bool unreserved(unsigned char c)
{
    static const uint64_t good[4] = {0x03ff600000000000, 0x47fffffe87fffffe};
    return good[c >> 6] >> (c & 63) & 1;
}

void request_put_encoded(struct buf *out, const char *text, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t done = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (unreserved(c))
            continue;
        const char escape[] = {'%', hex[c >> 4], hex[c & 15]};
        buf_put(out, text + done, i - done);
        buf_put(out, escape, sizeof escape);
        done = i + 1;
    }
    buf_put(out, text + done, len - done);
}

/* The length of a dot at p, written plainly or as %2e; 0 where there is none. */
static size_t dot_at(const char *p)
{
    return *p == '.' ? 1 : strncasecmp(p, "%2e", 3) == 0 ? 3 : 0;
}

static bool segment_plain(const char *p, const char *end)
{
    size_t dots = 0;
    const char *at = p;
    for (size_t n; at < end && (n = dot_at(at)) > 0; at += n)
        dots++;
    return at != p ? !(at == end && dots <= 2) : p != end;
}

bool path_segments_plain(const char *path)
{
    if (*path != '/')
        return false;
    while (*path == '/') {
        const char *from = ++path;
        path += strcspn(path, "/?");
        if (from == path && *path != '/')
            return true;
        if (!segment_plain(from, path))
            return false;
    }
    return true;
}

static size_t count_of(const char *text, const char *end, char c)
{
    size_t n = 0;
    while ((text = memchr(text, c, (size_t)(end - text))) != NULL) {
        text++;
        n++;
    }
    return n;
}

/* Whether no value brought in what divides a URL. */
static bool same_shape(const char *made, const char *template)
{
    const char *made_end = made + strlen(made), *template_end = template + strlen(template);
    return count_of(made, made_end, '/') == count_of(template, template_end, '/') &&
           count_of(made, made_end, '?') == count_of(template, template_end, '?') &&
           count_of(made, made_end, '#') == 0;
}

static bool reserved(const struct definition *d, const char *id)
{
    for (char **word = d->id.reserved; word && *word; word++)
        if (strcasecmp(id, *word) == 0)
            return true;
    return false;
}

int request_url(const struct definition *d, const struct request *r, const char *base,
                const char *id, const char *scope, struct buf *out, struct error *err)
{
    struct piece p;
    size_t len;
    buf_clear(out);
    if (!base)
        base = d->base;
    if (!base)
        return error_set(err, EXIT_USAGE,
                         "%s has no address of its own: give --base-url %s=https://...",
                         d->provider, d->provider);
    if (id && reserved(d, id))
        return error_set(err, EXIT_DATA, "not a %s: a reserved word", d->id.name);
    size_t path = strlen(base), socket;
    while (path > 0 && base[path - 1] == '/')
        path--;
    buf_put(out, base, path);
    if (base_url_socket(base, &socket) && !*base_url_path(base)) {
        buf_putc(out, ':');
        path++;
    }
    for (const char *at = r->path; next_piece(d, &at, &p);) {
        if (!p.name) {
            buf_put(out, p.text, p.len);
            continue;
        }
        const char *value = value_of(d, &p, id, scope, &len);
        if (len == 0)
            return error_set(err, EXIT_DATA, "{%.*s} is empty in %s", (int)p.len, p.text, r->path);
        request_put_encoded(out, value, len);
    }
    const char *made = buf_text(out) + path;
    if (!path_segments_plain(made) || !same_shape(made, r->path))
        return error_set(err, EXIT_DATA, "not a %s: it would change the path %s", d->id.name,
                         r->path);
    return 0;
}

void request_path(const struct definition *d, const struct request *r, const char *scope,
                  struct buf *out)
{
    struct piece p;
    size_t len;
    buf_clear(out);
    for (const char *at = r->path; next_piece(d, &at, &p);) {
        const char *value = p.name ? value_of(d, &p, NULL, scope, &len) : NULL;
        if (value && len)
            request_put_encoded(out, value, len);
        else if (p.name)
            buf_printf(out, "{%.*s}", (int)p.len, p.text);
        else
            buf_put(out, p.text, p.len);
    }
}

void request_scope(const struct definition *d, const char *name, const char *value, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < d->scope_count; i++) {
        if (i)
            buf_putc(out, SCOPE_SEPARATOR);
        if (strcmp(d->scopes[i], name) == 0)
            buf_puts(out, value);
    }
}

bool request_body(const struct definition *d, const struct request *r, const char *id,
                  const char *scope, struct buf *out)
{
    struct piece p;
    size_t len;
    buf_clear(out);
    if (!r->body)
        return false;
    for (const char *at = r->body; next_piece(d, &at, &p);) {
        const char *value = p.name ? value_of(d, &p, id, scope, &len) : NULL;
        if (value && r->form)
            request_put_encoded(out, value, len);
        else if (value)
            buf_put_json(out, value, len);
        else if (!p.name)
            buf_put(out, p.text, p.len);
    }
    return true;
}

bool request_header(const struct definition *d, const char *template, const char *scope,
                    struct buf *out, bool *named)
{
    struct piece p;
    size_t len;
    bool whole = true;
    buf_clear(out);
    *named = false;
    for (const char *at = template; next_piece(d, &at, &p);) {
        const char *value = p.name ? value_of(d, &p, NULL, scope, &len) : NULL;
        if (!p.name) {
            buf_put(out, p.text, p.len);
            continue;
        }
        *named = true;
        whole &= value && len > 0;
        if (value)
            buf_put(out, value, len);
    }
    return whole;
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* host and port out of "host", "host:port", "[v6]:port"; NULL, or what is wrong. */
static const char *authority_split(const char *text, size_t len, char host[256], unsigned *port)
{
    const char *end = text + len, *rest;
    size_t n;
    if (len && *text == '[') {
        struct in6_addr six;
        const char *close = memchr(text, ']', len);
        n = close ? (size_t)(close - text - 1) : 0;
        if (!close || n >= 64)
            return "not an IPv6 address";
        memcpy(host, text + 1, n);
        host[n] = '\0';
        if (inet_pton(AF_INET6, host, &six) != 1)
            return "not an IPv6 address";
        rest = close + 1;
    } else {
        const char *colon = memchr(text, ':', len);
        rest = colon ? colon : end;
        n = (size_t)(rest - text);
        if (n == 0 || n > 253)
            return "no host";
        for (size_t i = 0; i < n; i++) {
            if (!isalnum((unsigned char)text[i]) && !strchr("-._", text[i]))
                return "a character that cannot stand in a host";
            host[i] = (char)tolower((unsigned char)text[i]);
        }
        host[n] = '\0';
    }
    if (rest == end)
        return NULL;
    if (*rest != ':' || end - rest > 6)
        return "not a port";
    *port = 0;
    for (const char *c = rest + 1; c < end; c++) {
        if (!isdigit((unsigned char)*c))
            return "not a port";
        *port = *port * 10 + (unsigned)(*c - '0');
    }
    return *port >= 1 && *port <= 65535 ? NULL : "not a port";
}

static bool base_path_good(const char *path)
{
    for (const char *c = path; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("/-._~!$&'()*+,;=:@", *c))
            return false;
    return !*path || path_segments_plain(path);
}

static const char unix_scheme[] = "unix:";

const char *base_url_socket(const char *url, size_t *len)
{
    if (strncmp(url, unix_scheme, strlen(unix_scheme)) != 0)
        return NULL;
    url += strlen(unix_scheme);
    *len = strcspn(url, ":");
    return url;
}

const char *base_url_path(const char *url)
{
    size_t len;
    const char *socket = base_url_socket(url, &len), *host = strstr(url, "://");
    if (socket)
        return socket + len + (socket[len] == ':');
    return host ? host + 3 + strcspn(host + 3, "/") : "";
}

static int socket_check(const char *base, const char *path, size_t len, struct buf *origin,
                        struct error *err)
{
    const size_t most = sizeof((struct sockaddr_un *)0)->sun_path - 1;
    char *socket = mem_string_n(path, len);
    bool good = path_segments_plain(socket) && len > 1;
    for (const char *c = socket; *c; c++)
        good &= (unsigned char)*c > ' ' && *c != 0x7f;
    free(socket);
    if (!good || !base_path_good(base_url_path(base)))
        return error_set(err, EXIT_USAGE,
                         "not a base URL: unix:/PATH of a socket, or unix:/PATH:/PREFIX");
    if (len > most)
        return error_set(err, EXIT_USAGE,
                         "not a base URL: a socket's path has at most %zu characters", most);
    buf_printf(origin, "%s%.*s", unix_scheme, (int)len, path);
    return 0;
}

bool base_url_loopback(const char *base)
{
    char host[256];
    size_t len;
    unsigned port;
    if (base_url_socket(base, &len))
        return true;
    const char *authority = strstr(base, "://");
    if (!authority)
        return false;
    authority += 3;
    return !authority_split(authority, strcspn(authority, "/?#\\"), host, &port) &&
           is_loopback(host);
}

int base_url_check(const char *base, struct buf *origin, bool *plain_http, struct error *err)
{
    char host[256];
    unsigned port;
    size_t socket_len;
    const char *socket = base_url_socket(base, &socket_len);
    buf_clear(origin);
    if (socket) {
        *plain_http = true;
        return socket_check(base, socket, socket_len, origin, err);
    }
    if (strncasecmp(base, "https://", 8) == 0) {
        *plain_http = false;
        port = 443;
    } else if (strncasecmp(base, "http://", 7) == 0) {
        *plain_http = true;
        port = 80;
    } else {
        return error_set(err, EXIT_USAGE, "not an https:// URL");
    }
    const char *authority = base + (*plain_http ? 7 : 8);
    size_t len = strcspn(authority, "/?#\\");
    if (memchr(authority, '@', len))
        return error_set(err, EXIT_USAGE, "user info has no place in a base URL");
    if (strpbrk(authority, "?#"))
        return error_set(err, EXIT_USAGE, "a base URL has no query and no fragment");
    const char *wrong = authority_split(authority, len, host, &port);
    if (wrong)
        return error_set(err, EXIT_USAGE, "not a base URL: %s", wrong);
    if (!base_path_good(authority + len))
        return error_set(err, EXIT_USAGE, "not a base URL: its path is not plain");
    if (*plain_http && !is_loopback(host))
        return error_set(err, EXIT_USAGE,
                         "plain http:// is for loopback addresses only: %s needs https://", host);
    buf_printf(origin, strchr(host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
               *plain_http ? "http" : "https", host, port);
    return 0;
}
