#include "geo/plane.h"

#include <math.h>

static const double RADIANS = 3.14159265358979323846 / 180.0;
static const double LEAST_M = 1; /* so that at the poles nothing is divided by zero */

/* Length of a degree on the ellipsoid, as the series that the NGA publishes for
 * WGS 84 has it. */
struct plane plane_at(struct point middle)
{
    const double lat = middle.lat * RADIANS;

    return (struct plane){
        .middle = middle,
        .east_m = fmax(LEAST_M, 111412.84 * cos(lat) - 93.5 * cos(3 * lat) + 0.118 * cos(5 * lat)),
        .north_m = 111132.92 - 559.82 * cos(2 * lat) + 1.175 * cos(4 * lat) - 0.0023 * cos(6 * lat),
    };
}

struct plane_place plane_put(const struct plane *plane, struct point p)
{
    return (struct plane_place){ (p.lon - plane->middle.lon) * plane->east_m,
                                 (p.lat - plane->middle.lat) * plane->north_m };
}

static double squared(double v)
{
    return v * v;
}

double plane_away_squared(struct plane_place p, struct plane_place a, struct plane_place b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    const double along = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
    const double at = fmin(1, fmax(0, along));

    return squared(p.x - a.x - at * dx) + squared(p.y - a.y - at * dy);
}
