#ifndef ENGINE_PROOF_H
#define ENGINE_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"
#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"
#include "geo/road/range.h"

struct world_slot;
struct hop_room;
struct world;

/* What patrols are proven to have walked. A claim that is finished becomes verified: the
 * tracks of those who went are matched to the streets, and what they bear witness of
 * (geo/cover/witness, engine/evidence) is kept as vigil.proven, without any position. When
 * that is enough of the beat the claim is credited at once, else when somebody says so.
 *
 * A thread of its own looks for such claims; what several processes do at the same time
 * each claim sees once. It waits for the setting proof_wait_s, because phones that were
 * out of reach send what they kept; what comes later counts when the claim is proven
 * again (claims_prove). */

/* One passage of a piece of a street. */
struct proof_interval {
    int64_t claim_id;
    int64_t person_id; /* 0: of somebody who is not to be known any more */
    struct range_piece piece;
    int64_t from_us, until_us; /* since 1970; from its one end to the other, halts included */
    bool is_planned;           /* a street of the claim's beat */
};

/* What was walked with any of its time from from_us to before until_us, on the streets of
 * the current import as `n` has them: ascending by segment, from_cm, from_us, claim and
 * person. As far as the connection's scope reaches. Lives in the arena. */
bool proof_intervals(struct db *db, const struct network *n, int64_t from_us, int64_t until_us,
                     struct arena *a, const struct proof_interval **out, int32_t *count,
                     struct fail *f);

/* A claim's proof as JSON, or as GeoJSON features of what was walked and what was missed;
 * FAIL_MISSING when the caller sees no such claim, or it is not proven yet. */
bool proof_json(struct db *db, int64_t claim_id, struct arena *a, const char **out, struct fail *f);
bool proof_geojson(struct db *db, int64_t claim_id, struct arena *a, const char **out,
                   struct fail *f);

/* ------------------------------------------------------------------ proving */

enum {
    PROOF_LOOK_S = 5,
    PROOF_LIMIT_MS = 120000, /* of a statement: an hour of single positions has millions */
};

struct proof;

/* NULL with a failure when there is no database or no thread. Worlds, config and ids must
 * outlive it. */
struct proof *proof_open(struct world_slot *worlds, const struct config *c, struct ids *ids,
                         struct fail *f);
/* Waits for the claim under way. NULL does nothing. */
void proof_close(struct proof *p);

/* Looks now. */
void proof_wake(struct proof *p);

/* One round on the caller's connection, for the engine's role; how many were proven. What the
 * thread does; for tests. A claim that cannot be proven hinders no other; the first failure
 * is what is told. */
struct proof_round {
    struct db *db;
    const struct world *world;
    const struct config *config;
    struct ids *ids;
    struct hop_room *hop;
};
bool proof_once(const struct proof_round *round, int32_t *proven, struct fail *f);

#endif
