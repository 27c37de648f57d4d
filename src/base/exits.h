#ifndef RESCIND_BASE_EXITS_H
#define RESCIND_BASE_EXITS_H

/* What a process, and every function that fills a struct error, can end with. 64 and up follow
 * sysexits.h where it has a word for it. */
enum exit_code {
    EXIT_DONE = 0,        /* every target is done */
    EXIT_SOME_FAILED = 1, /* finished; some targets failed */
    EXIT_REFUSED = 2,     /* a guard refused; nothing was sent */
    EXIT_USAGE = 64,
    EXIT_DATA = 65,       /* manifest refused, or a journal damaged before its last batch */
    EXIT_NOINPUT = 66,    /* an input file cannot be read */
    EXIT_CANTCREATE = 73, /* run directory or report cannot be created */
    EXIT_IO = 74,         /* writing or syncing the journal failed */
    EXIT_STOPPED = 75,    /* stopped early, resumable */
    EXIT_CREDENTIAL = 77, /* credential missing or refused */
    EXIT_CONFIG = 78,     /* job file or provider definition wrong */
};

#endif
