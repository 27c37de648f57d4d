#include "rotate/handover.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/descriptors.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void put_member(struct buf *line, const char *name, const char *value)
{
    buf_puts(line, line->len ? "," : "{");
    buf_put_json_string(line, name);
    buf_putc(line, ':');
    buf_put_json_string(line, value);
}

/* In a child of ours: no descriptor but its standard ones, no signal blocked or ignored, a group of
 * its own so that Ctrl-C is for rescind alone. */
__attribute__((noreturn)) static void become(const char *command, char **environment, int input)
{
    sigset_t none;
    int nothing = open("/dev/null", O_WRONLY);
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    if (nothing < 0 || dup2(input, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0)
        _exit(127);
    close_range(3, ~0U, 0);
    descriptors_restore();
    execle("/bin/sh", "sh", "-c", command, (char *)NULL, environment);
    _exit(127);
}

/* Writes all of it before the end of time; false where the command ends before it takes it. */
static bool feed(int fd, int child_fd, const char *bytes, size_t len, int64_t end_us)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
            continue;
        }
        int64_t left = end_us - clock_mono_us();
        struct pollfd p[] = {{fd, POLLOUT, 0}, {child_fd, POLLIN, 0}};
        if ((errno != EAGAIN && errno != EINTR) || left <= 0)
            return false;
        if (poll(p, 2, (int)(left / 1000) + 1) > 0 && !p[0].revents)
            return false;
    }
    return true;
}

/* Whether what the command was given, but for the newline, is still in the pipe. */
static bool unread(int output)
{
    int left = 0;
    return ioctl(output, FIONREAD, &left) == 0 && left > 1;
}

/* Its end, or its end by our hand where it took too long, or no time is left for it. */
static enum handover_wait await(pid_t child, int child_fd, int64_t end_us,
                                const struct handover_clerk *clerk, int *status)
{
    enum handover_wait how =
        child_fd >= 0 ? clerk->wait(clerk->at, child_fd, end_us) : HANDOVER_LATE;
    if (how != HANDOVER_READY) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
    return how;
}

/* NAME=..., NAME_FILE=..., and those of accounts, NAME__TEAM_A=... */
static bool is_named(const char *variable, const char *name, size_t len)
{
    if (strncmp(variable, name, len) != 0)
        return false;
    const char *rest = variable + len;
    return *rest == '=' || strncmp(rest, "__", 2) == 0 || strncmp(rest, "_FILE=", 6) == 0;
}

/* Whether some header of this definition has it. */
static bool in_header(const struct definition *d, const char *variable)
{
    for (char **header = d->headers; header && *header; header++)
        for (const char *at = *header; (at = strstr(at, "{env:"));) {
            at += 5;
            if (is_named(variable, at, strcspn(at, "?}")))
                return true;
        }
    return false;
}

static bool is_credential(const struct catalog *c, const char *variable)
{
    for (size_t i = 0; i < catalog_count(c); i++) {
        const struct definition *d = catalog_at(c, i);
        if (is_named(variable, d->credential, strlen(d->credential)) || in_header(d, variable))
            return true;
    }
    return false;
}

/* Ours without the credentials: pointers into it. */
static char **environment_of(const struct catalog *c)
{
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **out = mem_zalloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++)
        if (!is_credential(c, environ[i]))
            out[kept++] = environ[i];
    return out;
}

/* The child. Both ends of its pipe stay open: what it leaves unread can be counted. */
static int start(const struct deliver_command *d, int ends[2], struct error *err)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(err, EXIT_STOPPED, "no pipe to the command:");
    char **environment = environment_of(d->catalog);
    pid_t child = fork();
    if (child == 0)
        become(d->command, environment, ends[0]);
    free(environment);
    if (child < 0) {
        error_set(err, EXIT_STOPPED, "the command cannot be started:");
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    return (int)child;
}

int deliver_command_give(void *at, const struct rotate_secret *s, size_t count,
                         const struct handover_clerk *clerk, struct error *err)
{
    const struct deliver_command *d = at;
    (void)count; /* one a call */
    struct buf line = {0};
    int ends[2], status = 0;
    int64_t end = clock_mono_us() + d->timeout_us;
    buf_room(&line,
             6 * (strlen(s->name) + strlen(s->key)) + strlen(s->old_id) + strlen(s->new_id) + 128);
    put_member(&line, "old_hash", s->old_id);
    put_member(&line, "new_hash", s->new_id);
    put_member(&line, "name", s->name);
    put_member(&line, "key", s->key);
    buf_puts(&line, "}\n");
    pid_t child = start(d, ends, err);
    int child_fd = child > 0 ? pidfd_open(child, 0) : -1;
    bool fed = child > 0 && feed(ends[1], child_fd, line.data, line.len, end);
    mem_wipe(line.data, line.cap);
    buf_free(&line);
    if (child < 0)
        return -1;
    close(ends[1]);
    enum handover_wait how = await(child, child_fd, end, clerk, &status);
    fed = fed && !unread(ends[0]);
    close(ends[0]);
    if (child_fd >= 0)
        close(child_fd);
    if (how == HANDOVER_HURRIED)
        return error_set(err, EXIT_STOPPED, "the command was ended by a second signal");
    if (how == HANDOVER_LATE)
        return error_set(err, EXIT_STOPPED, "the command took longer than %d s",
                         (int)(d->timeout_us / 1000000));
    if (WIFSIGNALED(status))
        return error_set(err, EXIT_STOPPED, "the command was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status))
        return error_set(err, EXIT_STOPPED, "the command ended with status %d",
                         WEXITSTATUS(status));
    return fed ? 0 : error_set(err, EXIT_STOPPED, "the command did not read its input");
}
