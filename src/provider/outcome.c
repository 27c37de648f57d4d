#include "provider/outcome.h"

#include <string.h>

const char *const outcome_word[OUTCOME_COUNT] = {
    [OUTCOME_NONE] = "",
    [OUTCOME_REVOKED] = "revoked",
    [OUTCOME_DISABLED] = "disabled",
    [OUTCOME_ENABLED] = "enabled",
    [OUTCOME_ROTATED] = "rotated",
    [OUTCOME_ALREADY_ABSENT] = "already_absent",
    [OUTCOME_ABSENT_AFTER_RETRY] = "absent_after_retry",
    [OUTCOME_UNPROVEN_ABSENT] = "unproven_absent",
    [OUTCOME_UNCONFIRMED] = "unconfirmed",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_NOT_ATTEMPTED] = "not_attempted",
};

bool outcome_parse(const char *word, size_t len, enum outcome *out)
{
    for (int i = OUTCOME_NONE + 1; i < OUTCOME_COUNT; i++)
        if (strlen(outcome_word[i]) == len && memcmp(outcome_word[i], word, len) == 0) {
            *out = (enum outcome)i;
            return true;
        }
    return false;
}

const char *const verified_word[VERIFIED_COUNT] = {
    [VERIFIED_NONE] = "",
    [VERIFIED_ABSENT] = "confirmed_absent",
    [VERIFIED_PRESENT] = "still_present",
    [VERIFIED_UNPROVEN] = "unproven",
};

bool verified_parse(const char *word, size_t len, enum verified *out)
{
    for (int v = VERIFIED_NONE + 1; v < VERIFIED_COUNT; v++)
        if (strlen(verified_word[v]) == len && memcmp(verified_word[v], word, len) == 0) {
            *out = (enum verified)v;
            return true;
        }
    return false;
}

bool outcome_done(enum outcome o)
{
    return o >= OUTCOME_REVOKED && o <= OUTCOME_ABSENT_AFTER_RETRY;
}

bool outcome_failed(enum outcome o)
{
    return o >= OUTCOME_UNPROVEN_ABSENT && o <= OUTCOME_FAILED;
}

bool outcome_absent(enum outcome o)
{
    return o >= OUTCOME_ALREADY_ABSENT && o <= OUTCOME_UNPROVEN_ABSENT;
}
