#include "provider/pages_left.h"
#include "provider/member_name.h"

#include "base/text.h"

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
    static const char *const more[] = {"hasmore",
                                       "hasnext",
                                       "hasnextpage",
                                       "more",
                                       "truncated",
                                       "istruncated",
                                       "next",
                                       "nextpage",
                                       "nexturl",
                                       "nextpageurl",
                                       "nextcursor",
                                       "nextpagetoken",
                                       "nexttoken",
                                       "nextlink",
                                       "nextmarker",
                                       "nextoffset",
                                       "continue",
                                       "continuationtoken",
                                       "remaining",
                                       "partial",
                                       "remainingitemcount",
                                       "incomplete",
                                       "ispartial",
                                       "incompleteresults",
                                       "partialresult",
                                       "isincomplete",
                                       "@odata.nextlink",
                                       NULL};
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

/* What answers put around their items, and what of the answer says something of the list. */
static const char *const around[] = {"pagination", "paging",     "meta",     "metadata",
                                     "links",      "pageinfo",   "page",     "data",
                                     "result",     "resultinfo", "response", NULL};

static const char *sign_of(const struct list_pages *p, json_t *body, const struct pages_read *r)
{
    const char *name, *sign = sign_in(p, body, r);
    json_t *value;
    json_object_foreach(body, name, value)
    {
        if (!sign && one_of(name, around))
            sign = sign_in(p, value, r);
    }
    return sign;
}

/* The most items of a page, as an answer itself tells it; 0: it does not. */
static uint64_t limit_in(json_t *object)
{
    static const char *const limits[] = {"limit",        "perpage",    "pagesize",
                                         "itemsperpage", "maxresults", NULL};
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (one_of(name, limits) && number_of(value) > 0)
            return (uint64_t)number_of(value);
    }
    return 0;
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

/* Whether a list without pages is as long as one answer may be. */
static bool is_full(const char *path, json_t *body, const struct pages_read *r,
                    const struct page_head *head)
{
    const char *name;
    json_t *value;
    const uint64_t asked = limit_of(path), told = head->limit ? head->limit : limit_in(body);
    if ((asked && r->taken >= asked) || (told && r->taken >= told))
        return true;
    json_object_foreach(body, name, value)
    {
        const uint64_t limit = one_of(name, around) ? limit_in(value) : 0;
        if (limit && r->taken >= limit)
            return true;
    }
    return false;
}

bool pages_left(const struct list_pages *p, const char *path, json_t *body,
                const struct pages_read *r, const struct page_head *head, char reason[200])
{
    size_t len;
    const char *sign = sign_of(p, body, r);
    if (sign)
        snprintf(reason, 200, "it is not whole: its `%.40s` says that there is more", sign);
    else if (head->link && p->paging != PAGING_LINK && link_next(head->link, &len))
        snprintf(reason, 200, "it is not whole: its Link header names a next page");
    else if (head->next)
        snprintf(reason, 200, "it is not whole: its %s header names a next page", head->next);
    else if (head->items > r->taken || head->pages > r->pages)
        snprintf(reason, 200, "it is not whole: its headers tell of more %s",
                 head->items > r->taken ? "items" : "pages");
    else if (p->paging == PAGING_NONE && is_full(path, body, r, head))
        snprintf(reason, 200, "it may not be whole: it has %zu, which is all that one answer holds",
                 r->taken);
    else
        return false;
    return true;
}

static uint64_t header_number(const struct header_source *h, const char *name)
{
    const char *value = h->get(h->at, name);
    uint64_t n;
    return value && text_u64(value, INT64_MAX, &n) ? n : 0;
}

/* "items 0-29/40": 40. */
static uint64_t range_total(const char *value)
{
    const char *total = value ? strrchr(value, '/') : NULL;
    uint64_t n;
    bool bytes = value && strncasecmp(value, "bytes", 5) == 0;
    return total && !bytes && text_u64(total + 1, INT64_MAX, &n) ? n : 0;
}

struct page_head page_head_of(const struct header_source *h)
{
    static const char *const items[] = {"X-Total", "X-Total-Count", NULL};
    struct page_head out = {0};
    if (!h->get)
        return out;
    const char *next = h->get(h->at, "X-Next-Page");
    out.next = next && *next && strcmp(next, "0") != 0 ? "X-Next-Page" : NULL;
    out.items = range_total(h->get(h->at, "Content-Range"));
    for (size_t i = 0; items[i] && !out.items; i++)
        out.items = header_number(h, items[i]);
    out.pages = header_number(h, "X-Total-Pages");
    out.limit = header_number(h, "X-Per-Page");
    out.link = h->get(h->at, "Link"); /* the last: a header is good until the next is asked for */
    return out;
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
