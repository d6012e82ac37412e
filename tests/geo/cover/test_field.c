/* Tests of geo/cover/field.c: against GEOS, and areas that share their edges. */
#include "geo/cover/field.h"

#include <math.h>
#include <stdlib.h>

#include "geo/cover/span.h"
#include "geo/shape.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { TOWNS = 40, AREAS = 12, SIDE = 12, CORNERS_MAX = 200 };

static const struct point SOUTH_WEST = { 117.2, 34.2 };
static const double TURN = 6.283185307179586;
static const double CLOSE_M = 1e-4;

static double roll(struct town_dice *dice, double from, double to)
{
    return from + (to - from) * (double)(town_roll(dice) >> 11) / 9007199254740992.0;
}

/* A star in the plane; a ring inside it is a hole. */
static void add_ring(struct town_dice *dice, struct figure_draft *d, struct crs_xy middle,
                     double reach_m, int32_t corners)
{
    struct fail f = { 0 };
    struct point first = { 0, 0 };

    for (int32_t i = 0; i <= corners; i++) {
        const double reach = roll(dice, 0.5, 1) * reach_m;
        struct point p = { middle.x + reach * cos(TURN * i / corners),
                           middle.y + reach * sin(TURN * i / corners) };

        if (i == 0)
            first = p;
        if (i == corners)
            p = first;
        assert_true(figure_draft_point(d, p, &f));
    }
    assert_true(figure_draft_end_run(d, &f));
}

static struct figure star(struct town_dice *dice, struct crs_xy middle, struct arena *a)
{
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    const double reach_m = roll(dice, 20, 2000);
    const int32_t corners = 3 + town_pick(dice, CORNERS_MAX);
    struct fail f = { 0 };

    add_ring(dice, d, middle, reach_m, corners);
    if (town_pick(dice, 2) && corners > 12) /* then it is inside whatever the corners are */
        add_ring(dice, d, middle, reach_m * 0.45, corners);
    assert_true(figure_draft_end_area(d, &f));
    return figure_draft_done(d, false);
}

/* One leg at a time: GEOS counts a street that runs back over itself once. */
static struct figure leg(const struct ground_point *p, struct arena *a)
{
    const struct point ends[] = { { p[0].x, p[0].y }, { p[1].x, p[1].y } };

    return figure_line(a, ends, 2);
}

static double length_m(const struct figure *lines)
{
    double sum = 0;

    for (int32_t run = 0; run < lines->run_count; run++)
        for (int32_t i = lines->first_point[run] + 1; i < lines->first_point[run + 1]; i++)
            sum += hypot(lines->points[i].lon - lines->points[i - 1].lon,
                         lines->points[i].lat - lines->points[i - 1].lat);
    return sum;
}

static double geos_m(struct shape *s, const struct ground_point *p, int32_t leg_count,
                     const struct figure *area, struct arena *a)
{
    double sum = 0;

    for (int32_t i = 0; i < leg_count; i++) {
        const struct figure line = leg(p + i, a);
        struct figure common;
        struct fail f = { 0 };

        if (!(length_m(&line) > 0))
            continue;
        assert_true(shape_intersection(s, &line, area, &common, &f));
        sum += length_m(&common);
    }
    return sum;
}

static double drawn_m(const struct ground_point *p, int32_t leg_count)
{
    double sum = 0;

    for (int32_t i = 0; i < leg_count; i++)
        sum += hypot(p[i + 1].x - p[i].x, p[i + 1].y - p[i].y);
    return sum;
}

static void check_area(const struct ground *g, const struct figure *area, struct shape *s,
                       struct arena *a)
{
    const struct field *field = field_take_flat(area, a);
    const struct network *n = ground_network(g);
    struct ground_runs runs = { .arena = a };
    int32_t at = 0;

    field_runs(field, g, &runs);
    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        const struct ground_point *p = ground_points(g) + ground_first(g, segment);
        const int32_t legs = ground_first(g, segment + 1) - ground_first(g, segment) - 1;
        const double whole_m = drawn_m(p, legs);
        double ours_cm = 0;

        for (; at < runs.count && runs.items[at].segment == segment; at++)
            ours_cm += runs.items[at].to_cm - runs.items[at].from_cm;
        if (whole_m > 0)
            check_near(ours_cm / n->length_cm[segment] * whole_m, geos_m(s, p, legs, area, a),
                       CLOSE_M * fmax(1, whole_m / 1000));
    }
    assert_int_equal(at, runs.count);
}

static void streets_are_cut_where_geos_cuts_them(void **state)
{
    struct town_dice dice = { 21 };

    (void)state;
    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct shape *s = shape_take(a);
        const struct network *n = town_random(&dice, 2 + town_pick(&dice, 40),
                                              1 + town_pick(&dice, 60), town % 3 == 0, a);
        struct ground *g = ground_new(n);

        for (int32_t i = 0; i < AREAS; i++) {
            const struct figure area = star(&dice, ground_spot(g, town_spot(&dice, n)), a);

            check_area(g, &area, s, a);
        }
        ground_free(g);
        arena_free(a);
    }
}

static struct figure cell(struct arena *a, struct point low, struct point high)
{
    const struct point ring[] = { low, { high.lon, low.lat }, high, { low.lon, high.lat }, low };

    return figure_ring(a, ring, 5);
}

/* The edges of the cells run along streets, corners lie on crossroads. */
static void every_centimetre_is_in_one_of_the_cells_that_share_their_edges(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(SIDE, SOUTH_WEST, a);
    struct ground *g = ground_new(n);
    struct box box = box_empty();
    struct range_band all = { 0 }, whole;
    int64_t sum_cm = 0;

    (void)state;
    for (int32_t i = 0; i < n->shape_count; i++)
        box = box_with(box, point_from_e7(n->shape[i]));
    const double wide = (box.max.lon - box.min.lon) / 4;
    const double high = (box.max.lat - box.min.lat) / 4;

    for (int32_t i = -1; i <= 4; i++) {
        for (int32_t k = -1; k <= 4; k++) {
            const struct point low = { box.min.lon + i * wide, box.min.lat + k * high };
            const struct point next = { box.min.lon + (i + 1) * wide,
                                        box.min.lat + (k + 1) * high };
            const struct figure area = cell(a, low, next);
            struct range_band in, more;

            field_find(field_take(g, &area, a), g, a, &in);
            sum_cm += in.length_cm;
            span_mix(SPAN_OR, &all, &in, a, &more);
            all = more;
        }
    }
    span_rest(n, &(struct range_band){ 0 }, a, &whole);
    assert_int_equal(sum_cm, whole.length_cm);
    assert_int_equal(all.length_cm, whole.length_cm);
    assert_int_equal(all.piece_count, n->segment_count);
    ground_free(g);
    arena_free(a);
}

static void a_hole_and_a_second_area_are_what_they_are(void **state)
{
    struct arena *a = arena_new();
    struct figure_draft *d = figure_draft_take(a, FIGURE_AREAS);
    static const double RINGS[][2] = { { 0, 100 }, { 40, 60 }, { 200, 300 } };
    struct fail f = { 0 };

    (void)state;
    for (int ring = 0; ring < 3; ring++) {
        const double low = RINGS[ring][0], high = RINGS[ring][1];
        const struct point corners[] = {
            { low, low }, { high, low }, { high, high }, { low, high }, { low, low }
        };

        for (int i = 0; i < 5; i++)
            assert_true(figure_draft_point(d, corners[i], &f));
        assert_true(figure_draft_end_run(d, &f));
        if (ring > 0)
            assert_true(figure_draft_end_area(d, &f));
    }
    const struct figure areas = figure_draft_done(d, true);
    const struct field *field = field_take_flat(&areas, a);

    assert_true(field_holds(field, (struct crs_xy){ 20, 20 }));
    assert_false(field_holds(field, (struct crs_xy){ 50, 50 }));
    assert_false(field_holds(field, (struct crs_xy){ 150, 150 }));
    assert_true(field_holds(field, (struct crs_xy){ 250, 250 }));
    assert_false(field_holds(field, (struct crs_xy){ 250, 301 }));
    arena_free(a);
}

static void what_has_no_area_holds_nothing(void **state)
{
    struct town_dice dice = { 22 };
    struct arena *a = arena_new();
    const struct network *n = town_random(&dice, 10, 30, false, a);
    struct ground *g = ground_new(n);
    const struct figure nothing = { .kind = FIGURE_AREAS };
    const struct figure line = leg(ground_points(g), a);
    struct range_band band;

    (void)state;
    field_find(field_take_flat(&nothing, a), g, a, &band);
    assert_int_equal(band.piece_count, 0);
    field_find(field_take_flat(&line, a), g, a, &band);
    assert_int_equal(band.piece_count, 0);
    assert_false(field_holds(field_take_flat(&nothing, a), (struct crs_xy){ 0, 0 }));
    ground_free(g);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streets_are_cut_where_geos_cuts_them),
        cmocka_unit_test(every_centimetre_is_in_one_of_the_cells_that_share_their_edges),
        cmocka_unit_test(a_hole_and_a_second_area_are_what_they_are),
        cmocka_unit_test(what_has_no_area_holds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
