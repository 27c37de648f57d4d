/* What says that a list goes on: in its body, and in the head of its answer. */

#include "provider/pages_left.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

/* "Name: value\nName: value" */
static const char *header_in(void *at, const char *name)
{
    static char value[200];
    for (const char *line = at; line && *line;) {
        const size_t len = strcspn(line, "\n"), n = strlen(name);
        if (len > n + 2 && strncasecmp(line, name, n) == 0 && line[n] == ':') {
            memcpy(value, line + n + 2, len - n - 2);
            value[len - n - 2] = '\0';
            return value;
        }
        line += len + (line[len] == '\n');
    }
    return NULL;
}

/* Of a page of three items that is the only one. */
static const struct row {
    const char *path, *body, *headers, *reason; /* NULL: it is whole */
    enum paging paging;
} rows[] = {
    {"/k", "{}", "", NULL, PAGING_NONE},
    {"/k", "{\"@odata.nextLink\":\"http://x/k?$skip=3\"}", "", "its `@odata.nextLink`",
     PAGING_NONE},
    {"/k", "{\"offset\":0,\"limit\":3}", "", "it may not be whole: it has 3", PAGING_NONE},
    {"/k", "{\"offset\":0,\"limit\":4}", "", NULL, PAGING_NONE},
    {"/k", "{\"meta\":{\"per_page\":\"3\"}}", "", "it may not be whole", PAGING_NONE},
    {"/k", "{\"limit\":3}", "", NULL, PAGING_OFFSET},
    {"/k?limit=3", "{}", "", "it may not be whole", PAGING_NONE},
    {"/k?limit=100", "{}", "X-Per-Page: 3", "it may not be whole", PAGING_NONE},
    {"/k?limit=100", "{}", "X-Per-Page: 20", NULL, PAGING_NONE},
    {"/k", "{}", "X-Next-Page: 2", "its X-Next-Page header", PAGING_NONE},
    {"/k", "{}", "X-Next-Page: 0\nX-Total: 3", NULL, PAGING_NONE},
    {"/k", "{}", "x-total: 4", "its headers tell of more items", PAGING_NONE},
    {"/k", "{}", "X-Total-Count: 40", "its headers tell of more items", PAGING_NUMBER},
    {"/k", "{}", "X-Total-Pages: 2", "its headers tell of more pages", PAGING_NONE},
    {"/k", "{}", "X-Total-Pages: 1\nX-Total-Count: 3", NULL, PAGING_NONE},
    {"/k", "{}", "Content-Range: items 0-2/40", "its headers tell of more items", PAGING_NONE},
    {"/k", "{}", "Content-Range: items 0-2/3", NULL, PAGING_NONE},
    {"/k", "{}", "Content-Range: items 0-2/*", NULL, PAGING_NONE},
    {"/k", "{}", "Content-Range: bytes 0-20/4000", NULL, PAGING_NONE},
    {"/k", "{}", "Link: </k?p=2>; rel=\"next\"", "its Link header", PAGING_NONE},
    {"/k", "{}", "Link: </k?p=2>; rel=\"next\"", NULL, PAGING_LINK},
};

static void signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        const struct list_pages pages = {.paging = r->paging};
        const struct pages_read read = {.taken = 3, .pages = 1};
        const struct header_source headers = {header_in, (void *)(uintptr_t)r->headers};
        const struct page_head head = page_head_of(&headers);
        json_t *body = json_loads(r->body, 0, NULL);
        char reason[200] = "";
        print_message("%s %s %s\n", r->path, r->body, r->headers);
        assert_int_equal(pages_left(&pages, r->path, body, &read, &head, reason),
                         r->reason != NULL);
        assert_non_null(strstr(reason, r->reason ? r->reason : ""));
        json_decref(body);
    }
    assert_null(page_head_of(&(struct header_source){0}).link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
