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

/* The edges live in the arena. False when there is no way, or none that costs at most
 * `most_ms` (NETWORK_COST_NEVER: any); the less it may cost, the sooner that is known. */
bool leg_find(const struct roads *r, enum mode mode, struct spot from, struct spot to,
              uint32_t most_ms, struct leg_room *room, struct arena *a, struct leg *out);

/* Of all its edges, of the first and the last only the part that is used. */
uint32_t leg_length_cm(const struct network *n, const struct leg *leg);

/* Other ways between the same spots that somebody might want instead of the cheapest, the
 * cheapest first; how many were found, at most `most`. Ways over one node that both
 * sides climb to (Abraham, Delling, Goldberg, Werneck, Alternative routes in road
 * networks, ACM JEA 18, 2013): each costs at most LEG_STRETCH_PERCENT more than the
 * cheapest, has at most LEG_SHARED_PERCENT of that cost in common with it and with
 * each of the others, comes by no junction twice, and is the cheapest itself as far as
 * LEG_LOCAL_PERCENT of that cost to both sides of the node, so that nobody is sent round
 * a block for nothing. Not every pair of places has any. */
enum {
    LEG_OTHERS_MAX = 3,
    LEG_STRETCH_PERCENT = 25,
    LEG_SHARED_PERCENT = 80,
    LEG_LOCAL_PERCENT = 25,
};
int32_t leg_others(const struct roads *r, enum mode mode, const struct leg *best, int32_t most,
                   struct leg_room *room, struct arena *a, struct leg *out);

/* Gives a leg the one edge that leads along its segment, or none (PLACE_NO_EDGE). */
void leg_stay(struct leg *leg, int32_t edge, struct arena *a);

#endif
