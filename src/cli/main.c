/* rescind: revokes API keys in bulk. */

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/prepare.h"

#include "base/descriptors.h"
#include "base/digest.h"
#include "base/mem.h"
#include "provider/mask.h"
#include "wire/credential.h"
#include "wire/library.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int dispatch(const struct options *o, struct catalog *catalog)
{
    switch (o->command) {
    case COMMAND_PLAN:
        return command_plan(o, catalog);
    case COMMAND_RUN:
        return command_run(o, catalog);
    case COMMAND_VERIFY:
        return command_verify(o, catalog);
    case COMMAND_ROTATE:
        return command_rotate(o, catalog);
    case COMMAND_REPORT:
        return command_report(o, catalog);
    case COMMAND_CHECK:
        return command_check(o, catalog);
    case COMMAND_LIST:
        return command_list(o, catalog);
    case COMMAND_PROBE:
        return command_probe(o, catalog);
    case COMMAND_MATCH:
        return command_match(o, catalog);
    case COMMAND_PROVIDERS:
        return command_providers(o, catalog);
    case COMMAND_HELP:
        fputs(help_text(o->help_for), stdout);
        return EXIT_DONE;
    case COMMAND_VERSION:
        printf("rescind %s, libcurl %s\n", RESCIND_VERSION, http_library());
        return EXIT_DONE;
    }
    return EXIT_USAGE;
}

/* Where memory runs out the process ends with a word for it, wherever it runs out: a library that
 * goes on with half of what it was told would be worse. */
static void watch_allocations(void)
{
    json_set_alloc_funcs(mem_alloc, free);
    digest_use_mem();
}

/* A standard descriptor that was closed would be given to the next file that is opened: messages
 * for stderr would go into the journal. What is put there fails as a closed one does: stdin cannot
 * be read, stdout and stderr cannot be written. */
static bool fill_standard_descriptors(void)
{
    static const int mode[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode[fd]) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct error err = {0};
    if (!fill_standard_descriptors())
        return EXIT_NOINPUT;
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is one more disk that is full */
    signal(SIGPIPE, SIG_IGN);
    descriptors_raise();
    credentials_harden();
    watch_allocations();
    mask_learn_environment(environ);
    struct catalog *catalog = catalog_new();
    int code;
    if (options_read(argc, argv, catalog, &options, &err) != 0) {
        say("%s", err.text);
        code = (int)err.code;
    } else {
        code = dispatch(&options, catalog);
    }
    options_free(&options);
    catalog_free(catalog);
    if (!output_flush()) {
        say("cannot write to standard output");
        code = code == EXIT_DONE ? EXIT_IO : code;
    }
    return code;
}
