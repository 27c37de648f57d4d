#include "intake/walk.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
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

static int visit(const struct walker *w, struct buf *path, unsigned depth, struct error *err)
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
            result = visit(w, path, depth + 1, err);
        else if (S_ISREG(st.st_mode))
            result = w->file(w->at, buf_text(path), err);
    }
    free(entry);
    return result;
}

int walk(const struct walker *w, const char *directory, struct error *err)
{
    struct buf path = {0};
    buf_puts(&path, directory);
    int result = visit(w, &path, 0, err);
    buf_free(&path);
    return result;
}
