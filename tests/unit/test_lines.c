/* The lines of a file, at every length that matters to the buffer behind them. */

#include "journal_fixture.h"

#include "base/digest.h"
#include "journal/lines.h"

#include <fcntl.h>

enum { LONGEST = 200000, FIRST_BUFFER = 1 << 16 };

static char *dir, *path;

static int setup(void **state)
{
    (void)state;
    dir = fixture_dir();
    path = fixture_path(dir, "lines");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(path);
    fixture_dir_remove(dir);
    return 0;
}

static char letter(size_t line, size_t at)
{
    return (char)('a' + (line * 7 + at) % 26);
}

/* A file whose lines have these lengths, ended by -1; the last one lacks its newline where `open`.
 */
static void check(const long *lengths, bool open_end)
{
    struct buf file = {0};
    size_t count = 0;
    for (; lengths[count] >= 0; count++) {
        for (size_t at = 0; at < (size_t)lengths[count]; at++)
            buf_putc(&file, letter(count, at));
        buf_putc(&file, '\n');
    }
    if (open_end)
        file.len--;
    fixture_write(path, buf_text(&file), file.len);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct lines *l = lines_new(fd, LONGEST);
    struct line line;
    struct error err;
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lines_next(l, &line, &err), 1);
        bool ended = !open_end || i + 1 < count;
        assert_int_equal(line.number, i + 1);
        assert_int_equal(line.len, lengths[i]);
        assert_int_equal(line.ended, ended);
        assert_int_equal(line.at, at);
        at += (uint64_t)lengths[i] + ended;
        assert_int_equal(line.next, at);
        assert_int_equal(line.text == NULL, lengths[i] > LONGEST);
        for (size_t k = 0; line.text && k < line.len; k++)
            if (line.text[k] != letter(i, k))
                fail_msg("line %zu differs at %zu", i, k);
    }
    assert_int_equal(lines_next(l, &line, &err), 0);
    assert_int_equal(lines_next(l, &line, &err), 0);
    char read[65], whole[65];
    struct sha256 *sha = lines_take_digest(l);
    sha256_hex(sha, read);
    sha256_of(buf_text(&file), file.len, whole);
    assert_string_equal(read, whole);
    sha256_free(sha);
    lines_free(l);
    close(fd);
    buf_free(&file);
}

static void lengths_table(void **state)
{
    (void)state;
    static const long rows[][8] = {
        {-1},
        {0, -1},
        {1, -1},
        {0, 0, 0, -1},
        {10, 0, 300, -1},
        {FIRST_BUFFER - 2, 5, -1},
        {FIRST_BUFFER - 1, 5, -1},
        {FIRST_BUFFER, 5, -1},
        {FIRST_BUFFER + 1, 5, -1},
        {30000, 30000, 30000, 30000, 30000, 5, -1},
        {5, 3 * FIRST_BUFFER, 5, -1},
        {LONGEST - 1, LONGEST, 5, -1},
        {LONGEST + 1, 5, -1},
        {5, LONGEST + 1, LONGEST, LONGEST + 2, 0, 5, -1},
        {5, 20 * LONGEST, 5, -1},
        {5, 20 * LONGEST, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(rows[i], false);
        size_t count = 0;
        while (rows[i][count] >= 0)
            count++;
        if (count && rows[i][count - 1] > 0)
            check(rows[i], true);
    }
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    struct error err = {0};
    struct line line;
    int fd = open(dir, O_RDONLY | O_CLOEXEC);
    struct lines *l = lines_new(fd, LONGEST);
    assert_int_equal(lines_next(l, &line, &err), -1);
    assert_int_equal(err.code, EXIT_NOINPUT);
    lines_free(l);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_table),
        cmocka_unit_test(what_cannot_be_read),
    };
    return cmocka_run_group_tests_name("lines", tests, setup, teardown);
}
