#include "engine/handover.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    if (nothing < 0 || dup2(input, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0)
        _exit(127);
    close_range(3, ~0U, 0);
    execle("/bin/sh", "sh", "-c", command, (char *)NULL, environment);
    _exit(127);
}

/* Writes all of it before the end of time; false where the command does not take it. */
static bool feed(int fd, const char *bytes, size_t len, int64_t end_us)
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
        struct pollfd p = {fd, POLLOUT, 0};
        if ((errno != EAGAIN && errno != EINTR) || left <= 0)
            return false;
        poll(&p, 1, (int)(left / 1000) + 1);
    }
    return true;
}

/* Its end, or its end by our hand. False: it took too long. */
static bool await(pid_t child, int64_t end_us, int *status)
{
    bool in_time = false;
    int fd = pidfd_open(child, 0);
    struct pollfd p = {fd, POLLIN, 0};
    for (int64_t left; fd >= 0 && !in_time && (left = end_us - clock_mono_us()) > 0;)
        in_time = poll(&p, 1, (int)(left / 1000) + 1) > 0;
    if (fd >= 0)
        close(fd);
    if (!in_time) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
    return in_time;
}

static bool is_credential(const struct catalog *c, const char *variable)
{
    for (size_t i = 0; i < catalog_count(c); i++) {
        const char *name = catalog_at(c, i)->credential;
        if (strncmp(variable, name, strlen(name)) == 0 && variable[strlen(name)] == '=')
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

static int start(const struct deliver_command *d, int *input, struct error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(err, EXIT_STOPPED, "no pipe to the command:");
    char **environment = environment_of(d->catalog);
    pid_t child = fork();
    if (child == 0)
        become(d->command, environment, ends[0]);
    free(environment);
    close(ends[0]);
    if (child < 0) {
        close(ends[1]);
        return error_set(err, EXIT_STOPPED, "the command cannot be started:");
    }
    *input = ends[1];
    return (int)child;
}

int deliver_command_give(void *at, const struct rotate_secret *s, struct error *err)
{
    const struct deliver_command *d = at;
    struct buf line = {0};
    int input = -1, status = 0;
    int64_t end = clock_mono_us() + d->timeout_us;
    buf_room(&line,
             6 * (strlen(s->name) + strlen(s->key)) + strlen(s->old_id) + strlen(s->new_id) + 128);
    put_member(&line, "old_hash", s->old_id);
    put_member(&line, "new_hash", s->new_id);
    put_member(&line, "name", s->name);
    put_member(&line, "key", s->key);
    buf_puts(&line, "}\n");
    pid_t child = start(d, &input, err);
    bool fed = child > 0 && feed(input, line.data, line.len, end);
    mem_wipe(line.data, line.cap);
    buf_free(&line);
    if (child < 0)
        return -1;
    close(input);
    if (!await(child, end, &status))
        return error_set(err, EXIT_STOPPED, "the command took longer than %d s",
                         (int)(d->timeout_us / 1000000));
    if (WIFSIGNALED(status))
        return error_set(err, EXIT_STOPPED, "the command was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status))
        return error_set(err, EXIT_STOPPED, "the command ended with status %d",
                         WEXITSTATUS(status));
    return fed ? 0 : error_set(err, EXIT_STOPPED, "the command did not read its input");
}
