#ifndef GEO_POLYLINE_H
#define GEO_POLYLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* Lines as short ASCII text (Google's encoded polyline format): latitude first,
 * differences, with 5 or 6 digits after the point. */
enum { POLYLINE_POINT_MAX = 262144 };

/* `digits` is 5 or 6; points must be valid. */
void polyline_encode(struct buf *out, const struct point *points, int32_t point_count, int digits);

/* False with POLYLINE_MALFORMED, with where in the text, or VALUE_TOO_LONG above
 * `point_max` points (at most POLYLINE_POINT_MAX). */
bool polyline_decode(struct arena *a, const char *text, size_t length, int digits,
                     int32_t point_max, const struct point **points, int32_t *point_count,
                     struct fail *f);

#endif
