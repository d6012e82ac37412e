#ifndef GEO_ROAD_GUIDE_H
#define GEO_ROAD_GUIDE_H

#include "geo/road/route.h"

/* Turns legs, each beginning where the one before ends, into what a person follows:
 * the geometry, the length and the steps. All in the arena. */
void guide_fill(const struct network *n, enum mode mode, const struct leg *legs, int32_t count,
                struct arena *a, struct route *out);

/* Without looking at the streets' shapes: what it costs, how long it is, its edges. */
void guide_measure(const struct network *n, const struct leg *legs, int32_t count, struct arena *a,
                   struct route *out);

#endif
