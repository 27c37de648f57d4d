/* Which bad lines are a crash's doing, and which are damage?
 *
 * A batch is written only after the one before was synced, so a crash can harm the last batch
 * alone: lose any part of it, or leave zeros or foreign bytes in its place. A bad line at number N
 * is damage when anything proves that a later batch was begun:
 *
 *   - the head of a record in it or after it, whole or not, with a batch number above N (its own
 *     batch cannot begin after it, so N was synced before). Not only where a line begins: zeros in
 *     place of lost blocks swallow newlines
 *   - an `end` where not one record is good: nothing is sent before the first batch is synced
 *
 * Without such a proof what was lost is at most what a file cut at N would have lost, and the tail
 * counts as torn: kept aside by the caller, never dropped.
 *
 * A line whose checksum and link are right was written by this program as it is. If its content is
 * not understood, or contradicts what came before, no crash did that: it is refused wherever it
 * stands. */

#include "journal/scan.h"

#include "base/digest.h"
#include "journal/lines.h"

#include <stdio.h>
#include <string.h>

static const char *const state_words[] = {
    [LINE_BAD_SUM] = "does not match its checksum",
    [LINE_BAD_LINK] = "does not follow the line before it",
    [LINE_MALFORMED] = "is whole, but no record that this version knows",
};

/* The next place from `at` on where a record begins, or NULL. No text in a record looks so: its
 * quotes are escaped there. */
static const char *next_head(const char *at, const char *end)
{
    return memmem(at, (size_t)(end - at), "{\"s\":", 5);
}

static bool proves_later_batch(const struct line *line, uint64_t bad_seq)
{
    uint64_t seq, batch;
    if (!line->text)
        return false;
    const char *end = line->text + line->len;
    for (const char *at = next_head(line->text, end); at; at = next_head(at + 1, end))
        if (record_head(at, (size_t)(end - at), &seq, &batch) && batch > bad_seq && seq >= batch)
            return true;
    return bad_seq == 1 && (memmem(line->text, line->len, "\"type\":\"end\"", 12) ||
                            memmem(line->text, line->len, "\"type\": \"end\"", 13));
}

/* Looks through the bad line and all after it. 1: damage; 0: a torn tail; -1: not readable. */
static int look_for_proof(struct lines *lines, struct line *line, uint64_t bad_seq,
                          struct scan *out, struct error *err)
{
    int more = 1, damage = 0;
    while (more > 0) {
        damage |= proves_later_batch(line, bad_seq);
        out->size = line->next;
        more = lines_next(lines, line, err);
    }
    return more < 0 ? -1 : damage;
}

/* A batch number is the line's own or that of the line before. */
static bool batch_fits(const struct scan *s, const struct record *r)
{
    return r->batch == r->seq || (r->batch == s->batch && s->batch != 0);
}

static void scan_advance(struct scan *s, const struct record *r, const struct line *line)
{
    if (r->batch == r->seq) {
        s->batch = r->seq;
        s->batch_at = line->at;
    }
    s->records++;
    s->good_end = line->next;
    s->size = line->next;
}

static int take(struct ledger *l, const struct scan *s, const struct record *r, struct error *err)
{
    if (!batch_fits(s, r))
        return error_set(err, EXIT_DATA, "belongs to no batch");
    if (ledger_runs(l) == 0 && r->type != RECORD_OPEN)
        return error_set(err, EXIT_DATA, "comes before any run was opened");
    return ledger_apply(l, r, err);
}

static int scan_lines(struct lines *lines, struct record_reader *rr, const char *name,
                      struct ledger *l, struct scan *out, struct error *err)
{
    struct line line;
    struct record r;
    int more;
    while ((more = lines_next(lines, &line, err)) > 0) {
        enum line_state state = LINE_BAD_SUM;
        if (line.text && line.ended)
            state = record_read(rr, line.text, line.len, out->records + 1, &out->link, &r);
        if (state == LINE_MALFORMED)
            return error_set(err, EXIT_DATA, "%s:%llu: this line %s", name,
                             (unsigned long long)line.number, state_words[state]);
        if (state != LINE_GOOD) {
            uint64_t number = line.number;
            int damage = look_for_proof(lines, &line, out->records + 1, out, err);
            if (damage > 0)
                return error_set(err, EXIT_DATA,
                                 "%s:%llu: the journal is damaged: this line %s, and later ones "
                                 "show that it had been synced",
                                 name, (unsigned long long)number, state_words[state]);
            out->torn_line = number;
            return damage < 0 ? error_prefix(err, "%s", name) : 0;
        }
        if (take(l, out, &r, err) < 0)
            return error_prefix(err, "%s:%llu: this line", name, (unsigned long long)line.number);
        scan_advance(out, &r, &line);
    }
    return more < 0 ? error_prefix(err, "%s", name) : 0;
}

int journal_scan(int fd, const char *name, struct ledger *l, struct scan *out,
                 struct sha256 **digest, struct error *err)
{
    *out = (struct scan){0};
    struct lines *lines = lines_new(fd, LINE_MAX_BYTES);
    struct record_reader *rr = record_reader_new();
    int result = scan_lines(lines, rr, name, l, out, err);
    if (result == 0 && digest)
        *digest = lines_take_digest(lines);
    record_reader_free(rr);
    lines_free(lines);
    return result;
}

/* Lines left out for the same reason, one after the other, are told as one. */
struct scan_telling {
    const char *name;
    void (*tell)(void *at, const char *line);
    void *at;
    uint64_t first, last;
    char why[1100];
};

static void telling_flush(struct scan_telling *t)
{
    char text[1600];
    if (t->first == 0)
        return;
    if (t->first == t->last)
        snprintf(text, sizeof text, "%s:%llu: left out: this line %s", t->name,
                 (unsigned long long)t->first, t->why);
    else
        snprintf(text, sizeof text, "%s:%llu: left out: each line from here to line %llu %s",
                 t->name, (unsigned long long)t->first, (unsigned long long)t->last, t->why);
    t->tell(t->at, text);
    t->first = 0;
}

static void left_out(struct scan_telling *t, uint64_t number, const char *why)
{
    if (t->first && t->last + 1 == number && strcmp(t->why, why) == 0) {
        t->last = number;
        return;
    }
    telling_flush(t);
    t->first = t->last = number;
    snprintf(t->why, sizeof t->why, "%s", why);
}

static void tell_gap(struct scan_telling *t, uint64_t number, uint64_t from, uint64_t to)
{
    char text[1600];
    telling_flush(t);
    snprintf(text, sizeof text, "%s:%llu: taken, but record%s %llu", t->name,
             (unsigned long long)number, from == to ? "" : "s", (unsigned long long)from);
    size_t len = strlen(text);
    if (from != to)
        snprintf(text + len, sizeof text - len, " to %llu", (unsigned long long)to);
    len = strlen(text);
    snprintf(text + len, sizeof text - len, " before it %s missing", from == to ? "is" : "are");
    t->tell(t->at, text);
}

static void salvage_line(struct record_reader *rr, const struct line *line, struct ledger *l,
                         uint64_t *seq, struct scan *out, struct scan_telling *t);

/* A whole record may stand at the end of a bad line whose own newline is lost. */
static void salvage_rest(struct record_reader *rr, const struct line *line, struct ledger *l,
                         uint64_t *seq, struct scan *out, struct scan_telling *t)
{
    const char *end = line->text + line->len;
    const char *last = NULL;
    uint32_t sum;
    for (const char *at = next_head(line->text + 1, end); at; at = next_head(at + 1, end))
        last = at;
    struct line rest = *line;
    rest.text = last;
    rest.len = last ? (size_t)(end - last) : 0;
    if (last && record_sum(rest.text, rest.len, &sum))
        salvage_line(rr, &rest, l, seq, out, t);
}

/* `seq` is the number of the last record that was taken. */
static void salvage_line(struct record_reader *rr, const struct line *line, struct ledger *l,
                         uint64_t *seq, struct scan *out, struct scan_telling *t)
{
    struct record r;
    struct error why;
    enum line_state state = LINE_BAD_SUM;
    if (line->text && line->ended)
        state = record_read(rr, line->text, line->len, *seq + 1, &out->link, &r);
    if (state == LINE_BAD_SUM) {
        left_out(t, line->number, state_words[state]);
        if (line->text && line->ended && line->len)
            salvage_rest(rr, line, l, seq, out, t);
        return;
    }
    if (state == LINE_BAD_LINK && r.seq <= *seq) {
        left_out(t, line->number, "repeats or contradicts one before it");
        return;
    }
    if (state != LINE_GOOD)
        record_sum(line->text, line->len, &out->link);
    if (state == LINE_BAD_LINK && r.seq > *seq + 1)
        tell_gap(t, line->number, *seq + 1, r.seq - 1);
    *seq = state == LINE_MALFORMED ? *seq + 1 : r.seq;
    if (state == LINE_MALFORMED) {
        left_out(t, line->number, state_words[state]);
    } else if (ledger_apply(l, &r, &why) < 0) {
        left_out(t, line->number, why.text);
    } else {
        out->records++;
        out->good_end = line->next;
    }
}

int journal_scan_salvage(int fd, const char *name, struct ledger *l,
                         void (*tell)(void *at, const char *line), void *tell_at, struct scan *out,
                         struct sha256 **digest, struct error *err)
{
    *out = (struct scan){0};
    struct scan_telling t = {.name = name, .tell = tell, .at = tell_at};
    struct lines *lines = lines_new(fd, LINE_MAX_BYTES);
    struct record_reader *rr = record_reader_new();
    struct line line;
    uint64_t seq = 0;
    int more;
    while ((more = lines_next(lines, &line, err)) > 0) {
        salvage_line(rr, &line, l, &seq, out, &t);
        out->size = line.next;
    }
    telling_flush(&t);
    if (more == 0 && digest)
        *digest = lines_take_digest(lines);
    record_reader_free(rr);
    lines_free(lines);
    return more < 0 ? error_prefix(err, "%s", name) : 0;
}
