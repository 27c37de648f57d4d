/* The journal's reader, over any bytes at all.
 *
 * Changed bytes nearly always end at a wrong checksum, so an input whose first byte is odd has its
 * lines' links and checksums made right before they are read: that lets the parser and the ledger
 * see what they would otherwise never be shown. What must hold:
 *
 *   - a record that is taken, written again, is the same bytes
 *   - reading ends with an exact prefix of the lines, or a refusal by line; salvage always ends
 *   - what is read strictly and whole, salvage reads as well, and tells of nothing
 */

#include "base/buf.h"
#include "base/digest.h"
#include "journal/ledger.h"
#include "journal/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROWS = 20, SUFFIX = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct targets *table(void)
{
    static struct targets *t;
    static const char *const provider[] = {"openrouter", "requesty", "baseten"};
    if (t)
        return t;
    t = targets_new(catalog_new());
    for (unsigned i = 0; i < ROWS; i++) {
        char id[80];
        bool fresh;
        if (i % 3 == 0)
            snprintf(id, sizeof id, "%064x", i + 1);
        else if (i % 3 == 1)
            snprintf(id, sizeof id, "%08x-0000-4000-8000-%012x", i, i);
        else
            snprintf(id, sizeof id, "Key_%u-x", i);
        targets_add(t, catalog_find(targets_catalog(t), provider[i % 3], NULL), id, strlen(id), "",
                    "", 0, i + 2, &fresh, NULL);
    }
    return t;
}

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* The input's lines, with the link and the checksum that each would have in a journal. */
static void make_right(const char *bytes, size_t len, struct buf *out)
{
    static const char before_link[] = ",\"p\":\"";
    uint32_t link = 0;
    while (len) {
        const char *newline = memchr(bytes, '\n', len);
        size_t line = newline ? (size_t)(newline - bytes) : len;
        size_t start = out->len;
        buf_put(out, bytes, line > SUFFIX ? line - SUFFIX : line);
        char *p = memmem(out->data + start, out->len - start, before_link, sizeof before_link - 1);
        if (p && (size_t)(out->data + out->len - p) >= sizeof before_link - 1 + 8) {
            char hex[9];
            snprintf(hex, sizeof hex, "%08x", link);
            memcpy(p + sizeof before_link - 1, hex, 8);
        }
        link = crc32c(0, out->data + start, out->len - start);
        buf_printf(out, ",\"c\":\"%08x\"}\n", link);
        bytes += line + (newline ? 1 : 0);
        len -= line + (newline ? 1 : 0);
    }
}

static void check_round_trips(const char *bytes, size_t len)
{
    struct record_reader *rr = record_reader_new();
    struct buf again = {0};
    while (len) {
        const char *newline = memchr(bytes, '\n', len);
        size_t line = newline ? (size_t)(newline - bytes) : len;
        uint64_t seq = 0, batch = 0;
        uint32_t link = 0, before = 0;
        struct record r;
        record_head(bytes, line, &seq, &batch);
        const char *p = memmem(bytes, line, ",\"p\":\"", 6);
        if (p && bytes + line - p > 14)
            before = link = (uint32_t)strtoul(
                (char[9]){p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], '\0'}, NULL, 16);
        if (record_read(rr, bytes, line, seq, &link, &r) == LINE_GOOD) {
            buf_clear(&again);
            record_write(&r, r.seq, r.batch, &before, &again);
            must(again.len == line + 1 && memcmp(again.data, bytes, line) == 0 && before == link,
                 "a record written again is the same bytes");
        }
        bytes += line + (newline ? 1 : 0);
        len -= line + (newline ? 1 : 0);
    }
    buf_free(&again);
    record_reader_free(rr);
}

static void count(void *at, const char *line)
{
    must(strncmp(line, "journal:", 8) == 0, "what is told names the line");
    ++*(size_t *)at;
}

static void check_reading(const char *bytes, size_t len)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("journal", MFD_CLOEXEC);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
        abort();
    struct scan strict, loose;
    struct error err = {0};
    size_t told = 0;
    struct ledger *l = ledger_new(table());
    int result = journal_scan(fd, "journal", l, &strict, NULL, &err);
    must(result == 0 || (err.code == EXIT_DATA && strncmp(err.text, "journal:", 8) == 0),
         "a refusal names the line");
    if (result == 0) {
        must(strict.size == len, "all is looked at");
        must(strict.good_end <= len && (strict.good_end == len) == (strict.torn_line == 0),
             "what is not torn is all good");
        must(strict.good_end == 0 || bytes[strict.good_end - 1] == '\n', "a prefix ends a line");
        must(strict.batch_at <= strict.good_end, "the last batch is in the prefix");
    }
    ledger_free(l);
    l = ledger_new(table());
    must(journal_scan_salvage(fd, "journal", l, count, &told, &loose, NULL, &err) == 0,
         "salvage always ends");
    if (result == 0) {
        must(loose.records >= strict.records, "salvage takes no less");
        must(told == 0 || strict.torn_line != 0, "salvage tells nothing of what is whole");
    }
    ledger_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct buf bytes = {0};
    if (data[0] & 1)
        make_right((const char *)data + 1, size - 1, &bytes);
    else
        buf_put(&bytes, data + 1, size - 1);
    check_round_trips(buf_text(&bytes), bytes.len);
    check_reading(buf_text(&bytes), bytes.len);
    buf_free(&bytes);
    return 0;
}
