#ifndef RESCIND_SANDBOX_FORMS_H
#define RESCIND_SANDBOX_FORMS_H

/* The bodies of the providers' answers, derived from their definitions: a success body in which
 * every `confirm` holds, an absence in which every `gone.form` holds, an error with its text where
 * `error.text` says, and lists and reads in which everything stands where it is looked for. One
 * path may be a list, the preflight, the self read and the account read in one: its answer is good
 * for all that the provider's definitions make of it. */

#include "provider/definition.h"
#include "sandbox/compose.h"
#include "sandbox/reply.h"

struct forms;
struct forms *forms_new(const struct catalog *catalog); /* borrows it */
void forms_free(struct forms *f);

/* Each sets status, type and body. `identity` varies what a provider leaves open (200 and 204). */
void forms_done(const struct forms *f, size_t definition, enum action a, const char *id,
                uint64_t identity, struct reply *out);
/* Of several ways in which an absence is told, one by the id. */
void forms_gone(const struct forms *f, size_t definition, const char *id, struct reply *out);
void forms_error(const struct forms *f, size_t definition, int status, const char *message,
                 struct reply *out);

/* Successes that confirm nothing: the opposite of what was promised, or another id. */
void forms_denied(const struct forms *f, size_t definition, enum action a, struct reply *out);
void forms_other(const struct forms *f, size_t definition, enum action a, const char *id,
                 struct reply *out);

/* Answers that tell. The last five are of a path that is none of the others; weak: the credential
 * may not manage keys. Names of `fills`: own, account (texts); account_number, items, total, more,
 * next, object (JSON); and of FORM_MADE the secret. */
enum form_of {
    FORM_LIST,
    FORM_GROUPS,
    FORM_READ,
    FORM_MADE,
    FORM_PREFLIGHT,
    FORM_SELF,
    FORM_ACCOUNT,
    FORM_WEAK,
    FORM_WEAK_SELF,
    FORM_COUNT
};
void forms_tell(const struct forms *f, size_t definition, enum form_of which,
                const struct fill *fills, struct reply *out);

void forms_html(int status, const char *title, struct reply *out);

#endif
