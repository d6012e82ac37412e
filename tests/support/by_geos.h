#ifndef TESTS_SUPPORT_BY_GEOS_H
#define TESTS_SUPPORT_BY_GEOS_H

#include "geo/figure.h"

/* What is left of each street outside of all areas, computed by GEOS alone: an STRtree
 * over the areas, each of them prepared, and successive differences where a street is
 * neither covered nor untouched. The quickest way with GEOS that was found. Everything in
 * metres of a plane; areas must be valid. Returns the milliseconds of processor time that
 * it took once the geometries were built. A failure of GEOS ends the program. */
double by_geos_gaps(const struct figure *streets, int32_t street_count, const struct figure *areas,
                    int32_t area_count, struct arena *a, struct figure *left);

#endif
