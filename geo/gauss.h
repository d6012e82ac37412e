#ifndef GEO_GAUSS_H
#define GEO_GAUSS_H

#include "geo/crs.h"
#include "geo/point.h"

/* The city's plane without PROJ: the same transverse Mercator as crs_open_city, to a
 * thousandth of a millimetre within 100 km of its middle, but values only, so that any
 * thread may use it, nothing fails and a million points take a fifth of a second. Any
 * valid point has a finite place; what lies a quarter of the earth away has a wrong one. */
struct gauss {
    struct point middle;
    double origin_m; /* from the equator to the middle */
};

struct gauss gauss_at(struct point middle);
struct crs_xy gauss_put(const struct gauss *g, struct point p);
/* The way back, of places within 1,000 km of the middle. */
struct point gauss_back(const struct gauss *g, struct crs_xy xy);

#endif
