/* geo/shape.c: GEOS's answers and refusals. */
#include "geo/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"

struct room {
    struct arena *arena;
    struct shape *shape;
};

static int open_room(void **state)
{
    static struct room room;

    room.arena = arena_new();
    room.shape = shape_take(room.arena);
    *state = &room;
    return 0;
}

static int close_room(void **state)
{
    arena_free(((struct room *)*state)->arena);
    return 0;
}

static struct figure square(struct arena *a, double west, double south, double side)
{
    const struct point ring[] = { { west, south },
                                  { west + side, south },
                                  { west + side, south + side },
                                  { west, south + side },
                                  { west, south } };

    return figure_ring(a, ring, 5);
}

static struct figure bow_tie(struct arena *a)
{
    static const struct point RING[] = {
        { 117, 34 }, { 118, 35 }, { 118, 34 }, { 117, 35 }, { 117, 34 }
    };

    return figure_ring(a, RING, 5);
}

static void a_polygon_that_crosses_itself_is_refused_with_the_place(void **state)
{
    struct room *room = *state;
    const struct figure tie = bow_tie(room->arena);
    struct fail f = { 0 };

    assert_false(shape_check(room->shape, &tie, &f));
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_int_equal(f.code, CODE_SHAPE_INVALID);
    assert_string_equal(f.value, "117.5000000,34.5000000");
    assert_non_null(strstr(f.text, "Self-intersection"));
    assert_non_null(strstr(f.text, "117.5000000, 34.5000000"));
}

static void the_repaired_shape_is_valid_and_an_area(void **state)
{
    struct room *room = *state;
    const struct figure tie = bow_tie(room->arena);
    struct figure repaired;
    struct fail f;
    double area;

    assert_true(shape_repair(room->shape, &tie, &repaired, &f));
    assert_true(shape_check(room->shape, &repaired, &f));
    assert_int_equal(repaired.kind, FIGURE_AREAS);
    assert_int_equal(repaired.area_count, 2);
    assert_true(repaired.multi);
    assert_true(shape_area(room->shape, &repaired, &area, &f));
    check_near(area, 0.5, 1e-12);
}

static void a_polygon_without_area_is_repaired_to_nothing(void **state)
{
    static const struct point FLAT[] = { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 1, 1 } };
    struct room *room = *state;
    const struct figure flat = figure_ring(room->arena, FLAT, 4);
    struct figure repaired;
    struct fail f;

    assert_false(shape_check(room->shape, &flat, &f));
    assert_true(shape_repair(room->shape, &flat, &repaired, &f));
    assert_int_equal(repaired.point_count, 0);
    assert_int_equal(repaired.area_count, 0);
}

static void overlapping_areas_and_holes_outside_are_invalid(void **state)
{
    struct room *room = *state;
    struct figure_draft *d;
    struct fail f;

    for (int holes = 0; holes < 2; holes++) {
        d = figure_draft_take(room->arena, FIGURE_AREAS);
        for (int i = 0; i < 2; i++) {
            const struct figure part =
                square(room->arena, i * (holes ? 7.0 : 0.5), i * 0.5, holes && i ? 1 : 2);

            for (int k = 0; k < part.point_count; k++)
                assert_true(figure_draft_point(d, part.points[k], &f));
            assert_true(figure_draft_end_run(d, &f));
            assert_true((holes && i == 0) || figure_draft_end_area(d, &f));
        }
        const struct figure wrong = figure_draft_done(d, false);

        assert_false(shape_check(room->shape, &wrong, &f));
        assert_int_equal(f.code, CODE_SHAPE_INVALID);
        assert_true(f.value[0]);
    }
}

static void valid_figures_pass(void **state)
{
    static const struct point LINE[] = { { 1, 1 }, { 2, 2 }, { 1, 2 }, { 2, 1 } };
    struct room *room = *state;
    const struct figure area = square(room->arena, 0, 0, 1);
    const struct figure line = figure_line(room->arena, LINE, 4);
    const struct figure point = figure_point(room->arena, LINE[0]);
    const struct figure *const WHOLE[] = { &area, &line, &point };
    struct fail f;

    for (int i = 0; i < 3; i++)
        assert_true(shape_check(room->shape, WHOLE[i], &f));
}

static void containing_and_meeting_are_told_apart(void **state)
{
    struct room *room = *state;
    struct arena *a = room->arena;
    const struct figure big = square(a, 0, 0, 10);
    const struct figure small = square(a, 2, 2, 1);
    const struct figure half = square(a, 9, 9, 5);
    const struct figure far = square(a, 20, 20, 1);
    const struct figure edge = figure_point(a, (struct point){ 10, 5 });
    const struct {
        const struct figure *inner;
        bool contains, meets;
    } CASES[] = { { &small, true, true },
                  { &half, false, true },
                  { &far, false, false },
                  { &edge, true, true } };
    const struct shape_ready *ready;
    struct fail f;

    assert_true(shape_prepare(room->shape, &big, &ready, &f));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool contains = !CASES[i].contains;
        bool meets = !CASES[i].meets;

        assert_true(shape_contains(room->shape, &big, CASES[i].inner, &contains, &f));
        assert_true(shape_intersects(room->shape, &big, CASES[i].inner, &meets, &f));
        assert_int_equal(contains, CASES[i].contains);
        assert_int_equal(meets, CASES[i].meets);
        assert_true(shape_ready_contains(ready, CASES[i].inner, &contains, &f));
        assert_true(shape_ready_intersects(ready, CASES[i].inner, &meets, &f));
        assert_int_equal(contains, CASES[i].contains);
        assert_int_equal(meets, CASES[i].meets);
    }
}

static void intersections_keep_the_lower_kind_and_drop_touching_corners(void **state)
{
    static const struct point LINE[] = { { -5, 5 }, { 15, 5 } };
    struct room *room = *state;
    struct arena *a = room->arena;
    const struct figure big = square(a, 0, 0, 10);
    const struct figure half = square(a, 9, 9, 5);
    const struct figure corner = square(a, 10, 10, 5);
    const struct figure line = figure_line(a, LINE, 2);
    struct figure out;
    struct fail f;
    double area;

    assert_true(shape_intersection(room->shape, &big, &half, &out, &f));
    assert_true(shape_area(room->shape, &out, &area, &f));
    check_near(area, 1.0, 1e-12);
    assert_true(shape_intersection(room->shape, &big, &corner, &out, &f));
    assert_int_equal(out.kind, FIGURE_AREAS);
    assert_int_equal(out.point_count, 0);
    assert_true(shape_intersection(room->shape, &big, &line, &out, &f));
    assert_int_equal(out.kind, FIGURE_LINES);
    assert_int_equal(out.point_count, 2);
    check_near(fabs(out.points[1].lon - out.points[0].lon), 10.0, 1e-12);
}

/* Each of these GEOS calls gives NULL or 2 here; none may look like an answer. */
static void what_geos_cannot_answer_is_a_failure(void **state)
{
    struct room *room = *state;
    const struct figure tie = bow_tie(room->arena);
    const struct figure other = square(room->arena, 117.2, 34.2, 2);
    struct figure out = { .point_count = 77 };
    struct fail f = { 0 };

    assert_false(shape_intersection(room->shape, &tie, &other, &out, &f));
    assert_int_equal(f.code, CODE_SHAPE_FAILED);
    assert_int_equal(f.kind, FAIL_BROKEN);
    assert_non_null(strstr(f.text, "TopologyException"));
    assert_int_equal(out.point_count, 77);
}

static void coordinates_that_are_not_finite_never_reach_geos(void **state)
{
    const struct point WRONG[] = { { 0, 0 }, { NAN, 0 }, { INFINITY, 1 }, { 0, 0 } };
    struct room *room = *state;
    const struct figure ring = figure_ring(room->arena, WRONG, 4);
    const struct figure area = square(room->arena, 0, 0, 1);
    struct figure out;
    struct fail f;
    bool answer = false;

    assert_false(shape_check(room->shape, &ring, &f));
    assert_int_equal(f.code, CODE_FIGURE_MALFORMED);
    assert_false(shape_contains(room->shape, &area, &ring, &answer, &f));
    assert_false(shape_repair(room->shape, &ring, &out, &f));
    assert_int_equal(f.code, CODE_FIGURE_MALFORMED);
    assert_false(answer);
}

static void empty_figures_are_empty_on_the_way_back(void **state)
{
    struct room *room = *state;
    const struct figure area = square(room->arena, 0, 0, 1);
    const struct figure empty = { .kind = FIGURE_AREAS, .multi = true };
    struct figure out;
    struct fail f;
    bool answer = true;

    assert_true(shape_check(room->shape, &empty, &f));
    assert_true(shape_intersects(room->shape, &area, &empty, &answer, &f));
    assert_false(answer);
    assert_true(shape_intersection(room->shape, &area, &empty, &out, &f));
    assert_int_equal(out.point_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_polygon_that_crosses_itself_is_refused_with_the_place),
        cmocka_unit_test(the_repaired_shape_is_valid_and_an_area),
        cmocka_unit_test(a_polygon_without_area_is_repaired_to_nothing),
        cmocka_unit_test(overlapping_areas_and_holes_outside_are_invalid),
        cmocka_unit_test(valid_figures_pass),
        cmocka_unit_test(containing_and_meeting_are_told_apart),
        cmocka_unit_test(intersections_keep_the_lower_kind_and_drop_touching_corners),
        cmocka_unit_test(what_geos_cannot_answer_is_a_failure),
        cmocka_unit_test(coordinates_that_are_not_finite_never_reach_geos),
        cmocka_unit_test(empty_figures_are_empty_on_the_way_back),
    };

    return cmocka_run_group_tests(tests, open_room, close_room);
}
