#ifndef GEO_ROAD_ROUTE_H
#define GEO_ROAD_ROUTE_H

#include "geo/road/avoid.h"
#include "geo/road/leg.h"

/* The fastest way from spot to spot for one mode, over places on the way, with its
 * geometry and what a person is told to do (geo/road/guide.h). */
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
    TURN_ROUNDABOUT, /* in, and out again by the exit that the step says */
    TURN_WAYPOINT,   /* a place on the way is reached */
    TURN_ARRIVE
};

/* "depart", "straight", "slight_left", … "arrive". */
const char *route_turn_word(enum turn turn);

struct route_step {
    enum turn turn;
    int32_t exit;     /* of a roundabout: the 1st, 2nd …; 0 when the way ends in it */
    const char *name; /* the street followed after the turn; "" without a name */
    uint32_t length_cm;
    uint32_t cost_ms;
    int32_t first_point; /* index into points where the step begins */
};

/* Between two of the places. */
struct route_leg {
    uint32_t cost_ms;
    uint32_t length_cm;
    int32_t first_step; /* depart, or waypoint */
};

struct route {
    uint32_t cost_ms;
    uint32_t length_cm;
    struct spot from, to;
    int32_t edge_count;
    const int32_t *edges; /* in order; the first and last of a leg may be used in part */
    int32_t point_count;
    const struct point *points; /* at least two; from spot to spot */
    int32_t step_count;
    const struct route_step *steps; /* the last is TURN_ARRIVE */
    int32_t leg_count;
    const struct route_leg *legs;
};

struct route_room;
struct route_room *route_room_new(void);
void route_room_free(struct route_room *room);

/* All of *out lives in the arena. False with NO_ROUTE when there is no way. */
bool route_find(const struct roads *roads, enum mode mode, struct spot from, struct spot to,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f);

/* Over places in this order, at least two. At each of them a new leg begins as if the
 * traveller had stood there: she may go on in any direction that the street allows. */
enum { ROUTE_PLACES_MAX = 27 };
struct route_wish {
    enum mode mode;
    int32_t place_count;
    const struct spot *places;
    const struct avoid *avoid; /* NULL: nothing is avoided */
    uint32_t leg_most_ms;      /* no leg costs more, where nothing is avoided; 0: any. Whoever
                                * knows it has the answer sooner */
    bool is_undrawn;           /* only costs, lengths and edges: no line and no steps */
};
bool route_over(const struct roads *roads, const struct route_wish *wish, struct route_room *room,
                struct arena *a, struct route *out, struct fail *f);

/* Other ways than the cheapest between two places, see leg_others; how many were found.
 * `out` has room for `most`, at most LEG_OTHERS_MAX. */
int32_t route_others(const struct roads *roads, enum mode mode, struct spot from, struct spot to,
                     int32_t most, struct route_room *room, struct arena *a, struct route *out);

#endif
