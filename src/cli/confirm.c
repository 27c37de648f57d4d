/* The question before a deletion. What is typed must be the number itself, so that a habitual "y"
 * or a key held down cannot answer. */

#include "cli/confirm.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 };

enum answer { ANSWER_LINE, ANSWER_END, ANSWER_INTERRUPT };

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* SIGINT and SIGTERM are taken over before the question is shown, and let in only while poll waits,
 * so that none is lost and none ends the process with the cursor behind the question. */
struct takeover {
    struct sigaction old_int, old_term;
    sigset_t before, waiting;
};

static void signals_take(struct takeover *t)
{
    struct sigaction mine = {.sa_handler = on_signal};
    sigset_t block;
    interrupted = 0;
    sigemptyset(&mine.sa_mask);
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGTERM);
    sigprocmask(SIG_BLOCK, &block, &t->before);
    sigaction(SIGINT, &mine, &t->old_int);
    sigaction(SIGTERM, &mine, &t->old_term);
    t->waiting = t->before;
    sigdelset(&t->waiting, SIGINT);
    sigdelset(&t->waiting, SIGTERM);
}

static void signals_give_back(const struct takeover *t)
{
    sigaction(SIGINT, &t->old_int, NULL);
    sigaction(SIGTERM, &t->old_term, NULL);
    sigprocmask(SIG_SETMASK, &t->before, NULL);
}

static enum answer read_line(int fd, const struct takeover *t, char line[ANSWER_MAX])
{
    enum answer answer = ANSWER_END;
    size_t len = 0;
    for (;;) {
        char c;
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (ppoll(&ready, 1, NULL, &t->waiting) < 0) {
            if (errno == EINTR && !interrupted)
                continue;
            answer = interrupted ? ANSWER_INTERRUPT : ANSWER_END;
            break;
        }
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            break;
        if (c == '\n') {
            answer = ANSWER_LINE;
            break;
        }
        if (len < ANSWER_MAX - 1)
            line[len++] = c;
    }
    line[len] = '\0';
    return answer;
}

static bool is_count(char *typed, uint64_t count)
{
    char grouped[TEXT_COUNT], plain[TEXT_COUNT];
    typed += strspn(typed, " \t");
    typed[strcspn(typed, " \t\r")] = '\0';
    snprintf(plain, sizeof plain, "%llu", (unsigned long long)count);
    return strcmp(typed, plain) == 0 || strcmp(typed, text_count(count, grouped)) == 0;
}

static void put(int fd, const struct buf *text)
{
    size_t done = 0;
    while (done < text->len) {
        ssize_t n = write(fd, text->data + done, text->len - done);
        if (n < 0 && errno != EINTR)
            return;
        done += n > 0 ? (size_t)n : 0;
    }
}

static int ask(int in, int out, const char *what, uint64_t count, struct error *err)
{
    char typed[ANSWER_MAX], number[TEXT_COUNT];
    struct buf question = {0};
    struct takeover signals;
    signals_take(&signals);
    buf_printf(&question, "%s\nType the number of targets (%s) to go on: ", what,
               text_count(count, number));
    put(out, &question);
    enum answer answer = read_line(in, &signals, typed);
    signals_give_back(&signals);
    buf_clear(&question);
    if (answer != ANSWER_LINE) {
        buf_putc(&question, '\n');
        put(out, &question);
    }
    buf_free(&question);
    if (answer == ANSWER_INTERRUPT)
        return error_set(err, EXIT_REFUSED, "interrupted at the question: nothing was sent");
    if (answer == ANSWER_END)
        return error_set(err, EXIT_REFUSED, "the question was not answered: nothing was sent");
    /* What was typed is not repeated: a pasted line may be anything. */
    if (!is_count(typed, count))
        return error_set(err, EXIT_REFUSED,
                         "the answer was not %s, the number of targets: nothing was sent", number);
    return 0;
}

int confirm_count(const char *what, uint64_t count, bool manifest_on_stdin, struct error *err)
{
    char number[TEXT_COUNT];
    if (!manifest_on_stdin && isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
        return ask(STDIN_FILENO, STDERR_FILENO, what, count, err);
    int tty = manifest_on_stdin ? open("/dev/tty", O_RDWR | O_CLOEXEC) : -1;
    if (tty < 0)
        return error_set(err, EXIT_REFUSED,
                         "no terminal to ask at whether %s targets may be changed: look at it with "
                         "'rescind plan', then give --yes",
                         text_count(count, number));
    int answered = ask(tty, tty, what, count, err);
    close(tty);
    return answered;
}
