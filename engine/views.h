#ifndef ENGINE_VIEWS_H
#define ENGINE_VIEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/cover/ground.h"
#include "geo/point.h"

/* The lookout points of the city and what each of them sees: the streets within its reach
 * that no building hides (geo/cover/view). Kept in vigil.lookout_view and worked out anew
 * when a lookout point moves, sees farther or less far, or the streets are of another
 * import; whichever process comes first, all come to the same. */
struct views_lookout {
    int64_t lookout_point_id;
    int64_t org_id;
    const char *code, *name;
    bool is_active;  /* open and in state active */
    int64_t until_s; /* when it was closed, in seconds since 1970; INT64_MAX: it is open */
    int32_t need;    /* people who make it staffed: min_staff, one at least */
    int32_t reach_m;
    struct point at;
    struct range_band seen;    /* pieces of the network's streets */
    struct range_band blocked; /* within reach, but behind a building */
};

/* All of them by id, closed ones too, with what they see brought up to date in the
 * database. `made` is how many had to be worked out. As the engine; everything lives in
 * the arena. */
bool views_bring(struct db *db, const struct ground *g, struct arena *a,
                 const struct views_lookout **out, int32_t *count, int32_t *made, struct fail *f);

/* The pieces of streets that somebody would see from a place, past the buildings of the
 * current import; in the arena. */
bool views_see(struct db *db, const struct ground *g, struct point at, int32_t reach_m,
               struct arena *a, struct range_band *seen, struct fail *f);

/* The same as an area, for the map and for gaps by area; in the arena. */
bool views_outline(struct db *db, const struct ground *g, struct point at, int32_t reach_m,
                   struct arena *a, struct figure *seen, struct fail *f);

#endif
