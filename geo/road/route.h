#ifndef GEO_ROAD_ROUTE_H
#define GEO_ROAD_ROUTE_H

#include "geo/road/roads.h"
#include "geo/road/snap.h"

/* The fastest way between two spots for one mode: bidirectional Dijkstra with
 * partial edges at both ends (Pohl 1971; stopping when the two radii reach the
 * best meeting). */
enum turn {
    TURN_DEPART,
    TURN_STRAIGHT,
    TURN_SLIGHT_LEFT,
    TURN_LEFT,
    TURN_SHARP_LEFT,
    TURN_SLIGHT_RIGHT,
    TURN_RIGHT,
    TURN_SHARP_RIGHT,
    TURN_BACK,
    TURN_ARRIVE
};

/* "depart", "straight", "slight_left", … "arrive". */
const char *route_turn_word(enum turn turn);

struct route_step {
    enum turn turn;
    const char *name; /* the street followed after the turn; "" without a name */
    uint32_t length_cm;
    uint32_t cost_ms;
    int32_t first_point; /* index into points where the step begins */
};

struct route {
    uint32_t cost_ms;
    uint32_t length_cm;
    struct spot from, to;
    int32_t edge_count;
    const int32_t *edges; /* in order; the first and last may be used in part */
    int32_t point_count;
    const struct point *points; /* at least two; from spot to spot */
    int32_t step_count;
    const struct route_step *steps; /* the last is TURN_ARRIVE */
};

struct route_room;
struct route_room *route_room_new(void);
void route_room_free(struct route_room *room);

/* All of *out lives in the arena. False with NO_ROUTE when there is no way. */
bool route_find(const struct roads *roads, enum mode mode, struct spot from, struct spot to,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f);

#endif
