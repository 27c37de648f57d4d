#include "cli/conduct.h"

#include "cli/progress.h"

#include "base/clock.h"
#include "base/durable.h"
#include "base/stops.h"
#include "report/metrics.h"
#include "report/report.h"
#include "report/summary.h"
#include "run/check.h"
#include "run/runner.h"
#include "wire/library.h"
#include "wire/looker.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool conduct_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

static void end_early(int signal)
{
    static const char words[] = "rescind: stopped before anything was sent\n";
    (void)signal;
    ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void)ignored;
    _exit(EXIT_STOPPED);
}

void conduct_begin(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction end = {.sa_handler = end_early}, before;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(stops[i], &end, NULL);
}

/* What was read and guarded is a directory without a run. While a question stood on the terminal
 * another process may have made one there, of another origin or manifest. */
static int create_journal(struct prepared *p, struct error *err)
{
    struct buf path = {0};
    struct stat st;
    p->journal = journal_create(p->run_dir, err);
    if (!p->journal)
        return -1;
    buf_printf(&path, "%s/journal.jsonl", p->run_dir);
    bool empty = stat(buf_text(&path), &st) == 0 && st.st_size == 0;
    buf_free(&path);
    if (!empty)
        return error_set(err, EXIT_STOPPED,
                         "%s: another rescind has begun a run here meanwhile; nothing was sent. "
                         "The same command looks at it anew",
                         p->run_dir);
    return journal_recover(p->journal, p->ledger, &p->recovery, err);
}

int conduct_save_targets(struct prepared *p, struct error *err)
{
    if (!p->journal && create_journal(p, err) != 0)
        return -1;
    if (targets_count(p->targets) == p->saved_rows && p->saved_rows)
        return 0;
    struct buf path = {0};
    buf_printf(&path, "%s/targets.csv", p->run_dir);
    int result = targets_save(p->targets, buf_text(&path), err);
    buf_free(&path);
    return result;
}

static void open_of_manifest(const struct prepared *p, struct record_open *open, struct buf *texts)
{
    row_set_print(p->listed, &texts[0]);
    buf_printf(&texts[1], "%" PRIu32 "/%" PRIu32, p->options->shard, p->options->shards);
    *open = (struct record_open){.manifest_path = p->options->manifest,
                                 .manifest_sha256 = p->facts.sha256,
                                 .rows = p->facts.rows,
                                 .duplicates = p->facts.duplicates,
                                 .rejected = p->facts.rejected,
                                 .listed = buf_text(&texts[0]),
                                 .shard = buf_text(&texts[1])};
}

/* From the run's first record on the loop alone hears of a stop. One that comes later,
 * while the report is written, would end the process without it, and not with 75. */
static void hold_signals(void)
{
    sigset_t set;
    stops_set(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

int conduct_open(struct prepared *p, struct credentials *credentials, struct error *err)
{
    hold_signals();
    struct buf options = {0}, texts[2] = {0}, eyes = {0};
    struct record record = {.type = RECORD_OPEN, .at_ms = clock_wall_ms()};
    struct record_open *open = &record.open;
    size_t runs = ledger_runs(p->ledger);
    if (p->options->command == COMMAND_VERIFY)
        *open = ledger_run(p->ledger, runs - 1)->open;
    else
        open_of_manifest(p, open, texts);
    options_json(p->options, &options);
    if (credentials) {
        looker_eyes(&p->options->settings, p->targets, p->listed, credentials, &eyes);
    }
    open->run = (unsigned)runs + 1;
    open->tool = "rescind " RESCIND_VERSION;
    open->libcurl = http_library();
    open->pid = getpid();
    open->action = action_word[p->options->settings.action];
    open->targets = targets_count(p->targets);
    open->digest = ledger_digest(p->ledger, open->targets);
    open->origins = buf_text(&p->origins);
    open->options = buf_text(&options);
    open->eyes = credentials ? buf_text(&eyes) : "[]";
    journal_put(p->journal, &record);
    buf_free(&options);
    buf_free(&texts[0]);
    buf_free(&texts[1]);
    buf_free(&eyes);
    return journal_flush(p->journal, err);
}

void conduct_close(struct prepared *p, int code, const char *reason)
{
    struct error err;
    const bool through = code == EXIT_DONE || code == EXIT_SOME_FAILED;
    const struct record record = {
        .type = RECORD_CLOSE,
        .at_ms = clock_wall_ms(),
        .close = {.exit_code = code,
                  .reason = reason,
                  .unsent = "",
                  .halted = !through && ledger_run(p->ledger, ledger_runs(p->ledger) - 1)->halted},
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

/* Whether what was deleted can be asked for, and was not yet. */
static bool wants_proof(const struct prepared *p, int code)
{
    const struct settings *s = &p->options->settings;
    const struct definition *last = NULL;
    bool deleted = (p->options->command == COMMAND_RUN && s->action == ACTION_DELETE) ||
                   p->options->command == COMMAND_ROTATE;
    if (code != EXIT_DONE || !deleted || s->verify ||
        !check_unverified(s, p->ledger, p->listed, p->targets))
        return false;
    for (uint32_t row = 0; row < targets_count(p->targets); row++) {
        const struct definition *d = targets_definition(p->targets, row);
        if (d != last && row_set_has(p->listed, row) && !check_verifiable(d))
            return false;
        last = d;
    }
    return true;
}

/* The reports are on disk; a reader that takes nothing (a terminal after Ctrl-S, a full pipe) must
 * not keep a process that is asked to stop. */
static void print_summary(const char *text)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    sigset_t stops;
    stops_set(&stops);
    while (poll(&out, 1, 100) == 0)
        if (sigtimedwait(&stops, NULL, &(struct timespec){0}) > 0)
            return;
    fputs(text, stdout);
}

int conduct_report(struct prepared *p, int code)
{
    struct report_source source = {.targets = p->targets,
                                   .ledger = p->ledger,
                                   .run_dir = p->run_dir,
                                   .journal_sha256 = p->journal_sha256};
    journal_sha256(p->journal, p->journal_sha256);
    struct report *report = report_new(&source, 1);
    struct error err;
    struct buf text = {0}, command = {0}, proof = {0};
    bool provable = wants_proof(p, code);
    bool written = report_write(report, p->run_dir, &err) == 0;
    if (!written) {
        buf_put_shell(&command, p->run_dir);
        say("%s; the journal is safe: its report is made again by: rescind report %s%s", err.text,
            *p->run_dir == '-' ? "-- " : "", buf_text(&command));
        buf_clear(&command);
        code = code == EXIT_DONE || code == EXIT_SOME_FAILED ? EXIT_CANTCREATE : code;
    }
    options_command(p->options, &command);
    if (provable)
        options_verify_command(p->options, p->run_dir, &proof);
    report_summary(report, written ? p->run_dir : NULL, buf_text(&command),
                   provable ? buf_text(&proof) : NULL, conduct_colour(STDOUT_FILENO), &text);
    print_summary(buf_text(&text));
    code = write_metrics(p->options, report, code);
    report_free(report);
    buf_free(&text);
    buf_free(&command);
    buf_free(&proof);
    return code;
}

/* Disk space for the reports, to be let go right before they are written. NULL: EXIT_CANTCREATE. */
static struct durable_space *keep_space(const struct prepared *p, struct error *err)
{
    enum { REPORT_BYTES = 96 << 10, ROW_BYTES = 200 };
    struct buf path = {0};
    buf_printf(&path, "%s/reports", p->run_dir);
    off_t bytes = REPORT_BYTES + (off_t)targets_count(p->targets) * ROW_BYTES;
    struct durable_space *space = durable_space_keep(buf_text(&path), bytes, err);
    if (!space)
        error_prefix(err, "%s: the reports would not fit; nothing was sent", p->run_dir);
    buf_free(&path);
    return space;
}

int conduct_loop(struct prepared *p, struct credentials *credentials, conduct_loop_fn *loop,
                 void *at)
{
    struct ending ending;
    struct error err;
    struct progress *progress =
        progress_new(p->options->progress, STDERR_FILENO, conduct_colour(STDERR_FILENO));
    const struct observer observer = {progress, progress_tick, progress_tell};
    const struct work work = {
        .settings = &p->options->settings,
        .targets = p->targets,
        .listed = p->listed,
        .ledger = p->ledger,
        .journal = p->journal,
        .credentials = credentials,
        .observer = &observer,
    };
    struct durable_space *space = keep_space(p, &err);
    int status = space ? loop(at, &work, &ending, &err) : -1;
    durable_space_release(space);
    progress_free(progress);
    if (status != 0) {
        say("%s", err.text);
        conduct_close(p, (int)err.code, err.text);
        return write_metrics(p->options, NULL, (int)err.code);
    }
    if (ending.code == EXIT_IO && journal_failed(p->journal))
        return write_metrics(p->options, NULL, (int)ending.code);
    return conduct_report(p, (int)ending.code);
}

static int loop_run(void *at, const struct work *work, struct ending *ending, struct error *err)
{
    (void)at;
    return runner_run(work, ending, err);
}

int conduct_run(struct prepared *p, struct credentials *credentials)
{
    return conduct_loop(p, credentials, loop_run, NULL);
}

int conduct_metrics(const struct options *o, int code)
{
    return write_metrics(o, NULL, code);
}
