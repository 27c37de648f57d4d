/* A line of the trace: what is in it, and what never is. */

#include "provider/mask.h"
#include "wire/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/rescind-trace-XXXXXX";

/* What a step leaves in the file, behind the time. */
static const char *line_of(const struct trace_step *step)
{
    static char line[500];
    struct trace *t;
    struct error err;
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(trace_open(&t, &err), 0);
    assert_non_null(t);
    trace_put(t, step);
    trace_close(t);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return line + strlen("2026-11-21T05:40:00.123Z ");
}

static void what_a_line_says(void **state)
{
    (void)state;
    struct trace_step step = {.lane = "alpha",
                              .method = "DELETE",
                              .url = "https://alpha.test/v1/keys/a?page=2",
                              .pace = 4};
    assert_string_equal(line_of(&step), "alpha > DELETE /v1/keys/a pace 4.0");
    step.verdict = "hold";
    step.status = 429;
    step.hold_us = 5000000;
    assert_string_equal(line_of(&step), "alpha < DELETE /v1/keys/a 429 hold pace 4.0 wait 5.0s");
    step.url = "https://alpha.test";
    step.hold_us = 0;
    assert_string_equal(line_of(&step), "alpha < DELETE  429 hold pace 4.0");
}

static void a_secret_is_masked(void **state)
{
    (void)state;
    const struct trace_step step = {
        .lane = "alpha", .method = "GET", .url = "https://alpha.test/sk-5ec7e75ec7e7-x/keys"};
    mask_learn("sk-5ec7e75ec7e7-x");
    const char *line = line_of(&step);
    assert_null(strstr(line, "5ec7e7"));
    assert_non_null(strstr(line, "[masked]"));
    assert_non_null(strstr(line, "/keys pace"));
}

static void no_variable_is_no_trace(void **state)
{
    (void)state;
    struct trace *t;
    struct error err;
    unsetenv("RESCIND_TRACE");
    assert_int_equal(trace_open(&t, &err), 0);
    assert_null(t);
    trace_put(t, &(struct trace_step){.lane = "alpha"});
    trace_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_line_says),
        cmocka_unit_test(a_secret_is_masked),
        cmocka_unit_test(no_variable_is_no_trace),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    setenv("RESCIND_TRACE", path, 1);
    int failed = cmocka_run_group_tests_name("trace", tests, NULL, NULL);
    unlink(path);
    return failed;
}
