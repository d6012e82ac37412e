#ifndef ENGINE_WEEK_SOURCES_H
#define ENGINE_WEEK_SOURCES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/terrain.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/cover/rounds.h"
#include "geo/cover/slab.h"
#include "geo/cover/stint.h"

/* Who covers which streets during some hours: the one place that says so, for plans and for
 * what has been.
 *
 * A lookout point covers what it sees: by the plan during its shifts that are not cancelled,
 * while it is active; actually while as many people as it needs are checked in there. A
 * patrol covers each metre from the moment it comes by, for as long as a visit counts
 * there: by the plan every claimed patrol day walks its beat once through at even pace
 * (geo/cover/rounds); actually what is proven of the beat (engine/proof): off it positions
 * err too often. Who could have come is known of hours that are over (engine/reached), one
 * source an hour; it is not planned. */
enum week_sources_kind { WEEK_SOURCES_PLAN, WEEK_SOURCES_ACTUAL, WEEK_SOURCES_KINDS };
enum week_sources_layer {
    WEEK_SOURCES_LOOKOUT,
    WEEK_SOURCES_PATROL,
    WEEK_SOURCES_REACH,
    WEEK_SOURCES_LAYERS,
};

/* "plan", "actual"; "lookout", "patrol", "reach". */
extern const char *const WEEK_SOURCES_KIND_WORDS[WEEK_SOURCES_KINDS];
extern const char *const WEEK_SOURCES_LAYER_WORDS[WEEK_SOURCES_LAYERS];

/* [from_s, to_s) in seconds since 1970; what covers after known_s is not known: an actual
 * time has not been yet. */
struct week_sources_time {
    enum week_sources_kind kind;
    int64_t from_s, to_s;
    int64_t known_s; /* to_s, or earlier */
    bool with_reach; /* who could have come counts, too */
};

struct week_sources_one {
    int64_t source_id; /* of its layer and the next: no two sources have the same */
    enum week_sources_layer layer;
    int64_t id; /* a lookout point or a claim; of reach the hour's first second */
    int64_t org_id;
    uint64_t mark;              /* of all that its slabs come of: equal marks, equal slabs */
    const struct stint *stints; /* what the slabs are made of: its times */
    int32_t stint_count;
    const struct rounds_leg *legs; /* what is walked; or of a lookout point none */
    int32_t leg_count;
    const struct slab *proven; /* as it was walked, where that is known */
    int32_t proven_count;
    int32_t lookout; /* place in the terrain */
};

struct week_sources {
    struct week_sources_one *items; /* ascending by source_id */
    int32_t count;
};

/* The source_id of a lookout point or a claim; the layers one after another. */
int64_t week_sources_id(enum week_sources_layer layer, int64_t id);

/* As the engine; everything lives in the arena. */
bool week_sources_read(struct db *db, const struct terrain *t, const struct week_sources_time *time,
                       struct arena *a, struct week_sources *out, struct fail *f);

/* The slabs of one of them, within its time, in the arena: a lookout point counts as one, all
 * patrols together as one. */
int32_t week_sources_slabs(const struct terrain *t, const struct week_sources_time *time,
                           const struct week_sources_one *one, struct arena *a,
                           const struct slab **out);
/* Also of the layer reach, which is read from the database: it counts as so many people. */
bool week_sources_find(struct db *db, const struct terrain *t, const struct week_sources_time *time,
                       const struct week_sources_one *one, struct arena *a, const struct slab **out,
                       int32_t *count, struct fail *f);

/* What a lookout point covers by the plan while somebody is there: its slabs within the time;
 * in the arena. It needs not be one of the terrain's. */
int32_t week_sources_held(const struct views_lookout *l, const struct week_sources_time *time,
                          const struct stint *shifts, int32_t count, struct arena *a,
                          const struct slab **out);

#endif
