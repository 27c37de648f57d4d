/* The metrics file: exact bytes, and Prometheus' own opinion of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_world.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct metrics_facts plain = {"keys.csv", "delete", "0/1", 75, START_MS + 2500};

static char *text_of(const struct report *r, const struct metrics_facts *m)
{
    struct buf b = {0};
    metrics_text(r, m, &b);
    char *text = mem_string(buf_text(&b));
    buf_free(&b);
    return text;
}

#define JOB "{manifest=\"keys.csv\",action=\"delete\",shard=\"0/1\""

static void a_refusal_is_this(void **state)
{
    (void)state;
    struct metrics_facts m = plain;
    m.exit_code = 2;
    char *text = text_of(NULL, &m);
    assert_string_equal(text, "# HELP rescind_last_run_timestamp_seconds When the last run ended.\n"
                              "# TYPE rescind_last_run_timestamp_seconds gauge\n"
                              "rescind_last_run_timestamp_seconds" JOB "} 1795239602.500\n"
                              "# HELP rescind_last_run_exit_code Its exit code; 0: all done.\n"
                              "# TYPE rescind_last_run_exit_code gauge\n"
                              "rescind_last_run_exit_code" JOB "} 2\n");
    free(text);
}

static void a_run_says_all_this(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "rescind_last_run_exit_code" JOB "} 75\n",
        "rescind_targets" JOB ",provider=\"openrouter\",outcome=\"revoked\"} 1\n",
        "rescind_targets" JOB ",provider=\"openrouter\",outcome=\"not_attempted\"} 1\n",
        "rescind_targets" JOB ",provider=\"baseten\",outcome=\"not_attempted\"} 1\n",
        "rescind_targets" JOB ",provider=\"baseten\",outcome=\"failed\"} 0\n",
        "rescind_targets_left" JOB "} 5\n",
        "rescind_last_run_duration_seconds" JOB "} 2.500\n",
        "rescind_last_run_requests" JOB "} 12\n",
        "rescind_last_run_http_429" JOB "} 1\n",
        "rescind_last_run_http_5xx" JOB "} 2\n",
        "rescind_last_run_network_errors" JOB "} 3\n",
        "rescind_build_info" JOB ",tool=\"rescind 1.0.0\",libcurl=\"7.88.1\"} 1\n",
    };
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    char *text = text_of(r, &plain);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text, lines[i]))
            fail_msg("no %s in\n%s", lines[i], text);
    free(text);
    report_free(r);
    world_free(&w);
}

static void labels_are_escaped(void **state)
{
    (void)state;
    struct metrics_facts m = plain;
    m.manifest = "a\"b\\c\nd\xff.csv";
    char *text = text_of(NULL, &m);
    assert_non_null(strstr(text, "manifest=\"a\\\"b\\\\c\\nd\xef\xbf\xbd.csv\""));
    free(text);
}

/* promtool of Debian's prometheus: the format, and its rules for names and help texts. */
static void promtool_agrees(void **state)
{
    (void)state;
    char path[] = "/tmp/rescind-metrics-XXXXXX.prom", command[200];
    struct metrics_facts m = plain;
    struct error err;
    struct stat st;
    if (system("command -v promtool >/dev/null 2>&1") != 0)
        skip();
    umask(022);
    close(mkstemps(path, 5));
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    m.manifest = "a\"b\\c\nd\xff.csv";
    for (int begun = 0; begun < 2; begun++) {
        assert_int_equal(report_metrics(begun ? r : NULL, &m, path, &err), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0644);
        snprintf(command, sizeof command, "promtool check metrics < %s", path);
        assert_int_equal(system(command), 0);
    }
    assert_int_equal(report_metrics(r, &m, "/nonexistent/x.prom", &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    unlink(path);
    report_free(r);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_this),
        cmocka_unit_test(a_run_says_all_this),
        cmocka_unit_test(labels_are_escaped),
        cmocka_unit_test(promtool_agrees),
    };
    return cmocka_run_group_tests_name("report_metrics", tests, NULL, NULL);
}
