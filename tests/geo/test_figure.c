/* geo/figure.c: figures and how they are put together. */
#include "geo/figure.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/room.h"

static const struct point RING[] = { { 0, 0 }, { 2, 0 }, { 2, 1 }, { 0, 0 } };

static void simple_figures_are_copies(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct point mine[] = { { 0, 0 }, { 2, 0 }, { 2, 1 }, { 0, 0 } };
    const struct figure ring = figure_ring(a, mine, 4);
    const struct figure point = figure_point(a, mine[1]);
    const struct figure line = figure_line(a, mine, 3);

    mine[1] = (struct point){ 9, 9 };
    check_near(ring.points[1].lon, 2, 0);
    check_near(point.points[0].lon, 2, 0);
    check_near(line.points[1].lon, 2, 0);
    assert_int_equal(ring.area_count, 1);
    assert_int_equal(ring.first_run[1], 1);
    assert_int_equal(ring.first_point[1], 4);
    assert_int_equal(line.run_count, 1);
    assert_int_equal(line.area_count, 0);
    assert_int_equal(point.run_count, 0);
    assert_string_equal(figure_word(&ring), "Polygon");
    assert_string_equal(figure_word(&line), "LineString");
    assert_string_equal(figure_word(&point), "Point");
    const struct figure multi = figure_as_multi(&ring);

    assert_string_equal(figure_word(&multi), "MultiPolygon");
    check_near(figure_box(&ring).max.lon, 2, 0);
    check_near(figure_box(&ring).max.lat, 1, 0);
}

static void a_draft_grows_to_any_size_within_the_limits(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    struct fail f;

    for (int area = 0; area < 300; area++) {
        for (int ring = 0; ring < 3; ring++) {
            for (int i = 0; i < 4; i++)
                assert_true(figure_draft_point(
                    d, (struct point){ RING[i].lon + area, RING[i].lat + ring }, &f));
            assert_true(figure_draft_end_run(d, &f));
        }
        assert_true(figure_draft_end_area(d, &f));
    }
    const struct figure figure = figure_draft_done(d, false);

    assert_true(figure.multi);
    assert_int_equal(figure.point_count, 300 * 12);
    assert_int_equal(figure.run_count, 900);
    assert_int_equal(figure.area_count, 300);
    for (int area = 0; area < 300; area++) {
        const int32_t run = figure.first_run[area];

        assert_int_equal(run, area * 3);
        assert_int_equal(figure.first_point[run], area * 12);
        check_near(figure.points[figure.first_point[run + 1] + 1].lon, 2 + area, 0);
    }
    assert_int_equal(figure.first_run[300], 900);
    assert_int_equal(figure.first_point[900], 3600);
}

static void runs_that_are_none_are_refused(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct figure_draft *area = figure_draft_take(a, FIGURE_AREAS);
    struct figure_draft *line = figure_draft_take(a, FIGURE_LINES);
    struct fail f;

    assert_false(figure_draft_end_area(area, &f));
    assert_int_equal(f.code, CODE_FIGURE_MALFORMED);
    assert_false(figure_draft_end_run(line, &f));
    assert_true(figure_draft_point(line, RING[0], &f));
    assert_false(figure_draft_end_run(line, &f));
    assert_int_equal(f.code, CODE_FIGURE_MALFORMED);
    for (int i = 0; i < 3; i++)
        assert_true(figure_draft_point(area, RING[i], &f));
    assert_false(figure_draft_end_run(area, &f)); /* three points */
    assert_true(figure_draft_point(area, RING[1], &f));
    assert_false(figure_draft_end_run(area, &f)); /* not closed */
    assert_non_null(strstr(f.text, "end where it began"));
}

static void limits_are_kept(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct figure_draft *d = figure_draft_take(a, FIGURE_POINTS);
    struct figure_draft *l = figure_draft_take(a, FIGURE_LINES);
    struct fail f;

    for (int i = 0; i < FIGURE_POINT_MAX; i++)
        assert_true(figure_draft_point(d, RING[0], &f));
    assert_false(figure_draft_point(d, RING[0], &f));
    assert_int_equal(f.code, CODE_FIGURE_TOO_LARGE);
    for (int i = 0; i < FIGURE_RUN_MAX; i++)
        assert_true(figure_draft_point(l, RING[0], &f) && figure_draft_point(l, RING[1], &f) &&
                    figure_draft_end_run(l, &f));
    assert_true(figure_draft_point(l, RING[0], &f) && figure_draft_point(l, RING[1], &f));
    assert_false(figure_draft_end_run(l, &f));
    assert_int_equal(f.code, CODE_FIGURE_TOO_LARGE);
}

static void figures_change_frames_point_by_point(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct point line[] = { { 117.185, 34.261 }, { 118.354, 34.369 } };
    const struct figure wgs84 = figure_line(a, line, 2);
    const struct figure abroad = figure_line(a, RING, 2);
    struct figure gcj02;
    struct figure back;
    struct fail f;

    assert_true(figure_from_wgs84(a, FRAME_GCJ02, &wgs84, &gcj02, &f));
    check_near(gcj02.points[0].lon, 117.190773, 1e-6);
    check_near(gcj02.points[1].lat, 34.367920, 1e-6);
    check_near(wgs84.points[0].lon, 117.185, 0);
    assert_true(figure_to_wgs84(a, FRAME_GCJ02, &gcj02, &back, &f));
    check_near(back.points[1].lon, 118.354, 1e-8);
    assert_false(figure_from_wgs84(a, FRAME_BD09, &abroad, &back, &f));
    assert_int_equal(f.code, CODE_FRAME_OUTSIDE_CHINA);
}

static void an_empty_figure_is_a_figure(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct figure empty = figure_draft_done(figure_draft_take(a, FIGURE_AREAS), false);

    assert_int_equal(empty.point_count, 0);
    assert_int_equal(empty.first_run[0], 0);
    assert_int_equal(empty.first_point[0], 0);
    assert_true(box_is_empty(figure_box(&empty)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_figures_are_copies),
        cmocka_unit_test(a_draft_grows_to_any_size_within_the_limits),
        cmocka_unit_test(runs_that_are_none_are_refused),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(figures_change_frames_point_by_point),
        cmocka_unit_test(an_empty_figure_is_a_figure),
    };

    return cmocka_run_group_tests(tests, room_open, room_close);
}
