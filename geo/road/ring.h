#ifndef GEO_ROAD_RING_H
#define GEO_ROAD_RING_H

#include "geo/road/network.h"

/* Roundabouts, told by their shape: a small ring of edges, each open to cars in this
 * direction only, that turns one way all round and is about as round as a pentagon. A
 * block of one-way streets is not: it is a square or longer, and its corners are sharp. */
enum { RING_EDGES_MAX = 48 };

/* The ring that the edge is part of, beginning with it, in the order of travel; how many
 * edges, 0 when it is part of none. */
int32_t ring_find(const struct network *n, int32_t edge, int32_t edges[RING_EDGES_MAX]);

#endif
