#include "wire/headers.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "provider/request.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 64 << 10 }; /* a few secrets of the greatest length, base64 too */

struct filling {
    const struct definition *d;
    const char *secret;
    struct credentials *credentials;
    const char **secrets;
};

static int keep_secret(struct filling *f, const char *secret, struct error *err)
{
    size_t n = 0;
    while (f->secrets[n])
        n++;
    if (n == HEADER_SECRETS)
        return error_set(err, EXIT_CONFIG, "%s: more than %d secrets in its headers", f->d->shown,
                         HEADER_SECRETS);
    f->secrets[n] = secret;
    f->secrets[n + 1] = NULL;
    return 0;
}

/* "Authorization: Bearer {secret}" and its like, with the secrets put in. */
static int fill_header(struct filling *f, const char *template, struct buf *out, struct error *err)
{
    buf_room(out, ROOM); /* growing would leave copies behind */
    for (const char *at = template; *at;) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (!end) {
            buf_putc(out, *at++);
            continue;
        }
        if (strncmp(at, "{secret}", 8) == 0) {
            buf_puts(out, f->secret);
        } else if (strncmp(at, "{basic}", 7) == 0) {
            base64_put(out, f->secret, strlen(f->secret));
        } else if (strncmp(at, "{env:", 5) == 0) {
            char *name = mem_string_n(at + 5, strcspn(at + 5, "?}"));
            const char *more = credentials_get(f->credentials, name, err);
            free(name);
            if (!more || keep_secret(f, more, err) != 0)
                return -1;
            buf_puts(out, more);
        } else {
            return error_set(err, EXIT_CONFIG, "%s: header with an unknown placeholder",
                             f->d->shown);
        }
        at = end + 1;
    }
    return 0;
}

/* Whether a header is not one of those that go with every request: {env:NAME?}, and there is no
 * such variable, or a scope, which differs. */
static bool left_out(const struct definition *d, const char *template)
{
    struct buf line = {0};
    bool scoped;
    request_header(d, template, NULL, &line, &scoped);
    buf_free(&line);
    if (scoped)
        return true;
    for (const char *at = strstr(template, "{env:"); at; at = strstr(at + 1, "{env:")) {
        size_t len = strcspn(at + 5, "?}");
        if (at[5 + len] != '?')
            continue;
        char *name = mem_string_n(at + 5, len);
        bool there = credentials_origin(name) != NULL;
        free(name);
        if (!there)
            return true;
    }
    return false;
}

struct http_headers *headers_fill(const struct definition *d, const char *secret,
                                  struct credentials *c, const char *secrets[HEADER_SECRETS + 1],
                                  struct error *err)
{
    struct filling filling = {d, secret, c, secrets};
    size_t count = 0, filled = 0, put = 0;
    while (d->headers[count])
        count++;
    struct buf *line = mem_zalloc(count + 1, sizeof *line);
    const char **lines = mem_zalloc(count + 1, sizeof *lines);
    struct http_headers *headers = NULL;
    secrets[0] = secret;
    secrets[1] = NULL;
    for (; filled < count; filled++) {
        if (left_out(d, d->headers[filled]))
            continue;
        if (fill_header(&filling, d->headers[filled], &line[filled], err) != 0)
            break;
        lines[put++] = buf_text(&line[filled]);
    }
    if (filled == count)
        headers = http_headers_new(lines, err);
    for (size_t i = 0; i < count; i++) {
        if (line[i].data)
            mem_wipe(line[i].data, line[i].cap);
        buf_free(&line[i]);
    }
    free(line);
    free(lines);
    return headers;
}

bool headers_variable(const struct definition *d, size_t number, struct buf *name)
{
    buf_clear(name);
    if (number == 0) {
        buf_puts(name, d->credential);
        return true;
    }
    for (char **header = d->headers; *header; header++) {
        if (strstr(*header, "?}")) /* it may be left out */
            continue;
        for (const char *at = strstr(*header, "{env:"); at; at = strstr(at + 1, "{env:"))
            if (--number == 0) {
                buf_put(name, at + 5, strcspn(at + 5, "}"));
                return true;
            }
    }
    return false;
}

/* With the scopes of a request: made once for each, and kept, for transfers borrow them. */
struct scoped {
    char *scope;
    struct http_headers *headers;
};

struct header_scopes {
    const struct definition *d;
    const struct http_headers *base; /* borrowed */
    struct scoped *at;
    size_t count, last; /* last: the one that was asked for last */
};

struct header_scopes *header_scopes_new(const struct definition *d, const struct http_headers *base)
{
    struct buf line = {0};
    bool any = false, named;
    for (size_t i = 0; d->headers[i]; i++) {
        request_header(d, d->headers[i], NULL, &line, &named);
        any |= named;
    }
    buf_free(&line);
    if (!any)
        return NULL;
    struct header_scopes *s = mem_zalloc(1, sizeof *s);
    s->d = d;
    s->base = base;
    return s;
}

void header_scopes_free(struct header_scopes *s)
{
    for (size_t i = 0; s && i < s->count; i++) {
        free(s->at[i].scope);
        http_headers_free(s->at[i].headers);
    }
    if (s)
        free(s->at);
    free(s);
}

static struct http_headers *make(const struct header_scopes *s, const char *scope, bool all,
                                 struct error *err)
{
    struct http_headers *made = NULL;
    struct buf line = {0};
    size_t count = 0, lines = 0;
    while (s->d->headers[count])
        count++;
    char **line_of = mem_zalloc(count + 1, sizeof *line_of);
    bool good = true, named;
    for (size_t i = 0; i < count; i++) {
        bool whole = request_header(s->d, s->d->headers[i], scope, &line, &named);
        if (named && whole)
            line_of[lines++] = mem_string(buf_text(&line));
        else if (named && all && good)
            good = error_set(err, EXIT_DATA, "a scope is empty in the header %s",
                             s->d->headers[i]) == 0;
    }
    if (good)
        made = http_headers_with(s->base, (const char *const *)line_of, err);
    for (size_t i = 0; i < lines; i++)
        free(line_of[i]);
    free(line_of);
    buf_free(&line);
    return made;
}

const struct http_headers *header_scopes_get(struct header_scopes *s, const char *scope, bool all,
                                             struct error *err)
{
    for (size_t n = 0; n < s->count; n++) {
        size_t i = (s->last + n) % s->count;
        if (strcmp(s->at[i].scope, scope) != 0)
            continue;
        s->last = i;
        return s->at[i].headers;
    }
    struct http_headers *made = make(s, scope, all, err);
    if (!made)
        return NULL;
    s->at = mem_resize(s->at, s->count + 1, sizeof *s->at);
    s->at[s->count] = (struct scoped){mem_string(scope), made};
    s->last = s->count++;
    return made;
}
