#ifndef ENGINE_ERASURE_H
#define ENGINE_ERASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Forgetting a person. What says who she was is destroyed in one transaction: she is
 * unavailable, her personal values are gone, her memberships are closed, her tokens
 * end. Her number stays, because the hours ledger and the history of incidents need
 * it; it names nobody any more. Her positions are deleted by erasure_work, which looks
 * through all that is kept. The row of vigil.erasure is the receipt. */
struct erasure_receipt {
    int64_t erasure_id, person_id, org_id;
    int32_t values_gone, memberships, credentials, tokens;
    int64_t positions;        /* deleted so far */
    const char *asked_at;     /* RFC 3339 */
    const char *positions_at; /* none is left since then; NULL: under way */
    const char *kind;         /* "person", or "positions" of one who took back her consent */
};

/* Within the caller's transaction. PERSON_UNKNOWN when there is nobody to erase in
 * sight: of the connection's scope only she herself, and who has her at home, may. */
bool erasure_carry_out(struct db *db, struct ids *ids, int64_t person_id, int64_t by_token_id,
                       struct arena *a, struct erasure_receipt *out, struct fail *f);

/* Receipts in the connection's scope, the newest first, before an id (0: all). */
bool erasure_list(struct db *db, int64_t before_id, int64_t limit, struct arena *a,
                  struct erasure_receipt **out, int32_t *count, struct fail *f);

/* Deletes the positions, packed and single ones and those of incidents, of those who were
 * erased or have taken back their consent, and closes the receipts of those of whom nothing
 * can be on its way any more (a minute after). May take long; between two hours of
 * positions go_on(self) is asked whether to continue, and what is left is left for the
 * next time. For the engine's role. */
bool erasure_work(struct db *db, bool (*go_on)(void *self), void *self, int64_t *deleted,
                  struct fail *f);

#endif
