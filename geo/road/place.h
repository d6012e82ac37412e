#ifndef GEO_ROAD_PLACE_H
#define GEO_ROAD_PLACE_H

#include "geo/road/graph.h"
#include "geo/road/network.h"
#include "geo/road/roads.h"

/* Places on the streets (spots) and where a traveller can be (states of the graph): how
 * she comes from one to the other. Everybody who searches begins and ends here.
 *
 * A *door* is a way between a spot and a state, with its cost. From within a segment one
 * door leads out along each of its edges, to graph_arrival; into it doors lead from every
 * state that may go on by one of the edges. At either end of a segment the spot is the
 * junction: she leaves it from the state without past, free to go anywhere, and has come
 * to it in whatever state. Two spots of one segment may need no door at all: place_direct.
 *
 * So the cost between two spots is the least of place_direct and all sums of a door out
 * of the one, the way between the two states, and a door into the other. */
struct place_door {
    int32_t state;
    uint32_t cost_ms; /* of the part of the edge; below NETWORK_COST_NEVER */
    int32_t edge;     /* used in part or whole; PLACE_NO_EDGE at a junction */
};

enum {
    PLACE_NO_EDGE = -1,
    PLACE_OUT_MAX = 2,
    PLACE_IN_MAX = 2 * GRAPH_STATES_MAX,
};

/* The junction that the spot is, or -1 within a segment. */
int32_t place_junction(const struct network *n, struct spot spot);

/* The doors that are open to the mode: their count, at most PLACE_OUT_MAX and
 * PLACE_IN_MAX, 0 where everything is closed. `n` has the costs that count (those of now:
 * roads_network). */
int32_t place_out(const struct network *n, const struct graph *g, enum mode mode, struct spot from,
                  struct place_door *doors);
int32_t place_in(const struct network *n, const struct graph *g, enum mode mode, struct spot to,
                 struct place_door *doors);

/* Along one segment without leaving it; NETWORK_COST_NEVER for spots of two segments and
 * where the mode may not go that way. *edge, when given, is the edge that is used,
 * PLACE_NO_EDGE when the two are one. */
uint32_t place_direct(const struct network *n, enum mode mode, struct spot from, struct spot to,
                      int32_t *edge);

/* By road from spot to spot with the costs of now, milliseconds; NETWORK_COST_NEVER when
 * there is no way. `room` as for roads_distance. */
uint32_t place_distance(const struct roads *r, enum mode mode, struct spot from, struct spot to,
                        int32_t *room);

#endif
