#include "provider/list_walk.h"

#include "provider/condition.h"
#include "provider/pages_left.h"
#include "provider/request.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void walk_free(struct walk *w)
{
    free(w->last);
    free(w->next);
    w->last = w->next = NULL;
}

static enum walk_step say(char reason[WALK_REASON], enum walk_step step, const char *what)
{
    snprintf(reason, WALK_REASON, "%s", what);
    return step;
}

/* Asking */

static void put_parameter(struct buf *out, const char *name, const char *value)
{
    buf_putc(out, strchr(buf_text(out), '?') ? '&' : '?');
    buf_printf(out, "%s=", name);
    request_put_encoded(out, value, strlen(value));
}

static void put_page(const struct walk *w, struct buf *out)
{
    const struct list_pages *p = w->pages;
    char number[24];
    switch (p->paging) {
    case PAGING_OFFSET:
        snprintf(number, sizeof number, "%zu", w->taken ? w->taken - 1 : 0);
        if (w->taken)
            put_parameter(out, p->page, number);
        break;
    case PAGING_NUMBER:
        snprintf(number, sizeof number, "%" PRIu64, p->first + w->pages_read);
        put_parameter(out, p->page, number);
        break;
    case PAGING_LAST:
        if (w->last)
            put_parameter(out, p->page, w->last);
        break;
    case PAGING_TOKEN:
        if (w->next)
            put_parameter(out, p->page, w->next);
        break;
    case PAGING_NONE:
    case PAGING_URL:
    case PAGING_LINK:
        break;
    }
}

void walk_scope(const struct walk *w, const struct definition *d, struct buf *out)
{
    buf_clear(out);
    if (w->each && d->list.each_scope)
        request_scope(d, d->list.each, w->each, out);
    else if (w->scope)
        buf_puts(out, w->scope);
}

void walk_request(const struct walk *w, const struct definition *d, struct buf *out)
{
    bool url = w->pages->paging == PAGING_URL || w->pages->paging == PAGING_LINK;
    buf_clear(out);
    if (url && w->next) {
        buf_puts(out, w->next);
        return;
    }
    struct buf scope = {0};
    walk_scope(w, d, &scope);
    request_path(d, w->request, buf_text(&scope), out);
    buf_free(&scope);
    if (w->each && !d->list.each_scope)
        put_parameter(out, d->list.each, w->each);
    put_page(w, out);
}

bool walk_request_ahead(const struct walk *w, const struct definition *d, size_t ahead,
                        struct buf *out)
{
    struct walk later = *w;
    size_t stride = w->page_size;
    if (w->short_page)
        return false;
    if (w->pages->paging == PAGING_OFFSET && stride > 1)
        stride--; /* each begins with the last item of the one before */
    else if (w->pages->paging != PAGING_NUMBER || !stride)
        return false;
    later.pages_read += ahead;
    later.taken += ahead * stride;
    size_t all = w->total ? (size_t)w->total - 1 : w->again ? w->first_taken : SIZE_MAX;
    bool told = w->total && w->pages->paging == PAGING_NUMBER; /* needs no empty page to tell */
    if (later.taken > all || (told && later.taken == all))
        return false;
    walk_request(&later, d, out);
    return true;
}

/* Understanding a page */

json_t *walk_items(const struct walk *w, json_t *body, char reason[WALK_REASON])
{
    json_t *items = body ? pointer_get(body, w->pages->items) : NULL;
    if (json_is_array(items))
        return items;
    if (*w->pages->items)
        snprintf(reason, WALK_REASON, "it has no array at %.60s", w->pages->items);
    else
        snprintf(reason, WALK_REASON, "it is no array");
    return NULL;
}

const char *walk_id(const struct walk *w, json_t *item, char number[32])
{
    const json_t *value = pointer_get(item, w->pages->id);
    if (json_is_integer(value)) {
        snprintf(number, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return number;
    }
    return json_string_value(value);
}

/* The first item of a further page must be the last of the page before. */
int walk_overlap(const struct walk *w, json_t *items, char reason[WALK_REASON])
{
    char number[32];
    if (w->pages->paging != PAGING_OFFSET || !w->taken)
        return 0;
    json_t *item = json_array_get(items, 0);
    const char *id = item ? walk_id(w, item, number) : NULL;
    if (id && strcmp(id, w->last) == 0)
        return 1;
    snprintf(reason, WALK_REASON,
             "the page after %zu items does not follow the one before: a key came or went, or its "
             "%s is ignored",
             w->taken, w->pages->page);
    return -(int)WALK_CHANGED;
}

void walk_took(struct walk *w, const char *id)
{
    w->taken++;
    for (const char *c = id;; c++) {
        w->order = (w->order ^ (unsigned char)*c) * 1099511628211u; /* FNV-1a */
        if (!*c)
            break;
    }
    free(w->last);
    w->last = mem_string(id);
}

/* Turning it */

/* Whether list.more says that there is more: 1, 0; -1: it does not say. */
static int says_more(const struct walk *w, json_t *body)
{
    const json_t *more = pointer_get(body, w->pages->more);
    if (json_is_boolean(more))
        return json_is_true(more);
    if (json_is_string(more))
        return json_string_length(more) > 0;
    return json_is_null(more) ? 0 : -1;
}

static bool keep_next(struct walk *w, const char *next, size_t len)
{
    bool same = w->next && strlen(w->next) == len && memcmp(w->next, next, len) == 0;
    char *kept = mem_string_n(next, len);
    free(w->next);
    w->next = kept;
    return !same;
}

/* A URL, as a path below the base: same origin only, for the credential goes with it. */
static enum walk_step follow(struct walk *w, const char *url, size_t len, char reason[WALK_REASON])
{
    const char *base = w->base ? w->base : "", *path = base_url_path(base);
    size_t base_len = strlen(base), path_len = strlen(path), socket;
    bool whole = base_len && !base_url_socket(base, &socket);
    if (whole && len > base_len && strncasecmp(url, base, base_len - path_len) == 0 &&
        memcmp(url + base_len - path_len, path, path_len) == 0) {
        url += base_len;
        len -= base_len;
    } else if (*url == '/' && len > 1 && url[1] != '/' && len > path_len &&
               memcmp(url, path, path_len) == 0) {
        url += path_len;
        len -= path_len;
    } else {
        return say(reason, WALK_BROKEN,
                   "its next page is at another address than the base URL, and the credential "
                   "does not go there");
    }
    if (*url != '/' || memchr(url, '{', len))
        return say(reason, WALK_BROKEN, "the address of its next page is none");
    if (!keep_next(w, url, len))
        return say(reason, WALK_BROKEN, "its next page is the page itself");
    return WALK_MORE;
}

static enum walk_step turn_token(struct walk *w, json_t *body, char reason[WALK_REASON])
{
    char number[32];
    const json_t *token = pointer_get(body, w->pages->next);
    const char *text = json_string_value(token);
    if (json_is_integer(token)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(token));
        text = number;
    }
    if ((w->pages->more && says_more(w, body) == 0) || !text || !*text)
        return WALK_END;
    if (w->pages->paging == PAGING_URL)
        return follow(w, text, strlen(text), reason);
    if (!keep_next(w, text, strlen(text)))
        return say(reason, WALK_BROKEN, "its cursor stays the same from one page to the next");
    return WALK_MORE;
}

static enum walk_step turn_link(struct walk *w, char reason[WALK_REASON])
{
    size_t len;
    const char *url = w->head.link ? link_next(w->head.link, &len) : NULL;
    return url ? follow(w, url, len, reason) : WALK_END;
}

/* By number without a total: what a first reading found, a second must find again. */
static enum walk_step turn_number(struct walk *w, char reason[WALK_REASON])
{
    if (w->total)
        return WALK_END;
    if (!w->again) {
        w->again = true;
        w->first_order = w->order;
        w->first_taken = w->taken;
        w->order = 0;
        w->taken = w->pages_read = 0;
        return w->first_taken ? WALK_MORE : WALK_END;
    }
    bool same = w->taken == w->first_taken && w->order == w->first_order;
    return same ? WALK_END : say(reason, WALK_CHANGED, "read again, it is another");
}

static enum walk_step turn_page(struct walk *w, json_t *body, size_t size, char reason[WALK_REASON])
{
    int more = w->pages->more ? says_more(w, body) : -1;
    if (w->pages->more && more < 0)
        return say(reason, WALK_BROKEN, "it does not say whether there is more");
    switch (w->pages->paging) {
    case PAGING_NONE:
        break;
    case PAGING_OFFSET:
        return size > 0 ? WALK_MORE : WALK_END;
    case PAGING_LAST:
        if (more == 1 && size == 0)
            return say(reason, WALK_CHANGED, "it says that there is more, and has nothing");
        return size > 0 && more != 0 ? WALK_MORE : WALK_END;
    case PAGING_NUMBER:
        if (size > 0 && more != 0 && (!w->total || (int64_t)w->taken < w->total - 1))
            return WALK_MORE;
        return turn_number(w, reason);
    case PAGING_TOKEN:
    case PAGING_URL:
        return turn_token(w, body, reason);
    case PAGING_LINK:
        return turn_link(w, reason);
    }
    return WALK_END;
}

static enum walk_step hear_total(struct walk *w, json_t *body, char reason[WALK_REASON])
{
    const json_t *total = w->pages->total ? pointer_get(body, w->pages->total) : NULL;
    char *end = NULL;
    json_int_t n = json_integer_value(total);
    if (json_is_string(total) && json_string_length(total))
        n = strtoll(json_string_value(total), &end, 10);
    if (!json_is_integer(total) && !(end && !*end))
        return WALK_MORE;
    if (n < 0 || n >= INT64_MAX || (w->total && w->total != n + 1))
        return say(reason, WALK_CHANGED, "its total changed from one page to the next");
    w->total = n + 1;
    return WALK_MORE;
}

enum walk_step walk_turn(struct walk *w, json_t *body, size_t size, char reason[WALK_REASON])
{
    enum walk_step step = hear_total(w, body, reason);
    if (!w->pages_read)
        w->page_size = size;
    w->short_page = size + (w->pages->paging == PAGING_OFFSET && w->pages_read) < w->page_size;
    w->pages_read++;
    if (step == WALK_MORE)
        step = turn_page(w, body, size, reason);
    if (step == WALK_MORE && w->pages_read == WALK_PAGES_MAX)
        return say(reason, WALK_BROKEN, "it has no end");
    if (step != WALK_END)
        return step;
    if (w->total && (int64_t)w->taken != w->total - 1) {
        snprintf(reason, WALK_REASON, "it tells of %" PRId64 " and has %zu", w->total - 1,
                 w->taken);
        return WALK_CHANGED;
    }
    const struct pages_read read = {w->taken, w->pages_read};
    if (pages_left(w->pages, w->request->path, body, &read, &w->head, reason))
        return WALK_BROKEN;
    return WALK_END;
}
