#ifndef RESCIND_JOURNAL_EVIDENCE_H
#define RESCIND_JOURNAL_EVIDENCE_H

/* What may be called gone: the rules, without a socket or a file. Not seeing a key is not knowing
 * that it is gone: an absence counts only to an eye (eyes.h) that has seen something before. */

#include "journal/ledger.h"

/* What is known of the eye that looks now. */
struct sight {
    uint16_t eye;  /* EYE_NONE: of nobody known */
    bool control;  /* it has seen a target of its kind, through whatever look */
    uint8_t looks; /* through which, a bit each */
};
struct sight evidence_sight(const struct ledger *l, const struct definition *d);

/* Whether this very target was seen by that eye, through any look. */
bool evidence_seen(const struct sight *eye, const struct target_state *target);

/* Whether a target that is done was absent to another eye than this one, which never saw it: of
 * this one's that says nothing, and may be the answer to a request of the other's that was lost. */
bool evidence_foreign_absence(const struct sight *eye, const struct target_state *target);

/* An absence that the provider told in its own form: what it is called. `applied`: something that
 * was sent for it may have taken effect. Without a control it is unproven, unless absence is
 * expected. */
enum outcome evidence_absence(const struct sight *eye, bool applied, bool expected);

/* Whether a success of the form that the definition promises revokes: where only what exists gets
 * it, it does, and is a sighting; else the target must have been seen before. */
bool evidence_revokes(const struct definition *d, const struct sight *eye,
                      const struct target_state *target);

/* A target that is done is absent to a read or a whole list of this eye: whether that proves it.
 * `partial`: the look hides some, and so it must have shown this very target before. `why` (never
 * NULL) says what is lacking, "" where nothing is. */
enum verified evidence_verified(const struct sight *eye, enum look look, bool partial,
                                const struct target_state *target, const char **why);

/* Whether the eye that saw a target was told that it is absent before anything that may have
 * deleted it was sent: somebody else deleted it, or that eye went blind. */
bool evidence_vanished(const struct target_state *target);

/* Of so many targets of a kind so many were absent from the start, or vanished: more than a fifth,
 * and more than ABSENT_FEW, may be another account's, and alive. */
enum { ABSENT_FEW = 20 };
bool evidence_too_many_absent(uint64_t targets, uint64_t from_start);

/* Whether a list such as "openrouter/byok,baseten" names a definition. */
bool evidence_named(const char *list, const struct definition *d);
/* The next of such a list: its length, 0 at the end, and *at behind it. */
size_t evidence_next_named(const char **at, const char **item);

#endif
