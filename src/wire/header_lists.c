#include "wire/header_lists.h"

#include "base/locked.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The lines lie in locked memory, one copy for all lists; those that were added elsewhere. */
struct http_headers {
    struct curl_slist *list[BODY_FORMS]; /* the first nodes of arrays */
    const char **line;                   /* those that are not ours, NULL-terminated */
    char *room, *added;
    size_t size;
};

/* Unless one of the same name is given. libcurl prints its own of these twice, a character at a
 * time. */
static const char user_agent[] = "User-Agent: rescind/" RESCIND_VERSION;
static const char *const ours[] = {user_agent, "Accept: application/json",
                                   "Accept-Encoding: identity"};
static const char json_body[] = "Content-Type: application/json";
static const char form_body[] = "Content-Type: application/x-www-form-urlencoded";
static const char no_expect[] = "Expect:";
enum { OURS = sizeof ours / sizeof *ours };

static int check_lines(const char *const *lines, size_t *count, size_t *size, struct error *err)
{
    for (*count = *size = 0; lines[*count]; ++*count) {
        const char *line = lines[*count];
        if (strpbrk(line, "\r\n") || !strchr(line, ':'))
            return error_set(err, EXIT_CREDENTIAL, "header %zu holds a line break or no colon",
                             *count + 1);
        *size += strlen(line) + 1;
    }
    return 0;
}

/* libcurl only reads it: no line of ours is copied into its memory before it is sent. */
static struct curl_slist *list_of(const char **texts, size_t count)
{
    struct curl_slist *nodes = mem_zalloc(count, sizeof *nodes);
    for (size_t i = 0; i < count; i++)
        nodes[i] = (struct curl_slist){(char *)texts[i], i + 1 < count ? &nodes[i + 1] : NULL};
    return nodes;
}

static bool has_name_of(const char *const *lines, const char *line)
{
    size_t name = strcspn(line, ":") + 1;
    while (*lines && strncasecmp(*lines, line, name) != 0)
        lines++;
    return *lines;
}

/* Of its lines, which stay where they are. */
static struct http_headers *make_lists(struct http_headers *h, size_t count)
{
    const char **texts = mem_zalloc(count + OURS + 2, sizeof *texts); /* type and expect, too */
    if (count)
        memcpy(texts, h->line, count * sizeof *texts);
    for (size_t i = 0; i < OURS; i++)
        if (!has_name_of(h->line, ours[i]))
            texts[count++] = ours[i];
    h->list[BODY_NONE] = list_of(texts, count);
    texts[count + 1] = no_expect;
    texts[count] = json_body;
    h->list[BODY_JSON] = list_of(texts, count + 2);
    texts[count] = form_body;
    h->list[BODY_FORM] = list_of(texts, count + 2);
    free(texts);
    return h;
}

/* Copies lines one behind the other into `room`, and says where each is. */
static void copy_lines(const char *const *lines, size_t count, char *room, const char **at)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(lines[i]) + 1;
        at[i] = memcpy(room, lines[i], len);
        room += len;
    }
}

struct http_headers *http_headers_new(const char *const *lines, struct error *err)
{
    size_t count, size;
    if (check_lines(lines, &count, &size, err) != 0)
        return NULL;
    struct http_headers *h = mem_zalloc(1, sizeof *h);
    h->size = size + 1;
    h->room = locked_new(h->size);
    if (!h->room) {
        error_set(err, EXIT_CREDENTIAL, "no memory for the headers:");
        free(h);
        return NULL;
    }
    h->line = mem_zalloc(count + 1, sizeof *h->line);
    copy_lines(lines, count, h->room, h->line);
    return make_lists(h, count);
}

struct http_headers *http_headers_with(const struct http_headers *base, const char *const *more,
                                       struct error *err)
{
    size_t had = 0, count, size;
    if (check_lines(more, &count, &size, err) != 0)
        return NULL;
    while (base->line[had])
        had++;
    struct http_headers *h = mem_zalloc(1, sizeof *h);
    h->line = mem_zalloc(had + count + 1, sizeof *h->line);
    if (had)
        memcpy(h->line, base->line, had * sizeof *h->line);
    h->added = mem_alloc(size + 1);
    copy_lines(more, count, h->added, h->line + had);
    return make_lists(h, had + count);
}

void http_headers_free(struct http_headers *h)
{
    if (!h)
        return;
    if (h->room)
        locked_free(h->room, h->size);
    free(h->added);
    free(h->line);
    for (size_t i = 0; i < BODY_FORMS; i++)
        free(h->list[i]);
    free(h);
}

const struct curl_slist *header_list(const struct http_headers *h, enum body_form form)
{
    return h->list[form];
}
