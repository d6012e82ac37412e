#ifndef GEO_GPX_H
#define GEO_GPX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* The track points of a GPX file (GPX 1.1, Topografix): of each its place and time, in the
 * order of the file. Everything else in it is passed over; routes and waypoints are no
 * tracks. It looks for the elements it needs and does not hold the file to all of XML. */
enum { GPX_POINT_MAX = 500000 };

struct gpx_point {
    struct point at; /* WGS 84, which is GPX's only frame */
    int64_t at_us;
};

/* False with GPX_MALFORMED, which says what of which point, or VALUE_TOO_LONG. */
bool gpx_read(struct arena *a, const char *bytes, size_t size, const struct gpx_point **points,
              int32_t *count, struct fail *f);

#endif
