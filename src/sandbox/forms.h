#ifndef RESCIND_SANDBOX_FORMS_H
#define RESCIND_SANDBOX_FORMS_H

/* The bodies of the providers' answers. The main three have their documented forms; any other
 * provider's are derived from its definition: a success body in which every `confirm` holds, an
 * absence in which every `gone.form` holds, an error with its text where `error.text` says. */

#include "provider/definition.h"
#include "sandbox/message.h"

struct forms;
struct forms *forms_new(const struct catalog *catalog); /* borrows it */
void forms_free(struct forms *f);

/* Each sets status, type and body. `identity` varies what a provider leaves open (Requesty's 200
 * and 204). */
void forms_done(const struct forms *f, size_t definition, enum action a, const char *id,
                uint64_t identity, struct reply *out);
void forms_gone(const struct forms *f, size_t definition, const char *id, struct reply *out);
void forms_error(const struct forms *f, size_t definition, int status, const char *message,
                 struct reply *out);
/* A preflight's or self-read's answer: every check holds, and it names the credential's own id
 * where the definition looks for it. */
void forms_checked(const struct forms *f, size_t definition, const char *own_id, struct reply *out);

/* Successes that confirm nothing: the opposite of what was promised, or another id. */
void forms_denied(const struct forms *f, size_t definition, enum action a, struct reply *out);
void forms_other(const struct forms *f, size_t definition, enum action a, const char *id,
                 struct reply *out);

void forms_html(int status, const char *title, struct reply *out);

#endif
