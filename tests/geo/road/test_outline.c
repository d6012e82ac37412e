/* Tests of geo/road/outline.c: what is drawn is valid, holds what is reached, and no more. */
#include "tests/support/check_near.h"

#include <math.h>

#include "geo/road/outline.h"
#include "geo/shape.h"
#include "tests/support/town.h"

enum { TOWNS = 60, LIMITS = 3, SIDE = 12, PICKS = 40 };

static const struct point SOUTH_WEST = { 117.2, 34.2 };
static const double METRES_IN_A_DEGREE = 111320;

struct drawn {
    struct range range;
    struct figure streets[LIMITS];
    struct figure areas[LIMITS];
};

static void draw(const struct network *n, const struct range_source *source,
                 const uint32_t *limits_ms, struct arena *a, struct drawn *out)
{
    struct range_room *room = range_room_new();
    struct fail f;

    range_find(
        town_roads(n, a),
        &(struct range_wish){
            .sources = source, .source_count = 1, .limits_ms = limits_ms, .limit_count = LIMITS },
        room, a, &out->range);
    assert_true(outline_areas(n, &out->range, LIMITS, a, out->areas, &f));
    for (int32_t i = 0; i < LIMITS; i++)
        assert_true(outline_streets(n, &out->range.bands[i], a, &out->streets[i], &f));
    range_room_free(room);
}

static void check_holds(struct shape *s, const struct figure *outer, const struct figure *inner)
{
    struct fail f;
    bool holds = false;

    assert_true(shape_contains(s, outer, inner, &holds, &f));
    assert_true(holds);
}

static void areas_are_valid_and_hold_their_streets_and_the_shorter_limits(void **state)
{
    struct town_dice dice = { 77 };

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct shape *s = shape_take(a);
        const struct network *n =
            town_random(&dice, 30 + town_pick(&dice, 60), 100, town % 2 == 0, a);
        const struct range_source source = { MODE_FOOT, town_spot(&dice, n) };
        const uint32_t limits_ms[] = { 20000, 100000, 100000 + (uint32_t)town_pick(&dice, 900000) };
        struct drawn d;
        struct fail f;

        draw(n, &source, limits_ms, a, &d);
        for (int32_t i = 0; i < LIMITS; i++) {
            assert_true(shape_check(s, &d.areas[i], &f));
            assert_int_equal(d.streets[i].run_count, d.range.bands[i].piece_count);
            if (d.streets[i].run_count > 0)
                check_holds(s, &d.areas[i], &d.streets[i]);
            if (i > 0 && d.areas[i - 1].area_count > 0)
                check_holds(s, &d.areas[i], &d.areas[i - 1]);
        }
        arena_free(a);
    }
}

static double off_m(struct point p, struct point a, struct point b)
{
    const double east = METRES_IN_A_DEGREE * cos(SOUTH_WEST.lat * M_PI / 180);
    const double px = (p.lon - a.lon) * east, py = (p.lat - a.lat) * METRES_IN_A_DEGREE;
    const double bx = (b.lon - a.lon) * east, by = (b.lat - a.lat) * METRES_IN_A_DEGREE;
    const double along = bx * bx + by * by > 0 ? (px * bx + py * by) / (bx * bx + by * by) : 0;
    const double t = fmin(1, fmax(0, along));

    return hypot(px - t * bx, py - t * by);
}

static double off_lines_m(const struct figure *lines, struct point p)
{
    double least_m = INFINITY;

    for (int32_t run = 0; run < lines->run_count; run++)
        for (int32_t i = lines->first_point[run] + 1; i < lines->first_point[run + 1]; i++)
            least_m = fmin(least_m, off_m(p, lines->points[i - 1], lines->points[i]));
    return least_m;
}

static void every_point_of_the_line_is_as_far_from_the_streets_as_promised(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    const struct range_source source = { MODE_FOOT, { SIDE * SIDE / 2, 0 } };
    const uint32_t limits_ms[] = { 30000, 200000, 400000 };
    struct drawn d;

    (void)state;
    draw(n, &source, limits_ms, a, &d);
    for (int32_t i = 0; i < LIMITS; i++) {
        assert_true(d.areas[i].point_count > 20);
        for (int32_t k = 0; k < d.areas[i].point_count; k++)
            check_near(off_lines_m(&d.streets[i], d.areas[i].points[k]), OUTLINE_AROUND_M,
                       OUTLINE_CELL_M / 2.0);
    }
    arena_free(a);
}

/* Blocks of 100 m are closed, one of 300 m is open. */
static void blocks_of_houses_belong_to_it_and_a_park_does_not(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct range_piece *pieces = arena_take(a, (size_t)n->segment_count, sizeof *pieces);
    struct range r = { 0 };
    struct figure area;
    struct fail f;

    (void)state;
    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        const int32_t line = segment / SIDE % (SIDE + 1), block = segment % SIDE;
        const bool is_in_park = line >= 5 && line <= 6 && block >= 4 && block <= 6;

        if (!is_in_park)
            pieces[r.bands[0].piece_count++] =
                (struct range_piece){ segment, 0, n->length_cm[segment] };
    }
    r.bands[0].pieces = pieces;
    assert_true(outline_areas(n, &r, 1, a, &area, &f));
    assert_int_equal(area.area_count, 1);
    assert_int_equal(area.run_count, 2);
    arena_free(a);
}

static void of_nothing_there_is_no_area(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, SOUTH_WEST, a);
    const struct range r = { 0 };
    struct figure area, streets;
    struct fail f;

    (void)state;
    assert_true(outline_areas(n, &r, 1, a, &area, &f));
    assert_int_equal(area.point_count, 0);
    assert_true(outline_streets(n, &r.bands[0], a, &streets, &f));
    assert_int_equal(streets.point_count, 0);
    arena_free(a);
}

static void a_part_of_a_street_is_drawn_from_measure_to_measure(void **state)
{
    struct arena *a = arena_new();
    struct town_dice dice = { 5 };
    const struct network *n = town_random(&dice, 20, 60, false, a);

    (void)state;
    for (int32_t i = 0; i < PICKS; i++) {
        const int32_t segment = town_pick(&dice, n->segment_count);
        const uint32_t to_cm = 1 + (uint32_t)town_pick(&dice, (int32_t)n->length_cm[segment]);
        const struct range_piece piece = { segment, (uint32_t)town_pick(&dice, (int32_t)to_cm),
                                           to_cm };
        const struct range_band band = { .piece_count = 1, .pieces = &piece };
        const struct point from = network_point(n, (struct spot){ segment, piece.from_cm });
        const struct point to = network_point(n, (struct spot){ segment, piece.to_cm });
        struct figure line;
        struct fail f;

        assert_true(outline_streets(n, &band, a, &line, &f));
        assert_int_equal(line.run_count, 1);
        check_near(line.points[0].lon, from.lon, 1e-9);
        check_near(line.points[0].lat, from.lat, 1e-9);
        check_near(line.points[line.point_count - 1].lon, to.lon, 1e-9);
        check_near(line.points[line.point_count - 1].lat, to.lat, 1e-9);
        assert_in_range(line.point_count, 2, 3);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_are_valid_and_hold_their_streets_and_the_shorter_limits),
        cmocka_unit_test(every_point_of_the_line_is_as_far_from_the_streets_as_promised),
        cmocka_unit_test(blocks_of_houses_belong_to_it_and_a_park_does_not),
        cmocka_unit_test(of_nothing_there_is_no_area),
        cmocka_unit_test(a_part_of_a_street_is_drawn_from_measure_to_measure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
