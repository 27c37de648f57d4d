#ifndef RESCIND_FUZZ_MATCH_H
#define RESCIND_FUZZ_MATCH_H

/* What must hold of any bytes as a file with raw keys in it, or as a scanner's report: each id that
 * comes out is lawful, nothing that is told or written holds a secret, and the same bytes tell the
 * same. */

#include "fuzz.h"

#include "base/locked.h"
#include "intake/intake.h"
#include "provider/identifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Instead of base/locked.c: the heap is quicker to be had than a mapping, and its ends are watched.
 */
void *locked_new(size_t size)
{
    return calloc(1, size);
}

void locked_free(void *at, size_t size)
{
    (void)size;
    free(at);
}

static struct catalog *match_catalog;

static inline void match_told(const char *line)
{
    MUST(!strchr(line, '\n'));
    MUST(!identifier_is_secret(match_catalog, line, strlen(line)));
}

static inline void match_check(const struct intake *in)
{
    const struct finds *finds = intake_finds(in);
    for (uint32_t row = 0; row < finds_count(finds); row++) {
        const struct definition *d = targets_definition(finds_targets(finds), row);
        char id[ID_MAX + 1], again[ID_MAX + 1], reason[ID_REASON];
        size_t len = targets_id(finds_targets(finds), row, id);
        struct buf note = {0};
        MUST(identifier_canonical(d, id, len, again, reason) == (int)len);
        finds_note(finds, row, intake_places(in), &note);
        MUST(note.len && !identifier_is_secret(match_catalog, buf_text(&note), note.len));
        for (size_t i = 0; i < note.len; i++)
            MUST((unsigned char)note.data[i] >= 0x20);
        buf_free(&note);
    }
}

/* Reads the bytes as a file of that form (NULL: whatever it is). */
static inline int fuzz_match(const uint8_t *data, size_t size, const char *form)
{
    char path[64];
    struct error err = {0};
    static struct finder *finder;
    if (!match_catalog) {
        match_catalog = catalog_new();
        finder = finder_new(shapes_new(match_catalog, NULL));
    }
    int fd = memfd_create("keys", MFD_CLOEXEC);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const struct intake_rules rules = {
        .catalog = match_catalog, .finder = finder, .form = form, .tell = match_told};
    struct intake *in = intake_new(&rules, &err);
    MUST(in);
    int rc = intake_read(in, path, &err);
    MUST(rc == 0 || err.code == EXIT_DATA || err.code == EXIT_NOINPUT);
    match_check(in);
    leftovers_tell(intake_leftovers(in), NULL, match_told);
    intake_free(in);
    close(fd);
    return 0;
}

#endif
