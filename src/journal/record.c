/* Records as bytes: the one form of each, described in record.h. record_read.c is the other way. */

#include "journal/record.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/hex.h"
#include "base/text.h"

#include <endian.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PUT(out, literal) buf_put(out, literal, sizeof literal - 1)

static void put_hex(struct buf *out, uint32_t n)
{
    uint32_t bytes = htobe32(n);
    char text[2 * sizeof bytes];
    hex_put(&bytes, sizeof bytes, text);
    buf_put(out, text, sizeof text);
}

static void put_time(struct buf *out, int64_t ms)
{
    char text[CLOCK_TEXT];
    buf_put(out, clock_text(ms, text), CLOCK_TEXT - 1);
}

/* A text of any origin: what is not UTF-8 must not make the line unreadable. */
static void put_text(struct buf *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    buf_putc(out, '"');
    if (len && text_plain(text, len) == len) {
        buf_put(out, text, len);
    } else if (len && text_is_utf8(text, len)) {
        buf_put_json(out, text, len);
    } else {
        for (size_t i = 0; i < len; i++)
            buf_put_json(out, (unsigned char)text[i] < 0x80 ? text + i : "?", 1);
    }
    buf_putc(out, '"');
}

#define PUT_TEXT(out, name, value) (PUT(out, ",\"" name "\":"), put_text(out, value))
#define PUT_U64(out, name, value)  (PUT(out, ",\"" name "\":"), buf_put_u64(out, value))

static void put_bool(struct buf *out, bool value)
{
    buf_puts(out, value ? "true" : "false");
}

/* One decimal; no pacer's figure needs more, and it reads back as it was. */
static void put_tenths(struct buf *out, double value)
{
    uint64_t tenths = value > 0 && value < 1e12 ? (uint64_t)(value * 10 + 0.5) : 0;
    buf_put_u64(out, tenths / 10);
    buf_putc(out, '.');
    buf_putc(out, (char)('0' + tenths % 10));
}

static void put_counts(struct buf *out, const struct record_counts *c)
{
    PUT_U64(out, "sent", c->sent);
    PUT_U64(out, "http_429", c->http_429);
    PUT_U64(out, "http_5xx", c->http_5xx);
    PUT_U64(out, "network_errors", c->network_errors);
}

/* An object or array of the caller's, on one line. What is none becomes null, which no reader
 * takes: an origin that was left out in silence would be a guard that does not bite. */
static void put_tree(struct buf *out, const char *text)
{
    json_t *tree = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, NULL);
    char *line = tree ? json_dumps(tree, JSON_COMPACT) : NULL;
    buf_puts(out, line ? line : "null");
    free(line);
    json_decref(tree);
}

static void put_open(struct buf *out, const struct record_open *o)
{
    PUT_U64(out, "run", o->run);
    PUT_TEXT(out, "tool", o->tool);
    PUT_TEXT(out, "libcurl", o->libcurl);
    PUT_U64(out, "pid", o->pid > 0 ? (uint64_t)o->pid : 0);
    PUT_TEXT(out, "action", o->action);
    PUT(out, ",\"manifest\":{\"path\":");
    put_text(out, o->manifest_path);
    PUT_TEXT(out, "sha256", o->manifest_sha256);
    PUT_U64(out, "rows", o->rows);
    PUT_U64(out, "duplicates", o->duplicates);
    PUT_U64(out, "rejected", o->rejected);
    PUT(out, "}");
    PUT_U64(out, "targets", o->targets);
    PUT_TEXT(out, "digest", o->digest);
    PUT_TEXT(out, "listed", o->listed);
    PUT_TEXT(out, "shard", o->shard);
    PUT(out, ",\"origins\":");
    put_tree(out, o->origins);
    PUT(out, ",\"options\":");
    put_tree(out, o->options);
    if (!o->eyes)
        return;
    PUT(out, ",\"eyes\":");
    put_tree(out, o->eyes);
}

static void put_announced(struct buf *out, const char *rows, const struct record_counts *counts,
                          double rate)
{
    PUT_TEXT(out, "rows", rows);
    put_counts(out, counts);
    PUT(out, ",\"rate\":");
    put_tenths(out, rate);
}

static void put_try(struct buf *out, const struct record *r)
{
    if (r->try.rows) {
        put_announced(out, r->try.rows, &r->try.counts, r->try.rate);
        return;
    }
    PUT_U64(out, "row", (uint64_t)r->try.row + 1);
    PUT_U64(out, "attempts", r->try.attempts);
    PUT_U64(out, "status", r->try.status);
    PUT(out, ",\"applied\":");
    put_bool(out, r->try.applied);
    PUT_TEXT(out, "error", r->try.error);
}

static void put_end(struct buf *out, const struct record *r)
{
    PUT_U64(out, "row", (uint64_t)r->end.row + 1);
    if (r->end.account)
        PUT_TEXT(out, "account", r->end.account);
    PUT_TEXT(out, "provider", r->end.provider);
    PUT_TEXT(out, "kind", r->end.kind);
    PUT_TEXT(out, "id", r->end.id);
    PUT_TEXT(out, "outcome", outcome_word[r->end.outcome]);
    PUT_U64(out, "status", r->end.status);
    PUT_U64(out, "attempts", r->end.attempts);
    PUT_U64(out, "ms", r->end.ms);
    if (r->end.applied)
        PUT(out, ",\"applied\":true");
    if (r->end.error && *r->end.error)
        PUT_TEXT(out, "error", r->end.error);
}

static void put_seen(struct buf *out, const struct record *r)
{
    PUT_TEXT(out, "provider", r->seen.provider);
    PUT_TEXT(out, "kind", r->seen.kind);
    PUT_TEXT(out, "account", r->seen.account);
    PUT_TEXT(out, "look", look_word[r->seen.look]);
    PUT_TEXT(out, "rows", r->seen.rows);
    if (r->seen.refutes)
        PUT(out, ",\"refutes\":true");
}

static void put_verify(struct buf *out, const struct record *r)
{
    if (r->verify.rows) {
        put_announced(out, r->verify.rows, &r->verify.counts, r->verify.rate);
        return;
    }
    PUT_U64(out, "row", (uint64_t)r->verify.row + 1);
    if (r->verify.account)
        PUT_TEXT(out, "account", r->verify.account);
    PUT_TEXT(out, "provider", r->verify.provider);
    PUT_TEXT(out, "kind", r->verify.kind);
    PUT_TEXT(out, "id", r->verify.id);
    PUT_TEXT(out, "verified", verified_word[r->verify.verified]);
    PUT_U64(out, "status", r->verify.status);
    PUT_U64(out, "ms", r->verify.ms);
    if (r->verify.error && *r->verify.error)
        PUT_TEXT(out, "error", r->verify.error);
}

static void put_rotate(struct buf *out, const struct record *r)
{
    PUT_U64(out, "row", (uint64_t)r->rotate.row + 1);
    PUT_TEXT(out, "step", rotation_word[r->rotate.step]);
    PUT_TEXT(out, "marker", r->rotate.marker);
    if (r->rotate.successor)
        PUT_TEXT(out, "successor", r->rotate.successor);
}

static void put_pace(struct buf *out, const struct record *r)
{
    const struct pace *p = &r->pace.pace;
    put_counts(out, &r->pace.counts);
    PUT(out, ",\"rate\":");
    put_tenths(out, p->rate);
    PUT_U64(out, "in_flight", p->in_flight);
    PUT(out, ",\"rtt_ms\":");
    put_tenths(out, p->rtt_ms);
    PUT_TEXT(out, "bound", bound_word[p->bound]);
}

static void put_hold(struct buf *out, const struct record *r)
{
    PUT_TEXT(out, "pair", r->hold.pair);
    PUT(out, ",\"until\":\"");
    put_time(out, r->hold.until_ms);
    PUT(out, "\"");
    PUT_TEXT(out, "reason", r->hold.reason);
}

static void put_close(struct buf *out, const struct record *r)
{
    PUT_U64(out, "exit_code", (uint64_t)(r->close.exit_code & 255));
    PUT_TEXT(out, "reason", r->close.reason);
    PUT_TEXT(out, "unsent", r->close.unsent);
    put_counts(out, &r->close.counts);
    if (r->close.halted)
        PUT(out, ",\"halted\":true");
}

void record_write(const struct record *r, uint64_t seq, uint64_t batch, uint32_t *link,
                  struct buf *out)
{
    static const char *const word[] = {"open",   "try",  "end",  "seen", "verify",
                                       "rotate", "pace", "hold", "close"};
    size_t start = out->len;
    PUT(out, "{\"s\":");
    buf_put_u64(out, seq);
    PUT_U64(out, "b", batch);
    PUT(out, ",\"p\":\"");
    put_hex(out, *link);
    PUT(out, "\",\"type\":\"");
    buf_puts(out, word[r->type]);
    PUT(out, "\",\"at\":\"");
    put_time(out, r->at_ms);
    PUT(out, "\"");
    switch (r->type) {
    case RECORD_OPEN:
        put_open(out, &r->open);
        break;
    case RECORD_TRY:
        put_try(out, r);
        break;
    case RECORD_END:
        put_end(out, r);
        break;
    case RECORD_SEEN:
        put_seen(out, r);
        break;
    case RECORD_VERIFY:
        put_verify(out, r);
        break;
    case RECORD_ROTATE:
        put_rotate(out, r);
        break;
    case RECORD_PACE:
        put_pace(out, r);
        break;
    case RECORD_HOLD:
        put_hold(out, r);
        break;
    case RECORD_CLOSE:
        put_close(out, r);
        break;
    }
    *link = crc32c(0, out->data + start, out->len - start);
    PUT(out, ",\"c\":\"");
    put_hex(out, *link);
    PUT(out, "\"}\n");
}
