#ifndef RESCIND_JOURNAL_SCAN_H
#define RESCIND_JOURNAL_SCAN_H

/* Reading a journal from its first byte to its last, and judging what is bad in it. */

#include "journal/ledger.h"

struct sha256;

struct scan {
    uint64_t records;   /* good ones, that is up to here: */
    uint64_t good_end;  /* offset after the last of them */
    uint32_t link;      /* its checksum */
    uint64_t batch;     /* first number of its batch, 0 for none */
    uint64_t batch_at;  /* offset of that batch */
    uint64_t size;      /* bytes read */
    uint64_t torn_line; /* the first bad line of a torn tail; 0: all is good */
};

/* Reads into the ledger. Bad lines that can be a torn tail end the reading (torn_line); anything
 * worse is EXIT_DATA, its text beginning with "NAME:LINE: ". EXIT_NOINPUT where it cannot be read.
 * *digest, where asked for, is of all bytes and the caller's to free. */
int journal_scan(int fd, const char *name, struct ledger *l, struct scan *out,
                 struct sha256 **digest, struct error *err);

/* Takes every line that is whole and in order, whatever is missing between, and tells which were
 * not taken and why. Nothing is torn here: bad lines are told wherever they stand. */
int journal_scan_salvage(int fd, const char *name, struct ledger *l,
                         void (*tell)(void *at, const char *line), void *tell_at, struct scan *out,
                         struct sha256 **digest, struct error *err);

#endif
