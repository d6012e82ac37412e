#ifndef GEO_ROAD_AVOID_H
#define GEO_ROAD_AVOID_H

#include "geo/figure.h"
#include "geo/road/network.h"

/* Streets that a way is to keep clear of, for one question: those of some classes, and
 * those that touch an area. Such a street is avoided whole, even the part of it that
 * leads to the place where a way begins or ends. */
enum {
    AVOID_AREAS_MAX = 20,
    AVOID_POINTS_MAX = 2000, /* of all areas together */
};

struct avoid {
    uint32_t classes; /* bit 1 << street class */
    int32_t area_count;
    const struct figure *areas; /* each of kind FIGURE_AREAS */
};

/* What the areas are compared with, made once for many streets. */
struct avoid_view;
const struct avoid_view *avoid_take(const struct network *n, const struct avoid *avoid,
                                    struct arena *a);

bool avoid_has(const struct avoid_view *v, int32_t segment);

#endif
