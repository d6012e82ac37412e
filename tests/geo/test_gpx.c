/* Track points out of GPX files. */
#include "geo/gpx.h"

#include <string.h>

#include "geo/instant.h"
#include "tests/support/check_near.h"

static void places_and_times_come_in_the_order_of_the_file(void **state)
{
    static const char FILE_TEXT[] =
        "<?xml version=\"1.0\"?><gpx><wpt lat=\"1\" lon=\"2\"><time>x</time></wpt>\n"
        "<trk><name>a > b</name><trkseg><!-- <trkpt lat=\"9\" lon=\"9\"> -->"
        "<trkpt lat=\"41.15\" lon=\"-8.61\"><ele>3</ele><time>2013-07-01T00:29:03Z</time></trkpt>"
        "<trkpt\n lon = '-8.62'\tlat='41.16'>\n<time> 2013-07-01T08:29:18.500+08:00 </time></trkpt>"
        "</trkseg></trk></gpx>";
    struct arena *a = arena_new();
    const struct gpx_point *points;
    int32_t count;
    struct fail f;
    int64_t want_us;

    (void)state;
    assert_true(gpx_read(a, FILE_TEXT, sizeof FILE_TEXT - 1, &points, &count, &f));
    assert_int_equal(count, 2);
    check_near(points[0].at.lat, 41.15, 1e-12);
    check_near(points[1].at.lon, -8.62, 1e-12);
    assert_true(instant_read("2013-07-01T00:29:18.5Z", 22, &want_us));
    assert_int_equal(points[1].at_us, want_us);
    arena_free(a);
}

static void what_has_no_place_or_no_time_is_refused(void **state)
{
    static const char *const WRONG[] = {
        "",
        "<gpx></gpx>",
        "<trkpt>",
        "<trkpt lat=\"1\" lon=\"2\"/>",
        "<trkpt lat=\"1\" lon=\"2\"></trkpt><time>2013-07-01T00:29:03Z</time>",
        "<trkpt lat=\"91\" lon=\"2\"><time>2013-07-01T00:29:03Z</time></trkpt>",
        "<trkpt lat=\"nan\" lon=\"2\"><time>2013-07-01T00:29:03Z</time></trkpt>",
        "<trkpt lat=\"1x\" lon=\"2\"><time>2013-07-01T00:29:03Z</time></trkpt>",
        "<trkpt lat=1 lon=\"2\"><time>2013-07-01T00:29:03Z</time></trkpt>",
        "<trkpt lat=\"1\" lon=\"2\"><time>yesterday</time></trkpt>",
        "<trkpt lat=\"1\" lon=\"2\"><time>2013-07-01T00:29:03Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct arena *a = arena_new();
        const struct gpx_point *points;
        int32_t count;
        struct fail f;

        assert_false(gpx_read(a, WRONG[i], strlen(WRONG[i]), &points, &count, &f));
        assert_int_equal(f.code, CODE_GPX_MALFORMED);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_and_times_come_in_the_order_of_the_file),
        cmocka_unit_test(what_has_no_place_or_no_time_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
