/* Options written down again: the run directory's name, a JSON object for the journal, and the
 * command line that carries a run on. */

#include "cli/options_table.h"

#include "base/buf.h"
#include "base/mem.h"

#include <string.h>

char *options_run_dir(const struct options *o)
{
    struct buf path = {0};
    if (o->run_dir)
        return mem_string(o->run_dir);
    if (o->settings.action == ACTION_DELETE)
        buf_printf(&path, "%s.run", o->manifest);
    else
        buf_printf(&path, "%s.%s.run", o->manifest, action_word[o->settings.action]);
    return path.data;
}

/* What counts of an option that was given: the command line's before the job file's. */
static const struct given *effective(const struct reading *r, const struct option_spec *spec)
{
    const struct given *found = NULL;
    for (size_t i = 0; i < r->given_count; i++)
        if (r->given[i].spec == spec && (!found || found->of_job))
            found = &r->given[i];
    return found;
}

static void put_member(struct buf *out, const char *name, const char *value)
{
    if (out->data[out->len - 1] != '{')
        buf_putc(out, ',');
    buf_put_json_string(out, name);
    buf_putc(out, ':');
    buf_put_json_string(out, value);
}

static void put_base_urls(const struct options *o, struct buf *out)
{
    struct buf all = {0};
    for (unsigned i = 0; i < o->settings.base_url_count; i++)
        buf_printf(&all, "%s%s=%s", i ? " " : "", o->settings.base_urls[i].provider,
                   o->settings.base_urls[i].url);
    if (all.len)
        put_member(out, "base-url", buf_text(&all));
    buf_free(&all);
}

void options_json(const struct options *o, struct buf *out)
{
    const struct reading *r = o->memory;
    buf_putc(out, '{');
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *spec = &option_table[i];
        if (!(spec->commands & 1u << o->command) || strcmp(spec->name, "progress") == 0)
            continue;
        const struct given *g = effective(r, spec);
        if (spec->repeatable)
            put_base_urls(o, out);
        else if (g)
            put_member(out, spec->name, g->value);
    }
    buf_putc(out, '}');
}

static void put_option(struct buf *out, const struct given *g)
{
    bool is_switch = !g->spec->word;
    buf_printf(out, " --%s", g->spec->name);
    if (is_switch && strcmp(g->value, "yes") == 0)
        return;
    buf_putc(out, is_switch || *g->value == '-' ? '=' : ' ');
    buf_put_shell(out, g->value);
}

void options_command(const struct options *o, struct buf *out)
{
    const struct reading *r = o->memory;
    const char *manifest = o->manifest;
    buf_printf(out, "rescind %s",
               o->command == COMMAND_VERIFY   ? "verify"
               : o->command == COMMAND_ROTATE ? "rotate"
                                              : "run");
    for (size_t i = 0; i < r->given_count; i++) {
        const struct given *g = &r->given[i];
        /* A job file's dates may be others tomorrow: what they gave today is said in full. */
        bool dated =
            g->of_job && strcmp(g->spec->name, "run-dir") == 0 && effective(r, g->spec) == g;
        if (!g->of_job || dated)
            put_option(out, g);
    }
    if (*manifest == '-' && manifest[1])
        buf_puts(out, " --");
    buf_putc(out, ' ');
    buf_put_shell(out, manifest);
    if (strcmp(manifest, "-") == 0)
        buf_puts(out, " < MANIFEST");
}

void options_verify_command(const struct options *o, const char *run_dir, struct buf *out)
{
    const struct reading *r = o->memory;
    buf_puts(out, "rescind verify");
    for (size_t i = 0; i < r->given_count; i++) {
        const struct given *g = &r->given[i];
        if (!g->of_job && g->spec->commands & 1u << COMMAND_VERIFY &&
            strcmp(g->spec->name, "run-dir") != 0)
            put_option(out, g);
    }
    buf_puts(out, *run_dir == '-' ? " -- " : " ");
    buf_put_shell(out, run_dir);
}
