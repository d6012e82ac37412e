#ifndef ENGINE_HOURS_H
#define ENGINE_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* The ledger of hours served. Entries are earned at checking out (engine/shifts) and
 * never edited: what was wrong is taken back by a reversal, and what would have been
 * right is entered beside it. In the caller's transaction. */
enum {
    HOURS_REASON_MAX = 300, /* bytes */
    HOURS_MINUTES_MAX = 1440,
    HOURS_EXPORT_MAX = 200000, /* lines */
};

struct hours_undo {
    int64_t entry_id;
    const char *reason;
    bool corrects;
    int64_t minutes; /* what it should have been, when it corrects */
    int64_t token_id;
};

/* Takes an entry back, and corrects it when so wished; the ids of what was written
 * (correction_id 0: none). ENTRY_REVERSED, or NOT_FOUND. */
bool hours_reverse(struct db *db, struct ids *ids, const struct hours_undo *undo, struct arena *a,
                   int64_t *reversal_id, int64_t *correction_id, struct fail *f);

/* The sum of a person's entries, as far as the caller sees them. */
bool hours_balance(struct db *db, int64_t person_id, struct arena *a, int64_t *minutes,
                   int64_t *entries, struct fail *f);

#endif
