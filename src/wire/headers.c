#include "wire/headers.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"

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

/* Whether a header is left out: {env:NAME?}, and there is no such variable. */
static bool left_out(const char *template)
{
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
        if (left_out(d->headers[filled]))
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
