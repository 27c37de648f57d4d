/* A preloaded library that makes one call of a program fail, fall short, or be its last.
 *
 *   INJECT=CALL:N:WHAT     the N-th CALL, counted from 1; N+ is the N-th and all after it
 *   INJECT_UNDER=DIR       only files in DIR, and DIR itself, count (not for send and alloc)
 *   INJECT_TRACE=FILE      gets a line per call, "CALL NAME", and "! CALL NAME" for one that was
 *                          hit, so a test knows what was asked for before and after;
 *                          "synced NAME SIZE" follows a sync that succeeded, and what is sent is
 *                          told with its path: "send DELETE /keys/1"
 *
 * CALL: open write pwrite fdatasync fsync ftruncate rename mkdir read pread send alloc
 * WHAT: ENOSPC EIO EINTR EACCES EROFS EMFILE ENOMEM, fails so, with nothing done
 *       short       half of the bytes are taken, and that is said
 *       torn        half of the bytes are taken, then the process is killed
 *       kill        killed before the call; kill-after: after it
 *
 * An alloc that is hit returns NULL. Allocations are not traced, but counted: "allocs COUNT" stands
 * at the end of the trace of a process that exits. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum what { NOTHING, FAIL, SHORT, TORN, KILL, KILL_AFTER };

static struct {
    bool ready, from_there_on;
    char call[16], under[512];
    unsigned long nth, count, allocs;
    enum what what;
    int code, trace;
} plan = {.trace = -1};

static const struct {
    const char *name;
    int code;
} codes[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO},       {"EINTR", EINTR},  {"EACCES", EACCES},
             {"EROFS", EROFS},   {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}};

static void die(const char *why)
{
    dprintf(STDERR_FILENO, "inject: %s\n", why);
    _exit(99);
}

static void read_what(const char *word)
{
    if (strcmp(word, "short") == 0)
        plan.what = SHORT;
    else if (strcmp(word, "torn") == 0)
        plan.what = TORN;
    else if (strcmp(word, "kill") == 0)
        plan.what = KILL;
    else if (strcmp(word, "kill-after") == 0)
        plan.what = KILL_AFTER;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(word, codes[i].name) == 0) {
            plan.what = FAIL;
            plan.code = codes[i].code;
        }
    if (plan.what == NOTHING)
        die("no such thing to do");
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("INJECT"), *under = getenv("INJECT_UNDER");
    const char *trace = getenv("INJECT_TRACE");
    char word[16], plus[2] = "";
    if (under)
        snprintf(plan.under, sizeof plan.under, "%s", under);
    if (trace)
        plan.trace = (int)syscall(SYS_openat, AT_FDCWD, trace,
                                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (text && *text) {
        const char *last = strrchr(text, ':');
        if (sscanf(text, "%15[^:]:%lu%1[+]", plan.call, &plan.nth, plus) < 2 || !last)
            die("INJECT is CALL:N:WHAT");
        snprintf(word, sizeof word, "%s", last + 1);
        plan.from_there_on = plus[0] == '+';
        read_what(word);
    }
    plan.ready = true;
}

__attribute__((destructor)) static void end(void)
{
    if (plan.trace >= 0)
        dprintf(plan.trace, "allocs %lu\n", plan.allocs);
}

static enum what hit(const char *call)
{
    if (strcmp(call, plan.call) != 0)
        return NOTHING;
    unsigned long n = __atomic_add_fetch(&plan.count, 1, __ATOMIC_SEQ_CST);
    return n == plan.nth || (n > plan.nth && plan.from_there_on) ? plan.what : NOTHING;
}

static void last_breath(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Counts and traces; what is to happen now. A kill before the call happens here. */
static enum what ask(const char *call, const char *name)
{
    char line[640];
    enum what what = hit(call);
    int len = snprintf(line, sizeof line, "%s%s %s\n", what ? "! " : "", call, name);
    if (plan.trace >= 0)
        syscall(SYS_write, plan.trace, line, (size_t)len);
    if (what == KILL)
        last_breath();
    return what;
}

static const char *under(const char *path)
{
    size_t len = strlen(plan.under);
    if (!plan.ready || !len || strncmp(path, plan.under, len) != 0)
        return NULL;
    if (path[len] == '\0')
        return ".";
    return path[len] == '/' ? path + len + 1 : NULL;
}

/* The name below INJECT_UNDER of an open file, or NULL. */
static const char *name_of(int fd, char path[512])
{
    char link[40];
    if (!plan.ready || fd < 0)
        return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, 511);
    if (len < 0)
        return NULL;
    path[len] = '\0';
    return under(path);
}

static bool failed(enum what what)
{
    if (what == FAIL)
        errno = plan.code;
    return what == FAIL;
}

#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real)                                                                                     \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define AFTER(what)                                                                                \
    if ((what) == KILL_AFTER)                                                                      \
    last_breath()

int open(const char *path, int flags, ...)
{
    REAL(open);
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    const char *name = under(path);
    enum what what = name ? ask("open", name) : NOTHING;
    if (failed(what))
        return -1;
    int fd = real(path, flags, mode);
    AFTER(what);
    return fd;
}

/* `step` does the call with that many bytes. */
#define TRANSFER(call, fd, len, step)                                                              \
    char path[512];                                                                                \
    const char *name = name_of(fd, path);                                                          \
    enum what what = name ? ask(call, name) : NOTHING;                                             \
    if (failed(what))                                                                              \
        return -1;                                                                                 \
    size_t most = (what == SHORT || what == TORN) && (len) > 1 ? (len) / 2 : (len);                \
    ssize_t n = step;                                                                              \
    if (what == TORN || what == KILL_AFTER)                                                        \
        last_breath();                                                                             \
    return n

ssize_t write(int fd, const void *bytes, size_t len)
{
    REAL(write);
    TRANSFER("write", fd, len, real(fd, bytes, most));
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    REAL(pwrite);
    TRANSFER("pwrite", fd, len, real(fd, bytes, most, at));
}

ssize_t read(int fd, void *bytes, size_t len)
{
    REAL(read);
    TRANSFER("read", fd, len, real(fd, bytes, most));
}

ssize_t pread(int fd, void *bytes, size_t len, off_t at)
{
    REAL(pread);
    TRANSFER("pread", fd, len, real(fd, bytes, most, at));
}

static void trace_synced(const char *name, int fd)
{
    struct stat st;
    if (plan.trace >= 0 && fstat(fd, &st) == 0)
        dprintf(plan.trace, "synced %s %lld\n", name, (long long)st.st_size);
}

#define ON_FILE(call)                                                                              \
    int call(int fd)                                                                               \
    {                                                                                              \
        REAL(call);                                                                                \
        char path[512];                                                                            \
        const char *name = name_of(fd, path);                                                      \
        enum what what = name ? ask(#call, name) : NOTHING;                                        \
        if (failed(what))                                                                          \
            return -1;                                                                             \
        int r = real(fd);                                                                          \
        AFTER(what);                                                                               \
        if (r == 0 && name)                                                                        \
            trace_synced(name, fd);                                                                \
        return r;                                                                                  \
    }
ON_FILE(fdatasync)
ON_FILE(fsync)

int ftruncate(int fd, off_t size)
{
    REAL(ftruncate);
    char path[512];
    const char *name = name_of(fd, path);
    enum what what = name ? ask("ftruncate", name) : NOTHING;
    if (failed(what))
        return -1;
    int r = real(fd, size);
    AFTER(what);
    return r;
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    const char *name = under(to);
    enum what what = name ? ask("rename", name) : NOTHING;
    if (failed(what))
        return -1;
    int r = real(from, to);
    AFTER(what);
    return r;
}

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    const char *name = under(path);
    enum what what = name ? ask("mkdir", name) : NOTHING;
    if (failed(what))
        return -1;
    int r = real(path, mode);
    AFTER(what);
    return r;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    REAL(send);
    char line[512] = "";
    memcpy(line, bytes, len < sizeof line - 1 ? len : sizeof line - 1);
    line[strcspn(line, "\r\n")] = '\0';
    enum what what = plan.ready ? ask("send", line) : NOTHING;
    if (failed(what))
        return -1;
    size_t most = (what == SHORT || what == TORN) && len > 1 ? len / 2 : len;
    ssize_t n = real(fd, bytes, most, flags);
    if (what == TORN || what == KILL_AFTER)
        last_breath();
    return n;
}

#ifndef WITHOUT_ALLOC
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool alloc_fails(void)
{
    if (!plan.ready)
        return false;
    __atomic_add_fetch(&plan.allocs, 1, __ATOMIC_RELAXED);
    enum what what = hit("alloc");
    if (what == NOTHING)
        return false;
    if (what != FAIL)
        last_breath();
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return alloc_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return alloc_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return alloc_fails() ? NULL : __libc_realloc(old, size);
}
#endif
