#ifndef GEO_COVER_OBSTACLE_H
#define GEO_COVER_OBSTACLE_H

#include "geo/cover/ground.h"
#include "geo/figure.h"

/* Buildings that stand in the way of whoever looks: their walls in metres of the ground's
 * plane, with a grid to find those near a place. They live in the arena they were taken
 * from, never change, and any number of threads may look. */
struct obstacles;

/* Of buildings as areas; points and lines stand in nobody's way. The figures may go. */
const struct obstacles *obstacles_take(const struct ground *g, const struct figure *buildings,
                                       int32_t count, struct arena *a);

/* One wall of a building, straight from one end to the other. */
struct obstacle_wall {
    struct crs_xy from, to;
    int32_t building; /* in the order in which they were given */
};

/* The walls that come into the box, in no order, each once; in the arena. */
const struct obstacle_wall *obstacle_walls_in(const struct obstacles *o, struct ground_box box,
                                              struct arena *a, int32_t *count);

/* Whether the place is in the building or on its wall. */
bool obstacle_holds(const struct obstacles *o, int32_t building, struct crs_xy xy);

#endif
