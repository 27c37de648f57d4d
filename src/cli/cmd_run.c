#include "cli/commands.h"
#include "cli/conduct.h"
#include "cli/confirm.h"
#include "cli/estimate.h"

#include "base/clock.h"
#include "base/text.h"
#include "run/check.h"
#include "wire/guards.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* The sentence before the question. */
static void describe(const struct prepared *p, struct buf *out)
{
    static const char *const verb[ACTION_COUNT] = {"revokes", "disables", "enables"};
    static const char *const undo[ACTION_COUNT] = {"It cannot be undone.",
                                                   "--action enable takes it back.",
                                                   "--action disable takes it back."};
    char count[TEXT_COUNT];
    const char *provider, *lead = ":";
    json_t *origins = json_loads(buf_text(&p->origins), 0, NULL), *origin;
    buf_printf(out, "This %s %s target%s", verb[p->options->settings.action],
               text_count(p->left, count), p->left == 1 ? "" : "s");
    json_object_foreach(origins, provider, origin)
    {
        buf_printf(out, "%s %s at %s", lead, provider, json_string_value(origin));
        lead = ",";
    }
    json_decref(origins);
    buf_printf(out, ". %s", undo[p->options->settings.action]);
}

static int ask(const struct prepared *p, struct error *err)
{
    if (p->options->yes)
        return 0;
    struct buf what = {0};
    describe(p, &what);
    int result =
        confirm_count(buf_text(&what), p->left, strcmp(p->options->manifest, "-") == 0, err);
    buf_free(&what);
    return result;
}

static bool to_verify(const struct prepared *p)
{
    const struct settings *s = &p->options->settings;
    return s->verify && check_unverified(s, p->ledger, p->listed, p->targets);
}

/* What can be undone may have been, and the journal cannot know. */
static void tell_of_before(const struct prepared *p)
{
    enum action action = p->options->settings.action;
    char moment[CLOCK_TEXT];
    int64_t last_s = 0;
    if (action != ACTION_DISABLE && action != ACTION_ENABLE)
        return;
    for (uint32_t row = 0; row < targets_count(p->targets); row++)
        if (row_set_has(p->listed, row) && ledger_state(p->ledger, row).finished_s > last_s)
            last_s = ledger_state(p->ledger, row).finished_s;
    say("%s: all of this was done by %s, and nothing was sent now; if it was undone since, name "
        "another --run-dir",
        p->run_dir, clock_text(last_s * 1000, moment));
}

/* Nothing is left: says so, and makes sure that the reports are there. */
static int already_done(struct prepared *p, struct error *err)
{
    char reason[512];
    int code = guards_doubtful(&p->options->settings, p->targets, p->listed, p->ledger, reason)
                   ? EXIT_SOME_FAILED
                   : EXIT_DONE;
    if (code != EXIT_DONE)
        say("%s", reason);
    tell_of_before(p);
    if (!prepare_is_finished(p)) {
        if (conduct_save_targets(p, err) != 0 || conduct_open(p, NULL, err) != 0)
            return -1;
        conduct_close(p, code, code == EXIT_DONE ? "" : reason);
    }
    return conduct_report(p, code);
}

/* Of what nothing tells, the one who runs it must know. */
static void tell_unknown_own(const struct prepared *p)
{
    const struct catalog *catalog = targets_catalog(p->targets);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        bool left = false;
        for (uint32_t row = 0; d->self == SELF_UNKNOWN && row < targets_count(p->targets); row++)
            left |= targets_definition(p->targets, row) == d && row_set_has(p->listed, row);
        if (left)
            say("%s %s: its definition does not tell which one the credential in use is (`self`): "
                "make sure that it is none of these",
                d->shown, d->kind);
    }
}

static int run(struct prepared *p, struct catalog *catalog, struct credentials *credentials,
               struct error *err)
{
    const struct options *o = p->options;
    if (prepare(p, o, catalog, true, err) != 0)
        return -1;
    if (p->manifest_targets == 0) {
        bool asked = (o->has_expect && o->expect != 0) || o->max_age_us;
        if (asked && prepare_guards(p, catalog, err) != 0)
            return -1;
        printf("%s holds no targets: nothing to do\n", o->manifest);
        return conduct_metrics(o, EXIT_DONE);
    }
    if (prepare_guards(p, catalog, err) != 0)
        return -1;
    if (p->left == 0 && !to_verify(p) &&
        !check_foreign(&o->settings, p->ledger, p->listed, p->targets, credentials))
        return row_set_size(p->listed) ? already_done(p, err) : conduct_metrics(o, EXIT_DONE);
    if (p->left)
        estimate_warn(p, catalog);
    if (check_run(&o->settings, p->targets, p->listed, credentials, say_line, err) != 0)
        return -1;
    if (p->left)
        tell_unknown_own(p);
    if ((p->left && ask(p, err) != 0) || conduct_save_targets(p, err) != 0 ||
        conduct_open(p, credentials, err) != 0)
        return -1;
    return conduct_run(p, credentials);
}

int command_run(const struct options *o, struct catalog *catalog)
{
    struct prepared p = {.options = o};
    struct error err = {0};
    struct credentials *credentials = credentials_new();
    conduct_begin();
    credentials_on_warning(credentials, say_line, NULL);
    int code = run(&p, catalog, credentials, &err);
    if (code < 0) {
        say("%s", err.text);
        code = conduct_metrics(o, (int)err.code);
    }
    prepared_free(&p);
    credentials_free(credentials);
    return code;
}
