#ifndef GEO_ROAD_DETOUR_H
#define GEO_ROAD_DETOUR_H

#include "geo/road/avoid.h"
#include "geo/road/leg.h"

/* The cheapest way from spot to spot that keeps clear of some streets, exactly, without
 * touching the costs that everybody shares: A* whose estimate is the cost to the end with
 * nothing avoided, found in the hierarchy when a state is first come by (Strasser,
 * Zeitz, A fast and tight heuristic for A* in road networks, SEA 2021). Where little
 * stands in the way it looks at little more than the way itself; where there is no way
 * at all it comes by all that can be reached. */

/* Scratch space of one thread, grown to the network on first use: 12 bytes a state, and
 * 8 a rank. */
struct detour_room;
struct detour_room *detour_room_new(void);
void detour_room_free(struct detour_room *room);

/* The edges live in the arena. False when there is no way. */
bool detour_find(const struct roads *r, enum mode mode, struct spot from, struct spot to,
                 const struct avoid_view *avoid, struct detour_room *room, struct arena *a,
                 struct leg *out);

#endif
