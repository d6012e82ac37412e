#ifndef ENGINE_SWARM_H
#define ENGINE_SWARM_H

#include <stdint.h>

#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/tile.h"

/* The people as a vector tile, written from memory.
 *
 * From SWARM_ZOOM on everyone is a point of the layer "people" with the person's
 * id: mode, available (can be sent), fix_s (the second of the fix since 1970).
 * Further out, or where so many stand that the tile would pass
 * SWARM_TILE_MAX bytes, they are counted in the cells of a square grid, layer
 * "people_cells": count, available; the point is where they are on average. */
enum { SWARM_ZOOM = 13, SWARM_CELLS = 32, SWARM_TILE_MAX = 500000 };

/* Changes whenever anyone in the tile moves. */
uint64_t swarm_version(struct live *l, struct tile t);

/* Adds the tile to the end of `out`; nothing when nobody is there. */
void swarm_encode(struct live *l, struct tile t, struct arena *a, struct buf *out);

/* How many people there are, and their state as one number that changes whenever
 * anyone moves. */
struct swarm_count {
    int32_t known;
    int32_t placed; /* with a fix */
    int32_t on_duty;
    int32_t available; /* can be sent, but for their age */
    uint64_t version;
};
struct swarm_count swarm_count(struct live *l);

#endif
