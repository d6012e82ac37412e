#ifndef ENGINE_TERRAIN_H
#define ENGINE_TERRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/views.h"
#include "engine/world.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/cover/ground.h"
#include "geo/cover/plots.h"

/* In a hot spot a visit counts for so long, and only when it was so long. */
enum { TERRAIN_HOT_S = 2 * 3600, TERRAIN_HOT_DWELL_S = 600 };

/* What coverage is counted on, as it was at one moment: the streets that count and for how
 * long a visit does, cut by grid cell, organisation and the
 * nearest station, and what every lookout point sees.
 * A terrain never changes once it is published; any number of threads read it.
 *
 * A thread hears when any process has changed one of these, looks every two seconds
 * anyway, and publishes another. What it is laid on stays the same object as long as the
 * streets, cells, organisations, stations, classes and weights do: whoever keeps coverage by lot
 * looks at `laid`. It lives through the absence of the database. */
struct terrain_area {
    int64_t id;
    int64_t org_id; /* of a cell or a station: whose it is; of an organisation: itself */
    const char *code, *name;
};

struct terrain_share;

struct terrain {
    struct terrain_share *share; /* who holds it; terrain.c only */
    uint64_t version;            /* of all of it: 1, 2, … */
    uint64_t laid;               /* of all but the lookout points: 1, 2, … */
    const struct world *world;   /* held as long as the terrain is */
    const struct ground *ground;
    const struct plots *plots;
    const uint8_t *counts;                /* per segment: 1 where it counts */
    const int32_t *window_s;              /* per segment: how long a visit counts */
    struct range_band hot;                /* the streets in hot spots */
    int64_t weights_id;                   /* the version of weights, 0 for none */
    const struct terrain_area *cells;     /* as the plots count them: [plots->cell_count] */
    const struct terrain_area *orgs;      /* the same: parents first, the city the very first */
    const struct terrain_area *stations;  /* the same: by id */
    const struct views_lookout *lookouts; /* by id, closed ones too */
    int32_t lookout_count;
};

/* The place of an organisation, a cell, a station or a lookout point of this id, or -1. */
int32_t terrain_org(const struct terrain *t, int64_t org_id);
int32_t terrain_cell(const struct terrain *t, int64_t grid_id);
int32_t terrain_station(const struct terrain *t, int64_t station_id);
int32_t terrain_lookout(const struct terrain *t, int64_t lookout_point_id);

/* Where the newest terrain is found, and the thread that follows the database. */
struct terrain_slot;

/* `database` is a libpq string; `worlds` must outlive it. NULL when the database cannot be
 * reached. The first terrain comes some moments after the first import. */
struct terrain_slot *terrain_open(const char *database, struct world_slot *worlds, struct fail *f);
void terrain_close(struct terrain_slot *slot);

/* The newest, or NULL before the first; to be dropped with terrain_drop. Any thread. */
const struct terrain *terrain_hold(struct terrain_slot *slot);
const struct terrain *terrain_hold_again(const struct terrain *t);
void terrain_drop(const struct terrain *t); /* NULL does nothing */

/* Waits for a look that begins after this call, five seconds at most: for whoever has
 * changed something and reads on, and for tests. False when it took longer. */
bool terrain_settle(struct terrain_slot *slot);

#endif
