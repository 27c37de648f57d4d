#include "intake/stream.h"

#include "base/locked.h"
#include "base/mem.h"
#include "base/scale.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    ROOM = 1 << SCALE_BITS(18, 13),
    PAD = 48,
    RAW = 1 << SCALE_BITS(15, 11),
    LOOK = 4, /* bytes that tell what a file is */
};

enum wide { WIDE_NONE, WIDE_LE, WIDE_BE };

struct stream {
    char *path;
    int fd;
    char *room; /* ROOM and PAD bytes, locked: what is handed out */
    size_t len;
    bool ended, settled; /* settled: it is known what the file is */
    char *raw; /* 2 * RAW bytes, locked: as they were read, and inflated; where either is needed */
    size_t raw_at, raw_len, flat_at, flat_len;
    bool raw_ended, inflating, member_ended, trailing;
    z_stream z;
    enum wide wide;
    const char *packed, *broken;
};

struct stream *stream_open(const char *path, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct stat st;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        error_set(err, EXIT_NOINPUT, "%s:", path);
        return NULL;
    }
    struct stream *s = mem_zalloc(1, sizeof *s);
    s->path = mem_string(is_stdin ? "standard input" : path);
    s->fd = fd;
    s->room = locked_new(ROOM + PAD);
    s->raw = locked_new(2 * RAW);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        errno = EISDIR;
    else if (s->room && s->raw)
        return s;
    error_set(err, EXIT_NOINPUT, "%s:", s->path);
    stream_free(s);
    return NULL;
}

void stream_free(struct stream *s)
{
    if (!s)
        return;
    if (s->inflating)
        inflateEnd(&s->z);
    locked_free(s->room, ROOM + PAD);
    locked_free(s->raw, 2 * RAW);
    if (s->fd != STDIN_FILENO)
        close(s->fd);
    free(s->path);
    free(s);
}

const char *stream_text(const struct stream *s, size_t *len)
{
    *len = s->len;
    return s->room;
}

char *stream_bytes(struct stream *s)
{
    return s->room;
}

bool stream_ended(const struct stream *s)
{
    return s->ended;
}

bool stream_full(const struct stream *s)
{
    return ROOM - s->len < 3; /* a character of UTF-16 needs so much */
}

const char *stream_packed(const struct stream *s)
{
    return s->packed;
}

const char *stream_broken(const struct stream *s)
{
    return s->broken;
}

bool stream_trailing(const struct stream *s)
{
    return s->trailing;
}

void stream_drop(struct stream *s, size_t n)
{
    memmove(s->room, s->room + n, s->len - n);
    mem_wipe(s->room + s->len - n, n);
    s->len -= n;
}

/* -1: EXIT_NOINPUT; 0 at the end. */
static ssize_t read_some(struct stream *s, char *at, size_t room, struct error *err)
{
    for (;;) {
        ssize_t n = read(s->fd, at, room);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return error_set(err, EXIT_NOINPUT, "%s:", s->path);
    }
}

static int more_raw(struct stream *s, struct error *err)
{
    if (s->raw_at == s->raw_len) {
        mem_wipe(s->raw, s->raw_len);
        s->raw_at = s->raw_len = 0;
    }
    ssize_t n = read_some(s, s->raw + s->raw_len, RAW - s->raw_len, err);
    s->raw_ended |= n == 0;
    s->raw_len += n > 0 ? (size_t)n : 0;
    return n < 0 ? -1 : 0;
}

#define PIPED(command) " (" command " | rescind match -)"

static const char *packed_kind(const char *text, size_t len)
{
    static const struct {
        const char *magic;
        size_t len;
        const char *kind;
    } kinds[] = {
        {"PK\3\4", 4, "a zip archive, or an Office file" PIPED("unzip -p FILE")},
        {"\x28\xb5\x2f\xfd", 4, "zstd" PIPED("zstd -dc FILE")},
        {"\xfd"
         "7zXZ",
         5, "xz" PIPED("xz -dc FILE")},
        {"BZh", 3, "bzip2" PIPED("bzip2 -dc FILE")},
        {"\x04\x22\x4d\x18", 4, "lz4" PIPED("lz4 -dc FILE")},
        {"\x1f\x9d", 2, "compress" PIPED("gzip -dc FILE")},
        {"LZIP", 4, "lzip" PIPED("lzip -dc FILE")},
        {"\xff\x06\0\0sNaPpY", 10, "snappy"},
        {"7z\xbc\xaf", 4, "a 7z archive" PIPED("7z x -so FILE")},
        {"PACK", 4, "a pack of git" PIPED("git log -p --all")},
        {"%PDF", 4, "a PDF" PIPED("pdftotext FILE -")},
        {"Rar!", 4, "a rar archive" PIPED("unrar p -inul FILE")},
        {"PAR1", 4, "a Parquet file"},
        {"\xed\xab\xee\xdb", 4, "an rpm package" PIPED("rpm2cpio FILE")},
        {"MSCF", 4, "a cabinet archive"},
        {"Salted__", 8, "encrypted by openssl"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (len >= kinds[i].len && memcmp(text, kinds[i].magic, kinds[i].len) == 0)
            return kinds[i].kind;
    return NULL;
}

/* gzip, or zlib as git's loose objects have it. */
static bool deflated(const unsigned char *b, size_t len)
{
    if (len < 2)
        return false;
    return (b[0] == 0x1f && b[1] == 0x8b) ||
           (b[0] == 0x78 && (b[1] == 0x01 || b[1] == 0x9c || b[1] == 0xda));
}

bool stream_begins_packed(const char *text, size_t len)
{
    return packed_kind(text, len) || (len >= 3 && memcmp(text, "\x1f\x8b\x08", 3) == 0);
}

static enum wide wide_kind(const char *text, size_t len)
{
    size_t even = 0, odd = 0;
    if (len >= 2 && memcmp(text, "\xff\xfe", 2) == 0)
        return WIDE_LE;
    if (len >= 2 && memcmp(text, "\xfe\xff", 2) == 0)
        return WIDE_BE;
    size_t looked = len < 256 ? len : 256;
    for (size_t i = 0; i + 1 < looked; i += 2) {
        even += text[i] == '\0' && text[i + 1] != '\0';
        odd += text[i + 1] == '\0' && text[i] != '\0';
    }
    if (looked < 8)
        return WIDE_NONE;
    return odd > looked * 4 / 10 ? WIDE_LE : even > looked * 4 / 10 ? WIDE_BE : WIDE_NONE;
}

/* How many of the first bytes are NUL: tape blocks are padded with them. */
static size_t nul_span(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] == '\0')
        n++;
    return n;
}

/* What was inflated so far is all there is. */
static int break_off(struct stream *s, const char *why)
{
    s->broken = why;
    s->raw_at = s->raw_len;
    s->raw_ended = s->member_ended = true;
    return 0;
}

/* More of what was inflated (or read, where nothing is to be inflated) behind flat_len. */
static int more_flat(struct stream *s, struct error *err)
{
    char *flat = s->raw + RAW;
    if (s->flat_at) {
        memmove(flat, flat + s->flat_at, s->flat_len - s->flat_at);
        s->flat_len -= s->flat_at;
        s->flat_at = 0;
        mem_wipe(flat + s->flat_len, RAW - s->flat_len);
    }
    if (s->raw_at == s->raw_len && !s->raw_ended && more_raw(s, err) != 0)
        return -1;
    size_t have = s->raw_len - s->raw_at, room = RAW - s->flat_len;
    if (!s->inflating) {
        size_t n = have < room ? have : room;
        memcpy(flat + s->flat_len, s->raw + s->raw_at, n);
        s->raw_at += n;
        s->flat_len += n;
        return 0;
    }
    if (s->member_ended && have) {
        const unsigned char *next = (unsigned char *)s->raw + s->raw_at;
        if (next[0] != 0x1f || (have > 1 && next[1] != 0x8b)) { /* padding, or another's bytes */
            s->trailing |= have > nul_span(s->raw + s->raw_at, have);
            s->raw_at = s->raw_len;
            return 0;
        }
        if (inflateReset(&s->z) == Z_OK) /* the next one of several */
            s->member_ended = false;
    }
    s->z.next_in = (unsigned char *)s->raw + s->raw_at;
    s->z.avail_in = (unsigned)have;
    s->z.next_out = (unsigned char *)flat + s->flat_len;
    s->z.avail_out = (unsigned)room;
    int result = s->member_ended ? Z_OK : inflate(&s->z, Z_NO_FLUSH);
    s->raw_at = s->raw_len - s->z.avail_in;
    s->flat_len = RAW - s->z.avail_out;
    s->member_ended |= result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return break_off(s, "damaged: what is packed in it cannot be unpacked to its end");
    if (s->raw_ended && s->raw_at == s->raw_len && !s->member_ended && s->z.avail_out)
        return break_off(s, "cut: the end of what is packed in it is missing");
    return 0;
}

static bool flat_ended(const struct stream *s)
{
    return s->raw_ended && s->raw_at == s->raw_len && (!s->inflating || s->member_ended);
}

/* From the flat bytes to the room. */
static void take_flat(struct stream *s)
{
    const unsigned char *flat = (unsigned char *)s->raw + RAW;
    if (s->wide == WIDE_NONE) {
        size_t have = s->flat_len - s->flat_at, room = ROOM - s->len, n = have < room ? have : room;
        memcpy(s->room + s->len, flat + s->flat_at, n);
        s->flat_at += n;
        s->len += n;
        return;
    }
    for (; s->flat_at + 2 <= s->flat_len && s->len + 3 <= ROOM; s->flat_at += 2) {
        const unsigned char *at = flat + s->flat_at;
        unsigned unit =
            s->wide == WIDE_LE ? at[0] | (unsigned)at[1] << 8 : at[1] | (unsigned)at[0] << 8;
        if (unit != 0xfeff)
            s->len += text_put_unit(s->room + s->len, unit);
    }
    if (s->flat_at + 1 == s->flat_len && flat_ended(s))
        s->flat_at++; /* half a character at the end */
}

/* What zlib keeps of the text is wiped, too. */
static void *z_take(void *unused, unsigned count, unsigned size)
{
    (void)unused;
    size_t *at = mem_zalloc(1, sizeof *at * 2 + (size_t)count * size);
    *at = (size_t)count * size;
    return at + 2;
}

static void z_give(void *unused, void *memory)
{
    (void)unused;
    size_t *at = (size_t *)memory - 2;
    mem_wipe(memory, *at);
    free(at);
}

static void begin_inflating(struct stream *s)
{
    struct error unheard;
    bool raw_ended = s->raw_ended;
    s->z.zalloc = z_take;
    s->z.zfree = z_give;
    s->inflating = inflateInit2(&s->z, 15 + 32) == Z_OK; /* their heads tell gzip from zlib */
    if (!s->inflating)
        return;
    more_flat(s, &unheard);
    if (!s->broken || s->flat_len)
        return;
    inflateEnd(&s->z); /* it only begins like that */
    s->inflating = s->member_ended = false;
    s->broken = NULL;
    s->raw_at = 0;
    s->raw_ended = raw_ended;
}

/* Reads the beginning, and tells by it what the file is. */
static int settle(struct stream *s, struct error *err)
{
    while (s->raw_len < LOOK && !s->raw_ended)
        if (more_raw(s, err) != 0)
            return -1;
    s->settled = true;
    if (deflated((unsigned char *)s->raw, s->raw_len))
        begin_inflating(s);
    s->packed = packed_kind(s->raw, s->raw_len);
    while (s->flat_len < LOOK && !flat_ended(s))
        if (more_flat(s, err) != 0)
            return -1;
    s->wide = wide_kind(s->raw + RAW, s->flat_len);
    if (s->inflating && stream_begins_packed(s->raw + RAW, s->flat_len))
        s->packed = "packed twice";
    return 0;
}

int stream_more(struct stream *s, struct error *err)
{
    size_t before = s->len;
    if (!s->settled && settle(s, err) != 0)
        return -1;
    if (s->len == ROOM)
        return 0;
    if (!s->inflating && s->wide == WIDE_NONE && s->flat_at == s->flat_len &&
        s->raw_at == s->raw_len && !s->raw_ended) {
        if (s->flat_len)
            mem_wipe(s->raw, 2 * RAW);
        s->flat_at = s->flat_len = s->raw_at = s->raw_len = 0;
        ssize_t n = read_some(s, s->room + s->len, ROOM - s->len, err);
        s->len += n > 0 ? (size_t)n : 0;
        s->raw_ended = s->ended = n == 0;
        return n < 0 ? -1 : 0;
    }
    for (;;) {
        take_flat(s);
        s->ended = flat_ended(s) && s->flat_at == s->flat_len;
        if (s->len > before || s->ended || ROOM - s->len < 3)
            return 0;
        if (more_flat(s, err) != 0)
            return -1;
    }
}
