/* geo/point.c: points, and what is cheap to say of two of them. */
#include "geo/point.h"

#include <math.h>

#include "tests/support/check_near.h"

static void places_on_the_earth_are_valid_and_no_others(void **state)
{
    static const struct point GOOD[] = { { 0, 0 }, { 180, 90 }, { -180, -90 }, { 117.2, 34.26 } };
    static const struct point WRONG[] = {
        { 180.0000001, 0 }, { 0, -90.0000001 }, { NAN, 0 },
        { 0, NAN },         { INFINITY, 0 },    { 0, -INFINITY }
    };

    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(point_valid(GOOD[i]));
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_false(point_valid(WRONG[i]));
}

static void whole_numbers_are_the_nearest_of_a_ten_millionth_degree(void **state)
{
    const struct point_e7 here = point_to_e7((struct point){ 117.18765434, -34.26543216 });
    const struct point_e7 corner = point_to_e7((struct point){ -180, 90 });

    (void)state;
    assert_int_equal(here.lon, 1171876543);
    assert_int_equal(here.lat, -342654322);
    assert_int_equal(corner.lon, -1800000000);
    assert_int_equal(corner.lat, 900000000);
    check_near(point_from_e7(here).lon, 117.1876543, 1e-12);
    check_near(point_from_e7(here).lat, -34.2654322, 1e-12);
}

static void distances_are_great_circles(void **state)
{
    const double degree = 6371008.8 * 3.14159265358979323846 / 180;

    (void)state;
    check_near(point_distance_m((struct point){ 0, 0 }, (struct point){ 1, 0 }), degree, 1e-6);
    check_near(point_distance_m((struct point){ 7, 10 }, (struct point){ 7, 11 }), degree, 1e-6);
    check_near(point_distance_m((struct point){ 179.5, 0 }, (struct point){ -179.5, 0 }), degree,
               1e-6);
    check_near(point_distance_m((struct point){ 0, 90 }, (struct point){ 77, 90 }), 0, 1e-6);
    check_near(point_distance_m((struct point){ 0, 0 }, (struct point){ 180, 0 }), 180 * degree,
               1e-3);
    check_near(point_distance_m((struct point){ 5, 5 }, (struct point){ 5, 5 }), 0, 0);
}

static void bearings_are_clockwise_from_north(void **state)
{
    const struct point here = { 117.2, 34.26 };

    (void)state;
    check_near(point_bearing_deg(here, (struct point){ 117.2, 35 }), 0, 1e-9);
    check_near(point_bearing_deg(here, (struct point){ 117.2, 34 }), 180, 1e-9);
    check_near(point_bearing_deg(here, (struct point){ 117.2001, 34.26 }), 90, 0.001);
    check_near(point_bearing_deg(here, (struct point){ 117.1999, 34.26 }), 270, 0.001);
    check_near(point_bearing_deg((struct point){ 179.9, 0 }, (struct point){ -179.9, 0 }), 90,
               1e-9);
}

static void a_point_is_written_with_all_its_digits(void **state)
{
    char text[POINT_TEXT_SIZE];

    (void)state;
    point_write((struct point){ 117.18765434, -34.26543216 }, text);
    assert_string_equal(text, "117.1876543, -34.2654322");
    point_write((struct point){ -0.05, 0 }, text);
    assert_string_equal(text, "-0.0500000, 0.0000000");
    point_write((struct point){ -180, 90 }, text);
    assert_string_equal(text, "-180.0000000, 90.0000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_on_the_earth_are_valid_and_no_others),
        cmocka_unit_test(whole_numbers_are_the_nearest_of_a_ten_millionth_degree),
        cmocka_unit_test(a_point_is_written_with_all_its_digits),
        cmocka_unit_test(distances_are_great_circles),
        cmocka_unit_test(bearings_are_clockwise_from_north),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
