#ifndef GEO_COVER_OBSTACLE_H
#define GEO_COVER_OBSTACLE_H

#include "geo/cover/ground.h"
#include "geo/figure.h"

/* Buildings that stand in the way of whoever looks: their walls in metres of the ground's
 * plane, with a grid to find those near a place. They live in the arena they were taken
 * from, never change, and any number of threads may look. Memory: 44 bytes a corner and 80
 * a building at most; walls longer than OBSTACLE_WALL_MAX_M count as several. */
struct obstacles;

enum { OBSTACLE_WALL_MAX_M = 64 };

/* Of buildings as areas; points and lines stand in nobody's way. The figures may go. */
const struct obstacles *obstacle_take(const struct ground *g, const struct figure *buildings,
                                      int32_t count, struct arena *a);

/* A wall of a building, or a part of it, straight from one end to the other. */
struct obstacle_wall {
    struct crs_xy from, to;
    int32_t building; /* in the order in which they were given */
};

/* The walls that come into the box, in no order, each once; in the arena. */
const struct obstacle_wall *obstacle_walls_in(const struct obstacles *o, struct mesh_box box,
                                              struct arena *a, int32_t *count);

/* The buildings that the place is in, or nearer than OBSTACLE_ON_WALL_M to the wall of;
 * how many, at most OBSTACLE_AROUND_MAX. */
#define OBSTACLE_ON_WALL_M 0.1
enum { OBSTACLE_AROUND_MAX = 32 };
int32_t obstacle_around(const struct obstacles *o, const struct ground *g, struct point place,
                        int32_t out[OBSTACLE_AROUND_MAX]);

#endif
