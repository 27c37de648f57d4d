/* Pages of a list: the input's first byte chooses the definition, and NUL bytes part the rest into
 * pages. Whatever they hold, the list ends, its keys are canonical and there once. */

#include "provider/condition.h"
#include "provider/identifier.h"
#include "provider/keylist.h"
#include "provider/list_walk.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_keys(const struct definition *d, const struct keylist *keys)
{
    char again[ID_MAX + 1], reason[ID_REASON];
    for (size_t i = 0; i < keylist_count(keys); i++) {
        const char *id = keylist_id(keys, i);
        must(identifier_canonical(d, id, strlen(id), again, reason) > 0);
        must(strcmp(again, id) == 0);
        must(keylist_find(keys, id) == i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    char reason[WALK_REASON];
    if (!catalog)
        catalog = catalog_new();
    if (size < 1)
        return 0;
    const struct definition *d = catalog_at(catalog, data[0] % catalog_count(catalog));
    if (!d->list.request.method)
        return 0;
    const char *at = (const char *)data + 1, *end = (const char *)data + size;
    struct keylist *keys = keylist_new(d);
    struct walk walk = {.pages = &d->list.pages, .request = &d->list.request};
    struct buf path = {0};
    enum walk_step step = WALK_MORE;
    for (unsigned pages = 0; at <= end && step == WALK_MORE; pages++) {
        const char *stop = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;
        size_t len = (size_t)((stop ? stop : end) - at);
        walk_request(&walk, d, &path);
        json_t *body = body_parse(at, len);
        step = keylist_page(keys, &walk, body, reason);
        json_decref(body);
        must(step == WALK_MORE || step == WALK_END || memchr(reason, '\0', sizeof reason));
        at += len + 1;
    }
    check_keys(d, keys);
    walk_free(&walk);
    keylist_free(keys);
    buf_free(&path);
    return 0;
}
