/* `rescind probe`: a line for each thing that a definition promises, and what a run's evidence
 * would rest on. */

#include "cli/commands.h"
#include "cli/prepare.h"
#include "cli/scopes.h"

#include "base/mem.h"
#include "provider/identifier.h"
#include "wire/endpoint.h"
#include "wire/prober.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const step_word[PROBE_STEPS] = {
    "preflight", "own id", "account", "list", "read", "read", "delete",
};

/* PROVIDER or PROVIDER/KIND. */
static int find_definition(const struct options *o, const struct catalog *catalog,
                           const struct definition **d, struct error *err)
{
    const char *operand = o->operands[0], *kind = strchr(operand, '/');
    size_t len = kind ? (size_t)(kind - operand) : strlen(operand);
    char *provider = mem_string_n(operand, len);
    *d = catalog_wanted(catalog, provider, kind ? kind + 1 : NULL, err);
    free(provider);
    return *d ? 0 : -1;
}

/* An id that is deleted must be nobody's for certain. */
static int check_invention(const struct options *o, const struct definition *d, struct error *err)
{
    unsigned bits = identifier_bits(d);
    if (!o->absent_delete || bits >= PROBE_SAFE_BITS)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "--absent-delete: a %s has %u bits, and an invented one may be somebody's: %d "
                     "bits are needed; nothing was sent",
                     d->id.name, bits, PROBE_SAFE_BITS);
}

/* What sees a target: that is what a revocation is proved by. */
static const char *look_of(const struct probe *p)
{
    bool read =
        p->finding[PROBE_NOBODY].state == PROBE_GOOD && p->finding[PROBE_READ].state != PROBE_BAD;
    bool list = p->finding[PROBE_LIST].state == PROBE_GOOD;
    if (read)
        return "a read of each target";
    if (!list)
        return NULL;
    return p->definition->list.partial ? "the list, for those that it showed before" : "the list";
}

static void print_evidence(const struct probe *p)
{
    const struct definition *d = p->definition;
    const char *look = look_of(p);
    enum absent_rule absent = p->absent != ABSENT_UNKNOWN ? p->absent : d->absent;
    printf("  %-10s before: %s; afterwards: %s\n", "evidence",
           look ? look : "nothing shows a target, so only deletions tell",
           look ? look : "nothing but what the deletion answers");
    if (p->finding[PROBE_DELETE].state == PROBE_BAD && p->absent == ABSENT_UNKNOWN)
        printf("  %-10s uncertain: a deletion does not answer as the definition has it\n",
               "revoked");
    else if (absent == ABSENT_GONE)
        printf("  %-10s a success is one: only an existing %s gets it\n", "revoked", d->id.name);
    else if (look)
        printf("  %-10s a success of a target that was seen, once the first is gone to %s\n",
               "revoked", look);
    else
        printf("  %-10s never certain: a success may be anybody's, and nothing shows a target\n",
               "revoked");
}

static bool print_findings(const struct probe *p)
{
    static const char *const mark[] = {"-", "ok", "NO"};
    bool good = true;
    for (size_t i = 0; i < PROBE_STEPS; i++) {
        const struct probe_finding *f = &p->finding[i];
        printf("  %-10s %-3s %s\n", step_word[i], mark[f->state], f->words);
        good &= f->state != PROBE_BAD;
    }
    return good;
}

static int probe(const struct options *o, const struct catalog *catalog, struct probe *p,
                 struct error *err)
{
    const struct definition *d = NULL;
    if (find_definition(o, catalog, &d, err) != 0 || check_invention(o, d, err) != 0 ||
        endpoint_ca_file(&o->settings, err) != 0)
        return -1;
    p->definition = d;
    char *scope = scopes_given(o, d);
    p->scope = scope;
    int result = probe_make(p, err);
    free(scope);
    if (result != 0)
        return -1;
    const char *base = endpoint_base(&o->settings, d);
    printf("%s %s (%s) at %s\n", d->provider, d->kind, d->title, base ? base : d->base);
    bool good = print_findings(p);
    if (!p->refused && !p->unreached)
        print_evidence(p);
    if (p->refused)
        return error_set(err, EXIT_CREDENTIAL, "%s: the credential is refused", d->provider);
    if (p->unreached)
        return error_set(err, EXIT_STOPPED, "%s: no usable answer", d->provider);
    return good ? 0
                : error_set(err, EXIT_SOME_FAILED, "%s %s: not all is as its definition says",
                            d->provider, d->kind);
}

static void say_event(void *at, const char *key, const char *line)
{
    (void)key;
    say_line(at, line);
}

int command_probe(const struct options *o, struct catalog *catalog)
{
    struct error err = {0};
    struct credentials *credentials = credentials_new();
    const struct observer observer = {.tell = say_event};
    struct probe p = {.settings = &o->settings,
                      .credentials = credentials,
                      .observer = &observer,
                      .delete_nobody = o->absent_delete};
    credentials_on_warning(credentials, say_line, NULL);
    int result = probe(o, catalog, &p, &err);
    if (result != 0)
        say("%s", err.text);
    probe_free(&p);
    credentials_free(credentials);
    return result == 0 ? EXIT_DONE : (int)err.code;
}
