#include "cli/commands.h"
#include "cli/prepare.h"

#include <stdio.h>
#include <string.h>

static int print_one(const struct catalog *catalog, const char *name)
{
    bool known = false;
    for (size_t i = 0; i < catalog_plain(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        if (strcmp(d->provider, name) != 0)
            continue;
        printf("%s%s", known ? "\n" : "", catalog_source(catalog, d));
        known = true;
    }
    if (known)
        return EXIT_DONE;
    say("no provider '%s': 'rescind providers' lists what is known", name);
    return EXIT_USAGE;
}

int command_providers(const struct options *o, struct catalog *catalog)
{
    int code = EXIT_DONE;
    for (size_t i = 0; o->operands[i]; i++) {
        int one = print_one(catalog, o->operands[i]);
        code = one ? one : code;
    }
    if (o->operands[0])
        return code;
    for (size_t i = 0; i < catalog_plain(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        printf("%-12s %-10s %-28s %s\n", d->provider, d->kind, d->credential,
               d->title ? d->title : "");
    }
    return EXIT_DONE;
}
