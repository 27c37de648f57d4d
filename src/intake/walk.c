#include "intake/walk.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MOST = 256 };

static int visible(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Whether a link leads to what the walk does not come to; one that leads nowhere does not. */
static bool leads_out(const char *link, const char *root)
{
    char *target = realpath(link, NULL), *top = realpath(root, NULL);
    size_t n = top ? strlen(top) : 0;
    bool out = target && top && strcmp(top, "/") != 0 &&
               (strncmp(target, top, n) != 0 || (target[n] && target[n] != '/'));
    free(target);
    free(top);
    return out;
}

static void pass(const struct walker *w, const char *root, const char *path, mode_t mode)
{
    if (!S_ISLNK(mode))
        w->passed(w->at, path,
                  S_ISFIFO(mode)   ? "a pipe"
                  : S_ISSOCK(mode) ? "a socket"
                                   : "a device");
    else if (leads_out(path, root))
        w->passed(w->at, path, "a symbolic link to elsewhere");
}

static int visit(const struct walker *w, const char *root, struct buf *path, unsigned depth,
                 struct error *err)
{
    struct dirent **entry;
    int count = scandir(buf_text(path), &entry, visible, by_name), result = 0;
    size_t len = path->len;
    if (count < 0) {
        w->lost(w->at, buf_text(path), errno);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        struct stat st;
        path->len = strcmp(buf_text(path), ".") == 0 ? 0 : len;
        if (path->len && path->data[path->len - 1] != '/')
            buf_putc(path, '/');
        buf_puts(path, entry[i]->d_name);
        free(entry[i]);
        if (result != 0)
            continue;
        if (lstat(buf_text(path), &st) != 0)
            w->lost(w->at, buf_text(path), errno);
        else if (S_ISDIR(st.st_mode) && depth < DEPTH_MOST)
            result = visit(w, root, path, depth + 1, err);
        else if (S_ISREG(st.st_mode))
            result = w->file(w->at, buf_text(path), err);
        else if (!S_ISDIR(st.st_mode))
            pass(w, root, buf_text(path), st.st_mode);
    }
    free(entry);
    return result;
}

int walk(const struct walker *w, const char *directory, struct error *err)
{
    struct buf path = {0};
    buf_puts(&path, directory);
    int result = visit(w, directory, &path, 0, err);
    buf_free(&path);
    return result;
}
