/* Moments as providers write them. */

#include "provider/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void moments(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"2026-11-21T05:40:00Z", 1795239600000},
        {"2026-11-21T05:40:00.123456Z", 1795239600123},
        {"2026-11-21t05:40:00z", -1},
        {"2026-11-21 05:40:00", 1795239600000},
        {"2026-11-21T05:40:00", 1795239600000},
        {"2026-11-21T07:40:00+02:00", 1795239600000},
        {"2026-11-21T00:10:00-0530", 1795239600000},
        {"2026-11-21T05:40:00+00:00", 1795239600000},
        {"2026-11-21", 1795305599999},
        {"1795239600", 1795239600000},
        {"1795239600.5", 1795239600500},
        {"1795239600123", 1795239600123},
        {"1795239600123456", 1795239600123},
        {"1795239600123456789", 1795239600123},
        {"253402300799", 253402300799000},
        {"9999-12-31T23:59:59Z", 253402300799000},
        {"253402300799000", 253402300799000},
        {"1970-01-01T00:00:00Z", -1},
        {"0001-01-01T00:00:00Z", -1},
        {"0", -1},
        {"7", -1},
        {"1.5", -1},
        {"Sat, 21 Nov 2026 05:40:00 +0000", 1795239600000},
        {"Sat, 21 Nov 2026 05:40:00 GMT", 1795239600000},
        {"Sat, 21 Nov 2026 05:40:00 GMT and more", -1},
        {"", -1},
        {"never", -1},
        {"2026-13-01", -1},
        {"2026-11-21T05:40:00+0", -1},
        {"99999999999999999999999", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (moment_parse(rows[i].text) != rows[i].ms)
            fail_msg("%s: %lld", rows[i].text, (long long)moment_parse(rows[i].text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(moments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
