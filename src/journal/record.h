#ifndef RESCIND_JOURNAL_RECORD_H
#define RESCIND_JOURNAL_RECORD_H

/* The journal's lines, as values and as bytes. Pure: no file here.
 *
 * A line is a JSON object between fixed brackets:
 *
 *   {"s":7,"b":6,"p":"89abcdef","type":"end","at":"2026-11-21T05:40:00.123Z",...,"c":"1a2b3c4d"}
 *
 *   s  sequence number, from 1
 *   b  sequence number of the first record of the batch that was synced together
 *   p  the `c` of the line before ("00000000" for the first): one that was removed or swapped shows
 *   c  CRC-32C of all bytes before `,"c":`, so that it can be checked without parsing JSON
 *
 * open   a run begins: what it was asked to do and with what
 *   {"type":"open","at":...,"run":2,"tool":"rescind 1.0.0","libcurl":"7.88.1","pid":123,
 *    "action":"delete","manifest":{"path":...,"sha256":...,"rows":...,"duplicates":...,
 *    "rejected":...},"targets":10000,"digest":"<of those rows of targets.csv>","listed":"1-10000",
 *    "shard":"0/1","origins":{"openrouter":"https://openrouter.ai:443"},"options":{"max-rate":"5"}
 *    [,"eyes":[...]]}
 *     (eyes: who looks, see eyes.h; a run of the released format has none)
 * try    written before the requests it announces
 *   {"type":"try","at":...,"rows":"1-250","sent":1200,"http_429":3,"http_5xx":0,
 *    "network_errors":1,"rate":812.5}
 *   {"type":"try","at":...,"row":17,"attempts":1,"status":503,"applied":true,"error":"..."}
 *     (the second form: attempt 1 of row 17 ended so, and another one is announced)
 * end    a target is finished
 *   {"type":"end","at":...,"row":17,"provider":"openrouter","kind":"key","id":"...",
 *    "outcome":"revoked","status":200,"attempts":2,"ms":31[,"applied":true][,"error":"..."]}
 *     (of a target that names an account `"account":"team-a"` stands before its provider; where an
 *     eye is meant, the provider has it: "openrouter/team-a")
 *     (not_attempted: the answer was 401 or 403 and its provider was stopped)
 * seen   an eye of this run saw targets through one of its looks; `account` is its account's id by
 *        the provider's word, "" where that is not known
 *   {"type":"seen","at":...,"provider":"openrouter","kind":"key","account":"",
 *    "look":"read","rows":"1-20"}
 *     (rows "": what the account's id is, and no more)
 *   {"type":"seen",...,"rows":"7,9","refutes":true}
 *     (another account had called these absent, and so they are not done)
 * verify what was done is looked at again, with reads: announced, and what was found
 *   {"type":"verify","at":...,"rows":"1-250","sent":1200,"http_429":3,"http_5xx":0,
 *    "network_errors":1,"rate":812.5}
 *   {"type":"verify","at":...,"row":17,"provider":"openrouter","kind":"key","id":"...",
 *    "verified":"confirmed_absent","status":404,"ms":31[,"error":"..."]}
 *     (still_present, unproven: likewise; a row that is verified again is as its last line says)
 * rotate a step of a rotation, on disk before the next one is made; `marker` is in the name of the
 *        successor until its secret is handed over
 *   {"type":"rotate","at":...,"row":17,"step":"create","marker":"0123456789abcdef"}
 *   {"type":"rotate","at":...,"row":17,"step":"created","marker":"...","successor":"<its id>"}
 *     (likewise delivered: its secret is handed over; removed: it was deleted again;
 *     foreign: it was there before, and is let alone)
 * pace   how fast it goes, now and then, whatever happens; a run of the first formats has none
 *   {"type":"pace","at":...,"sent":1200,"http_429":3,"http_5xx":0,"network_errors":1,
 *    "rate":812.5,"in_flight":160,"rtt_ms":201.5,"bound":"quota"}
 *     (bound: what keeps it from being faster, see pace.h)
 * hold   nothing goes to a pair before `until`
 *   {"type":"hold","at":...,"pair":"openrouter","until":"2026-11-21T05:40:20.000Z",
 *    "reason":"429 Retry-After: 20"}
 * close  a run ends
 *   {"type":"close","at":...,"exit_code":75,"reason":"interrupted by SIGINT","unsent":"200-250",
 *    "sent":...,"http_429":...,"http_5xx":...,"network_errors":...[,"halted":true]}
 *     (unsent: rows that were announced and certainly never sent; halted: by what another try does
 *     not mend)
 *
 * Members come in this order and none is left out but those in [ ]; there is no white space. Texts
 * are UTF-8 with only ", \, 0x7f and what is below 0x20 escaped. No secret is ever in it. */

#include "base/buf.h"
#include "base/error.h"
#include "journal/eyes.h"
#include "journal/pace.h"
#include "journal/rotations.h"
#include "provider/outcome.h"

enum record_type {
    RECORD_OPEN,
    RECORD_TRY,
    RECORD_END,
    RECORD_SEEN,
    RECORD_VERIFY,
    RECORD_ROTATE,
    RECORD_PACE,
    RECORD_HOLD,
    RECORD_CLOSE
};

/* Texts are borrowed: from the caller for writing, from the line's reader until its next call for
 * reading. */
struct record_open {
    unsigned run;
    const char *tool, *libcurl;
    long pid;
    const char *action;
    const char *manifest_path, *manifest_sha256;
    uint64_t rows, duplicates, rejected;
    uint32_t targets;    /* rows of targets.csv */
    const char *digest;  /* targets_digest over them */
    const char *listed;  /* row ranges of this run */
    const char *shard;   /* "K/N" */
    const char *origins; /* JSON object: provider name to origin */
    const char *options; /* JSON object: the options that were given, as texts */
    const char *eyes;    /* JSON array, as in eyes.h; NULL: the released format has none */
};

struct record_counts {
    uint64_t sent, http_429, http_5xx, network_errors; /* of this run so far */
};

struct record {
    enum record_type type;
    int64_t at_ms;
    uint64_t seq, batch; /* filled in by the reader */
    union {
        struct record_open open;
        struct {
            const char *rows; /* ranges; NULL: the one-row form */
            struct record_counts counts;
            double rate;
            uint32_t row; /* from 0 here, from 1 in the file; one-row form */
            unsigned attempts, status;
            bool applied;
            const char *error;
        } try;
        struct {
            uint32_t row;
            const char *account; /* as the manifest names it; NULL: none */
            const char *provider, *kind, *id;
            enum outcome outcome;
            unsigned status, attempts, ms;
            bool applied;
            const char *error; /* NULL or "": none */
        } end;
        struct {
            const char *provider, *kind;
            const char *account; /* NULL or "": not known */
            enum look look;
            const char *rows; /* ranges; "": none */
            bool refutes;     /* that they were absent */
        } seen;
        struct {
            const char *rows; /* ranges; NULL: the one-row form */
            struct record_counts counts;
            double rate;
            uint32_t row;
            const char *account; /* as of `end` */
            const char *provider, *kind, *id;
            enum verified verified;
            unsigned status, ms;
            const char *error; /* NULL or "": none */
        } verify;
        struct {
            uint32_t row;
            enum rotation_step step;
            const char *marker;
            const char *successor; /* NULL for ROTATION_CREATE, and for no other */
        } rotate;
        struct {
            struct record_counts counts;
            struct pace pace; /* its bound is told */
        } pace;
        struct {
            const char *pair, *reason;
            int64_t until_ms;
        } hold;
        struct {
            int exit_code;
            const char *reason, *unsent;
            struct record_counts counts;
            bool halted;
        } close;
    };
};

/* Appends a record's line, newline included. `link` is the crc of the line before and becomes this
 * one's. */
void record_write(const struct record *r, uint64_t seq, uint64_t batch, uint32_t *link,
                  struct buf *out);

/* What a line (without its newline) is. */
enum line_state {
    LINE_GOOD,
    LINE_BAD_SUM,   /* torn, or changed since it was written, or none of ours */
    LINE_BAD_LINK,  /* a whole record, but not the successor of the line before */
    LINE_MALFORMED, /* whole and linked, but not a record that this version knows */
};
struct record_reader; /* keeps the texts of the record that was read last */
struct record_reader *record_reader_new(void);
void record_reader_free(struct record_reader *rr);
/* Checks and parses a line; on LINE_GOOD and LINE_BAD_LINK *r is filled, on LINE_GOOD *link moves
 * on. `expected_seq` is what its number must be. What is good is in the one form that record_write
 * gives it: writing *r again makes the same bytes. */
enum line_state record_read(struct record_reader *rr, const char *line, size_t len,
                            uint64_t expected_seq, uint32_t *link, struct record *r);

/* The checksum that a line ends with; false where it is not this line's. */
bool record_sum(const char *line, size_t len, uint32_t *sum);

/* Whether a line begins as a record does, and with which numbers: all that can be had from one
 * whose checksum is wrong. */
bool record_head(const char *line, size_t len, uint64_t *seq, uint64_t *batch);

#endif
