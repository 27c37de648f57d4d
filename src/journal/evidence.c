#include "journal/evidence.h"

#include <string.h>

struct sight evidence_sight(const struct ledger *l, const struct definition *d)
{
    uint16_t number = ledger_eye_now(l, d);
    const struct eye *eye = ledger_eye(l, number);
    return (struct sight){
        .eye = number, .control = eye && eye->looks, .looks = eye ? eye->looks : 0};
}

bool evidence_seen(const struct sight *eye, const struct target_state *target)
{
    return eye->eye && target->seen_eye == eye->eye;
}

bool evidence_foreign_absence(const struct sight *eye, const struct target_state *target)
{
    const enum outcome o = (enum outcome)target->outcome;
    return outcome_absent(o) && outcome_done(o) && eye->eye && target->end_eye &&
           target->end_eye != eye->eye && target->seen_eye != target->end_eye;
}

enum outcome evidence_absence(const struct sight *eye, bool applied, bool expected)
{
    if (!eye->control && !expected)
        return OUTCOME_UNPROVEN_ABSENT;
    return applied ? OUTCOME_ABSENT_AFTER_RETRY : OUTCOME_ALREADY_ABSENT;
}

bool evidence_revokes(const struct definition *d, const struct sight *eye,
                      const struct target_state *target)
{
    return d->absent == ABSENT_GONE || evidence_seen(eye, target);
}

/* Deleted by the account of end_eye, with a success that it called one. */
static bool gone_by_own(const struct target_state *target)
{
    return target->outcome == OUTCOME_REVOKED || target->outcome == OUTCOME_ROTATED;
}

enum verified evidence_verified(const struct sight *eye, enum look look, bool partial,
                                const struct target_state *target, const char **why)
{
    bool own = !partial && eye->eye && target->end_eye == eye->eye && gone_by_own(target);
    bool saw = evidence_seen(eye, target) && target->looks & 1u << look;
    *why = "";
    if (!(eye->looks & 1u << look))
        *why = "absent to a look that has never shown any of these targets: the wrong account, "
               "workspace or URL?";
    else if (!own && !saw && gone_by_own(target))
        *why = "absent to another account than the one that deleted it, which never saw it";
    else if (!own && !saw && target->outcome == OUTCOME_ABSENT_AFTER_RETRY)
        *why = "absent after a request whose answer was lost, and never seen before it: deleted by "
               "it, most likely, but nothing proves that";
    else if (!own && !saw)
        *why = "absent, and never seen by this account: another account's, and alive?";
    return **why ? VERIFIED_UNPROVEN : VERIFIED_ABSENT;
}

bool evidence_vanished(const struct target_state *target)
{
    return target->outcome == OUTCOME_ALREADY_ABSENT && target->seen_eye &&
           target->seen_eye == target->end_eye;
}

bool evidence_too_many_absent(uint64_t targets, uint64_t from_start)
{
    return from_start > ABSENT_FEW && from_start > targets / 5 && from_start * 5 > targets;
}

size_t evidence_next_named(const char **at, const char **item)
{
    *at += strspn(*at, ",");
    size_t len = strcspn(*at, ",");
    *item = *at;
    *at += len;
    return len;
}

bool evidence_named(const char *list, const struct definition *d)
{
    const char *at = list, *item;
    size_t len, provider = strlen(d->provider);
    while ((len = evidence_next_named(&at, &item)) > 0)
        if (len >= provider && memcmp(item, d->provider, provider) == 0 &&
            (len == provider || (item[provider] == '/' && len - provider - 1 == strlen(d->kind) &&
                                 memcmp(item + provider + 1, d->kind, len - provider - 1) == 0)))
            return true;
    return false;
}
