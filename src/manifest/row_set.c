/* A set of rows as a bitmap, and its text form: closed ranges that count from 1, "1-400,402". */

#include "base/mem.h"
#include "manifest/targets.h"

#include <stdlib.h>
#include <string.h>

struct row_set {
    uint64_t *word;
    size_t words;
    uint32_t size;
};

static uint64_t bit(uint32_t row)
{
    return (uint64_t)1 << (row & 63);
}

struct row_set *row_set_new(void)
{
    return mem_zalloc(1, sizeof(struct row_set));
}

void row_set_free(struct row_set *s)
{
    if (!s)
        return;
    free(s->word);
    free(s);
}

void row_set_add(struct row_set *s, uint32_t row)
{
    size_t at = row >> 6;
    if (at >= s->words) {
        size_t words = s->words * 2 > at + 1 ? s->words * 2 : at + 1;
        s->word = mem_resize(s->word, words, sizeof *s->word);
        memset(s->word + s->words, 0, (words - s->words) * sizeof *s->word);
        s->words = words;
    }
    s->size += !(s->word[at] & bit(row));
    s->word[at] |= bit(row);
}

bool row_set_has(const struct row_set *s, uint32_t row)
{
    return (row >> 6) < s->words && s->word[row >> 6] & bit(row);
}

uint32_t row_set_size(const struct row_set *s)
{
    return s->size;
}

/* The first row from `from` on that is in the set (`want`) or is not; the end where there is none.
 */
static uint64_t next(const struct row_set *s, uint64_t from, bool want)
{
    uint64_t end = (uint64_t)s->words * 64;
    while (from < end) {
        uint64_t word = s->word[from >> 6];
        uint64_t rest = (want ? word : ~word) >> (from & 63);
        if (rest)
            return from + (uint64_t)__builtin_ctzll(rest);
        from = (from | 63) + 1;
    }
    return end;
}

void row_set_add_all(struct row_set *s, const struct row_set *more)
{
    uint64_t end = (uint64_t)more->words * 64;
    for (uint64_t row = next(more, 0, true); row < end; row = next(more, row + 1, true))
        row_set_add(s, (uint32_t)row);
}

void row_set_print(const struct row_set *s, struct buf *out)
{
    uint64_t end = (uint64_t)s->words * 64;
    const char *comma = "";
    for (uint64_t first = next(s, 0, true); first < end;) {
        uint64_t beyond = next(s, first, false);
        buf_puts(out, comma);
        buf_put_u64(out, first + 1);
        if (beyond - first > 1) {
            buf_putc(out, '-');
            buf_put_u64(out, beyond);
        }
        comma = ",";
        first = next(s, beyond, true);
    }
}

/* A number from 1 to `rows`, without leading zeros; moves *at behind it. 0 where it is none. */
static uint32_t number(const char **at, const char *end, uint32_t rows)
{
    uint64_t n = 0;
    if (*at == end || **at == '0')
        return 0;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
        n = n * 10 + (uint64_t)(**at - '0');
        if (n > rows)
            return 0;
    }
    return (uint32_t)n;
}

bool row_ranges_parse(const char *text, size_t len, uint32_t rows,
                      void (*each)(void *at, uint32_t first, uint32_t last), void *at)
{
    const char *p = text, *end = text + len;
    uint32_t before = 0;
    while (p < end) {
        uint32_t first = number(&p, end, rows), last = first;
        if (first > 0 && p < end && *p == '-') {
            p++;
            last = number(&p, end, rows);
        }
        if (first <= before || last < first)
            return false;
        each(at, first - 1, last - 1);
        before = last;
        if (p < end && (*p++ != ',' || p == end))
            return false;
    }
    return true;
}
