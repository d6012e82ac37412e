#ifndef GEO_CRS_H
#define GEO_CRS_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"
#include "geo/figure.h"
#include "geo/point.h"

/* The home of PROJ: a plane in metres, and lengths on the ellipsoid. */

/* Metres east (x) and north (y) of the plane's origin. */
struct crs_xy {
    double x;
    double y;
};

/* A map projection between WGS 84 and a plane in metres. It belongs to one
 * thread. */
struct crs;

/* A transverse Mercator with its origin and no scaling at the city's middle:
 * within 50 km of it lengths are true to 1 : 30,000. NULL with CRS_FAILED. */
struct crs *crs_open_city(struct point middle, struct fail *f);
/* A projected system of the EPSG registry: 4548 is CGCS2000, 3-degree zone of
 * 117 E. x is east and y is north whatever the registry's order. NULL with
 * CRS_UNKNOWN. */
struct crs *crs_open_epsg(int32_t epsg, struct fail *f);
void crs_close(struct crs *c);

bool crs_forward(struct crs *c, struct point p, struct crs_xy *out, struct fail *f);
bool crs_inverse(struct crs *c, struct crs_xy xy, struct point *out, struct fail *f);

/* Metres along the geodesic on the WGS 84 ellipsoid (Karney, 15 nm). Any thread.
 * Points must be valid. */
double crs_distance_m(struct point a, struct point b);
/* The sum along a line; 0 for fewer than two points. */
double crs_length_m(const struct point *points, int32_t point_count);
/* Square metres on the ellipsoid, holes taken off, edges taken as geodesics; 0 for
 * points and lines. */
double crs_area_m2(const struct figure *figure);
/* The place `distance_m` metres from p towards `bearing_deg` (clockwise from north). */
struct point crs_ahead(struct point p, double bearing_deg, double distance_m);

#endif
