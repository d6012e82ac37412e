#ifndef GEO_PLANE_H
#define GEO_PLANE_H

#include "geo/point.h"

/* A plane that touches the earth in one place, in metres east and north of it: within
 * 5 km of there lengths and directions are right within 0.2 %, and lines that are
 * straight in degrees are straight. */
struct plane {
    struct point middle;
    double east_m; /* in a degree of longitude there */
    double north_m;
};

struct plane_place {
    double x, y;
};

struct plane plane_at(struct point middle);
struct plane_place plane_put(const struct plane *plane, struct point p);

/* The square of how far a place is from the straight piece between two others. */
double plane_away_squared(struct plane_place p, struct plane_place a, struct plane_place b);

#endif
