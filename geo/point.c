/* Points, and what is cheap to say of two of them. */
#include "geo/point.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double RADIUS_M = 6371008.8; /* mean earth radius, IUGG */
static const double RADIANS = 3.14159265358979323846 / 180.0;
static const double E7 = 1e7;

bool point_valid(struct point p)
{
    return isfinite(p.lon) && isfinite(p.lat) && fabs(p.lon) <= 180.0 && fabs(p.lat) <= 90.0;
}

struct point_e7 point_to_e7(struct point p)
{
    return (struct point_e7){ .lon = (int32_t)lround(p.lon * E7),
                              .lat = (int32_t)lround(p.lat * E7) };
}

struct point point_from_e7(struct point_e7 p)
{
    return (struct point){ .lon = p.lon / E7, .lat = p.lat / E7 };
}

void point_write(struct point p, char text[POINT_TEXT_SIZE])
{
    const struct point_e7 e7 = point_to_e7(p);

    snprintf(text, POINT_TEXT_SIZE, "%s%d.%07d, %s%d.%07d", e7.lon < 0 ? "-" : "",
             abs(e7.lon) / 10000000, abs(e7.lon) % 10000000, e7.lat < 0 ? "-" : "",
             abs(e7.lat) / 10000000, abs(e7.lat) % 10000000);
}

double point_distance_m(struct point a, struct point b)
{
    const double north = sin((b.lat - a.lat) * RADIANS / 2);
    const double east = sin((b.lon - a.lon) * RADIANS / 2);
    const double h = north * north + cos(a.lat * RADIANS) * cos(b.lat * RADIANS) * east * east;

    return 2 * RADIUS_M * asin(sqrt(fmin(1.0, h)));
}

double point_bearing_deg(struct point a, struct point b)
{
    const double turn = (b.lon - a.lon) * RADIANS;
    const double y = sin(turn) * cos(b.lat * RADIANS);
    const double x = cos(a.lat * RADIANS) * sin(b.lat * RADIANS) -
                     sin(a.lat * RADIANS) * cos(b.lat * RADIANS) * cos(turn);
    const double deg = atan2(y, x) / RADIANS;

    return deg < 0 ? deg + 360.0 : deg;
}
