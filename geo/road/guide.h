#ifndef GEO_ROAD_GUIDE_H
#define GEO_ROAD_GUIDE_H

#include "geo/road/route.h"

/* Turns a way found by route_find into what a person follows: its geometry, its
 * length and its steps. */

/* What of the first and the last edge is used: from and to the spots, or whole. A
 * spot on a junction can be left by any edge there, not only by its own. */
struct guide_ends {
    bool from_spot;
    bool to_spot;
};

/* Fills length_cm, points and steps of a route whose spots, cost and edges are
 * known; without edges the spots are at the same place. All in the arena. */
void guide_fill(const struct network *n, enum mode mode, struct guide_ends ends, struct arena *a,
                struct route *r);

#endif
