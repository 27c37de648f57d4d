#include "wire/endings.h"

#include <stdio.h>
#include <string.h>

static int rank(enum exit_code code)
{
    switch (code) {
    case EXIT_REFUSED:
        return 5;
    case EXIT_IO:
        return 4;
    case EXIT_CREDENTIAL:
        return 3;
    case EXIT_SOME_FAILED:
        return 1;
    case EXIT_DONE:
        return 0;
    default:
        return 2;
    }
}

enum exit_code ending_worse(enum exit_code a, enum exit_code b)
{
    enum exit_code worse = rank(a) >= rank(b) ? a : b;
    return rank(worse) == 2 ? EXIT_STOPPED : worse;
}

bool ending_add(struct ending *e, enum exit_code code, const char *reason)
{
    size_t len = strlen(e->reason);
    e->code = ending_worse(e->code, code);
    if (strstr(e->reason, reason))
        return false;
    snprintf(e->reason + len, sizeof e->reason - len, "%s%s", len ? "; " : "", reason);
    return true;
}

enum exit_code ending_of_targets(const struct targets *t, const struct row_set *listed,
                                 const struct ledger *l)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t row = 0; row < targets_count(t); row++) {
        enum outcome o = ledger_outcome(l, row);
        if (!row_set_has(listed, row) || outcome_done(o))
            continue;
        if (!outcome_failed(o))
            return EXIT_STOPPED;
        code = EXIT_SOME_FAILED;
    }
    return code;
}

enum exit_code ending_of_proofs(const struct settings *s, const struct targets *t,
                                const struct row_set *listed, const struct ledger *l)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t row = 0; row < targets_count(t); row++) {
        if (!row_set_has(listed, row))
            continue;
        const struct target_state st = ledger_state(l, row);
        if (!outcome_done((enum outcome)st.outcome)) {
            code = ending_worse(code, EXIT_SOME_FAILED);
            continue;
        }
        enum verified found = ledger_verification(l, row).verified;
        bool expected = found == VERIFIED_UNPROVEN && st.from_start &&
                        settings_expect_absent(s, targets_definition(t, row));
        if (found != VERIFIED_ABSENT && !expected)
            code = ending_worse(code, found == VERIFIED_NONE ? EXIT_STOPPED : EXIT_SOME_FAILED);
    }
    return code;
}
