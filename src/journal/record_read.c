/* Bytes as records. A strict reader of the one form that record_write gives: members in their
 * order, canonical numbers and escapes, nothing between. That makes it small, fast (no tree is
 * built) and checkable: what it takes, written again, is the same bytes.
 *
 * A line is copied into the reader's scratch, and texts are cut out there in place. */

#include "journal/record.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/text.h"

#include <endian.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { SUFFIX = sizeof ",\"c\":\"00000000\"}" - 1 };

struct record_reader {
    char *scratch;
    size_t cap;
    char minute[17]; /* "2026-11-21T05:40", known to be lawful */
    int64_t minute_ms;
};

struct record_reader *record_reader_new(void)
{
    struct record_reader *rr = mem_zalloc(1, sizeof *rr);
    memcpy(rr->minute, "1970-01-01T00:00", sizeof rr->minute); /* minute_ms: 0 */
    return rr;
}

void record_reader_free(struct record_reader *rr)
{
    if (!rr)
        return;
    free(rr->scratch);
    free(rr);
}

/* Where the reading is. at[0..] ends in a NUL at end, so that a comparison with a literal can not
 * run over it. */
struct line_at {
    char *at, *end;
};

static bool literal(struct line_at *c, const char *text, size_t len)
{
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, text, len) != 0)
        return false;
    c->at += len;
    return true;
}
#define LITERAL(c, text) literal(c, text, sizeof text - 1)

static bool number(struct line_at *c, uint64_t max, uint64_t *out)
{
    const char *start = c->at;
    uint64_t n = 0;
    for (; *c->at >= '0' && *c->at <= '9'; c->at++) {
        unsigned digit = (unsigned)(*c->at - '0');
        if (n > (max - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return c->at - start == 1 || (c->at > start && *start != '0');
}

static bool number32(struct line_at *c, uint32_t max, uint32_t *out)
{
    uint64_t n = 0;
    bool ok = number(c, max, &n);
    *out = (uint32_t)n;
    return ok;
}
#define U64(c, name, out) (LITERAL(c, ",\"" name "\":") && number(c, UINT64_MAX, out))
#define U32(c, name, out) (LITERAL(c, ",\"" name "\":") && number32(c, UINT32_MAX, out))

/* The eight digits of a checksum. */
static bool hex32(const char *at, uint32_t *out)
{
    uint32_t bytes;
    if (!hex_get(at, sizeof bytes, &bytes))
        return false;
    *out = be32toh(bytes);
    return true;
}

/* What follows a backslash; -1 for any escape that record_write does not use. */
static int escaped(struct line_at *c)
{
    if (*c->at == '"' || *c->at == '\\')
        return *c->at++;
    if (c->end - c->at < 5 || memcmp(c->at, "u00", 3) != 0)
        return -1;
    unsigned char value;
    if (!hex_get(c->at + 3, 1, &value))
        return -1;
    c->at += 5;
    return (value > 0 && value < 0x20) || value == 0x7f ? value : -1;
}

static bool text(struct line_at *c, const char **out)
{
    if (*c->at != '"')
        return false;
    char *start = ++c->at, *put = start + text_plain(start, (size_t)(c->end - start));
    c->at = put;
    unsigned char seen = 0;
    for (;;) {
        unsigned char byte = (unsigned char)*c->at;
        if (byte < 0x20 || byte == 0x7f) /* the end too: it is a NUL */
            return false;
        c->at++;
        if (byte == '"')
            break;
        seen |= byte;
        if (byte == '\\') {
            int value = escaped(c);
            if (value < 0)
                return false;
            byte = (unsigned char)value;
        }
        *put++ = (char)byte;
    }
    *put = '\0';
    *out = start;
    return seen < 0x80 || text_is_utf8(start, (size_t)(put - start));
}
#define TEXT(c, name, out) (LITERAL(c, ",\"" name "\":") && text(c, out))

static bool two_digits(const char *at, unsigned max, unsigned *out)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *out = (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
    return *out <= max;
}

/* A time in exactly clock_text's form; the minute is parsed only when it is a new one. */
static bool instant(struct record_reader *rr, struct line_at *c, int64_t *out)
{
    const char *at = c->at;
    if (c->end - at < CLOCK_TEXT + 1 || at[0] != '"' || at[CLOCK_TEXT] != '"')
        return false;
    at++;
    if (memcmp(at, rr->minute, 16) != 0) {
        char whole[CLOCK_TEXT], again[CLOCK_TEXT];
        memcpy(whole, at, 16);
        memcpy(whole + 16, ":00.000Z", 9);
        int64_t ms = clock_parse(whole);
        if (ms < 0 || strcmp(clock_text(ms, again), whole) != 0)
            return false;
        memcpy(rr->minute, at, 16);
        rr->minute_ms = ms;
    }
    unsigned seconds, high, low;
    if (at[16] != ':' || !two_digits(at + 17, 59, &seconds) || at[19] != '.' ||
        !two_digits(at + 20, 99, &high) || at[22] < '0' || at[22] > '9' || at[23] != 'Z')
        return false;
    low = (unsigned)(at[22] - '0');
    *out = rr->minute_ms + seconds * 1000 + high * 10 + low;
    c->at += CLOCK_TEXT + 1;
    return true;
}

static bool boolean(struct line_at *c, bool *out)
{
    *out = LITERAL(c, "true");
    return *out || LITERAL(c, "false");
}

static bool tenths(struct line_at *c, double *out)
{
    uint64_t whole, tenth;
    if (!number(c, 1000000000000, &whole) || !LITERAL(c, ".") || !number(c, 9, &tenth))
        return false;
    *out = (double)(whole * 10 + tenth) / 10;
    return true;
}

static bool counts(struct line_at *c, struct record_counts *out)
{
    return U64(c, "sent", &out->sent) && U64(c, "http_429", &out->http_429) &&
           U64(c, "http_5xx", &out->http_5xx) && U64(c, "network_errors", &out->network_errors);
}

/* A JSON object or array, by its first byte, which stays text. The byte after it is what ends that
 * text, so the caller's next literal is compared first. */
static bool tree_text(struct line_at *c, char first, const char **out)
{
    if (*c->at != first)
        return false;
    json_t *tree = json_loadb(c->at, (size_t)(c->end - c->at),
                              JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, NULL);
    char *again = tree ? json_dumps(tree, JSON_COMPACT) : NULL;
    json_decref(tree);
    *out = c->at;
    bool ok = again && literal(c, again, strlen(again));
    free(again);
    return ok;
}

static bool read_open(struct line_at *c, struct record_open *o)
{
    uint32_t run;
    uint64_t pid;
    char *origins_end, *options_end, *eyes_end;
    bool ok = U32(c, "run", &run) && TEXT(c, "tool", &o->tool) && TEXT(c, "libcurl", &o->libcurl) &&
              LITERAL(c, ",\"pid\":") && number(c, INT32_MAX, &pid) &&
              TEXT(c, "action", &o->action) && LITERAL(c, ",\"manifest\":{\"path\":") &&
              text(c, &o->manifest_path) && TEXT(c, "sha256", &o->manifest_sha256) &&
              U64(c, "rows", &o->rows) && U64(c, "duplicates", &o->duplicates) &&
              U64(c, "rejected", &o->rejected) && LITERAL(c, "}") &&
              U32(c, "targets", &o->targets) && TEXT(c, "digest", &o->digest) &&
              TEXT(c, "listed", &o->listed) && TEXT(c, "shard", &o->shard) &&
              LITERAL(c, ",\"origins\":") && tree_text(c, '{', &o->origins);
    if (!ok)
        return false;
    origins_end = c->at;
    if (!LITERAL(c, ",\"options\":") || !tree_text(c, '{', &o->options))
        return false;
    options_end = c->at;
    if (LITERAL(c, ",\"eyes\":") && !tree_text(c, '[', &o->eyes))
        return false;
    eyes_end = c->at;
    if (eyes_end != c->end)
        return false;
    *origins_end = '\0';
    *options_end = '\0';
    *eyes_end = '\0';
    o->run = run;
    o->pid = (long)pid;
    return true;
}

static bool row_number(struct line_at *c, uint32_t *row)
{
    if (!U32(c, "row", row) || *row == 0)
        return false;
    (*row)--;
    return true;
}

static bool announced(struct line_at *c, const char **rows, struct record_counts *n, double *rate)
{
    return text(c, rows) && counts(c, n) && LITERAL(c, ",\"rate\":") && tenths(c, rate);
}

static bool read_try(struct line_at *c, struct record *r)
{
    if (LITERAL(c, ",\"rows\":"))
        return announced(c, &r->try.rows, &r->try.counts, &r->try.rate);
    r->try.rows = NULL;
    return row_number(c, &r->try.row) && U32(c, "attempts", &r->try.attempts) &&
           U32(c, "status", &r->try.status) && LITERAL(c, ",\"applied\":") &&
           boolean(c, &r->try.applied) && TEXT(c, "error", &r->try.error);
}

/* Left out where there is none. */
static bool account(struct line_at *c, const char **out)
{
    *out = NULL;
    return !LITERAL(c, ",\"account\":") || (text(c, out) && **out);
}

static bool read_end(struct line_at *c, struct record *r)
{
    const char *word;
    if (!row_number(c, &r->end.row) || !account(c, &r->end.account) ||
        !TEXT(c, "provider", &r->end.provider) || !TEXT(c, "kind", &r->end.kind) ||
        !TEXT(c, "id", &r->end.id) || !TEXT(c, "outcome", &word) ||
        !outcome_parse(word, strlen(word), &r->end.outcome) || r->end.outcome == OUTCOME_NONE ||
        !U32(c, "status", &r->end.status) || !U32(c, "attempts", &r->end.attempts) ||
        !U32(c, "ms", &r->end.ms))
        return false;
    r->end.applied = LITERAL(c, ",\"applied\":true");
    r->end.error = NULL;
    return c->at == c->end || (TEXT(c, "error", &r->end.error) && *r->end.error);
}

static bool read_seen(struct line_at *c, struct record *r)
{
    const char *word;
    bool known = TEXT(c, "provider", &r->seen.provider) && TEXT(c, "kind", &r->seen.kind) &&
                 TEXT(c, "account", &r->seen.account) && TEXT(c, "look", &word) &&
                 look_parse(word, &r->seen.look) && TEXT(c, "rows", &r->seen.rows);
    r->seen.refutes = known && LITERAL(c, ",\"refutes\":true");
    return known;
}

static bool read_verify(struct line_at *c, struct record *r)
{
    const char *word;
    if (LITERAL(c, ",\"rows\":"))
        return announced(c, &r->verify.rows, &r->verify.counts, &r->verify.rate);
    r->verify.rows = NULL;
    if (!row_number(c, &r->verify.row) || !account(c, &r->verify.account) ||
        !TEXT(c, "provider", &r->verify.provider) || !TEXT(c, "kind", &r->verify.kind) ||
        !TEXT(c, "id", &r->verify.id) || !TEXT(c, "verified", &word) ||
        !verified_parse(word, strlen(word), &r->verify.verified) ||
        !U32(c, "status", &r->verify.status) || !U32(c, "ms", &r->verify.ms))
        return false;
    r->verify.error = NULL;
    return c->at == c->end || (TEXT(c, "error", &r->verify.error) && *r->verify.error);
}

static bool read_rotate(struct line_at *c, struct record *r)
{
    const char *word;
    if (!row_number(c, &r->rotate.row) || !TEXT(c, "step", &word) ||
        !rotation_parse(word, &r->rotate.step) || !TEXT(c, "marker", &r->rotate.marker))
        return false;
    r->rotate.successor = NULL;
    return r->rotate.step == ROTATION_CREATE || TEXT(c, "successor", &r->rotate.successor);
}

static bool read_pace(struct line_at *c, struct record *r)
{
    struct pace *p = &r->pace.pace;
    const char *word;
    return counts(c, &r->pace.counts) && LITERAL(c, ",\"rate\":") && tenths(c, &p->rate) &&
           U32(c, "in_flight", &p->in_flight) && LITERAL(c, ",\"rtt_ms\":") &&
           tenths(c, &p->rtt_ms) && TEXT(c, "bound", &word) && bound_parse(word, &p->bound);
}

static bool read_hold(struct record_reader *rr, struct line_at *c, struct record *r)
{
    return TEXT(c, "pair", &r->hold.pair) && LITERAL(c, ",\"until\":") &&
           instant(rr, c, &r->hold.until_ms) && TEXT(c, "reason", &r->hold.reason);
}

static bool read_close(struct line_at *c, struct record *r)
{
    uint64_t code;
    if (!LITERAL(c, ",\"exit_code\":") || !number(c, 255, &code))
        return false;
    r->close.exit_code = (int)code;
    bool known = TEXT(c, "reason", &r->close.reason) && TEXT(c, "unsent", &r->close.unsent) &&
                 counts(c, &r->close.counts);
    r->close.halted = known && LITERAL(c, ",\"halted\":true");
    return known;
}

static bool head(struct line_at *c, uint64_t *seq, uint64_t *batch, uint32_t *before)
{
    if (!LITERAL(c, "{\"s\":") || !number(c, UINT64_MAX, seq) || !U64(c, "b", batch) ||
        !LITERAL(c, ",\"p\":\"") || c->end - c->at < 8 || !hex32(c->at, before))
        return false;
    c->at += 8;
    return LITERAL(c, "\",\"type\":\"");
}

static bool body(struct record_reader *rr, struct line_at *c, struct record *r)
{
    static const char at[] = "\",\"at\":";
    if (LITERAL(c, "end")) {
        r->type = RECORD_END;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_end(c, r);
    }
    if (LITERAL(c, "try")) {
        r->type = RECORD_TRY;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_try(c, r);
    }
    if (LITERAL(c, "seen")) {
        r->type = RECORD_SEEN;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_seen(c, r);
    }
    if (LITERAL(c, "verify")) {
        r->type = RECORD_VERIFY;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_verify(c, r);
    }
    if (LITERAL(c, "rotate")) {
        r->type = RECORD_ROTATE;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_rotate(c, r);
    }
    if (LITERAL(c, "open")) {
        r->type = RECORD_OPEN;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_open(c, &r->open);
    }
    if (LITERAL(c, "pace")) {
        r->type = RECORD_PACE;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_pace(c, r);
    }
    if (LITERAL(c, "hold")) {
        r->type = RECORD_HOLD;
        return LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_hold(rr, c, r);
    }
    r->type = RECORD_CLOSE;
    return LITERAL(c, "close") && LITERAL(c, at) && instant(rr, c, &r->at_ms) && read_close(c, r);
}

bool record_sum(const char *line, size_t len, uint32_t *sum)
{
    if (len < SUFFIX)
        return false;
    const char *at = line + len - SUFFIX;
    return memcmp(at, ",\"c\":\"", 6) == 0 && memcmp(at + 14, "\"}", 2) == 0 &&
           hex32(at + 6, sum) && crc32c(0, line, len - SUFFIX) == *sum;
}

bool record_head(const char *line, size_t len, uint64_t *seq, uint64_t *batch)
{
    char copy[80]; /* longer than any head */
    size_t kept = len < sizeof copy - 1 ? len : sizeof copy - 1;
    memcpy(copy, line, kept);
    copy[kept] = '\0';
    struct line_at c = {copy, copy + kept};
    uint32_t before;
    return head(&c, seq, batch, &before);
}

enum line_state record_read(struct record_reader *rr, const char *line, size_t len,
                            uint64_t expected_seq, uint32_t *link, struct record *r)
{
    uint32_t sum = 0, before = 0;
    if (!record_sum(line, len, &sum))
        return LINE_BAD_SUM;
    len -= SUFFIX;
    if (len >= rr->cap) {
        rr->cap = len * 2 + 1024;
        free(rr->scratch);
        rr->scratch = mem_alloc(rr->cap);
    }
    memcpy(rr->scratch, line, len);
    rr->scratch[len] = '\0';
    struct line_at c = {rr->scratch, rr->scratch + len};
    memset(r, 0, sizeof *r);
    bool known = head(&c, &r->seq, &r->batch, &before);
    bool linked = known && before == *link && r->seq == expected_seq;
    known = known && body(rr, &c, r) && c.at == c.end;
    if (!known)
        return linked ? LINE_MALFORMED : LINE_BAD_SUM;
    if (!linked)
        return LINE_BAD_LINK;
    *link = sum;
    return LINE_GOOD;
}
