#ifndef GEO_COVER_DISC_H
#define GEO_COVER_DISC_H

#include "geo/cover/ground.h"

/* The streets within a distance of a place: a true circle in the city's plane, not a
 * polygon. The distance is taken at the place: within 50 km of the city's middle lengths
 * in the plane are right to 1 : 30,000. */
enum { DISC_REACH_MAX_M = 20000 };

/* The pieces of streets within `reach_m` (0 to DISC_REACH_MAX_M), each end rounded to the
 * nearest centimetre once. Everything lives in the arena. */
void disc_find(const struct ground *g, struct point centre, double reach_m, struct arena *a,
               struct range_band *out);

/* The same before rounding, for whoever compares; it must be empty and have its arena. */
void disc_runs(const struct ground *g, struct crs_xy centre, double reach_m,
               struct ground_runs *out);

#endif
