#include "base/runtime_dir.h"

#include "base/buf.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ours(const struct stat *st)
{
    return st->st_uid == geteuid() && !(st->st_mode & (S_IRWXG | S_IRWXO));
}

static int open_ours(const char *path)
{
    struct stat st;
    if (mkdir(path, 0700) != 0 && access(path, F_OK) != 0)
        return -1;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && ours(&st))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Below a directory that is the user's own (XDG Base Directory Specification): root, who may have
 * been handed the environment of another, leaves nothing there. */
static int open_below(const char *parent)
{
    struct stat st;
    struct buf path = {0};
    int fd = -1;
    buf_printf(&path, "%s/rescind", parent);
    if (*parent == '/' && stat(parent, &st) == 0 && ours(&st))
        fd = open_ours(buf_text(&path));
    buf_free(&path);
    return fd;
}

/* Its descriptor, made where it is missing; -1: there is none to be had. */
static int runtime_dir_open(void)
{
    const char *own = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
    struct buf path = {0};
    int fd = own ? open_below(own) : -1;
    if (fd < 0) {
        buf_printf(&path, "/run/user/%lu", (unsigned long)geteuid());
        fd = open_below(buf_text(&path));
    }
    if (fd < 0) {
        buf_clear(&path);
        buf_printf(&path, "%s/rescind-%lu", temporary && *temporary == '/' ? temporary : "/tmp",
                   (unsigned long)geteuid());
        fd = open_ours(buf_text(&path));
    }
    buf_free(&path);
    return fd;
}

int runtime_file_open(const char *name)
{
    struct stat st;
    int dir = runtime_dir_open(), fd = -1;
    if (dir < 0)
        return -1;
    fd = openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    close(dir);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ours(&st) && st.st_nlink == 1)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}
