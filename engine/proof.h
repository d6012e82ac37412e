#ifndef ENGINE_PROOF_H
#define ENGINE_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/network.h"
#include "geo/road/range.h"

/* What patrols are proven to have walked. A claim that is finished becomes verified: the
 * tracks of those who went are matched to the streets, and what they bear witness of
 * (geo/cover/witness) is kept as vigil.proven, without any position. */

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

#endif
