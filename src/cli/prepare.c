#include "cli/prepare.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "provider/mask.h"
#include "run/check.h"
#include "wire/alias.h"
#include "wire/endpoint.h"
#include "wire/looker.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS_SHOWN = 10, MINUTE_MS = 60000 };

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = NULL;
    struct buf shown = {0};
    int len = vasprintf(&line, format, args);
    va_end(args);
    if (len > 0)
        mask_put(&shown, line, (size_t)len);
    for (size_t i = 0; i < shown.len; i++) /* a path may hold anything */
        if (iscntrl((unsigned char)shown.data[i]))
            shown.data[i] = '?';
    fprintf(stderr, "rescind: %s\n", buf_text(&shown));
    buf_free(&shown);
    free(line);
}

void say_line(void *at, const char *line)
{
    (void)at;
    say("%s", line);
}

static char *path_in(const char *dir, const char *name)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", dir, name);
    return path.data;
}

bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool is_there(const char *dir, const char *name)
{
    char *path = path_in(dir, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* The rows that earlier runs knew come first, so that their numbers stay. */
static int load_saved(struct prepared *p, struct error *err)
{
    if (!is_there(p->run_dir, "targets.csv"))
        return 0;
    char *path = path_in(p->run_dir, "targets.csv");
    int result = targets_load(p->targets, path, err);
    free(path);
    p->saved_rows = targets_count(p->targets);
    return result;
}

static int read_manifest(struct prepared *p, struct error *err)
{
    const struct options *o = p->options;
    const struct manifest_options how = {
        .path = o->manifest,
        .format = o->format,
        .column = o->column,
        .provider = o->provider,
        .skip_bad_rows = o->skip_bad_rows,
        .allow_empty = o->allow_empty,
        .scopes = (const char *const *)o->scopes,
        .tell = say_line,
    };
    if (manifest_read(&how, p->targets, p->listed, &p->facts, err) != 0)
        return -1;
    p->manifest_targets = row_set_size(p->listed);
    if (o->shards > 1) {
        p->named = p->listed;
        p->listed = row_set_new();
        for (uint32_t row = 0; row < targets_count(p->targets); row++)
            if (row_set_has(p->named, row) &&
                targets_identity(p->targets, row) % o->shards == o->shard)
                row_set_add(p->listed, row);
    }
    return 0;
}

static int read_journal(struct prepared *p, struct error *err)
{
    if (p->journal)
        return journal_recover(p->journal, p->ledger, &p->recovery, err);
    if (!is_there(p->run_dir, "journal.jsonl"))
        return 0;
    return journal_read(p->run_dir, p->ledger, false, NULL, NULL, &p->recovery, p->journal_sha256,
                        err);
}

static void tell_torn(const struct prepared *p)
{
    if (p->recovery.torn && p->journal)
        say("%s/journal.jsonl:%" PRIu64
            ": %zu bytes of an unfinished write were cut off and kept in "
            "%s; what they were about is asked again",
            p->run_dir, p->recovery.torn_line, p->recovery.torn_bytes, p->recovery.torn_file);
}

/* Which origin each provider of the manifest goes to, and by whose word it is believed. */
static int find_origins(struct prepared *p, struct error *err)
{
    const struct definition *last = NULL;
    json_t *all = json_object();
    int result = endpoint_ca_file(&p->options->settings, err);
    for (uint32_t row = 0; row < targets_count(p->targets) && result == 0; row++) {
        const struct definition *d = targets_definition(p->targets, row);
        if (d == last || !row_set_has(p->listed, row))
            continue;
        last = d;
        struct buf origin = {0};
        result = endpoint_origin(&p->options->settings, d, &origin, err);
        if (result == 0)
            json_object_set_new(all, d->shown, json_string(buf_text(&origin)));
        buf_free(&origin);
    }
    char *text = json_dumps(all, JSON_COMPACT);
    buf_puts(&p->origins, text ? text : "{}");
    free(text);
    json_decref(all);
    return result;
}

int prepare(struct prepared *p, const struct options *o, struct catalog *catalog, bool lock,
            struct error *err)
{
    *p = (struct prepared){.options = o,
                           .targets = targets_new(catalog),
                           .listed = row_set_new(),
                           .run_dir = options_run_dir(o)};
    p->ledger = ledger_new(p->targets);
    if (lock && is_there(p->run_dir, "journal.jsonl")) {
        p->journal = journal_lock(p->run_dir, err);
        if (!p->journal)
            return -1;
    }
    if (load_saved(p, err) != 0 || read_manifest(p, err) != 0 || read_journal(p, err) != 0)
        return -1;
    tell_torn(p);
    p->left = check_left(p->ledger, p->listed, p->targets);
    return find_origins(p, err);
}

int prepare_saved(struct prepared *p, struct error *err)
{
    if (load_saved(p, err) != 0 || read_journal(p, err) != 0)
        return -1;
    tell_torn(p);
    return 0;
}

void prepared_free(struct prepared *p)
{
    if (p->journal)
        journal_close(p->journal);
    ledger_free(p->ledger);
    row_set_free(p->named);
    row_set_free(p->listed);
    targets_free(p->targets);
    buf_free(&p->origins);
    free(p->run_dir);
}

/* Guards */

static int guard_expect(const struct prepared *p, struct error *err)
{
    if (!p->options->has_expect || p->manifest_targets == p->options->expect)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "--expect %" PRIu64 ": the manifest holds %" PRIu32
                     " distinct targets; nothing was sent. Check the manifest, or expect %" PRIu32,
                     p->options->expect, p->manifest_targets, p->manifest_targets);
}

/* A schedule's list of last week is not what is there tonight. By the file's time of change; one of
 * the future has none that could be trusted. */
static int guard_age(const struct prepared *p, struct error *err)
{
    const struct options *o = p->options;
    struct stat st;
    char age[TEXT_SPAN], most[TEXT_SPAN];
    if (!o->max_age_us)
        return 0;
    if (stat(o->manifest, &st) != 0)
        return error_set(err, EXIT_NOINPUT, "cannot read %s:", o->manifest);
    int64_t then_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    int64_t age_ms = clock_wall_ms() - then_ms;
    if (age_ms < -MINUTE_MS)
        return error_set(err, EXIT_REFUSED,
                         "--max-age %s: %s was changed in the future, so its age is not known; "
                         "nothing was sent. Look at this machine's clock",
                         text_span(o->max_age_us, most), o->manifest);
    if (age_ms * 1000 <= o->max_age_us)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "--max-age %s: %s is %s old; nothing was sent. Make the list anew",
                     text_span(o->max_age_us, most), o->manifest, text_span(age_ms * 1000, age));
}

static int guard_max(const struct prepared *p, struct error *err)
{
    if (!p->options->has_max || p->left <= p->options->max)
        return 0;
    return error_set(
        err, EXIT_REFUSED,
        "--max %" PRIu64 ": %" PRIu32
        " targets are left to do; nothing was sent. Shorten the manifest, or raise --max",
        p->options->max, p->left);
}

/* For schedules: what a person should look at is not tried again behind his back. */
static int guard_stopped(const struct prepared *p, struct error *err)
{
    const size_t runs = ledger_runs(p->ledger);
    const struct run_facts *last = runs ? ledger_run(p->ledger, runs - 1) : NULL;
    if (!p->options->stay_stopped || !last || !last->halted)
        return 0;
    return error_set(
        err, EXIT_REFUSED,
        "--stay-stopped: %s was stopped before (%.300s); nothing was sent. Look at it; "
        "a run without --stay-stopped goes on",
        p->run_dir, *last->reason ? last->reason : "the run after it did not end");
}

/* What to do about it: a proof is asked for where the deletion was sent to. */
static const char *elsewhere(const struct prepared *p)
{
    return p->options->command == COMMAND_VERIFY ? "Give --base-url as it was given to the run"
                                                 : "Use another --run-dir";
}

static int guard_origin(const struct prepared *p, struct error *err)
{
    json_t *now = json_loads(buf_text(&p->origins), 0, NULL);
    int result = 0;
    for (size_t i = 0; i < ledger_runs(p->ledger) && result == 0; i++) {
        const struct record_open *open = &ledger_run(p->ledger, i)->open;
        const char *action = action_word[p->options->settings.action];
        if (strcmp(open->action, action) != 0) {
            result =
                error_set(err, EXIT_REFUSED,
                          "%s belongs to the action '%s', not '%s'; nothing was sent. Use another "
                          "--run-dir",
                          p->run_dir, open->action, action);
            break;
        }
        json_t *before = json_loads(open->origins, 0, NULL);
        const char *provider;
        json_t *origin;
        json_object_foreach(before, provider, origin)
        {
            const char *other = json_string_value(json_object_get(now, provider));
            if (!other || strcmp(other, json_string_value(origin)) == 0)
                continue;
            result = error_set(
                err, EXIT_REFUSED, "%s belongs to %s at %s, not at %s; nothing was sent. %s",
                p->run_dir, provider, json_string_value(origin), other, elsewhere(p));
        }
        json_decref(before);
    }
    json_decref(now);
    return result;
}

/* The same host under another path, or another request, is another place: a rehearsal there must
 * not pass for the deletion. Runs of the released format do not say it. */
static int guard_endpoint(const struct prepared *p, struct error *err)
{
    const struct catalog *catalog = targets_catalog(p->targets);
    struct buf now = {0};
    int result = 0;
    for (uint16_t n = 1; n <= ledger_eyes(p->ledger) && result == 0; n++) {
        const struct eye *eye = ledger_eye(p->ledger, n);
        const struct definition *d = catalog_shown(catalog, eye->provider, eye->kind);
        buf_clear(&now);
        if (!d || looker_endpoint(&p->options->settings, d, &now, NULL) != 0 ||
            strcmp(buf_text(&now), eye->endpoint) == 0)
            continue;
        result = error_set(err, EXIT_REFUSED,
                           "%s belongs to %s %s at %s, not at %s; nothing was sent. %s", p->run_dir,
                           d->shown, d->kind, eye->endpoint, buf_text(&now), elsewhere(p));
    }
    buf_free(&now);
    return result;
}

/* What a run of the released format does say: the base URL that it was given. */
static int guard_path(const struct prepared *p, const struct definition *d, struct error *err)
{
    const char *now = endpoint_base(&p->options->settings, d);
    struct buf here = {0}, there = {0};
    const struct run_facts none = {0};
    int result = 0;
    run_base_path(&none, d->provider, now ? now : d->base, &here);
    for (size_t i = 0; i < ledger_runs(p->ledger) && result == 0; i++) {
        const struct run_facts *run = ledger_run(p->ledger, i);
        if (run->open.eyes)
            continue;
        run_base_path(run, d->provider, d->base, &there);
        if (strcmp(buf_text(&here), buf_text(&there)) != 0)
            result = error_set(
                err, EXIT_REFUSED,
                "%s belongs to %s under the path %s/, not under %s/; nothing was sent. %s",
                p->run_dir, d->shown, buf_text(&there), buf_text(&here), elsewhere(p));
    }
    buf_free(&here);
    buf_free(&there);
    return result;
}

static int guard_paths(const struct prepared *p, struct error *err)
{
    const struct catalog *catalog = targets_catalog(p->targets);
    json_t *now = json_loads(buf_text(&p->origins), 0, NULL);
    int result = 0;
    for (size_t i = 0; i < catalog_count(catalog) && result == 0; i++) {
        const struct definition *d = catalog_at(catalog, i);
        if (json_object_get(now, d->provider))
            result = guard_path(p, d, err);
    }
    json_decref(now);
    return result;
}

int prepare_origins(struct prepared *p, struct error *err)
{
    if (find_origins(p, err) != 0 || guard_origin(p, err) != 0 || guard_paths(p, err) != 0)
        return -1;
    return guard_endpoint(p, err);
}

/* Of the whole manifest, whatever the shard: what names one target that must stay is the wrong
 * manifest for all of them. */
static int guard_protect(const struct prepared *p, struct catalog *catalog, struct error *err)
{
    const struct options *o = p->options;
    const struct row_set *named = p->named ? p->named : p->listed;
    if (!o->protect)
        return 0;
    struct targets *kept = targets_new(catalog);
    struct row_set *rows = row_set_new();
    struct manifest_facts facts;
    const struct manifest_options how = {.path = o->protect,
                                         .provider = o->provider,
                                         .others = true,
                                         .allow_empty = true,
                                         .some = true,
                                         .scopes = (const char *const *)o->scopes,
                                         .tell = say_line};
    int result = manifest_read(&how, kept, rows, &facts, err);
    struct aliases *aliases = aliases_new(&o->settings, p->targets, named);
    unsigned hits = 0;
    for (uint32_t row = 0; row < targets_count(kept) && result == 0; row++) {
        char id[ID_MAX + 1];
        const struct definition *d = targets_definition(kept, row);
        size_t len = targets_id(kept, row, id);
        uint32_t hit = aliases_find(aliases, d, id, len, targets_scope(kept, row));
        if (hit == UINT32_MAX)
            continue;
        if (++hits <= ROWS_SHOWN)
            say("%s:%" PRIu32 ": protected by %s:%" PRIu32, o->manifest,
                targets_line(p->targets, hit), o->protect, targets_line(kept, row));
    }
    if (result == 0 && hits)
        result =
            error_set(err, EXIT_REFUSED,
                      "%u target%s of the manifest %s protected by %s; nothing was sent. Take %s "
                      "out of the manifest",
                      hits, hits == 1 ? "" : "s", hits == 1 ? "is" : "are", o->protect,
                      hits == 1 ? "it" : "them");
    aliases_free(aliases);
    row_set_free(rows);
    targets_free(kept);
    return result;
}

int prepare_guards(struct prepared *p, struct catalog *catalog, struct error *err)
{
    if (guard_age(p, err) != 0 || guard_expect(p, err) != 0 || guard_origin(p, err) != 0 ||
        guard_paths(p, err) != 0 || guard_endpoint(p, err) != 0 || guard_stopped(p, err) != 0 ||
        guard_protect(p, catalog, err) != 0)
        return -1;
    return guard_max(p, err);
}

bool prepare_is_finished(const struct prepared *p)
{
    size_t runs = ledger_runs(p->ledger);
    if (!runs || p->left || targets_count(p->targets) != p->saved_rows)
        return false;
    const struct run_facts *last = ledger_run(p->ledger, runs - 1);
    struct buf listed = {0};
    row_set_print(p->listed, &listed);
    bool same = strcmp(buf_text(&listed), last->open.listed) == 0 && last->exit_code == EXIT_DONE;
    buf_free(&listed);
    return same;
}
