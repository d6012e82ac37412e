#ifndef ENGINE_SWARM_H
#define ENGINE_SWARM_H

#include <stdint.h>

#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/tile.h"

/* The people as a vector tile, written from memory: those whom the reader sees, each
 * of them asked about as she is written.
 *
 * From SWARM_ZOOM on everyone is a point of the layer "people" with the person's
 * id: mode, available (can be sent), fix_s (the second of the fix since 1970), stale (the
 * fix is old), doubt (something about it is doubted: see enum live_flag).
 * Further out, or where so many stand that the tile would pass
 * SWARM_TILE_MAX bytes, they are counted in the cells of a square grid, layer
 * "people_cells": count, available; the point is where they are on average. */
enum { SWARM_ZOOM = 13, SWARM_CELLS = 32, SWARM_TILE_MAX = 500000 };

/* Changes whenever anyone in the tile moves, and every minute: people grow stale. */
uint64_t swarm_version(struct live *l, struct tile t);

/* Adds the tile to the end of `out`; nothing when nobody is there. */
void swarm_encode(struct live *l, const struct sight *sight, struct tile t, struct arena *a,
                  struct buf *out);

/* How many people are at home in the organisations that the reader sees, and the state
 * of everyone as one number that changes whenever anyone moves. */
struct swarm_count {
    struct muster_count people;
    uint64_t version;
};
struct swarm_count swarm_count(struct live *l, const struct sight *sight);

#endif
