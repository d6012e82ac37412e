#ifndef TESTS_SUPPORT_GAP_CITY_H
#define TESTS_SUPPORT_GAP_CITY_H

#include "geo/cover/ground.h"
#include "geo/figure.h"

/* A made-up city to cover: streets between `side` by `side` junctions that stand 190 m apart
 * and are shaken, six points each (160: 50,880 segments, 10,000 km), and places that see 120
 * to 280 m. Each has an area: every other one 32 corners on the circle, the rest a star with
 * a hole. The same seed gives the same city. */
struct gap_city {
    struct network network; /* without costs */
    struct ground *ground;
    int32_t area_count;
    struct crs_xy *middles;
    double *reach_m;
    struct figure *areas; /* in metres of the plane */
};

/* Everything lives in the arena. */
void gap_city_take(uint64_t seed, int32_t side, int32_t area_count, struct arena *a,
                   struct gap_city *out);

#endif
