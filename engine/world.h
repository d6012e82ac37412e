#ifndef ENGINE_WORLD_H
#define ENGINE_WORLD_H

#include <stdint.h>

#include "engine/traffic.h"
#include "geo/base/arena.h"
#include "geo/point.h"
#include "geo/road/network.h"
#include "geo/road/parts.h"
#include "geo/road/snap.h"

/* The slow state of the city at one moment: its streets. A published world never
 * changes; any number of threads may read it, and it lives until the last reader
 * drops it. The people move in engine/live, which follows the world. */
struct world {
    struct world_share *share; /* who holds it; world.c only */
    uint64_t version;          /* 1, 2, …: no two worlds of a slot have the same */
    const struct network *network;
    const struct snap_index *streets;    /* its index for snapping */
    struct traffic *traffic;             /* travel on it now; guards itself */
    const struct parts *parts;           /* by mode, which streets hang together */
    struct point south_west, north_east; /* bounds of the streets */
    struct point centre;
    const char *city_name;
    const char *attribution; /* to be shown wherever the map is */
    const char *layers;      /* "water buildings": what of the import's map layers, beside
                              * the streets, holds anything; NULL where none is known */
};

/* Where the newest world is found. One thread publishes, any number hold. */
struct world_slot;

struct world_slot *world_slot_new(void);
/* Drops the newest world; those who still hold one keep it. */
void world_slot_free(struct world_slot *slot);

/* A world to be filled, held once by the caller, with the next version. It lives
 * in the arena and the arena in it: what the world points at is taken from there
 * (or deferred to it), and all goes with the last drop. */
struct world *world_draft(struct world_slot *slot, struct arena *a);

/* Makes a filled draft the newest world. The slot takes over the caller's hold;
 * from here on the draft is not changed any more. */
void world_publish(struct world_slot *slot, struct world *draft);

/* The newest world, or NULL before the first import. It stays as it is until
 * the reader drops it, however long that takes. */
const struct world *world_hold(struct world_slot *slot);
/* The same world once more, for someone who is given it by one who holds it. */
const struct world *world_hold_again(const struct world *w);
/* Once for each hold; NULL is ignored. */
void world_drop(const struct world *w);

#endif
