#include "sandbox/auth.h"

#include "base/base64.h"
#include "provider/request.h"
#include "sandbox/vendors.h"

#include <stdio.h>
#include <string.h>

void auth_demo_secret(const struct definition *d, char out[SECRET_MAX])
{
    static const char *const shapes[] = {[SELF_BEFORE_DOT] = "demo-%s.sandbox",
                                         [SELF_BETWEEN_DOTS] = "sandbox.demo-%s.sandbox",
                                         [SELF_BEFORE_COLON] = "demo-%s:sandbox",
                                         [SELF_USER] = "demo-%s:sandbox",
                                         [SELF_LIST] = NULL};
    const char *known = vendor_of(d)->secret, *shape = shapes[d->self];
    size_t room = SECRET_MAX;
    if (known) {
        snprintf(out, room, "%s", known);
        return;
    }
    shape = shape ? shape : "sandbox-demo-%s";
    size_t before = (size_t)(strchr(shape, '%') - shape);
    snprintf(out, room, "%.*s%s%s", (int)before, shape, d->provider, shape + before + 2);
}

void auth_demo_extra(const char *name, char out[SECRET_MAX])
{
    snprintf(out, SECRET_MAX, "sandbox-demo-%s", name);
}

/* A header template in parts: name, what stands before and after the secret, the secret. */
struct expected {
    char name[64], before[128], secret[SECRET_MAX];
    const char *after;
    bool has_secret;
};

static bool read_template(const char *template, const char *secret, struct expected *e)
{
    size_t name = strcspn(template, ":");
    const char *value = template + name + (template[name] == ':');
    value += strspn(value, " ");
    const char *basic = strstr(value, "{basic}");
    const char *open = basic ? basic : strstr(value, "{secret}");
    const char *extra = strstr(value, "{env:");
    if (name >= sizeof e->name)
        return false;
    memcpy(e->name, template, name);
    e->name[name] = '\0';
    e->has_secret = open || extra;
    e->secret[0] = '\0';
    size_t before = open ? (size_t)(open - value) : extra ? (size_t)(extra - value) : strlen(value);
    if (before >= sizeof e->before)
        return false;
    memcpy(e->before, value, before);
    e->before[before] = '\0';
    e->after = value + before;
    if (open) {
        struct buf text = {0};
        if (basic)
            base64_put(&text, secret, strlen(secret));
        snprintf(e->secret, sizeof e->secret, "%s", basic ? buf_text(&text) : secret);
        e->after = open + strlen(basic ? "{basic}" : "{secret}");
        buf_free(&text);
    } else if (extra) {
        char variable[128];
        size_t len = strcspn(extra + 5, "}");
        snprintf(variable, sizeof variable, "%.*s", (int)len, extra + 5);
        auth_demo_extra(variable, e->secret);
        e->after = extra + 5 + len + (extra[5 + len] == '}');
    }
    return true;
}

static bool matches(const struct expected *e, const char *sent)
{
    const char *const parts[] = {e->before, e->secret, e->after};
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(parts[i]);
        if (strncmp(sent, parts[i], len) != 0)
            return false;
        sent += len;
    }
    return *sent == '\0';
}

static bool names_scope(const struct definition *d, const char *header)
{
    struct buf line = {0};
    bool named;
    request_header(d, header, NULL, &line, &named);
    buf_free(&line);
    return named;
}

static enum auth_result check(const struct definition *d, const struct credential *c,
                              const struct incoming *in)
{
    for (char **h = d->headers; h && *h; h++) {
        struct expected e;
        if (strstr(*h, "?}") || names_scope(d, *h)) /* may be left out */
            continue;
        if (!read_template(*h, c->secret, &e))
            continue;
        const char *sent = in->header(in->at, e.name);
        if (!sent)
            return e.has_secret ? AUTH_MISSING : AUTH_HEADER;
        if (!matches(&e, sent))
            return e.has_secret ? AUTH_WRONG : AUTH_HEADER;
    }
    return c->dead ? AUTH_WRONG : AUTH_GOOD;
}

enum auth_result auth_check(const struct definition *d, struct provider *p,
                            const struct incoming *in, struct credential **who)
{
    enum auth_result result = AUTH_WRONG;
    for (unsigned i = 0; i < p->credentials && result == AUTH_WRONG; i++) {
        *who = &p->credential[i];
        result = check(d, *who, in);
    }
    return result;
}

static bool stops(const struct definition *d, int status)
{
    for (size_t i = 0; i < d->stop.count; i++)
        if (d->stop.at[i] == status)
            return true;
    return false;
}

int auth_status(const struct definition *d, enum auth_result why)
{
    int status = why == AUTH_HEADER ? 400 : why == AUTH_WEAK ? 403 : 401;
    if (why == AUTH_WRONG && vendor_of(d)->wrong)
        status = vendor_of(d)->wrong;
    if (why != AUTH_HEADER && d->stop.count && !stops(d, status))
        status = d->stop.at[0];
    return status;
}

const char *auth_words(enum auth_result why)
{
    static const char *const words[] = {"", "No auth credentials found", "Invalid credentials",
                                        "Only management keys can perform this operation",
                                        "A required header is missing"};
    return words[why];
}

/* What is named there, {env:NAME}; NULL where nothing is that must be given. */
static const char *extra_of(const char *header, size_t *len)
{
    const char *extra = strstr(header, "{env:");
    *len = extra ? strcspn(extra + 5, "}") : 0;
    return extra && extra[5 + *len - 1] != '?' ? extra + 5 : NULL;
}

void auth_print(const struct definition *d, const struct definition *served_by,
                const struct credential *c, struct buf *out)
{
    buf_printf(out, "export %s='%s'\n", d->credential, c->secret);
    for (size_t i = 0; d->headers && d->headers[i]; i++) {
        size_t len, known_len;
        const char *extra = extra_of(d->headers[i], &len);
        const char *known = extra_of(served_by->headers[i], &known_len);
        if (extra && known)
            buf_printf(out, "export %.*s='sandbox-demo-%.*s'\n", (int)len, extra, (int)known_len,
                       known);
    }
}
