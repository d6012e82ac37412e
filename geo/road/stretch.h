#ifndef GEO_ROAD_STRETCH_H
#define GEO_ROAD_STRETCH_H

#include "geo/base/fail.h"
#include "geo/road/network.h"

/* The streets between two places on them, as somebody means who points at both ends of
 * what is dug up: the shortest way along streets, whoever may use them and in whichever
 * direction; along one street where both places lie on streets of one name that leads from
 * one to the other. */
enum {
    STRETCH_LENGTH_MAX_CM = 2000000, /* 20 km */
    STRETCH_END_CM = 1500,           /* see below */
};

/* The edges in their order from one place to the other, in the arena; at least one. Streets
 * count as a whole. The first and the last are left out when less than STRETCH_END_CM and
 * less than half of them lies between, since whoever points at a crossing hits one street
 * or the other. -1 with STRETCH_MISSING when nothing that is short enough leads there. */
int32_t stretch_find(const struct network *n, struct spot from, struct spot to, struct arena *a,
                     const int32_t **edges, struct fail *f);

#endif
