#include "wire/endpoint.h"

#include "base/buf.h"
#include "base/mem.h"
#include "provider/request.h"
#include "wire/authorities.h"

#include <stdlib.h>
#include <string.h>

const char *endpoint_base(const struct settings *s, const struct definition *d)
{
    for (unsigned i = 0; i < s->base_url_count; i++)
        if (strcmp(s->base_urls[i].provider, d->provider) == 0)
            return s->base_urls[i].url;
    return NULL;
}

int endpoint_origin(const struct settings *s, const struct definition *d, struct buf *origin,
                    struct error *err)
{
    const char *base = endpoint_base(s, d);
    bool plain;
    if (!base)
        base = d->base;
    if (!base)
        return error_set(err, EXIT_USAGE,
                         "%s has no base URL of its own: --base-url %s=https://...", d->provider,
                         d->provider);
    return base_url_check(base, origin, &plain, err);
}

int endpoint_ca_file(const struct settings *s, struct error *err)
{
    return s->ca_file ? authorities_check(s->ca_file, err) : 0;
}

int endpoint_open(struct endpoint *e, const struct settings *s, const struct definition *d,
                  struct credentials *c, struct error *err)
{
    struct buf origin = {0};
    *e = (struct endpoint){.definition = d, .base = endpoint_base(s, d)};
    if (endpoint_origin(s, d, &origin, err) == 0)
        e->secret = credentials_get(c, d->credential, err);
    if (e->secret)
        e->headers = headers_fill(d, e->secret, c, e->secrets, err);
    if (e->headers) {
        e->origin = mem_string(buf_text(&origin));
        e->scopes = header_scopes_new(d, e->headers);
    }
    buf_free(&origin);
    return e->headers ? 0 : -1;
}

void endpoint_close(struct endpoint *e)
{
    header_scopes_free(e->scopes);
    http_headers_free(e->headers);
    free(e->origin);
    *e = (struct endpoint){0};
}

const struct http_headers *endpoint_headers(const struct endpoint *e, const char *scope,
                                            bool target, struct error *err)
{
    return e->scopes ? header_scopes_get(e->scopes, scope ? scope : "", target, err) : e->headers;
}

const char *endpoint_url(const struct endpoint *e)
{
    return e->base ? e->base : e->definition->base;
}

char *endpoint_plain(const char *origin)
{
    static const char *const loopbacks[] = {"localhost", "[::1]"};
    const char *host = strstr(origin, "://");
    for (size_t i = 0; host && i < sizeof loopbacks / sizeof *loopbacks; i++) {
        size_t len = strlen(loopbacks[i]);
        if (strncmp(host + 3, loopbacks[i], len) != 0 || host[3 + len] != ':')
            continue;
        struct buf plain = {0};
        buf_printf(&plain, "%.*s127.0.0.1%s", (int)(host + 3 - origin), origin, host + 3 + len);
        return plain.data;
    }
    return mem_string(origin);
}
