/* Tests of geo/gauss.c: it is what PROJ says. */
#include "geo/gauss.h"

#include <math.h>
#include <stdlib.h>

#include "geo/crs.h"
#include "tests/support/check_near.h"

static const double SAME_M = 1e-6;

static const struct point MIDDLES[] = { { 117.185, 34.261 }, { 11.97, 57.71 }, { -8.6, 41.2 },
                                        { -76.8, 39.5 },     { 174.8, -36.9 }, { 36.8, -1.3 },
                                        { 18.9, 69.65 } };

static void points_come_where_proj_brings_them_and_back(void **state)
{
    unsigned short seed[3] = { 1, 2, 3 };

    (void)state;
    for (size_t m = 0; m < sizeof MIDDLES / sizeof *MIDDLES; m++) {
        const struct gauss g = gauss_at(MIDDLES[m]);
        struct fail f = { 0 };
        struct crs *crs = crs_open_city(MIDDLES[m], &f);

        assert_non_null(crs);
        for (int i = 0; i < 2000; i++) {
            const double reach = i % 2 ? 0.1 : 1;
            const struct point p = { MIDDLES[m].lon + (2 * erand48(seed) - 1) * reach,
                                     MIDDLES[m].lat + (2 * erand48(seed) - 1) * reach };
            const struct crs_xy ours = gauss_put(&g, p);
            const struct point back = gauss_back(&g, ours);
            struct crs_xy theirs;

            assert_true(crs_forward(crs, p, &theirs, &f));
            check_near(ours.x, theirs.x, SAME_M);
            check_near(ours.y, theirs.y, SAME_M);
            check_near(back.lon, p.lon, 1e-11);
            check_near(back.lat, p.lat, 1e-11);
        }
        crs_close(crs);
    }
}

static void the_middle_is_the_origin(void **state)
{
    (void)state;
    for (size_t m = 0; m < sizeof MIDDLES / sizeof *MIDDLES; m++) {
        const struct gauss g = gauss_at(MIDDLES[m]);
        const struct crs_xy xy = gauss_put(&g, MIDDLES[m]);

        check_near(xy.x, 0, 1e-9);
        check_near(xy.y, 0, 1e-9);
    }
}

static void any_valid_point_has_a_finite_place(void **state)
{
    const struct gauss g = gauss_at((struct point){ 0, 0 });

    (void)state;
    for (int lon = -180; lon <= 180; lon += 15)
        for (int lat = -90; lat <= 90; lat += 15) {
            const struct crs_xy xy = gauss_put(&g, (struct point){ lon, lat });

            assert_true(isfinite(xy.x) && isfinite(xy.y));
        }
}

static void the_meridian_of_180_degrees_is_no_wall(void **state)
{
    const struct gauss g = gauss_at((struct point){ 179.99, -17 });
    const struct crs_xy east = gauss_put(&g, (struct point){ -179.99, -17 });

    (void)state;
    check_near(east.x,
               crs_distance_m((struct point){ 179.99, -17 }, (struct point){ -179.99, -17 }), 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_come_where_proj_brings_them_and_back),
        cmocka_unit_test(the_middle_is_the_origin),
        cmocka_unit_test(any_valid_point_has_a_finite_place),
        cmocka_unit_test(the_meridian_of_180_degrees_is_no_wall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
