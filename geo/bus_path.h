#ifndef GEO_BUS_PATH_H
#define GEO_BUS_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/figure.h"
#include "geo/point.h"

/* Where the buses of a line run and stop. It lives in the arena it was taken from and
 * never changes. A question reads all of it: a city has some hundred buses on the way
 * at one time, and a path of 5,000 points takes some ten microseconds. */
struct bus_path;

/* Of lines, and points in their order. */
const struct bus_path *bus_path_take(struct arena *a, const struct figure *path,
                                     const struct figure *stops);

/* Whether a place is on the path or no further from it than so many metres. */
bool bus_path_is_near(const struct bus_path *b, struct point p, double reach_m);
/* Which stop is the nearest, and no further away than that; -1: none. */
int32_t bus_path_stop(const struct bus_path *b, struct point p, double reach_m);

#endif
