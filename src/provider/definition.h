#ifndef RESCIND_PROVIDER_DEFINITION_H
#define RESCIND_PROVIDER_DEFINITION_H

/* What is known of one kind of target of one provider, read from a small text, whose format is in
 * rescind-providers(5) (src/cli/rescind-providers.5). The built-in ones (provider/builtin, one file
 * each) are such texts compiled in; a job file may hold more. Nothing outside a definition knows a
 * provider by name. What the text leaves unsaid is filled in by definition_read.c. */

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ID_MAX = 256,         /* longest identifier, bytes */
    SCOPES_MAX = 4,       /* scope variables of one definition */
    ACCOUNT_MAX = 64,     /* longest name of an account, bytes */
    DEFINITION_WHY = 160, /* room for why a definition is none */
};

/* A definition has no request for ACTION_ROTATE: struct rotate_rule says how. */
enum action { ACTION_DELETE, ACTION_DISABLE, ACTION_ENABLE, ACTION_ROTATE, ACTION_COUNT };
extern const char *const action_word[ACTION_COUNT]; /* "delete", ... */

enum id_class { ID_HEX, ID_UUID, ID_DIGITS, ID_WORD, ID_PRINTABLE, ID_TEXT };

struct id_rule {
    char *name;
    enum id_class class;
    unsigned min, max; /* characters */
    bool lower;
    char **reserved, **secret; /* NULL-terminated */
};

enum condition_test {
    TEST_VALUE,
    TEST_ID,
    TEST_EXISTS,
    TEST_CONTAINS,
    TEST_STRING,
    TEST_NUMBER,
    TEST_OBJECT,
    TEST_ARRAY,
    TEST_BOOLEAN,
    TEST_IN, /* is one of an array's values */
    TEST_HAS /* is an array that has the value */
};

struct condition {
    char *pointer;
    enum condition_test test;
    char *value;     /* VALUE, IN, HAS: canonical JSON text; CONTAINS: the text itself */
    bool if_present; /* holds where the pointer leads nowhere, or to null */
    bool negated;    /* `is not`: holds where there is a value, and the test fails of it */
    bool or_before;  /* an alternative to the condition before it */
};

struct conditions {
    struct condition *at;
    size_t count;
};

struct status_set {
    uint16_t at[16];
    size_t count;
};

struct request {
    char *method; /* NULL: this request is not defined */
    char *path, *body;
    bool form;                /* the body is a form, not JSON */
    struct status_set status; /* of a success; empty: any 2xx */
    struct conditions confirm;
};

/* One way in which an absence is told. */
struct gone_rule {
    struct status_set status; /* any from 200 to 499 */
    struct conditions form;   /* none: the status alone, which proves nothing */
};

/* What a deletion answers for an id that does not exist. */
enum absent_rule { ABSENT_UNKNOWN, ABSENT_GONE /* in gone.form */, ABSENT_SUCCESS };

enum rate_unit { RATE_S, RATE_MS, RATE_EPOCH_S, RATE_EPOCH_MS };

struct rate_source {
    char *where; /* header name or JSON pointer */
    enum rate_unit unit;
    bool in_body;
};

enum self_rule {
    SELF_UNKNOWN,
    SELF_NONE, /* the credential is never one of this kind */
    SELF_SHA256,
    SELF_BEFORE_DOT,
    SELF_BETWEEN_DOTS,
    SELF_BEFORE_COLON,
    SELF_SECRET, /* the id is the secret itself */
    SELF_USER,   /* the user of Basic's user:password, which may be in base64 */
    SELF_READ,
    SELF_LIST /* those of the list whose list.hint fits the secret */
};

/* Calendar windows of usage, in UTC; weeks begin on Monday. */
enum window { WINDOW_DAY, WINDOW_WEEK, WINDOW_MONTH, WINDOW_COUNT };

/* How the page after this one is asked for. */
enum paging {
    PAGING_NONE,   /* one answer has all */
    PAGING_OFFSET, /* by how many items to pass over */
    PAGING_NUMBER, /* by the number of the page */
    PAGING_LAST,   /* by the id of the last item */
    PAGING_TOKEN,  /* by a token in the body */
    PAGING_URL,    /* by an address in the body */
    PAGING_LINK    /* by the Link header */
};

struct list_pages {
    char *items, *id; /* JSON pointers: in the body, in an item; "" is all of it */
    enum paging paging;
    unsigned paged; /* how many keys of the definition said how */
    char *page;     /* query parameter of OFFSET, NUMBER, LAST, TOKEN */
    uint64_t first; /* NUMBER: of the first page */
    char *next;     /* JSON pointer of TOKEN and URL */
    char *more;     /* JSON pointer to whether there is a further page, or NULL */
    char *total;    /* JSON pointer, or NULL */
};

struct list_field {
    char *name, *pointer;
};

struct list_rule {
    struct request request; /* without a method: this definition cannot be listed */
    struct list_pages pages;
    char *each;      /* a query parameter or a scope of the path; NULL: there is one list */
    bool each_scope; /* a scope */
    struct request each_request;
    struct list_pages each_pages;
    struct list_field *field;
    size_t field_count;
    char *hint;                  /* name of a field, or NULL */
    char **unused[WINDOW_COUNT]; /* NULL-terminated, or NULL: not told */
    struct conditions gone;      /* what tells that an item is dead: it is not present; or none */
    bool partial;                /* some keys are never shown in it */
    bool own;                    /* the credential's own key is in it */
    bool twice;                  /* a key may be in the lists of several of `each` */
};

struct rotate_rule {
    struct request create, rename; /* create without a method: this definition cannot rotate */
    struct list_field *field;      /* name: of the body's member */
    size_t field_count;
    char *name, *id, *secret;
};

struct definition {
    char *provider, *kind, *title, *column;
    char *account; /* whose credential, as a manifest names it; NULL: the plain one */
    char *shown;   /* the provider for people: "openrouter", or "openrouter/team-a" */
    char *base;    /* without a trailing slash; NULL: only an override can say it */
    char *credential;
    char **headers; /* "Name: template", NULL-terminated */
    char *scopes[SCOPES_MAX];
    size_t scope_count;
    struct id_rule id;
    struct request action[ACTION_COUNT];
    enum absent_rule absent;
    char *note;                  /* what else a deletion does, or leaves undone, or NULL */
    struct request read;         /* of one target */
    struct status_set read_stop; /* refuses the credential in an answer to it */
    struct conditions read_gone; /* what tells, in a success, that it is dead; or none */
    char **echo;
    struct gone_rule *gone; /* alternatives */
    size_t gone_count;
    struct status_set stop;
    struct conditions stop_form; /* what such a status must come with to refuse; or none */
    char **error_text;
    double rate_limit; /* requests a second; 0: none documented */
    struct rate_source *rate;
    size_t rate_count;
    struct request preflight; /* confirm holds its checks */
    enum self_rule self;
    struct request self_read;
    char **self_pointers;        /* NULL-terminated; SELF_READ: the first that is an id counts */
    struct request account_read; /* without a method: nothing tells whose keys these are */
    char **account_pointers;     /* NULL-terminated: the first that is a text or an integer */
    char **raw, **raw_loose;     /* patterns, NULL-terminated, or NULL */
    struct list_rule list;
    struct rotate_rule rotate;
    bool built_in;
    size_t index; /* in its catalog */
};

/* All definitions known to this process. At most 255, and 65,000 with those of accounts. What it
 * hands out stays valid until it is freed. */
struct catalog;
struct catalog *catalog_new(void); /* with the built-in ones */
void catalog_free(struct catalog *c);

/* Adds the definitions of a text: its sections `[provider ...]`; others are the caller's affair.
 * `name` is for messages ("job.ini"), `first_line` the number of the text's first line in it. One
 * that is built in is replaced, under its old index; one that was added already is not. All or
 * nothing. EXIT_CONFIG: "job.ini:12: ...". */
int catalog_add(struct catalog *c, const char *name, unsigned first_line, const char *text,
                struct error *err);

/* The same definition with the credential of another account: each of its variables (also those of
 * {env:NAME}) has the account as a suffix, VARIABLE__TEAM_A for team-a, and never falls back to the
 * bare one. It is one of the catalog's from then on, behind those that are there; the same account
 * gives the same one. NULL with EXIT_DATA: no name of an account, or one whose variables are those
 * of another. A catalog grows by it though it is otherwise only read. */
const struct definition *catalog_account(const struct catalog *c, const struct definition *d,
                                         const char *account, size_t len, struct error *err);

size_t catalog_count(const struct catalog *c);
size_t catalog_plain(const struct catalog *c); /* those without an account, which come first */
const struct definition *catalog_at(const struct catalog *c, size_t i);
/* NULL where there is none. kind NULL means "key". */
const struct definition *catalog_find(const struct catalog *c, const char *provider,
                                      const char *kind);
/* By its provider as it is shown, account included. */
const struct definition *catalog_shown(const struct catalog *c, const char *shown,
                                       const char *kind);
/* The definition whose `column` this is. */
const struct definition *catalog_by_column(const struct catalog *c, const char *column);
bool catalog_has_provider(const struct catalog *c, const char *provider);
/* What somebody named; EXIT_USAGE, with what there is, where there is no such. `kind` may be NULL.
 */
const struct definition *catalog_wanted(const struct catalog *c, const char *provider,
                                        const char *kind, struct error *err);
bool catalog_has_scope(const struct catalog *c, const char *name);
/* SIZE_MAX where it is none of the catalog's (or was replaced). */
size_t catalog_index(const struct catalog *c, const struct definition *d);
/* The text of a definition as it was read, for `rescind providers NAME`. */
const char *catalog_source(const struct catalog *c, const struct definition *d);

#endif
