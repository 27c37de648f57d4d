/* The table of targets.
 *
 * A row is 16 bytes: where its id and its note are in their arenas, its line, its definition.
 * Behind the packed id stands the scope, NUL-terminated, where the definition has one.
 *
 *   ids    <32 bytes of a hash><16 bytes of a UUID>p1ab\0 ...      (the last: id "p1", scope "ab")
 *   notes  \0leaked in CI\0 ...                                   (address 0 is "no note")
 *
 * Rows are found through open addressing with 4-byte slots: of the 2^bits slots' numbers the low
 * `bits` are the row plus one, 0 for an empty slot, and the other 32-bits are a part of the hash,
 * so that a wrong slot is nearly always passed without a look at the row. At most 3/4 are in use.
 * Growing frees the old slots first and makes the new ones from the rows.
 *
 * Invariant: two rows never name the same target, and a row never changes but for a note or a line
 * that it did not have. */

#include "manifest/targets.h"

#include "base/digest.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/scale.h"
#include "manifest/arena.h"
#include "provider/identifier.h"

#include <stdlib.h>
#include <string.h>

struct target_row {
    uint32_t id, note; /* arena addresses */
    uint32_t line;
    uint16_t definition;
    uint8_t id_len_less_one;
    uint8_t priority; /* index of t->priority */
};

enum {
    ROW_BITS = SCALE_BITS(16, 3), /* rows come in chunks that never move, as the arenas' bytes do */
    ROWS_A_CHUNK = 1 << ROW_BITS,
    SLOT_BITS_AT_FIRST = SCALE_BITS(10, 2),
    SLOT_BITS_AT_MOST = 32,
    AHEAD = 32, /* rows whose slots are on their way from memory */
    DIGEST_BATCH = 1 << SCALE_BITS(16, 6),
};

struct targets {
    const struct catalog *catalog;
    struct target_row **chunk;
    uint32_t count;
    struct arena ids, notes;
    uint32_t *slot;
    unsigned slot_bits;
    int32_t priority[256]; /* those that are in use, 0 first */
    unsigned priorities;
    bool accounts; /* any */
};

struct targets *targets_new(const struct catalog *catalog)
{
    struct targets *t = mem_zalloc(1, sizeof *t);
    t->catalog = catalog;
    t->priorities = 1;
    t->slot_bits = SLOT_BITS_AT_FIRST;
    t->slot = mem_zalloc((size_t)1 << t->slot_bits, sizeof *t->slot);
    uint32_t none;
    *arena_take(&t->notes, 1, &none) = '\0';
    return t;
}

void targets_free(struct targets *t)
{
    if (!t)
        return;
    for (uint32_t i = 0; i < t->count; i += ROWS_A_CHUNK)
        free(t->chunk[i >> ROW_BITS]);
    free(t->chunk);
    arena_free(&t->ids);
    arena_free(&t->notes);
    free(t->slot);
    free(t);
}

static struct target_row *row_at(const struct targets *t, uint32_t row)
{
    return &t->chunk[row >> ROW_BITS][row & (ROWS_A_CHUNK - 1)];
}

static size_t id_len(const struct target_row *r)
{
    return (size_t)r->id_len_less_one + 1;
}

static uint64_t hash_key(const struct target_key *k)
{
    uint64_t h = hash_bytes(k->definition, k->id, k->id_len);
    return k->scope ? hash_bytes(h, k->scope, k->scope_len) : h;
}

static uint64_t hash_row(const struct targets *t, const struct target_row *r)
{
    const unsigned char *id = arena_at(&t->ids, r->id);
    uint64_t h = hash_bytes(r->definition, id, id_len(r));
    if (catalog_at(t->catalog, r->definition)->scope_count == 0)
        return h;
    const char *scope = (const char *)id + id_len(r);
    return hash_bytes(h, scope, strlen(scope));
}

static bool is_row(const struct targets *t, const struct target_row *r, const struct target_key *k)
{
    if (r->definition != k->definition || id_len(r) != k->id_len)
        return false;
    const unsigned char *id = arena_at(&t->ids, r->id);
    return memcmp(id, k->id, k->id_len) == 0 &&
           (!k->scope || strcmp((const char *)id + k->id_len, k->scope) == 0);
}

/* Where a hash's search begins. */
static uint64_t slot_of(const struct targets *t, uint64_t hash)
{
    return hash >> (64 - t->slot_bits);
}

static uint32_t slot_value(const struct targets *t, uint64_t hash, uint32_t row)
{
    return (uint32_t)(hash << t->slot_bits | ((uint64_t)row + 1));
}

static void slot_put(struct targets *t, uint64_t hash, uint32_t row)
{
    uint64_t mask = ((uint64_t)1 << t->slot_bits) - 1, i = slot_of(t, hash);
    while (t->slot[i])
        i = (i + 1) & mask;
    t->slot[i] = slot_value(t, hash, row);
}

static void slots_grow(struct targets *t)
{
    free(t->slot);
    t->slot_bits++;
    t->slot = mem_zalloc((size_t)1 << t->slot_bits, sizeof *t->slot);
    uint64_t hash[AHEAD];
    for (uint32_t row = 0, n; row < t->count; row += n) {
        n = t->count - row < AHEAD ? t->count - row : AHEAD;
        for (uint32_t i = 0; i < n; i++) {
            hash[i] = hash_row(t, row_at(t, row + i));
            __builtin_prefetch(&t->slot[slot_of(t, hash[i])], 1);
        }
        for (uint32_t i = 0; i < n; i++)
            slot_put(t, hash[i], row + i);
    }
}

static uint32_t find(const struct targets *t, const struct target_key *k)
{
    uint64_t mask = ((uint64_t)1 << t->slot_bits) - 1;
    uint32_t part = (uint32_t)(k->hash << t->slot_bits);
    for (uint64_t i = slot_of(t, k->hash); t->slot[i]; i = (i + 1) & mask) {
        uint64_t rest = t->slot[i] ^ part;
        if (rest > mask)
            continue; /* another hash */
        uint32_t row = (uint32_t)(rest - 1);
        if (is_row(t, row_at(t, row), k))
            return row;
    }
    return UINT32_MAX;
}

static bool key_make(const struct targets *t, const struct definition *d, const char *id,
                     size_t len, const char *scope, struct target_key *k)
{
    if (len == 0 || len > ID_MAX)
        return false;
    k->d = d;
    k->id_len = identifier_pack(d, id, len, k->id);
    k->definition = (uint16_t)catalog_index(t->catalog, d);
    k->scope = d->scope_count > 0 ? scope : NULL;
    k->scope_len = k->scope ? strlen(k->scope) : 0;
    k->hash = hash_key(k);
    return k->id_len > 0 && k->id_len <= ID_MAX && k->scope_len <= SCOPE_TEXT_MAX;
}

static bool note_put(struct targets *t, struct target_row *r, const char *note, size_t len)
{
    if (len == 0)
        return true;
    unsigned char *room = arena_take(&t->notes, len + 1, &r->note);
    if (!room)
        return false;
    memcpy(room, note, len);
    room[len] = '\0';
    return true;
}

static bool id_put(struct targets *t, struct target_row *r, const struct target_key *k)
{
    size_t scope = k->scope ? k->scope_len + 1 : 0;
    unsigned char *room = arena_take(&t->ids, k->id_len + scope, &r->id);
    if (!room)
        return false;
    memcpy(room, k->id, k->id_len);
    if (scope)
        memcpy(room + k->id_len, k->scope, scope);
    return true;
}

static void row_put(struct targets *t, const struct target_row *r)
{
    if ((t->count & (ROWS_A_CHUNK - 1)) == 0) {
        size_t chunks = t->count >> ROW_BITS;
        t->chunk = mem_resize(t->chunk, chunks + 1, sizeof *t->chunk);
        t->chunk[chunks] = mem_alloc(ROWS_A_CHUNK * sizeof **t->chunk);
    }
    t->count++;
    *row_at(t, t->count - 1) = *r;
}

/* Whether a further row keeps the slots at most 3/4 full. */
static bool slots_room(const struct targets *t)
{
    return ((uint64_t)t->count + 1) * 4 <= ((uint64_t)3 << t->slot_bits);
}

bool targets_key(const struct targets *t, const struct definition *d, const char *id, size_t len,
                 const char *scope, struct target_key *out)
{
    if (!key_make(t, d, id, len, scope, out))
        return false;
    __builtin_prefetch(&t->slot[slot_of(t, out->hash)], 1);
    return true;
}

uint32_t targets_put(struct targets *t, const struct target_key *key, const char *note,
                     size_t note_len, uint32_t line, bool *fresh, struct error *err)
{
    uint32_t known = find(t, key);
    *fresh = known == UINT32_MAX;
    if (!*fresh) {
        struct target_row *r = row_at(t, known);
        if (r->line == 0)
            r->line = line;
        if (r->note == 0 && !note_put(t, r, note, note_len))
            goto full;
        return known;
    }
    if (!slots_room(t)) {
        if (t->slot_bits == SLOT_BITS_AT_MOST)
            goto full;
        slots_grow(t);
    }
    struct target_row r = {
        .line = line, .definition = key->definition, .id_len_less_one = (uint8_t)(key->id_len - 1)};
    if (!note_put(t, &r, note, note_len) || !id_put(t, &r, key))
        goto full;
    t->accounts |= key->d->account != NULL;
    row_put(t, &r);
    slot_put(t, key->hash, t->count - 1);
    return t->count - 1;
full:
    error_set(
        err, EXIT_DATA,
        "the table of targets is full (4 GiB of identifiers or of notes): split the manifest");
    return UINT32_MAX;
}

uint32_t targets_add(struct targets *t, const struct definition *d, const char *id, size_t len,
                     const char *scope, const char *note, size_t note_len, uint32_t line,
                     bool *fresh, struct error *err)
{
    struct target_key k;
    if (key_make(t, d, id, len, scope, &k))
        return targets_put(t, &k, note, note_len, line, fresh, err);
    error_set(err, EXIT_DATA, "an identifier or scope that no target can have");
    return UINT32_MAX;
}

uint32_t targets_find(const struct targets *t, const struct definition *d, const char *id,
                      size_t len, const char *scope)
{
    struct target_key k;
    return key_make(t, d, id, len, scope, &k) ? find(t, &k) : UINT32_MAX;
}

int targets_prioritize(struct targets *t, uint32_t row, int32_t priority, struct error *err)
{
    struct target_row *r = row_at(t, row);
    unsigned i = 0;
    if (priority <= t->priority[r->priority] && r->priority)
        return 0;
    while (i < t->priorities && t->priority[i] != priority)
        i++;
    if (i == sizeof t->priority / sizeof *t->priority)
        return error_set(err, EXIT_DATA, "more than 255 different priorities");
    if (i == t->priorities)
        t->priority[t->priorities++] = priority;
    r->priority = (uint8_t)i;
    return 0;
}

int32_t targets_priority(const struct targets *t, uint32_t row)
{
    return t->priority[row_at(t, row)->priority];
}

bool targets_prioritized(const struct targets *t)
{
    return t->priorities > 1;
}

bool targets_accounted(const struct targets *t)
{
    return t->accounts;
}

uint32_t targets_count(const struct targets *t)
{
    return t->count;
}

const struct catalog *targets_catalog(const struct targets *t)
{
    return t->catalog;
}

const struct definition *targets_definition(const struct targets *t, uint32_t row)
{
    return catalog_at(t->catalog, row_at(t, row)->definition);
}

size_t targets_id(const struct targets *t, uint32_t row, char out[ID_MAX + 1])
{
    const struct target_row *r = row_at(t, row);
    return identifier_unpack(catalog_at(t->catalog, r->definition), arena_at(&t->ids, r->id),
                             id_len(r), out);
}

const char *targets_scope(const struct targets *t, uint32_t row)
{
    const struct target_row *r = row_at(t, row);
    if (catalog_at(t->catalog, r->definition)->scope_count == 0)
        return "";
    return (const char *)arena_at(&t->ids, r->id) + id_len(r);
}

const char *targets_note(const struct targets *t, uint32_t row)
{
    return (const char *)arena_at(&t->notes, row_at(t, row)->note);
}

uint32_t targets_line(const struct targets *t, uint32_t row)
{
    return row_at(t, row)->line;
}

/* What identifies a target, in bytes that no version may change: provider, kind, scope and id, each
 * ended by a NUL, which none of them holds; behind them its account, where it has one. */
static void identity_put(const struct targets *t, uint32_t row, struct buf *out)
{
    const struct definition *d = targets_definition(t, row);
    char id[ID_MAX + 1];
    size_t len = targets_id(t, row, id);
    buf_put(out, d->provider, strlen(d->provider) + 1);
    buf_put(out, d->kind, strlen(d->kind) + 1);
    const char *scope = targets_scope(t, row);
    buf_put(out, scope, strlen(scope) + 1);
    buf_put(out, id, len);
    buf_putc(out, '\0');
    if (d->account)
        buf_put(out, d->account, strlen(d->account) + 1);
}

uint64_t targets_identity(const struct targets *t, uint32_t row)
{
    struct buf bytes = {0};
    char hex[SHA256_HEX + 1];
    identity_put(t, row, &bytes);
    sha256_of(bytes.data, bytes.len, hex);
    buf_free(&bytes);
    hex[16] = '\0';
    return strtoull(hex, NULL, 16);
}

void targets_digest(const struct targets *t, uint32_t rows, char out[65])
{
    struct sha256 *digest = sha256_new();
    struct buf bytes = {0};
    for (uint32_t row = 0; row < rows; row++) {
        identity_put(t, row, &bytes);
        if (bytes.len >= DIGEST_BATCH) {
            sha256_add(digest, bytes.data, bytes.len);
            buf_clear(&bytes);
        }
    }
    sha256_add(digest, buf_text(&bytes), bytes.len);
    sha256_hex(digest, out);
    sha256_free(digest);
    buf_free(&bytes);
}

size_t targets_memory(const struct targets *t)
{
    return sizeof *t + (size_t)t->count * sizeof(struct target_row) +
           ((size_t)t->count >> ROW_BITS) * sizeof *t->chunk + arena_memory(&t->ids) +
           arena_memory(&t->notes) + sizeof *t->slot * ((size_t)1 << t->slot_bits);
}
