#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/prepare.h"
#include "cli/progress.h"

#include "base/clock.h"
#include "base/durable.h"
#include "base/text.h"
#include "engine/check.h"
#include "engine/http.h"
#include "engine/runner.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_colour(int fd)
{
    const char *no = getenv("NO_COLOR");
    return isatty(fd) && !(no && *no);
}

/* The sentence before the question. */
static void describe(const struct prepared *p, struct buf *out)
{
    static const char *const verb[ACTION_COUNT] = {"revokes", "disables", "enables"};
    char count[TEXT_COUNT];
    buf_printf(out, "This %s %s target%s, at %s. %s", verb[p->options->settings.action],
               text_count(p->left, count), p->left == 1 ? "" : "s", buf_text(&p->origins),
               p->options->settings.action == ACTION_DELETE ? "It cannot be undone." : "");
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

/* The run directory and its targets.csv, synced before the first request. */
static int save_targets(struct prepared *p, struct error *err)
{
    if (!p->journal) {
        p->journal = journal_create(p->run_dir, err);
        if (!p->journal || journal_recover(p->journal, p->ledger, &p->recovery, err) != 0)
            return -1;
    }
    if (targets_count(p->targets) == p->saved_rows && p->saved_rows)
        return 0;
    struct buf path = {0};
    buf_printf(&path, "%s/targets.csv", p->run_dir);
    int result = targets_save(p->targets, buf_text(&path), err);
    buf_free(&path);
    return result;
}

static int write_open(struct prepared *p, struct error *err)
{
    struct buf listed = {0}, options = {0}, shard = {0};
    char digest[65];
    row_set_print(p->listed, &listed);
    options_json(p->options, &options);
    buf_printf(&shard, "%" PRIu32 "/%" PRIu32, p->options->shard, p->options->shards);
    targets_digest(p->targets, targets_count(p->targets), digest);
    const struct record record = {
        .type = RECORD_OPEN,
        .at_ms = clock_wall_ms(),
        .open = {.run = (unsigned)ledger_runs(p->ledger) + 1,
                 .tool = "rescind " RESCIND_VERSION,
                 .libcurl = http_library(),
                 .pid = getpid(),
                 .action = action_word[p->options->settings.action],
                 .manifest_path = p->options->manifest,
                 .manifest_sha256 = p->facts.sha256,
                 .rows = p->facts.rows,
                 .duplicates = p->facts.duplicates,
                 .rejected = p->facts.rejected,
                 .targets = targets_count(p->targets),
                 .digest = digest,
                 .listed = buf_text(&listed),
                 .shard = buf_text(&shard),
                 .origins = buf_text(&p->origins),
                 .options = buf_text(&options)},
    };
    journal_put(p->journal, &record);
    buf_free(&listed);
    buf_free(&options);
    buf_free(&shard);
    return journal_flush(p->journal, err);
}

static void write_close(struct prepared *p, int code, const char *reason)
{
    struct error err;
    const struct record record = {
        .type = RECORD_CLOSE,
        .at_ms = clock_wall_ms(),
        .close = {.exit_code = code, .reason = reason, .unsent = ""},
    };
    journal_put(p->journal, &record);
    if (journal_flush(p->journal, &err) != 0)
        say("%s", err.text);
}

/* For node_exporter's textfile collector; with no report where the run was refused before it began.
 */
static int write_metrics(const struct options *o, const struct report *report, int code)
{
    if (!o->metrics_file)
        return code;
    struct buf shard = {0};
    struct error err;
    buf_printf(&shard, "%" PRIu32 "/%" PRIu32, o->shard, o->shards);
    const struct metrics_facts facts = {.manifest = o->manifest,
                                        .action = action_word[o->settings.action],
                                        .shard = buf_text(&shard),
                                        .exit_code = code,
                                        .at_ms = clock_wall_ms()};
    if (report_metrics(report, &facts, o->metrics_file, &err) != 0) {
        say("%s", err.text);
        code = code == EXIT_DONE || code == EXIT_SOME_FAILED ? EXIT_CANTCREATE : code;
    }
    buf_free(&shard);
    return code;
}

/* Reports from the ledger in memory, which is what the journal on disk says. */
static int write_reports(struct prepared *p, int code)
{
    struct report_source source = {.targets = p->targets,
                                   .ledger = p->ledger,
                                   .run_dir = p->run_dir,
                                   .journal_sha256 = p->journal_sha256};
    journal_sha256(p->journal, p->journal_sha256);
    struct report *report = report_new(&source, 1);
    struct error err;
    struct buf text = {0}, command = {0};
    if (report_write(report, p->run_dir, &err) != 0) {
        say("%s; the journal is safe: 'rescind report' makes it again", err.text);
        code = code == EXIT_DONE || code == EXIT_SOME_FAILED ? EXIT_CANTCREATE : code;
    }
    options_command(p->options, &command);
    report_summary(report, p->run_dir, buf_text(&command), wants_colour(STDOUT_FILENO), &text);
    fputs(buf_text(&text), stdout);
    code = write_metrics(p->options, report, code);
    report_free(report);
    buf_free(&text);
    buf_free(&command);
    return code;
}

static int make_run(struct prepared *p, struct credentials *credentials)
{
    struct run_result result;
    struct error err;
    struct progress *progress =
        progress_new(p->options->progress, STDERR_FILENO, wants_colour(STDERR_FILENO));
    const struct observer observer = {progress, progress_tick, progress_tell};
    const struct run run = {
        .settings = &p->options->settings,
        .targets = p->targets,
        .listed = p->listed,
        .ledger = p->ledger,
        .journal = p->journal,
        .credentials = credentials,
        .observer = &observer,
    };
    int status = runner_run(&run, &result, &err);
    progress_free(progress);
    if (status != 0) {
        say("%s", err.text);
        write_close(p, (int)err.code, err.text);
        return write_metrics(p->options, NULL, (int)err.code);
    }
    if (result.code == EXIT_IO)
        return write_metrics(p->options, NULL, (int)result.code);
    return write_reports(p, (int)result.code);
}

/* Nothing is left: says so, and makes sure that the reports are there. */
static int already_done(struct prepared *p, struct error *err)
{
    char reason[512];
    int code = check_suspicious(&p->options->settings, p->targets, p->listed, p->ledger, reason)
                   ? EXIT_STOPPED
                   : EXIT_DONE;
    if (code != EXIT_DONE)
        say("%s", reason);
    if (!prepare_is_finished(p)) {
        if (save_targets(p, err) != 0 || write_open(p, err) != 0)
            return -1;
        write_close(p, code, code == EXIT_DONE ? "" : reason);
    }
    return write_reports(p, code);
}

static int run(struct prepared *p, struct catalog *catalog, struct credentials *credentials,
               struct error *err)
{
    const struct options *o = p->options;
    if (prepare(p, o, catalog, true, err) != 0)
        return -1;
    if (p->manifest_targets == 0) {
        if (o->has_expect && o->expect != 0)
            return prepare_guards(p, catalog, err);
        printf("%s holds no targets: nothing to do\n", o->manifest);
        return write_metrics(o, NULL, EXIT_DONE);
    }
    if (prepare_guards(p, catalog, err) != 0)
        return -1;
    if (p->left == 0)
        return row_set_size(p->listed) ? already_done(p, err) : write_metrics(o, NULL, EXIT_DONE);
    if (check_run(&o->settings, p->targets, p->listed, credentials, err) != 0 || ask(p, err) != 0 ||
        save_targets(p, err) != 0 || write_open(p, err) != 0)
        return -1;
    return make_run(p, credentials);
}

int command_run(const struct options *o, struct catalog *catalog)
{
    struct prepared p = {.options = o};
    struct error err = {0};
    struct credentials *credentials = credentials_new();
    credentials_on_warning(credentials, say_line, NULL);
    int code = run(&p, catalog, credentials, &err);
    if (code < 0) {
        say("%s", err.text);
        code = write_metrics(o, NULL, (int)err.code);
    }
    prepared_free(&p);
    credentials_free(credentials);
    return code;
}
