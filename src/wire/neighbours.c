#include "wire/neighbours.h"

#include "wire/listener.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/runtime_dir.h"
#include "provider/hints.h"
#include "provider/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ROWS = 256,
    SEATS = 32,
    HEAR_US = 1000,    /* between two looks, at least: what a look costs is nothing then */
    RENEW_MS = 200,    /* a seat, */
    GONE_MS = 2500,    /* and one that was not is left: no turn of a loop takes longer than 1 s */
    FRESH_MS = 120000, /* a limit whose finders are gone */
    LOCK_TRIES = 20,   /* a millisecond apart */
};

struct seat {
    uint64_t mark;
    uint64_t whose;
    int64_t renewed_ms; /* 0: left */
    int64_t until_ms, told_ms;
    int64_t learned_ms; /* 0: never */
    float own, all;
    uint32_t sharing;
    uint32_t check; /* of all bytes before */
};
_Static_assert(sizeof(struct seat) == 64, "what is on disk");

struct neighbours {
    int fd;
    off_t row;
    int at; /* its seat; -1: none yet */
    struct seat mine;
    int64_t heard_us, told_us;
    struct seat all[SEATS]; /* as last read */
};

static int64_t boot_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t check_of(const struct seat *s)
{
    return crc32c(0, s, offsetof(struct seat, check));
}

/* Somebody's of this pair, and whole: one that is being written is read again soon. */
static bool is_ours(const struct neighbours *n, const struct seat *s)
{
    return s->mark == n->mine.mark && s->check == check_of(s);
}

static bool is_living(const struct seat *s, int64_t now_ms)
{
    return s->renewed_ms > now_ms - GONE_MS && s->renewed_ms <= now_ms;
}

static int64_t held_until(const struct seat *s, int64_t now_ms)
{
    const int64_t most = HINT_MAX_US / 1000;
    bool sane = s->told_ms <= now_ms && s->until_ms <= s->told_ms + most;
    return sane ? s->until_ms : 0;
}

/* The random id of this boot is all the salt there is: it is not in the file, and not for long. */
static bool boot_id(char out[64])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, 63);
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 30;
}

static bool mark_of(const char *origin, const char *const *secrets, struct listener *known,
                    uint64_t *mark)
{
    char boot[64], digest[SHA256_HEX + 1];
    const char *port = strrchr(origin, ':');
    const bool loopback = base_url_loopback(origin);
    uint64_t listener =
        loopback ? listener_on(known, port ? (unsigned)strtoul(port + 1, NULL, 10) : 0) : 0;
    if (!boot_id(boot) || (loopback && !listener))
        return false;
    struct sha256 *sum = sha256_new();
    sha256_add(sum, boot, strlen(boot) + 1);
    sha256_add(sum, origin, strlen(origin) + 1);
    sha256_add(sum, &listener, sizeof listener);
    for (size_t i = 0; secrets[i]; i++)
        sha256_add(sum, secrets[i], strlen(secrets[i]) + 1);
    sha256_hex(sum, digest);
    sha256_free(sum);
    digest[16] = '\0';
    *mark = strtoull(digest, NULL, 16) | 1; /* no free seat has it */
    return true;
}

/* The row as it is now; a file that is shorter has free seats. */
static bool read_row(struct neighbours *n)
{
    ssize_t got = pread(n->fd, n->all, sizeof n->all, n->row);
    if (got < 0)
        return false;
    memset((char *)n->all + got, 0, sizeof n->all - (size_t)got);
    return true;
}

static bool write_mine(struct neighbours *n)
{
    n->mine.check = check_of(&n->mine);
    off_t at = n->row + n->at * (off_t)sizeof n->mine;
    return pwrite(n->fd, &n->mine, sizeof n->mine, at) == (ssize_t)sizeof n->mine;
}

static bool lock_row(const struct neighbours *n, short type)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = n->row, .l_len = sizeof n->all};
    return fcntl(n->fd, F_OFD_SETLK, &lock) == 0;
}

/* The seat whose taking loses least: a free one, else that of one who left longest ago, held by
 * nothing any more. -1: all are taken. */
static int seat_to_take(const struct neighbours *n, int64_t now_ms)
{
    int best = -1;
    int64_t best_ms = INT64_MAX;
    for (int i = 0; i < SEATS; i++) {
        const struct seat *s = &n->all[i];
        bool whole = s->check == check_of(s);
        if (whole && (is_living(s, now_ms) || held_until(s, now_ms) > now_ms))
            continue;
        int64_t used_ms = !whole                          ? 0
                          : s->learned_ms > s->renewed_ms ? s->learned_ms
                                                          : s->renewed_ms;
        if (used_ms < best_ms) {
            best = i;
            best_ms = used_ms;
        }
    }
    return best;
}

static void take_seat(struct neighbours *n, int64_t now_ms)
{
    if (!lock_row(n, F_WRLCK))
        return;
    if (read_row(n)) {
        n->at = seat_to_take(n, now_ms);
        n->mine.renewed_ms = now_ms;
        if (n->at >= 0 && !write_mine(n))
            n->at = -1;
    }
    lock_row(n, F_UNLCK);
}

struct neighbours *neighbours_join(const char *origin, const char *const *secrets,
                                   struct listener *listener)
{
    uint64_t mark;
    int fd = mark_of(origin, secrets, listener, &mark) ? runtime_file_open("neighbours") : -1;
    if (fd < 0)
        return NULL;
    struct neighbours *n = mem_zalloc(1, sizeof *n);
    struct timespec t = {.tv_nsec = 1000000};
    *n = (struct neighbours){.fd = fd, .at = -1, .mine = {.mark = mark}};
    n->row = (off_t)(mark / 2 % ROWS * sizeof n->all);
    n->mine.whose = (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)n ^ (uint64_t)boot_ms() << 40;
    for (int i = 0; i < LOCK_TRIES && n->at < 0; i++) {
        if (i > 0)
            nanosleep(&t, NULL);
        take_seat(n, boot_ms());
    }
    return n;
}

void neighbours_leave(struct neighbours *n)
{
    if (!n)
        return;
    n->mine.renewed_ms = 0;
    n->mine.sharing = false;
    if (n->at >= 0)
        (void)write_mine(n);
    close(n->fd);
    free(n);
}

static void hear_one(const struct seat *s, int64_t now_ms, struct news *news, int64_t *learned_ms)
{
    int64_t left_us = (held_until(s, now_ms) - now_ms) * 1000;
    if (left_us > news->hold_left_us)
        news->hold_left_us = left_us;
    if (s->learned_ms > *learned_ms && s->learned_ms <= now_ms &&
        s->learned_ms > now_ms - FRESH_MS && s->all > 0) {
        *learned_ms = s->learned_ms;
        news->past_limit = (double)s->all;
    }
    if (!s->sharing || !is_living(s, now_ms))
        return;
    news->sharing++;
    news->learned += s->own > 0;
    news->limit += s->own > 0 ? (double)s->own : 0;
}

bool neighbours_hear(struct neighbours *n, int64_t now_us, struct news *out)
{
    int64_t now_ms, learned_ms = 0;
    if (now_us - n->heard_us < HEAR_US)
        return false;
    n->heard_us = now_us;
    if (!read_row(n))
        return false;
    now_ms = boot_ms();
    *out = (struct news){0};
    for (int i = 0; i < SEATS; i++)
        if (i != n->at && is_ours(n, &n->all[i]))
            hear_one(&n->all[i], now_ms, out, &learned_ms);
    if (n->at >= 0 && n->all[n->at].whose != n->mine.whose) /* taken while this one was stopped */
        n->at = -1;
    return true;
}

void neighbours_tell_hold(struct neighbours *n, int64_t hold_us)
{
    int64_t now_ms = boot_ms(), until_ms = now_ms + (hold_us + 999) / 1000;
    if (until_ms <= n->mine.until_ms)
        return;
    n->mine.told_ms = now_ms;
    n->mine.until_ms = until_ms;
    if (n->at >= 0)
        (void)write_mine(n);
}

void neighbours_tell_limit(struct neighbours *n, int64_t now_us, bool sharing, double own,
                           double all)
{
    bool fresh = sharing != (n->mine.sharing != 0) || (own > 0) != (n->mine.own > 0);
    if (!fresh && now_us - n->told_us < RENEW_MS * 1000)
        return;
    int64_t now_ms = boot_ms();
    n->told_us = now_us;
    n->mine.sharing = sharing;
    n->mine.own = (float)own;
    if (sharing && own > 0 && all > 0) {
        n->mine.all = (float)all;
        n->mine.learned_ms = now_ms;
    }
    n->mine.renewed_ms = now_ms;
    if (n->at < 0)
        take_seat(n, now_ms);
    else
        (void)write_mine(n);
}
