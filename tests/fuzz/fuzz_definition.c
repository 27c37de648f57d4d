/* The reader of definitions over arbitrary texts. What it lets pass must be able to work: it makes
 * a URL that stays below its base and names its target, and its own text reads the same again. */

#include "provider/definition_check.h"
#include "provider/definition_keys.h"
#include "provider/definition_read.h"
#include "provider/identifier.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_action(const struct definition *d, const struct request *r)
{
    static const char base[] = "https://own.example";
    static const char value[] = "Zk-9";
    struct buf url = {0}, body = {0};
    struct error err;
    if (request_url(d, r, base, value, "v\x1fv\x1fv\x1fv", &url, &err) == 0) {
        must(strncmp(buf_text(&url), base, sizeof base - 1) == 0);
        must(url.data[sizeof base - 1] == '/');
        must(path_segments_plain(url.data + sizeof base - 1));
        bool has_body = request_body(d, r, value, "v\x1fv\x1fv\x1fv", &body);
        must(strstr(buf_text(&url), value) || (has_body && strstr(buf_text(&body), value)));
    } else {
        /* only a word that the definition itself reserves */
        must(strstr(err.text, "reserved") != NULL);
    }
    must(request_url(d, r, base, "", "v\x1fv\x1fv\x1fv", &url, &err) != 0 ||
         !strstr(r->path, "{id}"));
    buf_free(&url);
    buf_free(&body);
}

enum { KEPT = 16 };
struct kept {
    struct definition *d[KEPT];
    char *source[KEPT];
    unsigned count;
};

static int keep(void *at, struct definition *d, char *source, unsigned line, struct error *err)
{
    struct kept *k = at;
    must(line >= 1);
    if (k->count == KEPT) {
        definition_free(d);
        free(source);
        return error_set(err, EXIT_CONFIG, "enough");
    }
    k->d[k->count] = d;
    k->source[k->count++] = source;
    return 0;
}

static void drop(struct kept *k)
{
    for (unsigned i = 0; i < k->count; i++) {
        definition_free(k->d[i]);
        free(k->source[i]);
    }
}

static void check(const struct definition *d, const char *source)
{
    struct kept again = {.count = 0};
    struct error err;
    for (int a = 0; a < ACTION_COUNT; a++)
        if (d->action[a].method)
            check_action(d, &d->action[a]);
    must(d->action[ACTION_DELETE].method && d->credential && d->headers && d->id.name);
    must(definition_read("again", 1, source, keep, &again, &err) == 0 && again.count == 1);
    drop(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kept kept = {.count = 0};
    struct error err = {0};
    char *text = mem_string_n((const char *)data, size);
    int n = definition_read("fuzz", 1, text, keep, &kept, &err);
    must(n == 0 || (err.code == EXIT_CONFIG && !strncmp(err.text, "fuzz:", 5)));
    for (unsigned i = 0; n == 0 && i < kept.count; i++)
        check(kept.d[i], kept.source[i]);
    drop(&kept);
    free(text);
    return 0;
}
