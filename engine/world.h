#ifndef ENGINE_WORLD_H
#define ENGINE_WORLD_H

#include <stdint.h>

#include "geo/point.h"
#include "geo/road/network.h"
#include "geo/road/snap.h"

/* The slow state of the city at one moment: its streets. A published world never
 * changes; any number of threads may read it, and it lives until the last reader
 * drops it. The people move in engine/live, which follows the world. */
struct world {
    struct world_share *share; /* who holds it; world.c only */
    uint64_t version;          /* 1, 2, …: every import makes a new one */
    const struct network *network;
    const struct snap_index *streets; /* its index for snapping */
    struct point south_west, north_east; /* bounds of the streets */
    struct point centre;
    const char *city_name;
    const char *attribution; /* to be shown wherever the map is */
};

struct world_slot;

/* The newest world, or NULL before the first import. */
const struct world *world_hold(struct world_slot *slot);
void world_drop(const struct world *w);

#endif
