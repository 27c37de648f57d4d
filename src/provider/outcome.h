#ifndef RESCIND_PROVIDER_OUTCOME_H
#define RESCIND_PROVIDER_OUTCOME_H

/* What became of a target, and what a later look found of it: the words of journal and reports. */

#include <stdbool.h>
#include <stddef.h>

enum outcome {
    OUTCOME_NONE, /* not finished */
    OUTCOME_REVOKED,
    OUTCOME_DISABLED,
    OUTCOME_ENABLED,
    OUTCOME_ROTATED,
    OUTCOME_ALREADY_ABSENT,
    OUTCOME_ABSENT_AFTER_RETRY,
    OUTCOME_UNPROVEN_ABSENT,
    OUTCOME_UNCONFIRMED,
    OUTCOME_FAILED,
    OUTCOME_NOT_ATTEMPTED,
    OUTCOME_COUNT
};
extern const char *const outcome_word[OUTCOME_COUNT]; /* "", "revoked", ... */
bool outcome_parse(const char *word, size_t len, enum outcome *out);
bool outcome_done(enum outcome o);   /* revoked, disabled, enabled, rotated, the two absents */
bool outcome_failed(enum outcome o); /* unproven_absent, unconfirmed, failed */
bool outcome_absent(enum outcome o); /* the three absents */

/* What a later read found of a target that is done. */
enum verified {
    VERIFIED_NONE,     /* not asked */
    VERIFIED_ABSENT,   /* the provider itself says that it is not there */
    VERIFIED_PRESENT,  /* the provider shows it */
    VERIFIED_UNPROVEN, /* neither can be told from its answers */
    VERIFIED_COUNT
};
extern const char *const verified_word[VERIFIED_COUNT]; /* "", "confirmed_absent", ... */
bool verified_parse(const char *word, size_t len, enum verified *out);

#endif
