#ifndef ENGINE_CLAIMS_H
#define ENGINE_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "engine/patrol.h"
#include "engine/shifts.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* 义巡日认领: squads claim patrol days. What may happen to a claim is engine/patrol's
 * and whose turn it is engine/lot's; here it is done, in the caller's transaction. */

/* Asks for a day as claim `claim_id`. Before the draw the claim is noted; afterwards
 * it gets a free place or the next place of the waiting list. NOT_OPEN_YET,
 * CUT_OFF_PASSED, CLAIM_AGAIN, SQUAD_BUSY, SQUAD_UNKNOWN, SHIFT_OVER. */
bool claims_ask(struct db *db, int64_t claim_id, int64_t day_id, int64_t squad_id, struct arena *a,
                struct fail *f);

struct claims_claim {
    int64_t claim_id, day_id;
    int64_t org_id;                 /* the day's */
    int64_t squad_id, squad_org_id; /* the squad's */
    enum patrol_state state;
    struct patrol_moment moment;
};

/* Holds a claim for this transaction; FAIL_MISSING when the caller sees none, and
 * SQUAD_UNKNOWN when she sees it and may not act for its squad. */
bool claims_hold(struct db *db, int64_t claim_id, struct arena *a, struct claims_claim *out,
                 struct fail *f);

/* Confirms, cancels, starts, pauses, resumes, finishes or abandons. A place that
 * becomes free goes to who waits, who is told; who is still checked in on a patrol
 * that ends is checked out. */
bool claims_step(struct db *db, struct ids *ids, const struct claims_claim *c,
                 enum patrol_event event, const struct shifts_actor *who, struct arena *a,
                 struct fail *f);

/* Asks for the day of another squad in exchange for hers; done at once when that one
 * has asked for the same. */
bool claims_swap(struct db *db, const struct claims_claim *c, int64_t with_claim_id,
                 struct arena *a, bool *done, struct fail *f);

/* Has it proven within seconds, or proven again (engine/proof). PATROL_STATE while it is not
 * over; PROOF_COARSE when its positions are kept coarse by now, which is after sharp_h hours. */
bool claims_prove(struct db *db, const struct claims_claim *c, int64_t sharp_h, struct arena *a,
                  struct fail *f);

/* Tells a squad's organisation and its leaders what became of their claim. */
bool claims_tell(struct db *db, int64_t claim_id, int64_t squad_org_id, const char *state,
                 const int64_t *leaders, int32_t leader_count, struct arena *a, struct fail *f);

#endif
