#ifndef ENGINE_CITY_H
#define ENGINE_CITY_H

#include "engine/streets.h"
#include "engine/world.h"

/* A world, not yet published, of streets that were loaded into the arena, which it takes
 * over (see world_draft): their index and their roads. NULL with the reasons of
 * traffic_new; the arena is the caller's then. */
struct world *city_world(struct world_slot *slot, const struct streets *s, struct arena *a,
                         struct fail *f);

#endif
