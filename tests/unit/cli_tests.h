#ifndef RESCIND_CLI_TESTS_H
#define RESCIND_CLI_TESTS_H

/* For the tests of the command line: a line of words becomes options, and options a line of text
 * that names what is not at its default. */

#include "base/buf.h"
#include "base/clock.h"
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORDS_MAX = 64 };

/* Splits at blanks; `_` stands for an empty word. */
static inline int split(char *text, char *argv[WORDS_MAX])
{
    int argc = 0;
    for (char *word = strtok(text, " "); word && argc < WORDS_MAX - 1; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "_") == 0 ? (char *)"" : word;
    argv[argc] = NULL;
    return argc;
}

static inline int read_line(const char *line, struct catalog *catalog, struct options *o,
                            struct error *err)
{
    char *argv[WORDS_MAX], *text = strdup(line);
    *err = (struct error){0};
    int argc = split(text, argv), result = options_read(argc, argv, catalog, o, err);
    free(text);
    return result;
}

static inline void put_text(struct buf *out, const char *name, const char *value)
{
    if (value)
        buf_printf(out, " %s=%s", name, value);
}

static inline void put_flag(struct buf *out, const char *name, bool on)
{
    if (on)
        buf_printf(out, " %s", name);
}

static inline void put_double(struct buf *out, const char *name, double n, double normal)
{
    if (n < normal || n > normal)
        buf_printf(out, " %s=%g", name, n);
}

static inline void put_settings(const struct settings *s, struct buf *out)
{
    put_double(out, "action", s->action, 0);
    put_double(out, "concurrency", s->concurrency, 512);
    put_double(out, "max_rate", s->max_rate, -1);
    put_double(out, "max_attempts", s->max_attempts, 8);
    put_double(out, "timeout_us", (double)s->timeout_us, 30e6);
    put_double(out, "connect_timeout_us", (double)s->connect_timeout_us, 5e6);
    put_double(out, "deadline_us", (double)s->deadline_us, 0);
    put_double(out, "canary", s->canary, 0);
    put_double(out, "halt_count", s->halt_count, 0);
    if (!s->halt_count)
        put_double(out, "halt_percent", s->halt_percent, 5);
    put_flag(out, "expect_absent", s->expect_absent);
    put_text(out, "of", s->expect_absent_of);
    put_double(out, "verify_patience_us", (double)s->verify_patience_us, 60e6);
    put_flag(out, "no_preflight", !s->preflight);
    put_flag(out, "only", !s->act); /* verify, nothing else */
    put_flag(out, "verify", s->verify);
    put_flag(out, "again", s->again);
    put_double(out, "verify_delay_us", (double)s->verify_delay_us, 5e6);
    put_text(out, "ca_file", s->ca_file);
    for (unsigned i = 0; i < s->base_url_count; i++)
        buf_printf(out, " base:%s=%s", s->base_urls[i].provider, s->base_urls[i].url);
}

static inline void put_moment(struct buf *out, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];
    put_text(out, name, clock_text(ms, text));
}

static inline void put_list(const struct list_options *l, struct buf *out)
{
    const struct filter *f = &l->filter;
    put_text(out, "kind", l->kind);
    if (f->by_created)
        put_moment(out, "created_before", f->created_before_ms);
    if (f->by_updated)
        put_moment(out, "updated_before", f->updated_before_ms);
    if (f->by_unused)
        put_text(out, "unused", window_word[f->unused]);
    put_flag(out, "expired", f->expired);
    put_flag(out, "disabled", f->disabled);
    put_text(out, "name", f->name);
    put_text(out, "label", f->label);
    put_text(out, "workspace", f->workspace);
    put_text(out, "type", f->type);
    if (f->by_spend)
        buf_printf(out, " spend_below=%g", f->spend_below);
    put_flag(out, "all", l->all);
    if (l->has_min_window)
        buf_printf(out, " min_window_us=%g", (double)l->min_window_us);
}

static inline void describe(const struct options *o, struct buf *out)
{
    static const char *const command[] = {"plan",   "run",       "verify", "rotate",
                                          "report", "check",     "list",   "probe",
                                          "match",  "providers", "help",   "version"};
    buf_clear(out);
    buf_puts(out, command[o->command]);
    if (o->command == COMMAND_HELP)
        put_text(out, "for", command[o->help_for]);
    put_text(out, "manifest", o->manifest);
    for (char **word = o->operands; word && *word; word++)
        put_text(out, "operand", *word);
    put_double(out, "format", o->format, 0);
    put_text(out, "provider", o->provider);
    put_text(out, "run_dir", o->run_dir);
    put_text(out, "job", o->job);
    put_text(out, "protect", o->protect);
    put_text(out, "metrics_file", o->metrics_file);
    put_text(out, "output", o->output);
    put_text(out, "against", o->against);
    put_text(out, "form", o->form);
    put_list(&o->list, out);
    put_flag(out, "yes", o->yes);
    put_flag(out, "allow_empty", o->allow_empty);
    put_flag(out, "stay_stopped", o->stay_stopped);
    put_flag(out, "skip_bad_rows", o->skip_bad_rows);
    put_flag(out, "salvage", o->salvage);
    put_flag(out, "partial", o->partial);
    if (o->has_expect)
        buf_printf(out, " expect=%llu", (unsigned long long)o->expect);
    if (o->has_max)
        buf_printf(out, " max=%llu", (unsigned long long)o->max);
    if (o->shards != 1)
        buf_printf(out, " shard=%u/%u", (unsigned)o->shard, (unsigned)o->shards);
    put_double(out, "progress", o->progress, 0);
    put_settings(&o->settings, out);
    for (char **pair = o->scopes; pair && *pair; pair += 2)
        buf_printf(out, " scope:%s=%s", pair[0], pair[1]);
}

static inline void write_file(const char *path, const char *text, size_t len)
{
    FILE *f = fopen(path, "w");
    if (!f || fwrite(text, 1, len, f) != len || fclose(f) != 0)
        abort();
}

#endif
