#include "plant.h"

#include "base/durable.h"
#include "journal/evidence.h"
#include "run/admit.h"
#include "wire/guards.h"
#include "wire/told.h"

#include <string.h>

const char plant_names[] = "try-order|hold|attempts|gate|totals|sync|eyes";

static bool try_order, hold, attempts, gate, totals, sync_lost, eyes;

bool plant(const char *name)
{
    static const struct {
        const char *name;
        bool *what;
    } all[] = {
        {"try-order", &try_order}, {"hold", &hold},      {"attempts", &attempts}, {"gate", &gate},
        {"totals", &totals},       {"sync", &sync_lost}, {"eyes", &eyes}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return *all[i].what = true;
    return false;
}

/* clang-format off */
void __real_lane_announce(struct lane *l, int64_t now);
void __wrap_lane_announce(struct lane *l, int64_t now);
int64_t __real_hold_left_us(const struct ledger *l, const struct endpoint *e);
int64_t __wrap_hold_left_us(const struct ledger *l, const struct endpoint *e);
struct target_state __real_ledger_state(const struct ledger *l, uint32_t row);
struct target_state __wrap_ledger_state(const struct ledger *l, uint32_t row);
bool __real_gate_allows(const struct gate *g);
bool __wrap_gate_allows(const struct gate *g);
enum outcome __real_ledger_outcome(const struct ledger *l, uint32_t row);
enum outcome __wrap_ledger_outcome(const struct ledger *l, uint32_t row);
int __real_durable_sync(int fd, struct error *err);
int __wrap_durable_sync(int fd, struct error *err);
struct sight __real_evidence_sight(const struct ledger *l, const struct definition *d);
struct sight __wrap_evidence_sight(const struct ledger *l, const struct definition *d);
/* clang-format on */

/* What was announced counts as on the disk before it is. */
void __wrap_lane_announce(struct lane *l, int64_t now)
{
    __real_lane_announce(l, now);
    if (try_order)
        l->queue.durable = l->queue.announced;
}

/* A resume has forgotten what the run before was told. */
int64_t __wrap_hold_left_us(const struct ledger *l, const struct endpoint *e)
{
    return hold ? 0 : __real_hold_left_us(l, e);
}

/* One attempt is not counted. */
struct target_state __wrap_ledger_state(const struct ledger *l, uint32_t row)
{
    struct target_state st = __real_ledger_state(l, row);
    if (attempts && st.ended)
        st.ended--;
    return st;
}

/* The first 20 are no limit. */
bool __wrap_gate_allows(const struct gate *g)
{
    return gate || __real_gate_allows(g);
}

/* What failed and could be tried again counts as never tried. */
enum outcome __wrap_ledger_outcome(const struct ledger *l, uint32_t row)
{
    enum outcome o = __real_ledger_outcome(l, row);
    return totals && o == OUTCOME_FAILED ? OUTCOME_NOT_ATTEMPTED : o;
}

/* A batch counts as on the disk without its sync. */
int __wrap_durable_sync(int fd, struct error *err)
{
    return sync_lost ? 0 : __real_durable_sync(fd, err);
}

/* Not seeing is taken for knowing: whoever looks counts as one that has seen something. */
struct sight __wrap_evidence_sight(const struct ledger *l, const struct definition *d)
{
    struct sight eye = __real_evidence_sight(l, d);
    if (eyes)
        eye.control = true, eye.looks = UINT8_MAX;
    return eye;
}
