/* geo/crs.c: planes in metres and lengths on the ellipsoid. */
#include "geo/crs.h"

#include <string.h>

#include "tests/support/check_near.h"

static const struct point XUZHOU = { 117.2, 34.27 };

static void axes_are_east_and_north_whatever_the_registry_says(void **state)
{
    struct fail f;
    struct crs *c = crs_open_epsg(4548, &f); /* its registry order is north, east */
    struct crs_xy xy;
    struct point back;

    (void)state;
    assert_non_null(c);
    assert_true(crs_forward(c, XUZHOU, &xy, &f));
    check_near(xy.x, 518418.31, 0.01);
    check_near(xy.y, 3793629.25, 0.01);
    assert_true(crs_inverse(c, xy, &back, &f));
    check_near(back.lon, XUZHOU.lon, 1e-9);
    check_near(back.lat, XUZHOU.lat, 1e-9);
    crs_close(c);
}

static void the_plane_of_a_city_begins_at_its_middle(void **state)
{
    struct fail f;
    struct crs *c = crs_open_city(XUZHOU, &f);
    struct crs_xy xy;

    (void)state;
    assert_non_null(c);
    assert_true(crs_forward(c, XUZHOU, &xy, &f));
    check_near(xy.x, 0.0, 1e-6);
    check_near(xy.y, 0.0, 1e-6);
    assert_true(crs_forward(c, crs_ahead(XUZHOU, 90.0, 1000.0), &xy, &f));
    check_near(xy.x, 1000.0, 0.001);
    check_near(xy.y, 0.0, 0.1); /* the geodesic to the east bends south */
    assert_true(crs_forward(c, crs_ahead(XUZHOU, 0.0, 2500.0), &xy, &f));
    check_near(xy.x, 0.0, 0.001);
    check_near(xy.y, 2500.0, 0.001);
    crs_close(c);
}

static void lengths_in_the_plane_are_true_near_the_city(void **state)
{
    struct fail f;
    struct crs *c = crs_open_city(XUZHOU, &f);

    (void)state;
    assert_non_null(c);
    for (int bearing = 0; bearing < 360; bearing += 15) {
        const struct point p = crs_ahead(XUZHOU, bearing, 50000.0);
        const struct point q = crs_ahead(p, bearing + 70, 1000.0);
        struct crs_xy a;
        struct crs_xy b;

        assert_true(crs_forward(c, p, &a, &f) && crs_forward(c, q, &b, &f));
        const double metres = __builtin_hypot(b.x - a.x, b.y - a.y);

        check_near(metres, 1000.0, 1000.0 / 30000.0);
    }
    crs_close(c);
}

static void what_has_no_plane_is_refused(void **state)
{
    static const int32_t NONE[] = { 0, -1, 4326, 4978, 999999 };
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
        assert_null(crs_open_epsg(NONE[i], &f));
        assert_int_equal(f.code, CODE_CRS_UNKNOWN);
    }
    struct crs *c = crs_open_city(XUZHOU, &f);
    struct crs_xy xy;
    struct point p;

    assert_non_null(c);
    assert_false(crs_inverse(c, (struct crs_xy){ 1e30, 1e30 }, &p, &f));
    assert_int_equal(f.code, CODE_CRS_FAILED);
    /* A failure leaves the crs usable. */
    assert_true(crs_forward(c, XUZHOU, &xy, &f));
    crs_close(c);
    crs_close(NULL);
}

static void distances_are_those_of_the_geodesic(void **state)
{
    const struct point line[] = { { 0, 0 }, { 1, 0 }, { 1, 1 } };

    (void)state;
    /* Karney's GeodSolve, WGS 84. */
    check_near(crs_distance_m(line[0], line[1]), 111319.490793, 1e-5);
    check_near(crs_distance_m(line[1], line[2]), 110574.388558, 1e-5);
    check_near(crs_distance_m((struct point){ -73.8, 40.6 }, (struct point){ 2.55, 49 + 1 / 60.0 }),
               5853226.256, 0.001);
    check_near(crs_length_m(line, 3), 111319.490793 + 110574.388558, 1e-5);
    check_near(crs_length_m(line, 1), 0.0, 0.0);
    check_near(crs_length_m(line, 0), 0.0, 0.0);
    check_near(crs_distance_m(line[2], line[2]), 0.0, 0.0);
}

static void areas_take_holes_off_whichever_way_rings_turn(void **state)
{
    struct arena *a = arena_new();
    const struct point ring[] = { { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 0 }, { 0, 0 } };
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    struct fail f;

    (void)state;
    const struct figure whole = figure_ring(a, ring, 5);
    const double whole_m2 = crs_area_m2(&whole);

    check_near(whole_m2, 12308778361.5, 1e3);
    for (int i = 4; i >= 0; i--)
        assert_true(figure_draft_point(d, ring[i], &f));
    assert_true(figure_draft_end_run(d, &f));
    for (int i = 0; i < 5; i++)
        assert_true(figure_draft_point(
            d, (struct point){ 0.25 + ring[i].lon / 2, 0.25 + ring[i].lat / 2 }, &f));
    assert_true(figure_draft_end_run(d, &f) && figure_draft_end_area(d, &f));
    const struct figure holed = figure_draft_done(d, false);

    check_near(crs_area_m2(&holed) / whole_m2, 0.75, 0.001);
    const struct figure line = figure_line(a, ring, 5);

    check_near(crs_area_m2(&line), 0.0, 0.0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_are_east_and_north_whatever_the_registry_says),
        cmocka_unit_test(the_plane_of_a_city_begins_at_its_middle),
        cmocka_unit_test(lengths_in_the_plane_are_true_near_the_city),
        cmocka_unit_test(what_has_no_plane_is_refused),
        cmocka_unit_test(distances_are_those_of_the_geodesic),
        cmocka_unit_test(areas_take_holes_off_whichever_way_rings_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
