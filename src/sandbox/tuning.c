#include "sandbox/tuning.h"

#include "base/mem.h"
#include "base/text.h"
#include "sandbox/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *settings_file(const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    struct buf text = {0};
    char block[4096];
    size_t n = 0;
    if (!f) {
        error_set(err, EXIT_NOINPUT, "%s:", path);
        return NULL;
    }
    while ((n = fread(block, 1, sizeof block, f)) > 0 && text.len < (1 << 20))
        buf_put(&text, block, n);
    bool bad = ferror(f) != 0;
    fclose(f);
    while (!bad && text.len && text.data[text.len - 1] == '\n')
        text.data[--text.len] = '\0';
    if (bad || !text.len) {
        error_set(err, EXIT_NOINPUT, "%s: cannot be read, or is empty", path);
        buf_free(&text);
        return NULL;
    }
    return text.data;
}

static int set_limit(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    struct limiter_stage stage;
    (void)s;
    return limiter_parse(value, &stage, err) < 0 ? -1 : limiter_add(&p->limiter, &stage, err);
}

static int set_hint(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    if (!announce_parse(value, &p->announce))
        return error_set(err, EXIT_USAGE, "%s: not a hint: see --help", value);
    p->announce_set = true;
    return 0;
}

static int set_refuse(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    uint64_t status = 0, after = 0;
    char copy[64], *rest = copy;
    (void)s;
    snprintf(copy, sizeof copy, "%s", value);
    bool good = text_u64(strsep(&rest, ":"), 599, &status) && status >= 400;
    if (good && rest)
        good = !strncmp(rest, "after=", 6) && text_u64(rest + 6, UINT32_MAX, &after);
    if (!good)
        return error_set(err, EXIT_USAGE, "%s: not a refusal such as 401:after=10", value);
    p->refuse_status = (int)status;
    p->refuse_after = after;
    return 0;
}

static int set_weak(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    (void)value;
    (void)err;
    p->weak = true;
    return 0;
}

static int read_secret(const char *path, char out[SECRET_MAX], struct error *err)
{
    char *text = settings_file(path, err);
    if (!text)
        return -1;
    size_t len = strlen(text);
    if (len < SECRET_MAX)
        memcpy(out, text, len + 1);
    mem_wipe(text, len);
    free(text);
    if (len >= SECRET_MAX)
        return error_set(err, EXIT_USAGE, "%s: a secret of more than %d bytes", path,
                         SECRET_MAX - 1);
    return 0;
}

static int set_credential(struct sandbox *s, struct provider *p, const char *value,
                          struct error *err)
{
    (void)s;
    return read_secret(value, p->credential[0].secret, err);
}

/* NAME:FILE, a further secret, of an account that may be known already. */
static int set_account(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    char name[ACCOUNT_NAME];
    size_t len = strcspn(value, ":");
    struct credential *c = &p->credential[p->credentials];
    if (value[len] != ':' || len >= sizeof name)
        return error_set(err, EXIT_USAGE, "%s: not NAME:FILE", value);
    memcpy(name, value, len);
    name[len] = '\0';
    if (p->credentials == CREDENTIALS_MAX)
        return error_set(err, EXIT_USAGE, "more than %d credentials", CREDENTIALS_MAX);
    *c = (struct credential){.dead = false};
    if (!accounts_number(&s->lists.accounts, name, &c->account))
        return error_set(err, EXIT_USAGE, "%s: more than %d accounts", name, ACCOUNTS_MAX);
    if (read_secret(value + len + 1, c->secret, err) < 0)
        return -1;
    p->credentials++;
    return 0;
}

static int set_hide(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    if (!spec_share(value, &p->hide))
        return error_set(err, EXIT_USAGE, "%s: not a share such as 5%%", value);
    return 0;
}

static int set_linger(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    if (!spec_span(value, &p->linger_us))
        return error_set(err, EXIT_USAGE, "%s: not a span such as 3s", value);
    return 0;
}

static int set_delay(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    if (!spec_span(value, &p->delay_us))
        return error_set(err, EXIT_USAGE, "%s: not a span such as 30ms", value);
    return 0;
}

static int set_workers(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    return workers_parse(value, &p->workers, err);
}

static const struct {
    const char *name;
    int (*set)(struct sandbox *s, struct provider *p, const char *value, struct error *err);
} settings[] = {
    {"limit", set_limit},           {"hint", set_hint},   {"refuse", set_refuse},
    {"credential", set_credential}, {"delay", set_delay}, {"workers", set_workers},
    {"account", set_account},       {"hide", set_hide},   {"linger", set_linger},
};

/* `PROVIDER=VALUE` for one, `VALUE` for all. */
static int set_each(struct sandbox *s, size_t which, const char *value, struct error *err)
{
    char provider[SPEC_PROVIDER];
    const char *rest = spec_provider(value, provider);
    unsigned set = 0;
    for (unsigned i = 0; i < s->providers; i++) {
        if (*provider && strcmp(provider, s->provider[i].name) != 0)
            continue;
        if (settings[which].set(s, &s->provider[i], rest, err) < 0)
            return -1;
        set++;
    }
    if (!set)
        return error_set(err, EXIT_USAGE, "%s: no such provider", provider);
    return 0;
}

static int set_number(const char *value, uint64_t min, uint64_t max, uint64_t *out,
                      struct error *err)
{
    uint64_t n = 0;
    if (!text_u64(value, max, &n) || n < min)
        return error_set(err, EXIT_USAGE, "%s: not a number from %llu to %llu", value,
                         (unsigned long long)min, (unsigned long long)max);
    *out = n;
    return 0;
}

int settings_apply(struct sandbox *s, const char *name, const char *value, struct error *err)
{
    s->truth.version++; /* what lists show may be another */
    int result = 0;
    struct provider *p = NULL;
    uint64_t number = s->lists.workspaces;
    if (!strcmp(name, "fault")) {
        char provider[SPEC_PROVIDER];
        spec_provider(value, provider);
        if (*provider && !sandbox_provider(s, provider))
            result = error_set(err, EXIT_USAGE, "%s: no such provider", provider);
        else
            result = faults_add(&s->faults, value, err);
    } else if (!strcmp(name, "workspaces")) {
        result = set_number(value, 1, WORKSPACES_MAX, &number, err);
        s->lists.workspaces = (unsigned)number;
    } else if (!strcmp(name, "appear")) {
        result = set_number(value, 0, UINT32_MAX, &s->lists.appear, err);
    } else if (!strcmp(name, "vanish")) {
        result = set_number(value, 0, UINT32_MAX, &s->lists.vanish, err);
    } else if (!strcmp(name, "grace")) {
        if (!spec_span(value, &s->grace_us))
            result = error_set(err, EXIT_USAGE, "%s: not a span such as 20ms", value);
    } else if (!strcmp(name, "weak")) {
        p = sandbox_provider(s, value);
        result = p ? set_weak(s, p, NULL, err)
                   : error_set(err, EXIT_USAGE, "%s: no such provider", value);
    } else {
        size_t i = 0;
        while (i < sizeof settings / sizeof *settings && strcmp(settings[i].name, name) != 0)
            i++;
        result = i < sizeof settings / sizeof *settings
                     ? set_each(s, i, value, err)
                     : error_set(err, EXIT_USAGE, "no such setting");
    }
    return result < 0 ? error_prefix(err, "--%s", name) : 0;
}

static void clear(struct sandbox *s)
{
    faults_clear(&s->faults);
    for (unsigned i = 0; i < s->providers; i++) {
        struct provider *p = &s->provider[i];
        limiter_free(&p->limiter);
        workers_free(&p->workers);
        p->refuse_status = 0;
        p->delay_us = 0;
        p->linger_us = 0;
        p->hide = 0;
        p->weak = false;
        for (unsigned k = 0; k < p->credentials; k++)
            p->credential[k].dead = false;
    }
}

int settings_change(struct sandbox *s, const char *text, struct error *err)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char line[SPEC_MAX + SPEC_PROVIDER], *rest = line;
        if (len >= sizeof line)
            return error_set(err, EXIT_USAGE, "a line of more than %zu bytes", sizeof line - 1);
        memcpy(line, text, len);
        line[len] = '\0';
        text += len + (text[len] == '\n');
        const char *name = strsep(&rest, " ");
        if (!strcmp(name, "clear"))
            clear(s);
        else if (*name && settings_apply(s, name, rest ? rest : "", err) < 0)
            return -1;
    }
    sandbox_ready(s);
    return 0;
}
