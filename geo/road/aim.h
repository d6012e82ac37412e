#ifndef GEO_ROAD_AIM_H
#define GEO_ROAD_AIM_H

#include "geo/base/buf.h"
#include "geo/road/podium.h"

/* How far it is to one place for many people of one mode, one by one: by the labels, the
 * likeliest first, and those that cannot be near enough are not looked at. Two nodes of a
 * hierarchy are at least as far apart as the nearest of what is above both, which is a
 * property of how deep their ways to the root part (Buchhold, Wagner, Nearest-neighbor
 * queries in customizable contraction hierarchies and applications, SEA 2021, prune by
 * it). While the labels are out of date the metric takes their place.
 *
 * Room of one thread; starts as { 0 }, ends with aim_room_free. */
struct aim_room {
    struct buf far; /* by rank, while there are no labels */
    uint32_t round;
    struct buf rivals; /* those who are weighed against each other */
};

void aim_room_free(struct aim_room *room);

struct aim;

/* At a place on the streets of the mode. In the arena. */
struct aim *aim_take(const struct roads *r, enum mode mode, struct spot place,
                     struct aim_room *room, struct arena *a);

/* Offers the podium those in the slots, who are of the mode and pass its filter. */
void aim_offer(struct aim *aim, const int32_t *slots, int32_t count, struct podium *podium);

#endif
