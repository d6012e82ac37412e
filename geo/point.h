#ifndef GEO_POINT_H
#define GEO_POINT_H

#include <stdbool.h>
#include <stdint.h>

/* A place on the earth in WGS 84 degrees, longitude first: the one frame that
 * is kept. Other frames are converted where they enter and leave (frame.h). */
struct point {
    double lon;
    double lat;
};

/* The same place as integers of 1e-7 degree (about 1 cm): how positions are
 * stored and how the road network keeps its shape. */
struct point_e7 {
    int32_t lon;
    int32_t lat;
};

/* Finite, |lon| <= 180 and |lat| <= 90. */
bool point_valid(struct point p);

/* Rounds to the nearest 1e-7 degree; the point must be valid. */
struct point_e7 point_to_e7(struct point p);
struct point point_from_e7(struct point_e7 p);

/* "117.1876543, -34.2654322", for the eye; the point must be valid. */
enum { POINT_TEXT_SIZE = 64 };
void point_write(struct point p, char text[POINT_TEXT_SIZE]);

/* Metres along the great circle (haversine, mean radius 6,371,008.8 m): within
 * 0.6 % of the geodesic, for limits and sorting. Lengths that are kept come
 * from crs_distance_m. */
double point_distance_m(struct point a, struct point b);

/* Degrees clockwise from north, 0 to 360, of the great circle from a to b. */
double point_bearing_deg(struct point a, struct point b);

#endif
