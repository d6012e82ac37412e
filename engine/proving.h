#ifndef ENGINE_PROVING_H
#define ENGINE_PROVING_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/fail.h"
#include "geo/cover/witness.h"

/* Proves one claim: reads the tracks of those who were there, weighs each, and writes what
 * they prove in place of what an earlier proof said. */
enum {
    PROVING_CHECKPOINT_M = 15,   /* along the street: so near the squad came by */
    PROVING_STAY_M = 40,         /* as the crow flies: so near somebody stayed */
    PROVING_FIXES_MAX = 2000000, /* of one claim's people together */
};

struct proving_wish {
    struct db *db; /* as the engine, no transaction open */
    struct ids *ids;
    struct match_streets streets; /* on foot, of a world that is held */
    struct witness_room room;
    int64_t credit_percent; /* of the beat: enough to be credited at once */
};

/* Not done, without a failure, when it is not to be proven (any more), or another process
 * is at it. */
bool proving_claim(const struct proving_wish *wish, int64_t claim_id, bool *is_done,
                   struct fail *f);

#endif
