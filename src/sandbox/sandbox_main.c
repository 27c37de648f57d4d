/* rescind-sandbox: a loopback stand-in for the providers, for rehearsals, demos and tests.
 *
 * It serves every definition that rescind knows on one port, told apart by path; it keeps the truth
 * about what was really deleted and gives it at /sandbox/truth; and it can limit, fail, drop, stall
 * and lie, by seeded dice. It prints one line, its address, and then nothing more:
 *
 *   $ rescind-sandbox --manifest keys.csv --limit openrouter=bucket:100/s --fault 500:2%
 *   http://127.0.0.1:40123
 */

#include "base/clock.h"
#include "sandbox/arguments.h"
#include "sandbox/generate.h"
#include "sandbox/owned.h"
#include "sandbox/tuning.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int load_manifests(struct sandbox *s, const struct arguments *o, struct error *err)
{
    int result = 0;
    for (unsigned i = 0; i < o->manifests && result == 0; i++)
        result = owned_load(s, o->manifest[i], err);
    return result;
}

static int load_job(struct catalog *catalog, const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    struct buf text = {0};
    char block[4096];
    size_t n = 0;
    if (!f)
        return error_set(err, EXIT_NOINPUT, "%s:", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        buf_put(&text, block, n);
    fclose(f);
    int result = catalog_add(catalog, path, 1, buf_text(&text), err);
    buf_free(&text);
    return result;
}

static int load(struct sandbox *s, const struct arguments *o, struct error *err)
{
    s->any = o->any;
    s->absent = o->absent;
    s->faults.seed = s->lists.seed = o->seed;
    for (unsigned i = 0; i < o->settings; i += 2)
        if (settings_apply(s, o->setting[i], o->setting[i + 1], err) < 0)
            return -1;
    if (load_manifests(s, o, err) < 0)
        return -1;
    sandbox_ready(s);
    for (unsigned i = 0; i < o->inventories; i++)
        if (stock_load(s->stock, o->inventory[i], err) < 0)
            return -1;
    return o->raw ? stock_load_raw(s->stock, o->raw, err) : 0;
}

static int serve(struct sandbox *s, const struct arguments *o, struct error *err)
{
    struct http *h = http_start(s, &o->http, err);
    if (!h)
        return -1;
    printf("%s\n", s->origin);
    fflush(stdout);
    http_loop(h);
    http_stop(h);
    return 0;
}

static void print_credentials(struct sandbox *s)
{
    struct buf text = {0};
    owned_print_credentials(s, &text);
    fputs(buf_text(&text), stdout);
    buf_free(&text);
}

static int generate(const struct catalog *catalog, const struct arguments *o, struct error *err)
{
    /* Made up as they are, they are kept as real ones should be. */
    mode_t mask = umask(077);
    FILE *raw = o->raw ? fopen(o->raw, "we") : NULL;
    umask(mask);
    if (o->raw && !raw)
        return error_set(err, EXIT_CANTCREATE, "%s:", o->raw);
    int result = generate_manifest(catalog, o->generate, o->seed, o->mix, stdout, raw, err);
    if (raw)
        fclose(raw);
    return result;
}

/* To end with whoever started us. A parent that is gone already was gone before the call. */
static bool follow_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

static int run(const struct arguments *o, struct error *err)
{
    struct catalog *catalog = catalog_new();
    for (unsigned i = 0; i < o->jobs; i++)
        if (load_job(catalog, o->job[i], err) < 0) {
            catalog_free(catalog);
            return -1;
        }
    if (o->generating) {
        int result = generate(catalog, o, err);
        catalog_free(catalog);
        return result;
    }
    struct sandbox *s = malloc(sizeof *s);
    if (!s) {
        catalog_free(catalog);
        return error_set(err, EXIT_STOPPED, "out of memory");
    }
    sandbox_init(s, catalog, clock_mono_us());
    int result = load(s, o, err);
    if (result == 0 && o->print_credentials)
        print_credentials(s);
    else if (result == 0)
        result = serve(s, o, err);
    sandbox_free(s);
    free(s);
    return result;
}

int main(int argc, char **argv)
{
    struct arguments o;
    struct error err = {0};
    pid_t parent = getppid();
    int result = arguments_parse(argc, argv, &o, &err);
    if (result == 0 && o.help)
        fputs(arguments_help, stdout);
    else if (result == 0 && o.version)
        printf("rescind-sandbox %s\n", RESCIND_VERSION);
    else if (result == 0 && (o.stay || follow_parent(parent)))
        result = run(&o, &err);
    arguments_free(&o);
    if (result < 0)
        fprintf(stderr, "rescind-sandbox: %s\n", err.text);
    return result < 0 ? (int)err.code : EXIT_DONE;
}
