#include "cli/commands.h"
#include "cli/conduct.h"
#include "cli/confirm.h"

#include "base/text.h"
#include "rotate/handover.h"
#include "rotate/rotate.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where the secrets go, ready before anything is sent. */
struct hands {
    struct secrets_file *file;
    struct deliver_command command;
    struct rotate_handover how;
    bool began; /* something may have been given */
};

static int hands_open(struct hands *h, const struct options *o, const struct catalog *catalog,
                      struct error *err)
{
    if (o->deliver) {
        h->command = (struct deliver_command){o->deliver, catalog, DELIVER_TIMEOUT_US};
        h->how = (struct rotate_handover){&h->command, DELIVER_AHEAD, deliver_command_give, NULL};
        return 0;
    }
    h->file = secrets_file_open(o->secrets_file, catalog, err);
    h->how = (struct rotate_handover){h->file, 0, secrets_file_give, secrets_file_given};
    return h->file ? 0 : -1;
}

static int ask(const struct prepared *p, struct error *err)
{
    if (p->options->yes)
        return 0;
    struct buf what = {0};
    char count[TEXT_COUNT];
    buf_printf(&what,
               "This makes a successor of %s target%s, at %s, and deletes the old one%s. It cannot "
               "be undone.",
               text_count(p->left, count), p->left == 1 ? "" : "s", buf_text(&p->origins),
               p->left == 1 ? "" : "s");
    int result =
        confirm_count(buf_text(&what), p->left, strcmp(p->options->manifest, "-") == 0, err);
    buf_free(&what);
    return result;
}

/* What a successor does not have of the old key, before the first one is made. */
static void tell_left_behind(const struct prepared *p)
{
    const struct catalog *catalog = targets_catalog(p->targets);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        bool used = false;
        for (uint32_t row = 0; d->rotate.create.method && row < targets_count(p->targets); row++)
            used |= targets_definition(p->targets, row) == d && row_set_has(p->listed, row);
        if (!used)
            continue;
        printf("%s %s: a successor has the old one's", d->shown, d->kind);
        for (size_t f = 0; f < d->rotate.field_count; f++)
            printf("%s %s", f ? "," : "", d->rotate.field[f].name);
        printf(
            ".\nNothing else is carried over: not who made it, no assignment (of a guardrail), no "
            "list\nelsewhere that names the old one by its id.\n");
    }
    fflush(stdout);
}

static void tell_secrets(const struct prepared *p)
{
    uint32_t row = 0;
    if (!p->options->secrets_file)
        return;
    while (row < targets_count(p->targets) &&
           ledger_state(p->ledger, row).outcome != OUTCOME_ROTATED)
        row++;
    if (row < targets_count(p->targets))
        printf("\nTo hand out:    %s, the new secrets\n", p->options->secrets_file);
}

static int loop_rotate(void *hands, const struct work *work, struct ending *ending,
                       struct error *err)
{
    struct hands *h = hands;
    int status = rotate_run(work, &h->how, ending, err);
    h->began = status == 0;
    return status;
}

static int rotate(struct prepared *p, struct catalog *catalog, struct credentials *credentials,
                  struct hands *h, struct error *err)
{
    const struct options *o = p->options;
    if (prepare(p, o, catalog, true, err) != 0 || prepare_guards(p, catalog, err) != 0)
        return -1;
    if (p->manifest_targets == 0) {
        printf("%s holds no targets: nothing to do\n", o->manifest);
        return conduct_metrics(o, EXIT_DONE);
    }
    if (p->left == 0) {
        if (row_set_size(p->listed) && !prepare_is_finished(p)) {
            if (conduct_save_targets(p, err) != 0 || conduct_open(p, NULL, err) != 0)
                return -1;
            conduct_close(p, EXIT_DONE, "");
        }
        return row_set_size(p->listed) ? conduct_report(p, EXIT_DONE)
                                       : conduct_metrics(o, EXIT_DONE);
    }
    if (rotate_check(&o->settings, p->targets, p->listed, credentials, say_line, err) != 0 ||
        hands_open(h, o, catalog, err) != 0)
        return -1;
    tell_left_behind(p);
    if (ask(p, err) != 0 || conduct_save_targets(p, err) != 0 ||
        conduct_open(p, credentials, err) != 0)
        return -1;
    int code = conduct_loop(p, credentials, loop_rotate, h);
    if (h->began && !journal_failed(p->journal))
        tell_secrets(p);
    return code;
}

int command_rotate(const struct options *o, struct catalog *catalog)
{
    struct prepared p = {.options = o};
    struct hands h = {0};
    struct error err = {0};
    struct credentials *credentials = credentials_new();
    conduct_begin();
    credentials_on_warning(credentials, say_line, NULL);
    int code = rotate(&p, catalog, credentials, &h, &err);
    if (code < 0) {
        say("%s", err.text);
        code = conduct_metrics(o, (int)err.code);
    }
    secrets_file_close(h.file);
    prepared_free(&p);
    credentials_free(credentials);
    return code;
}
