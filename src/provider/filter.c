#include "provider/filter.h"

#include "base/text.h"
#include "provider/moment.h"

#include <fnmatch.h>
#include <string.h>
#include <time.h>

const char *const window_word[WINDOW_COUNT] = {"day", "week", "month"};

/* Every filter is a row: what it is called, whether it is asked, what it needs of the definition,
 * and its test. */
enum answer_of { NO, YES, UNTOLD };

struct filter_question {
    const struct filter *f;
    const struct keylist *l;
    size_t key;
    int64_t now_ms;
    const char *text;    /* the field's, NULL: absent */
    const char *created; /* that of `created` */
};

static bool asks_created(const struct filter *f)
{
    return f->by_created;
}
static bool asks_updated(const struct filter *f)
{
    return f->by_updated;
}
static bool asks_used(const struct filter *f)
{
    return f->by_used;
}
static bool asks_creator(const struct filter *f)
{
    return f->creator != NULL;
}
static bool asks_owner(const struct filter *f)
{
    return f->owner != NULL;
}
static bool asks_unused(const struct filter *f)
{
    return f->by_unused;
}
static bool asks_expired(const struct filter *f)
{
    return f->expired;
}
static bool asks_disabled(const struct filter *f)
{
    return f->disabled;
}
static bool asks_name(const struct filter *f)
{
    return f->name != NULL;
}
static bool asks_label(const struct filter *f)
{
    return f->label != NULL;
}
static bool asks_workspace(const struct filter *f)
{
    return f->workspace != NULL;
}
static bool asks_spend(const struct filter *f)
{
    return f->by_spend;
}
static bool asks_type(const struct filter *f)
{
    return f->type != NULL;
}

static enum answer_of before(const char *text, int64_t moment_ms)
{
    int64_t at = text ? moment_parse(text) : -1;
    if (at < 0)
        return UNTOLD;
    return at < moment_ms ? YES : NO;
}

static enum answer_of test_created(const struct filter_question *q)
{
    return before(q->text, q->f->created_before_ms);
}

static enum answer_of test_updated(const struct filter_question *q)
{
    return before(q->text, q->f->updated_before_ms);
}

/* What was never used was never used since it was made. */
static enum answer_of test_used(const struct filter_question *q)
{
    if (q->text)
        return before(q->text, q->f->used_before_ms);
    return before(q->created, q->f->used_before_ms) == YES ? YES : UNTOLD;
}

static enum answer_of test_expired(const struct filter_question *q)
{
    return q->text ? before(q->text, q->now_ms) : NO;
}

static enum answer_of test_unused(const struct filter_question *q)
{
    enum usage usage = keylist_usage(q->l, q->key, q->f->unused);
    if (usage == USAGE_UNTOLD)
        return UNTOLD;
    return usage == USAGE_ZERO ? YES : NO;
}

static enum answer_of test_disabled(const struct filter_question *q)
{
    if (q->text && strcmp(q->text, "true") == 0)
        return YES;
    return q->text && strcmp(q->text, "false") == 0 ? NO : UNTOLD;
}

/* One part of a field that has several is enough. */
static enum answer_of fits(const char *text, const char *glob)
{
    char part[1024];
    if (!text)
        return UNTOLD;
    for (;;) {
        size_t len = strcspn(text, (const char[]){KEYLIST_PART, '\0'});
        if (len >= sizeof part)
            return UNTOLD;
        memcpy(part, text, len);
        part[len] = '\0';
        if (fnmatch(glob, part, 0) == 0)
            return YES;
        if (!text[len])
            return NO;
        text += len + 1;
    }
}

static enum answer_of test_name(const struct filter_question *q)
{
    return fits(q->text, q->f->name);
}

static enum answer_of test_label(const struct filter_question *q)
{
    return fits(q->text, q->f->label);
}

static enum answer_of test_creator(const struct filter_question *q)
{
    return fits(q->text, q->f->creator);
}

static enum answer_of test_owner(const struct filter_question *q)
{
    return fits(q->text, q->f->owner);
}

static enum answer_of equal(const char *text, const char *asked)
{
    if (!text)
        return UNTOLD;
    return strcmp(text, asked) == 0 ? YES : NO;
}

static enum answer_of test_workspace(const struct filter_question *q)
{
    return equal(q->text, q->f->workspace);
}

static enum answer_of test_type(const struct filter_question *q)
{
    return equal(q->text, q->f->type);
}

static enum answer_of test_spend(const struct filter_question *q)
{
    double n;
    if (!q->text || !text_decimal(q->text, 1e15, &n))
        return UNTOLD;
    return n < q->f->spend_below ? YES : NO;
}

static const struct known_row {
    const char *option;
    bool (*asked)(const struct filter *f);
    const char *field; /* NULL: list.unused */
    enum answer_of (*test)(const struct filter_question *q);
} rows[] = {
    {"--created-before", asks_created, "created", test_created},
    {"--updated-before", asks_updated, "updated", test_updated},
    {"--last-used-before", asks_used, "used", test_used},
    {"--creator", asks_creator, "creator", test_creator},
    {"--owner", asks_owner, "owner", test_owner},
    {"--unused", asks_unused, NULL, test_unused},
    {"--expired", asks_expired, "expires", test_expired},
    {"--disabled", asks_disabled, "disabled", test_disabled},
    {"--name", asks_name, "name", test_name},
    {"--label", asks_label, "label", test_label},
    {"--workspace", asks_workspace, "workspace", test_workspace},
    {"--spend-below", asks_spend, "spend", test_spend},
    {"--type", asks_type, "type", test_type},
};
enum { ROWS = sizeof rows / sizeof *rows };

static size_t field_of(const struct definition *d, const char *name)
{
    size_t i = 0;
    while (i < d->list.field_count && strcmp(d->list.field[i].name, name) != 0)
        i++;
    return i;
}

static const char *field(const struct definition *d, const struct keylist *l, size_t i,
                         const char *name)
{
    size_t at = field_of(d, name);
    return at < d->list.field_count ? keylist_field(l, i, at) : NULL;
}

static bool can_answer(const struct known_row *row, const struct filter *f,
                       const struct definition *d)
{
    if (!row->field)
        return d->list.unused[f->unused] != NULL;
    return field_of(d, row->field) < d->list.field_count;
}

bool filter_any(const struct filter *f)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].asked(f))
            return true;
    return false;
}

const char *filter_unanswerable(const struct filter *f, const struct definition *d)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].asked(f) && !can_answer(&rows[i], f, d))
            return rows[i].option;
    return NULL;
}

enum filter_match filter_match(const struct filter *f, const struct definition *d,
                               const struct keylist *l, size_t i, int64_t now_ms,
                               const char **untold)
{
    const char *first = NULL;
    for (size_t k = 0; k < ROWS; k++) {
        const struct known_row *row = &rows[k];
        if (!row->asked(f))
            continue;
        struct filter_question q = {.f = f, .l = l, .key = i, .now_ms = now_ms};
        if (row->field)
            q.text = field(d, l, i, row->field);
        q.created = field(d, l, i, "created");
        enum answer_of answer = row->test(&q);
        if (answer == NO)
            return FILTER_PASSED;
        if (answer == UNTOLD && !first)
            first = row->option;
    }
    *untold = first;
    return first ? FILTER_UNTOLD : FILTER_SELECTED;
}

int64_t window_start_ms(enum window w, int64_t now_ms)
{
    const int64_t day_ms = 86400 * (int64_t)1000;
    int64_t day = now_ms / day_ms;
    if (w == WINDOW_WEEK)
        return (day - (day + 3) % 7) * day_ms; /* the first of January 1970 was a Thursday */
    if (w == WINDOW_MONTH) {
        time_t now = (time_t)(now_ms / 1000);
        struct tm utc;
        gmtime_r(&now, &utc);
        day -= utc.tm_mday - 1;
    }
    return day * day_ms;
}

int64_t window_least_us(enum window w)
{
    static const int64_t hours[WINDOW_COUNT] = {12, 3 * 24, 14 * 24};
    return hours[w] * 3600 * 1000000;
}
