/* Where secrets come from, what is refused, and that no text shows any of one. */

#include "base/buf.h"
#include "base/mem.h"
#include "wire/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "sk-or-v1-0123456789abcdef"

static char dir[] = "/tmp/rescind-credential-XXXXXX";

static void write_file(const char *name, const char *bytes, size_t len, mode_t mode)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(name, mode), 0);
}

static void forget(void)
{
    unsetenv("KEY");
    unsetenv("KEY_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    unlink("secret");
    unlink("KEY");
}

/* `secret` is the file's bytes that KEY_FILE names, `KEY` those in the credentials directory. */
static void sources(void **state)
{
    static const struct {
        const char *variable, *named, *directory; /* NULL: not there */
        const char *want, *origin;
    } rows[] = {
        {"in-env", NULL, NULL, "in-env", "environment"},
        {"in-env", "in-file", "in-directory", "in-env", "environment"},
        {"", "in-file", "in-directory", "in-file", "file secret"},
        {"", NULL, "in-directory", "in-directory", "credentials directory"},
        {NULL, "in-file", "in-directory", "in-file", "file secret"},
        {NULL, NULL, "in-directory", "in-directory", "credentials directory"},
        {" \t in-env\r\n", NULL, NULL, "in-env", "environment"},
        {NULL, "in-file\n", NULL, "in-file", "file secret"},
        {NULL, "\n\n  in-file\r\n\n", NULL, "in-file", "file secret"},
        {NULL, NULL, "in-directory\n", "in-directory", "credentials directory"},
        {"two words", NULL, NULL, "two words", "environment"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        forget();
        if (rows[i].variable)
            setenv("KEY", rows[i].variable, 1);
        if (rows[i].named) {
            write_file("secret", rows[i].named, strlen(rows[i].named), 0600);
            setenv("KEY_FILE", "secret", 1);
        }
        if (rows[i].directory) {
            write_file("KEY", rows[i].directory, strlen(rows[i].directory), 0600);
            setenv("CREDENTIALS_DIRECTORY", dir, 1);
        }
        struct credentials *c = credentials_new();
        assert_string_equal(credentials_origin("KEY"), rows[i].origin);
        const char *got = credentials_get(c, "KEY", &err);
        if (!got)
            fail_msg("row %zu: %s", i, err.text);
        assert_string_equal(got, rows[i].want);
        credentials_free(c);
    }
    forget();
}

static void refusals(void **state)
{
    static const struct {
        const char *variable, *file_name, *file, *text;
    } rows[] = {
        {NULL, NULL, NULL, "KEY: not set: put the credential in that environment variable"},
        {"", NULL, NULL, "KEY: not set"},
        {" \n\t", NULL, NULL, "KEY: empty"},
        {" ", "secret", SECRET, "KEY: empty"}, /* does not fall through */
        {NULL, "secret", "", "KEY: empty"},
        {NULL, "secret", "\n", "KEY: empty"},
        {"\"" SECRET "\"", NULL, NULL, "KEY: stands in quotes"},
        {NULL, "secret", "'" SECRET "'\n", "KEY: stands in quotes"},
        {NULL, "secret", "KEY=" SECRET "\n", "KEY: begins with KEY="},
        {NULL, "secret", "export KEY=" SECRET "\n", "KEY: begins with KEY="},
        {SECRET "\r\nX-Evil: 1", NULL, NULL, "KEY: character 26 of 36 cannot stand in a header"},
        {NULL, "secret", SECRET "\n" SECRET, "KEY: character 26 of 51 cannot stand in a header"},
        {"sk-\xc3\xbc" SECRET, NULL, NULL, "KEY: character 4 of 30 cannot stand in a header"},
        {SECRET "\x7f.", NULL, NULL, "KEY: character 26 of 27 cannot stand in a header"},
        {NULL, "missing", NULL, "KEY: the file that its _FILE variable names cannot be opened: No"},
        {NULL, "", NULL, "KEY: not set"},
        {NULL, ".", NULL, "KEY: the file that its _FILE variable names cannot be read: Is a dir"},
        /* The usual mistake: the secret itself where its file's name belongs. */
        {NULL, SECRET, NULL, "KEY: the file that its _FILE variable names cannot be opened: No"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        forget();
        if (rows[i].variable)
            setenv("KEY", rows[i].variable, 1);
        if (rows[i].file)
            write_file("secret", rows[i].file, strlen(rows[i].file), 0600);
        if (rows[i].file_name)
            setenv("KEY_FILE", rows[i].file_name, 1);
        struct credentials *c = credentials_new();
        assert_null(credentials_get(c, "KEY", &err));
        assert_int_equal(err.code, EXIT_CREDENTIAL);
        if (!strstr(err.text, rows[i].text))
            fail_msg("row %zu: %s", i, err.text);
        assert_null(strstr(err.text, "0123456789abcdef"));
        const char *origin = credentials_origin("KEY");
        assert_true(!origin || !strstr(origin, "0123456789abcdef"));
        credentials_free(c);
    }
    forget();
}

static void lengths(void **state)
{
    static const struct {
        size_t white, length;
        bool good;
    } rows[] = {
        {0, 8192, true}, {100, 8192, true}, {0, 8193, false}, {0, 20000, false}, {0, 12288, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int in_file = 0; in_file < 2; in_file++) {
            struct error err = {0};
            size_t len = rows[i].white + rows[i].length;
            char *text = mem_zalloc(len + 1, 1);
            forget();
            memset(text, ' ', rows[i].white);
            memset(text + rows[i].white, 'k', rows[i].length);
            write_file("secret", text, len, 0600);
            setenv(in_file ? "KEY_FILE" : "KEY", in_file ? "secret" : text, 1);
            struct credentials *c = credentials_new();
            const char *got = credentials_get(c, "KEY", &err);
            assert_int_equal(got != NULL, rows[i].good);
            if (got)
                assert_int_equal(strlen(got), rows[i].length);
            else
                assert_string_equal(err.text, "KEY: longer than 8192 bytes");
            credentials_free(c);
            free(text);
        }
    }
    forget();
}

static void nul_byte_in_a_file(void **state)
{
    struct error err = {0};
    struct credentials *c = credentials_new();
    (void)state;
    forget();
    write_file("secret", "abc\0def", 7, 0600);
    setenv("KEY_FILE", "secret", 1);
    assert_null(credentials_get(c, "KEY", &err));
    assert_string_equal(err.text, "KEY: holds a NUL byte");
    credentials_free(c);
    forget();
}

/* `rescind run` in a shell: KEY_FILE=<(pass show key) is a pipe. */
static void read_from_a_pipe(void **state)
{
    struct error err = {0};
    int ends[2];
    char path[64];
    (void)state;
    forget();
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], SECRET "\n", sizeof SECRET), sizeof SECRET);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    setenv("KEY_FILE", path, 1);
    struct credentials *c = credentials_new();
    assert_string_equal(credentials_get(c, "KEY", &err), SECRET);
    credentials_free(c);
    close(ends[0]);
    forget();
}

static void read_once(void **state)
{
    struct error err = {0};
    struct credentials *c = credentials_new();
    (void)state;
    forget();
    setenv("KEY", "first", 1);
    setenv("OTHER", "other", 1);
    const char *first = credentials_get(c, "KEY", &err);
    setenv("KEY", "second", 1);
    assert_string_equal(credentials_get(c, "OTHER", &err), "other");
    assert_ptr_equal(credentials_get(c, "KEY", &err), first);
    assert_string_equal(first, "first");
    credentials_free(c);
    unsetenv("OTHER");
    forget();
}

static void collect(void *at, const char *line)
{
    buf_printf(at, "%s\n", line);
}

static void open_files_are_told(void **state)
{
    static const struct {
        mode_t mode;
        const char *told;
    } rows[] = {
        {0600, ""},
        {0400, ""},
        {0440, ""},
        {0644, "KEY: secret can be read by others (mode 0644): chmod 600 it\n"},
        {0620, "KEY: secret can be changed by others (mode 0620): chmod 600 it\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        struct buf told = {0};
        struct credentials *c = credentials_new();
        forget();
        write_file("secret", SECRET, strlen(SECRET), rows[i].mode);
        setenv("KEY_FILE", "secret", 1);
        credentials_on_warning(c, collect, &told);
        assert_string_equal(credentials_get(c, "KEY", &err), SECRET);
        assert_string_equal(credentials_get(c, "KEY", &err), SECRET);
        assert_string_equal(buf_text(&told), rows[i].told);
        credentials_free(c);
        buf_free(&told);
    }
    forget();
}

/* proc(5), smaps, VmFlags: dd is "do not include area into core dump", wf "wipe on fork". */
static void memory_is_kept_out_of_dumps(void **state)
{
    struct error err = {0};
    struct credentials *c = credentials_new();
    char line[512], *flags = NULL;
    bool inside = false;
    (void)state;
    forget();
    setenv("KEY", SECRET, 1);
    const char *at = credentials_get(c, "KEY", &err);
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    while (!flags && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (unsigned long)at >= from && (unsigned long)at < to;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            flags = line;
    }
    fclose(maps);
    assert_non_null(flags);
    assert_non_null(strstr(flags, " dd"));
    assert_non_null(strstr(flags, " wf"));
    credentials_free(c);
    forget();
}

static void process_is_hardened(void **state)
{
    struct rlimit core;
    (void)state;
    credentials_harden();
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(core.rlim_cur, 0);
    assert_int_equal(core.rlim_max, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources),
        cmocka_unit_test(refusals),
        cmocka_unit_test(lengths),
        cmocka_unit_test(nul_byte_in_a_file),
        cmocka_unit_test(read_from_a_pipe),
        cmocka_unit_test(read_once),
        cmocka_unit_test(open_files_are_told),
        cmocka_unit_test(memory_is_kept_out_of_dumps),
        cmocka_unit_test(process_is_hardened),
    };
    if (!mkdtemp(dir) || chdir(dir) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    forget();
    return rmdir(dir) != 0 ? 1 : failed;
}
