#include "cli/commands.h"
#include "cli/prepare.h"

#include "base/durable.h"
#include "base/mem.h"
#include "report/mergeable.h"
#include "report/report.h"
#include "report/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A run directory read back, from its journal and targets alone. */
struct report_dir {
    struct targets *targets;
    struct ledger *ledger;
    struct journal_recovery recovery;
    char digest[65];
    bool salvaged;
};

/* Only a journal that is refused otherwise is salvaged: any other is read as ever. */
static int read_journal(struct report_dir *s, const char *dir, bool salvage, struct error *err)
{
    int result = journal_read(dir, s->ledger, false, NULL, NULL, &s->recovery, s->digest, err);
    if (result == 0 || !salvage || err->code != EXIT_DATA)
        return result;
    s->salvaged = true;
    ledger_free(s->ledger);
    s->ledger = ledger_new(s->targets);
    return journal_read(dir, s->ledger, true, say_line, NULL, &s->recovery, s->digest, err);
}

static int read_source(struct report_dir *s, const char *dir, bool salvage, struct catalog *catalog,
                       struct error *err)
{
    struct buf path = {0};
    s->targets = targets_new(catalog);
    s->ledger = ledger_new(s->targets);
    buf_printf(&path, "%s/targets.csv", dir);
    int result = targets_load(s->targets, buf_text(&path), err);
    if (result == 0)
        result = read_journal(s, dir, salvage, err);
    if (result == 0 && s->recovery.torn)
        say("%s/journal.jsonl:%" PRIu64
            ": the last %zu bytes are an unfinished write and say nothing",
            dir, s->recovery.torn_line, s->recovery.torn_bytes);
    buf_free(&path);
    return result;
}

static void free_source(struct report_dir *s)
{
    ledger_free(s->ledger);
    targets_free(s->targets);
}

static int check_distinct(char *const *dirs, struct error *err)
{
    for (size_t i = 0; dirs[i]; i++)
        for (size_t j = 0; j < i; j++)
            if (is_same_file(dirs[i], dirs[j]))
                return error_set(err, EXIT_USAGE, "%s and %s are the same run directory", dirs[j],
                                 dirs[i]);
    return 0;
}

/* What is salvaged goes into a directory of its own: the reports of the last run are evidence, and
 * nothing that reads them may get this instead. */
static int write_reports(const struct report_source *made, size_t count, const struct options *o)
{
    struct report *report = report_new(made, count);
    struct buf dir = {0}, text = {0};
    struct error err = {0};
    bool salvaged = report_facts(report)->salvaged;
    int code = EXIT_DONE;
    buf_printf(&dir, "%s%s", o->run_dir ? o->run_dir : o->operands[0], salvaged ? "/salvage" : "");
    if (((salvaged || o->run_dir) && durable_mkdir(buf_text(&dir), &err) != 0) ||
        report_write(report, buf_text(&dir), &err) != 0) {
        say("%s", err.text);
        code = (int)err.code;
    } else {
        report_summary(report, buf_text(&dir), NULL, NULL, false, &text);
        fputs(buf_text(&text), stdout);
        code = salvaged ? EXIT_DATA : EXIT_DONE;
    }
    if (report_facts(report)->missing) {
        say("what the shards %s hold is not in this report", report_facts(report)->missing);
        code = code == EXIT_DONE ? EXIT_STOPPED : code;
    }
    buf_free(&dir);
    buf_free(&text);
    report_free(report);
    return code;
}

int command_report(const struct options *o, struct catalog *catalog)
{
    size_t count = 0, read = 0;
    struct error err = {0};
    int code = EXIT_DONE;
    while (o->operands[count])
        count++;
    struct report_dir *source = mem_zalloc(count, sizeof *source);
    struct report_source *made = mem_zalloc(count, sizeof *made);
    if (check_distinct(o->operands, &err) != 0) {
        say("%s", err.text);
        code = (int)err.code;
    }
    for (; read < count && code == EXIT_DONE; read++) {
        struct report_dir *s = &source[read];
        if (read_source(s, o->operands[read], o->salvage, catalog, &err) != 0) {
            say("%s", err.text);
            code = (int)err.code;
        }
        made[read] = (struct report_source){.targets = s->targets,
                                            .ledger = s->ledger,
                                            .run_dir = o->operands[read],
                                            .journal_sha256 = s->digest,
                                            .salvaged = s->salvaged};
    }
    if (code == EXIT_DONE && report_mergeable(made, count, &err) != 0) {
        say("%s", err.text);
        code = (int)err.code;
    }
    if (code == EXIT_DONE)
        code = write_reports(made, count, o);
    for (size_t i = 0; i < read; i++)
        free_source(&source[i]);
    free(source);
    free(made);
    return code;
}

int command_check(const struct options *o, struct catalog *catalog)
{
    int code = EXIT_DONE;
    for (size_t i = 0; o->operands[i]; i++) {
        struct report_dir s = {0};
        struct error err = {0};
        if (read_source(&s, o->operands[i], false, catalog, &err) != 0) {
            say("%s", err.text);
            code = (int)err.code;
        } else {
            printf("%s  %s/journal.jsonl\n", s.digest, o->operands[i]);
        }
        free_source(&s);
    }
    return code;
}
