#ifndef GEO_ROAD_LEG_H
#define GEO_ROAD_LEG_H

#include "geo/road/roads.h"

/* One leg of a journey: the cheapest way from spot to spot for one mode, as edges. By
 * the hierarchy: climbed from both ends, then taken apart into edges. */
struct leg {
    struct spot from, to;
    uint32_t cost_ms;
    int32_t edge_count;
    const int32_t *edges; /* in order */
    /* The first edge begins at the spot `from`, the last ends at the spot `to`; else whole:
     * a spot on a junction can be left by any edge there, not only by its own. */
    bool from_within, to_within;
};

/* Scratch space of one thread, grown to the network on first use. */
struct leg_room;
struct leg_room *leg_room_new(void);
void leg_room_free(struct leg_room *room);

/* The edges live in the arena. False when there is no way. */
bool leg_find(const struct roads *r, enum mode mode, struct spot from, struct spot to,
              struct leg_room *room, struct arena *a, struct leg *out);

#endif
