/* The question, asked of a process of its own at a pseudo-terminal. */

#include "base/buf.h"
#include "cli/confirm.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000 };

#define QUESTION "This revokes 1,200 targets.\r\nType the number of targets (1,200) to go on: "

/* Where the process under test has what. */
enum place { AT_TERMINAL, STDIN_PIPED, STDERR_PIPED, NO_TERMINAL };

/* The child: exit status 0 where it was confirmed, else the error's code; the text goes to `told`.
 */
static void child(enum place place, bool manifest_on_stdin, int told)
{
    struct error err = {0};
    int null = open("/dev/null", O_RDWR);
    alarm(PATIENCE_MS / 1000);
    if (place == STDIN_PIPED || place == NO_TERMINAL)
        dup2(null, STDIN_FILENO);
    if (place == STDERR_PIPED || place == NO_TERMINAL)
        dup2(null, STDERR_FILENO);
    if (place == NO_TERMINAL)
        setsid();
    int result = confirm_count("This revokes 1,200 targets.", 1200, manifest_on_stdin, &err);
    size_t len = strlen(err.text);
    if (write(told, err.text, len) != (ssize_t)len)
        _exit(99);
    _exit(result == 0 ? 0 : (int)err.code);
}

static bool readable(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, PATIENCE_MS) == 1;
}

/* Reads until the text ends with `end`, or to the end of it. */
static void read_until(int fd, const char *end, struct buf *out)
{
    while (readable(fd)) {
        ssize_t n = read(fd, buf_room(out, 256), 256);
        if (n <= 0)
            return;
        out->len += (size_t)n;
        buf_puts(out, "");
        size_t len = strlen(end);
        if (*end && out->len >= len && strcmp(out->data + out->len - len, end) == 0)
            return;
    }
}

struct row {
    enum place place;
    bool manifest_on_stdin;
    const char *typed; /* NULL: nothing is asked */
    int status;
    const char *told;
};

static void play(const struct row *r, bool early)
{
    int terminal, told[2];
    struct buf screen = {0}, text = {0};
    assert_int_equal(pipe2(told, O_CLOEXEC), 0);
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(pid >= 0);
    if (pid == 0)
        child(r->place, r->manifest_on_stdin, told[1]);
    close(told[1]);
    if (r->typed) {
        if (!early)
            read_until(terminal, "to go on: ", &screen);
        assert_int_equal(write(terminal, r->typed, strlen(r->typed)), strlen(r->typed));
        if (!early)
            assert_string_equal(buf_text(&screen), QUESTION);
    }
    read_until(told[0], "", &text);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != r->status || strncmp(buf_text(&text), r->told, strlen(r->told)) != 0)
        fail_msg("%s: %d, %s", r->typed ? r->typed : "", WEXITSTATUS(status), buf_text(&text));
    buf_free(&screen);
    buf_free(&text);
    close(told[0]);
    close(terminal);
}

static const char wrong[] = "the answer was not 1,200, the number of targets: nothing was sent";
static const char no_terminal[] = "no terminal to ask at whether 1,200 targets may be changed";

static void answers(void **state)
{
    static const struct row rows[] = {
        {AT_TERMINAL, false, "1200\n", 0, ""},
        {AT_TERMINAL, false, "1,200\n", 0, ""},
        {AT_TERMINAL, false, "  1200 \n", 0, ""},
        {AT_TERMINAL, false, "\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "y\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "yes\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "120\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "12000\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "01200\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "+1200\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "12,00\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "1200x\n", EXIT_REFUSED, wrong},
        {AT_TERMINAL, false,
         "1200000000000000000000000000000000000000000000000000000000000000000000000000000000\n",
         EXIT_REFUSED, wrong},
        {AT_TERMINAL, false, "\x04", EXIT_REFUSED, "the question was not answered: nothing was s"},
        {AT_TERMINAL, false, "\x03", EXIT_REFUSED, "interrupted at the question: nothing was sent"},
        {AT_TERMINAL, false, "12\x03", EXIT_REFUSED, "interrupted at the question: nothing was s"},
        {STDIN_PIPED, true, "1200\n", 0, ""}, /* asked at /dev/tty */
        {STDIN_PIPED, true, "y\n", EXIT_REFUSED, wrong},
        {STDIN_PIPED, false, NULL, EXIT_REFUSED, no_terminal},
        {STDERR_PIPED, false, NULL, EXIT_REFUSED, no_terminal},
        {NO_TERMINAL, false, NULL, EXIT_REFUSED, no_terminal},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        play(&rows[i], false);
}

/* forkpty's child leads its session, so it cannot leave it: a child of its own does. */
static void manifest_on_stdin_without_a_terminal(void **state)
{
    int told[2];
    struct buf text = {0};
    (void)state;
    assert_int_equal(pipe2(told, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        child(NO_TERMINAL, true, told[1]);
    close(told[1]);
    read_until(told[0], "", &text);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), EXIT_REFUSED);
    assert_memory_equal(buf_text(&text), no_terminal, strlen(no_terminal));
    buf_free(&text);
    close(told[0]);
}

/* What was typed before the question is an answer like any other. */
static void typed_ahead(void **state)
{
    static const struct row row = {AT_TERMINAL, false, "1200\n", 0, ""};
    (void)state;
    play(&row, true);
}

static void some_handler(int signal)
{
    (void)signal;
}

/* The handlers and the mask of the caller are as they were. */
static void signals_are_given_back(void **state)
{
    int terminal;
    (void)state;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        struct sigaction action;
        sigset_t before, after;
        alarm(PATIENCE_MS / 1000);
        signal(SIGINT, some_handler);
        sigprocmask(SIG_BLOCK, NULL, &before);
        if (confirm_count("What.", 3, false, &err) != 0)
            _exit(1);
        sigprocmask(SIG_BLOCK, NULL, &after);
        for (int i = 1; i < 32; i++)
            if (sigismember(&before, i) != sigismember(&after, i))
                _exit(2);
        _exit(sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler == some_handler ? 0 : 3);
    }
    struct buf screen = {0};
    int status;
    read_until(terminal, "to go on: ", &screen);
    assert_int_equal(write(terminal, "3\n", 2), 2);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    buf_free(&screen);
    close(terminal);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(manifest_on_stdin_without_a_terminal),
        cmocka_unit_test(typed_ahead),
        cmocka_unit_test(signals_are_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
