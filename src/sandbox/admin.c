#include "sandbox/admin.h"

#include "base/mem.h"
#include "sandbox/counts.h"
#include "sandbox/tuning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRUTH_BLOCK = 1 << 18 };

struct truth_reader {
    const struct truth *truth;
    uint32_t row;
    bool touched;
    char provider[64];
    struct buf text;
    size_t at;
};

static bool wanted(const struct truth_reader *r)
{
    if (r->touched && !r->truth->entry[r->row].requests)
        return false;
    return !r->provider[0] ||
           !strcmp(targets_definition(r->truth->targets, r->row)->provider, r->provider);
}

static ssize_t read_truth(void *at, uint64_t position, char *out, size_t max)
{
    struct truth_reader *r = at;
    (void)position;
    if (r->at == r->text.len) {
        buf_clear(&r->text);
        r->at = 0;
        for (; r->row < r->truth->entries && r->text.len < TRUTH_BLOCK; r->row++)
            if (wanted(r))
                truth_print(r->truth, r->row, &r->text);
    }
    if (r->at == r->text.len)
        return MHD_CONTENT_READER_END_OF_STREAM;
    size_t n = r->text.len - r->at < max ? r->text.len - r->at : max;
    memcpy(out, r->text.data + r->at, n);
    r->at += n;
    return (ssize_t)n;
}

static void free_truth(void *at)
{
    struct truth_reader *r = at;
    buf_free(&r->text);
    free(r);
}

static struct MHD_Response *truth_response(const struct truth *truth, struct MHD_Connection *c)
{
    struct truth_reader *r = mem_zalloc(1, sizeof *r);
    const char *provider = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "provider");
    r->truth = truth;
    r->touched = MHD_lookup_connection_value_n(c, MHD_GET_ARGUMENT_KIND, "touched", 7, NULL,
                                               NULL) == MHD_YES;
    snprintf(r->provider, sizeof r->provider, "%s", provider ? provider : "");
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, TRUTH_BLOCK, read_truth, r,
                                             free_truth);
}

static void change(struct sandbox *s, const struct buf *sent, struct reply *out)
{
    struct error err;
    if (settings_change(s, buf_text(sent), &err) == 0) {
        out->status = 204;
        out->type = NULL;
        return;
    }
    out->status = 400;
    out->type = "text/plain";
    buf_printf(&out->body, "%s\n", err.text);
}

struct MHD_Response *admin_answer(struct sandbox *s, struct MHD_Connection *c, const char *method,
                                  const char *path, const struct buf *sent, uint64_t connections,
                                  struct reply *out)
{
    out->status = 200;
    out->type = "application/json";
    if (!strcmp(path, "/sandbox/truth")) {
        out->type = "application/x-ndjson";
        return truth_response(&s->truth, c);
    }
    if (!strcmp(path, "/sandbox/counts"))
        counts_print(s, connections, &out->body);
    else if (!strcmp(path, "/sandbox/options") && !strcmp(method, "POST"))
        change(s, sent, out);
    else
        out->status = 404;
    return NULL;
}
