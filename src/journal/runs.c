#include "journal/runs.h"

#include "base/mem.h"
#include "provider/request.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void text_free(const char *text)
{
    free((void *)(uintptr_t)text);
}

static const char *kept(const char *text)
{
    return mem_string(text ? text : "");
}

static struct run_facts *last(const struct runs *x)
{
    return &x->run[x->count - 1];
}

/* Only the last one's ranges are of use, and they may be megabytes. */
static void drop_ranges(struct run_facts *run)
{
    text_free(run->open.listed);
    run->open.listed = kept("");
}

void runs_open(struct runs *x, const struct record *r)
{
    if (x->count == x->cap) {
        x->cap = x->cap ? x->cap * 2 : 8;
        x->run = mem_resize(x->run, x->cap, sizeof *x->run);
    }
    if (x->count)
        drop_ranges(last(x));
    const struct record_open *o = &r->open;
    const bool halted = x->count && last(x)->halted;
    struct run_facts *run = &x->run[x->count++];
    *run = (struct run_facts){.open = *o, .opened_ms = r->at_ms, .exit_code = -1, .halted = halted};
    run->reason = mem_string("");
    run->open.tool = kept(o->tool);
    run->open.libcurl = kept(o->libcurl);
    run->open.action = kept(o->action);
    run->open.manifest_path = kept(o->manifest_path);
    run->open.manifest_sha256 = kept(o->manifest_sha256);
    run->open.digest = kept(o->digest);
    run->open.listed = kept(o->listed);
    run->open.shard = kept(o->shard);
    run->open.origins = kept(o->origins);
    run->open.options = kept(o->options);
    run->open.eyes = o->eyes ? kept(o->eyes) : NULL;
}

void runs_close(struct runs *x, const struct record *r)
{
    if (x->count == 0)
        return;
    struct run_facts *run = last(x);
    run->closed_ms = r->at_ms;
    run->exit_code = r->close.exit_code;
    run->halted = r->close.halted;
    free(run->reason);
    run->reason = mem_string(r->close.reason ? r->close.reason : "");
}

static uint64_t grow(uint64_t *known, uint64_t told)
{
    if (told <= *known)
        return 0;
    uint64_t more = told - *known;
    *known = told;
    return more;
}

struct request_counts runs_counts(struct runs *x, const struct record_counts *c)
{
    struct request_counts *known = &last(x)->requests;
    return (struct request_counts){.sent = grow(&known->sent, c->sent),
                                   .http_429 = grow(&known->http_429, c->http_429),
                                   .http_5xx = grow(&known->http_5xx, c->http_5xx),
                                   .network_errors =
                                       grow(&known->network_errors, c->network_errors)};
}

void run_base_path(const struct run_facts *run, const char *provider, const char *base,
                   struct buf *out)
{
    json_t *options = run->open.options ? json_loads(run->open.options, 0, NULL) : NULL;
    const char *at = json_string_value(json_object_get(options, "base-url"));
    const size_t len = strlen(provider);
    struct buf given = {0};
    for (; at && *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        if (n > len && at[len] == '=' && memcmp(at, provider, len) == 0) {
            buf_put(&given, at + len + 1, n - len - 1);
            base = buf_text(&given);
            break;
        }
        at += n;
    }
    buf_clear(out);
    buf_puts(out, base ? base_url_path(base) : "");
    while (out->len && out->data[out->len - 1] == '/')
        out->data[--out->len] = '\0';
    buf_free(&given);
    json_decref(options);
}

struct request_counts runs_requests(const struct runs *x)
{
    struct request_counts sum = {0};
    for (size_t i = 0; i < x->count; i++) {
        const struct request_counts *one = &x->run[i].requests;
        sum.sent += one->sent;
        sum.http_429 += one->http_429;
        sum.http_5xx += one->http_5xx;
        sum.network_errors += one->network_errors;
    }
    return sum;
}

size_t runs_memory(const struct runs *x)
{
    return x->cap * sizeof *x->run + (x->count ? strlen(last(x)->open.listed) : 0);
}

static void run_free(struct run_facts *run)
{
    const struct record_open *o = &run->open;
    const char *texts[] = {o->tool,   o->libcurl, o->action, o->manifest_path, o->manifest_sha256,
                           o->digest, o->listed,  o->shard,  o->origins,       o->options,
                           o->eyes};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_free(texts[i]);
    free(run->reason);
}

void runs_free(struct runs *x)
{
    for (size_t i = 0; i < x->count; i++)
        run_free(&x->run[i]);
    free(x->run);
}
