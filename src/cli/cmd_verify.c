#include "cli/commands.h"
#include "cli/conduct.h"

#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "manifest/source.h"
#include "run/check.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The operand is a run directory, or a manifest that has one; what is not there is named as it was
 * given where it is called like a run directory. */
static char *run_dir_of(const struct options *o)
{
    struct stat st;
    size_t len = strlen(o->manifest);
    while (len > 1 && o->manifest[len - 1] == '/')
        len--;
    bool called = len > 4 && strncmp(o->manifest + len - 4, ".run", 4) == 0;
    if (!o->run_dir && (stat(o->manifest, &st) == 0 ? S_ISDIR(st.st_mode) : called))
        return mem_string(o->manifest);
    return options_run_dir(o);
}

/* The directory's last run says what there is to look at. */
static int read_directory(struct prepared *p, const struct options *o, struct catalog *catalog,
                          struct error *err)
{
    *p = (struct prepared){.options = o,
                           .targets = targets_new(catalog),
                           .listed = row_set_new(),
                           .run_dir = run_dir_of(o)};
    p->ledger = ledger_new(p->targets);
    p->journal = journal_lock(p->run_dir, err);
    if (!p->journal)
        return -1;
    if (prepare_saved(p, err) != 0)
        return -1;
    if (ledger_runs(p->ledger) == 0)
        return error_set(err, EXIT_NOINPUT, "%s: no run has begun here: nothing to verify",
                         p->run_dir);
    for (uint32_t row = 0; row < targets_count(p->targets); row++)
        if (ledger_listed(p->ledger, row))
            row_set_add(p->listed, row);
    return 0;
}

/* A manifest that is named stands for its run directory only as long as it is what was run there.
 */
static int check_manifest(const struct prepared *p, const struct options *o, struct error *err)
{
    char sha256[SHA256_HEX + 1];
    struct stat st;
    const char *ran = ledger_run(p->ledger, ledger_runs(p->ledger) - 1)->open.manifest_sha256;
    if (stat(o->manifest, &st) != 0 || !S_ISREG(st.st_mode) || !ran || !*ran)
        return 0;
    if (source_digest(o->manifest, sha256, err) != 0)
        return -1;
    if (strcmp(ran, sha256) == 0)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "%s is not what was run in %s: it has changed since; nothing was sent. Run it "
                     "first, or verify what was run: rescind verify %s",
                     o->manifest, p->run_dir, p->run_dir);
}

/* What it did, which must have been a deletion: of the targets, or of those that were rotated. */
static int take_action(const struct prepared *p, enum action *out, struct error *err)
{
    const char *action = ledger_run(p->ledger, ledger_runs(p->ledger) - 1)->open.action;
    *out = strcmp(action, action_word[ACTION_ROTATE]) == 0 ? ACTION_ROTATE : ACTION_DELETE;
    if (strcmp(action, action_word[*out]) == 0)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "%s belongs to the action '%s': verify proves that what was deleted is gone; "
                     "nothing was sent",
                     p->run_dir, action);
}

/* What the runs of this directory were told to expect the absence of; `of` is where names go. */
static void take_expected(const struct ledger *l, struct settings *s, struct buf *of)
{
    bool all = false;
    for (size_t i = 0; i < ledger_runs(l); i++) {
        const char *text = ledger_run(l, i)->open.options;
        json_t *options = json_loads(text ? text : "{}", 0, NULL);
        const char *value = json_string_value(json_object_get(options, "expect-absent"));
        all |= value && strcmp(value, "yes") == 0;
        if (value && strcmp(value, "no") != 0)
            buf_printf(of, "%s,", value);
        json_decref(options);
    }
    s->expect_absent = of->len > 0;
    s->expect_absent_of = all || !of->len ? NULL : buf_text(of);
}

static int verify(struct prepared *p, struct options *o, struct catalog *catalog,
                  struct credentials *credentials, struct buf *expected, struct error *err)
{
    char count[TEXT_COUNT];
    if (read_directory(p, o, catalog, err) != 0 || check_manifest(p, o, err) != 0 ||
        take_action(p, &o->settings.action, err) != 0 || prepare_origins(p, err) != 0)
        return -1;
    take_expected(p->ledger, &o->settings, expected);
    uint32_t wanted = check_unverified(&o->settings, p->ledger, p->listed, p->targets);
    if (wanted == 0) {
        uint32_t left = check_left(p->ledger, p->listed, p->targets);
        if (left)
            say("%s: %s targets are not done", p->run_dir, text_count(left, count));
        else
            say("%s: nothing left to verify (--again asks anew)", p->run_dir);
        return conduct_report(p, left ? EXIT_SOME_FAILED : EXIT_DONE);
    }
    if (check_run(&o->settings, p->targets, p->listed, credentials, say_line, err) != 0 ||
        conduct_open(p, credentials, err) != 0)
        return -1;
    return conduct_run(p, credentials);
}

int command_verify(const struct options *o, struct catalog *catalog)
{
    struct options own = *o; /* the action is the directory's */
    struct prepared p = {.options = &own};
    struct error err = {0};
    struct buf expected = {0};
    struct credentials *credentials = credentials_new();
    conduct_begin();
    credentials_on_warning(credentials, say_line, NULL);
    int code = verify(&p, &own, catalog, credentials, &expected, &err);
    if (code < 0) {
        say("%s", err.text);
        code = conduct_metrics(&own, (int)err.code);
    }
    prepared_free(&p);
    credentials_free(credentials);
    buf_free(&expected);
    return code;
}
