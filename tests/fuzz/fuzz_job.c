/* libFuzzer: any bytes as a job file, through the whole of options_read. What is taken must be in
 * range, what is refused must say so in one plain line with an exit code of its own.
 *
 * The project's own job files and definitions are a good corpus:
 *
 *   clang -fsanitize=fuzzer,address,undefined ... -o fuzz_job
 *   ./fuzz_job -max_len=2048 CORPUS jobs/ src/provider/builtin/ */

#include "base/buf.h"
#include "cli/options.h"
#include "provider/request.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

/* The same descriptor each time: a file of its own per input would be most of the work. */
static const char *job_file(const uint8_t *bytes, size_t size)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("job", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    must(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size, "memfd");
    return path;
}

static void check_settings(const struct settings *s)
{
    struct buf origin = {0};
    struct error err;
    bool plain;
    must(s->action < ACTION_COUNT, "action");
    must(s->concurrency >= 1 && s->concurrency <= 1024, "concurrency");
    must((s->max_rate >= 0 && s->max_rate <= 1e6) || (s->max_rate <= -1 && s->max_rate >= -1),
         "max-rate");
    must(s->max_attempts >= 1 && s->max_attempts <= 1000, "max-attempts");
    must(s->timeout_us > 0 && s->connect_timeout_us > 0 && s->deadline_us >= 0, "times");
    must(s->halt_count || (s->halt_percent >= 0 && s->halt_percent <= 100), "halt");
    must(s->base_url_count <= BASE_URLS_MAX, "base-url");
    for (unsigned i = 0; i < s->base_url_count; i++)
        must(base_url_check(s->base_urls[i].url, &origin, &plain, &err) == 0, "base-url");
    buf_free(&origin);
}

static void check_taken(struct options *o)
{
    struct buf text = {0};
    must(o->manifest && *o->manifest && o->shard < o->shards, "manifest and shard");
    check_settings(&o->settings);
    for (char **pair = o->scopes; pair && *pair; pair += 2)
        must(*pair[0] && pair[1] && *pair[1], "scope");
    options_json(o, &text);
    must(text.len >= 2 && text.data[0] == '{' && text.data[text.len - 1] == '}', "json");
    buf_clear(&text);
    options_command(o, &text);
    must(strchr(text.data, '\n') == NULL, "command");
    buf_free(&text);
    char *dir = options_run_dir(o);
    must(*dir != '\0', "run directory");
    free(dir);
}

static void check_refused(const struct error *err)
{
    must(err->code == EXIT_CONFIG, "code");
    must(*err->text != '\0', "text");
    for (const char *c = err->text; *c; c++)
        must(((unsigned char)*c >= 0x20 || *c == '\t') && *c != 0x7f,
             "a control character in a message");
}

static bool all_built_in(const struct catalog *c)
{
    for (size_t i = 0; i < catalog_count(c); i++)
        if (!catalog_at(c, i)->built_in)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct catalog *catalog;
    char *argv[] = {(char *)"rescind",
                    (char *)"run",
                    (char *)"k.csv",
                    (char *)"--job",
                    (char *)job_file(bytes, size),
                    NULL};
    struct options o;
    struct error err = {0};
    if (!catalog)
        catalog = catalog_new();
    if (options_read(5, argv, catalog, &o, &err) == 0) {
        check_taken(&o);
        options_free(&o);
    } else {
        check_refused(&err);
    }
    /* Reading the built-in definitions anew is slow: only where the file brought others. */
    if (!all_built_in(catalog)) {
        catalog_free(catalog);
        catalog = NULL;
    }
    return 0;
}
