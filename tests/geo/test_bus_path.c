/* Tests of geo/bus_path.c and geo/plane.c, measured by geodesics. */
#include "geo/bus_path.h"

#include <math.h>
#include <stdlib.h>

#include "geo/crs.h"
#include "geo/plane.h"
#include "tests/support/check_near.h"

static const struct point MIDDLE = { 117.185, 34.261 };

static struct point beside(double bearing_deg, double distance_m)
{
    return crs_ahead(MIDDLE, bearing_deg, distance_m);
}

static void lengths_on_the_plane_are_those_on_the_earth(void **state)
{
    static const double LATITUDES[] = { 0, 18, 34.261, 49, 57.7, -33, 70 };

    (void)state;
    for (size_t i = 0; i < sizeof LATITUDES / sizeof *LATITUDES; i++) {
        const struct point middle = { 117, LATITUDES[i] };
        const struct plane plane = plane_at(middle);

        for (int turn = 0; turn < 360; turn += 15) {
            const struct plane_place p = plane_put(&plane, crs_ahead(middle, turn, 5000));

            check_near(hypot(p.x, p.y), 5000, 10);
        }
    }
}

/* A line to the north for a kilometre, and another one a kilometre east of it. */
static const struct bus_path *two_pieces(struct arena *a)
{
    struct figure_draft *d = figure_draft_take(a, FIGURE_LINES);
    const struct point east = beside(90, 1000);
    const struct point stops[] = { MIDDLE, beside(0, 500), east };
    struct figure_draft *points = figure_draft_take(a, FIGURE_POINTS);
    struct fail f = { 0 };

    figure_draft_point(d, MIDDLE, &f);
    figure_draft_point(d, beside(0, 1000), &f);
    figure_draft_end_run(d, &f);
    figure_draft_point(d, east, &f);
    figure_draft_point(d, crs_ahead(east, 0, 1000), &f);
    figure_draft_end_run(d, &f);
    for (int i = 0; i < 3; i++)
        figure_draft_point(points, stops[i], &f);
    const struct figure path = figure_draft_done(d, true);
    const struct figure all = figure_draft_done(points, true);

    return bus_path_take(a, &path, &all);
}

static void near_the_path_is_near_any_piece_of_it(void **state)
{
    struct arena *a = arena_new();
    const struct bus_path *b = two_pieces(a);
    const struct point west = crs_ahead(beside(0, 400), 270, 120);

    (void)state;
    assert_true(bus_path_is_near(b, west, 121));
    assert_false(bus_path_is_near(b, west, 119));
    assert_true(bus_path_is_near(b, crs_ahead(beside(90, 1000), 90, 50), 60));
    assert_false(bus_path_is_near(b, beside(90, 500), 400)); /* between the two */
    assert_true(bus_path_is_near(b, beside(180, 90), 100));  /* behind its end */
    assert_false(bus_path_is_near(b, beside(180, 110), 100));
    arena_free(a);
}

static void at_a_stop_is_near_the_nearest(void **state)
{
    struct arena *a = arena_new();
    const struct bus_path *b = two_pieces(a);

    (void)state;
    assert_int_equal(bus_path_stop(b, beside(180, 40), 60), 0);
    assert_int_equal(bus_path_stop(b, beside(0, 300), 60), -1);
    assert_int_equal(bus_path_stop(b, beside(0, 300), 400), 1); /* 0 is 300 m away, 1 200 m */
    assert_int_equal(bus_path_stop(b, beside(90, 980), 60), 2);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_on_the_plane_are_those_on_the_earth),
        cmocka_unit_test(near_the_path_is_near_any_piece_of_it),
        cmocka_unit_test(at_a_stop_is_near_the_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
