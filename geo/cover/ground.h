#ifndef GEO_COVER_GROUND_H
#define GEO_COVER_GROUND_H

#include "geo/base/arena.h"
#include "geo/cover/mesh.h"
#include "geo/gauss.h"
#include "geo/road/range.h"

/* The streets of a network laid flat, in metres on the city's transverse Mercator around
 * the middle of the network, with a grid to find those near a place. It never changes, any
 * number of threads may read it, and the network must outlive it.
 *
 * What lies on a street is told in centimetres of its length_cm, to which the drawn shape
 * is stretched as in network_point. Streets are straight between their points in the plane;
 * legs longer than GROUND_LEG_MAX_M have points put in between. */
struct ground;

enum { GROUND_LEG_MAX_M = 64 };

struct ground *ground_new(const struct network *n);
void ground_free(struct ground *g);
/* Memory held, for metrics: 24 bytes a point, 28 a part of some 50 m of street, and what
 * the grid takes, at most 16 a part. */
size_t ground_bytes(const struct ground *g);

const struct network *ground_network(const struct ground *g);
/* The plane, and so its middle for whoever computes the same with PROJ or PostGIS. */
const struct gauss *ground_plane(const struct ground *g);

struct crs_xy ground_put(const struct ground *g, struct point p);
/* Where a spot is in the plane. */
struct crs_xy ground_spot(const struct ground *g, struct spot spot);

/* ------------------------------------------------------------------ for geo/cover */

/* A point of a street: metres in the plane, centimetres along the segment before they are
 * rounded. */
struct ground_point {
    double x, y;
    double along_cm;
};

/* Some legs of one segment that follow each other: points [first, first + leg_count]. */
struct ground_part {
    int32_t west, south, east, north; /* whole metres; holds them all */
    int32_t segment;
    int32_t first;
    int32_t leg_count;
};

/* All points, those of a segment one after the other; and where a segment begins. */
const struct ground_point *ground_points(const struct ground *g);
int32_t ground_first(const struct ground *g, int32_t segment);

/* The parts that come into the box, ascending by segment and along it; in the arena. */
const struct ground_part *ground_parts_in(const struct ground *g, struct mesh_box box,
                                          struct arena *a, int32_t *count);

/* A stretch of a street as it is computed, before it is rounded to whole centimetres. */
struct ground_run {
    int32_t segment;
    double from_cm, to_cm;
};

/* A list of runs that grows in an arena, for those who come along the streets in
 * ascending order: a run that begins where the last one ended is one with it. */
struct ground_runs {
    struct arena *arena;
    struct ground_run *items;
    int32_t count, room;
};

void ground_run_add(struct ground_runs *runs, struct ground_run run);
/* Both ends rounded to the nearest centimetre; what has no length then goes. */
void ground_round(const struct ground_runs *runs, struct arena *a, struct range_band *out);

#endif
