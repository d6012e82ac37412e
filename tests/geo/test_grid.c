/* geo/grid.c: codes of cells, and cells laid over an area. */
#include "geo/grid.h"

#include <math.h>
#include <string.h>

#include "geo/crs.h"
#include "tests/support/check_near.h"
#include "tests/support/room.h"

static void codes_are_taken_apart(void **state)
{
    struct grid_code code;
    struct fail f;

    (void)state;
    assert_true(grid_code_parse(GRID_PROFILE_DB11, "110105012003004", &code, &f));
    assert_int_equal(code.county, 110105);
    assert_int_equal(code.street, 12);
    assert_int_equal(code.community, 3);
    assert_int_equal(code.cell, 4);
    assert_int_equal(code.object, 0);
    assert_true(grid_code_parse(GRID_PROFILE_CJT213, "32038101200399", &code, &f));
    assert_int_equal(code.cell, 99);
    assert_true(grid_code_parse(GRID_PROFILE_CJT349, "01020332038101260104", &code, &f));
    assert_int_equal(code.object, 10203);
    assert_int_equal(code.county, 320381);
    assert_int_equal(code.community, 601);
    assert_true(code.merged_community);
    assert_string_equal(code.text, "01020332038101260104");
    assert_true(grid_code_parse(GRID_PROFILE_CJT349, "01020332038101260004", &code, &f));
    assert_false(code.merged_community);
    assert_true(grid_code_parse(GRID_PROFILE_FREE, "东湖-7", &code, &f));
    assert_string_equal(code.text, "东湖-7");
}

static void codes_that_do_not_fit_are_refused(void **state)
{
    static const struct {
        enum grid_profile profile;
        const char *text;
    } WRONG[] = {
        { GRID_PROFILE_DB11, "" },
        { GRID_PROFILE_DB11, "11010501200300" },
        { GRID_PROFILE_DB11, "1101050120030044" },
        { GRID_PROFILE_DB11, "11010501200300x" },
        { GRID_PROFILE_DB11, "-10105012003004" },
        { GRID_PROFILE_DB11, "110105 12003004" },
        { GRID_PROFILE_DB11, "110105012003000" },
        { GRID_PROFILE_DB11, "110105000003004" },
        { GRID_PROFILE_DB11, "110105012000004" },
        { GRID_PROFILE_DB11, "100105012003004" },
        { GRID_PROFILE_DB11, "110100012003004" },
        { GRID_PROFILE_CJT213, "110105012003004" },
        { GRID_PROFILE_CJT349, "11010501200304" },
        { GRID_PROFILE_CJT349, "010203320381012601040000000000000000000000000000000" },
        { GRID_PROFILE_FREE, "" },
        { GRID_PROFILE_FREE, " a" },
        { GRID_PROFILE_FREE, "a " },
        { GRID_PROFILE_FREE, "a\tb" },
        { GRID_PROFILE_FREE, "12345678901234567890123456789012345678901" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct grid_code code = { .cell = 77 };
        struct fail f = { 0 };

        if (grid_code_parse(WRONG[i].profile, WRONG[i].text, &code, &f))
            fail_msg("was taken: %s", WRONG[i].text);
        assert_int_equal(f.code, CODE_GRID_CODE_MALFORMED);
        assert_true(f.allowed[0]);
        assert_int_equal(code.cell, 77);
    }
}

static void profiles_and_their_words_go_both_ways(void **state)
{
    enum grid_profile profile;
    struct fail f;

    (void)state;
    for (int i = 0; i < GRID_PROFILE_COUNT; i++) {
        assert_true(grid_profile_from_word(grid_profile_word((enum grid_profile)i), &profile, &f));
        assert_int_equal(profile, i);
    }
    assert_false(grid_profile_from_word("db11", &profile, &f));
    assert_int_equal(f.code, CODE_VALUE_NOT_ALLOWED);
}

static struct figure district(struct arena *a)
{
    static const struct point RING[] = {
        { 117.18, 34.25 },  { 117.22, 34.245 }, { 117.23, 34.27 },
        { 117.205, 34.26 }, { 117.19, 34.28 },  { 117.18, 34.25 }
    };

    return figure_ring(a, RING, 6);
}

static struct grid_plan plan_of(enum grid_kind kind, double side_m)
{
    return (struct grid_plan){ .kind = kind,
                               .side_m = side_m,
                               .profile = GRID_PROFILE_DB11,
                               .prefix = "320303012003",
                               .first_cell = 1 };
}

/* Nothing is left out but what the header allows, and nothing is there twice. */
static void check_partition(struct arena *a, const struct figure *area,
                            const struct grid_cell *cells, int32_t count, double cell_m2)
{
    struct shape *shape = shape_take(a);
    double sum = 0.0;
    double want;
    double part;
    struct fail f;

    for (int32_t i = 0; i < count; i++) {
        assert_true(shape_check(shape, &cells[i].area, &f));
        assert_true(cells[i].area.multi);
        assert_true(shape_area(shape, &cells[i].area, &part, &f));
        sum += part;
        for (int32_t k = i + 1; k < count; k++) {
            struct figure common;

            if (!box_meets(figure_box(&cells[i].area), figure_box(&cells[k].area)))
                continue;
            assert_true(shape_intersection(shape, &cells[i].area, &cells[k].area, &common, &f));
            if (crs_area_m2(&common) > 1e-3)
                fail_msg("cells %d and %d share %g m2", i, k, crs_area_m2(&common));
        }
    }
    /* In degrees, where the edges of both are straight. */
    assert_true(shape_area(shape, area, &want, &f));
    check_near(sum / want, 1.0, 1e-3 * cell_m2 / crs_area_m2(area));
}

static void squares_cover_the_area_exactly(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct figure area = district(a);
    const struct grid_plan plan = plan_of(GRID_KIND_SQUARE, 300);
    const struct grid_cell *cells;
    struct fail f;
    int32_t count;

    assert_true(grid_lay(a, &plan, &area, &cells, &count, &f));
    assert_true(count > 100);
    check_partition(a, &area, cells, count, 300.0 * 300.0);
}

static void hexagons_cover_the_area_exactly(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct figure area = district(a);
    const struct grid_plan plan = plan_of(GRID_KIND_HEXAGON, 200);
    const struct grid_cell *cells;
    struct fail f;
    int32_t count;

    assert_true(grid_lay(a, &plan, &area, &cells, &count, &f));
    assert_true(count > 50);
    check_partition(a, &area, cells, count, 200.0 * 200.0 * 1.5 * sqrt(3.0));
}

static void whole_cells_have_the_side_that_was_asked_for(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct figure area = district(a);

    for (int kind = 0; kind < GRID_KIND_COUNT; kind++) {
        const struct grid_plan plan = plan_of((enum grid_kind)kind, 250);
        const int corners = kind == GRID_KIND_SQUARE ? 5 : 7;
        const struct grid_cell *cells;
        struct fail f;
        int32_t count;
        int32_t whole = 0;

        assert_true(grid_lay(a, &plan, &area, &cells, &count, &f));
        for (int32_t i = 0; i < count; i++) {
            const struct figure *cell = &cells[i].area;

            if (cell->point_count != corners || cell->area_count != 1)
                continue;
            bool regular = true;

            for (int k = 0; k + 1 < corners; k++)
                regular = regular &&
                          fabs(crs_distance_m(cell->points[k], cell->points[k + 1]) - 250.0) < 0.01;
            whole += regular;
        }
        assert_true(whole > 5);
    }
}

static void cells_are_numbered_west_to_east_then_north_to_south(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct point ring[] = { { 117.2, 34.2 },
                                  { 117.2 + 0.0325, 34.2 },
                                  { 117.2 + 0.0325, 34.2 + 0.0180 },
                                  { 117.2, 34.2 + 0.0180 },
                                  { 117.2, 34.2 } };
    const struct figure area = figure_ring(a, ring, 5);
    const struct grid_plan plan = plan_of(GRID_KIND_SQUARE, 1000);
    const struct grid_cell *cells;
    struct fail f;
    int32_t count;

    assert_true(grid_lay(a, &plan, &area, &cells, &count, &f));
    assert_int_equal(count, 6); /* three by two */
    assert_string_equal(cells[0].code, "320303012003001");
    assert_string_equal(cells[5].code, "320303012003006");
    for (int i = 0; i + 1 < 6; i++) {
        const struct point here = box_middle(figure_box(&cells[i].area));
        const struct point next = box_middle(figure_box(&cells[i + 1].area));

        if (i != 2)
            assert_true(next.lon > here.lon && fabs(next.lat - here.lat) < 0.001);
        else
            assert_true(next.lon < here.lon && next.lat < here.lat);
    }
}

static void plans_that_cannot_be_laid_are_refused(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct figure area = district(a);
    const struct point tie[] = {
        { 117, 34 }, { 117.1, 34.1 }, { 117.1, 34 }, { 117, 34.1 }, { 117, 34 }
    };
    const struct figure crossed = figure_ring(a, tie, 5);
    const struct figure line = figure_line(a, tie, 3);
    const struct grid_plan good = plan_of(GRID_KIND_SQUARE, 500);
    struct grid_plan small = good;
    struct grid_plan nan = good;
    struct grid_plan tiny = good;
    struct grid_plan late = good;
    struct grid_plan prefix = good;
    struct grid_plan full = good;

    small.side_m = 19.9;
    nan.side_m = NAN;
    tiny.side_m = 20;
    late.first_cell = 1000;
    prefix.prefix = "32030301200";
    full.first_cell = 998;
    const struct {
        const struct grid_plan *plan;
        const struct figure *area;
        enum fail_code code;
    } WRONG[] = {
        { &small, &area, CODE_VALUE_OUT_OF_RANGE },   { &nan, &area, CODE_VALUE_OUT_OF_RANGE },
        { &tiny, &area, CODE_GRID_TOO_MANY },         { &late, &area, CODE_VALUE_OUT_OF_RANGE },
        { &prefix, &area, CODE_GRID_CODE_MALFORMED }, { &full, &area, CODE_GRID_TOO_MANY },
        { &good, &crossed, CODE_SHAPE_INVALID },      { &good, &line, CODE_FIGURE_KIND },
    };
    const struct grid_cell *cells;
    struct fail f;
    int32_t count = -1;

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_false(grid_lay(a, WRONG[i].plan, WRONG[i].area, &cells, &count, &f));
        assert_string_equal(fail_word(f.code), fail_word(WRONG[i].code));
        assert_int_equal(count, -1);
    }
}

static void an_area_far_too_large_is_refused_before_it_is_cut(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const struct point ring[] = { { 100, 25 }, { 118, 25 }, { 118, 42 }, { 100, 42 }, { 100, 25 } };
    const struct figure area = figure_ring(a, ring, 5);
    struct grid_plan plan = plan_of(GRID_KIND_HEXAGON, 100);
    const struct grid_cell *cells;
    struct fail f;
    int32_t count;

    plan.profile = GRID_PROFILE_FREE;
    plan.prefix = "G";
    const size_t before = arena_used(a);

    assert_false(grid_lay(a, &plan, &area, &cells, &count, &f));
    assert_int_equal(f.code, CODE_GRID_TOO_MANY);
    assert_true(arena_used(a) - before < 4 * 1024 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_taken_apart),
        cmocka_unit_test(codes_that_do_not_fit_are_refused),
        cmocka_unit_test(profiles_and_their_words_go_both_ways),
        cmocka_unit_test(squares_cover_the_area_exactly),
        cmocka_unit_test(hexagons_cover_the_area_exactly),
        cmocka_unit_test(whole_cells_have_the_side_that_was_asked_for),
        cmocka_unit_test(cells_are_numbered_west_to_east_then_north_to_south),
        cmocka_unit_test(plans_that_cannot_be_laid_are_refused),
        cmocka_unit_test(an_area_far_too_large_is_refused_before_it_is_cut),
    };

    return cmocka_run_group_tests(tests, room_open, room_close);
}
