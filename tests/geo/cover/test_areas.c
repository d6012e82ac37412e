/* Tests of geo/cover/areas.c: what nobody sees of a cell, what is wrong with areas from
 * outside, districts and ribbons. */
#include "geo/cover/areas.h"

#include <math.h>

#include "geo/cover/field.h"
#include "geo/crs.h"
#include "geo/shape.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 12, CELLS = 4 };

static const struct point SOUTH_WEST = { 117.2, 34.2 };
static const double NEAR_ONE = 1e-4; /* plane, polygon and ellipsoid agree to this */

struct room {
    struct arena *arena;
    struct ground *ground;
};

static int open_room(void **state)
{
    static struct room room;

    room.arena = arena_new();
    room.ground = ground_new(town_blocks(SIDE, SOUTH_WEST, room.arena));
    *state = &room;
    return 0;
}

static int close_room(void **state)
{
    struct room *r = *state;

    ground_free(r->ground);
    arena_free(r->arena);
    return 0;
}

/* A square of the plane, `side_m` wide, with its middle so far from the city's. */
static struct figure square(const struct room *r, double east_m, double north_m, double side_m)
{
    static const double CORNERS[5][2] = { { -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, 1 }, { -1, -1 } };
    struct point ring[5];

    for (int i = 0; i < 5; i++)
        ring[i] = gauss_back(ground_plane(r->ground),
                             (struct crs_xy){ east_m + CORNERS[i][0] * side_m / 2,
                                              north_m + CORNERS[i][1] * side_m / 2 });
    return figure_ring(r->arena, ring, 5);
}

static struct point middle(const struct room *r)
{
    return ground_plane(r->ground)->middle;
}

static void a_circle_in_a_cell_leaves_the_rest_of_it(void **state)
{
    struct room *r = *state;
    const struct figure cell = square(r, 0, 0, 400);
    const struct figure circle = areas_circle(r->ground, middle(r), 150, r->arena);
    const struct areas *seen;
    struct areas_notice notice;
    struct areas_gap gap;
    struct fail f;

    assert_true(areas_take(r->ground, &circle, 1, r->arena, &seen, &notice, &f));
    assert_int_equal(notice.repaired, 0);
    assert_true(areas_gap(seen, &cell, r->arena, &gap, &f));
    check_near(gap.whole_m2, 160000, 1);
    check_near(gap.open_m2, 160000 - M_PI * 150 * 150, M_PI * 150 * 150 / 2400);
    check_near(crs_area_m2(&gap.open), gap.open_m2, gap.open_m2 * NEAR_ONE);
    assert_int_equal(gap.open.area_count, 1);
    assert_int_equal(gap.open.run_count, 2);
}

static void what_is_seen_twice_is_seen_once_and_what_is_far_away_not_at_all(void **state)
{
    struct room *r = *state;
    const struct figure cell = square(r, 0, 0, 400);
    const struct figure seen_areas[] = { square(r, -100, 0, 200), square(r, -50, 0, 200),
                                         square(r, 3000, 0, 200) };
    const struct areas *seen;
    struct areas_notice notice;
    struct areas_gap gap;
    struct fail f;

    assert_true(areas_take(r->ground, seen_areas, 3, r->arena, &seen, &notice, &f));
    assert_true(areas_gap(seen, &cell, r->arena, &gap, &f));
    check_near(gap.open_m2, 160000 - 250 * 200, 1);
    assert_true(areas_take(r->ground, NULL, 0, r->arena, &seen, &notice, &f));
    assert_true(areas_gap(seen, &cell, r->arena, &gap, &f));
    check_near(gap.open_m2, 160000, 1);
}

static void a_cell_that_is_seen_whole_has_no_gap(void **state)
{
    struct room *r = *state;
    const struct figure cell = square(r, 20, 20, 200);
    const struct figure circle = areas_circle(r->ground, middle(r), 500, r->arena);
    const struct areas *seen;
    struct areas_notice notice;
    struct areas_gap gap;
    struct fail f;

    assert_true(areas_take(r->ground, &circle, 1, r->arena, &seen, &notice, &f));
    assert_true(areas_gap(seen, &cell, r->arena, &gap, &f));
    check_near(gap.open_m2, 0, 0);
    assert_int_equal(gap.open.point_count, 0);
}

static void cells_become_a_district_without_edges_between_them(void **state)
{
    struct room *r = *state;
    struct figure cells[CELLS * CELLS];
    const double side_m = 250;
    struct figure district;
    struct fail f;
    double sum_m2 = 0;

    for (int i = 0; i < CELLS * CELLS; i++) {
        cells[i] = square(r, i % CELLS * side_m, (double)(i / CELLS) * side_m, side_m);
        sum_m2 += crs_area_m2(&cells[i]);
    }
    assert_true(areas_district(r->ground, cells, CELLS * CELLS, r->arena, &district, &f));
    assert_int_equal(district.area_count, 1);
    assert_int_equal(district.run_count, 1);
    check_near(crs_area_m2(&district), sum_m2, sum_m2 * 1e-9);
    /* Those that overlap are no cells: they are united all the same. */
    cells[1] = square(r, side_m / 2, 0, side_m);
    assert_true(areas_district(r->ground, cells, 2, r->arena, &district, &f));
    check_near(crs_area_m2(&district), 1.5 * side_m * side_m, 10);
}

static void a_ribbon_is_as_long_as_its_street_and_as_wide_as_asked_for(void **state)
{
    struct room *r = *state;
    const struct network *n = ground_network(r->ground);
    const struct range_piece piece = { 5, 0, n->length_cm[5] };
    const struct range_band band = { n->length_cm[5], 1, &piece }, none = { 0, 0, &piece };
    const struct point_e7 *ends = n->shape + n->first_shape[5];
    struct figure ribbons;
    struct fail f;

    assert_true(areas_ribbons(r->ground, &band, 10, r->arena, &ribbons, &f));
    check_near(crs_area_m2(&ribbons), 10 * network_leg_m(ends[0], ends[1]), 1);
    assert_true(areas_ribbons(r->ground, &none, 10, r->arena, &ribbons, &f));
    assert_int_equal(ribbons.point_count, 0);
}

/* ------------------------------------------------------------------ what is wrong */

struct wrong {
    const char *what;
    int ring_points[3]; /* of each ring, 0 after the last */
    bool apart;         /* each ring is an area of its own */
    struct point points[15];
    double whole; /* square units once it is repaired; 0: it is refused */
};

static const struct wrong WRONG[] = {
    { "bow-tie", { 5 }, false, { { 0, 0 }, { 10, 10 }, { 10, 0 }, { 0, 10 }, { 0, 0 } }, 50 },
    /* GEOS takes such a hole for an area of its own: most often it is one. */
    { "hole outside its shell",
      { 5, 5 },
      false,
      { { 0, 0 },
        { 10, 0 },
        { 10, 10 },
        { 0, 10 },
        { 0, 0 },
        { 20, 2 },
        { 24, 2 },
        { 24, 8 },
        { 20, 8 },
        { 20, 2 } },
      124 },
    { "overlapping areas",
      { 5, 5 },
      true,
      { { 0, 0 },
        { 6, 0 },
        { 6, 10 },
        { 0, 10 },
        { 0, 0 },
        { 4, 0 },
        { 10, 0 },
        { 10, 10 },
        { 4, 10 },
        { 4, 0 } },
      100 },
    { "no area", { 4 }, false, { { 0, 0 }, { 5, 5 }, { 10, 10 }, { 0, 0 } }, 0 },
    { "not a number",
      { 5 },
      false,
      { { 0, 0 }, { 10, 0 }, { (double)NAN, 10 }, { 0, 10 }, { 0, 0 } },
      0 },
    { "infinite",
      { 5 },
      false,
      { { 0, 0 }, { 10, 0 }, { (double)INFINITY, 10 }, { 0, 10 }, { 0, 0 } },
      0 },
    { "empty", { 0 }, false, { { 0, 0 } }, 0 },
};

static struct figure figure_of(const struct wrong *w, struct arena *a)
{
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    struct fail f;
    int at = 0;

    for (int ring = 0; ring < 3 && w->ring_points[ring] > 0; ring++) {
        for (int i = 0; i < w->ring_points[ring]; i++)
            assert_true(figure_draft_point(d, w->points[at++], &f));
        assert_true(figure_draft_end_run(d, &f));
        if (w->apart)
            assert_true(figure_draft_end_area(d, &f));
    }
    if (!w->apart && at > 0)
        assert_true(figure_draft_end_area(d, &f));
    return figure_draft_done(d, false);
}

static void a_wrong_area_is_repaired_with_notice_or_refused(void **state)
{
    struct room *r = *state;

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const struct figure wrong = figure_of(&WRONG[i], r->arena);
        bool is_repaired = false;
        struct figure out;
        double area = 0;
        struct fail f;

        if (!(WRONG[i].whole > 0)) {
            assert_false(areas_mend(&wrong, r->arena, &out, &is_repaired, &f));
            assert_int_equal(f.kind, FAIL_INPUT);
            assert_true(f.code == CODE_SHAPE_INVALID || f.code == CODE_FIGURE_MALFORMED);
            continue;
        }
        assert_true(areas_mend(&wrong, r->arena, &out, &is_repaired, &f));
        assert_true(is_repaired);
        assert_true(shape_area(shape_take(r->arena), &out, &area, &f));
        check_near(area, WRONG[i].whole, 1e-9);
    }
}

/* What the bow-tie covers is covered still. */
static void an_area_that_is_repaired_is_taken_from_the_cell(void **state)
{
    struct room *r = *state;
    const struct figure cell = square(r, 0, 0, 400);
    const struct figure corner = square(r, 0, 0, 200);
    const struct point ring[] = { corner.points[0], corner.points[2], corner.points[1],
                                  corner.points[3], corner.points[0] };
    const struct figure tie = figure_ring(r->arena, ring, 5);
    const struct areas *seen;
    struct areas_notice notice;
    struct areas_gap gap;
    struct fail f;

    assert_true(areas_take(r->ground, &tie, 1, r->arena, &seen, &notice, &f));
    assert_int_equal(notice.repaired, 1);
    assert_true(areas_gap(seen, &cell, r->arena, &gap, &f));
    check_near(gap.open_m2, 160000 - 20000, 1);
}

static void a_wrong_cell_is_refused(void **state)
{
    struct room *r = *state;
    const struct figure corner = square(r, 0, 0, 200);
    const struct point ring[] = { corner.points[0], corner.points[2], corner.points[1],
                                  corner.points[3], corner.points[0] };
    const struct figure tie = figure_ring(r->arena, ring, 5);
    const struct areas *seen;
    struct areas_notice notice;
    struct areas_gap gap;
    struct fail f;

    assert_true(areas_take(r->ground, NULL, 0, r->arena, &seen, &notice, &f));
    assert_false(areas_gap(seen, &tie, r->arena, &gap, &f));
    assert_int_equal(f.code, CODE_SHAPE_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_circle_in_a_cell_leaves_the_rest_of_it),
        cmocka_unit_test(what_is_seen_twice_is_seen_once_and_what_is_far_away_not_at_all),
        cmocka_unit_test(a_cell_that_is_seen_whole_has_no_gap),
        cmocka_unit_test(cells_become_a_district_without_edges_between_them),
        cmocka_unit_test(a_ribbon_is_as_long_as_its_street_and_as_wide_as_asked_for),
        cmocka_unit_test(a_wrong_area_is_repaired_with_notice_or_refused),
        cmocka_unit_test(an_area_that_is_repaired_is_taken_from_the_cell),
        cmocka_unit_test(a_wrong_cell_is_refused),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
