#ifndef RESCIND_TEST_CATALOG_FIXTURE_H
#define RESCIND_TEST_CATALOG_FIXTURE_H

/* The built-in definitions, and those that a test adds. */

#include "provider/definition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct catalog *catalog;

/* NULL: the built-in ones alone. */
static int catalog_set_up(const char *more)
{
    struct error err;
    catalog = catalog_new();
    return more ? catalog_add(catalog, "more.ini", 1, more, &err) : 0;
}

static int tear_down(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

/* "openrouter byok"; "openrouter" is its key. */
static inline const struct definition *definition(const char *target)
{
    char provider[40], kind[40] = "key";
    assert_true(sscanf(target, "%39s %39s", provider, kind) >= 1);
    const struct definition *d = catalog_find(catalog, provider, kind);
    assert_non_null(d);
    return d;
}

#endif
