#include "provider/pages_left.h"
#include "provider/member_name.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool one_of(const char *name, const char *const *names)
{
    char plain[MEMBER_NAME];
    for (name = member_name(name, plain); *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* What is neither null, false, zero nor empty. */
static bool says_something(const json_t *value)
{
    if (json_is_string(value))
        return json_string_length(value) > 0;
    if (json_is_number(value))
        return json_number_value(value) > 0;
    if (json_is_object(value))
        return json_object_size(value) > 0;
    return json_is_true(value);
}

/* Whether it is what the definition itself goes by. */
static bool is_known(const struct list_pages *p, const char *name)
{
    const char *last = p->next ? strrchr(p->next, '/') : NULL;
    return last && strcmp(last + 1, name) == 0;
}

/* -1: it is no number. */
static json_int_t number_of(const json_t *value)
{
    uint64_t n;
    if (json_is_string(value))
        return text_u64(json_string_value(value), INT64_MAX, &n) ? (json_int_t)n : -1;
    return json_is_number(value) ? (json_int_t)json_number_value(value) : -1;
}

static const char *sign_in(const struct list_pages *p, json_t *object, const struct pages_read *r)
{
    static const char *const more[] = {"hasmore",       "hasnext",      "hasnextpage",
                                       "more",          "truncated",    "istruncated",
                                       "next",          "nextpage",     "nexturl",
                                       "nextpageurl",   "nextcursor",   "nextpagetoken",
                                       "nexttoken",     "nextlink",     "nextmarker",
                                       "nextoffset",    "continue",     "continuationtoken",
                                       "remaining",     "partial",      "remainingitemcount",
                                       "incomplete",    "ispartial",    "incompleteresults",
                                       "partialresult", "isincomplete", NULL};
    static const char *const counts[] = {"total",     "totalcount",   "totalresults", "totalitems",
                                         "totalsize", "totalrecords", "count",        NULL};
    static const char *const pages[] = {"totalpages", "pages",    "pagecount",
                                        "numpages",   "lastpage", NULL};
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (one_of(name, more) && says_something(value) && !is_known(p, name))
            return name;
        if ((one_of(name, counts) && number_of(value) > (json_int_t)r->taken) ||
            (one_of(name, pages) && number_of(value) > (json_int_t)r->pages))
            return name;
    }
    return NULL;
}

static const char *sign_of(const struct list_pages *p, json_t *body, const struct pages_read *r)
{
    static const char *const around[] = {"pagination", "paging",   "meta",     "metadata",
                                         "links",      "pageinfo", "page",     "resultinfo",
                                         "data",       "result",   "response", NULL};
    const char *name, *sign = sign_in(p, body, r);
    json_t *value;
    json_object_foreach(body, name, value)
    {
        if (!sign && one_of(name, around))
            sign = sign_in(p, value, r);
    }
    return sign;
}

/* The number that the query gives a parameter which limits a page; 0: none. */
static uint64_t limit_of(const char *path)
{
    static const char *const limits[] = {
        "limit",    "perpage", "pagesize", "page%5bsize%5d", "size", "count", "maxresults",
        "maxitems", "first",   "top",      "%24top",         "max",  NULL};
    const char *at = strchr(path, '?');
    while (at) {
        char name[32], digits[24];
        size_t len = strcspn(++at, "=&"), n = at[len] == '=' ? strcspn(at + len + 1, "&") : 0;
        uint64_t value = 0;
        if (len < sizeof name && n && n < sizeof digits) {
            snprintf(name, sizeof name, "%.*s", (int)len, at);
            snprintf(digits, sizeof digits, "%.*s", (int)n, at + len + 1);
            if (one_of(name, limits) && text_u64(digits, INT64_MAX, &value))
                return value;
        }
        at = strchr(at, '&');
    }
    return 0;
}

bool pages_left(const struct list_pages *p, const char *path, json_t *body,
                const struct pages_read *r, const char *link, char reason[200])
{
    size_t len;
    const char *sign = sign_of(p, body, r);
    uint64_t limit = p->paging == PAGING_NONE ? limit_of(path) : 0;
    if (sign)
        snprintf(reason, 200, "it is not whole: its `%.40s` says that there is more", sign);
    else if (link && p->paging != PAGING_LINK && link_next(link, &len))
        snprintf(reason, 200, "it is not whole: its Link header names a next page");
    else if (limit && r->taken >= limit)
        snprintf(reason, 200,
                 "it may not be whole: it has %zu, which is all that its path asks for", r->taken);
    else
        return false;
    return true;
}

static bool is_next(const char *parameters, size_t len)
{
    for (size_t i = 0; i + 3 < len; i++) {
        if (strncasecmp(parameters + i, "rel", 3) != 0)
            continue;
        size_t at = i + 3;
        at += strspn(parameters + at, " =\"");
        while (at < len && parameters[at] != '"' && parameters[at] != ';') {
            size_t n = strcspn(parameters + at, " \";,\n");
            if (n == 4 && strncasecmp(parameters + at, "next", 4) == 0)
                return true;
            at += n + (parameters[at + n] == ' ');
            if (!n)
                break;
        }
    }
    return false;
}

const char *link_next(const char *link, size_t *len)
{
    for (const char *at = strchr(link, '<'); at;) {
        const char *end = strchr(at, '>');
        if (!end)
            return NULL;
        const char *next = strchr(end, '<');
        *len = (size_t)(end - at - 1);
        if (*len && is_next(end + 1, next ? (size_t)(next - end - 1) : strlen(end + 1)))
            return at + 1;
        at = next;
    }
    return NULL;
}
