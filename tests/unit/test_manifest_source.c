/* Where a manifest's bytes come from: files that are long, odd, broken, or change meanwhile. */

#include "manifest_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define GOOD "{\"prefix\":\"a\"}\n"

/* A made-up source: `head` first, then `repeat` bytes of `fill`, then `tail`. */
struct made {
    const char *head, *tail;
    size_t repeat, at, step, most; /* step: bytes a read at most; most: bytes read so far */
    char fill;
    int fails_with; /* errno at the end */
    size_t reads;
};

static ssize_t made_read(void *at, void *bytes, size_t size)
{
    struct made *m = at;
    size_t head = strlen(m->head), all = head + m->repeat + strlen(m->tail), n = 0;
    m->reads++;
    for (char *out = bytes; n < size && n < m->step && m->at < all; n++, m->at++)
        out[n] = m->at < head               ? m->head[m->at]
                 : m->at < head + m->repeat ? m->fill
                                            : m->tail[m->at - head - m->repeat];
    if (n == 0 && m->fails_with) {
        errno = m->fails_with;
        return -1;
    }
    return (ssize_t)n;
}

static void read_made(struct fixture *f, struct made *m)
{
    begin_table(f);
    m->at = m->reads = 0;
    m->step = m->step ? m->step : SIZE_MAX;
    struct source *s = source_of(made_read, m);
    f->rc = manifest_read_source(&f->options, s, f->t, f->listed, &f->facts, &f->err);
    source_free(s);
}

enum { MIB = 1 << 20, HUNDRED_MB = 100 * 1000 * 1000 };

static void long_lines_are_refused_and_not_stored(void **state)
{
    struct fixture *f = *state;
    struct made csv = {"hash,note\n" H ",a\n" H ",", "\n" H ",b\n", HUNDRED_MB, 0, 0, 0, 'x', 0, 0};
    read_made(f, &csv);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "CSV", "m.csv:3: a row of more than 1 MiB\n");
    assert_true(csv.at < 2 * MIB);

    struct made header = {"", "", HUNDRED_MB, 0, 0, 0, 'h', 0, 0};
    read_made(f, &header);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "header", "m.csv:1: a row of more than 1 MiB\n");

    struct made quote = {"hash,note\n" H ",a\n" H ",\"", "", HUNDRED_MB, 0, 0, 0, '\n', 0, 0};
    f->options.skip_bad_rows = true;
    read_made(f, &quote);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "quote", "m.csv:3: a row of more than 1 MiB: a quote that is never closed?\n");
    assert_true(quote.at < 2 * MIB);

    f->options.path = "m.jsonl";
    f->options.skip_bad_rows = false;
    struct made json = {
        GOOD "{\"hash\":\"", "\"}\n{\"prefix\":\"b\"}\n", HUNDRED_MB, 0, 0, 0, 'x', 0, 0};
    read_made(f, &json);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "JSON", "m.jsonl:2: a line of more than 1 MiB\n");
    f->options.skip_bad_rows = true;
    read_made(f, &json);
    assert_int_equal(f->rc, 0);
    expect_table(f, "JSON, skipped", "baseten key a '' 1;baseten key b '' 3;");
    assert_int_equal(f->facts.rejected, 1);
}

static void the_longest_line_is_not_too_long(void **state)
{
    struct fixture *f = *state;
    size_t room = MANIFEST_LINE_MAX - 64 - 1;
    struct made csv = {"hash,x\n" H ",", "\n", room, 0, 0, 0, 'x', 0, 0};
    read_made(f, &csv);
    assert_int_equal(f->rc, 0);
    csv.repeat = room + 1;
    read_made(f, &csv);
    assert_int_equal(f->rc, -1);
    struct made note = {"hash,note\n" H ",", "\n", NOTE_MAX, 0, 0, 0, 'x', 0, 0};
    read_made(f, &note);
    assert_int_equal(f->rc, 0);
    assert_int_equal(strlen(targets_note(f->t, 0)), NOTE_MAX);
    note.repeat = NOTE_MAX + 1;
    read_made(f, &note);
    expect_told(f, "note", "m.csv:2: a note of 262145 bytes: at most 262144 can be kept\n");
    f->options.path = "m.jsonl";
    struct made json = {
        "{\"hash\":\"" H "\",\"x\":\"", "\"}\n", MANIFEST_LINE_MAX - 82, 0, 0, 0, 'x', 0, 0};
    read_made(f, &json);
    assert_int_equal(f->rc, 0);
    json.repeat++;
    read_made(f, &json);
    assert_int_equal(f->rc, -1);
}

/* However the bytes arrive, the same comes of them. */
static void small_reads_change_nothing(void **state)
{
    struct fixture *f = *state;
    struct made csv = {
        BOM "hash,note\r\n" H ",\"a\n\"\"b\"\r\n", H2 ",c\n" H "\n", 0, 0, 1, 0, 0, 0, 0};
    f->options.skip_bad_rows = true;
    for (size_t step = 1; step < 9; step++) {
        csv.step = step;
        f->options.path = "m.csv";
        read_made(f, &csv);
        assert_int_equal(f->rc, 0);
        expect_table(f, "CSV", "openrouter key " H " 'a\n\"b' 2;openrouter key " H2 " 'c' 4;");
        expect_told(f, "CSV", "m.csv:5: 1 field, and the header has 2\n");
        f->options.path = "-";
        struct made json = {
            BOM "\n {\"prefix\":\"a\"}\r\n", "{\"prefix\":\"b\"}", 0, 0, step, 0, 0, 0, 0};
        read_made(f, &json);
        assert_int_equal(f->rc, 0);
        expect_table(f, "JSON", "baseten key a '' 2;baseten key b '' 3;");
    }
}

static void a_read_error_in_the_middle_refuses(void **state)
{
    struct fixture *f = *state;
    struct made csv = {"hash,note\n" H ",\"a\nb\"\n", H2 ",\"c", 0, 0, 0, 0, 0, EIO, 0};
    f->options.skip_bad_rows = true;
    read_made(f, &csv);
    assert_int_equal(f->rc, -1);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "EIO", "m.csv:4: cannot be read: Input/output error\n");
    f->options.path = "m.jsonl";
    struct made json = {GOOD, "{\"pre", 0, 0, 0, 0, 0, EIO, 0};
    read_made(f, &json);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "EIO", "m.jsonl:2: cannot be read: Input/output error\n");
}

static void a_directory_is_no_manifest(void **state)
{
    struct fixture *f = *state;
    read_path(f, "/");
    assert_int_equal(f->rc, -1);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "directory", "/:1: a directory, not a manifest\n");
}

static void a_file_that_is_not_there_is_no_input(void **state)
{
    struct fixture *f = *state;
    read_path(f, "/nonexistent/keys.csv");
    assert_int_equal(f->rc, -1);
    assert_int_equal(f->err.code, EXIT_NOINPUT);
    assert_string_equal(f->err.text,
                        "cannot open /nonexistent/keys.csv: No such file or directory");
}

/* What somebody else does to the file while it is read: here, when the first bad row is told. */
struct meddler {
    struct fixture *f;
    void (*act)(const char *path);
    bool done;
};

static void meddle(void *at, const char *line)
{
    struct meddler *m = at;
    if (!m->done)
        m->act(m->f->path);
    m->done = true;
    tell(&m->f->told, line);
}

static void make_shorter(const char *path)
{
    assert_int_equal(truncate(path, MIB), 0);
}

static void make_longer(const char *path)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("c\n", file);
    fclose(file);
}

static void make_vanish(const char *path)
{
    assert_int_equal(unlink(path), 0);
}

static void make_other(const char *path) /* the same size, other bytes, an older time */
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fputs("PREFIX", file);
    fclose(file);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void leave_alone(const char *path)
{
    assert_int_equal(access(path, R_OK), 0);
}

static void write_file(struct fixture *f, const char *head, size_t repeat, const char *line)
{
    snprintf(f->path, sizeof f->path, "/tmp/rescind-test-XXXXXX");
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    fputs(head, file);
    for (size_t i = 0; i < repeat; i++)
        fputs(line, file);
    fclose(file);
}

static void a_file_that_changes_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        void (*act)(const char *path);
        const char *reason;
    } rows[] = {
        {make_shorter, "the file became shorter while it was read"},
        {make_longer, "the file was changed while it was read"},
        {make_vanish, "the file was deleted or replaced while it was read"},
        {make_other, "the file was changed while it was read"},
        {leave_alone, NULL},
    };
    f->options.skip_bad_rows = true;
    f->options.format = FORMAT_CSV;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct meddler m = {f, rows[i].act, false};
        f->options.tell = meddle;
        f->options.tell_at = &m;
        write_file(f, "prefix\nb/d\n", 2 * MIB / 5, "good\n");
        read_path(f, f->path);
        assert_int_equal(f->rc, rows[i].reason ? -1 : 0);
        if (rows[i].reason) {
            char expected[200];
            assert_int_equal(f->err.code, EXIT_DATA);
            snprintf(expected, sizeof expected, "%s: refused", f->path);
            assert_string_equal(f->err.text, expected);
            assert_non_null(strstr(buf_text(&f->told), rows[i].reason));
        }
        unlink(f->path);
        f->path[0] = '\0';
    }
}

static void a_pipe_is_read_to_its_end(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    char path[40];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "prefix\na\n", 9), 9);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    read_path(f, path);
    assert_int_equal(f->rc, 0);
    expect_table(f, "pipe", "baseten key a '' 2;");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(long_lines_are_refused_and_not_stored),
        WITH_TABLE(the_longest_line_is_not_too_long),
        WITH_TABLE(small_reads_change_nothing),
        WITH_TABLE(a_read_error_in_the_middle_refuses),
        WITH_TABLE(a_directory_is_no_manifest),
        WITH_TABLE(a_file_that_is_not_there_is_no_input),
        WITH_TABLE(a_file_that_changes_is_refused),
        WITH_TABLE(a_pipe_is_read_to_its_end),
    };
    return cmocka_run_group_tests_name("manifest sources", tests, NULL, NULL);
}
