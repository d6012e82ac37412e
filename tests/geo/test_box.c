/* geo/box.c: boxes in degrees. */
#include "geo/box.h"

#include <math.h>
#include <string.h>

#include "tests/support/check_near.h"

static struct box box_of(double west, double south, double east, double north)
{
    return (struct box){ .min = { west, south }, .max = { east, north } };
}

static void an_empty_box_holds_and_meets_nothing(void **state)
{
    const struct box all = box_of(-180, -90, 180, 90);

    (void)state;
    assert_true(box_is_empty(box_empty()));
    assert_false(box_holds(box_empty(), (struct point){ 0, 0 }));
    assert_false(box_meets(box_empty(), all));
    assert_false(box_meets(all, box_empty()));
    assert_true(box_is_empty(box_grown(box_empty(), 100.0)));
}

static void a_box_grows_by_points(void **state)
{
    struct box b = box_with(box_empty(), (struct point){ 3, 4 });

    (void)state;
    assert_false(box_is_empty(b));
    assert_true(box_holds(b, (struct point){ 3, 4 }));
    b = box_with(box_with(b, (struct point){ -1, 5 }), (struct point){ 0, -2 });
    check_near(b.min.lon, -1, 0);
    check_near(b.min.lat, -2, 0);
    check_near(b.max.lon, 3, 0);
    check_near(b.max.lat, 5, 0);
    check_near(box_middle(b).lon, 1, 0);
    check_near(box_middle(b).lat, 1.5, 0);
}

static void boxes_that_share_an_edge_meet(void **state)
{
    (void)state;
    assert_true(box_meets(box_of(0, 0, 1, 1), box_of(1, 1, 2, 2)));
    assert_false(box_meets(box_of(0, 0, 1, 1), box_of(1.0001, 0, 2, 1)));
    assert_false(box_meets(box_of(0, 0, 1, 1), box_of(0, 2, 1, 3)));
    assert_true(box_is_empty(box_common(box_of(0, 0, 1, 1), box_of(2, 0, 3, 1))));
}

static void a_margin_is_at_least_what_was_asked_on_every_side(void **state)
{
    static const double LATITUDES[] = { 0, 31, 57, -70, 89 };

    (void)state;
    for (size_t i = 0; i < sizeof LATITUDES / sizeof *LATITUDES; i++) {
        const double lat = LATITUDES[i];
        const struct box b = box_grown(box_of(10, lat, 11, lat + 0.1), 1000.0);

        for (int end = 0; end < 2; end++) {
            const double y = end ? b.max.lat : b.min.lat;

            assert_true(point_distance_m((struct point){ 10, y }, (struct point){ b.min.lon, y }) >
                        999.0);
            assert_true(point_distance_m((struct point){ 11, y }, (struct point){ b.max.lon, y }) >
                        999.0);
        }
        assert_true(point_distance_m((struct point){ 10, lat }, (struct point){ 10, b.min.lat }) >
                    1000.0);
    }
    const struct box pole = box_grown(box_of(10, 89.99, 11, 90), 5000.0);

    check_near(pole.min.lon, -180, 0);
    check_near(pole.max.lon, 180, 0);
    check_near(pole.max.lat, 90, 0);
}

static void boxes_are_read(void **state)
{
    struct box b;
    struct fail f;

    (void)state;
    assert_true(box_parse("117.1,34.2,117.3,34.4", &b, &f));
    check_near(b.min.lon, 117.1, 0);
    check_near(b.max.lat, 34.4, 0);
    assert_true(box_parse("-180,-90,180,90", &b, &f));
    assert_true(box_parse("5,5,5,5", &b, &f));
}

static void what_is_no_box_is_refused(void **state)
{
    static const char *const WRONG[] = { "",          "1",         "1,2,3",     "1,2,3,4,5",
                                         "1,2,3,4,",  " 1,2,3,4",  "1,2,3,4 ",  "1,,3,4",
                                         "nan,2,3,4", "1,2,inf,4", "0x1,2,3,4", "1e0,2,3,4",
                                         "+1,2,3,4",  "5,2,3,4",   "1,9,3,4",   "-,2,3,4",
                                         "1;2;3;4",   "--1,2,3,4" };
    static const char *const FAR[] = { "-181,0,0,0", "0,0,0,90.1", "0,0,1000,0" };
    struct box b = box_of(7, 7, 7, 7);
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        if (box_parse(WRONG[i], &b, &f))
            fail_msg("was read: %s", WRONG[i]);
        assert_int_equal(f.code, CODE_BOX_MALFORMED);
    }
    for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
        assert_false(box_parse(FAR[i], &b, &f));
        assert_int_equal(f.code, CODE_PLACE_OUT_OF_RANGE);
        assert_string_equal(f.value, FAR[i]);
    }
    check_near(b.min.lon, 7, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_box_holds_and_meets_nothing),
        cmocka_unit_test(a_box_grows_by_points),
        cmocka_unit_test(boxes_that_share_an_edge_meet),
        cmocka_unit_test(a_margin_is_at_least_what_was_asked_on_every_side),
        cmocka_unit_test(boxes_are_read),
        cmocka_unit_test(what_is_no_box_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
