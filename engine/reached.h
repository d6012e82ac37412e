#ifndef ENGINE_REACHED_H
#define ENGINE_REACHED_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"
#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/cover/slab.h"

struct world;
struct world_slot;

/* Who could have come in hours that are over. Soon after every full hour it is worked out who
 * could be sent then (as engine/turnout counts them), where each was last, and by how many
 * people every stretch of street was reached within reach_limit_s; that is kept by the hour
 * in PostGIS (vigil.reach_hour), without people or places. It stands for the hour that
 * begins with it. An hour of which it could not be done stays unknown.
 *
 * A thread of its own does so; of several processes the first one's rows are kept, and they
 * are the same from whichever. */
struct reached;

enum {
    REACHED_LOOK_S = 15,
    REACHED_WAIT_S = 60,  /* after the hour: positions are on their way */
    REACHED_LATE_S = 590, /* later the positions of the hour before are packed */
};

/* NULL with a failure when there is no database or no thread. Both must outlive it. */
struct reached *reached_open(struct world_slot *worlds, const struct config *c, struct fail *f);
void reached_close(struct reached *r); /* NULL does nothing */

/* Works out one hour and keeps it unless it is kept; what the thread does, and for tests. */
bool reached_keep(struct db *db, const struct world *w, const struct config *c, int64_t at_s,
                  struct fail *f);

/* ------------------------------------------------------------------ reading */

/* The hours within a time of which it is known, ascending; in the arena. */
struct reached_hour {
    int64_t at_s;
    uint64_t mark; /* of what is kept: another one, when it has been kept anew */
};
bool reached_hours(struct db *db, int64_t from_s, int64_t to_s, struct arena *a,
                   const struct reached_hour **out, int32_t *count, struct fail *f);

/* What was reached at one of them, as slabs of that hour which count as so many as there were
 * people; ascending by segment and place, in the arena. */
bool reached_slabs(struct db *db, const struct network *n, int64_t at_s, struct arena *a,
                   const struct slab **out, int32_t *count, struct fail *f);

#endif
