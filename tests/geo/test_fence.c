/* Tests of geo/fence.c: against GEOS and PROJ where they can answer, and what comes of
 * steps from fix to fix. */
#include "geo/fence.h"

#include <math.h>
#include <stdlib.h>

#include "geo/crs.h"
#include "geo/shape.h"
#include "tests/support/check_near.h"

static const struct point MIDDLE = { 117.185, 34.261 };
static const double TURN = 6.283185307179586;

struct room {
    struct arena *arena;
    struct shape *shape;
    unsigned short seed[3];
};

static int open_room(void **state)
{
    struct room *r = calloc(1, sizeof *r);

    r->arena = arena_new();
    r->shape = shape_take(r->arena);
    r->seed[0] = 20;
    *state = r;
    return 0;
}

static int close_room(void **state)
{
    struct room *r = *state;

    arena_free(r->arena);
    free(r);
    return 0;
}

static double pick(struct room *r, double from, double to)
{
    return from + erand48(r->seed) * (to - from);
}

static struct point around(struct room *r, double reach)
{
    return (struct point){ MIDDLE.lon + pick(r, -reach, reach),
                           MIDDLE.lat + pick(r, -reach, reach) };
}

static struct point beside(struct point p, double east_m, double north_m)
{
    return (struct point){ p.lon + east_m / (111320.0 * cos(p.lat * TURN / 360)),
                           p.lat + north_m / 110922.0 };
}

/* A star: never convex, sometimes with a hole like itself. */
static void add_ring(struct room *r, struct figure_draft *d, int corners, double most, double least,
                     double turned)
{
    struct fail f = { 0 };
    struct point first = { 0 };

    for (int i = 0; i < corners; i++) {
        const double reach = i % 2 ? most : pick(r, least, most);
        const double turn = turned + TURN * i / corners;
        const struct point p = { MIDDLE.lon + reach * cos(turn), MIDDLE.lat + reach * sin(turn) };

        if (i == 0)
            first = p;
        assert_true(figure_draft_point(d, p, &f));
    }
    assert_true(figure_draft_point(d, first, &f));
    assert_true(figure_draft_end_run(d, &f));
}

static struct figure star(struct room *r, int corners)
{
    struct figure_draft *d = figure_draft_take(r->arena, FIGURE_AREAS);
    const double turned = pick(r, 0, TURN);
    struct fail f = { 0 };

    add_ring(r, d, corners, 0.01, 0.004, turned);
    if (corners % 3)
        add_ring(r, d, corners, 0.003, 0.001, turned);
    assert_true(figure_draft_end_area(d, &f));
    return figure_draft_done(d, true);
}

/* ------------------------------------------------------------------ oracles */

static void what_is_inside_is_what_geos_says(void **state)
{
    struct room *r = *state;
    int inside = 0;

    for (int shape = 0; shape < 60; shape++) {
        const struct figure areas = star(r, 3 + shape * 7 % 400);
        const struct fence *fence = fence_take_areas(r->arena, &areas);
        const struct shape_ready *ready;
        struct fail f = { 0 };

        assert_true(shape_check(r->shape, &areas, &f));
        assert_true(shape_prepare(r->shape, &areas, &ready, &f));
        for (int i = 0; i < 500; i++) {
            const struct point p = around(r, 0.012);
            const struct figure dot = figure_point(r->arena, p);
            bool theirs;

            assert_true(shape_ready_intersects(ready, &dot, &theirs, &f));
            assert_int_equal(fence_holds(fence, p), theirs);
            inside += theirs;
        }
    }
    assert_in_range(inside, 6000, 24000);
}

/* How far along the way a point of it is. */
static double part_of(struct point from, struct point to, struct point p)
{
    const double dx = to.lon - from.lon;
    const double dy = to.lat - from.lat;

    return ((p.lon - from.lon) * dx + (p.lat - from.lat) * dy) / (dx * dx + dy * dy);
}

static void a_way_meets_it_from_where_to_where_geos_says(void **state)
{
    struct room *r = *state;
    int met = 0;

    for (int shape = 0; shape < 60; shape++) {
        const struct figure areas = star(r, 3 + shape * 7 % 400);
        const struct fence *fence = fence_take_areas(r->arena, &areas);

        for (int i = 0; i < 200; i++) {
            const struct point way[] = { around(r, 0.02), around(r, 0.02) };
            const struct figure line = figure_line(r->arena, way, 2);
            double first = -1, last = -1, low = 2, high = -1;
            struct figure within;
            struct fail f = { 0 };

            assert_true(shape_intersection(r->shape, &areas, &line, &within, &f));
            for (int32_t k = 0; k < within.point_count; k++) {
                low = fmin(low, part_of(way[0], way[1], within.points[k]));
                high = fmax(high, part_of(way[0], way[1], within.points[k]));
            }
            const bool meets = fence_meets(fence, way[0], way[1], &first, &last);

            assert_int_equal(meets, within.point_count > 0);
            if (!meets)
                continue;
            check_near(first, low, 1e-6);
            check_near(last, high, 1e-6);
            met++;
        }
    }
    assert_in_range(met, 2000, 11000);
}

static void a_circle_is_round_by_the_metre(void **state)
{
    struct room *r = *state;

    for (int i = 0; i < 4000; i++) {
        const double reach_m = pick(r, 10, FENCE_REACH_MAX_M);
        const struct fence *fence = fence_take_circle(r->arena, MIDDLE, reach_m);
        const struct point p = around(r, reach_m / 70000);
        const double away_m = crs_distance_m(MIDDLE, p);

        if (fabs(away_m - reach_m) > 0.002 * reach_m)
            assert_int_equal(fence_holds(fence, p), away_m < reach_m);
    }
}

/* The shortest of the geodesics to many places on the edge. */
static double edge_away_m(const struct figure *areas, struct point p)
{
    double least = 1e9;

    for (int32_t run = 0; run < areas->run_count; run++) {
        for (int32_t i = areas->first_point[run]; i + 1 < areas->first_point[run + 1]; i++) {
            const struct point a = areas->points[i], b = areas->points[i + 1];

            for (int k = 0; k <= 50; k++) {
                const struct point on = { a.lon + (b.lon - a.lon) * k / 50,
                                          a.lat + (b.lat - a.lat) * k / 50 };

                least = fmin(least, crs_distance_m(on, p));
            }
        }
    }
    return least;
}

static void near_is_within_so_many_metres(void **state)
{
    struct room *r = *state;
    const struct figure areas = star(r, 25);
    const struct fence *fence = fence_take_areas(r->arena, &areas);
    int near = 0;

    for (int i = 0; i < 300; i++) {
        const struct point p = around(r, 0.012);
        const double margin_m = pick(r, 5, 300);
        const double away_m = fence_holds(fence, p) ? 0 : edge_away_m(&areas, p);

        if (fabs(away_m - margin_m) < 12)
            continue; /* the places on the edge are some metres apart */
        assert_int_equal(fence_is_near(fence, p, margin_m), away_m < margin_m);
        near += away_m > 0 && away_m < margin_m;
    }
    assert_true(near > 20);
}

static void its_box_holds_what_it_holds(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 800);

    for (int i = 0; i < 2000; i++) {
        const struct point p = around(r, 0.012);

        if (fence_holds(fence, p))
            assert_true(box_holds(box_grown(fence_box(fence), 0.01), p));
    }
}

static void edges_that_run_through_all_bands_cost_no_more_memory_than_others(void **state)
{
    struct room *r = *state;
    struct figure_draft *d = figure_draft_take(r->arena, FIGURE_AREAS);
    const int teeth = 1200;
    struct fail f = { 0 };

    for (int i = 0; i <= 2 * teeth; i++)
        assert_true(figure_draft_point(
            d, (struct point){ MIDDLE.lon + i * 1e-5, MIDDLE.lat + (i % 2 ? 0.01 : 0) }, &f));
    assert_true(
        figure_draft_point(d, (struct point){ MIDDLE.lon + teeth * 1e-5, MIDDLE.lat - 0.01 }, &f));
    assert_true(figure_draft_point(d, MIDDLE, &f));
    assert_true(figure_draft_end_run(d, &f));
    assert_true(figure_draft_end_area(d, &f));
    const struct figure comb = figure_draft_done(d, true);
    const size_t before = arena_used(r->arena);
    const struct fence *fence = fence_take_areas(r->arena, &comb);

    assert_in_range(arena_used(r->arena) - before, 1, 2000000);
    assert_true(
        fence_holds(fence, (struct point){ MIDDLE.lon + teeth * 1e-5, MIDDLE.lat - 0.002 }));
}

/* ------------------------------------------------------------------ steps */

static struct fence_fix fix(double east_m, double north_m, int64_t fix_s)
{
    return (struct fence_fix){ beside(MIDDLE, east_m, north_m), fix_s * 1000000 };
}

/* A narrow place: 120 m across, with fixes every hundred metres beside it. */
static void whoever_walks_through_between_two_fixes_came_and_went(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 60);
    const struct fence_fix from = fix(-100, 0, 1000), to = fix(100, 0, 1100);
    const struct fence_step step = fence_follow(fence, false, 0, &from, &to);

    assert_true(step.enters && step.leaves);
    check_near((double)step.enter_us, 1020e6, 200000);
    check_near((double)step.leave_us, 1080e6, 200000);
}

static void the_moment_at_the_edge_lies_between_the_fixes(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 100);
    const struct fence_fix far = fix(300, 0, 0), inside = fix(0, 0, 300), gone = fix(0, 400, 700);
    const struct fence_step came = fence_follow(fence, false, 10, &far, &inside);
    const struct fence_step went = fence_follow(fence, true, 10, &inside, &gone);

    assert_true(came.enters && !came.leaves);
    check_near((double)came.enter_us, 200e6, 500000);
    assert_true(went.leaves && !went.enters);
    check_near((double)went.leave_us, 400e6, 500000);
}

static void whoever_stands_at_the_edge_does_not_come_and_go(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 100);
    struct fence_fix from = fix(90, 0, 0);
    bool inside = true;

    for (int i = 1; i < 50; i++) {
        const struct fence_fix to = fix(i % 2 ? 115 : 95, 0, i * 60);
        const struct fence_step step = fence_follow(fence, inside, 20, &from, &to);

        assert_false(step.enters || step.leaves);
        from = to;
    }
    const struct fence_fix away = fix(125, 0, 6000);

    assert_true(fence_follow(fence, inside, 20, &from, &away).leaves);
}

static void who_was_near_and_walks_away_had_gone_at_the_last_fix(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 100);
    const struct fence_fix near = fix(110, 0, 60), away = fix(300, 0, 120);
    const struct fence_step step = fence_follow(fence, true, 20, &near, &away);

    assert_true(step.leaves);
    assert_int_equal(step.leave_us, 60000000);
}

static void without_the_fix_before_a_place_is_only_a_place(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 100);
    const struct fence_fix inside = fix(20, 0, 60), away = fix(300, 0, 120);
    struct fence_step step = fence_follow(fence, false, 0, NULL, &inside);

    assert_true(step.enters && !step.leaves);
    assert_int_equal(step.enter_us, 60000000);
    step = fence_follow(fence, true, 0, NULL, &away);
    assert_true(step.leaves && !step.enters);
    assert_int_equal(step.leave_us, 120000000);
    step = fence_follow(fence, false, 0, NULL, &away);
    assert_false(step.enters || step.leaves);
    step = fence_follow(fence, true, 0, NULL, &inside);
    assert_false(step.enters || step.leaves);
}

static void who_was_inside_unnoticed_is_found_but_not_seen_coming(void **state)
{
    struct room *r = *state;
    const struct fence *fence = fence_take_circle(r->arena, MIDDLE, 100);
    const struct fence_fix from = fix(10, 0, 0), still = fix(20, 0, 60), away = fix(500, 0, 60);
    const struct fence_step found = fence_follow(fence, false, 0, &from, &still);
    const struct fence_step gone = fence_follow(fence, false, 0, &from, &away);

    assert_true(found.enters);
    assert_int_equal(found.enter_us, 60000000);
    assert_false(gone.enters || gone.leaves);
}

/* Any walk: comings and goings alternate, in their order, and at the end she is where
 * the last fix is. */
static void comings_and_goings_alternate_on_any_walk(void **state)
{
    struct room *r = *state;

    for (int walk = 0; walk < 40; walk++) {
        const struct figure areas = star(r, 5 + walk);
        const struct fence *fence = fence_take_areas(r->arena, &areas);
        struct fence_fix from = { around(r, 0.012), 0 };
        bool inside = fence_holds(fence, from.at);
        int64_t last_us = 0;

        for (int i = 1; i < 300; i++) {
            const struct fence_fix to = { around(r, 0.012), (int64_t)i * 10000000 };
            const struct fence_step step = fence_follow(fence, inside, 0, &from, &to);

            assert_true(!step.enters || (!inside && step.enter_us >= last_us));
            assert_true(!step.leaves || inside || step.enters);
            if (step.enters)
                last_us = step.enter_us;
            assert_true(!step.leaves || (step.leave_us >= last_us && step.leave_us <= to.fix_us));
            if (step.leaves)
                last_us = step.leave_us;
            inside = (inside || step.enters) && !step.leaves;
            assert_int_equal(inside, fence_holds(fence, to.at));
            from = to;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)
        IN_ROOM(what_is_inside_is_what_geos_says),
        IN_ROOM(a_way_meets_it_from_where_to_where_geos_says),
        IN_ROOM(a_circle_is_round_by_the_metre),
        IN_ROOM(near_is_within_so_many_metres),
        IN_ROOM(its_box_holds_what_it_holds),
        IN_ROOM(edges_that_run_through_all_bands_cost_no_more_memory_than_others),
        IN_ROOM(whoever_walks_through_between_two_fixes_came_and_went),
        IN_ROOM(the_moment_at_the_edge_lies_between_the_fixes),
        IN_ROOM(whoever_stands_at_the_edge_does_not_come_and_go),
        IN_ROOM(who_was_near_and_walks_away_had_gone_at_the_last_fix),
        IN_ROOM(without_the_fix_before_a_place_is_only_a_place),
        IN_ROOM(who_was_inside_unnoticed_is_found_but_not_seen_coming),
        IN_ROOM(comings_and_goings_alternate_on_any_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
